#include "imaplib/impl.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace imapxx::inline v0::imaplib {
namespace {

constexpr std::size_t ring_lines = 10;

std::string now_text() {
  const auto now = std::chrono::system_clock::now();
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  localtime_r(&seconds, &local);
  const auto hundredths =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000 / 10;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d.%02d", local.tm_min, local.tm_sec, static_cast<int>(hundredths));
  return text.data();
}

}  // namespace

void IMAP4::impl::say(int level, std::string_view text) {
  if (debug >= level) self._mesg(text);
}

// The session's trace: secrets are redacted before they come here.
void IMAP4::impl::on_trace(trace_direction d, std::string_view text) {
  if (d == trace_direction::note) return;
  const std::string_view arrow = d == trace_direction::sent ? "> " : "< ";
  for (const auto& piece : pieces_of(text)) {
    log_line(std::string(arrow) + piece.octets().repr());
    if (!piece.is_pair()) continue;
    const auto size = "literal size " + std::to_string(piece[1].size());
    if (d == trace_direction::received) {
      say(4, "read " + size);
    } else {
      // The session tells of the whole command at once; its literal goes out when the server has asked for it.
      literal_to_come = size;
      break;
    }
  }
  if (d == trace_direction::received && text.starts_with("+") && !literal_to_come.empty())
    say(4, "write " + std::exchange(literal_to_come, {}));
  if (d == trace_direction::received && untraced) file_response(*std::exchange(untraced, std::nullopt));
}

void IMAP4::impl::log_line(const std::string& line) {
  if (debug >= 4) return self._mesg(line);
  ring.push_back("  " + now_text() + " " + line);
  if (ring.size() > ring_lines) ring.pop_front();
}

void IMAP4::impl::print_ring() {
  if (debug < 1 || ring.empty()) return;
  self.print_log();
}

void IMAP4::impl::dump_untagged(int level) {
  if (debug < level || unread.empty()) return;
  std::string text;
  for (const auto& [type, items] : unread) text += (text.empty() ? "" : "\n\t\t") + type + ": " + datum(items).repr();
  self._mesg("untagged responses dump:" + text);
}

void IMAP4::_mesg(std::string_view text) {
  const auto line = "  " + now_text() + " " + escape_for_display(text) + "\n";
  std::fputs(line.c_str(), stderr);
}

void IMAP4::print_log() {
  _mesg("last " + std::to_string(impl_->ring.size()) + " IMAP4 interactions:");
  for (const auto& line : impl_->ring) _mesg(line);
}

}  // namespace imapxx::inline v0::imaplib
