/// \file
/// Cuts the server's byte stream into responses and literals (RFC 9051 sections 2.2 and 4.3), without parsing them.
#pragma once

#include <imapxx/error.hpp>
#include <imapxx/limits.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imapxx::inline v0::wire {

enum class frame_kind : std::uint8_t {
  incomplete,     ///< more bytes are needed; consumed is at most what is skipped between responses
  response,       ///< a whole response
  literal_begin,  ///< a literal stands next; `framer::decide` must be called
  literal_bytes,  ///< a piece of a literal that is streamed (or discarded)
  literal_end,    ///< the streamed literal is complete; consumes nothing
  invalid         ///< framing is lost; the framer stays poisoned
};

enum class literal_mode : std::uint8_t {
  collect,  ///< its octets become part of the response's text
  stream    ///< its octets come as `literal_bytes` frames, and the response's text holds `{n!}` CRLF in their place
};

/// One step of the framer. Views point into the bytes given to `next` or into the framer, and live until the following
/// call.
struct frame {
  frame_kind kind = frame_kind::incomplete;
  /// `response`: all of it, without the final CRLF, collected literals inline as `{n}` CRLF and n octets;
  /// `literal_begin`: the response so far, ending with the literal's header and CRLF; `literal_bytes`: the octets.
  std::string_view text;
  /// How many octets of the given bytes the caller must drop before the following call (after it has used the views).
  std::size_t consumed = 0;
  std::uint64_t literal_size = 0;  ///< `literal_begin`
  bool literal8 = false;           ///< `literal_begin`: `~{n}` (RFC 3516)
  /// `incomplete`: at least so many more octets are needed (1 when unknown). Never a reason to allocate that much
  /// ahead.
  std::uint64_t wanted = 1;
};

/// A resumable cutter. It never looks at an octet twice: where it stopped is kept between calls as an offset from the
/// start of `pending`.
///
/// Calling protocol: `next(pending)` with all bytes that were received and not yet consumed; drop `consumed` octets;
/// repeat until `incomplete`; then receive more *behind* the same pending bytes. After `literal_begin` call `decide`
/// before `next` (otherwise the literal is collected). Which lines may hold literals: untagged data. Status responses
/// (`OK NO BAD BYE PREAUTH`, tagged or not, also with the star or tag missing, and lines that begin with their
/// `[response code]`) do so only inside an unfinished response code; elsewhere `{3}` at the end of their text is text,
/// as it is in continuation requests and in lines that are no IMAP. Lines end with CRLF; a bare LF and CR CR LF are
/// accepted, too; within a quoted string of a FETCH response a line end is left out when a blank or TAB follows it
/// (quirk E-14). Empty lines and NULs between responses are skipped. Not thread-safe.
class framer {
 public:
  explicit framer(const imapxx::v0::limits& l) : limits_{l.line_octets, l.response_octets, l.continuation_octets} {}

  [[nodiscard]] frame next(std::string_view pending);
  void decide(literal_mode mode);
  /// How long a response may be that is taken past the framer: whoever knows what to look for may take one of a single
  /// line, with CRLF and without literals, from the start of `pending` instead of calling `next`. 0 when the next octet
  /// is not the first one of a response that has not been looked at.
  [[nodiscard]] std::size_t may_take() const noexcept {
    // A response that is not all there is not looked at again and again.
    const bool at_start = state_ == state::line && !in_response_ && !carried_done_ && carried_.empty() && start_ == 0 &&
                          line_start_ == 0 && scanned_ == 0 && skipped_octets_ == 0;
    return at_start ? std::min(limits_.line_octets, limits_.response_octets) : 0;
  }
  /// Whether a literal of so many octets can be collected within `limits::response_octets`. A literal that does not fit
  /// loses the connection when it is collected (before its octets are waited for); streamed into nothing, it does not.
  [[nodiscard]] bool fits(std::uint64_t octets) const noexcept;
  /// Forgets everything, also the poison: for the switch to TLS or compression.
  void reset();

  /// After `invalid`: framing_lost, or limit_exceeded with the limit's name.
  [[nodiscard]] const error& failure() const noexcept { return failure_; }
  /// Whether nothing of a response has been seen (the only moment in which a stream may end without an error).
  [[nodiscard]] bool idle() const noexcept;
  /// Whether the next octets are a literal, and how many of it are missing: what a driver may read in one go.
  [[nodiscard]] std::uint64_t literal_octets_missing() const noexcept;

 private:
  enum class state : std::uint8_t { line, await_decision, collecting, streaming, poisoned };
  enum class outcome : std::uint8_t { complete, again, leave };
  enum class fold : std::uint8_t { none, yes, unknown };
  struct line_view;
  struct limits_kept {
    std::size_t line_octets, response_octets, continuation_octets;
  };
  explicit framer(const limits_kept& l) : limits_(l) {}

  frame next_line(std::string_view pending);
  frame stream_literal(std::string_view pending);
  frame collect_literal(std::string_view pending);
  frame without_line_end(std::string_view pending);
  frame complete(std::string_view pending, const line_view& line);
  frame poison(error e, std::string_view text);
  frame poison_limit(std::string_view name, std::string_view text);
  [[nodiscard]] fold fold_at(std::string_view pending, const line_view& line) const;
  void unfold(std::string_view pending, const line_view& line);
  outcome odd_line(std::string_view pending, const line_view& line, frame& out);
  outcome empty_rest(std::string_view pending, const line_view& line);
  outcome literal_at_end(std::string_view pending, const line_view& line, frame& out);
  outcome begin_literal(std::string_view pending, const line_view& line, std::size_t header, frame& out);
  void skip_nuls(std::string_view pending) noexcept;
  void skip_to(std::size_t at) noexcept;
  void move_on(std::size_t to) noexcept { start_ = line_start_ = scanned_ = to; }
  void count_segment(const line_view& line) noexcept;
  void forget_response() noexcept;
  [[nodiscard]] bool may_hold_literal(std::string_view segment, std::size_t header) noexcept;
  [[nodiscard]] std::string_view exceeded_limit(std::string_view segment) const noexcept;

  limits_kept limits_;
  state state_ = state::line;
  bool in_response_ = false;    // at least one literal of the response has been seen; then:
  bool in_code_ = false;        //   it is a status, and only its unfinished response code may hold literals
  bool number_list_ = false;    //   it counts only against response_octets
  bool carry_pending_ = false;  // the text before the streamed literal still stands in `pending`
  bool carried_done_ = false;   // `carried_` was given out as a whole response
  unsigned blanks_skipped_ = 0;
  unsigned folds_ = 0;
  bool after_fold_ = false;  // the current line goes on with a string of the one before
  // Offsets in `pending`:
  std::size_t start_ = 0;         // where the response, or what is not carried of it, begins
  std::size_t line_start_ = 0;    // where the current line of it began
  std::size_t scanned_ = 0;       // octets known to hold no line end
  std::size_t header_begin_ = 0;  // of the literal to decide about
  std::size_t literal_end_ = 0;   // of the literal that is collected
  std::string carried_;           // the response's text before a streamed literal
  std::size_t carried_header_ = 0;
  std::uint64_t literal_size_ = 0;
  std::uint64_t literal_left_ = 0;
  std::uint64_t skipped_octets_ = 0;  // between the last response and the next
  std::uint64_t line_octets_ = 0;
  std::uint64_t response_octets_ = 0;
  error failure_;
};

}  // namespace imapxx::inline v0::wire
