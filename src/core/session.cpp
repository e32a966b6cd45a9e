#include <imapxx/session.hpp>

#include "base/ascii.hpp"
#include "core/pipeline_rules.hpp"
#include "core/session_gate.hpp"
#include "core/session_impl.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>

namespace imapxx::inline v0 {

session::impl::impl(session_settings o)
    : options(std::move(o)),
      tracker(options.all.uid_map),
      framer(options.limits),
      input(options.limits.response_octets + options.limits.line_octets),
      window(options.all.window) {
  // Random, so that nobody can prepare a completion for a tag that is to come (RFC 9051 section 2.2.1 only asks for
  // uniqueness).
  next_tag = options.all.tag_start ? *options.all.tag_start : std::random_device{}() % 900'000U + 100'000U;
}

error session::impl::in_context(error e, const core::in_flight_command& c) {
  if (e.where() == phase::none) e.set_phase(c.traits->in);
  e.set_command(c.traits->name);
  // After a lost connection nobody knows whether the server has carried the command out.
  const bool lost = e.is_fatal() && e.code() != errc::no && e.code() != errc::bad;
  // Commands of a repeatable kind that are not to be repeated by themselves, with sequence numbers or to a sink, read
  // only; but a conditional STORE would find its own work.
  const bool harmless = c.traits->copy != nullptr &&
                        (c.cmd->may_be_repeated() || c.traits->uses_sequence_numbers || c.traits->stall_deadline);
  if (c.stage == core::command_stage::waiting || (lost && harmless)) e.set_safe_to_retry(true);
  return e;
}

core::in_flight_command* session::impl::find(command_id id) noexcept {
  for (auto& c : commands) {
    if (c->id == id) return c.get();
  }
  return nullptr;
}

core::in_flight_command* session::impl::find_tag(std::string_view tag) noexcept {
  for (auto& c : commands) {
    if (!c->outstanding()) continue;
    if (c->tag == tag) return c.get();
    for (const auto& line : c->earlier_lines) {
      if (line.first == tag) return c.get();
    }
  }
  return nullptr;
}

namespace {

bool offers_one_of(const capability_set& have, std::string_view alternatives) {
  while (!alternatives.empty()) {
    const auto bar = alternatives.find('|');
    if (have.contains(alternatives.substr(0, bar))) return true;
    alternatives = bar == std::string_view::npos ? std::string_view() : alternatives.substr(bar + 1);
  }
  return false;
}

bool is_tag_prefix(std::string_view letters) {
  constexpr std::size_t longest = 16;
  return !letters.empty() && letters.size() <= longest && std::all_of(letters.begin(), letters.end(), base::is_alnum) &&
         !base::is_digit(letters.back());
}

}  // namespace

result<void> session::impl::check(const command& c, session_state state) const {
  const auto& t = c.traits();
  if (!t.states.contains(state)) {
    return error(errc::wrong_state,
                 std::string(t.name) + " is not allowed in the state \"" + std::string(to_string(state)) + "\"")
        .set_command(t.name);
  }
  if (!t.capability.empty() && capabilities_known && !offers_one_of(info.capabilities, t.capability)) {
    return error(errc::capability_required, "the server does not offer " + std::string(t.capability))
        .set_command(t.name);
  }
  auto own = c.check(info);
  if (!own) return own.error().set_command(t.name);
  return {};
}

result<command_id> session::impl::submit(std::unique_ptr<command> cmd, bool streaming, bool ahead) {
  if (is_closed) return end_reason ? *end_reason : error(errc::closed, "the session is over");
  if (!cmd) return error(errc::invalid_argument, "no command");
  if (!is_tag_prefix(options.all.tag_letters)) return error(errc::invalid_argument, "not a prefix for tags");
  // With something before it that changes the state, only the moment of sending can tell; `start` checks again in any
  // case.
  if (greeted && state_changers == 0) {
    if (auto ok = check(*cmd, info.state); !ok) return ok.error();
  }
  const auto id = next_id++;
  commands.push_back(std::make_unique<core::in_flight_command>(id, std::move(cmd), streaming));
  auto& c = *commands.back();
  c.ahead = ahead;
  if (!search_tags && (c.traits->answers & answer::search)) c.scope.names_tag = false;
  if (c.traits->changes_selection || c.traits->is_exclusive) ++state_changers;
  plan_stale = true;
  return id;
}

void session::impl::abandon(command_id id) {
  auto* c = find(id);
  if (c == nullptr || c->abandoned) return;
  c->cmd->abandon();
  if (c->stage == core::command_stage::waiting) {
    c->abandoned = true;
    return finish(*c, error(errc::cancelled).set_fatal(false), false);
  }
  c->abandoned = true;
  if (owner == c) sink = nullptr;
  if (c->traits->name == "IDLE") return end_idle(id);
  const bool half_sent = c->stage != core::command_stage::written;
  if (half_sent || c->traits->name == "AUTHENTICATE" || c->traits->name == "STARTTLS") {
    fail_all(
        in_context(error(errc::cancelled, "cancelled in the middle of a literal or a dialogue").set_fatal(true), *c));
  }
}

void session::impl::end_idle(command_id id) {
  auto* c = find(id);
  if (c == nullptr || c->traits->name != "IDLE" || c->done_sent) return;
  if (!c->idling) {
    c->end_idle_wanted = true;
    return;
  }
  c->idling = false;
  c->done_sent = true;
  send_line(*c, "DONE", false);
}

session_event session::impl::next() {
  for (;;) {
    if (!events.empty()) {
      auto e = std::move(events.front());
      events.pop_front();
      return e;
    }
    inline_bodies.clear();
    status.reset();
    if (consume_next != 0) {
      input.consume(consume_next);
      consume_next = 0;
    }
    if (is_closed) {
      if (closed_reported) return {};
      closed_reported = true;
      session_event e;
      e.what = session_event::kind::closed;
      e.failure = end_reason.value_or(error(errc::closed));
      return e;
    }
    pump_output();
    if (!events.empty() || is_closed) continue;
    if (read_frame()) continue;
    if (!events.empty() || is_closed) continue;
    if (input_ended) {
      auto why = end_reason.value_or(error(errc::closed, "the server closed the connection"));
      if (bye) why = *bye;
      fail_all(why);
      continue;
    }
    if (consume_next != 0) continue;
    release_memory();
    return {};
  }
}

// Thousands of connections wait at a time: what can be had again for one allocation is not kept.
void session::impl::release_memory() {
  input.release();
  events.release();
  row.reset();
  pattern.reset();
  if (!in_body) body.reset();
}

void session::impl::fail_all(const error& why) {
  if (is_closed) return;
  is_closed = true;
  auto reason = why;
  reason.set_fatal(true);
  if (!greeted && reason.where() == phase::none) reason.set_phase(phase::greeting);
  end_reason = reason;
  info.state = session_state::logout;
  output.clear();
  output_at = 0;
  // Each command hears of it once, in the order of submission. LOGOUT that saw BYE has what it wanted.
  while (!commands.empty()) {
    auto& c = *commands.front();
    const bool fulfilled = bye && c.traits->name == "LOGOUT" && c.outstanding();
    finish(c, fulfilled ? error() : reason, false);
  }
}

result<void> session::impl::tls_started() {
  const auto left = input.pending().size() - std::min(consume_next, input.pending().size());
  if (left != 0) {
    error why(errc::starttls_injection, "bytes were sent in the clear behind the answer to STARTTLS");
    why.set_phase(phase::starttls);
    fail_all(why);
    return why;
  }
  input.clear();
  consume_next = 0;
  framer.reset();
  if (literals) literals->reset();
  numbers.reset();
  // Nothing that was learnt in the clear outlives the handshake.
  info.capabilities.clear();
  info.enabled.clear();
  info.utf8 = false;
  info.tls = true;
  capabilities_known = false;
  tracker = core::mailbox_tracker(options.all.uid_map);
  unasked = 0;
  return {};
}

deadline_hint session::impl::deadline() const noexcept {
  deadline_hint hint;
  const auto limited = [](std::chrono::milliseconds t) { return t.count() > 0 ? std::optional(t) : std::nullopt; };
  if (is_closed) return hint;
  if (!greeted) {
    hint.after = limited(options.timeouts.greeting);
    hint.phase = phase::greeting;
    return hint;
  }
  for (const auto& c : commands) {
    if (c->idling) continue;  // the driver re-issues IDLE; until then silence is normal
    hint.phase = c->traits->in;
    hint.since_progress = c->traits->stall_deadline || c->streaming || in_body;
    hint.after = limited(hint.since_progress ? options.timeouts.stall : options.timeouts.command);
    return hint;
  }
  return hint;
}

result<command_id> session_gate::submit_ahead(session& s, std::unique_ptr<command> cmd) {
  return s.impl_->submit(std::move(cmd), false, true);
}

void session_gate::nobody_hears_octets(session& s) noexcept { s.impl_->octets_unheard = true; }

session session_gate::with_shared_options(const session_options& options, observer* to) {
  return session(std::make_unique<session::impl>(session_settings(options, to)));
}

session::session(std::unique_ptr<impl> made) noexcept : impl_(std::move(made)) {}
session::session(session_options o) : impl_(std::make_unique<impl>(session_settings(std::move(o)))) {}
session::~session() = default;
session::session(session&&) noexcept = default;
session& session::operator=(session&&) noexcept = default;

result<command_id> session::submit(std::unique_ptr<command> cmd, bool streaming) {
  return impl_->submit(std::move(cmd), streaming);
}
void session::abandon(command_id id) { impl_->abandon(id); }
void session::end_idle(command_id id) { impl_->end_idle(id); }
session_event session::next() { return impl_->next(); }
std::size_t session::next_rows(command_id id, std::span<fetch_row> into) { return impl_->next_rows(id, into); }
std::span<char> session::input_buffer() { return impl_->input.prepare(1); }
void session::input_received(std::size_t n) { impl_->input.commit(n); }
std::uint64_t session::literal_octets_missing() const noexcept { return impl_->framer.literal_octets_missing(); }

void session::input_closed(const error& why) {
  impl_->input_ended = true;
  if (why) impl_->end_reason = why;
}

std::string_view session::output() {
  impl_->pump_output();
  return std::string_view(impl_->output).substr(impl_->output_at);
}

void session::output_sent(std::size_t n) {
  auto& s = *impl_;
  n = std::min(n, s.output.size() - s.output_at);
  s.output_at += n;
  s.sent_total += n;
  if (s.half_written != 0) s.plan_stale = true;  // a literal's source goes on
  if (s.output_at == s.output.size()) {
    s.output.clear();
    s.output_at = 0;
    constexpr std::size_t worth_keeping = std::size_t{4} << 10U;  // an idle session keeps no big buffer
    if (s.output.capacity() > worth_keeping && s.commands.empty()) s.output.shrink_to_fit();
  }
}

result<void> session::tls_started() { return impl_->tls_started(); }
void session::set_tls(bool on) noexcept { impl_->info.tls = on; }
void session::expire(const error& why) { impl_->fail_all(why); }
session_state session::state() const noexcept { return impl_->info.state; }
const session_info& session::info() const noexcept { return impl_->info; }
bool session::capabilities_known() const noexcept { return impl_->capabilities_known; }
const mailbox_view& session::mailbox() const noexcept { return impl_->tracker.view(); }
deadline_hint session::deadline() const noexcept { return impl_->deadline(); }
std::size_t session::commands_outstanding() const noexcept { return impl_->commands.size(); }
bool session::closed() const noexcept { return impl_->is_closed; }
std::uint64_t session::stray_completions() const noexcept { return impl_->stray; }
const session_options& session::options() const noexcept { return impl_->options.all; }

}  // namespace imapxx::inline v0
