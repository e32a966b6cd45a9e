#include "wire/framer.hpp"

#include "base/ascii.hpp"
#include "base/leniency.hpp"
#include "wire/literal_header.hpp"
#include "wire/scan.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace imapxx::inline v0::wire {

namespace {
using base::quirk;

// How often one response may go on behind empty lines (quirk X-06a), and how many in a row these may be.
constexpr unsigned most_blanks = 3;
// How often the strings of one response may be folded (quirk E-14).
constexpr unsigned most_folds = 16;
// What decides whether a line is a list of numbers stands within so many octets.
constexpr std::size_t kind_window = 64;
// Lines of no more octets, which begin with a star and end with a parenthesis, are looked at no further.
constexpr std::size_t usual_line = std::size_t{8} << 10U;
// A carried text beyond this gives its memory back.
constexpr std::size_t kept_capacity = std::size_t{64} << 10U;

enum class line_class : std::uint8_t { data, status, text };

struct line_kind {
  line_class type = line_class::text;
  bool continuation = false;
  std::size_t code = scan::none;  // for a status: where its `[` stands
};

bool is_status_word(std::string_view word) noexcept {
  for (std::string_view name : {"OK", "NO", "BAD", "BYE", "PREAUTH"}) {
    if (base::iequals(word, name)) return true;
  }
  return false;
}

// A word and the blanks in front of it, cut from the front of what is left.
class words {
 public:
  explicit words(std::string_view line) noexcept : line_(line) { skip_spaces(); }
  std::string_view take() noexcept {
    const std::size_t begin = at_;
    while (at_ < line_.size() && line_[at_] != ' ') ++at_;
    const auto word = line_.substr(begin, at_ - begin);
    skip_spaces();
    return word;
  }
  [[nodiscard]] bool at_bracket() const noexcept { return at_ < line_.size() && line_[at_] == '['; }
  [[nodiscard]] std::size_t code() const noexcept { return at_bracket() ? at_ : scan::none; }

 private:
  void skip_spaces() noexcept {
    while (at_ < line_.size() && line_[at_] == ' ') ++at_;
  }
  std::string_view line_;
  std::size_t at_ = 0;
};

line_kind kind_of(std::string_view line) noexcept {
  words rest(line);
  if (rest.at_bracket()) return {line_class::status, false, rest.code()};  // quirk G-11
  const auto first = rest.take();
  if (first == "*") {
    if (rest.at_bracket()) return {line_class::status, false, rest.code()};
    if (is_status_word(rest.take())) return {line_class::status, false, rest.code()};
    return {line_class::data};
  }
  if (first.starts_with('+')) return {line_class::text, true};
  if (is_status_word(first)) return {line_class::status, false, rest.code()};  // quirk G-10c
  if (is_status_word(rest.take())) return {line_class::status, false, rest.code()};
  return {line_class::text};
}

bool is_number_list(std::string_view line) noexcept {
  words rest(line.substr(0, kind_window));
  if (rest.take() != "*") return false;
  const auto name = rest.take();
  for (std::string_view list : {"SEARCH", "ESEARCH", "SORT", "THREAD", "VANISHED"}) {
    if (base::iequals(name, list)) return true;
  }
  return false;
}

bool is_fetch(std::string_view response) noexcept {
  words rest(response.substr(0, kind_window));
  if (rest.take() != "*") return false;
  const auto number = rest.take();
  return !number.empty() && std::all_of(number.begin(), number.end(), base::is_digit) &&
         base::iequals(rest.take(), "FETCH");
}

bool is_fetch_item(std::string_view word) noexcept {
  for (std::string_view name :
       {"UID", "FLAGS", "BODY", "BODYSTRUCTURE", "ENVELOPE", "INTERNALDATE", "RFC822", "RFC822.SIZE", "RFC822.HEADER",
        "RFC822.TEXT", "MODSEQ", "BINARY", "BINARY.SIZE", "EMAILID", "THREADID", "SAVEDATE", "PREVIEW"}) {
    if (base::iequals(word, name)) return true;
  }
  return base::istarts_with(word, "X-GM-");
}

// What the grammar lets stand behind a literal; anything else means that its size was wrong (quirks ).
bool may_follow_literal(std::string_view rest) noexcept {
  const char c = rest.front();
  if (c == ' ' || c == ']') return true;
  if (c == ')') {
    const auto behind = rest.find_first_not_of(')');
    return behind == std::string_view::npos || rest[behind] != '*';
  }
  const auto word = rest.substr(0, rest.find_first_of(" [("));
  if (word.size() == rest.size() || !is_fetch_item(word)) return false;
  base::tolerate(quirk::x03);
  return true;
}

std::string_view without_line_end_octets(std::string_view line) noexcept {
  for (int i = 0; i < 2 && line.ends_with('\r'); ++i) line.remove_suffix(1);
  return line;
}

std::string streamed_header(std::uint64_t size) { return "{" + std::to_string(size) + "!}\r\n"; }
}  // namespace

