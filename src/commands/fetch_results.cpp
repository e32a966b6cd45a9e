#include <imapxx/commands/fetch_results.hpp>

#include "base/big_block.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <numeric>
#include <type_traits>

namespace imapxx::inline v0 {
namespace {

// The first chunk; each next one is twice as large, so that few rows take little and many take few allocations. Behind
// half a megabyte they fill huge pages: small ones cost more to touch than rows to copy.
constexpr std::size_t first_chunk = std::size_t{64} << 10U;
constexpr std::size_t largest_small_chunk = std::size_t{512} << 10U;
constexpr std::size_t largest_chunk = std::size_t{4} << 20U;

}  // namespace

void fetch_results::block_release::operator()(void* block) const noexcept {
  if (huge) {
    ::operator delete(block, std::align_val_t(base::huge_page));
  } else {
    ::operator delete(block);
  }
}

template <class T>
fetch_results::block<T> fetch_results::make_block(std::size_t n) {
  static_assert(std::is_trivially_destructible_v<T>);
  const auto octets = n * sizeof(T);
  block_release release;
  release.huge = octets >= base::huge_page;
  void* const memory =
      release.huge ? ::operator new(octets, std::align_val_t(base::huge_page)) : ::operator new(octets);
  if (release.huge) base::expect_use(memory, octets);
  return block<T>(static_cast<T*>(memory), release);
}

void fetch_results::record_list::grow() {
  const auto room = blocks_.empty() ? in_first : size_ < in_growing ? size_ : in_largest;
  blocks_.push_back(make_block<record>(room));
  next_ = blocks_.back().get();
  left_ = room;
}

/// Where the rows with these numbers are, as far as they have been looked at.
struct fetch_results::places {
  struct of_numbers {
    std::map<std::uint32_t, std::size_t> at;
    std::size_t rows = 0;
  };
  of_numbers seqs, uids;
};

fetch_results::fetch_results() = default;
fetch_results::~fetch_results() = default;
fetch_results::fetch_results(fetch_results&&) noexcept = default;
fetch_results& fetch_results::operator=(fetch_results&&) noexcept = default;

fetch_results::fetch_results(const fetch_results& other)
    : max_nesting_(other.max_nesting_),
      complete_(other.complete_),
      highest_seq_(other.highest_seq_),
      highest_uid_(other.highest_uid_),
      by_uid_(other.by_uid_),
      uids_ascend_(other.uids_ascend_),
      uid_order_(other.uid_order_) {
  for (std::size_t i = 0; i < other.records_.size(); ++i) {
    auto r = other.records_[i];
    const auto kept = r.kept_octets();
    char* const copy = allocate(kept + r.size);
    std::memcpy(copy, r.text - kept, kept + r.size);
    r.text = copy + kept;
    r.room = r.size;
    octets_ += kept + r.size;
    records_.push_back(r);
  }
}

fetch_results& fetch_results::operator=(const fetch_results& other) {
  if (this != &other) *this = fetch_results(other);
  return *this;
}

fetch_row fetch_results::operator[](std::size_t i) const {
  const auto& r = records_[i];
  fetch_row row;
  if (r.kept_items != 0) {
    row.assign_kept(r.seq, r.uid, {r.text, r.size}, r.text - r.kept_octets(), r.kept_items, max_nesting_);
  } else if (r.seq == 0) {
    row.assign_uid(r.uid, {r.text, r.size}, 0, max_nesting_);
  } else {
    row.assign(r.seq, {r.text, r.size}, 0, max_nesting_);
  }
  return row;
}

std::optional<fetch_row> fetch_results::find_uid(std::uint32_t uid) const {
  if (uid == 0) return std::nullopt;
  if (uids_ascend_) {
    std::size_t low = 0;
    std::size_t high = records_.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (records_[middle].uid < uid) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == records_.size() || records_[low].uid != uid) return std::nullopt;
    return (*this)[low];
  }
  const auto at = std::lower_bound(uid_order_.begin(), uid_order_.end(), uid,
                                   [this](std::uint32_t row, std::uint32_t u) { return records_[row].uid < u; });
  if (at == uid_order_.end() || records_[*at].uid != uid) return std::nullopt;
  return (*this)[*at];
}

void fetch_results::expect(std::uint32_t complete, bool by_uid, std::size_t max_nesting) noexcept {
  complete_ = complete;
  by_uid_ = by_uid;
  max_nesting_ = max_nesting;
}

char* fetch_results::allocate(std::size_t n) {
  if (n > free_.left) {
    if (next_chunk_ == 0) next_chunk_ = first_chunk;
    if (n > next_chunk_ / 4) {
      // A big row has a chunk of its own; the present one goes on being filled.
      chunks_.push_back(make_block<char>(n));
      return chunks_.back().get();
    }
    chunks_.push_back(make_block<char>(next_chunk_));
    free_.at = chunks_.back().get();
    free_.left = next_chunk_;
    next_chunk_ = next_chunk_ == largest_small_chunk ? base::huge_page : std::min(2 * next_chunk_, largest_chunk);
  }
  char* const text = free_.at;
  free_.at += n;
  free_.left -= n;
  return text;
}

