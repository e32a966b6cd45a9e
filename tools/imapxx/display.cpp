#include "display.hpp"

#include <imapxx/display.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

namespace imapxx::cli {
namespace {

void to_stderr(std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(STDERR_FILENO, text.data(), text.size());
    if (n <= 0) return;  // nobody reads the complaints either
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

// escape_for_display makes \t visible; in running text a tab is harmless.
void append_escaped_line(std::string& out, std::string_view line) {
  for (;;) {
    const auto tab = line.find('\t');
    out += escape_for_display(line.substr(0, tab));
    if (tab == std::string_view::npos) return;
    out += '\t';
    line.remove_prefix(tab + 1);
  }
}

}  // namespace

std::string escape_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  for (;;) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    append_escaped_line(out, line);
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string human_size(std::uint64_t octets) {
  if (octets < 1000) return std::to_string(octets);
  static constexpr std::string_view units = "KMGTPE";
  auto value = static_cast<double>(octets) / 1024;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f}{}", value, units[unit]);
}

style style::for_descriptor(int fd) {
  style s;
  s.terminal_ = ::isatty(fd) == 1;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  s.colour_ =
      s.terminal_ && (no_color == nullptr || *no_color == '\0') && term != nullptr && std::string_view(term) != "dumb";
  return s;
}

std::string style::wrap(std::string_view code, std::string_view text) const {
  if (!colour_ || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

progress::progress(std::uint64_t messages, std::uint64_t octets)
    : on_(::isatty(STDERR_FILENO) == 1 && messages != 0), messages_(messages), octets_(octets) {}

progress::~progress() {
  if (on_ && drawn_at_ != 0) to_stderr("\r\x1b[K");
}

void progress::add_octets(std::uint64_t n) {
  octets_done_ += n;
  draw(false);
}

void progress::add_message() {
  ++messages_done_;
  draw(messages_done_ == messages_);
}

void progress::draw(bool now) {
  if (!on_) return;
  constexpr std::int64_t interval_ms = 100;  // faster than anybody reads
  const auto at = now_ms();
  if (!now && at - drawn_at_ < interval_ms) return;
  drawn_at_ = at;
  constexpr std::uint64_t width = 30;
  const auto filled = octets_ == 0 ? width : std::min(width, octets_done_ * width / octets_);
  to_stderr(fmt::format("\r[{:#<{}}{:.<{}}] {}/{} messages, {} of {}\x1b[K", "", filled, "", width - filled,
                        messages_done_, messages_, human_size(octets_done_), human_size(octets_)));
}

void complain(std::string_view line) { to_stderr(escape_for_display(line) + "\n"); }

}  // namespace imapxx::cli