// A line of `pending`: [begin, end) without its line end, [end, next) the line end.
struct framer::line_view {
  std::string_view text;
  std::size_t begin;
  std::size_t end;
  std::size_t next;
};

frame framer::next(std::string_view pending) {
  if (carried_done_) {
    carried_done_ = false;
    carried_.clear();
    if (carried_.capacity() > kept_capacity) carried_.shrink_to_fit();
  }
  if (state_ == state::await_decision) decide(literal_mode::collect);
  switch (state_) {
    case state::streaming: return stream_literal(pending);
    case state::collecting: return collect_literal(pending);
    case state::poisoned: return poison(failure_, {});
    default: return next_line(pending);
  }
}

frame framer::next_line(std::string_view pending) {
  for (;;) {
    if (!in_response_) skip_nuls(pending);
    const std::size_t from = std::min(scanned_, pending.size());
    const void* found =
        from == pending.size() ? nullptr : std::memchr(pending.data() + from, '\n', pending.size() - from);
    if (found == nullptr) return without_line_end(pending);

    const auto lf = static_cast<std::size_t>(static_cast<const char*>(found) - pending.data());
    const auto text = without_line_end_octets(pending.substr(line_start_, lf - line_start_));
    const line_view line{text, line_start_, line_start_ + text.size(), lf + 1};
    if (line.next - line.end != 2) base::tolerate(quirk::g09);
    // The usual line of data: nothing about it can be odd, and it is short.
    const bool usual = !in_response_ && carried_.empty() && text.size() <= usual_line && skipped_octets_ == 0 &&
                       text.ends_with(')') && text.front() == '*';
    if (usual && text.size() <= limits_.line_octets && text.size() <= limits_.response_octets)
      return complete(pending, line);
    if (const auto limit = exceeded_limit(text); !limit.empty()) return poison_limit(limit, text);

    switch (fold_at(pending, line)) {
      case fold::none: break;
      case fold::yes: unfold(pending, line); continue;
      case fold::unknown: scanned_ = lf; return {};  // so that this line end is found again
    }
    const bool plain =
        !in_response_ && !text.empty() && text.front() != ' ' && text.back() != ' ' && text.back() != '}';
    if (plain) return complete(pending, line);
    frame out;
    switch (odd_line(pending, line, out)) {
      case outcome::complete: return complete(pending, line);
      case outcome::leave: return out;
      case outcome::again: break;
    }
  }
}

// Quirk G-08: before a response.
void framer::skip_nuls(std::string_view pending) noexcept {
  if (line_start_ >= pending.size() || pending[line_start_] != '\0') return;
  std::size_t at = line_start_;
  while (at < pending.size() && pending[at] == '\0') ++at;
  skip_to(at);
}

void framer::skip_to(std::size_t at) noexcept {
  base::tolerate(quirk::g08);
  skipped_octets_ += at - start_;
  move_on(at);
}

// The name of the limit that is exceeded when the current line holds at least `segment`; empty when none is.
std::string_view framer::exceeded_limit(std::string_view segment) const noexcept {
  if (response_octets_ + segment.size() > limits_.response_octets) return "response_octets";
  if (skipped_octets_ > limits_.line_octets) return "line_octets";
  const std::uint64_t line = line_octets_ + segment.size();
  if (line <= limits_.line_octets && line <= limits_.continuation_octets) return {};
  if (in_response_ ? number_list_ : is_number_list(segment)) return {};
  const bool continuation = !in_response_ && kind_of(segment.substr(0, kind_window)).continuation;
  if (continuation && line > limits_.continuation_octets) return "continuation_octets";
  return line > limits_.line_octets ? "line_octets" : std::string_view();
}

frame framer::without_line_end(std::string_view pending) {
  scanned_ = pending.size();
  const auto text = without_line_end_octets(pending.substr(std::min(line_start_, pending.size())));
  // Whether a shorter beginning is a list of numbers is not certain yet; what was skipped in front of it is.
  const bool certain =
      in_response_ || text.empty() || text.size() > kind_window || skipped_octets_ > limits_.line_octets;
  const auto limit = certain ? exceeded_limit(text) : std::string_view();
  if (!limit.empty()) return poison_limit(limit, text);
  frame out;
  if (!in_response_ && start_ != 0) {
    out.consumed = start_;
    line_start_ -= start_;
    scanned_ -= start_;
    start_ = 0;
  }
  return out;
}

