#include <imapxx/model/fetch_data.hpp>

#include "base/ascii.hpp"
#include "base/swar.hpp"
#include "codec/cut.hpp"
#include "codec/cut_on_line.hpp"
#include "codec/fetch.hpp"
#include "codec/fetch_items.hpp"
#include "codec/item_names.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

namespace imapxx::inline v0 {

using base::quirk;
using base::tolerate;
using codec::quoting;

namespace {

constexpr std::ptrdiff_t line_end = 2;

}  // namespace

// Each member goes to its place: an item that is made elsewhere and copied in wide pieces waits for its narrow stores.
inline void fetch_row::push(fetch_item kind, bool malformed, std::string_view name, std::string_view value) {
  kinds_ |= bit_of(kind);
  if (count_ == inline_items) return push_more({kind, malformed, name, value});
  std::construct_at(&inline_.items[count_], kind, malformed, name, value);
  ++count_;
}

/// Cuts one row: `msg-att = "(" (msg-att-dynamic / msg-att-static) *(SP (…)) ")"`.
class fetch_row::cutter {
 public:
  cutter(fetch_row& row, std::string_view text) noexcept : row_(row), text_(text) {}

  /// Cuts a row that is written exactly as the grammar wants it, in one pass and without a look at what might be meant:
  /// what a million rows are like. \return false when it is not so, and `run` must read it again
  bool run_strictly() {
    if (peek() != '(') return false;
    ++at_;
    for (;;) {
      const auto name_at = at_;
      at_ = codec::end_of_name(text_, at_);
      if (at_ >= text_.size() || at_ == name_at || text_[at_] != ' ') return false;
      const auto name = text_.substr(name_at, at_ - name_at);
      const auto kind = codec::kind_of(name);
      ++at_;
      const auto end = codec::end_of_plain_value(text_, at_, row_.max_nesting_);
      if (end >= text_.size() || end == at_) return false;
      const auto value = text_.substr(at_, end - at_);
      if (codec::is_section(kind) && value_missing()) return false;
      if (kind == fetch_item::uid && !is_number(value)) return false;
      if (kind == fetch_item::uid) learn_uid(value);
      row_.push(kind, false, name, value);
      at_ = end + 1;
      if (text_[end] == ')') return at_ == text_.size();
      if (text_[end] != ' ') return false;
    }
  }

  void run() {
    if (peek() != '(') {
      spoil(at_, at_, text_.size());
      return;
    }
    ++at_;
    bool first = true;
    while (true) {
      const bool spaced = skip_spaces(first);
      if (at_ == text_.size()) {
        spoil(at_, at_, at_);
        return;
      }
      if (peek() == ')') {
        ++at_;
        if (spaced) tolerate(quirk::g04);
        if (groups_ == 0) break;
        --groups_;
      } else if (peek() == '(') {
        tolerate(quirk::f05);
        ++groups_;
        ++at_;
      } else {
        if (!spaced && !first && text_[at_ - 1] != '(') count_missing_space();
        if (!cut_item()) return;
      }
      first = false;
    }
    finish();
  }

 private:
  /// What stands in front of an item.
  enum class before : std::uint8_t { nothing, word, bracketed, literal };

  // Behind a literal, the framer has counted it.
  void count_missing_space() const noexcept {
    if (before_ == before::word) tolerate(quirk::s21);
    if (before_ == before::bracketed) tolerate(quirk::x03);
  }
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool skip_spaces(bool first) noexcept {
    if (peek() != ' ') return false;
    ++at_;
    if (first) tolerate(quirk::g04);
    if (peek() != ' ') return true;
    tolerate(quirk::g02a);
    while (peek() == ' ') ++at_;
    return true;
  }

  // \return false when the rest was given up
  bool cut_item() {
    const auto name_at = at_;
    const auto name_end = codec::end_of_name(text_, at_);
    if (name_end == std::string_view::npos) {
      spoil(name_at, name_at, text_.size());
      return false;
    }
    const auto name = text_.substr(name_at, name_end - name_at);
    const auto kind = codec::kind_of(name);
    at_ = name_end;
    if (peek() == ' ') ++at_;
    while (peek() == ' ') {
      tolerate(quirk::g02a);
      ++at_;
    }
    if (codec::is_section(kind) && value_missing()) {
      tolerate(quirk::f15);
      row_.push(kind, false, name, text_.substr(at_, 0));
      before_ = before::nothing;
      return true;
    }
    return cut_value(kind, name_at, name_end);
  }

