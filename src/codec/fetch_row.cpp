#include <imapxx/model/fetch_data.hpp>

#include "base/ascii.hpp"
#include "base/swar.hpp"
#include "codec/cut.hpp"
#include "codec/fetch.hpp"
#include "codec/fetch_items.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace imapxx::inline v0 {

using base::quirk;
using base::tolerate;
using codec::quoting;

// Each member goes to its place: an item that is made elsewhere and copied in wide pieces waits for its narrow stores.
inline void fetch_row::push(fetch_item kind, bool malformed, std::string_view name, std::string_view value) {
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
      const auto name_end = codec::end_of_name(text_, at_);
      if (name_end >= text_.size() || name_end == name_at || text_[name_end] != ' ') return false;
      const auto name = text_.substr(name_at, name_end - name_at);
      const auto kind = codec::kind_of(name);
      at_ = name_end + 1;
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

  /// As `run_strictly`, for a text that goes on behind the response. \return behind its line end; 0 when it is not so
  std::size_t run_on_line() {
    ++at_;
    for (;;) {
      const auto name_at = at_;
      const auto name_end = codec::end_of_name_on_line(text_, at_);
      if (name_end == name_at || name_end == text_.size() || text_[name_end] != ' ') return 0;
      const auto name = text_.substr(name_at, name_end - name_at);
      const auto kind = codec::kind_of(name);
      if (codec::is_section(kind)) return 0;
      at_ = name_end + 1;
      const auto end =
          kind == fetch_item::uid ? learn_uid_on_line() : codec::end_of_value_on_line(text_, at_, row_.max_nesting_);
      if (end >= text_.size() || end == at_) return 0;
      row_.push(kind, false, name, text_.substr(at_, end - at_));
      at_ = end + 1;
      if (text_[end] == ' ') continue;
      if (text_[end] != ')' || text_.size() - at_ < 2 || text_[at_] != '\r' || text_[at_ + 1] != '\n') return 0;
      return at_ + 2;
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

  // \return where the digits end
  std::size_t learn_uid_on_line() noexcept {
    const char* const begin = text_.data() + at_;
    const char* behind = begin;
    const auto n = base::read_nz_number(begin, text_.data() + text_.size(), behind);
    if (n == 0 || std::exchange(uid_seen_, true)) return std::string_view::npos;
    row_.uid_ = n;
    return at_ + static_cast<std::size_t>(behind - begin);
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

void fetch_row::assign(std::uint32_t seq, std::string_view text, std::size_t offset, std::size_t max_nesting) {
  text_ = text;
  offset_ = offset;
  max_nesting_ = max_nesting;
  seq_ = seq;
  uid_ = 0;
  count_ = 0;
  if (!more_.empty()) more_.clear();
  if (cutter(*this, text).run_strictly()) return;
  uid_ = 0;
  count_ = 0;
  more_.clear();
  cutter(*this, text).run();
}

std::size_t fetch_row::assign_response(std::string_view octets, std::size_t max_nesting) {
  constexpr std::string_view star = "* ";
  constexpr std::string_view name = " FETCH (";
  text_ = {};
  uid_ = 0;
  count_ = 0;
  if (!more_.empty()) more_.clear();
  if (!octets.starts_with(star)) return 0;
  const char* const end = octets.data() + octets.size();
  const char* at = nullptr;
  seq_ = base::read_nz_number(octets.data() + star.size(), end, at);
  if (seq_ == 0 || end - at < static_cast<std::ptrdiff_t>(name.size()) || std::string_view(at, name.size()) != name)
    return 0;
  offset_ = static_cast<std::size_t>(at - octets.data()) + name.size() - 1;
  max_nesting_ = max_nesting;
  const auto list = octets.substr(offset_);
  const auto behind = cutter(*this, list).run_on_line();
  if (behind == 0) {
    uid_ = 0;
    count_ = 0;
    more_.clear();
    return 0;
  }
  text_ = list.substr(0, behind - 2);
  return offset_ + behind;
}

void fetch_row::assign_uid(std::uint32_t uid, std::string_view text, std::size_t offset, std::size_t max_nesting) {
  assign(0, text, offset, max_nesting);
  uid_ = uid;
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

std::optional<flag_view> fetch_row::flags_view() const noexcept {
  const auto* i = find(fetch_item::flags);
  if (i == nullptr || !i->value.starts_with('(')) return std::nullopt;
  return flag_view(i->value);
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
