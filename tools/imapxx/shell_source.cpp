#include "shell_source.hpp"

#include <imapxx/display.hpp>
#include <imapxx/secret.hpp>

#include "display.hpp"
#include "exit_code.hpp"
#include "interrupt.hpp"
#include "shell_words.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace imapxx::cli {
namespace {

// What a script's line may have: enough for any command, and a bound for a file that is no script.
constexpr std::size_t longest_line = std::size_t{16} << 20U;

// Moves octets of a typed stream into a literal. \return how many of `from` were used
std::size_t take_octets(std::string_view from, std::uint64_t n, bool crlf, std::string& into) {
  std::size_t used = 0;
  while (used < from.size() && into.size() < n) {
    const char c = from[used];
    if (crlf && c == '\n' && !into.ends_with('\r')) {
      into += '\r';  // the LF itself follows, if there is room for it
      if (into.size() == n) return used;
    }
    into += c;
    ++used;
  }
  return used;
}

}  // namespace

bool script_source::fill() {
  if (ended_) return false;
  buffer_.erase(0, at_);
  at_ = 0;
  if (wait) wait(fd_);
  std::array<char, 65536> piece{};
  const auto n = ::read(fd_, piece.data(), piece.size());
  if (n < 0 && errno == EINTR) return true;
  if (n < 0) throw local_error(std::string("standard input: ") + std::strerror(errno));
  ended_ = n == 0;
  buffer_.append(piece.data(), static_cast<std::size_t>(n));
  return !ended_;
}

std::optional<std::string> script_source::line(std::string_view, bool) {
  for (;;) {
    const auto end = buffer_.find('\n', at_);
    if (end == std::string::npos) {
      if (buffer_.size() - at_ > longest_line) throw usage_error("a line of the script is longer than 16 MiB");
      if (fill()) continue;
      if (at_ == buffer_.size()) return {};
    }
    auto text = buffer_.substr(at_, end == std::string::npos ? end : end - at_);
    at_ = end == std::string::npos ? buffer_.size() : end + 1;
    if (text.ends_with('\r')) text.pop_back();
    return text;
  }
}

bool script_source::octets(std::uint64_t n, std::string& into, bool) {
  for (;;) {
    at_ += take_octets(std::string_view(buffer_).substr(at_), n, crlf, into);
    if (into.size() >= n) return true;
    if (!fill()) return false;
  }
}

struct terminal_source::modes {
  termios normal{};
  termios keys{};
};

terminal_source::terminal_source(int in, int out, line_editor::completer complete, const std::string& history_file)
    : in_(in),
      out_(out),
      modes_(std::make_unique<modes>()),
      editor_(std::move(complete), invisible_from),
      history_file_(history_file) {
  crlf = true;
  if (::tcgetattr(in_, &modes_->normal) != 0) throw local_error(std::string("the terminal: ") + std::strerror(errno));
  modes_->keys = modes_->normal;
  // Ctrl-C stays a signal while a command runs; `edit` takes it as a key.
  modes_->keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
  modes_->keys.c_iflag &= ~static_cast<tcflag_t>(ICRNL | IXON);
  modes_->keys.c_cc[VMIN] = 1;
  modes_->keys.c_cc[VTIME] = 0;
  if (!history_file_.empty()) {
    std::ifstream old(history_file_);
    for (std::string text; std::getline(old, text);) editor_.remember(text);
  }
  resume();
}

terminal_source::~terminal_source() { pause(); }

void terminal_source::pause() {
  ::tcsetattr(in_, TCSADRAIN, &modes_->normal);
  before_sudden_end(nullptr);
}

void terminal_source::resume() {
  before_sudden_end([fd = in_, normal = modes_->normal] { ::tcsetattr(fd, TCSANOW, &normal); });
  ::tcsetattr(in_, TCSADRAIN, &modes_->keys);
}

void terminal_source::write(std::string_view text) const {
  while (!text.empty()) {
    const auto n = ::write(out_, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void terminal_source::clear() {
  if (editing_) write("\r\x1b[K");
}

void terminal_source::redraw() {
  if (!editing_) return;
  winsize size{};
  constexpr std::size_t usual = 80;
  const bool known = ::ioctl(out_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  auto row = editor_.row(prompt_, known ? size.ws_col : usual);
  write(row);
  secret::wipe(row);
}

void terminal_source::show_candidates() {
  const auto words = editor_.take_candidates();
  if (words.empty()) return;
  std::string list = "\r\x1b[K";
  for (const auto& w : words) list += escape_for_display(w) + "  ";
  write(list + "\n");
}

std::optional<std::string> terminal_source::edit(std::string_view prompt, bool hidden) {
  auto single_keys = modes_->keys;
  single_keys.c_lflag &= ~static_cast<tcflag_t>(ISIG);
  ::tcsetattr(in_, TCSADRAIN, &single_keys);
  struct at_end {
    terminal_source& t;
    ~at_end() {
      t.editing_ = false;
      t.editor_.hide_all(false);
      t.write("\n");
      ::tcsetattr(t.in_, TCSADRAIN, &t.modes_->keys);
    }
  } const restore{*this};
  prompt_ = prompt;
  editor_.hide_all(hidden);
  editing_ = true;
  redraw();
  for (;;) {
    while (!keys_.empty()) {
      const char key = keys_.front();
      keys_.erase(0, 1);
      switch (editor_.feed(key)) {
        case line_editor::key_result::more: break;
        case line_editor::key_result::accepted: redraw(); return editor_.take();
        case line_editor::key_result::end_of_input: return {};
        case line_editor::key_result::interrupted: write("^C\n"); break;
      }
    }
    show_candidates();
    redraw();
    if (wait) wait(in_);
    std::array<char, 4096> piece{};
    const auto n = ::read(in_, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return {};
    keys_.assign(piece.data(), static_cast<std::size_t>(n));
    ::explicit_bzero(piece.data(), piece.size());
  }
}

std::optional<std::string> terminal_source::line(std::string_view prompt, bool hidden) {
  if (pending_.empty()) return edit(prompt, hidden);
  const auto end = pending_.find('\n');
  auto text = pending_.substr(0, end);
  secret::wipe(pending_);
  return text;
}

bool terminal_source::octets(std::uint64_t n, std::string& into, bool hidden) {
  while (into.size() < n) {
    if (pending_.empty()) {
      auto typed = edit(std::to_string(n - into.size()) + " octets> ", hidden);
      if (!typed) return false;
      pending_ = *typed + "\n";
      secret::wipe(*typed);
    }
    pending_.erase(0, take_octets(pending_, n, crlf, into));
  }
  return true;
}

void terminal_source::remember(const std::string& line) {
  if (!history_file_.empty() && !line.empty()) {
    constexpr mode_t only_me = 0600;
    const int fd = ::open(history_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, only_me);
    const auto text = line + "\n";
    const bool kept = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int why = errno;
    if (fd >= 0) ::close(fd);
    if (!kept) {
      complain("--history " + history_file_ + ": " + std::strerror(why));
      history_file_.clear();
    }
  }
  editor_.remember(line);
}

}  // namespace imapxx::cli
