#include <imapxx/commands/search.hpp>

#include "base/ascii.hpp"
#include "commands/support.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace imapxx::inline v0 {
namespace {

enum : unsigned { return_min = 1, return_max = 2, return_all = 4, return_count = 8, return_save = 16 };

}  // namespace

namespace detail {

search_base::search_base(const search_base&) = default;
search_base::search_base(search_base&&) noexcept = default;
search_base& search_base::operator=(const search_base&) = default;
search_base& search_base::operator=(search_base&&) noexcept = default;
search_base::~search_base() = default;

search_base::search_base(search_key key, bool uid) : key_(std::move(key)), uid_(uid) {}

result<void> search_base::check(const session_info& info) const {
  for (const auto& name : key_.required_capabilities()) {
    // RFC 7162 section 3.1: QRESYNC implies CONDSTORE; RFC 9051 holds SEARCHRES.
    const std::string alternatives = name == "CONDSTORE"   ? "CONDSTORE|QRESYNC"
                                     : name == "SEARCHRES" ? "SEARCHRES|IMAP4rev2"
                                                           : name;
    if (auto ok = commands::require(info, alternatives, "a search key"); !ok) return ok;
  }
  if (returning_.empty()) return {};
  if (auto ok = commands::require(info, "ESEARCH|IMAP4rev2", "SEARCH RETURN"); !ok) return ok;
  if (!returning_.has(return_save)) return {};
  return commands::require(info, "SEARCHRES|IMAP4rev2", "SEARCH RETURN (SAVE)");
}

// ESEARCH names the tag of its command (RFC 4731 section 3.1).
command_scope search_base::scope() const noexcept {
  return command_scope()
      .tagged(!returning_.empty())
      .reading(!returning_.has_save())
      .by_sequence_numbers(key_.names_sequence_numbers());
}

void search_base::prepare(const submit_context& context) {
  tag_ = context.tag;
  max_ranges_ = context.limits.collected_octets / sizeof(number_range);
}

// search = "SEARCH" [search-return-opts] SP search-program; search-program = ["CHARSET" SP charset SP] search-key *(SP
// search-key)
void search_base::encode(wire::encoder& out) {
  out.raw(traits().name);
  if (!returning_.empty()) {
    constexpr std::string_view names[] = {"MIN", "MAX", "ALL", "COUNT", "SAVE"};
    out.raw(" RETURN (");
    bool first = true;
    for (unsigned i = 0; i < std::size(names); ++i) {
      if (!returning_.has(1U << i)) continue;
      if (!first) out.sp();
      first = false;
      out.raw(names[i]);
    }
    out.raw(")");
  }
  // RFC 6855 section 3: with UTF-8 enabled, CHARSET must not be sent.
  if (!out.context().utf8 && key_.needs_charset()) out.raw(" CHARSET UTF-8");
  out.sp();
  key_.encode(out);
}

void search_base::take(std::vector<number_range> more) {
  if (failure_) return;
  if (ranges_.size() + more.size() > max_ranges_) {
    failure_ = commands::over_limit("collected_octets", max_ranges_ * sizeof(number_range));
    ranges_ = {};
    return;
  }
  if (ranges_.empty()) {
    ranges_ = std::move(more);
  } else {
    ranges_.insert(ranges_.end(), more.begin(), more.end());
  }
}

// quirks: either form answers either command, in any number of pieces.
bool search_base::on_response(response& r) {
  if (auto* s = std::get_if<search_response>(&r)) {
    take(std::move(s->numbers).release());
    if (s->modseq) modseq_ = std::max(modseq_.value_or(0), *s->modseq);
    return true;
  }
  auto* e = std::get_if<esearch_response>(&r);
  if (e == nullptr) return false;
  auto& v = e->value;
  if (!v.tag.empty() && !base::iequals(v.tag, tag_)) return false;
  // UID tells what the numbers are; taking one kind for the other would name other messages. An answer without numbers
  // may lack it.
  if (v.uid != uid_ && (v.all_present || v.min || v.max)) {
    if (!failure_) {
      failure_ = error(errc::incomplete_result, uid_ ? "the server answered UID SEARCH with sequence numbers"
                                                     : "the server answered SEARCH with UIDs");
    }
    return true;
  }
  take(v.uid ? std::move(v.all_uids).release() : std::move(v.all_seq).release());
  if (v.min) min_ = std::min(min_.value_or(*v.min), *v.min);
  if (v.max) max_ = std::max(max_.value_or(*v.max), *v.max);
  if (v.count) count_ = v.count;
  if (v.modseq) modseq_ = std::max(modseq_.value_or(0), *v.modseq);
  return true;
}

result<void> search_base::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  return failure_;
}

void search_base::abandon() noexcept { ranges_ = {}; }

bool search_base::may_be_repeated() const noexcept {
  return !key_.connection_bound() && !returning_.has_save() && command::may_be_repeated();
}

template <class Result>
Result search_base::take_as() {
  Result found(Result::set_type::from_ranges(std::exchange(ranges_, {})));
  found.min = min_;
  found.max = max_;
  found.count = count_;
  found.modseq = modseq_;
  return found;
}

}  // namespace detail

constexpr command_traits search::traits_v = command_traits("SEARCH", states::selected)
                                                .answered_by(answer::search)
                                                .sequence_numbers()
                                                .no_expunge()
                                                .repeatable<search>();
const command_traits& search::traits() const noexcept { return traits_v; }

search::search(search_key key) : search_base(std::move(key), false) {}

search& search::returning(search_return what) {
  returning_ = what;
  return *this;
}

search::result_type search::take_result() { return take_as<result_type>(); }

constexpr command_traits uid_search::traits_v =
    command_traits("UID SEARCH", states::selected).answered_by(answer::search).repeatable<uid_search>();
const command_traits& uid_search::traits() const noexcept { return traits_v; }

uid_search::uid_search(search_key key) : search_base(std::move(key), true) {}

uid_search& uid_search::returning(search_return what) {
  returning_ = what;
  return *this;
}

uid_search::result_type uid_search::take_result() { return take_as<result_type>(); }

}  // namespace imapxx::inline v0