frame framer::complete(std::string_view pending, const line_view& line) {
  frame out;
  out.kind = frame_kind::response;
  out.consumed = line.next;
  if (carried_.empty()) {
    out.text = pending.substr(start_, line.end - start_);
  } else {
    carried_ += pending.substr(start_, line.end - start_);
    carried_done_ = true;
    out.text = carried_;
  }
  move_on(0);
  skipped_octets_ = 0;
  if (in_response_) forget_response();
  return out;
}

void framer::forget_response() noexcept {
  in_response_ = in_code_ = number_list_ = false;
  after_fold_ = false;
  blanks_skipped_ = folds_ = 0;
  line_octets_ = response_octets_ = 0;
}

frame framer::poison(error e, std::string_view text) {
  state_ = state::poisoned;
  failure_ = std::move(e);
  frame out;
  out.kind = frame_kind::invalid;
  out.text = text;
  return out;
}

frame framer::poison_limit(std::string_view name, std::string_view text) {
  const std::uint64_t value = name == "response_octets" ? limits_.response_octets
                              : name == "line_octets"   ? limits_.line_octets
                                                        : limits_.continuation_octets;
  return poison(error(errc::limit_exceeded, "a response is too long").set_limit(name, value), text);
}

// Quirk E-14: the line ends within a quoted string, as the header field did that the server copied it from. A FETCH
// response that is whole ends with a parenthesis, and no response begins with a blank.
framer::fold framer::fold_at(std::string_view pending, const line_view& line) const {
  auto text = line.text;
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty() || text.back() == ')' || text.back() == '}' || folds_ == most_folds) return fold::none;
  const bool last = line.next == pending.size();
  if (!last && pending[line.next] != ' ' && pending[line.next] != '\t') return fold::none;
  const auto here = pending.substr(start_, line.end - start_);
  const bool open = carried_.empty() ? is_fetch(here) && scan::has_open_string(here)
                                     : is_fetch(carried_) && scan::has_open_string(carried_ + std::string(here));
  if (!open) return fold::none;
  return last ? fold::unknown : fold::yes;
}

void framer::unfold(std::string_view pending, const line_view& line) {
  base::tolerate(quirk::e14);
  carried_ += pending.substr(start_, line.end - start_);
  count_segment(line);
  ++folds_;
  after_fold_ = true;
  move_on(line.next);
}

// Everything but a plain line without literals.
framer::outcome framer::odd_line(std::string_view pending, const line_view& line, frame& out) {
  if (in_response_ && line.text.empty()) return empty_rest(pending, line);
  if (in_response_ && !std::exchange(after_fold_, false) && !may_follow_literal(line.text)) {
    out = poison(error(errc::framing_lost, "a literal is longer or shorter than announced"), line.text);
    return outcome::leave;
  }
  if (!in_response_ && line.text.find_first_not_of(std::string_view(" \0", 2)) == std::string_view::npos) {
    skip_to(line.next);
    return outcome::again;
  }
  return literal_at_end(pending, line, out);
}

// Nothing follows a literal: the end of the response, or the empty line of quirk X-06a, behind which an open list goes
// on.
framer::outcome framer::empty_rest(std::string_view pending, const line_view& line) {
  if (blanks_skipped_ == most_blanks) return outcome::complete;
  if (!carried_.empty()) {
    carried_ += pending.substr(start_, line.begin - start_);
    start_ = line.begin;
  }
  const std::string_view so_far = carried_.empty() ? pending.substr(start_, line.begin - start_) : carried_;
  if (!scan::has_open_list(so_far)) return outcome::complete;

  std::size_t at = line.next;
  while (at < pending.size() && (pending[at] == '\r' || pending[at] == '\n')) {
    if (++at - line.next > 2 * most_blanks) return outcome::complete;
  }
  if (at == pending.size()) {
    scanned_ = line.next - 1;  // so that this line end is found again
    return outcome::leave;
  }
  if (pending[at] != ')' && pending[at] != ' ') return outcome::complete;
  base::tolerate(quirk::x06a);
  ++blanks_skipped_;
  if (carried_.empty()) carried_ = so_far;
  move_on(at);
  return outcome::again;
}

framer::outcome framer::literal_at_end(std::string_view pending, const line_view& line, frame& out) {
  using form = literal_header::form;
  auto text = line.text;
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (!text.ends_with('}')) return outcome::complete;
  std::size_t header = text.rfind('{');
  if (header == std::string_view::npos) return outcome::complete;
  if (header > 0 && text[header - 1] == '~') --header;
  if (!may_hold_literal(line.text, header)) return outcome::complete;

  const auto h = read_literal_header(text.substr(header));
  const bool alone = h.length == text.size() - header;
  if (h.kind == form::plain && alone) return begin_literal(pending, line, header, out);
  if (h.kind == form::nil && alone) {
    base::tolerate(quirk::x02);
    count_segment(line);
    line_start_ = scanned_ = line.next;
    return outcome::again;
  }
  // A header was meant, but nobody can tell how many octets follow.
  const bool stands_free = !in_code_ && (header == 0 || text[header - 1] == ' ' || text[header - 1] == '(');
  const bool lost = h.kind == form::invalid || h.kind == form::streamed || (h.kind == form::none && stands_free);
  if (!lost) return outcome::complete;
  out = poison(error(errc::framing_lost, "the size of a literal cannot be read"), line.text);
  return outcome::leave;
}