// The row about the same message, if there is one. In the usual order no look-up is needed: a number above all before
// is new.
std::size_t fetch_results::locate(std::uint32_t seq, std::uint32_t uid) const {
  if (records_.empty()) return nowhere;
  const auto& last = records_.back();
  const auto look = [&](auto which, auto member, std::uint32_t number) {
    if (!places_) places_ = std::make_unique<places>();
    auto& known = *places_.*which;
    for (; known.rows < records_.size(); ++known.rows) known.at[records_[known.rows].*member] = known.rows;
    const auto at = known.at.find(number);
    return at == known.at.end() ? nowhere : at->second;
  };
  if (by_uid_ && uid != 0) {
    if (uid > highest_uid_ || uid < lowest_uid_)
      return last.uid == 0 && last.seq == seq && seq != 0 ? records_.size() - 1 : nowhere;
    if (last.uid == uid) return records_.size() - 1;
    return look(&places::uids, &record::uid, uid);
  }
  if (seq == 0 || seq > highest_seq_ || seq < lowest_seq_) return nowhere;
  if (last.seq == seq) return records_.size() - 1;
  return look(&places::seqs, &record::seq, seq);
}

bool fetch_results::has_incomplete(std::uint32_t seq) const {
  const auto at = locate(seq, 0);
  return at != nowhere && !is_complete(records_[at]);
}

void fetch_results::start(const fetch_row& row, std::uint32_t uid, std::uint32_t have) {
  const auto text = row.text();
  const auto seq = row.seq();
  record r;
  r.kept_items = static_cast<std::uint32_t>(row.items_to_keep());
  const auto kept = r.kept_octets();
  char* const memory = allocate(kept + text.size());
  if (kept != 0) row.keep_items(memory);
  r.text = memory + kept;
  r.size = r.room = static_cast<std::uint32_t>(text.size());
  r.seq = seq;
  r.uid = uid;
  r.have = have;
  std::memcpy(r.text, text.data(), text.size());
  octets_ += kept + text.size();
  if (uid <= highest_uid_) uids_ascend_ = false;
  highest_uid_ = std::max(highest_uid_, uid);
  if (uid != 0) lowest_uid_ = std::min(lowest_uid_, uid);
  highest_seq_ = std::max(highest_seq_, seq);
  lowest_seq_ = std::min(lowest_seq_, seq);
  records_.push_back(r);
}

// `(UID 5 FLAGS ())` and `(BODY[] NIL)` become `(UID 5 FLAGS () BODY[] NIL)`. Room doubles, so that many pieces cost no
// more than their octets.
void fetch_results::extend(record& r, std::string_view piece) {
  r.kept_items = 0;
  if (piece.starts_with('(')) piece.remove_prefix(1);
  std::size_t kept = r.size;
  if (kept != 0 && r.text[kept - 1] == ')') --kept;
  const std::size_t size = kept + 1 + piece.size();
  if (size > r.room) {
    const std::size_t room = std::min<std::size_t>(2 * size, std::numeric_limits<std::uint32_t>::max());
    char* const text = allocate(room);
    std::memcpy(text, r.text, kept);
    octets_ += room;
    r.text = text;
    r.room = static_cast<std::uint32_t>(room);
  }
  r.text[kept] = ' ';
  std::memcpy(r.text + kept + 1, piece.data(), piece.size());
  r.size = static_cast<std::uint32_t>(size);
}

void fetch_results::replace(record& r, std::string_view text) {
  r.kept_items = 0;
  if (text.size() > r.room) {
    r.text = allocate(text.size());
    r.room = static_cast<std::uint32_t>(text.size());
    octets_ += text.size();
  }
  std::memcpy(r.text, text.data(), text.size());
  r.size = static_cast<std::uint32_t>(text.size());
}

bool fetch_results::add(const fetch_row& row, std::uint32_t have) {
  const auto uid = row.uid().value_or(0);
  const auto text = row.text();
  const auto at = locate(row.seq(), uid);
  // A row's size has 32 bits; what does not fit into one row becomes another.
  if (at == nowhere || records_[at].size + text.size() > std::numeric_limits<std::uint32_t>::max() / 4) {
    start(row, uid, have);
    return true;
  }
  auto& r = records_[at];
  if ((have & complete_) == complete_) {
    replace(r, text);
    r.have = have;
  } else if (is_complete(r)) {
    return false;
  } else {
    extend(r, text);
    r.have |= have;
  }
  if (r.uid == 0 && uid != 0) {
    r.uid = uid;
    if (uid <= highest_uid_ || at + 1 != records_.size()) uids_ascend_ = false;
    highest_uid_ = std::max(highest_uid_, uid);
    lowest_uid_ = std::min(lowest_uid_, uid);
    if (places_ && at < places_->uids.rows) places_->uids.at[uid] = at;
  }
  return true;
}

void fetch_results::finish() {
  places_.reset();
  uid_order_.clear();
  if (uids_ascend_) return;
  uids_ascend_ = true;
  for (std::size_t i = 1; i < records_.size() && uids_ascend_; ++i)
    uids_ascend_ = records_[i - 1].uid <= records_[i].uid;
  if (uids_ascend_) return;
  uid_order_.resize(records_.size());
  std::iota(uid_order_.begin(), uid_order_.end(), 0U);
  std::sort(uid_order_.begin(), uid_order_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return records_[a].uid != records_[b].uid ? records_[a].uid < records_[b].uid : a < b;
  });
}

void fetch_results::clear() noexcept {
  auto complete = complete_;
  auto by_uid = by_uid_;
  auto nesting = max_nesting_;
  *this = fetch_results();
  expect(complete, by_uid, nesting);
}

}  // namespace imapxx::inline v0
