/// \file
/// The handle of a submitted command.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/session.hpp>

#include <memory>
#include <utility>

namespace imapxx::inline v0 {

namespace detail {
class client_core;
[[nodiscard]] IMAPXX_API result<command_id> submit_command(client_core& core, std::unique_ptr<command> cmd,
                                                           bool streaming);
/// Drives the connection until the command is over. \return the finished command, or why it failed
[[nodiscard]] IMAPXX_API result<std::unique_ptr<command>> wait_for_command(client_core& core, command_id id);
/// Submits, waits, and throws what went wrong.
[[nodiscard]] IMAPXX_API std::unique_ptr<command> run_command(std::shared_ptr<client_core> core,
                                                              std::unique_ptr<command> cmd);
[[nodiscard]] IMAPXX_API bool command_is_done(const client_core& core, command_id id) noexcept;
IMAPXX_API void abandon_command(client_core& core, command_id id) noexcept;
}  // namespace detail

/// A command on its way. Destroying it without waiting abandons the command: its answer is read and dropped. Belongs to
/// the client's thread; may outlive the client, and then only reports errors.
template <typed_command C>
class [[nodiscard]] ticket {
 public:
  using result_type = typename C::result_type;

  ticket(std::shared_ptr<detail::client_core> core, const result<command_id>& submitted)
      : core_(std::move(core)), id_(submitted ? *submitted : 0), refused_(submitted.error()) {}
  ticket(ticket&& other) noexcept
      : core_(std::move(other.core_)), id_(std::exchange(other.id_, 0)), refused_(std::move(other.refused_)) {}
  ticket& operator=(ticket&& other) noexcept {
    if (this != &other) {
      drop();
      core_ = std::move(other.core_);
      id_ = std::exchange(other.id_, 0);
      refused_ = std::move(other.refused_);
    }
    return *this;
  }
  ~ticket() { drop(); }

  /// Waits for the tagged response. Call it once. \throws error
  result_type wait() { return try_wait().value(); }
  [[nodiscard]] result<result_type> try_wait() {
    if (refused_) return refused_;
    if (id_ == 0) return error(errc::invalid_argument, "this ticket was waited for already");
    auto done = detail::wait_for_command(*core_, std::exchange(id_, 0));
    if (!done) return done.error();
    if constexpr (std::is_void_v<result_type>) {
      return {};
    } else {
      return static_cast<C&>(**done).take_result();
    }
  }
  /// Whether `wait` would return without waiting.
  [[nodiscard]] bool ready() const noexcept { return refused_ || id_ == 0 || detail::command_is_done(*core_, id_); }

 private:
  void drop() noexcept {
    if (id_ != 0) detail::abandon_command(*core_, id_);
    id_ = 0;
  }
  std::shared_ptr<detail::client_core> core_;
  command_id id_ = 0;
  error refused_;
};

}  // namespace imapxx::inline v0
