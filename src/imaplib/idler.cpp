#include <imapxx/imaplib/idler.hpp>

#include "imaplib/impl.hpp"

#include <chrono>
#include <utility>

namespace imapxx::inline v0::imaplib {

// Python's captured responses are one item a response; a response's code is an item of its own.
struct Idler::state {
  IMAP4& object;
  IMAP4::impl& of;
  command_id id = 0;
  std::string before;  ///< the object's state, given back by `done`
  deadline_point until;
  bool over = false;
};

Idler IMAP4::idle(timeout_t duration) {
  auto& i = *impl_;
  if (!i.quotes()) throw imaplib::error("Unknown IMAP4 command: 'idle'");
  if (!i.offers("IDLE")) throw imaplib::error("Server does not support IMAP4 IDLE");
  if (duration && dynamic_cast<const IMAP4_stream*>(this) != nullptr)
    throw imaplib::error("duration requires a socket connection");
  i.require_state("IDLE");
  i.before_sending();
  auto s = std::make_unique<Idler::state>(Idler::state{*this, i, 0, i.state, {}, false});
  if (duration) {
    s->until = std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::nanoseconds>(*duration);
  }
  i.captured.clear();
  i.capturing = true;
  i.idle_accepted = false;
  try {
    s->id = i.submit(i.make("IDLE", {}));
    const auto tag = i.tags.at(s->id);
    i.drive([&] { return i.idle_accepted || i.outcomes.contains(s->id); });
    if (!i.idle_accepted) {
      auto refused = i.take_outcome(s->id);
      if (!refused.answer) i.lost(refused.failure, "IDLE");
      const auto& [typ, data] = *refused.answer;
      if (typ == "NO") throw imaplib::error("idle denied: " + datum(data).repr());
      const bytes line(tag + " " + typ + " " + data.back().decode());
      throw imaplib::abort("unexpected status response: " + line.repr());
    }
  } catch (...) {
    i.capturing = false;
    throw;
  }
  i.state = "IDLING";
  return Idler(std::move(s));
}

Idler::Idler(std::unique_ptr<state> s) : state_(std::move(s)) {}
Idler::Idler(Idler&& other) noexcept = default;

Idler::~Idler() {
  try {
    done();
  } catch (...) {  // NOLINT(bugprone-empty-catch): a destructor has nobody to tell
  }
}

std::optional<reply> Idler::next() {
  if (!state_ || state_->over) return std::nullopt;
  auto& i = state_->of;
  if (i.captured.empty()) {
    i.read_until = state_->until;
    try {
      i.drive([&] { return !i.captured.empty() || i.outcomes.contains(state_->id); });
    } catch (const imapxx::v0::error& e) {
      i.read_until = std::nullopt;
      const bool ended = state_->until && *state_->until <= std::chrono::steady_clock::now();
      if (e.code() == errc::timeout && ended) return std::nullopt;
      throw;
    }
    i.read_until = std::nullopt;
  }
  if (i.captured.empty()) i.lost(i.outcomes[state_->id].failure, {});
  auto first = std::move(i.captured.front());
  i.captured.pop_front();
  return first;
}

std::vector<reply> Idler::burst(std::chrono::duration<double> interval) {
  std::vector<reply> all;
  if (!state_ || state_->over) return all;
  if (dynamic_cast<const IMAP4_stream*>(&state_->object) != nullptr)
    throw imaplib::error("burst() requires a socket connection");
  auto one = next();
  if (!one) return all;
  const auto whole = state_->until;
  while (one) {
    all.push_back(std::move(*one));
    const auto gap = std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::nanoseconds>(interval);
    state_->until = whole && *whole < gap ? *whole : gap;
    one = next();
  }
  state_->until = whole;
  return all;
}

void Idler::done() {
  if (!state_ || state_->over) return;
  state_->over = true;
  auto& i = state_->of;
  i.state = state_->before;
  i.capturing = false;
  for (auto& left : i.captured) i.file(std::move(left.typ), std::move(left.data));
  i.captured.clear();
  i.protocol.end_idle(state_->id);
  i.drive([&] { return i.outcomes.contains(state_->id); });
  auto ended = i.take_outcome(state_->id);
  if (ended.answer && ended.answer->typ == "BAD")
    throw imaplib::error("IDLE command error: BAD " + datum(ended.answer->data).repr());
  // A BYE that `next` gave out is no news.
  if (!ended.answer && (ended.failure.code() != errc::bye || i.unread.contains("BYE"))) i.lost(ended.failure, "IDLE");
}

}  // namespace imapxx::inline v0::imaplib
