#include "base/ascii.hpp"
#include "codec/fetch.hpp"
#include "codec/tree.hpp"

#include <algorithm>

namespace imapxx::inline v0::codec {
namespace {

// What UW imapd, Exchange and Dovecot write for a part that the message does not have (E-07).
constexpr std::string_view placeholders[] = {".MISSING-HOST-NAME.", ".SYNTAX-ERROR.", "MISSING_MAILBOX",
                                             "MISSING_DOMAIN"};

std::optional<std::string> without_placeholder(std::optional<std::string> text) {
  if (text && std::find(std::begin(placeholders), std::end(placeholders), *text) != std::end(placeholders))
    text->clear();
  return text;
}

// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
address read_address(const tree& t, std::uint32_t list) {
  const auto parts = t.elements(list);
  if (parts.size() != 4) tolerate(quirk::e06);
  const auto part = [&](std::size_t i) { return i < parts.size() ? t.ntext(parts[i]) : std::nullopt; };
  return {part(0), part(1), without_placeholder(part(2)), without_placeholder(part(3))};
}

// env-from … env-bcc = "(" 1*address ")" / nil
bool read_addresses(const tree& t, std::uint32_t at, address_list& out) {
  if (t.is_nil(at)) return true;
  const auto elements = t.elements(at);
  if (elements.empty()) tolerate(quirk::e01);
  // An address that is not in a list of its own.
  if (elements.size() == 4 && std::none_of(elements.begin(), elements.end(), [&](auto i) { return t.is_list(i); }) &&
      std::any_of(elements.begin(), elements.end(), [&](auto i) { return t.is_text(i); })) {
    tolerate(quirk::e06);
    out.push_back(read_address(t, at));
    return true;
  }
  for (const auto i : elements) {
    if (t.is_list(i)) {
      if (i != elements.front() && t[i].spaced) tolerate(quirk::e08);
      out.push_back(read_address(t, i));
    } else if (t.is_nil(i)) {
      tolerate(quirk::e02);
    } else {
      tolerate(quirk::e06);
    }
  }
  return true;
}

bool looks_like_message_id(std::string_view text) {
  return text.size() > 2 && text.front() == '<' && text.back() == '>';
}

// In-Reply-To and Message-ID at the end of an envelope that lacks fields: the last `<…>` is the Message-ID (E-03).
void read_short_tail(const tree& t, const std::vector<std::uint32_t>& fields, std::size_t from, envelope& out) {
  std::vector<std::string> texts;
  for (std::size_t i = from; i < fields.size(); ++i) {
    if (t.is_text(fields[i])) texts.push_back(t.text(fields[i]));
  }
  if (!texts.empty() && looks_like_message_id(texts.back())) {
    out.message_id = std::move(texts.back());
    texts.pop_back();
  }
  if (!texts.empty()) out.in_reply_to = std::move(texts.front());
}

void count_8bit(const std::optional<std::string>& text) {
  if (text && std::any_of(text->begin(), text->end(), base::is_8bit)) tolerate(quirk::e13);
}

}  // namespace

// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
// env-in-reply-to SP
//            env-message-id ")"
bool read_envelope(const tree& t, std::uint32_t at, envelope& out) {
  if (!t.is_list(at)) return false;
  const auto fields = t.elements(at);
  if (fields.size() < 2 || t.is_list(fields[0]) || t.is_list(fields[1])) return false;
  out.date = t.ntext(fields[0]);
  out.subject = t.ntext(fields[1]);
  count_8bit(out.subject);
  address_list* const lists[] = {&out.from, &out.sender, &out.reply_to, &out.to, &out.cc, &out.bcc};
  std::size_t i = 2;
  for (auto* list : lists) {
    if (i == fields.size() || t.is_text(fields[i])) break;
    if (!read_addresses(t, fields[i++], *list)) return false;
    for (const auto& a : *list) count_8bit(a.name);
  }
  if (fields.size() == 10 && i == 8 && !t.is_list(fields[8]) && !t.is_list(fields[9])) {
    out.in_reply_to = t.ntext(fields[8]);
    out.message_id = t.ntext(fields[9]);
    return true;
  }
  tolerate(quirk::e03);
  read_short_tail(t, fields, i, out);
  return true;
}

bool parse_envelope(lexer& in, const value_limits& l, std::optional<envelope>& out) {
  tree t;
  if (!t.read(in, l.nesting, l.nodes)) return false;
  if (t.is_nil(0)) {
    tolerate(quirk::e04);
    out.reset();
    return true;
  }
  envelope e;
  if (!read_envelope(t, 0, e)) {
    in.fail("envelope");
    return false;
  }
  out = std::move(e);
  return true;
}

}  // namespace imapxx::inline v0::codec
