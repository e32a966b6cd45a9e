#include <imapxx/download.hpp>
#include <imapxx/error.hpp>

#include <algorithm>
#include <charconv>

namespace imapxx::inline v0 {
namespace {

constexpr std::string_view first_line = "imapxx download journal 1";
constexpr std::size_t hash_digits = 64;

/// Names may hold any octet: `%` and everything outside of printable ASCII as %XX.
std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet > 0x20 && octet < 0x7F && c != '%') {
      out += c;
    } else {
      out += '%';
      out += digits[octet >> 4U];
      out += digits[octet & 15U];
    }
  }
  return out;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '%') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    unsigned octet = 0;
    if (text.size() < 3) return std::nullopt;
    const auto read = std::from_chars(text.data() + 1, text.data() + 3, octet, 16);
    if (read.ec != std::errc() || read.ptr != text.data() + 3) return std::nullopt;
    out += static_cast<char>(octet);
    text.remove_prefix(3);
  }
  return out;
}

/// Takes `name value LF` off the front.
bool take_field(std::string_view& text, std::string_view name, std::string_view& value) {
  if (!text.starts_with(name) || text.size() <= name.size() || text[name.size()] != ' ') return false;
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return false;
  value = text.substr(name.size() + 1, end - name.size() - 1);
  text.remove_prefix(end + 1);
  return true;
}

template <class Number>
bool take_number(std::string_view& text, std::string_view name, Number& n) {
  std::string_view value;
  if (!take_field(text, name, value)) return false;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), n);
  return read.ec == std::errc() && read.ptr == value.data() + value.size();
}

bool take_text(std::string_view& text, std::string_view name, std::string& out) {
  std::string_view value;
  if (!take_field(text, name, value)) return false;
  auto plain = unescaped(value);
  if (plain) out = std::move(*plain);
  return plain.has_value();
}

}  // namespace

std::string_view to_string(download_restart r) noexcept {
  switch (r) {
    case download_restart::none: return "none";
    case download_restart::unreadable: return "there is no usable journal for the part";
    case download_restart::uidvalidity: return "the mailbox has another UIDVALIDITY now";
    case download_restart::other_body: return "the part is of another message or section";
    case download_restart::length: return "the server announces another length now";
    case download_restart::content: return "the part is not what the journal describes";
  }
  return "unknown";
}

std::string download_journal::to_string() const {
  std::string out(first_line);
  const auto field = [&out](std::string_view name, const std::string& value) {
    ((out += '\n').append(name) += ' ') += value;
  };
  field("uidvalidity", std::to_string(uidvalidity));
  field("uid", std::to_string(uid));
  field("mailbox", escaped(mailbox));
  field("section", escaped(section));
  field("length", length ? std::to_string(*length) : "-");
  field("offset", std::to_string(offset));
  field("sha256", sha256);
  return out += "\nend\n";
}

result<download_journal> download_journal::parse(std::string_view text) {
  const error refused(errc::unparsed, "not a journal of a download");
  download_journal j;
  if (!text.starts_with(first_line) || text.size() == first_line.size() || text[first_line.size()] != '\n')
    return refused;
  text.remove_prefix(first_line.size() + 1);
  if (!take_number(text, "uidvalidity", j.uidvalidity) || !take_number(text, "uid", j.uid) ||
      !take_text(text, "mailbox", j.mailbox) || !take_text(text, "section", j.section))
    return refused;
  if (text.starts_with("length -\n")) {
    text.remove_prefix(9);
  } else if (!take_number(text, "length", j.length.emplace())) {
    return refused;
  }
  if (!take_number(text, "offset", j.offset) || !take_text(text, "sha256", j.sha256) || text != "end\n") return refused;
  const bool is_hash = j.sha256.size() == hash_digits && std::all_of(j.sha256.begin(), j.sha256.end(), [](char c) {
                         return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                       });
  if (!is_hash) return refused;
  return j;
}

}  // namespace imapxx::inline v0
