/// \file
/// Cuts the server's byte stream into responses and literals (RFC 9051 sections 2.2 and 4.3), without parsing them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <imapxx/error.hpp>
#include <imapxx/limits.hpp>

namespace imapxx::inline v0::wire {

enum class frame_kind : std::uint8_t {
  incomplete,     ///< more bytes are needed; nothing is consumed
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

/// One step of the framer. Views point into the bytes given to `next` or into the framer, and live until the following call.
struct frame {
  frame_kind kind = frame_kind::incomplete;
  /// `response`: all of it, without the final CRLF, collected literals inline as `{n}` CRLF and n octets;
  /// `literal_begin`: the response so far, ending with the literal's header and CRLF; `literal_bytes`: the octets.
  std::string_view text;
  /// How many octets of the given bytes the caller must drop before the following call (after it has used the views).
  std::size_t consumed = 0;
  std::uint64_t literal_size = 0;  ///< `literal_begin`
  bool literal8 = false;           ///< `literal_begin`: `~{n}` (RFC 3516)
  /// `incomplete`: at least so many more octets are needed (1 when unknown). Never a reason to allocate that much ahead.
  std::uint64_t wanted = 1;
};

/// A resumable cutter. It never looks at an octet twice: where it stopped is kept between calls as an offset from the start of `pending`.
///
/// Calling protocol: `next(pending)` with all bytes that were received and not yet consumed; drop `consumed` octets; repeat until `incomplete`;
/// then receive more *behind* the same pending bytes. After `literal_begin` call `decide` before `next`.
/// Which lines may hold literals: all but status responses (`OK NO BAD BYE PREAUTH`, tagged or not), where `{3}` at the end of the text is text
/// (unless inside an unfinished `[response code`), and continuation requests. Lines end with CRLF; a bare LF is accepted, too.
/// Not thread-safe.
class framer {
 public:
  explicit framer(const limits& l) : limits_(l) {}

  [[nodiscard]] frame next(std::string_view pending);
  void decide(literal_mode mode);
  /// Forgets everything, also the poison: for the switch to TLS or compression.
  void reset();

  /// After `invalid`: framing_lost, or limit_exceeded with the limit's name.
  [[nodiscard]] const error& failure() const noexcept { return failure_; }
  /// Whether nothing of a response has been seen (the only moment in which a stream may end without an error).
  [[nodiscard]] bool idle() const noexcept;
  /// Whether the next octets are a literal, and how many of it are missing: what a driver may read in one go.
  [[nodiscard]] std::uint64_t literal_octets_missing() const noexcept;

 private:
  enum class state : std::uint8_t { line, await_decision, collecting, streaming, stream_done, poisoned };
  const limits& limits_;
  state state_ = state::line;
  std::size_t scanned_ = 0;         // octets of `pending` known to hold no line end
  std::size_t line_start_ = 0;      // where the current line began, in `pending`
  std::string carried_;             // the response's text before a streamed literal
  std::uint64_t literal_left_ = 0;
  std::uint64_t response_octets_ = 0;
  error failure_;
};

}  // namespace imapxx::inline v0::wire
