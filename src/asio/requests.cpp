// What an async_client can be asked for: one class each.
#include <imapxx/commands/simple.hpp>

#include "asio/async_core.hpp"
#include "core/append_operation.hpp"
#include "core/connect_operation.hpp"
#include "core/download_operation.hpp"
#include "core/fetch_operation.hpp"
#include "core/move_operation.hpp"
#include "core/plain_operations.hpp"
#include "core/start_operation.hpp"

#include <utility>

namespace imapxx::inline v0::detail {
namespace {

using clock = std::chrono::steady_clock;

/// Waits for one command.
class command_request : public async_request {
 public:
  bool done(async_core& core, outcome& how) override {
    auto o = core.engine().take(id_);
    if (!o) return false;
    how.failure = std::move(o->failure);
    how.finished = std::move(o->finished);
    return true;
  }
  void stop(async_core& core) noexcept override { core.engine().abandon(id_); }

 protected:
  command_id id_ = 0;
};

class run_request final : public command_request {
 public:
  explicit run_request(std::unique_ptr<command> cmd) : cmd_(std::move(cmd)) {}
  result<void> start(async_core& core) override {
    auto id = core.submit(std::move(cmd_));
    if (!id) return id.error();
    id_ = *id;
    core.wait_for(id_);
    return {};
  }

 private:
  std::unique_ptr<command> cmd_;
};

class wait_request final : public command_request {
 public:
  explicit wait_request(std::shared_ptr<async_ticket_state> ticket) : ticket_(std::move(ticket)) {}
  result<void> start(async_core& core) override {
    if (ticket_->refused) return ticket_->refused;
    id_ = std::exchange(ticket_->id, 0);
    if (id_ == 0) return error(errc::invalid_argument, "this ticket was waited for already");
    if (!core.usable() && !core.engine().is_done(id_)) return core.engine().gone();
    core.wait_for(id_);
    return {};
  }

 private:
  std::shared_ptr<async_ticket_state> ticket_;
};

/// Runs one operation of several commands.
class operation_request : public async_request {
 public:
  bool done(async_core& core, outcome& how) override {
    if (!op_ || !op_->done()) return false;
    core.engine().detach(*op_);
    how.failure = op_->failure();
    return true;
  }
  void stop(async_core& core) noexcept override {
    if (!op_) return;
    core.engine().detach(*op_);
    op_->give_up(core.engine());
  }

 protected:
  result<void> perform(async_core& core, std::unique_ptr<core::operation> op) {
    if (!core.usable()) return core.engine().gone();
    op_ = std::move(op);
    core.engine().attach(*op_);
    op_->start(core.engine(), clock::now());
    core.wake_up();
    return {};
  }
  [[nodiscard]] core::operation* operation() const noexcept { return op_.get(); }

 private:
  std::unique_ptr<core::operation> op_;
};

class login_request final : public operation_request {
 public:
  explicit login_request(credentials who) : who_(std::move(who)) {}
  result<void> start(async_core& core) override {
    return perform(core, std::make_unique<core::login_operation>(who_, core.engine().protocol().options().rev2));
  }
  bool done(async_core& core, outcome& how) override {
    if (!operation_request::done(core, how)) return false;
    if (how.failure) {
      how.failure.set_host(core.engine().link().host());
    } else {
      core.engine().remember(who_);
    }
    return true;
  }

 private:
  credentials who_;
};

class start_request final : public operation_request {
 public:
  start_request(credentials who, start_plan plan) : who_(std::move(who)), plan_(std::move(plan)) {}
  result<void> start(async_core& core) override {
    const auto& e = core.engine();
    return perform(core, std::make_unique<core::start_operation>(who_, std::move(plan_), e.options().remembered,
                                                                 e.protocol().options().rev2));
  }
  bool done(async_core& core, outcome& how) override {
    if (!operation_request::done(core, how)) return false;
    if (how.failure) {
      how.failure.set_host(core.engine().link().host());
    } else {
      core.engine().remember(who_);
      how.value = std::make_shared<start_result>(static_cast<core::start_operation&>(*operation()).take_result());
    }
    return true;
  }

 private:
  credentials who_;
  start_plan plan_;
};

/// An operation that has a result.
template <class Op>
class typed_request final : public operation_request {
 public:
  explicit typed_request(std::unique_ptr<Op> op) : op_(std::move(op)) {}
  result<void> start(async_core& core) override { return perform(core, std::move(op_)); }
  bool done(async_core& core, outcome& how) override {
    if (!operation_request::done(core, how)) return false;
    if (!how.failure) {
      auto& op = static_cast<Op&>(*operation());
      how.value = std::make_shared<decltype(op.take_result())>(op.take_result());
    }
    return true;
  }