  // `BODY[2] )` and `BODY[2]  UID 7`: nothing where NIL belongs.
  [[nodiscard]] bool value_missing() const noexcept {
    const char c = peek();
    if (c == '"' || c == '{' || c == '~' || c == '(') return false;
    return !base::iequals(text_.substr(at_, 3), "NIL");
  }

  bool cut_value(fetch_item kind, std::size_t name_at, std::size_t name_end) {
    auto end = codec::end_of_value(text_, at_, mode_, row_.max_nesting_);
    // Never back to a stricter mode: each may fail only at the end of the text, so that trying again would be
    // quadratic.
    while (end.at == std::string_view::npos && mode_ != quoting::backslash) {
      mode_ = mode_ == quoting::strict ? quoting::content : quoting::backslash;
      end = codec::end_of_value(text_, at_, mode_, row_.max_nesting_);
    }
    if (end.at == std::string_view::npos) {
      spoil(name_at, name_end, text_.size());
      return false;
    }
    auto value = text_.substr(at_, end.at - at_);
    const char first = value.empty() ? '\0' : value.front();
    before_ = first == '{' || first == '~'   ? before::literal
              : first == '(' || first == '"' ? before::bracketed
                                             : before::word;
    // A number with the next item's name right behind it (S-21).
    if (kind == fetch_item::uid && base::is_digit(first)) {
      std::size_t digits = 0;
      while (digits < value.size() && base::is_digit(value[digits])) ++digits;
      if (digits < value.size() && base::is_alpha(value[digits])) value = value.substr(0, digits);
    }
    at_ += value.size();
    const bool malformed = value.empty() || end.too_deep || name_end == name_at;
    if (kind == fetch_item::uid) learn_uid(malformed ? std::string_view() : value);
    row_.push(kind, malformed, text_.substr(name_at, name_end - name_at), value);
    // Where neither a name nor a value stands, an octet is given up, so that there is always progress.
    if (name_end == name_at && value.empty()) ++at_;
    return true;
  }

  static bool is_number(std::string_view value) noexcept {
    return std::all_of(value.begin(), value.end(), base::is_digit);
  }

  // The first UID, when it is written as it should be: it is asked for again and again.
  void learn_uid(std::string_view value) noexcept {
    constexpr std::size_t always_fits = 9;
    if (std::exchange(uid_seen_, true) || value.empty() || value.size() > always_fits || value.front() == '0') return;
    std::uint32_t n = 0;
    for (const char c : value) {
      if (!base::is_digit(c)) return;
      n = n * 10 + static_cast<std::uint32_t>(c - '0');
    }
    row_.uid_ = n;
  }

  void finish() {
    if (at_ == text_.size()) return;
    const auto rest = text_.substr(at_);
    if (rest.find_first_not_of(' ') == std::string_view::npos) {
      tolerate(quirk::g03);
    } else {
      spoil(at_, at_, text_.size());
    }
  }

  void spoil(std::size_t name_at, std::size_t name_end, std::size_t end) {
    row_.push(codec::kind_of(text_.substr(name_at, name_end - name_at)), true,
              text_.substr(name_at, name_end - name_at), text_.substr(name_end, end - name_end));
  }

