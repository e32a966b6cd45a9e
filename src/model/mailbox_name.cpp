#include <imapxx/model/mailbox_name.hpp>

#include "base/ascii.hpp"
#include "base/utf7.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <cstddef>

namespace imapxx::inline v0 {
namespace {

constexpr std::string_view inbox = "INBOX";
constexpr char32_t replacement = 0xFFFD;

std::string displayable(std::string_view octets) {
  std::string out;
  while (!octets.empty()) {
    const auto c = base::utf8_first(octets);
    if (c.length == 0) {
      base::utf8_append(out, replacement);
    } else {
      out.append(octets.substr(0, c.length));
    }
    octets.remove_prefix(std::max<std::size_t>(c.length, 1));
  }
  return out;
}

}  // namespace

mailbox_name::mailbox_name(std::string_view utf8)
    : raw_(base::utf7_encode(utf8)), utf8_(utf8), decoded_(base::is_utf8(utf8)) {
  // What cannot be encoded is kept as it is, so that `is_valid` refuses it and nothing else is sent in its place.
  if (!decoded_) raw_ = utf8_;
}

mailbox_name mailbox_name::from_wire(std::string_view octets, bool utf8_wire) {
  mailbox_name name;
  name.raw_ = octets;
  if (utf8_wire) {
    name.decoded_ = base::is_utf8(octets);
    name.utf8_ = name.decoded_ ? name.raw_ : displayable(octets);
  } else if (auto text = base::utf7_decode(octets)) {
    name.utf8_ = std::move(*text);
  } else {
    name.decoded_ = false;
    name.utf8_ = displayable(octets);
  }
  name.from_wire_ = true;
  return name;
}

bool mailbox_name::is_inbox() const noexcept { return base::iequals(raw_, inbox); }

bool mailbox_name::is_valid() const noexcept {
  // In a name of the caller's own they would travel hidden in UTF-7, and come back as they are.
  const std::string& text = from_wire_ ? raw_ : utf8_;
  const bool sendable =
      std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return sendable && !raw_.empty() && (decoded_ || from_wire_);
}

std::vector<std::string> mailbox_name::split(char separator) const {
  if (separator == '\0') return {utf8_};
  std::vector<std::string> out;
  std::string_view rest = utf8_;
  while (true) {
    const auto at = rest.find(separator);
    out.emplace_back(rest.substr(0, at));
    if (at == std::string_view::npos) return out;
    rest.remove_prefix(at + 1);
  }
}

bool operator==(const mailbox_name& a, const mailbox_name& b) noexcept {
  return a.raw_ == b.raw_ || (a.is_inbox() && b.is_inbox());
}

bool operator<(const mailbox_name& a, const mailbox_name& b) noexcept {
  const auto key = [](const mailbox_name& n) { return n.is_inbox() ? inbox : n.raw(); };
  return key(a) < key(b);
}

}  // namespace imapxx::inline v0
