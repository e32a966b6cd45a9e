#include <imapxx/commands/select.hpp>

#include "core/pipeline_rules.hpp"
#include "core/session_impl.hpp"
#include "core/state_table.hpp"

#include <algorithm>
#include <array>

namespace imapxx::inline v0 {
namespace {

// Octets taken from a literal's source at a time: enough to fill a TLS record several times, little enough to keep
// memory flat.
constexpr std::size_t source_piece = std::size_t{64} << 10U;
// Commands that are looked at although they cannot go yet: those behind them may, if both only read.
constexpr std::size_t most_held = 16;
// Octets of a line, without its literals. RFC 7162 section 4 has servers take 8192, but Courier hangs up on a set of so
// many.
constexpr std::size_t longest_line = 4000;

}  // namespace

bool session::impl::blocks(const core::in_flight_command& earlier,
                           const core::in_flight_command& later) const noexcept {
  // Who submitted it ahead of its time has seen to it that they get along.
  if (later.ahead && (earlier.ahead || earlier.traits->in == phase::authenticate)) return false;
  return core::blocking_rule(earlier.plan(), later.plan()) != nullptr;
}

// Beside all that are outstanding, and past those before it that are held back.
bool session::impl::may_start(const core::in_flight_command& c, std::size_t index) const noexcept {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < commands.size() && (i < index || seen < outstanding); ++i) {
    const auto& other = *commands[i];
    if (&other == &c) continue;
    if (other.outstanding()) {
      ++seen;
      if (blocks(other, c)) return false;
    } else if (i < index && !core::may_overtake(c.plan(), other.plan())) {
      return false;
    }
  }
  return true;
}

// The state that will hold when everything outstanding succeeds.
session_state session::impl::state_ahead() const noexcept {
  auto state = info.state;
  for (const auto& c : commands) {
    if (c->outstanding()) state = core::next_state(state, c->traits->name, status_kind::ok);
  }
  return state;
}

/// \return false when a literal waits: nothing else may leave now
bool session::impl::finish_half_written() {
  if (half_written == 0) return true;
  auto* c = find(half_written);
  if (c != nullptr && c->stage == core::command_stage::writing) write_segments(*c);
  if (is_closed) return false;
  c = find(half_written);
  if (c != nullptr && c->stage != core::command_stage::written) return false;
  half_written = 0;
  return true;
}

/// Sends the command at `index`, or leaves it where it is and counts it as held. Moves on to the next one.
/// \return whether more may be sent
bool session::impl::start_next(std::size_t& index, std::size_t& held) {
  auto& c = *commands[index];
  if (c.outstanding()) {
    ++index;
    return true;
  }
  if (outstanding >= window.size()) return false;
  if (!may_start(c, index)) {
    if (held == 0) end_idle_for(c);
    ++index;
    return ++held < most_held;
  }
  const auto id = c.id;
  start(c);
  // A command that is refused, or was answered while it was written, is gone by now, and the next one stands in its
  // place.
  auto* left = find(id);
  if (left != nullptr && left->stage == core::command_stage::writing) {
    half_written = id;
    write_segments(*left);
    left = find(id);
  }
  if (left != nullptr && left->stage != core::command_stage::written) return false;
  half_written = 0;
  if (left != nullptr) ++index;
  return !is_closed;
}

void session::impl::pump_output() {
  if (is_closed || !greeted || !plan_stale) return;
  plan_stale = false;
  if (!finish_half_written()) return;
  std::size_t held = 0;
  for (std::size_t i = 0; i < commands.size() && start_next(i, held);) {
  }
}

// Whoever submits a command while IDLE runs wants it sent: IDLE gives way.
void session::impl::end_idle_for(const core::in_flight_command& waiting) {
  for (const auto& earlier : commands) {
    if (earlier.get() == &waiting) return;
    if (earlier->traits->name == "IDLE" && earlier->outstanding()) return end_idle(earlier->id);
  }
}

void session::impl::begin_line(core::in_flight_command& c) {
  c.tag = std::to_string(next_tag);
  constexpr std::size_t most_digits = 20;
  const auto width = std::min(options.all.tag_digits, most_digits);
  if (c.tag.size() < width) c.tag.insert(0, width - c.tag.size(), '0');
  c.tag.insert(0, options.all.tag_letters);
  next_tag = next_tag == 999'999'999 ? 1 : next_tag + 1;
}

void session::impl::encode(core::in_flight_command& c) {
  wire::encode_context context;
  context.utf8 = info.utf8;
  context.binary = info.capabilities.contains("BINARY") || info.capabilities.imap4rev2();
  if (info.capabilities.contains("LITERAL+")) {
    context.literals = wire::literal_support::plus;
  } else if (info.capabilities.contains("LITERAL-") || info.capabilities.imap4rev2()) {
    context.literals = wire::literal_support::minus;
  }
  c.encoded = std::make_unique<wire::encoder>(context);
  c.segment = 0;
  c.cmd->encode(*c.encoded);
}

