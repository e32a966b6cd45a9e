#include <imapxx/asio.hpp>

#include "asio/async_core.hpp"
#include "core/move_operation.hpp"

#include <new>
#include <utility>

namespace imapxx::inline v0 {
namespace detail {

async_ticket_state::async_ticket_state(std::shared_ptr<async_core> c, result<command_id> submitted)
    : core(std::move(c)), id(submitted ? *submitted : 0), refused(submitted.error()) {}

async_ticket_state::~async_ticket_state() {
  if (id != 0) core->engine().abandon(id);
}

std::shared_ptr<async_ticket_state> submit_to(const std::shared_ptr<async_core>& core, std::unique_ptr<command> cmd) {
  return std::make_shared<async_ticket_state>(core, core->submit(std::move(cmd)));
}

const std::shared_ptr<async_core>& core_of(const async_ticket_state& ticket) noexcept { return ticket.core; }

stream_state::stream_state(std::shared_ptr<async_core> c, result<command_id> submitted)
    : core(std::move(c)), id(submitted ? *submitted : 0), refused(submitted.error()) {}

}  // namespace detail

async_fetch_stream::async_fetch_stream(std::shared_ptr<detail::stream_state> state) : state_(std::move(state)) {}
async_fetch_stream::async_fetch_stream(async_fetch_stream&&) noexcept = default;
async_fetch_stream& async_fetch_stream::operator=(async_fetch_stream&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

async_fetch_stream::~async_fetch_stream() {
  if (!state_ || state_->id == 0) return;
  auto& engine = state_->core->engine();
  engine.wait_for_stream(0);
  engine.detach(state_->id);  // the spool may live on in a handler, but takes nothing more
  if (!state_->over) engine.abandon(state_->id);
  state_->over = true;
  try {
    if (state_.use_count() > 1) state_->core->wake_up();  // somebody still waits for a piece
  } catch (const std::bad_alloc&) {
    engine.break_off();
  }
}

const std::shared_ptr<detail::async_core>& async_fetch_stream::core() const noexcept { return state_->core; }

const fetch_event* async_fetch_stream::next_received() {
  auto& s = *state_;
  if (s.spool.has_rows()) return s.spool.take_row();
  if (s.refused || s.over) return nullptr;
  s.spool.release_current();
  if (s.spool.empty()) {
    if (const auto* row = s.core->advance(s.id, s.spool)) return row;
  }
  if (s.spool.empty()) return nullptr;
  auto piece = s.spool.take();
  if (!piece) s.refused = piece.error();  // `async_next` tells
  return piece ? *piece : nullptr;
}

async_event_stream::async_event_stream(std::shared_ptr<detail::event_state> state) : state_(std::move(state)) {
  state_->core->add_events(state_.get());
}
async_event_stream::async_event_stream(async_event_stream&&) noexcept = default;
async_event_stream& async_event_stream::operator=(async_event_stream&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}
async_event_stream::~async_event_stream() {
  if (state_) state_->core->remove_events(state_.get());
}
const std::shared_ptr<detail::async_core>& async_event_stream::core() const noexcept { return state_->core; }

async_client::async_client(asio::any_io_executor executor, connect_options options)
    : core_(std::make_shared<detail::async_core>(std::move(executor), std::move(options))) {}

async_client::~async_client() {
  if (!core_) return;
  try {
    core_->drop(error(errc::closed, "the client was destroyed").set_fatal(true));
  } catch (const std::bad_alloc&) {  // then those that wait are let go without a word
    core_->engine().break_off();
    core_->shut_down();
    core_->close_socket();
  }
}
async_client::async_client(async_client&&) noexcept = default;
async_client& async_client::operator=(async_client&& other) noexcept {
  std::swap(core_, other.core_);
  return *this;
}

result<void> async_client::adopt(int connected_socket) { return core_->adopt(connected_socket); }

async_fetch_stream async_client::stream(imapxx::v0::fetch cmd) {
  auto state = std::make_shared<detail::stream_state>(
      core_, core_->submit(std::make_unique<imapxx::v0::fetch>(std::move(cmd)), true));
  if (state->id != 0) core_->engine().attach(state->id, state->spool);
  return async_fetch_stream(std::move(state));
}

async_event_stream async_client::events() { return async_event_stream(std::make_shared<detail::event_state>(core_)); }

async_client& async_client::idle_poll(std::chrono::milliseconds every) {
  core_->idle_poll = every;
  return *this;
}

void async_client::cancel() noexcept {
  try {
    asio::dispatch(core_->executor(), [core = core_] { core->cancel_all(); });
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): without memory nothing can be told
  }
}

async_client& async_client::expires_after(std::optional<std::chrono::milliseconds> duration) {
  core_->engine().expires_at =
      duration ? deadline_point(std::chrono::steady_clock::now() + *duration) : deadline_point();
  core_->wake_up();
  return *this;
}

const asio::any_io_executor& async_client::get_executor() const noexcept { return core_->executor(); }
bool async_client::connected() const noexcept { return core_ && core_->connected() && !protocol().closed(); }
const mailbox_view& async_client::mailbox() const noexcept { return protocol().mailbox(); }
session_state async_client::state() const noexcept { return protocol().state(); }
const capability_set& async_client::capabilities() const noexcept { return protocol().info().capabilities; }
bool async_client::tls() const noexcept { return core_->engine().tls(); }

std::string async_client::tls_description() const {
  const auto* filter = core_->engine().link().tls_filter();
  if (filter == nullptr || !tls()) return {};
  const auto p = filter->info();
  return p.version + " " + p.cipher;
}

const std::string& async_client::greeting() const noexcept { return core_->engine().greeting_text(); }
std::vector<std::string> async_client::plan_move() const {
  return core::move_operation(uid_set::all(), "INBOX").plan(protocol().info());
}
const session& async_client::protocol() const noexcept { return core_->engine().protocol(); }

}  // namespace imapxx::inline v0
