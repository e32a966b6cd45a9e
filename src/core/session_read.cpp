#include "base/ascii.hpp"
#include "codec/cut.hpp"
#include "core/inline_body.hpp"
#include "core/session_impl.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace imapxx::inline v0 {
namespace {

// Which commands' answer a response can be.
struct answer_of {
  answer operator()(const capability_response&) const noexcept { return answer::capability; }
  answer operator()(const enabled_response&) const noexcept { return answer::enabled; }
  answer operator()(const list_response& r) const noexcept { return r.lsub ? answer::lsub : answer::list; }
  answer operator()(const namespace_response&) const noexcept { return answer::names; }
  answer operator()(const status_data&) const noexcept { return answer::status; }
  answer operator()(const search_response&) const noexcept { return answer::search; }
  answer operator()(const esearch_response&) const noexcept { return answer::search; }
  answer operator()(const sort_response&) const noexcept { return answer::sort; }
  answer operator()(const thread_response&) const noexcept { return answer::thread; }
  answer operator()(const flags_response&) const noexcept { return answer::mailbox; }
  answer operator()(const exists_response&) const noexcept { return answer::mailbox; }
  answer operator()(const recent_response&) const noexcept { return answer::mailbox; }
  answer operator()(const expunge_response&) const noexcept { return answer::expunge; }
  answer operator()(const vanished_response&) const noexcept { return answer::expunge; }
  answer operator()(const id_response&) const noexcept { return answer::id; }
  answer operator()(const quota_response&) const noexcept { return answer::quota; }
  answer operator()(const quota_root_response&) const noexcept { return answer::quota; }
  answer operator()(const acl_response&) const noexcept { return answer::acl; }
  answer operator()(const list_rights_response&) const noexcept { return answer::acl; }
  answer operator()(const my_rights_response&) const noexcept { return answer::acl; }
  answer operator()(const metadata_response&) const noexcept { return answer::metadata; }
  answer operator()(const annotation_response&) const noexcept { return answer::metadata; }
  answer operator()(const status_response&) const noexcept { return answer::mailbox | answer::other; }
  template <class Other>
  answer operator()(const Other&) const noexcept {
    return answer::other;
  }
};

}  // namespace

// A SEARCH response whose end has not come yet: its numbers may be millions, and are not kept as text. \return as
// `read_frame`; nullopt when what stands next is to be framed
std::optional<bool> session::impl::read_numbers() {
  using reader = codec::search_in_pieces;
  const bool may_begin = !numbers && greeted && framer.may_take() != 0 && reader::begins(input.pending());
  if (!numbers && !may_begin) return std::nullopt;
  if (!numbers) numbers->expect(tracker.view().exists);
  const auto step = numbers->take(input.pending(), options.limits.response_octets);
  switch (step.now) {
    case reader::state::more: input.consume(step.octets); return false;
    case reader::state::complete: consume_next = step.octets; break;
    case reader::state::other:
      input.consume(step.octets);
      numbers->write(input.put_back(static_cast<std::size_t>(numbers->octets())));
      numbers.reset();
      return std::nullopt;
  }
  if (literals) literals->reset();
  hear_numbers(*numbers);
  response r = search_response{numbers->release(), std::nullopt};
  numbers.reset();
  on_response(r);
  return true;
}

void session::impl::hear_numbers(const codec::search_in_pieces& read) {
  if (!is_heard()) return;
  std::string text(static_cast<std::size_t>(read.octets()), '\0');
  read.write(text);
  hear(text);
}

void session::impl::tell_observer(std::string_view text) {
  options.observer->on_raw(text);
  if (options.observer->wants_trace()) trace_received(text);
}

bool session::impl::on_frame(const wire::frame& f) {
  switch (f.kind) {
    case wire::frame_kind::incomplete: consume_next = f.consumed; return false;
    case wire::frame_kind::response:
      consume_next = f.consumed;
      if (literals) literals->reset();
      hear(f.text);
      on_response_text(f.text);
      return true;
    case wire::frame_kind::literal_begin:
      consume_next = f.consumed;
      on_literal_begin(f);
      return true;
    case wire::frame_kind::literal_bytes:
      consume_next = f.consumed;
      on_literal_bytes(f.text);
      return true;
    case wire::frame_kind::literal_end:
      consume_next = f.consumed;
      on_literal_end();
      return true;
    case wire::frame_kind::invalid: fail_all(framer.failure()); return true;
  }
  return false;
}

