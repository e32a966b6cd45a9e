// Where the shell's lines come from: a script on standard input, or a person at a terminal.
#pragma once

#include "line_editor.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::cli {

/// A stream of octets, cut into lines and, for literals, into octets.
class shell_source {
 public:
  shell_source() = default;
  shell_source(const shell_source&) = delete;
  shell_source& operator=(const shell_source&) = delete;
  virtual ~shell_source() = default;

  /// The next line, without its end; nullopt when there is none.
  [[nodiscard]] virtual std::optional<std::string> line(std::string_view prompt, bool hidden = false) = 0;
  /// The next `n` octets, across line ends. \return false when the input ends before
  [[nodiscard]] virtual bool octets(std::uint64_t n, std::string& into, bool hidden) = 0;
  [[nodiscard]] virtual bool is_terminal() const noexcept = 0;

  /// Called before each wait; returns when the descriptor can be read. May print by way of `clear` and `redraw`.
  std::function<void(int fd)> wait;
  /// Whether a line end inside a literal becomes CRLF (and counts as two octets).
  bool crlf = false;

  /// Takes the row that is being edited off the screen, and draws it again.
  virtual void clear() {}
  virtual void redraw() {}
  /// Gives the terminal its usual mode back for a while.
  virtual void pause() {}
  virtual void resume() {}
  virtual void remember(const std::string&) {}
};

class script_source final : public shell_source {
 public:
  explicit script_source(int fd) : fd_(fd) {}
  [[nodiscard]] std::optional<std::string> line(std::string_view prompt, bool hidden) override;
  [[nodiscard]] bool octets(std::uint64_t n, std::string& into, bool hidden) override;
  [[nodiscard]] bool is_terminal() const noexcept override { return false; }

 private:
  bool fill();
  int fd_;
  std::string buffer_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

class terminal_source final : public shell_source {
 public:
  /// Sets the terminal to single keys without echo until it is destroyed.
  /// \param history_file kept between sessions; empty: none
  terminal_source(int in, int out, line_editor::completer complete, const std::string& history_file);
  ~terminal_source() override;
  [[nodiscard]] std::optional<std::string> line(std::string_view prompt, bool hidden) override;
  [[nodiscard]] bool octets(std::uint64_t n, std::string& into, bool hidden) override;
  [[nodiscard]] bool is_terminal() const noexcept override { return true; }
  void clear() override;
  void redraw() override;
  void pause() override;
  void resume() override;
  void remember(const std::string& line) override;

 private:
  struct modes;
  [[nodiscard]] std::optional<std::string> edit(std::string_view prompt, bool hidden);
  void show_candidates();
  void write(std::string_view text) const;
  int in_;
  int out_;
  std::unique_ptr<modes> modes_;
  line_editor editor_;
  std::string history_file_;
  std::string keys_;     // read and not yet used
  std::string pending_;  // typed for a literal and not yet taken
  std::string prompt_;
  bool editing_ = false;
};

}  // namespace imapxx::cli
