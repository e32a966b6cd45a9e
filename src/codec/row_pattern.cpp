#include "codec/row_pattern.hpp"

#include "base/swar.hpp"
#include "codec/cut.hpp"
#include "codec/cut_on_line.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <string_view>

namespace imapxx::inline v0::codec {
namespace {

constexpr std::string_view star = "* ";
constexpr std::string_view fetch_word = " FETCH ";
// What may be read without another look at where the octets end: a name with a space on either side, and behind it a
// number or a list that is short enough to be remembered.
constexpr std::ptrdiff_t look_ahead = 48;
constexpr std::string_view row_end = ")\r\n";

// nz-number at `at`, where sixteen octets can be read. Most have less than eight digits.
[[nodiscard]] inline std::uint32_t number_at(const char* at, const char* end, const char*& behind) noexcept {
  const auto digits = base::read_digits(at);
  behind = at + digits.count;
  constexpr std::uint32_t all = 8;
  return digits.count != all && *at != '0' ? digits.value : base::read_nz_number(at, end, behind);
}

constexpr std::size_t spaces = 2;  // around a name

std::size_t place_of(const char* list, std::size_t size, std::size_t places) noexcept {
  return (size + static_cast<unsigned char>(list[2])) % places;
}

}  // namespace

bool row_pattern::name_between::set(char in_front, std::string_view name) noexcept {
  std::array<char, sizeof words> text{};
  std::array<char, sizeof masks> mask{};
  const char* const end = name.data() + name.size();
  if (name.size() + spaces > text.size() || end_of_name_on_line(name.data(), end) != end) return false;
  name_size = name.size();
  text[0] = in_front;
  std::copy(name.begin(), name.end(), text.begin() + 1);
  text[name_size + 1] = ' ';
  std::fill_n(mask.begin(), name_size + spaces, '\xFF');
  std::memcpy(words.data(), text.data(), sizeof words);
  std::memcpy(masks.data(), mask.data(), sizeof masks);
  return true;
}

inline bool row_pattern::name_between::stands_at(const char* at) const noexcept {
  std::array<std::uint64_t, 2> here;
  std::memcpy(here.data(), at, sizeof here);
  return (((here[0] ^ words[0]) & masks[0]) | ((here[1] ^ words[1]) & masks[1])) == 0;
}

// The size of the list at `list`, where 32 octets can be read, if it is known; else 0. A known list has no parenthesis
// but its own two, so that one that begins with the same octets ends where it does.
inline std::size_t row_pattern::size_of_known(const known_lists& known, const char* list) const noexcept {
  const auto ends = base::octets_of_32_that_are<')'>(list);
  if (ends == 0) return 0;
  const auto size = static_cast<std::size_t>(std::countr_zero(ends)) + 1;
  const auto differ = base::octets_of_32_that_differ(list, known.data()[place_of(list, size, places)].data());
  return (differ & (ends ^ (ends - 1))) == 0 ? size : 0;
}

void row_pattern::keep(known_lists& known, const char* list, std::size_t size) noexcept {
  if (size < 2 || size > longest_list || std::memchr(list, ')', size) != list + size - 1) return;
  auto& to = known[place_of(list, size, places)];
  to = {};
  std::memcpy(to.data(), list, size);
}

// Behind a value that is no known list, as from `end_of_value_on_line`; nullptr also when it is empty.
const char* row_pattern::end_of_value(name_between& name, const char* value, const char* end) noexcept {
  if (name.kind == fetch_item::flags) has_news_ = true;
  const char* const behind = end_of_value_on_line(value, end, max_nesting_);
  if (behind == nullptr || behind == value) return nullptr;
  if (name.how != way::list) return behind;
  keep(lists_[name.lists], value, static_cast<std::size_t>(behind - value));
  // Such as of MODSEQ: each another one.
  constexpr std::uint32_t enough = 32;
  ++name.lists_missed;
  if (name.lists_missed > enough && name.lists_missed > name.lists_known) name.how = way::other;
  return behind;
}

std::size_t row_pattern::cut(const char* begin, const char* end, fetch_row& row) noexcept {
  if (count_ == 0 || end - begin < look_ahead) return 0;
  const char* const safe = end - look_ahead;
  const char* at = begin + star.size();
  // Whatever is found goes to its place at once: nothing of it is needed again here.
  row.seq_ = number_at(at, end, at);
  if (row.seq_ == 0 || std::memcmp(begin, star.data(), star.size()) != 0 ||
      std::memcmp(at, fetch_word.data(), fetch_word.size()) != 0)
    return 0;
  at += fetch_word.size();
  const auto offset = static_cast<std::size_t>(at - begin);
  row.offset_ = offset;
  row.max_nesting_ = max_nesting_;
  row.uid_ = 0;
  row.plain_ = true;
  if (!row.more_.empty()) row.more_.clear();
  has_news_ = false;
  auto* item = row.inline_.items.data();
  auto* n = names_.data();
  const auto* const last = n + count_;
  for (; n != last; ++n, ++item) {
    if (at > safe || !n->stands_at(at)) return 0;
    const char* const name = at + 1;
    const char* const value = name + n->name_size + 1;
    if (n->how == way::number) {
      row.uid_ = number_at(value, end, at);
      if (row.uid_ == 0) return 0;
    } else if (const auto known = n->how == way::list ? size_of_known(lists_.data()[n->lists], value) : 0; known != 0) {
      ++n->lists_known;
      at = value + known;
    } else {
      at = end_of_value(*n, value, end);
      if (at == nullptr) return 0;
    }
    std::construct_at(item, n->kind, false, std::string_view(name, n->name_size), std::string_view(value, at));
  }
  if (end - at < static_cast<std::ptrdiff_t>(row_end.size()) || std::memcmp(at, row_end.data(), row_end.size()) != 0)
    return 0;
  missed_one_ = false;
  const auto size = static_cast<std::size_t>(at - begin);
  row.text_ = {begin + offset, size - offset + 1};
  row.count_ = count_;
  row.kinds_ = kinds_;
  return size + row_end.size();
}

void row_pattern::missed(const fetch_row& row) noexcept {
  has_news_ = true;
  if (count_ == 0 || missed_one_) learn(row);
  missed_one_ = true;
}

void row_pattern::learn(const fetch_row& row) noexcept {
  const auto items = row.items();
  count_ = 0;
  if (items.size() > most_items) return;
  forget_lists();
  std::uint8_t lists = 0;
  for (std::size_t i = 0; i != items.size(); ++i) {
    const auto& item = items[i];
    auto& name = names_[i];
    if (!name.set(i == 0 ? '(' : ' ', item.name)) return;
    name.kind = item.kind;
    name.lists_known = name.lists_missed = 0;
    if (item.kind == fetch_item::uid) {
      name.how = way::number;
    } else if (item.value.starts_with('(') && lists != lists_.size()) {
      name.how = way::list;
      name.lists = lists++;
      keep(lists_[name.lists], item.value.data(), item.value.size());
    } else {
      name.how = way::other;
    }
  }
  max_nesting_ = row.max_nesting_;
  kinds_ = row.kinds_;
  count_ = static_cast<std::uint32_t>(items.size());
}

void row_pattern::forget_lists() noexcept {
  lists_ = {};
  has_news_ = true;
}

}  // namespace imapxx::inline v0::codec