void session::impl::on_response_text(std::string_view text) {
  if (greeted && cut_fetch(text, *row)) return on_row(*row, text.size());
  parse_and_handle(text);
}

void session::impl::trace_received(std::string_view text) {
  const bool challenge =
      !text.empty() && text.front() == '+' && std::any_of(commands.begin(), commands.end(), [](const auto& c) {
        return c->outstanding() && c->traits->name == "AUTHENTICATE";
      });
  std::string cleaned;
  for (const auto& c : commands) {
    if (!c->echo.is_in(cleaned.empty() ? text : cleaned)) continue;
    if (cleaned.empty()) cleaned = text;
    c->echo.remove_from(cleaned);
  }
  const auto shown = cleaned.empty() ? text : std::string_view(cleaned);
  options.observer->on_trace(trace_direction::received, challenge ? std::string_view("+ <redacted>") : shown);
}

void session::impl::parse_and_handle(std::string_view text) {
  parse_options how;
  how.utf8 = info.utf8;
  how.nesting = options.limits.nesting;
  how.set_ranges = options.limits.set_ranges;
  how.list_elements = options.limits.list_elements;
  auto parsed = parse_response(text, how);
  on_response(parsed);
}

// `* n FETCH (...)`: the one response that comes by the million, so it is never turned into a variant.
bool session::impl::cut_fetch(std::string_view text, fetch_row& into) const {
  if (!text.starts_with("* ")) return false;
  constexpr std::size_t most_digits = 11;
  std::uint64_t seq = 0;
  const char* octet = text.data() + 2;
  const char* const end = octet + std::min(text.size() - 2, most_digits);
  for (; octet != end && base::is_digit(*octet); ++octet) seq = seq * 10 + static_cast<std::uint64_t>(*octet - '0');
  auto at = static_cast<std::size_t>(octet - text.data());
  constexpr std::string_view name = " FETCH (";
  if (at == 2 || seq == 0 || seq > 0xFFFFFFFFU || text.size() < at + name.size()) return false;
  const auto word = text.substr(at, name.size());
  if (word != name && !base::iequals(word, name)) return false;
  at += name.size() - 1;
  into.assign(static_cast<std::uint32_t>(seq), text.substr(at), at, options.limits.nesting);
  return true;
}

// To the oldest command whose set and items it answers; else it is news about the mailbox.
void session::impl::on_row(const fetch_row& r, std::size_t octets) {
  tracker.fetched(r);
  hand_out(r, octets);
}

void session::impl::hand_out(const fetch_row& r, std::size_t octets) {
  for (auto& c : commands) {
    if (!c->answered_by(answer::fetch)) continue;
    if (c->streaming || c->abandoned) {
      if (!c->cmd->claims(r)) continue;
      if (c->abandoned) return drained(*c, octets);
      return deliver_row(*c, r);
    }
    if (!c->cmd->on_fetch(r)) continue;
    if ((r.kinds() & codec::section_kinds) != 0) deliver_inline_bodies(*c, r);
    return;
  }
  response unasked_row = fetch_response{r};
  unclaimed(unasked_row);
}

void session::impl::deliver_row(core::in_flight_command& c, const fetch_row& r) {
  deliver_inline_bodies(c, r);
  session_event e;
  e.what = session_event::kind::row;
  e.id = c.id;
  e.row = &r;
  events.push_back(std::move(e));
}

