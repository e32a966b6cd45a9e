#include <imapxx/model/envelope_view.hpp>

#include "codec/exact_reader.hpp"
#include "codec/fetch.hpp"
#include "codec/keep.hpp"

#include <algorithm>
#include <array>
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

void drop_placeholders(address_view& one) noexcept {
  for (auto* part : {&one.mailbox, &one.host}) {
    if (codec::is_placeholder(part->raw())) *part = text_view("");
  }
}

void keep(const address_view& from, address& to) {
  codec::keep(from.name, to.name);
  codec::keep(from.route, to.route);
  codec::keep(from.mailbox, to.mailbox);
  codec::keep(from.host, to.host);
}

// env-from … env-bcc = "(" 1*address ")" / nil
// All but the last of `first` are the first addresses, when there are so many.
template <std::size_t Size>
exact_reader read_addresses(exact_reader in, address_list_view& out, std::array<address_view, Size>& first,
                            std::size_t& spaces) noexcept {
  out = address_list_view();
  if (in.nil()) return in;
  if (!in.octet('(')) return exact_reader::failed();
  const char* const begin = in.position();
  std::size_t count = 0;
  do {
    in = read_address(in, first[std::min(count, Size - 1)]);
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

// Most lists are so short that they are read once. They are made as long as they get, which is what most of the memory
// of a message is.
using some_addresses = std::array<address_view, 4>;
exact_reader read_addresses(exact_reader in, address_list& out, some_addresses& first, std::size_t& spaces) {
  address_list_view all;
  in = read_addresses(in, all, first, spaces);
  if (!in || all.empty()) return in;
  out.reserve(all.size());
  if (all.size() < first.size()) {
    for (std::size_t i = 0; i != all.size(); ++i) {
      drop_placeholders(first[i]);
      keep(first[i], out.emplace_back());
    }
  } else {
    for (const auto& one : all) keep(one, out.emplace_back());
  }
  return in;
}

struct text_fields {
  text_view& date;
  text_view& subject;
  text_view& in_reply_to;
  text_view& message_id;
};

// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
// env-in-reply-to SP env-message-id ")"
template <class ReadList>
std::size_t read_fields(std::string_view text, const text_fields& fields, const ReadList& read_list) {
  constexpr std::size_t lists = 6;
  exact_reader in(text);
  if (text.size() > codec::most_octets_of_exact_value || !in.octet('(') || !in.nstring(fields.date) || !in.octet(' ') ||
      !in.nstring(fields.subject))
    return 0;
  for (std::size_t i = 0; i != lists; ++i) {
    if (!in.octet(' ')) return 0;
    in = read_list(in, i);
    if (!in) return 0;
  }
  const bool whole = in.octet(' ') && in.nstring(fields.in_reply_to) && in.octet(' ') &&
                     in.nstring(fields.message_id) && in.octet(')');
  return whole ? static_cast<std::size_t>(in.position() - text.data()) : 0;
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
  keep(*this, out);
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
  drop_placeholders(*this);
  rest = in.rest();
}

address_list address_list_view::to_owned() const {
  address_list out;
  out.reserve(size());
  for (const auto& one : *this) keep(one, out.emplace_back());
  return out;
}

envelope_view::envelope_view(const envelope& value) noexcept
    : date_(text_view::of(value.date)),
      subject_(text_view::of(value.subject)),
      in_reply_to_(text_view::of(value.in_reply_to)),
      message_id_(text_view::of(value.message_id)),
      lists_{address_list_view(value.from), address_list_view(value.sender), address_list_view(value.reply_to),
             address_list_view(value.to),   address_list_view(value.cc),     address_list_view(value.bcc)} {}

std::size_t envelope_view::read(std::string_view text) noexcept {
  spaces_ = 0;
  std::array<address_view, 1> unused;
  return read_fields(text, {date_, subject_, in_reply_to_, message_id_}, [&](exact_reader in, std::size_t i) noexcept {
    return read_addresses(in, lists_[i], unused, spaces_);
  });
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
  codec::keep(date_, out.date);
  codec::keep(subject_, out.subject);
  address_list* const lists[] = {&out.from, &out.sender, &out.reply_to, &out.to, &out.cc, &out.bcc};
  for (std::size_t i = 0; i < lists_.size(); ++i) *lists[i] = lists_[i].to_owned();
  codec::keep(in_reply_to_, out.in_reply_to);
  codec::keep(message_id_, out.message_id);
  return out;
}

namespace codec {

std::size_t read_exact_envelope(std::string_view text, envelope& out, std::size_t& spaces) {
  text_view date, subject, in_reply_to, message_id;
  address_list* const lists[] = {&out.from, &out.sender, &out.reply_to, &out.to, &out.cc, &out.bcc};
  some_addresses first;
  spaces = 0;
  const auto size = read_fields(text, {date, subject, in_reply_to, message_id}, [&](exact_reader in, std::size_t i) {
    return read_addresses(in, *lists[i], first, spaces);
  });
  if (size == 0) return 0;
  keep(date, out.date);
  keep(subject, out.subject);
  keep(in_reply_to, out.in_reply_to);
  keep(message_id, out.message_id);
  return size;
}

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
