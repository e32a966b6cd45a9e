// The sequence of events: changes of the mailbox and data that nobody asked for, while IDLE or polling runs.
#include "asio/async_core.hpp"
#include "core/idle_operation.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace imapxx::inline v0::detail {
namespace {

// Events that nobody has asked for yet; a consumer that is further behind reads the mailbox anew.
constexpr std::size_t max_queued_events = 10'000;

}  // namespace

void event_state::push(std::shared_ptr<push_event> e) {
  if (queue.size() >= max_queued_events) {
    queue.clear();
    e = std::make_shared<push_event>();
    e->what = push_event::kind::overflow;
  }
  queue.push_back(std::move(e));
}

void async_core::add_events(event_state* s) {
  events_.push_back(s);
  if (events_.size() > 1) return;
  engine_.on_change = [this](const mailbox_event& change) {
    for (auto* to : events_) {
      auto e = std::make_shared<push_event>();
      e->change = change;
      to->push(std::move(e));
    }
  };
  engine_.on_push = [this](const response& r) {
    if (std::holds_alternative<fetch_response>(r)) return;  // a view; flags come as changes of the mailbox
    const auto data = std::make_shared<const response>(r);
    for (auto* to : events_) {
      auto e = std::make_shared<push_event>();
      e->what = push_event::kind::data;
      e->data = data;
      to->push(std::move(e));
    }
  };
}

void async_core::remove_events(event_state* s) noexcept {
  std::erase(events_, s);
  if (!events_.empty()) return;
  engine_.on_change = nullptr;
  engine_.on_push = nullptr;
  if (!idle_) return;
  if (const auto id = idle_->waiting_for(); id != 0) engine_.abandon(id);  // ends IDLE with DONE
  engine_.detach(*idle_);
  idle_.reset();
  try {
    if (!dropped_) wake_up();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): DONE leaves with the next operation
  }
}

error async_core::ensure_idle() {
  if (idle_ && idle_->done()) {
    if (idle_->failure()) return idle_->failure();
    engine_.detach(*idle_);
    idle_.reset();
  }
  if (idle_) return {};
  const auto refresh = engine_.options().session_settings.timeouts.idle_refresh;
  idle_ = std::make_unique<core::idle_operation>(std::nullopt, refresh, idle_poll);
  engine_.attach(*idle_);
  idle_->start(engine_, std::chrono::steady_clock::now());
  return idle_->done() ? idle_->failure() : error();
}

}  // namespace imapxx::inline v0::detail
