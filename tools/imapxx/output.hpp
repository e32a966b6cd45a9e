// Standard output: buffered, harmless on a terminal, and quiet when the reader has gone away.
#pragma once

#include "display.hpp"

#include <string>
#include <string_view>

namespace imapxx::cli {

/// Nobody reads our output any more (`imapxx ls | head -1`): thrown by `output`, and no error.
class reader_gone {};

/// Where a command prints to. Not thread-safe. Everything that came from a server goes through `line`, `text` or
/// `json_line`, never through `trusted`.
class output {
 public:
  explicit output(int fd = 1) : fd_(fd), style_(style::for_descriptor(fd)) {}
  output(const output&) = delete;
  output& operator=(const output&) = delete;
  /// Drops what was not flushed.
  ~output() = default;

  /// One line, escaped always: a line feed in a mailbox name must not make two lines of it.
  void line(std::string_view untrusted);
  /// Text of several lines: escaped on a terminal, untouched elsewhere. Ends with a line feed in any case.
  void text(std::string_view untrusted);
  /// JSON escapes by itself.
  void json_line(std::string_view json);
  /// Text of our own, or text that was made harmless already. No line end is added.
  void trusted(std::string_view text);
  /// Octets as they are, also on a terminal: only for what the user asked for with --raw.
  void raw(std::string_view octets) { trusted(octets); }
  /// \throws reader_gone; failure (local) for other errors
  void flush();

  [[nodiscard]] const style& look() const noexcept { return style_; }
  [[nodiscard]] bool terminal() const noexcept { return style_.terminal(); }

 private:
  int fd_;
  style style_;
  std::string pending_;
};

}  // namespace imapxx::cli
