#include "base/ascii.hpp"
#include "core/session_impl.hpp"
#include "core/state_table.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0 {

void session::impl::on_greeting(status_response& s) {
  if (!s.tag.empty() || s.kind == status_kind::no || s.kind == status_kind::bad) {
    return fail_all(
        error(errc::invalid_greeting, "the server's first line is no IMAP greeting").set_phase(phase::greeting));
  }
  greeted = true;
  info.state = core::next_state(info.state, "greeting", s.kind);
  if (s.kind == status_kind::bye) return on_bye(s);
  if (s.code.kind == code::capability) learn_capabilities(s.code.capabilities);
  window.greeted(s.text);
  plan_stale = true;
  status = std::make_unique<status_response>(std::move(s));
  session_event e;
  e.what = session_event::kind::greeting;
  e.status = &*status;
  events.push_back(std::move(e));
}

void session::impl::learn_capabilities(const capability_set& caps) {
  info.capabilities = caps;
  capabilities_known = true;
  capabilities_fresh = true;
}

// Untagged OK, NO, BAD, BYE.
void session::impl::on_status(status_response& s) {
  if (s.kind == status_kind::bye) return on_bye(s);
  if (s.code.kind == code::capability) learn_capabilities(s.code.capabilities);
  tracker.status_code(s.code);
  if (s.code.kind == code::alert && options.observer != nullptr) options.observer->on_alert(s.text);
  response r = std::move(s);
  for (auto& c : commands) {
    if (!c->outstanding() || c->abandoned) continue;
    if (c->cmd->on_response(r)) return;
  }
  if (flooded()) return;
  if (options.observer != nullptr) options.observer->on_status(std::get<status_response>(r));
}

void session::impl::on_bye(const status_response& s) {
  error why(errc::bye, "the server closed the session");
  why.set_status({}, s.code.name, s.text);
  bye = why;
  const bool asked = std::any_of(commands.begin(), commands.end(),
                                 [](const auto& c) { return c->outstanding() && c->traits->name == "LOGOUT"; });
  if (asked) return;
  info.state = core::next_state(info.state, "bye", status_kind::bye);
  fail_all(why);
}

void session::impl::on_tagged(status_response& s) {
  auto* c = find_tag(s.tag);
  if (c == nullptr) {
    if (info.state == session_state::not_authenticated) {
      return fail_all(error(errc::protocol_error, "the server completed a command that was never sent")
                          .set_status(s.tag, s.code.name, s.text));
    }
    ++stray;
    (void)flooded();
    return;
  }
  if (!fully_sent(*c) && !line_was_sent(*c, s.tag)) {
    if (s.kind == status_kind::ok) {
      return fail_all(in_context(error(errc::protocol_error, "the server completed a command before it was sent"), *c));
    }
    if (c->stage == core::command_stage::writing) {
      // The announced octets must leave all the same, or the server would read what follows as them.
      c->early = std::make_unique<status_response>(std::move(s));
      return;
    }
  }
  complete(*c, s);
}

void session::impl::complete(core::in_flight_command& c, const status_response& s) {
  if (s.code.kind == code::capability) learn_capabilities(s.code.capabilities);
  tracker.status_code(s.code);
  if (s.code.kind == code::alert && options.observer != nullptr) options.observer->on_alert(s.text);
  apply_completion(c, s);
  window.answered(s.kind == status_kind::bad, outstanding);
  error failure;
  if (auto done = c.cmd->on_complete(s); !done) failure = done.error();
  if (!complete_line(c, s.tag)) {
    if (!c.failure) c.failure = failure;
    return;
  }
  // Of a command that was divided, the first thing that went wrong counts.
  if (c.failure && (!failure || c.parts > 1)) failure = c.failure;
  status = std::make_unique<status_response>(s);
  finish(c, failure, true);
}

bool session::impl::line_was_sent(const core::in_flight_command& c, std::string_view tag) const noexcept {
  return std::any_of(c.earlier_lines.begin(), c.earlier_lines.end(),
                     [&](const auto& line) { return line.first == tag && sent_total >= line.second; });
}

