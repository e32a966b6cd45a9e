#include <imapxx/model/uid_map.hpp>

#include <algorithm>

namespace imapxx::inline v0 {
namespace {

// Runs in a block before it is cut in two: moving so many costs less than finding the block.
constexpr std::size_t most_runs = 128;

}  // namespace

std::uint32_t uid_map::const_iterator::operator*() const noexcept {
  const auto& r = map_->blocks_[block_].runs[run_];
  return r.uid == 0 ? 0 : r.uid + offset_;
}

uid_map::const_iterator& uid_map::const_iterator::operator++() noexcept {
  const auto& runs = map_->blocks_[block_].runs;
  if (++offset_ < runs[run_].length) return *this;
  offset_ = 0;
  if (++run_ < runs.size()) return *this;
  run_ = 0;
  ++block_;
  return *this;
}

std::size_t uid_map::size() const noexcept { return size_; }

uid_map::const_iterator uid_map::begin() const noexcept {
  const_iterator i;
  i.map_ = this;
  return i;
}

uid_map::const_iterator uid_map::end() const noexcept {
  auto i = begin();
  i.block_ = blocks_.size();
  return i;
}

std::size_t uid_map::runs() const noexcept {
  std::size_t n = 0;
  for (const auto& b : blocks_) n += b.runs.size();
  return n;
}

uid_map::place uid_map::locate(std::size_t index) const noexcept {
  const auto behind = std::upper_bound(blocks_.begin(), blocks_.end(), index,
                                       [](std::size_t i, const block& b) { return i < b.first; });
  place p{static_cast<std::size_t>(behind - blocks_.begin()) - 1, 0, 0};
  auto left = static_cast<std::uint32_t>(index - blocks_[p.block].first);
  const auto& runs = blocks_[p.block].runs;
  while (left >= runs[p.run].length) left -= runs[p.run++].length;
  p.offset = left;
  return p;
}

std::uint32_t uid_map::operator[](std::size_t index) const noexcept {
  if (index >= size_) return 0;
  const auto p = locate(index);
  const auto& r = blocks_[p.block].runs[p.run];
  return r.uid == 0 ? 0 : r.uid + p.offset;
}

std::optional<std::uint32_t> uid_map::find(std::uint32_t uid) const noexcept {
  if (uid == 0) return std::nullopt;
  for (const auto& b : blocks_) {
    auto seq = b.first + 1;
    for (const auto& r : b.runs) {
      if (r.uid != 0 && uid >= r.uid && uid - r.uid < r.length) return seq + (uid - r.uid);
      seq += r.length;
    }
  }
  return std::nullopt;
}

// A run at the end of a list, joined to what stands there when it goes on from it.
void uid_map::append(std::vector<run>& runs, run r) {
  if (r.length == 0) return;
  if (!runs.empty()) {
    auto& last = runs.back();
    const bool goes_on = r.uid == 0 ? last.uid == 0 : last.uid != 0 && r.uid - last.uid == last.length;
    if (goes_on) {
      last.length += r.length;
      return;
    }
  }
  runs.push_back(r);
}

void uid_map::append(run r) {
  if (r.length == 0) return;
  if (blocks_.empty() || blocks_.back().runs.size() >= most_runs) {
    blocks_.emplace_back();
    blocks_.back().first = size_;
  }
  append(blocks_.back().runs, r);
  size_ += r.length;
}

void uid_map::assign_unknown(std::uint32_t messages) {
  blocks_ = {};
  size_ = 0;
  append({messages, 0});
}

void uid_map::grow(std::uint32_t messages) {
  if (messages > size_) append({messages - size_, 0});
}

void uid_map::set(std::size_t index, std::uint32_t uid) {
  if (index >= size_ || (*this)[index] == uid) return;
  const auto p = locate(index);
  auto& runs = blocks_[p.block].runs;
  // The run that is changed and its neighbours are written anew, joined where they can be.
  const auto from = p.run == 0 ? 0 : p.run - 1;
  const auto to = std::min(p.run + 2, runs.size());
  std::vector<run> changed;
  for (auto i = from; i < to; ++i) {
    const auto r = runs[i];
    if (i != p.run) {
      append(changed, r);
      continue;
    }
    append(changed, {p.offset, r.uid});
    append(changed, {1, uid});
    append(changed, {r.length - p.offset - 1, r.uid == 0 ? 0 : r.uid + p.offset + 1});
  }
  const auto at = runs.begin() + static_cast<std::ptrdiff_t>(from);
  const auto overwritten = std::min(changed.size(), to - from);
  const auto middle = changed.begin() + static_cast<std::ptrdiff_t>(overwritten);
  std::copy(changed.begin(), middle, at);
  if (changed.size() > to - from) {
    runs.insert(at + static_cast<std::ptrdiff_t>(overwritten), middle, changed.end());
    split_if_full(p.block);
  } else {
    runs.erase(at + static_cast<std::ptrdiff_t>(overwritten), at + static_cast<std::ptrdiff_t>(to - from));
  }
}

void uid_map::split_if_full(std::size_t at) {
  auto& full = blocks_[at].runs;
  if (full.size() <= most_runs) return;
  const auto middle = full.begin() + static_cast<std::ptrdiff_t>(full.size() / 2);
  block second;
  second.first = blocks_[at].first;
  for (auto i = full.begin(); i != middle; ++i) second.first += i->length;
  second.runs.assign(middle, full.end());
  full.erase(middle, full.end());
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(second));
}

void uid_map::erase(std::size_t index) {
  if (index >= size_) return;
  const auto p = locate(index);
  auto& runs = blocks_[p.block].runs;
  const auto at = runs.begin() + static_cast<std::ptrdiff_t>(p.run);
  const run behind{at->length - p.offset - 1, at->uid == 0 ? 0 : at->uid + p.offset + 1};
  if (at->uid == 0 || behind.length == 0) {
    if (--at->length == 0) runs.erase(at);
  } else if (p.offset == 0) {
    *at = behind;
  } else {
    at->length = p.offset;
    runs.insert(at + 1, behind);
  }
  --size_;
  for (auto i = p.block + 1; i < blocks_.size(); ++i) --blocks_[i].first;
  if (runs.empty()) {
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(p.block));
  } else {
    split_if_full(p.block);
  }
}

void uid_map::erase(const uid_set& uids) {
  uid_map kept;
  const auto gone = uids.ranges();
  for (const auto& b : blocks_) {
    for (const auto& r : b.runs) {
      if (r.uid == 0) {
        kept.append(r);
        continue;
      }
      // What the set leaves of this run, from its front to its back.
      std::uint64_t uid = r.uid;
      const auto end = uid + r.length;
      auto g = std::lower_bound(gone.begin(), gone.end(), r.uid,
                                [](const number_range& range, std::uint32_t u) { return range.last < u; });
      for (; g != gone.end() && g->first < end; ++g) {
        if (g->first > uid) kept.append({static_cast<std::uint32_t>(g->first - uid), static_cast<std::uint32_t>(uid)});
        uid = std::max(uid, std::uint64_t{g->last} + 1);
      }
      if (uid < end) kept.append({static_cast<std::uint32_t>(end - uid), static_cast<std::uint32_t>(uid)});
    }
  }
  *this = std::move(kept);
}

}  // namespace imapxx::inline v0
