/// \file
/// `IMAP4`, `IMAP4_SSL` and `IMAP4_stream`: the classes of Python's `imaplib`, with its methods, results and
/// exceptions.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/imaplib/errors.hpp>
#include <imapxx/imaplib/functions.hpp>
#include <imapxx/imaplib/idler.hpp>
#include <imapxx/imaplib/values.hpp>
#include <imapxx/options.hpp>
#include <imapxx/stream.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Python's names.
// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier)
namespace imapxx::inline v0::imaplib {

/// Which `imaplib` an object behaves like.
enum class compat : std::uint8_t {
  p11,  ///< Python 3.9 to 3.13: arguments are never quoted, capabilities are asked for once
  p15,  ///< Python 3.15: arguments are quoted where needed; IDLE
  p16  ///< Python 3.16: also `move`, `id`, `login_plain`, `uid=`, `params=`, lists as arguments, mailbox names in UTF-7
};

/// How an object is made, beside Python's own parameters.
class IMAPXX_API settings {
 public:
  settings() = default;
  settings& behave_like(compat c);
  /// TLS of `IMAP4_SSL` and `starttls`. Certificate and host name are verified by default, where Python does not.
  settings& tls(tls_options t);
  settings& use_limits(const imapxx::v0::limits& l);
  /// The debug level from the first line on; default: `Debug()`.
  settings& debug(int level);

  compat profile = compat::p15;
  tls_options tls_settings;
  imapxx::v0::limits limits;
  std::optional<int> debug_level;
};

/// For each operation on the socket; nullopt: none. Zero and less is an error, as in Python.
using timeout_t = std::optional<std::chrono::duration<double>>;

/// What `authenticate` calls with each decoded challenge. It returns the decoded answer (str, bytes), or None to cancel
/// the exchange.
using authobject = std::function<argument(const bytes& challenge)>;

/// States and their names are Python's: "NONAUTH", "AUTH", "SELECTED", "LOGOUT", and "IDLING" while `idle` runs.
///
/// The methods have Python's names; `delete` and `namespace` are words of C++ and get an underscore behind them, and
/// Python's upper-case aliases (`M.SELECT`) are the same methods. A method throws `error` when the server says BAD or
/// the state does not allow it, `abort` when the connection is lost, std::invalid_argument for an argument that cannot
/// be sent, imapxx::error for time-outs and failures of the network. docs/from-imaplib.md lists where this class is
/// safer than Python's on purpose. Not thread-safe; objects share nothing but the terminal.
class IMAPXX_API IMAP4 {
 public:
  using error = imaplib::error;
  using abort = imaplib::abort;
  using readonly = imaplib::readonly;

  /// Connects without TLS and reads greeting and capabilities. An empty host is the local one.
  explicit IMAP4(std::string_view host = "", std::uint16_t port = IMAP4_PORT, timeout_t timeout = std::nullopt,
                 settings how = {});
  /// Closes the connection without LOGOUT; see `with`.
  virtual ~IMAP4();
  IMAP4(const IMAP4&) = delete;
  IMAP4& operator=(const IMAP4&) = delete;

