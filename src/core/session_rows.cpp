// Rows of FETCH as they come by the million: cut before anything else is made of them.
#include "codec/cut.hpp"
#include "core/session_impl.hpp"

#include <utility>

namespace imapxx::inline v0 {
namespace {

constexpr std::size_t line_end = 2;

}  // namespace

// Whoever takes rows calls this before: lists of flags that the tracker has seen are not shown to it again, unless it
// has forgotten them.
void session::impl::expect_rows() noexcept {
  if (pattern_flags == tracker.flags_forgotten()) return;
  pattern_flags = tracker.flags_forgotten();
  if (pattern) pattern->forget_lists();
}

// The row at the start of what was received, if it can be cut without being framed before, heard and tracked. \return
// its octets, with the line end; 0 when it must be read the long way
inline std::size_t session::impl::take_row(const char* begin, const char* end, std::size_t most, fetch_row& into) {
  const auto size = pattern ? pattern->cut(begin, end, into) : 0;
  const bool is_all =
      size != 0 && size - line_end <= most && !pattern->has_news() && !is_heard() && !tracker.tracks_uids();
  return is_all ? size : take_new_row({begin, end}, size, most, into);
}

// What there is to do for a row beside cutting it. \param size of what was cut already; 0: nothing was
std::size_t session::impl::take_new_row(std::string_view octets, std::size_t size, std::size_t most, fetch_row& into) {
  if (size == 0) {
    size = into.assign_response(octets, options.limits.nesting);
    if (size == 0) return 0;
    pattern->missed(into);
  }
  if (size - line_end > most) {
    pattern->forget_lists();  // nobody has looked at this row's
    return 0;
  }
  hear(octets.substr(0, size - line_end));
  if (pattern->has_news()) {
    tracker.fetched(into);
  } else {
    tracker.fetched_with_known_flags(into);
  }
  return size;
}

// Whatever stands next. \return false when it is not all there
bool session::impl::read_frame() {
  if (const auto most = greeted ? framer.may_take() : 0; most != 0 && read_rows(most)) return true;
  if (const auto read = read_numbers()) return *read;
  return on_frame(framer.next(input.pending()));
}

// Rows that are collected, and the first one of which there is something to tell. \return whether there was one
bool session::impl::read_rows(std::size_t most) {
  expect_rows();
  const auto octets = input.pending();
  const char* at = octets.data();
  auto& next = *row;
  do {
    const auto size = take_row(at, octets.data() + octets.size(), most, next);
    if (size == 0) break;
    at += size;
    hand_out(next, size - line_end);
  } while (events.empty() && !is_closed);
  consume_next = static_cast<std::size_t>(at - octets.data());
  if (consume_next != 0 && literals) literals->reset();
  return consume_next != 0;
}

// Rows without an event in between: the way that a million of them take. Whatever else stands next is handled as
// `read_frame` would have handled it.
std::size_t session::impl::next_rows(command_id id, std::span<fetch_row> into) {
  if (!events.empty() || is_closed || !greeted || numbers || into.empty()) return 0;
  inline_bodies.clear();
  input.consume(std::exchange(consume_next, 0));
  expect_rows();
  auto* const reader = first_reader(id);
  const auto most = framer.may_take();
  const auto octets = input.pending();
  const char* at = octets.data();
  std::size_t rows = 0;
  std::size_t size = 0;
  bool is_mine = true;
  while (most != 0 && rows != into.size()) {
    auto& next = into[rows];
    size = take_row(at, octets.data() + octets.size(), most, next);
    if (size == 0) break;
    at += size;
    is_mine = reader != nullptr && reader->cmd->claims(next);
    if (!is_mine) break;
    ++rows;
  }
  consume_next = static_cast<std::size_t>(at - octets.data());
  if (consume_next != 0 && literals) literals->reset();
  if (!is_mine) give_to_others(into[rows], size - line_end);
  return rows != 0 || !is_mine ? rows : static_cast<std::size_t>(next_framed_row(reader, into.front()));
}

// \return whether it was a row of this reader, and holds no body: bodies come as events, in front of the row
bool session::impl::next_framed_row(core::in_flight_command* reader, fetch_row& into) {
  const auto f = framer.next(input.pending());
  if (f.kind != wire::frame_kind::response) {
    (void)on_frame(f);
    return false;
  }
  consume_next = f.consumed;
  if (literals) literals->reset();
  hear(f.text);
  if (!cut_fetch(f.text, into)) {
    parse_and_handle(f.text);
    return false;
  }
  tracker.fetched(into);
  const bool holds_body = (into.kinds() & codec::section_kinds) != 0;
  if (!holds_body && reader != nullptr && reader->cmd->claims(into)) return true;
  give_to_others(into, f.text.size());
  return false;
}

// The oldest command that rows are for, when it is this one, and streams.
core::in_flight_command* session::impl::first_reader(command_id id) noexcept {
  for (const auto& c : commands) {
    if (!c->answered_by(answer::fetch)) continue;
    return c->id == id && c->streaming && !c->abandoned ? c.get() : nullptr;
  }
  return nullptr;
}

// A row that is not what `next_rows` was asked for.
void session::impl::give_to_others(const fetch_row& r, std::size_t octets) {
  *row = r;
  hand_out(*row, octets);
}

}  // namespace imapxx::inline v0
