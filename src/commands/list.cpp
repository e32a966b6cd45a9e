#include <imapxx/commands/list.hpp>

#include "commands/support.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

namespace imapxx::inline v0 {
namespace {

// In the order of the bits.
constexpr std::array<std::string_view, 4> selections{"SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE"};
constexpr std::array<std::string_view, 3> returns{"SUBSCRIBED", "CHILDREN", "SPECIAL-USE"};
enum : unsigned { select_subscribed = 1, select_remote = 2, select_recursive = 4, select_special = 8 };
enum : unsigned { return_subscribed_bit = 1, return_children_bit = 2, return_special = 4 };

// The octets that make two lines the same mailbox: INBOX in any case (quirk L-03), with or without the separator at the
// end (L-06).
std::string key_of(const list_entry& e) {
  if (e.name.is_inbox()) return "INBOX";
  std::string key(e.name.raw());
  if (key.size() > 1 && e.separator != '\0' && key.back() == e.separator) key.pop_back();
  return key;
}

std::uint64_t octets_of(const list_entry& e) {
  std::uint64_t n = sizeof(list_entry) + 2 * e.name.raw().size();
  for (const auto& a : e.attributes) n += sizeof(flag) + a.name().size();
  for (const auto& [tag, value] : e.extended) n += tag.size() + value.size();
  for (const auto& c : e.childinfo) n += c.size();
  return n;
}

// quirk L-28: the union of what both lines say.
void merge(list_entry& into, list_entry&& from) {
  const bool from_is_level = from.name.raw().size() > into.name.raw().size();
  if (from.name.raw().size() < into.name.raw().size()) {
    std::swap(into.name, from.name);
    into.attributes.erase(flag("\\Noselect"));
  }
  for (const auto& a : from.attributes) {
    if (from_is_level && a == flag("\\Noselect")) continue;
    into.attributes.insert(a);
  }
  for (auto& c : from.childinfo) {
    if (std::find(into.childinfo.begin(), into.childinfo.end(), c) == into.childinfo.end()) {
      into.childinfo.push_back(std::move(c));
    }
  }
  if (!into.oldname) into.oldname = std::move(from.oldname);
  for (auto& x : from.extended) {
    const bool known =
        std::any_of(into.extended.begin(), into.extended.end(), [&](const auto& y) { return y.first == x.first; });
    if (!known) into.extended.push_back(std::move(x));
  }
}

std::string_view wire_form(const wire::encoder& out, const mailbox_name& name) {
  return out.context().utf8 && name.decoded() ? std::string_view(name.utf8()) : name.raw();
}

// mailbox = "INBOX" / astring: unlike in a pattern, `*` and `%` must be quoted in it.
void write_reference(wire::encoder& out, const mailbox_name& name) { out.astring(wire_form(out, name)); }

// list-mailbox = 1*list-char / string
void write_pattern(wire::encoder& out, const mailbox_name& name) { out.list_mailbox(wire_form(out, name)); }

// reference and pattern may be empty
result<void> check_pattern(const mailbox_name& name) {
  return name.empty() ? result<void>() : commands::check_name(name);
}

template <std::size_t N>
void write_options(wire::encoder& out, const std::array<std::string_view, N>& names, unsigned bits, bool& first) {
  for (std::size_t i = 0; i < N; ++i) {
    if ((bits & (1U << i)) == 0) continue;
    if (!first) out.sp();
    first = false;
    out.raw(names[i]);
  }
}

}  // namespace

namespace detail {

/// Where the entry of each name is.
struct list_collector::names {
  std::unordered_map<std::string, std::size_t> at;
};

list_collector::list_collector() = default;
list_collector::list_collector(const list_collector& other)
    : entries_(other.entries_),
      names_(other.names_ ? std::make_unique<names>(*other.names_) : nullptr),
      failure_(other.failure_),
      responses_(other.responses_),
      octets_(other.octets_),
      max_responses_(other.max_responses_),
      max_octets_(other.max_octets_) {}
list_collector::list_collector(list_collector&& other) noexcept = default;
list_collector& list_collector::operator=(const list_collector& other) {
  if (this != &other) *this = list_collector(other);
  return *this;
}
list_collector& list_collector::operator=(list_collector&& other) noexcept = default;
list_collector::~list_collector() = default;

void list_collector::bound(std::uint64_t responses, std::uint64_t octets) noexcept {
  max_responses_ = responses;
  max_octets_ = octets;
}

void list_collector::add(list_entry&& e) {
  if (failure_) return;
  octets_ += octets_of(e);
  if (++responses_ > max_responses_ || octets_ > max_octets_) {
    failure_ = responses_ > max_responses_ ? commands::over_limit("collected_responses", max_responses_)
                                           : commands::over_limit("collected_octets", max_octets_);
    clear();
    return;
  }
  if (!names_) names_ = std::make_unique<names>();
  const auto [at, is_new] = names_->at.try_emplace(key_of(e), entries_.size());
  if (is_new) {
    entries_.push_back(std::move(e));
  } else {
    merge(entries_[at->second], std::move(e));
  }
}

bool list_collector::join(mailbox_status& s) {
  if (!names_) return false;
  list_entry probe;
  probe.name = s.mailbox;
  const auto at = names_->at.find(key_of(probe));
  if (at == names_->at.end()) return false;
  entries_[at->second].status = std::move(s);
  return true;
}

std::vector<list_entry> list_collector::take() {
  names_.reset();
  return std::move(entries_);
}

void list_collector::clear() noexcept {
  entries_ = {};
  names_.reset();
}

}  // namespace detail

constexpr command_traits list::traits_v =
    command_traits("LIST", states::authenticated).answered_by(answer::list).reads().repeatable<list>();
constexpr command_traits list::traits_with_status =
    command_traits("LIST", states::authenticated).answered_by(answer::list | answer::status).reads().repeatable<list>();
const command_traits& list::traits() const noexcept { return status_ ? traits_with_status : traits_v; }

list::list(const list&) = default;
list::list(list&&) noexcept = default;
list& list::operator=(const list&) = default;
list& list::operator=(list&&) noexcept = default;
list::~list() = default;

list::list(mailbox_name reference, mailbox_name pattern) : reference_(std::move(reference)) {
  patterns_.push_back(std::move(pattern));
}

list& list::pattern(mailbox_name also) {
  patterns_.push_back(std::move(also));
  return *this;
}

list& list::subscribed() {
  select_ |= select_subscribed;
  return *this;
}

list& list::remote() {
  select_ |= select_remote;
  return *this;
}

list& list::recursive_match() {
  select_ |= select_recursive;
  return *this;
}

list& list::special_use() {
  select_ |= select_special;
  return *this;
}

list& list::return_subscribed() {
  return_ |= return_subscribed_bit;
  return *this;
}

list& list::return_children() {
  return_ |= return_children_bit;
  return *this;
}

list& list::return_special_use() {
  return_ |= return_special;
  return *this;
}

list& list::return_status(status_items items) {
  status_ = items;
  return *this;
}

bool list::extended() const noexcept { return select_ != 0 || return_ != 0 || status_ || patterns_.size() > 1; }

bool list::selects_subscribed() const noexcept { return (select_ & select_subscribed) != 0; }
bool list::selects_special_use() const noexcept { return (select_ & select_special) != 0; }
bool list::returns_subscribed() const noexcept { return (return_ & return_subscribed_bit) != 0; }

result<void> list::check(const session_info& info) const {
  if (auto ok = check_pattern(reference_); !ok) return ok;
  for (const auto& p : patterns_) {
    if (auto ok = check_pattern(p); !ok) return ok;
  }
  if (!extended()) return {};
  if ((select_ & select_recursive) != 0 && (select_ & (select_subscribed | select_special)) == 0) {
    return error(errc::invalid_argument,
                 "RECURSIVEMATCH needs another selection than REMOTE beside it");  // RFC 9051 section 6.3.9.1
  }
  if (auto ok = commands::require(info, "LIST-EXTENDED|IMAP4rev2", "LIST with options"); !ok) return ok;
  if ((select_ & select_special) != 0 || (return_ & return_special) != 0) {
    if (auto ok = commands::require(info, "SPECIAL-USE", "LIST with SPECIAL-USE"); !ok) return ok;
  }
  if (!status_) return {};
  if (auto ok = commands::require(info, "LIST-STATUS|IMAP4rev2", "LIST with STATUS"); !ok) return ok;
  return status_->check(info);
}

void list::prepare(const submit_context& context) {
  found_.bound(context.limits.collected_responses, context.limits.collected_octets);
}

// list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]
void list::encode(wire::encoder& out) {
  out.raw("LIST ");
  bool first = true;
  if (select_ != 0) {
    out.begin_list();
    write_options(out, selections, select_, first);
    out.end_list().sp();
  }
  write_reference(out, reference_);
  out.sp();
  if (patterns_.size() > 1) out.begin_list();
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    if (i != 0) out.sp();
    write_pattern(out, patterns_[i]);
  }
  if (patterns_.size() > 1) out.end_list();
  if (return_ == 0 && !status_) return;
  out.raw(" RETURN (");
  first = true;
  write_options(out, returns, return_, first);
  if (status_) {
    out.raw(first ? "STATUS " : " STATUS ");
    status_->encode(out);
  }
  out.end_list();
}