  // --- commands, RFC by RFC as in the manual
  reply append(const argument& mailbox, const argument& flags, const argument& date_time, const argument& message,
               const keywords& kw = {});
  reply authenticate(std::string_view mechanism, const authobject& answer);
  reply capability();
  reply check();
  reply close();
  reply copy(const argument& message_set, const argument& new_mailbox, const keywords& kw = {});
  reply create(const argument& mailbox);
  reply delete_(const argument& mailbox);
  reply deleteacl(const argument& mailbox, const argument& who);
  reply enable(const argument& capability);
  reply expunge(const argument& message_set = None, const keywords& kw = {});
  reply fetch(const argument& message_set, const argument& message_parts, const keywords& kw = {});
  reply getacl(const argument& mailbox);
  reply getannotation(const argument& mailbox, const argument& entry, const argument& attribute);
  reply getquota(const argument& root);
  reply getquotaroot(const argument& mailbox);
  reply id(const std::vector<std::pair<std::string, argument>>& fields = {});
  imaplib::Idler idle(timeout_t duration = std::nullopt);
  reply list(const argument& directory = "\"\"", const argument& pattern = "*");
  reply login(const argument& user, const argument& password);
  reply login_cram_md5(const argument& user, const argument& password);
  reply login_plain(const argument& user, const argument& password);
  reply logout();
  reply lsub(const argument& directory = "\"\"", const argument& pattern = "*");
  reply move(const argument& message_set, const argument& new_mailbox, const keywords& kw = {});
  reply myrights(const argument& mailbox);
  reply namespace_();
  reply noop();
  reply partial(const argument& message_num, const argument& message_part, const argument& start,
                const argument& length);
  reply proxyauth(const argument& user);
  reply recent();
  reply rename(const argument& old_mailbox, const argument& new_mailbox);
  reply response(std::string_view code);
  template <class... A>
  reply search(const argument& charset, const A&... criteria) {
    return search_with(charset, split_keywords(criteria...));
  }
  reply select(const argument& mailbox = "INBOX", bool read_only = false);
  reply setacl(const argument& mailbox, const argument& who, const argument& what);
  template <class... A>
  reply setannotation(const A&... args) {
    return setannotation_with({argument(args)...});
  }
  reply setquota(const argument& root, const argument& limits);
  template <class... A>
  reply sort(const argument& sort_criteria, const argument& charset, const A&... criteria) {
    return sort_with(sort_criteria, charset, split_keywords(criteria...));
  }
  /// Certificate and host name are verified with `how` (default: the object's settings). Octets that the server sent
  /// behind its OK are an error, never text of the protected session.
  reply starttls(const std::optional<tls_options>& how = std::nullopt);
  reply status(const argument& mailbox, const argument& names);
  reply store(const argument& message_set, const argument& command, const argument& flags, const keywords& kw = {});
  reply subscribe(const argument& mailbox);
  template <class... A>
  reply thread(const argument& algorithm, const argument& charset, const A&... criteria) {
    return thread_with(algorithm, charset, split_keywords(criteria...));
  }
  template <class... A>
  reply uid(std::string_view command, const A&... args) {
    return uid_with(command, split_keywords(args...));
  }
  reply unselect();
  reply unsubscribe(const argument& mailbox);
  template <class... A>
  reply xatom(std::string_view name, const A&... args) {
    return xatom_with(name, {argument(args)...});
  }

  // --- what may be overridden (in a class made with `connect_later`)
  /// Connects and keeps the transport (`use_transport`).
  virtual void open(std::string_view host, std::uint16_t port, timeout_t timeout);
  /// At most `size` octets, at least one; fewer only at the end of the stream.
  virtual bytes read(std::size_t size);
  /// One line with its line end; less only at the end of the stream.
  virtual bytes readline();
  virtual void send(std::string_view octets);
  virtual void shutdown();
  /// A line of debug output; by default to standard error with the time in front. Secrets are gone from it.
  virtual void _mesg(std::string_view text);
  /// The descriptor of the transport; -1 when there is none.
  [[nodiscard]] int socket() const noexcept;

