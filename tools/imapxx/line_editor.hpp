// Editing of one line, as a state machine: octets of the keyboard in, the row to draw out. No terminal here, so that it
// can be tested.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::cli {

/// Cursor keys, Home, End, Delete, the usual Ctrl keys (A B D E F H K U W), history with up and down (P N), completion
/// with Tab. Not thread-safe.
class line_editor {
 public:
  enum class key_result { more, accepted, end_of_input, interrupted };
  /// Words that can replace the text from `from` to the cursor; `line` is the text in front of the cursor.
  using completer = std::function<std::vector<std::string>(std::string_view line, std::size_t& from)>;
  /// Octets of the line from which on stars are drawn.
  using mask = std::size_t (*)(std::string_view line) noexcept;

  line_editor(completer complete, mask hide) : complete_(std::move(complete)), hide_(hide) {}

  key_result feed(char octet);
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::size_t cursor() const noexcept { return cursor_; }
  /// Takes the line away, wiping what the editor kept of it.
  [[nodiscard]] std::string take();
  /// Draws the whole line as stars, until it is switched off.
  void hide_all(bool on) noexcept { hide_all_ = on; }
  /// Words that Tab found and that differ behind what is typed; to be shown once.
  [[nodiscard]] std::vector<std::string> take_candidates() { return std::move(candidates_); }
  void remember(std::string line);
  [[nodiscard]] const std::vector<std::string>& history() const noexcept { return history_; }

  /// What to write to draw prompt and line in one row of so many columns: erases the row, and leaves the cursor in its
  /// place. Controls and octets that are no UTF-8 are drawn as `?`.
  [[nodiscard]] std::string row(std::string_view prompt, std::size_t columns) const;

 private:
  key_result control(char octet);
  void escape_sequence(char last);
  void insert(char octet);
  void left() noexcept;
  void right() noexcept;
  void erase(std::size_t begin, std::size_t end);
  void erase_word();
  void step_history(int by);
  void complete();

  static constexpr std::size_t longest_history = 1000;
  completer complete_;
  mask hide_;
  std::string text_;
  std::size_t cursor_ = 0;
  std::string escape_;  // an escape sequence under way, its ESC included
  std::vector<std::string> history_;
  std::size_t history_at_ = 0;
  std::string draft_;
  std::vector<std::string> candidates_;
  bool hide_all_ = false;
};

}  // namespace imapxx::cli
