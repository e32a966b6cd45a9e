/// \file
/// What both drivers do beside moving bytes: who waits for what, what has ended, until when. No I/O, no clock, no
/// thread.
#pragma once

#include <imapxx/event.hpp>
#include <imapxx/options.hpp>
#include <imapxx/stream.hpp>

#include "core/connection.hpp"
#include "core/fetch_spool.hpp"
#include "core/operation.hpp"
#include "core/reconnect.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::core {

/// How one command ended, kept until somebody asks.
struct outcome {
  error failure;
  std::unique_ptr<command> finished;
};

/// A connection with the commands, operations and streams that are under way on it. The driver moves bytes (`output`,
/// `sent`, `input_buffer`, `received`, `ended`), calls `handle_event` as long as it returns something, and keeps the
/// deadlines that `deadline` and `wakeup` name. Time is an input everywhere. Not thread-safe.
class engine final : public operation_host, public observer, public recovery_owner {
 public:
  /// What `handle_event` did.
  enum class progress : std::uint8_t {
    none,      ///< there was no event: bytes must be moved
    other,     ///< something that nobody waits for
    finished,  ///< the outcome of command `last()` can be taken
    streamed   ///< stream `last()` has a piece, or has failed
  };

  engine(connect_options options, time_point now);

  // --- operation_host
  result<command_id> submit(std::unique_ptr<command> cmd) override { return submit(std::move(cmd), false); }
  result<command_id> submit_ahead(std::unique_ptr<command> cmd) override;
  [[nodiscard]] std::string_view greeting() const override { return greeting_; }
  void end_idle(command_id id) override;
  result<void> start_tls() override { return link_->start_tls(); }
  [[nodiscard]] time_point now() const override { return now_; }
  [[nodiscard]] const session& protocol() const override { return link_->protocol(); }
  [[nodiscard]] sasl_context sasl() const override { return link_->sasl(); }
  [[nodiscard]] bool tls() const override { return link_->tls(); }

  /// As of this moment; to be told before anything that submits.
  void set_now(time_point now) noexcept {
    now_ = now;
    if (recovery_) recovery_->set_now(now);
  }
  result<command_id> submit(std::unique_ptr<command> cmd, bool streaming);
  /// Nobody will ask how it ended.
  void abandon(command_id id) noexcept override;
  void forget(command_id id) { dropped_.insert(id); }
  [[nodiscard]] bool is_done(command_id id) const noexcept { return finished_.contains(id); }
  [[nodiscard]] std::optional<outcome> take(command_id id);
  [[nodiscard]] bool idle_too_long() const;

  /// Operations hear of every event while they are attached.
  void attach(operation& op) { operations_.push_back(&op); }
  void detach(operation& op) noexcept { std::erase(operations_, &op); }

  /// Data of the streaming command goes to the spool while it is attached.
  void attach(command_id id, fetch_spool& spool) { spools_[id] = &spool; }
  void detach(command_id id) noexcept { spools_.erase(id); }
  /// The stream whose consumer waits, and uses a piece before it lets anything else happen: no copy is made for it. 0:
  /// none.
  void wait_for_stream(command_id id) noexcept { waiting_stream_ = id; }
  /// For the consumer of this stream, whose spool is empty: puts rows that are here already into its places, without
  /// an event for each. \return how many; 0 says nothing of what is to come: ask `handle_event`
  [[nodiscard]] std::size_t next_rows(command_id id, std::span<fetch_row> into) {
    const bool alone = spools_.size() == 1 && spools_.begin()->first == id;
    return alone && !broken_ && !recovery_ ? link_->next_rows(id, into) : 0;
  }
  /// Copies what consumers of other streams than the waiting one still look at; to be called before `handle_event`
  /// whenever control comes from a caller.
  void keep_pieces();

  [[nodiscard]] progress handle_event();
  [[nodiscard]] command_id last() const noexcept { return last_; }

  // --- the network
  [[nodiscard]] std::string_view output() { return broken_ || lost() ? std::string_view() : link_->output(); }
  void sent(std::size_t n);
  [[nodiscard]] std::span<char> input_buffer() { return link_->input_buffer(); }
  void received(std::size_t n);
  [[nodiscard]] std::uint64_t octets_received() const noexcept { return octets_received_; }
  /// The peer's side ended (no error), or reading or writing failed.
  void ended(const error& why);
  [[nodiscard]] bool network_ended() const noexcept { return network_ended_; }
  /// The transport is there only now.
  void restart_clock(time_point now) noexcept { now_ = last_progress_ = last_sent_ = oldest_since_ = now; }