// Whether what stands at `header` of the current segment can begin a literal; also takes note of what kind of response
// it is.
bool framer::may_hold_literal(std::string_view segment, std::size_t header) noexcept {
  std::size_t code = 0;
  if (!in_response_) {
    const line_kind kind = kind_of(segment);
    in_code_ = kind.type == line_class::status;
    number_list_ = is_number_list(segment);
    if (kind.type == line_class::text) return false;
    if (in_code_ && kind.code == scan::none) return false;
    if (in_code_) code = kind.code + 1;
  }
  return !in_code_ || scan::find_outside_strings(segment.substr(0, header), code, ']') == scan::none;
}

void framer::count_segment(const line_view& line) noexcept {
  in_response_ = true;
  line_octets_ += line.next - line.begin;
  response_octets_ += line.next - line.begin;
}

framer::outcome framer::begin_literal(std::string_view pending, const line_view& line, std::size_t header, frame& out) {
  const auto h = read_literal_header(line.text.substr(header));
  if (h.plus) base::tolerate(quirk::x04);
  if (h.spaces || line.text.back() == ' ') base::tolerate(quirk::x05);
  if (h.zeros) base::tolerate(quirk::g15);
  count_segment(line);
  state_ = state::await_decision;
  literal_size_ = literal_left_ = h.size;
  header_begin_ = line.begin + header;
  out.kind = frame_kind::literal_begin;
  out.literal_size = h.size;
  out.literal8 = h.literal8;
  if (carried_.empty()) {
    out.text = pending.substr(start_, line.next - start_);
    line_start_ = scanned_ = line.next;
  } else {
    carried_header_ = carried_.size() + (header_begin_ - start_);
    carried_ += pending.substr(start_, line.next - start_);
    out.text = carried_;
    out.consumed = line.next;
    move_on(0);
  }
  return outcome::leave;
}

bool framer::fits(std::uint64_t octets) const noexcept {
  return octets <= limits_.response_octets && response_octets_ <= limits_.response_octets - octets;
}

void framer::decide(literal_mode mode) {
  if (state_ != state::await_decision) return;
  literal_left_ = literal_size_;
  if (mode == literal_mode::stream) {
    state_ = state::streaming;
    carry_pending_ = carried_.empty();
    if (!carry_pending_) carried_.replace(carried_header_, std::string::npos, streamed_header(literal_size_));
  } else if (fits(literal_size_)) {
    state_ = state::collecting;
    response_octets_ += literal_size_;
    literal_end_ = line_start_ + static_cast<std::size_t>(literal_size_);
  } else {
    (void)poison_limit("response_octets", {});
  }
}

frame framer::collect_literal(std::string_view pending) {
  if (pending.size() < literal_end_) {
    literal_left_ = literal_end_ - pending.size();
    frame out;
    out.wanted = literal_left_;
    return out;
  }
  literal_left_ = 0;
  line_start_ = scanned_ = literal_end_;
  state_ = state::line;
  return next_line(pending);
}

frame framer::stream_literal(std::string_view pending) {
  if (carry_pending_) {
    carried_ = pending.substr(start_, header_begin_ - start_);
    carried_ += streamed_header(literal_size_);
    start_ = line_start_;
    carry_pending_ = false;
  }
  frame out;
  if (literal_left_ == 0) {
    state_ = state::line;
    out.kind = frame_kind::literal_end;
    line_start_ = scanned_ = start_;
    return out;
  }
  const auto octets = pending.substr(start_);
  out.wanted = literal_left_;
  if (octets.empty()) return out;
  out.kind = frame_kind::literal_bytes;
  out.text = octets.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, octets.size())));
  out.consumed = start_ + out.text.size();
  literal_left_ -= out.text.size();
  move_on(0);
  return out;
}

void framer::reset() { *this = framer(limits_); }

bool framer::idle() const noexcept { return state_ == state::line && !in_response_ && scanned_ == line_start_; }

std::uint64_t framer::literal_octets_missing() const noexcept {
  return state_ == state::line || state_ == state::poisoned ? 0 : literal_left_;
}

}  // namespace imapxx::inline v0::wire