void session::impl::start(core::in_flight_command& c) {
  if (auto ok = c.ahead ? check_ahead(c) : check(*c.cmd, info.state); !ok)
    return finish(c, ok.error().set_fatal(false).set_safe_to_retry(true), false);
  begin_line(c);
  c.cmd->prepare(submit_context(c.tag, info, options.limits));
  encode(c);
  const auto around = c.tag.size() + std::string_view(" \r\n").size();
  if (!c.encoded->failure() && c.encoded->line_octets() + around > longest_line) {
    c.parts = c.cmd->split(c.encoded->line_octets(), longest_line - around);
    if (c.parts > 1) {
      c.cmd->use_part(0);
      encode(c);
    }
  }
  if (c.encoded->failure()) {
    auto why = c.encoded->failure();
    return finish(c, why.set_safe_to_retry(true), false);
  }
  c.echo.said(*c.encoded);
  c.stage = core::command_stage::writing;
  ++outstanding;
  put(c.tag);
  put(" ");
  if (c.traits->changes_selection && (c.traits->name == "SELECT" || c.traits->name == "EXAMINE")) {
    const auto* opened = dynamic_cast<const open_mailbox*>(c.cmd.get());  // not one of an application's own
    tracker.select_sent(opened != nullptr ? opened->mailbox() : mailbox_name(), c.traits->name == "EXAMINE");
  }
  if (c.traits->name == "LOGIN" || c.traits->name == "AUTHENTICATE") capabilities_fresh = false;
  trace_command(c);
}

result<void> session::impl::check_ahead(const core::in_flight_command& c) const {
  const auto state = state_ahead();
  if (c.traits->states.contains(state)) return {};
  return error(errc::wrong_state,
               std::string(c.traits->name) + " is not allowed in the state \"" + std::string(to_string(state)) + "\"")
      .set_command(c.traits->name);
}

/// \return whether there is one
bool session::impl::begin_next_part(core::in_flight_command& c) {
  if (c.part + 1 >= c.parts) return false;
  c.earlier_lines.emplace_back(c.tag, staged_total);
  ++c.part;
  begin_line(c);
  c.cmd->use_part(c.part);
  encode(c);
  put(c.tag);
  put(" ");
  trace_command(c);
  return true;
}

void session::impl::put(std::string_view octets) {
  output += octets;
  staged_total += octets.size();
}

void session::impl::trace_command(const core::in_flight_command& c) {
  if (options.observer == nullptr || !options.observer->wants_trace()) return;
  std::string line = c.tag + " ";
  bool hidden = false;
  for (const auto& s : c.encoded->segments()) {
    if (s.type == wire::segment::kind::source) {
      line += "<" + std::to_string(s.source->size()) + " octets>";
    } else if (!s.secret) {
      line += c.encoded->text().substr(s.begin, s.end - s.begin);
    } else if (!hidden) {
      line += "<redacted>";
    }
    hidden = s.secret;
  }
  options.observer->on_trace(trace_direction::sent, line);
}

void session::impl::write_segments(core::in_flight_command& c) {
  do {
    const auto segments = c.encoded->segments();
    while (c.segment < segments.size()) {
      const auto& s = segments[c.segment];
      if (s.wait_before && !c.continued) {
        c.stage = core::command_stage::parked;
        return;
      }
      if (s.type == wire::segment::kind::source) {
        if (!write_source(c, s)) return;
      } else {
        put(c.encoded->text().substr(s.begin, s.end - s.begin));
      }
      c.continued = false;
      ++c.segment;
    }
    put("\r\n");
  } while (begin_next_part(c));
  c.stream_end = staged_total;
  c.stage = core::command_stage::written;
  c.encoded.reset();
  if (c.early) {
    auto status_now = std::move(*c.early);
    c.early.reset();
    complete(c, status_now);
  }
}

bool session::impl::write_source(core::in_flight_command& c, const wire::segment& s) {
  const auto total = s.source->size();
  while (c.source_octets < total) {
    if (output.size() - output_at >= source_piece) return false;  // goes on when this has left
    const auto old = output.size();
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(source_piece, total - c.source_octets));
    output.resize(old + piece);
    auto got = s.source->read(std::span<char>(output.data() + old, piece));
    const std::size_t n = got ? std::min(*got, piece) : 0;
    output.resize(old + n);
    staged_total += n;
    c.source_octets += n;
    if (!got || n == 0) {
      // The literal is half sent: nothing but the end of the connection can tell the server so.
      auto why =
          got ? error(errc::aborted_by_caller, "the message source ended before its announced size") : got.error();
      fail_all(in_context(why.set_fatal(true), c));
      return false;
    }
  }
  c.source_octets = 0;
  return true;
}

void session::impl::send_line(core::in_flight_command& c, std::string_view octets, bool is_secret) {
  output += octets;
  output += "\r\n";
  staged_total += octets.size() + 2;
  c.stream_end = staged_total;
  if (options.observer != nullptr && options.observer->wants_trace()) {
    options.observer->on_trace(trace_direction::sent, is_secret ? std::string_view("<redacted>") : octets);
  }
}

bool session::impl::fully_sent(const core::in_flight_command& c) const noexcept {
  return c.stage == core::command_stage::written && sent_total >= c.stream_end;
}

}  // namespace imapxx::inline v0
