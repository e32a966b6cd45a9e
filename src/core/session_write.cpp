#include <imapxx/commands/select.hpp>

#include "core/pipeline_rules.hpp"
#include "core/session_impl.hpp"

#include <algorithm>
#include <array>

namespace imapxx::inline v0 {
namespace {

// Octets taken from a literal's source at a time: enough to fill a TLS record several times, little enough to keep
// memory flat.
constexpr std::size_t source_piece = std::size_t{64} << 10U;

}  // namespace

bool session::impl::may_start(const core::in_flight_command& c) const noexcept {
  std::size_t outstanding = 0;
  for (const auto& other : commands) {
    if (other.get() == &c) break;
    if (!other->outstanding()) return false;  // commands never overtake one another
    if (core::blocking_rule(*other->traits, *c.traits) != nullptr) return false;
    ++outstanding;
  }
  return outstanding < std::max<std::size_t>(options.window, 1);
}

void session::impl::pump_output() {
  if (is_closed || !greeted) return;
  for (std::size_t i = 0; i < commands.size();) {
    auto& c = *commands[i];
    const auto id = c.id;
    if (c.stage == core::command_stage::waiting) {
      if (!may_start(c)) return end_idle_for(c);
      start(c);
    }
    // A command that is refused, or was answered while it was written, is gone by now, and the next one stands in its
    // place.
    auto* left = find(id);
    if (left != nullptr && left->stage == core::command_stage::writing) {
      write_segments(*left);
      left = find(id);
    }
    if (is_closed) return;
    if (left == nullptr) continue;
    if (left->stage != core::command_stage::written) return;
    ++i;
  }
}

// Whoever submits a command while IDLE runs wants it sent: IDLE gives way.
void session::impl::end_idle_for(const core::in_flight_command& waiting) {
  for (const auto& earlier : commands) {
    if (earlier.get() == &waiting) return;
    if (earlier->traits->name == "IDLE" && earlier->outstanding()) return end_idle(earlier->id);
  }
}

void session::impl::start(core::in_flight_command& c) {
  if (auto ok = check(*c.cmd, info.state); !ok)
    return finish(c, ok.error().set_fatal(false).set_safe_to_retry(true), false);
  c.tag = std::to_string(next_tag);
  constexpr std::size_t most_digits = 20;
  const auto width = std::min(options.tag_digits, most_digits);
  if (c.tag.size() < width) c.tag.insert(0, width - c.tag.size(), '0');
  c.tag.insert(0, options.tag_letters);
  next_tag = next_tag == 999'999'999 ? 1 : next_tag + 1;
  wire::encode_context context;
  context.utf8 = info.utf8;
  context.binary = info.capabilities.contains("BINARY") || info.capabilities.imap4rev2();
  if (info.capabilities.contains("LITERAL+")) {
    context.literals = wire::literal_support::plus;
  } else if (info.capabilities.contains("LITERAL-") || info.capabilities.imap4rev2()) {
    context.literals = wire::literal_support::minus;
  }
  c.cmd->prepare(submit_context(c.tag, info, options.limits));
  c.encoded.emplace(context);
  c.cmd->encode(*c.encoded);
  if (c.encoded->failure()) {
    auto why = c.encoded->failure();
    return finish(c, why.set_safe_to_retry(true), false);
  }
  c.echo.said(*c.encoded);
  c.stage = core::command_stage::writing;
  const auto begin = output.size();
  output += c.tag;
  output += ' ';
  staged_total += output.size() - begin;
  if (c.traits->changes_selection && (c.traits->name == "SELECT" || c.traits->name == "EXAMINE")) {
    const auto* opened = dynamic_cast<const open_mailbox*>(c.cmd.get());  // not one of an application's own
    tracker.select_sent(opened != nullptr ? opened->mailbox() : mailbox_name(), c.traits->name == "EXAMINE");
  }
  if (c.traits->name == "LOGIN" || c.traits->name == "AUTHENTICATE") capabilities_fresh = false;
  trace_command(c);
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
      output.append(c.encoded->text().substr(s.begin, s.end - s.begin));
      staged_total += s.end - s.begin;
    }
    c.continued = false;
    ++c.segment;
  }
  output += "\r\n";
  staged_total += 2;
  c.stream_end = staged_total;
  c.stage = core::command_stage::written;
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