  // --- another connection after this one (options().reconnecting)
  /// From now on a lost connection is made again, as the policy says. To be called once, when the first one is ready
  /// and no command is outstanding.
  void expect_losses();
  /// How to log in then.
  void remember(const credentials& who);
  /// There is no connection at present, but there may be one again: the transport is to be closed, `wakeup` waited for.
  [[nodiscard]] bool lost() const noexcept { return recovery_ && recovery_->lost(); }
  [[nodiscard]] bool expects_losses() const noexcept { return recovery_ != nullptr; }
  [[nodiscard]] bool wants_transport() const noexcept { return recovery_ && recovery_->wants_transport(); }
  void transport_ready(time_point now) { recovery_->transport_ready(now); }
  void transport_failed(const error& why, time_point now) { recovery_->transport_failed(why, now); }

  // --- time
  /// When the peer must have answered; the connection is over otherwise.
  struct limit {
    deadline_point at;
    phase in = phase::none;
  };
  [[nodiscard]] limit deadline() const;
  /// That deadline has passed: every command fails.
  void expire(phase in);
  /// When the first of the operations wants to be woken.
  [[nodiscard]] deadline_point wakeup() const;
  void wake(time_point now);
  deadline_point expires_at;

  /// Memory ran out in the middle of something: the session can only be destroyed, and the connection is over.
  void break_off() noexcept;
  /// Why the connection is over, if it is.
  [[nodiscard]] const std::optional<error>& over() const noexcept { return over_; }
  [[nodiscard]] error gone() const;
  [[nodiscard]] bool greeted() const noexcept { return greeted_; }
  [[nodiscard]] const std::string& greeting_text() const noexcept { return greeting_; }
  [[nodiscard]] connection& link() noexcept { return *link_; }
  [[nodiscard]] const connection& link() const noexcept { return *link_; }
  [[nodiscard]] const connect_options& options() const noexcept { return *options_; }

  /// Hears of each change in the mailbox before the caller's observer does.
  std::function<void(const mailbox_event&)> on_change;
  /// Hears of each response that no command asked for, likewise.
  std::function<void(const response&)> on_push;

  // --- observer: passes everything on to the caller's
  void on_mailbox_event(const mailbox_event& e) override;
  void on_alert(std::string_view text) override;
  void on_status(const status_response& s) override;
  void on_unclaimed(const response& r) override;
  void on_unparsed(const unparsed_item& u) override;
  void on_raw(std::string_view text) override;
  void on_trace(trace_direction d, std::string_view text) override;
  [[nodiscard]] bool wants_trace() const noexcept override;

 private:
  void make_link();
  progress stream_piece(const session_event& e);
  progress completed(session_event& e);
  void measure_round_trip();
  progress handle_session_event(session_event& e);

  // --- recovery_owner
  [[nodiscard]] session& present_session() override { return link_->protocol(); }
  [[nodiscard]] const session& present_session() const override { return link_->protocol(); }
  result<void> begin_tls() override { return link_->start_tls(); }
  [[nodiscard]] sasl_context sasl_facts() const override { return link_->sasl(); }
  [[nodiscard]] bool is_tls() const override { return link_->tls(); }
  void renew_link(time_point now) override;
  void mailbox_may_have_changed(const mailbox_view& view) override;
  void all_over(const error& why) override { over_ = why; }

  observer* outer_;
  std::shared_ptr<const connect_options> options_;
  std::optional<connection> link_;
  std::unique_ptr<recovery> recovery_;  ///< nullptr: a lost connection is the end
  std::map<command_id, outcome> finished_;
  std::map<command_id, fetch_spool*> spools_;
  std::set<command_id> dropped_;  ///< abandoned: nobody will ask how they ended
  std::vector<operation*> operations_;
  command_id waiting_stream_ = 0;
  command_id last_ = 0;
  std::string greeting_;
  time_point now_;
  time_point last_progress_;
  time_point last_sent_;
  time_point oldest_since_;
  /// Of a command that is the only one: submitted, sent, answered.
  enum class trip : std::uint8_t { none, submitted, sent };
  trip trip_ = trip::none;
  std::optional<std::chrono::microseconds> last_trip_;
  std::uint64_t octets_received_ = 0;
  std::optional<error> over_;
  bool greeted_ = false;
  bool network_ended_ = false;
  bool broken_ = false;  ///< see `break_off`
};

}  // namespace imapxx::inline v0::core
