#include <imapxx/fetch_stream.hpp>

#include "blocking/client_core.hpp"

#include <utility>

namespace imapxx::inline v0 {

struct fetch_stream::state {
  std::shared_ptr<detail::client_core> core;
  command_id id = 0;
  error refused;
  bool over = false;
  core::fetch_spool spool;

  // What is there already, as long as nothing else is to be told first.
  const fetch_event* received() {
    if (spool.has_rows()) return spool.take_row();
    if (id == 0 || over || !spool.empty() || core->is_done(id)) return nullptr;
    return core->received_row(id, spool);
  }
};

fetch_stream::fetch_stream(std::shared_ptr<detail::client_core> core, const result<command_id>& submitted)
    : state_(std::make_unique<state>()) {
  state_->core = std::move(core);
  if (!submitted) {
    state_->refused = submitted.error();
    return;
  }
  state_->id = *submitted;
  state_->core->engine().attach(state_->id, state_->spool);
}

fetch_stream::~fetch_stream() {
  if (state_ && state_->id != 0 && !state_->over) state_->core->abandon(state_->id);
}
fetch_stream::fetch_stream(fetch_stream&&) noexcept = default;
fetch_stream& fetch_stream::operator=(fetch_stream&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

result<const fetch_event*> fetch_stream::try_next() {
  auto& s = *state_;
  if (s.refused) return s.refused;
  if (s.over) return static_cast<const fetch_event*>(nullptr);
  if (const auto* here = s.received()) return here;
  if (s.spool.empty() && !s.core->is_done(s.id)) {
    if (auto ok = s.core->fill(s.id, s.spool); !ok) return ok.error();
  }
  if (!s.spool.empty()) return s.spool.take();
  s.over = true;
  s.core->engine().detach(s.id);
  auto done = s.core->wait(s.id);
  if (!done) return done.error();
  return static_cast<const fetch_event*>(nullptr);
}

const fetch_event* fetch_stream::next() {
  if (const auto* here = state_->received()) return here;
  return try_next().value();
}

const fetch_row* fetch_stream::next_row() {
  if (auto& spool = state_->spool; spool.has_rows()) return spool.take_row()->row;
  for (;;) {
    const auto* e = next();
    if (e == nullptr) return nullptr;
    if (e->what == fetch_event::kind::row) return e->row;
  }
}

}  // namespace imapxx::inline v0