 private:
  std::unique_ptr<Op> op_;
};

template <class Op, class... Arguments>
std::shared_ptr<async_request> request_operation(Arguments... arguments) {
  return std::make_shared<typed_request<Op>>(std::make_unique<Op>(std::move(arguments)...));
}

/// Socket, then TLS and greeting, then log-in.
class connect_request final : public operation_request, public std::enable_shared_from_this<connect_request> {
 public:
  explicit connect_request(std::optional<credentials> who) : who_(std::move(who)) {}

  result<void> start(async_core& core) override {
    if (core.race() || (core.has_socket() && core.engine().greeted()) || core.engine().over() ||
        core.engine().expects_losses())
      return error(errc::wrong_state, "this client has connected already; make a new one").set_phase(phase::connect);
    const auto& o = core.engine().options();
    if (core.has_socket()) return greet(core);
    if (!o.command_argv.empty()) {
      return error(errc::invalid_argument, "the asynchronous client starts no programs; give it a socket with adopt()")
          .set_phase(phase::connect);
    }
    if (const auto limit = o.session_settings.timeouts.connect; limit.count() > 0)
      core.connect_until(clock::now() + limit);
    core.race() = std::make_shared<connector>(core.executor(), o.host_name, o.effective_port());
    core.race()->start([weak_core = core.weak_from_this(), self = weak_from_this()](result<stream_socket>& found) {
      const auto alive = weak_core.lock();
      const auto me = self.lock();
      if (alive && me) me->reached(*alive, found);
    });
    return {};
  }

  bool done(async_core& core, outcome& how) override {
    if (failure_) {
      how.failure = failure_;
    } else {
      if (!operation_request::done(core, how)) return false;
      if (!how.failure && who_ && core.engine().protocol().state() == session_state::not_authenticated) {
        used_ = std::move(who_);
        who_.reset();
        auto next =
            perform(core, std::make_unique<core::login_operation>(*used_, core.engine().protocol().options().rev2));
        connected_ = true;
        if (next && !operation()->done()) return false;
        if (next) (void)operation_request::done(core, how);
        if (!next) how.failure = next.error();
      }
    }
    if (how.failure) {
      how.failure.set_host(core.engine().options().host_name);
      if (!connected_) core.close_socket();
    } else if (core.race()) {
      core.race().reset();
      core.engine().expect_losses();
      if (used_) core.engine().remember(*used_);
    }
    return true;
  }

  void stop(async_core& core) noexcept override {
    if (core.race()) core.race()->cancel();
    core.connect_until(std::nullopt);
    operation_request::stop(core);
    if (!connected_) core.close_socket();
  }

 private:
  void reached(async_core& core, result<stream_socket>& found) {
    core.connect_until(std::nullopt);
    if (!found) {
      failure_ = found.error();
    } else if (auto ok = core.use_socket(std::move(*found)); !ok) {
      failure_ = ok.error();
    } else if (auto begun = greet(core); !begun) {
      failure_ = begun.error();
    }
    core.wake_up();
  }

  result<void> greet(async_core& core) {
    return perform(core, std::make_unique<core::connect_operation>(core.engine().options().mode,
                                                                   core.engine().options().remembered != nullptr));
  }

  std::optional<credentials> who_, used_;
  error failure_;
  bool connected_ = false;
};

class poll_request final : public async_request {
 public:
  explicit poll_request(std::chrono::milliseconds timeout) : timeout_(timeout) {}
  result<void> start(async_core& core) override {
    auto& e = core.engine();
    if (!core.usable()) return e.gone();
    before_ = e.octets_received();
    if (e.idle_too_long() || e.lost()) {
      if (auto kept = core.submit(std::make_unique<noop>())) e.forget(*kept);
    }
    core.until(clock::now() + std::max(timeout_, std::chrono::milliseconds(0)));
    return {};
  }
  bool done(async_core& core, outcome& how) override {
    how.truth = core.engine().octets_received() != before_;
    return how.truth;
  }
  void stop(async_core&) noexcept override {}
  void late(outcome&) override {}
  [[nodiscard]] bool has_effects() const noexcept override { return false; }
  [[nodiscard]] bool waits_for_quiet() const noexcept override { return true; }

 private:
  std::chrono::milliseconds timeout_;
  std::uint64_t before_ = 0;
};

class close_request final : public async_request {
 public:
  result<void> start(async_core& core) override {
    const auto& e = core.engine();
    if (!core.connected() || e.over() || !e.greeted()) {
      closed_ = true;
      core.drop(error(errc::closed, "the connection is closed").set_fatal(true));
      return {};
    }
    const auto limit = e.options().session_settings.timeouts.logout;
    core.until(clock::now() + (limit.count() > 0 ? limit : std::chrono::milliseconds(1000)));
    if (auto id = core.submit(std::make_unique<logout>())) id_ = *id;
    return {};
  }
  bool done(async_core& core, outcome&) override {
    if (closed_) return true;
    if (id_ != 0 && !core.engine().take(id_)) return false;
    finish(core);
    return true;
  }
  void stop(async_core& core) noexcept override { finish(core); }
  void late(outcome&) override {}