// A body that came as a quoted string, or as a literal whose message was not known yet, still reaches the caller as a
// stream: one path for consumers.
void session::impl::deliver_inline_bodies(core::in_flight_command& c, const fetch_row& r) {
  if ((r.kinds() & codec::section_kinds) == 0) return;
  for (const auto& item : r.items()) {
    if (!codec::is_section(item.kind)) continue;
    auto piece = core::inline_body(item);
    if (!piece) continue;
    body_info about;
    about.seq = r.seq();
    about.uid = r.uid();
    about.section = std::move(piece->sec);
    about.size = piece->octets.size();
    if (!c.streaming) {
      auto* to = c.cmd->on_body(about);
      if (to == nullptr) return;
      auto done = to->begin(about);
      if (done) done = to->write(piece->octets);
      if (done) done = to->end(about);
      if (!done && !c.failure) c.failure = done.error();
      continue;
    }
    const auto& kept = inline_bodies.emplace_back(inline_piece{std::move(about), std::move(piece->octets)});
    for (auto kind :
         {session_event::kind::body_begin, session_event::kind::body_chunk, session_event::kind::body_end}) {
      session_event e;
      e.what = kind;
      e.id = c.id;
      e.body = &kept.about;
      if (kind == session_event::kind::body_chunk) e.chunk = kept.octets;
      events.push_back(std::move(e));
    }
  }
}

core::in_flight_command* session::impl::body_owner(const body_info& about) {
  core::in_flight_command* found = nullptr;
  for (auto& c : commands) {
    if (!c->answered_by(answer::fetch) || !c->cmd->wants_section(about)) continue;
    if (about.uid) return c.get();         // known message: the oldest command that asked for it
    if (found != nullptr) return nullptr;  // two candidates and no UID yet: collect, and decide when the row is whole
    found = c.get();
  }
  return found;
}

void session::impl::on_literal_begin(const wire::frame& f) {
  owner = nullptr;
  sink = nullptr;
  const auto what = literals->classify(f.text);
  if (what.is_fetch && what.sec) {
    *body = body_info();
    body->seq = what.seq;
    body->uid = what.uid;
    body->section = *what.sec;
    body->size = f.literal_size;
    owner = body_owner(*body);
    if (owner != nullptr && owner->abandoned) {
      in_body = true;
      framer.decide(wire::literal_mode::stream);
      return drained(*owner, f.literal_size);
    }
    if (owner != nullptr && !owner->streaming) sink = owner->cmd->on_body(*body);
    if (owner != nullptr && (owner->streaming || sink != nullptr)) {
      in_body = true;
      framer.decide(wire::literal_mode::stream);
      if (owner->streaming) {
        session_event e;
        e.what = session_event::kind::body_begin;
        e.id = owner->id;
        e.body = &*body;
        events.push_back(std::move(e));
      } else if (auto ok = sink->begin(*body); !ok && !owner->failure) {
        owner->failure = ok.error();
      }
      return;
    }
    if (f.literal_size > options.limits.body_in_memory_octets) {
      return fail_all(
          error(errc::limit_exceeded, "a message body is larger than may be collected into memory; stream it to a sink")
              .set_limit("body_in_memory_octets", options.limits.body_in_memory_octets));
    }
  } else if (f.literal_size > options.limits.string_octets) {
    return fail_all(error(errc::limit_exceeded, "a literal is larger than allowed")
                        .set_limit("string_octets", options.limits.string_octets));
  }
  framer.decide(wire::literal_mode::collect);
}

void session::impl::on_literal_bytes(std::string_view octets) {
  if (owner == nullptr || owner->abandoned) return;
  if (owner->streaming) {
    session_event e;
    e.what = session_event::kind::body_chunk;
    e.id = owner->id;
    e.body = &*body;
    e.chunk = octets;
    events.push_back(std::move(e));
  } else if (sink != nullptr && !owner->failure) {
    if (auto ok = sink->write(octets); !ok) owner->failure = ok.error();
  }
}

void session::impl::on_literal_end() {
  in_body = false;
  if (owner == nullptr || owner->abandoned) return;
  if (owner->streaming) {
    session_event e;
    e.what = session_event::kind::body_end;
    e.id = owner->id;
    e.body = &*body;
    events.push_back(std::move(e));
  } else if (sink != nullptr && !owner->failure) {
    if (auto ok = sink->end(*body); !ok) owner->failure = ok.error();
  }
  owner = nullptr;
  sink = nullptr;
}

void session::impl::drained(core::in_flight_command& c, std::uint64_t octets) {
  c.drained_octets += octets;
  if (c.drained_octets > options.limits.drain_octets) {
    fail_all(error(errc::cancelled, "too much of a cancelled command's answer was left to read")
                 .set_limit("drain_octets", options.limits.drain_octets)
                 .set_fatal(true));
  }
}