bool list::on_response(response& r) {
  if (auto* l = std::get_if<list_response>(&r); l != nullptr && !l->lsub) {
    found_.add(std::move(l->entry));
    return true;
  }
  auto* s = std::get_if<status_data>(&r);
  return s != nullptr && status_ && found_.join(s->status);
}

result<void> list::on_complete(const status_response& s) {
  if (auto ok = command::on_complete(s); !ok) return ok;
  return found_.failure();
}

void list::abandon() noexcept { found_.clear(); }

constexpr command_traits lsub::traits_v =
    command_traits("LSUB", states::authenticated).answered_by(answer::lsub).reads().repeatable<lsub>();
const command_traits& lsub::traits() const noexcept { return traits_v; }

lsub::lsub(const lsub&) = default;
lsub::lsub(lsub&&) noexcept = default;
lsub& lsub::operator=(const lsub&) = default;
lsub& lsub::operator=(lsub&&) noexcept = default;
lsub::~lsub() = default;

lsub::lsub(mailbox_name reference, mailbox_name pattern)
    : reference_(std::move(reference)), pattern_(std::move(pattern)) {}

result<void> lsub::check(const session_info&) const {
  if (auto ok = check_pattern(reference_); !ok) return ok;
  return check_pattern(pattern_);
}

void lsub::prepare(const submit_context& context) {
  found_.bound(context.limits.collected_responses, context.limits.collected_octets);
}

void lsub::encode(wire::encoder& out) {
  out.raw("LSUB ");
  write_reference(out, reference_);
  out.sp();
  write_pattern(out, pattern_);
}

bool lsub::on_response(response& r) {
  auto* l = std::get_if<list_response>(&r);
  if (l == nullptr || !l->lsub) return false;
  found_.add(std::move(l->entry));
  return true;
}

result<void> lsub::on_complete(const status_response& s) {
  if (auto ok = command::on_complete(s); !ok) return ok;
  return found_.failure();
}

void lsub::abandon() noexcept { found_.clear(); }

}  // namespace imapxx::inline v0
