/// \file
/// Writes one command strictly (RFC 9051 section 9): arguments of a wrong kind become an error before anything is sent.
#pragma once

#include <imapxx/error.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/number_set.hpp>
#include <imapxx/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0 {
class mailbox_name;
class date_time;
class date;
class flag;
class flag_list;

/// Where the octets of a big literal come from (APPEND). `size()` is what is announced; `read` must then deliver
/// exactly that many octets.
class IMAPXX_API literal_source {
 public:
  literal_source() = default;
  literal_source(const literal_source&) = delete;
  literal_source& operator=(const literal_source&) = delete;
  virtual ~literal_source();
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Fills a part of `out` and returns how many octets; 0 means that the source ended, which before `size()` octets is
  /// an error. An error return ends the connection (the literal is half sent).
  virtual result<std::size_t> read(std::span<char> out) = 0;
  /// Goes back to the first octet, so that the message can be sent, or compared, once more. \return whether that is
  /// possible; by default it is not
  virtual bool rewind();
};

namespace wire {

/// How literals may be written at this moment.
enum class literal_support : std::uint8_t {
  synchronizing,  ///< RFC 3501: wait for `+`
  minus,          ///< LITERAL- (RFC 7888): `{n+}` up to 4096 octets
  plus            ///< LITERAL+ (RFC 7888): `{n+}` always
};

/// What the encoder must know about the session.
class encode_context {
 public:
  encode_context() = default;
  literal_support literals = literal_support::synchronizing;
  bool utf8 = false;    ///< UTF8=ACCEPT or IMAP4rev2 is enabled: quoted strings may hold UTF-8, mailbox names are UTF-8
  bool binary = false;  ///< literal8 may be used
};

/// One piece of an encoded command, sent in order.
struct segment {
  enum class kind : std::uint8_t { bytes, source };
  kind type = kind::bytes;
  std::size_t begin = 0;  ///< `bytes`: range in `encoder::text()`
  std::size_t end = 0;
  bool wait_before = false;                ///< a synchronizing literal stands here: send only after the server's `+`
  bool secret = false;                     ///< never shown in traces
  std::shared_ptr<literal_source> source;  ///< `source`
};

/// Collects one command's octets. Errors stick: after the first one nothing more is written, and `failure()` tells it.
/// Strings choose their form themselves: atom where allowed, quoted, or literal (for CR, LF, octets above 127, more
/// than 1000 octets); NUL is refused. Not thread-safe.
class IMAPXX_API encoder {
 public:
  explicit encoder(const encode_context& context = {});
  encoder(const encoder&) = delete;
  encoder& operator=(const encoder&) = delete;
  encoder(encoder&& other) = default;
  ~encoder();

  encoder& raw(std::string_view trusted);  ///< text of the library's own: refused if it holds CR, LF or NUL
  encoder& sp() { return raw(" "); }
  encoder& atom(std::string_view text);  ///< refused unless 1*ATOM-CHAR
  encoder& number(std::uint64_t n);
  encoder& quoted(std::string_view text);           ///< always quoted; refused where quoting is not possible
  encoder& string(std::string_view text);           ///< quoted or literal
  encoder& astring(std::string_view text);          ///< atom, quoted or literal
  encoder& nstring(const std::string* text);        ///< string, or NIL for nullptr
  encoder& list_mailbox(std::string_view pattern);  ///< LIST's pattern: may hold `*` and `%`
  encoder& mailbox(const mailbox_name& name);       ///< its raw octets as astring
  encoder& set(const seq_set& s);                   ///< refused when empty
  encoder& set(const uid_set& s);
  encoder& flag_name(std::string_view f);       ///< `\Flag` or keyword
  encoder& flags(const flag_list& list);        ///< parenthesised
  encoder& date_text(const date& d);            ///< `1-Feb-2026`
  encoder& date_time_text(const date_time& d);  ///< `" 1-Feb-2026 12:00:00 +0000"` quoted
  encoder& literal(std::string_view octets,
                   bool binary = false);  ///< always a literal; NUL only with `binary` (literal8)
  encoder& literal(std::shared_ptr<literal_source> source, bool binary = false);
  /// A literal in exactly this form, whatever the server offers: `{n}`, or `{n+}` with `wait` false (RFC 7888); with
  /// `binary` `~{n}`. For commands that say themselves how they are written; NUL only with `binary`.
  encoder& literal_as(std::string_view octets, bool wait, bool binary = false);
  encoder& literal_as(std::shared_ptr<literal_source> source, bool wait, bool binary = false);
  encoder& begin_list() { return raw("("); }
  encoder& end_list() { return raw(")"); }
  /// Everything between these two is hidden in traces.
  encoder& begin_secret();
  encoder& end_secret();
  /// Records a failure of the caller's own making.
  encoder& fail(error e);

  [[nodiscard]] const encode_context& context() const noexcept { return context_; }
  [[nodiscard]] const error& failure() const noexcept { return failure_; }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] std::span<const segment> segments() const noexcept { return segments_; }
  /// Octets of the line without the octets of its literals: what a server's command-length limit counts (RFC 9051
  /// section 4.3, RFC 7162 section 4).
  [[nodiscard]] std::size_t line_octets() const noexcept { return line_octets_; }

 private:
  encoder& put(std::string_view bytes);
  encoder& put_line(std::string_view bytes);
  bool begin_literal(std::uint64_t size, bool literal8, bool big_may_go_unasked);
  bool open_literal(std::uint64_t size, bool literal8, bool unasked);
  encoder& put_source(std::shared_ptr<literal_source> source);
  void open_segment(bool wait_before);
  void grow_secretly(std::size_t more);
  encode_context context_;
  std::string text_;
  std::vector<segment> segments_;
  error failure_;
  std::size_t line_octets_ = 0;
  bool secret_ = false;
  bool has_secret_ = false;
};

/// Whether `text` is 1*ATOM-CHAR (RFC 9051 section 9).
[[nodiscard]] IMAPXX_API bool is_atom(std::string_view text) noexcept;
/// Whether `text` can stand between double quotes: no CR, LF, NUL; octets above 127 only with `utf8`.
[[nodiscard]] IMAPXX_API bool is_quotable(std::string_view text, bool utf8) noexcept;

}  // namespace wire
}  // namespace imapxx::inline v0