void session::impl::on_response(response& r) {
  if (auto* s = std::get_if<status_response>(&r)) {
    for (const auto& c : commands) c->echo.remove_from(s->text);
    if (!greeted) return on_greeting(*s);
    if (s->tag_missing && commands.size() == 1 && fully_sent(*commands.front())) {
      return complete(*commands.front(), *s);  // quirk G-10c: it can only be about this one
    }
    if (!s->tag.empty()) return on_tagged(*s);
    return on_status(*s);
  }
  if (!greeted) {
    // Data in front of the greeting: nothing that an IMAP server says (RFC 9051 section 7.1).
    return fail_all(
        error(errc::invalid_greeting, "the server's first line is no IMAP greeting").set_phase(phase::greeting));
  }
  if (const auto* c = std::get_if<continuation_response>(&r)) return on_continuation(*c);

  if (const auto* f = std::get_if<fetch_response>(&r)) {
    // The forms that the fast path leaves alone: UIDFETCH, and sequence number 0, which is found by its UID (quirk
    // F-01).
    *row = f->row;
    return on_row(*row, row->text().size());
  }

  const auto kind = std::visit(answer_of{}, r);
  if (const auto* c = std::get_if<capability_response>(&r)) learn_capabilities(c->capabilities);
  if (const auto* e = std::get_if<enabled_response>(&r)) {
    for (const auto& name : e->capabilities.names()) info.enabled.insert(name);
    info.utf8 = info.enabled.contains("UTF8=ACCEPT") || info.enabled.contains("IMAP4rev2");
  }
  std::optional<mailbox_event> change;
  if (const auto* x = std::get_if<exists_response>(&r)) change = tracker.exists(x->count);
  if (const auto* x = std::get_if<recent_response>(&r)) change = tracker.recent(x->count);
  if (const auto* x = std::get_if<expunge_response>(&r)) change = tracker.expunge(x->seq);
  if (const auto* x = std::get_if<vanished_response>(&r)) change = tracker.vanished(x->uids, x->earlier);
  if (const auto* x = std::get_if<flags_response>(&r)) tracker.flags(x->flags);

  const auto* found = std::get_if<esearch_response>(&r);
  const bool untagged = found != nullptr ? found->value.tag.empty() : std::holds_alternative<search_response>(r);
  for (auto& c : commands) {
    if (!c->answered_by(kind)) continue;
    if (untagged && c->scope.names_tag) distrust_search_tags();
    if (c->abandoned || c->cmd->on_response(r)) {
      tell(change);
      return;
    }
  }
  tell(change);
  // Removals are never counted: a mailbox of a million messages may be emptied at once.
  if (kind == answer::expunge) return;
  if (kind == answer::mailbox) {
    (void)flooded();
  } else {
    unclaimed(r);
  }
}

void session::impl::tell(const std::optional<mailbox_event>& e) {
  if (!e || options.observer == nullptr) return;
  options.observer->on_mailbox_event(*e);
}

bool session::impl::flooded() {
  const bool idling = std::any_of(commands.begin(), commands.end(), [](const auto& c) { return c->idling; });
  if (idling || ++unasked <= options.limits.unasked_responses) return false;
  fail_all(error(errc::limit_exceeded, "the server floods the session with data that nobody asked for")
               .set_limit("unasked_responses", options.limits.unasked_responses));
  return true;
}

void session::impl::unclaimed(response& r) {
  if (flooded() || options.observer == nullptr) return;
  if (const auto* u = std::get_if<unparsed_response>(&r)) return options.observer->on_unparsed(u->item);
  if (const auto* f = std::get_if<fetch_response>(&r)) {
    if (auto flags_now = f->row.flags()) {
      mailbox_event e;
      e.what = mailbox_event::kind::flags;
      e.number = f->row.seq();
      e.uid = f->row.uid();
      e.flags = std::move(*flags_now);
      return options.observer->on_mailbox_event(e);
    }
  }
  options.observer->on_unclaimed(r);
}

}  // namespace imapxx::inline v0