 private:
  void finish(async_core& core) noexcept {
    if (closed_) return;
    closed_ = true;
    try {
      core.engine().link().shutdown();
      core.close_socket();
      core.wake_up();
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): closing goes on without the courtesy
    }
  }
  command_id id_ = 0;
  bool closed_ = false;
};

class piece_request final : public async_request {
 public:
  explicit piece_request(std::shared_ptr<stream_state> s) : s_(std::move(s)) {}
  result<void> start(async_core& core) override {
    if (s_->refused) return s_->refused;
    if (s_->over) return {};
    s_->spool.release_current();
    if (!s_->spool.empty() || core.engine().is_done(s_->id)) return {};
    if (!core.connected()) return core.engine().gone();
    core.engine().wait_for_stream(s_->id);
    return {};
  }
  bool done(async_core& core, outcome& how) override {
    if (s_->over) return true;
    if (!s_->spool.empty()) {
      core.engine().wait_for_stream(0);
      auto piece = s_->spool.take();
      how.failure = piece.error();
      if (piece) how.piece = *piece;
      return true;
    }
    auto end = core.engine().take(s_->id);
    if (!end) return false;
    core.engine().wait_for_stream(0);
    core.engine().detach(s_->id);
    s_->over = true;
    how.failure = std::move(end->failure);
    return true;
  }
  void stop(async_core& core) noexcept override { core.engine().wait_for_stream(0); }
  [[nodiscard]] bool has_effects() const noexcept override { return false; }

 private:
  std::shared_ptr<stream_state> s_;
};

class event_request final : public async_request {
 public:
  explicit event_request(std::shared_ptr<event_state> s) : s_(std::move(s)) {}
  result<void> start(async_core& core) override {
    if (!s_->queue.empty()) return {};
    if (!core.usable()) return core.engine().gone();
    if (auto why = core.ensure_idle()) return why;
    core.wake_up();
    return {};
  }
  bool done(async_core& core, outcome& how) override {
    if (!s_->queue.empty()) {
      how.value = std::move(s_->queue.front());
      s_->queue.pop_front();
      return true;
    }
    how.failure = core.ensure_idle();
    return static_cast<bool>(how.failure);
  }
  void stop(async_core&) noexcept override {}
  [[nodiscard]] bool has_effects() const noexcept override { return false; }

 private:
  std::shared_ptr<event_state> s_;
};

}  // namespace

std::shared_ptr<async_request> request_run(std::unique_ptr<command> cmd) {
  return std::make_shared<run_request>(std::move(cmd));
}
std::shared_ptr<async_request> request_wait(const std::shared_ptr<async_ticket_state>& ticket) {
  return std::make_shared<wait_request>(ticket);
}
std::shared_ptr<async_request> request_connect(std::optional<credentials> who) {
  return std::make_shared<connect_request>(std::move(who));
}
std::shared_ptr<async_request> request_login(credentials who) {
  return std::make_shared<login_request>(std::move(who));
}
std::shared_ptr<async_request> request_start(credentials who, start_plan plan) {
  return std::make_shared<start_request>(std::move(who), std::move(plan));
}
std::shared_ptr<async_request> request_move(uid_set messages, mailbox_name to) {
  return request_operation<core::move_operation>(std::move(messages), std::move(to));
}
std::shared_ptr<async_request> request_move(seq_set messages, mailbox_name to) {
  return request_operation<core::move_operation>(std::move(messages), std::move(to));
}
std::shared_ptr<async_request> request_plain(list what) {
  return request_operation<core::list_operation>(std::move(what));
}
std::shared_ptr<async_request> request_plain(search what) {
  return request_operation<core::search_operation<search>>(std::move(what));
}
std::shared_ptr<async_request> request_plain(uid_search what) {
  return request_operation<core::search_operation<uid_search>>(std::move(what));
}
std::shared_ptr<async_request> request_plain(store what) {
  return request_operation<core::store_operation>(std::move(what));
}
std::shared_ptr<async_request> request_fetch(fetch what, std::size_t most_commands) {
  return request_operation<core::fetch_operation>(std::move(what), most_commands);
}
std::shared_ptr<async_request> request_download(download what) {
  return request_operation<core::download_operation>(std::move(what));
}
std::shared_ptr<async_request> request_append(mailbox_name to, std::vector<append_message> messages) {
  return request_operation<core::append_operation>(std::move(to), std::move(messages));
}
std::shared_ptr<async_request> request_poll(std::chrono::milliseconds timeout) {
  return std::make_shared<poll_request>(timeout);
}
std::shared_ptr<async_request> request_close() { return std::make_shared<close_request>(); }
std::shared_ptr<async_request> request_piece(std::shared_ptr<stream_state> stream) {
  return std::make_shared<piece_request>(std::move(stream));
}
std::shared_ptr<async_request> request_event(std::shared_ptr<event_state> events) {
  return std::make_shared<event_request>(std::move(events));
}

}  // namespace imapxx::inline v0::detail