/// \return whether that was the last answer that the command waits for
bool session::impl::complete_line(core::in_flight_command& c, std::string_view tag) {
  if (c.parts == 1) return true;
  const auto line = std::find_if(c.earlier_lines.begin(), c.earlier_lines.end(),
                                 [&](const auto& l) { return tag.empty() || l.first == tag; });
  if (line != c.earlier_lines.end()) {
    c.earlier_lines.erase(line);
  } else {
    c.last_line_answered = true;
  }
  return c.earlier_lines.empty() && c.last_line_answered && c.stage == core::command_stage::written;
}

// The server does not say which SEARCH it answers (quirk Q-05): from now on one at a time.
void session::impl::distrust_search_tags() {
  if (!search_tags) return;
  search_tags = false;
  for (const auto& c : commands) {
    if (c->traits->answers & answer::search) c->scope.names_tag = false;
  }
}

// What the tagged response changes in the session itself.
void session::impl::apply_completion(const core::in_flight_command& c, const status_response& s) {
  const auto name = c.traits->name;
  const auto before = info.state;
  info.state = core::next_state(before, name, s.kind);
  if (name == "SELECT" || name == "EXAMINE") tracker.select_done(s.kind == status_kind::ok, s);
  if (s.kind != status_kind::ok) return;
  if (name == "CLOSE" || name == "UNSELECT") tracker.closed();
  if (before == session_state::not_authenticated && info.state == session_state::authenticated && !capabilities_fresh) {
    // RFC 9051 section 6.2.2: what was offered before log-in need not hold after it.
    capabilities_known = false;
    info.capabilities.clear();
  }
}

void session::impl::finish(core::in_flight_command& c, error failure, bool with_status) {
  const auto id = c.id;
  session_event e;
  e.what = session_event::kind::completed;
  e.id = id;
  if (c.abandoned) failure = error(errc::cancelled, "the caller gave up waiting").set_fatal(failure.is_fatal());
  e.failure = failure ? in_context(std::move(failure), c) : error();
  e.sent = c.stage != core::command_stage::waiting;
  if (with_status) e.status = &*status;
  if (owner == &c) {
    // A tagged response inside a literal cannot be; this is the end of the session, so the sink is simply let go.
    owner = nullptr;
    sink = nullptr;
  }
  unasked = 0;
  plan_stale = true;
  if (c.outstanding()) --outstanding;
  if (half_written == id) half_written = 0;
  if (c.traits->changes_selection || c.traits->is_exclusive) --state_changers;
  const auto at = std::find_if(commands.begin(), commands.end(), [&](const auto& other) { return other->id == id; });
  e.finished = std::move((*at)->cmd);
  commands.erase(at);
  events.push_back(std::move(e));
}

void session::impl::on_continuation(const continuation_response& go) {
  for (auto& c : commands) {
    if (c->stage == core::command_stage::parked) {
      c->continued = true;
      plan_stale = true;
      c->stage = core::command_stage::writing;
      return;
    }
    if (c->stage != core::command_stage::written || !c->traits->is_exclusive) continue;
    if (c->traits->name == "IDLE") {
      if (c->idling || c->done_sent) break;
      c->idling = true;
      session_event e;
      e.what = session_event::kind::continuation;
      e.id = c->id;
      events.push_back(std::move(e));
      if (c->end_idle_wanted) end_idle(c->id);
      return;
    }
    if (go.text.size() > options.limits.continuation_octets) {
      return fail_all(in_context(error(errc::limit_exceeded, "a challenge is longer than allowed")
                                     .set_limit("continuation_octets", options.limits.continuation_octets),
                                 *c));
    }
    auto answer_line = c->cmd->on_continuation(go.text);
    if (!answer_line) return fail_all(in_context(answer_line.error().set_fatal(true), *c));
    if (*answer_line) {
      c->echo.said((**answer_line).expose());
      send_line(*c, (**answer_line).expose(), true);
    }
    return;
  }
  // A `+` that nobody waits for: some servers send one too many (docs/QUIRKS.md); it is counted like any other data
  // that was not asked for.
  response r = go;
  unclaimed(r);
}

}  // namespace imapxx::inline v0
