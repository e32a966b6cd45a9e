#include <imapxx/model/envelope_view.hpp>

#include "codec/exact_reader.hpp"
#include "codec/fetch.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0 {

using codec::exact_reader;

namespace {

// The next octet of a text, without the backslash in front of it.
char next_octet(std::string_view& rest, bool escaped) noexcept {
  if (escaped && rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
  const char c = rest.front();
  rest.remove_prefix(1);
  return c;
}

// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
exact_reader read_address(exact_reader in, address_view& out) noexcept {
  const bool all = in.octet('(') && in.nstring(out.name) && in.octet(' ') && in.nstring(out.route) && in.octet(' ') &&
                   in.nstring(out.mailbox) && in.octet(' ') && in.nstring(out.host) && in.octet(')');
  return all ? in : exact_reader::failed();
}

// env-from … env-bcc = "(" 1*address ")" / nil
exact_reader read_addresses(exact_reader in, address_list_view& out, std::size_t& spaces) noexcept {
  out = address_list_view();
  if (in.nil()) return in;
  if (!in.octet('(')) return exact_reader::failed();
  const char* const begin = in.position();
  std::size_t count = 0;
  address_view one;
  do {
    in = read_address(in, one);
    if (!in) return in;
    ++count;
    if (in.octet(' ')) {
      ++spaces;
      if (in.peek() != '(') return exact_reader::failed();
    }
  } while (in.peek() == '(');
  out = address_list_view(in.since(begin), count);
  return in.octet(')') ? in : exact_reader::failed();
}

}  // namespace

std::string text_view::to_string() const {
  if (!escaped_) return std::string(raw_);
  std::string out;
  out.reserve(raw_.size());
  for (auto rest = raw_; !rest.empty();) out += next_octet(rest, true);
  return out;
}

bool operator==(text_view a, text_view b) noexcept {
  if (a.present_ != b.present_) return false;
  if (!a.escaped_ && !b.escaped_) return a.raw_ == b.raw_;
  auto x = a.raw_;
  auto y = b.raw_;
  while (!x.empty() && !y.empty()) {
    if (next_octet(x, a.escaped_) != next_octet(y, b.escaped_)) return false;
  }
  return x.empty() && y.empty();
}

address address_view::to_owned() const {
  address out;
  out.name = name.to_owned();
  out.route = route.to_owned();
  out.mailbox = mailbox.to_owned();
  out.host = host.to_owned();
  return out;
}

void address_view::read_next(std::string_view& rest, const address*& owned) noexcept {
  if (owned != nullptr) {
    name = text_view::of(owned->name);
    route = text_view::of(owned->route);
    mailbox = text_view::of(owned->mailbox);
    host = text_view::of(owned->host);
    ++owned;
    return;
  }
  exact_reader in(rest);
  (void)in.octet(' ');
  in = read_address(in, *this);
  for (auto* part : {&mailbox, &host}) {
    if (codec::is_placeholder(part->raw())) *part = text_view("");
  }
  rest = in.rest();
}

address_list address_list_view::to_owned() const {
  address_list out;
  out.reserve(size());
  for (const auto& one : *this) out.push_back(one.to_owned());
  return out;
}

envelope_view::envelope_view(const envelope& value) noexcept
    : date_(text_view::of(value.date)),
      subject_(text_view::of(value.subject)),
      in_reply_to_(text_view::of(value.in_reply_to)),
      message_id_(text_view::of(value.message_id)),
      lists_{address_list_view(value.from), address_list_view(value.sender), address_list_view(value.reply_to),
             address_list_view(value.to),   address_list_view(value.cc),     address_list_view(value.bcc)} {}

// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
// env-in-reply-to SP env-message-id ")"
std::size_t envelope_view::read(std::string_view text) noexcept {
  exact_reader in(text);
  spaces_ = 0;
  if (text.size() > codec::most_octets_of_exact_value || !in.octet('(') || !in.nstring(date_) || !in.octet(' ') ||
      !in.nstring(subject_))
    return 0;
  for (auto& list : lists_) {
    if (!in.octet(' ')) return 0;
    in = read_addresses(in, list, spaces_);
    if (!in) return 0;
  }
  const bool whole =
      in.octet(' ') && in.nstring(in_reply_to_) && in.octet(' ') && in.nstring(message_id_) && in.octet(')');
  return whole ? static_cast<std::size_t>(in.position() - text.data()) : 0;
}

std::optional<envelope_view> envelope_view::of(const fetch_row& row) {
  std::optional<envelope_view> out;
  const auto* item = row.find(fetch_item::envelope);
  if (item == nullptr) return out;
  if (const auto end = out.emplace().read(item->value); end != 0 && end == item->value.size()) {
    codec::count_tolerances(*out, item->value);
    return out;
  }
  out.reset();
  if (auto value = row.envelope()) {
    const auto kept = std::make_shared<const envelope>(std::move(*value));
    out.emplace(*kept).kept_ = kept;
  }
  return out;
}

envelope envelope_view::to_owned() const {
  envelope out;
  out.date = date_.to_owned();
  out.subject = subject_.to_owned();
  address_list* const lists[] = {&out.from, &out.sender, &out.reply_to, &out.to, &out.cc, &out.bcc};
  for (std::size_t i = 0; i < lists_.size(); ++i) *lists[i] = lists_[i].to_owned();
  out.in_reply_to = in_reply_to_.to_owned();
  out.message_id = message_id_.to_owned();
  return out;
}

namespace codec {

void count_tolerances(const envelope_view& e, std::string_view value) noexcept {
  for (auto n = e.spaces_between_addresses(); n != 0; --n) tolerate(quirk::e08);
  if (!base::has_8bit(value)) return;
  const auto count = [](text_view text) {
    if (base::has_8bit(text.raw())) tolerate(quirk::e13);
  };
  count(e.subject());
  for (const auto* list : {&e.from(), &e.sender(), &e.reply_to(), &e.to(), &e.cc(), &e.bcc()}) {
    for (const auto& one : *list) count(one.name);
  }
}

}  // namespace codec
}  // namespace imapxx::inline v0
