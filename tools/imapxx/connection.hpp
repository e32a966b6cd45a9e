// From the command line to a logged-in client.
#pragma once

#include <imapxx/client.hpp>
#include <imapxx/event.hpp>

#include "args.hpp"
#include "output.hpp"
#include "url.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace imapxx::cli {

/// Writes the trace, shows alerts, and hands mailbox events on.
class listener final : public observer {
 public:
  explicit listener(const common_args& args);
  ~listener() override;
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  void on_mailbox_event(const mailbox_event& e) override;
  void on_alert(std::string_view text) override;
  void on_unparsed(const unparsed_item& u) override;
  [[nodiscard]] bool wants_trace() const noexcept override;
  void on_trace(trace_direction d, std::string_view text) override;

  std::function<void(const mailbox_event&)> event;
  std::function<void(trace_direction, std::string_view)> trace;

 private:
  int trace_fd_ = -1;
  bool verbose_;
};

/// A command's connection: URL, listener, client. A signal cancels what the client is doing.
class connection {
 public:
  /// Connects and logs in. \throws error, failure
  explicit connection(const common_args& args);
  /// The same, and opens the URL's mailbox on the way: `open` has no round trip of its own then.
  struct opening {
    bool writing = false;
  };
  connection(const common_args& args, opening how);
  /// The same in two steps: the constructor connects only; `log_in` follows.
  struct without_login {};
  connection(const common_args& args, without_login, std::function<void(trace_direction, std::string_view)> trace = {},
             const std::string& ca_pem = {});
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void log_in();
  void log_in(const credentials& who);
  [[nodiscard]] client& operator*() noexcept { return *client_; }
  [[nodiscard]] client* operator->() noexcept { return client_.get(); }
  [[nodiscard]] const imap_url& url() const noexcept { return url_; }
  [[nodiscard]] listener& heard() noexcept { return listener_; }
  /// The URL's mailbox, INBOX when it names none.
  [[nodiscard]] mailbox_name mailbox() const;
  /// The names given as arguments, or the URL's; \throws failure (usage) when there is neither
  [[nodiscard]] std::vector<mailbox_name> named(const std::vector<std::string>& arguments) const;
  /// EXAMINE (or SELECT, when `writing`) of the URL's mailbox; checks the URL's UIDVALIDITY.
  mailbox_view open(bool writing = false);
  /// LOGOUT.
  void close() noexcept;

 private:
  void connect(const std::string& ca_pem);
  const common_args& args_;
  imap_url url_;
  listener listener_;
  std::unique_ptr<client> client_;
  std::optional<mailbox_view> opened_;
  bool opened_for_writing_ = false;
  std::unique_ptr<class on_interrupt> interrupt_;
};

/// How these arguments say to connect. `heard` must outlive the session. \param ca_pem authorities to trust instead
[[nodiscard]] connect_options options_for(const common_args& args, const imap_url& url, observer& heard,
                                          const std::string& ca_pem);

/// The URL of the arguments, with contradictions among the TLS options refused.
[[nodiscard]] imap_url checked_url(const common_args& args);

/// The numbers of a command: of the argument or else of the URL's ;UID=. \throws failure (usage)
[[nodiscard]] std::string number_text(const std::string& argument, const imap_url& url, const char* otherwise);
[[nodiscard]] uid_set parse_uids(const std::string& text);
[[nodiscard]] seq_set parse_seqs(const std::string& text);

}  // namespace imapxx::cli