  // --- attributes
  [[nodiscard]] const std::string& state() const noexcept;
  [[nodiscard]] int debug() const noexcept;
  void debug(int level) noexcept;
  [[nodiscard]] const std::vector<std::string>& capabilities() const noexcept;
  [[nodiscard]] const std::string& PROTOCOL_VERSION() const noexcept;
  [[nodiscard]] bool utf8_enabled() const noexcept;
  [[nodiscard]] bool is_readonly() const noexcept;
  [[nodiscard]] const datum& welcome() const noexcept;
  [[nodiscard]] const std::string& host() const noexcept;
  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] const bytes& tagpre() const noexcept;
  [[nodiscard]] std::uint32_t tagnum() const noexcept;
  [[nodiscard]] const datum& continuation_response() const noexcept;
  using untagged_map = std::map<std::string, std::vector<datum>, std::less<>>;
  /// What the server has sent and no method has taken, by type in upper case.
  [[nodiscard]] untagged_map& untagged_responses() noexcept;
  /// The commands under way, by tag: None until the tagged response came. Also replies that came too late for the call
  /// that waited for them.
  [[nodiscard]] const std::map<std::string, std::optional<reply>, std::less<>>& tagged_commands() const noexcept;
  /// Name → states in which it may be sent. `xatom` adds names to this object only.
  [[nodiscard]] const std::map<std::string, std::vector<std::string>, std::less<>>& Commands() const noexcept;
  /// The last lines sent and received (10), oldest first; prints them through `_mesg`.
  void print_log();
  [[nodiscard]] bool tls() const noexcept;

 protected:
  struct connect_later {};
  /// For classes that override `open`, `read` …: makes the object without connecting; the derived constructor then
  /// calls `connect`.
  IMAP4(connect_later, settings how);
  /// Python's constructor: `open`, greeting, capabilities.
  void connect(std::string_view host, std::uint16_t port, timeout_t timeout);
  /// The transport of the default `read`, `readline`, `send`, `shutdown`.
  void use_transport(std::unique_ptr<stream> transport, bool is_tls);
  [[nodiscard]] const settings& how() const noexcept;

 private:
  friend class Idler;
  struct impl;
  using split_args = std::pair<std::vector<argument>, keywords>;
  static void add(split_args& to, const argument& a) { to.first.push_back(a); }
  static void add(split_args& to, const keywords& k) { to.second = k; }
  template <class... A>
  static split_args split_keywords(const A&... args) {
    split_args s;
    (add(s, args), ...);
    return s;
  }
  reply search_with(const argument& charset, const split_args& rest);
  reply sort_with(const argument& criteria, const argument& charset, const split_args& rest);
  reply thread_with(const argument& algorithm, const argument& charset, const split_args& rest);
  reply uid_with(std::string_view command, const split_args& rest);
  reply setannotation_with(const std::vector<argument>& args);
  reply xatom_with(std::string_view name, const std::vector<argument>& args);

  std::unique_ptr<impl> impl_;
};

/// With TLS from the first octet. A host is required: its name must stand in the certificate.
class IMAPXX_API IMAP4_SSL : public IMAP4 {
 public:
  explicit IMAP4_SSL(std::string_view host, std::uint16_t port = IMAP4_SSL_PORT, timeout_t timeout = std::nullopt,
                     settings how = {});
  /// `certfile` and `keyfile` of the manual: PEM files of the client.
  IMAP4_SSL(std::string_view host, std::uint16_t port, const std::string& keyfile, const std::string& certfile,
            timeout_t timeout = std::nullopt, const settings& how = {});
  void open(std::string_view host, std::uint16_t port, timeout_t timeout) override;

 protected:
  IMAP4_SSL(connect_later later, settings how);
};

/// Over the standard input and output of a command that the shell runs.
class IMAPXX_API IMAP4_stream : public IMAP4 {
 public:
  explicit IMAP4_stream(std::string_view command, settings how = {});
  void open(std::string_view host, std::uint16_t port, timeout_t timeout) override;
  [[nodiscard]] const std::string& command() const noexcept { return command_; }

 private:
  std::string command_;
};

/// Python's `with IMAP4(...) as M:`: LOGOUT at the end of the scope, unless that has happened. Errors there are lost,
/// since a destructor has nobody to tell; call `logout` to hear of them.
class IMAPXX_API with {
 public:
  explicit with(IMAP4& of) noexcept : of_(of) {}
  with(const with&) = delete;
  with& operator=(const with&) = delete;
  ~with();

 private:
  IMAP4& of_;
};

}  // namespace imapxx::inline v0::imaplib
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
