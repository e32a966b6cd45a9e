#include "core/secret_echo.hpp"

#include "base/base64.hpp"

#include <algorithm>
#include <optional>

namespace imapxx::inline v0::core {
namespace {

// Anything shorter stands by chance in many a text.
constexpr std::size_t shortest = 4;

// The last string of `text`, without its quotes: atoms and quoted strings, separated by spaces.
std::string last_string(std::string_view text) {
  std::string last;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    last.clear();
    const bool quoted = text[at] == '"';
    for (at += quoted ? 1U : 0U; at < text.size() && text[at] != (quoted ? '"' : ' '); ++at) {
      if (quoted && text[at] == '\\' && at + 1 < text.size()) ++at;
      last += text[at];
    }
    at += quoted ? 1U : 0U;
  }
  return last;
}

// The secret within a SASL message: the last field of PLAIN and of the OAuth mechanisms, or all of it.
std::string_view last_field(std::string_view message) {
  constexpr std::string_view bearer = "auth=Bearer ";
  while (!message.empty() && message.back() == '\x01') message.remove_suffix(1);
  message.remove_prefix(std::min(message.find_last_of(std::string_view("\0\x01", 2)) + 1, message.size()));
  return message.starts_with(bearer) ? message.substr(bearer.size()) : message;
}

}  // namespace

void secret_echo::add(std::string_view text) {
  if (text.size() >= shortest) secrets_.emplace_back(text);
}

void secret_echo::said(const wire::encoder& encoded) {
  std::string_view before, last;
  for (const auto& s : encoded.segments()) {
    if (!s.secret || s.type != wire::segment::kind::bytes) continue;
    before = last;
    last = encoded.text().substr(s.begin, s.end - s.begin);
  }
  if (last.empty()) return;
  // A literal that waits for consent is a segment of its own, any other one stands behind its header.
  constexpr std::string_view header_end = "}\r\n";
  if (before.ends_with(header_end)) return add(last);
  if (const auto at = last.rfind(header_end); at != std::string_view::npos)
    return add(last.substr(at + header_end.size()));
  auto text = last_string(last);
  said(text);
  secret::wipe(text);
}

void secret_echo::said(std::string_view line) {
  add(line);
  auto message = base::base64_decode(line);
  if (!message) return;
  add(last_field(*message));
  secret::wipe(*message);
}

bool secret_echo::is_in(std::string_view text) const noexcept {
  return std::any_of(secrets_.begin(), secrets_.end(),
                     [text](const secret& s) { return text.find(s.expose()) != std::string_view::npos; });
}

void secret_echo::remove_from(std::string& text) const {
  constexpr std::string_view mark = "<redacted>";
  // A response with a literal keeps its lengths: a trace of it is read again.
  const bool has_literal = text.find("}\r\n") != std::string::npos;
  for (const auto& s : secrets_) {
    if (has_literal) {
      for (auto at = text.find(s.expose()); at != std::string::npos; at = text.find(s.expose(), at + s.size()))
        text.replace(at, s.size(), s.size(), '*');
      continue;
    }
    for (auto at = text.find(s.expose()); at != std::string::npos; at = text.find(s.expose(), at + mark.size()))
      text.replace(at, s.size(), mark);
  }
}

}  // namespace imapxx::inline v0::core
