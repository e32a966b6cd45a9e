// Text for people: safe on a terminal, in colour only where colour is welcome.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace imapxx::cli {

/// A text of several lines made harmless: as `escape_for_display`, but line feeds and tabs stay, and CR LF is LF.
[[nodiscard]] std::string escape_lines(std::string_view text);

/// 1234567 as "1.2M"; below 1000 octets "999".
[[nodiscard]] std::string human_size(std::uint64_t octets);

/// What a stream may be given.
class style {
 public:
  /// Colours for a terminal, unless NO_COLOR is set or TERM is "dumb".
  [[nodiscard]] static style for_descriptor(int fd);
  style() = default;
  [[nodiscard]] bool terminal() const noexcept { return terminal_; }
  [[nodiscard]] std::string bold(std::string_view text) const { return wrap("1", text); }
  [[nodiscard]] std::string dim(std::string_view text) const { return wrap("2", text); }
  [[nodiscard]] std::string green(std::string_view text) const { return wrap("32", text); }
  [[nodiscard]] std::string cyan(std::string_view text) const { return wrap("36", text); }

 private:
  [[nodiscard]] std::string wrap(std::string_view code, std::string_view text) const;
  bool terminal_ = false;
  bool colour_ = false;
};

/// One line on standard error that tells how far a download is; silent unless that is a terminal.
class progress {
 public:
  progress(std::uint64_t messages, std::uint64_t octets);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  void add_octets(std::uint64_t n);
  void add_message();

 private:
  void draw(bool now);
  bool on_;
  std::uint64_t messages_, octets_;
  std::uint64_t messages_done_ = 0, octets_done_ = 0;
  std::int64_t drawn_at_ = 0;
};

/// A line for a person on standard error, escaped.
void complain(std::string_view line);

}  // namespace imapxx::cli
