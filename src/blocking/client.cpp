#include <imapxx/client.hpp>

#include "blocking/client_core.hpp"
#include "core/append_operation.hpp"
#include "core/connect_operation.hpp"
#include "core/download_operation.hpp"
#include "core/fetch_operation.hpp"
#include "core/idle_operation.hpp"
#include "core/move_operation.hpp"
#include "core/plain_operations.hpp"
#include "core/start_operation.hpp"

#include <utility>

namespace imapxx::inline v0 {
namespace detail {

result<command_id> submit_command(client_core& core, std::unique_ptr<command> cmd, bool streaming) {
  return core.submit(std::move(cmd), streaming);
}
result<std::unique_ptr<command>> wait_for_command(client_core& core, command_id id) { return core.wait(id); }
std::unique_ptr<command> run_command(std::shared_ptr<client_core> core, std::unique_ptr<command> cmd) {
  return core->wait(core->submit(std::move(cmd), false).value()).value();
}
bool command_is_done(const client_core& core, command_id id) noexcept { return core.is_done(id); }
void abandon_command(client_core& core, command_id id) noexcept { core.abandon(id); }

}  // namespace detail

client::client(std::shared_ptr<detail::client_core> core) : core_(std::move(core)) {}
client::client(connect_options options) : client(detail::client_core::connect(std::move(options), nullptr).value()) {}
client::client(connect_options options, std::unique_ptr<imapxx::v0::stream> transport)
    : client(detail::client_core::connect(std::move(options), std::move(transport)).value()) {}

client::client(connect_options options, const credentials& who) : client(std::move(options)) {
  if (state() == session_state::not_authenticated) authenticate_as(who);
}

result<client> client::try_connect(connect_options options) {
  auto core = detail::client_core::connect(std::move(options), nullptr);
  if (!core) return core.error();
  return client(std::move(core).value());
}

client::~client() {
  if (core_) core_->drop();
}
client::client(client&&) noexcept = default;
client& client::operator=(client&& other) noexcept {
  if (this != &other) {
    if (core_) core_->drop();
    core_ = std::move(other.core_);
  }
  return *this;
}

void client::authenticate_as(const credentials& who) { try_authenticate_as(who).value(); }

result<void> client::try_authenticate_as(const credentials& who) {
  core::login_operation op(who, core_->protocol().options().rev2);
  auto done = core_->perform(op);
  if (!done) return done.error().set_host(core_->engine().link().host());
  core_->engine().remember(who);
  return {};
}

start_result client::start(const credentials& who, start_plan plan) {
  core::start_operation op(who, std::move(plan), core_->engine().options().remembered,
                           core_->protocol().options().rev2);
  auto done = core_->perform(op);
  if (!done) throw_error(done.error().set_host(core_->engine().link().host()));
  core_->engine().remember(who);
  return op.take_result();
}

move_result client::move_messages(const uid_set& messages, const mailbox_name& to) {
  core::move_operation op(messages, to);
  core_->perform(op).value();
  return op.take_result();
}

move_result client::move_messages(const seq_set& messages, const mailbox_name& to) {
  core::move_operation op(messages, to);
  core_->perform(op).value();
  return op.take_result();
}

std::vector<std::string> client::plan_move() const {
  return core::move_operation(uid_set::all(), "INBOX").plan(core_->protocol().info());
}

std::vector<list_entry> client::list_mailboxes(imapxx::v0::list what) {
  core::list_operation op(std::move(what));
  core_->perform(op).value();
  return op.take_result();
}

seq_search_result client::search_messages(imapxx::v0::search what) {
  core::search_operation<imapxx::v0::search> op(std::move(what));
  core_->perform(op).value();
  return op.take_result();
}

uid_search_result client::search_messages(imapxx::v0::uid_search what) {
  core::search_operation<imapxx::v0::uid_search> op(std::move(what));
  core_->perform(op).value();
  return op.take_result();
}

store_result client::store_flags(imapxx::v0::store what) {
  core::store_operation op(std::move(what));
  core_->perform(op).value();
  return op.take_result();
}

fetch_messages_result client::fetch_messages(imapxx::v0::fetch what, std::size_t most_commands) {
  core::fetch_operation op(std::move(what), most_commands);
  core_->perform(op).value();
  return op.take_result();
}

download_result client::download_message(download what) {
  core::download_operation op(std::move(what));
  core_->perform(op).value();
  return op.take_result();
}

append_messages_result client::append_messages(const mailbox_name& mailbox, std::vector<append_message> messages) {
  core::append_operation op(mailbox, std::move(messages));
  core_->perform(op).value();
  return op.take_result();
}

bool client::idle(std::chrono::milliseconds duration, const std::function<bool(const mailbox_event&)>& stop) {
  const auto& t = core_->protocol().options().timeouts;
  core::idle_operation op(std::chrono::steady_clock::now() + duration, t.idle_refresh, core_->idle_poll);
  auto& engine = core_->engine();
  bool stopped = false;
  // `stop` may throw: what refers to this call must go with it.
  struct watch {
    core::engine& engine;
    ~watch() { engine.on_change = nullptr; }
  } const watching{engine};
  engine.on_change = [&](const mailbox_event& e) {
    if (!stop(e)) return;
    stopped = true;
    op.stop(engine);
  };
  core_->perform(op).value();
  return stopped;
}

client& client::idle_poll(std::chrono::milliseconds every) {
  core_->idle_poll = every;
  return *this;
}

fetch_stream client::stream(imapxx::v0::fetch cmd) {
  return fetch_stream(core_, core_->submit(std::make_unique<imapxx::v0::fetch>(std::move(cmd)), true));
}

bool client::poll(std::chrono::milliseconds timeout) { return core_->poll(timeout).value(); }
void client::flush() { core_->flush().value(); }
void client::cancel() noexcept { core_->cancel(); }

client& client::expires_after(std::optional<std::chrono::milliseconds> duration) {
  core_->engine().expires_at = duration ? std::optional(std::chrono::steady_clock::now() + *duration) : std::nullopt;
  return *this;
}

void client::close() noexcept { core_->close(); }
bool client::connected() const noexcept {
  return core_ && core_->transport() != nullptr && !core_->protocol().closed();
}
const mailbox_view& client::mailbox() const noexcept { return core_->protocol().mailbox(); }
session_state client::state() const noexcept { return core_->protocol().state(); }
const capability_set& client::capabilities() const noexcept { return core_->protocol().info().capabilities; }
bool client::tls() const noexcept { return core_->engine().tls(); }

std::string client::tls_description() const {
  const auto* filter = core_->engine().link().tls_filter();
  if (filter == nullptr || !core_->engine().tls()) return {};
  const auto p = filter->info();
  return p.version + " " + p.cipher;
}

const std::string& client::greeting() const noexcept { return core_->engine().greeting_text(); }
int client::native_handle() const noexcept {
  return core_->transport() != nullptr ? core_->transport()->native_handle() : -1;
}
const session& client::protocol() const noexcept { return core_->protocol(); }

}  // namespace imapxx::inline v0