  fetch_row& row_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t groups_ = 0;
  before before_ = before::nothing;
  quoting mode_ = quoting::strict;
  bool uid_seen_ = false;
};

inline void fetch_row::clear(std::size_t max_nesting) noexcept {
  text_ = {};
  max_nesting_ = max_nesting;
  uid_ = 0;
  count_ = 0;
  kinds_ = 0;
  plain_ = false;
  if (!more_.empty()) more_.clear();
}

void fetch_row::assign(std::uint32_t seq, std::string_view text, std::size_t offset, std::size_t max_nesting) {
  clear(max_nesting);
  seq_ = seq;
  text_ = text;
  offset_ = offset;
  plain_ = cutter(*this, text).run_strictly();
  if (plain_) return;
  clear(max_nesting);
  text_ = text;
  cutter(*this, text).run();
}

// The items that stand at `at`, behind `(`, written exactly as the grammar wants it. \return behind the line end;
// nullptr when it is not so, or there are more than fit inline
inline const char* fetch_row::cut_on_line(const char* at, const char* end) {
  std::uint32_t kinds = 0;
  for (std::uint32_t n = 0; n != inline_items; ++n) {
    const char* const name = at;
    fetch_item kind{};
    if (const auto* known = codec::name_at(at, end, guesses_[n]); known != nullptr) {
      kind = known->kind;
      at += known->name.size();
    } else {
      at = codec::end_of_name_on_line(name, end);
      if (at == name || at == end || *at != ' ') return nullptr;
      kind = codec::kind_of({name, at});
    }
    kinds |= bit_of(kind);
    const char* const name_end = at;
    const char* const value = ++at;
    if (kind == fetch_item::uid) {
      const auto uid = base::read_nz_number(value, end, at);
      if (uid == 0 || uid_ != 0) return nullptr;
      uid_ = uid;
    } else {
      at = codec::end_of_value_on_line(value, end, max_nesting_);
      if (at == nullptr || at == value) return nullptr;
    }
    if (end - at <= line_end) return nullptr;
    std::construct_at(&inline_.items[n], kind, false, std::string_view(name, name_end), std::string_view(value, at));
    const char next = *at++;
    if (next == ' ') continue;
    if (next != ')' || at[0] != '\r' || at[1] != '\n' || (kinds & codec::section_kinds) != 0) return nullptr;
    count_ = n + 1;
    kinds_ = kinds;
    return at + line_end;
  }
  return nullptr;
}

std::size_t fetch_row::assign_response(std::string_view octets, std::size_t max_nesting) {
  constexpr std::string_view star = "* ";
  constexpr std::string_view name = " FETCH (";
  clear(max_nesting);
  if (!octets.starts_with(star)) return 0;
  const char* const begin = octets.data();
  const char* const end = begin + octets.size();
  const char* at = nullptr;
  seq_ = base::read_nz_number(begin + star.size(), end, at);
  if (seq_ == 0 || end - at < static_cast<std::ptrdiff_t>(name.size()) || std::string_view(at, name.size()) != name)
    return 0;
  at += name.size();
  const char* const list = at - 1;
  at = cut_on_line(at, end);
  if (at == nullptr) {
    clear(max_nesting);
    return 0;
  }
  plain_ = true;
  offset_ = static_cast<std::size_t>(list - begin);
  text_ = {list, at - line_end};
  return static_cast<std::size_t>(at - begin);
}

void fetch_row::assign_uid(std::uint32_t uid, std::string_view text, std::size_t offset, std::size_t max_nesting) {
  assign(0, text, offset, max_nesting);
  uid_ = uid;
}

// 0 when the row must be cut again.
std::size_t fetch_row::items_to_keep() const noexcept {
  if (!plain_ || !more_.empty()) return 0;
  for (std::uint32_t n = 0; n != count_; ++n) {
    const auto& i = inline_.items.data()[n];
    if (i.name.size() > std::numeric_limits<std::uint8_t>::max() ||
        i.value.size() > std::numeric_limits<std::uint16_t>::max())
      return 0;
  }
  return count_;
}

void fetch_row::keep_items(char* to) const noexcept {
  for (std::uint32_t n = 0; n != count_; ++n, to += sizeof(kept_item)) {
    const auto& i = inline_.items.data()[n];
    kept_item kept;
    kept.value_size = static_cast<std::uint16_t>(i.value.size());
    kept.kind = i.kind;
    kept.name_size = static_cast<std::uint8_t>(i.name.size());
    std::memcpy(to, &kept, sizeof kept);
  }
}

void fetch_row::assign_kept(std::uint32_t seq, std::uint32_t uid, std::string_view text, const char* kept,
                            std::size_t count, std::size_t max_nesting) noexcept {
  clear(max_nesting);
  text_ = text;
  offset_ = 0;
  seq_ = seq;
  uid_ = uid;
  plain_ = true;
  count_ = static_cast<std::uint32_t>(count);
  std::uint32_t kinds = 0;
  const char* at = text.data() + 1;
  auto* to = inline_.items.data();  // rows with more items are not kept so
  for (; count != 0; --count, kept += sizeof(kept_item), ++to) {
    kept_item i;
    std::memcpy(&i, kept, sizeof i);
    const char* const value = at + i.name_size + 1;
    std::construct_at(to, i.kind, false, std::string_view(at, i.name_size), std::string_view(value, i.value_size));
    kinds |= bit_of(i.kind);
    at = value + i.value_size + 1;
  }
  kinds_ = kinds;
}

void fetch_row::push_more(const item& i) {
  if (more_.empty()) more_.assign(inline_.items.begin(), inline_.items.end());
  more_.push_back(i);
}

namespace {

codec::value_limits limits_of(std::size_t nesting) {
  codec::value_limits l;
  l.nesting = nesting;
  return l;
}

}  // namespace

std::optional<std::uint32_t> fetch_row::read_uid() const noexcept {
  const auto* i = find(fetch_item::uid);
  if (i == nullptr) return std::nullopt;
  std::uint32_t n = 0;
  codec::lexer in(i->value);
  if (!codec::read_number32(in, n) || !in.at_end()) return std::nullopt;
  if (n == 0) {
    tolerate(quirk::f01a);
    return std::nullopt;
  }
  return n;
}

std::optional<flag_list> fetch_row::flags() const {
  return codec::read_alone<flag_list>(find(fetch_item::flags), limits_of(max_nesting_));
}

bool fetch_row::has_flag(std::string_view name) const noexcept {
  const auto view = flags_view();
  return view && view->contains(name);
}

std::optional<date_time> fetch_row::internaldate() const {
  return codec::read_alone<date_time>(find(fetch_item::internaldate), limits_of(max_nesting_));
}

std::optional<std::uint64_t> fetch_row::rfc822_size() const noexcept {
  const auto* i = find(fetch_item::rfc822_size);
  std::optional<std::uint64_t> size;
  if (i != nullptr) {
    codec::lexer in(i->value);
    if (!codec::read_size(in, size) || !in.at_end()) size.reset();
  }
  return size;
}

std::optional<std::uint64_t> fetch_row::modseq() const noexcept {
  const auto* i = find(fetch_item::modseq);
  std::optional<std::uint64_t> value;
  if (i != nullptr) {
    codec::lexer in(i->value);
    if (!codec::read_modseq(in, value) || !in.at_end()) value.reset();
  }
  return value;
}

std::optional<imapxx::v0::envelope> fetch_row::envelope() const {
  return codec::read_alone<imapxx::v0::envelope>(find(fetch_item::envelope), limits_of(max_nesting_));
}

std::optional<body_structure> fetch_row::bodystructure() const {
  if (auto full = codec::read_alone<body_structure>(find(fetch_item::bodystructure), limits_of(max_nesting_)))
    return full;
  return codec::read_alone<body_structure>(find(fetch_item::body), limits_of(max_nesting_));
}

namespace {

// The string of the first section that answers `wanted`.
std::optional<wire::string_token> find_section(const fetch_row& row, const section& wanted) {
  for (const auto& i : row.items()) {
    if (i.malformed || !codec::is_section(i.kind)) continue;
    const auto answer = codec::section_of(i.kind, i.name);
    if (!answer || !wanted.matches(*answer)) continue;
    codec::lexer in(i.value);
    return in.nstring();
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> fetch_row::section(const imapxx::v0::section& wanted) const {
  const auto token = find_section(*this, wanted);
  if (!token || token->is_nil() || token->kind() == wire::string_token::form::streamed) return std::nullopt;
  return token->to_string();
}

std::optional<std::string_view> fetch_row::section_view(const imapxx::v0::section& wanted) const {
  const auto token = find_section(*this, wanted);
  if (!token || token->is_nil() || token->kind() == wire::string_token::form::streamed || token->escaped())
    return std::nullopt;
  return token->raw();
}

std::vector<unparsed_item> fetch_row::unparsed() const {
  fetch_data scratch;
  for (const auto& i : items()) {
    const auto at = offset_ + static_cast<std::size_t>(i.name.data() - text_.data());
    if (auto failed = codec::check_item(i, at, limits_of(max_nesting_))) scratch.unparsed.push_back(std::move(*failed));
  }
  return std::move(scratch.unparsed);
}

fetch_data fetch_row::to_data() const {
  fetch_data out;
  out.seq = seq_;
  for (const auto& i : items()) {
    const auto at = offset_ + static_cast<std::size_t>(i.name.data() - text_.data());
    if (auto failed = codec::read_item(i, at, limits_of(max_nesting_), out)) out.unparsed.push_back(std::move(*failed));
  }
  if (uid_ != 0) out.uid = uid_;
  return out;
}

}  // namespace imapxx::inline v0
