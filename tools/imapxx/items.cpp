#include "items.hpp"

#include "exit_code.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace imapxx::cli {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

using setter = fetch_items& (fetch_items::*)();
constexpr std::array<std::pair<std::string_view, setter>, 18> simple = {{
    {"UID", &fetch_items::uid},
    {"FLAGS", &fetch_items::flags},
    {"INTERNALDATE", &fetch_items::internaldate},
    {"RFC822.SIZE", &fetch_items::rfc822_size},
    {"ENVELOPE", &fetch_items::envelope},
    {"BODY", &fetch_items::body},
    {"BODYSTRUCTURE", &fetch_items::bodystructure},
    {"RFC822.HEADER", &fetch_items::rfc822_header},
    {"MODSEQ", &fetch_items::modseq},
    {"PREVIEW", &fetch_items::preview},
    {"SAVEDATE", &fetch_items::savedate},
    {"EMAILID", &fetch_items::emailid},
    {"THREADID", &fetch_items::threadid},
    {"X-GM-MSGID", &fetch_items::gm_msgid},
    {"X-GM-THRID", &fetch_items::gm_thrid},
    {"X-GM-LABELS", &fetch_items::gm_labels},
    {"FAST", &fetch_items::fast},
    {"ALL", &fetch_items::all},
}};

struct partial {
  std::uint64_t origin = 0;
  std::uint64_t count = 0;
};

// <0.1000>
std::optional<partial> parse_partial(std::string_view text) {
  if (text.empty()) return {};
  partial p;
  const auto* end = text.data() + text.size();
  if (text.front() == '<') {
    const auto first = std::from_chars(text.data() + 1, end, p.origin);
    if (first.ec == std::errc() && first.ptr != end && *first.ptr == '.') {
      const auto second = std::from_chars(first.ptr + 1, end, p.count);
      if (second.ec == std::errc() && second.ptr == end - 1 && *second.ptr == '>' && p.count != 0) return p;
    }
  }
  throw usage_error("--items: not a part of a body: " + std::string(text), "write BODY[]<0.1000>");
}

void add_section(fetch_items& items, const std::string& word) {
  const auto open = word.find('[');
  const auto close = word.rfind(']');
  const auto name = upper(word.substr(0, open));
  if (close == std::string::npos || close < open) throw usage_error("--items: no ] in " + word);
  const auto spec = word.substr(open + 1, close - open - 1);
  const auto part = parse_partial(std::string_view(word).substr(close + 1));
  if (name == "BODY" || name == "BODY.PEEK") {
    if (auto parsed = section::try_parse(spec); !parsed) throw usage_error("--items: not a section: " + word);
    if (part) {
      items.body_peek(spec, part->origin, part->count);
    } else {
      items.body_peek(spec);
    }
  } else if (part) {
    throw usage_error("--items: a part of it cannot be asked for: " + word);
  } else if (name == "BINARY" || name == "BINARY.PEEK") {
    items.binary_peek(spec);
  } else if (name == "BINARY.SIZE") {
    items.binary_size(spec);
  } else {
    throw usage_error("--items: unknown item: " + word);
  }
}

void add(fetch_items& items, const std::string& word) {
  const auto name = upper(word);
  for (const auto& [known, set] : simple)
    if (name == known) {
      (items.*set)();
      return;
    }
  if (name == "FULL") {
    items.full();
  } else if (name == "RFC822") {
    items.body_peek();
  } else if (name == "RFC822.TEXT") {
    items.body_peek("TEXT");
  } else if (word.find('[') != std::string::npos) {
    add_section(items, word);
  } else {
    items.item(word);
  }
}

}  // namespace

fetch_items parse_items(std::string_view text) {
  fetch_items items;
  // Outer parentheses mean nothing; spaces inside brackets belong to the item.
  std::string word;
  int brackets = 0;
  const auto finish = [&] {
    if (!word.empty()) add(items, word);
    word.clear();
  };
  for (const char c : text) {
    if (c == '[') ++brackets;
    if (c == ']') --brackets;
    const bool separator = c == ' ' || c == '\t' || c == ',' || c == '(' || c == ')';
    if (separator && brackets <= 0) {
      finish();
    } else {
      word += c;
    }
  }
  if (brackets != 0) throw usage_error("--items: brackets do not match: " + std::string(text));
  finish();
  if (items.empty()) throw usage_error("--items names no item", "write --items 'FLAGS ENVELOPE'");
  return items;
}

}  // namespace imapxx::cli
