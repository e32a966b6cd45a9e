#include "base/swar.hpp"
#include "codec/fetch.hpp"
#include "codec/tree.hpp"

#include <algorithm>
#include <iterator>

namespace imapxx::inline v0::codec {
namespace {

// What UW imapd, Exchange and Dovecot write for a part that the message does not have (E-07).
constexpr std::string_view placeholders[] = {".MISSING-HOST-NAME.", ".SYNTAX-ERROR.", "MISSING_MAILBOX",
                                             "MISSING_DOMAIN"};

void drop_placeholder(std::optional<std::string>& text) {
  if (text && is_placeholder(*text)) text->clear();
}

// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
void read_address(const tree& t, std::uint32_t list, address& out) {
  const auto parts = t.elements_of(list);
  if (parts.size() != 4) tolerate(quirk::e06);
  const auto text = [&](std::size_t i) { return i < parts.size() ? t.ntext(parts[i]) : std::nullopt; };
  out.name = text(0);
  out.route = text(1);
  out.mailbox = text(2);
  out.host = text(3);
  drop_placeholder(out.mailbox);
  drop_placeholder(out.host);
}

// env-from … env-bcc = "(" 1*address ")" / nil
bool read_addresses(const tree& t, std::uint32_t at, address_list& out) {
  if (t.is_nil(at)) return true;
  const auto list = t.elements_of(at);
  if (list.empty()) tolerate(quirk::e01);
  out.reserve(std::min<std::size_t>(list.size(), 64));
  // An address that is not in a list of its own.
  if (list.size() == 4 && std::none_of(list.begin(), list.end(), [&](auto i) { return t.is_list(i); }) &&
      std::any_of(list.begin(), list.end(), [&](auto i) { return t.is_text(i); })) {
    tolerate(quirk::e06);
    read_address(t, at, out.emplace_back());
    return true;
  }
  for (const auto i : list) {
    if (t.is_list(i)) {
      if (i != list.front() && t[i].spaced) tolerate(quirk::e08);
      read_address(t, i, out.emplace_back());
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
void read_short_tail(const tree& t, const elements& fields, std::size_t from, envelope& out) {
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

void count_8bit_of(const std::optional<std::string>& text) {
  if (text && base::has_8bit(*text)) tolerate(quirk::e13);
}

void count_8bit(const envelope& e) {
  count_8bit_of(e.subject);
  for (const auto* list : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc}) {
    for (const auto& a : *list) count_8bit_of(a.name);
  }
}

}  // namespace

bool is_known_placeholder(std::string_view text) noexcept {
  return std::find(std::begin(placeholders), std::end(placeholders), text) != std::end(placeholders);
}

// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
// env-in-reply-to SP
//            env-message-id ")"
bool read_envelope(const tree& t, std::uint32_t at, envelope& out) {
  if (!t.is_list(at)) return false;
  const auto fields = t.elements_of(at);
  if (fields.size() < 2 || t.is_list(fields[0]) || t.is_list(fields[1])) return false;
  out.date = t.ntext(fields[0]);
  out.subject = t.ntext(fields[1]);
  count_8bit_of(out.subject);
  address_list* const lists[] = {&out.from, &out.sender, &out.reply_to, &out.to, &out.cc, &out.bcc};
  std::size_t i = 2;
  for (auto* list : lists) {
    if (i == fields.size() || t.is_text(fields[i])) break;
    if (!read_addresses(t, fields[i++], *list)) return false;
    for (const auto& a : *list) count_8bit_of(a.name);
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
  std::size_t spaces = 0;
  if (const auto end = read_exact_envelope(in.rest(), out.emplace(), spaces); end != 0 && end == in.rest().size()) {
    for (; spaces != 0; --spaces) tolerate(quirk::e08);
    if (base::has_8bit(in.rest())) count_8bit(*out);
    in.skip(end);
    return true;
  }
  out.reset();
  tree t;
  if (!t.read(in, l.nesting, l.nodes)) return false;
  if (t.is_nil(0)) {
    tolerate(quirk::e04);
    out.reset();
    return true;
  }
  if (!read_envelope(t, 0, out.emplace())) {
    out.reset();
    in.fail("envelope");
    return false;
  }
  return true;
}

}  // namespace imapxx::inline v0::codec
