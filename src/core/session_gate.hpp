/// \file
/// What operations may do with a session and callers may not.
#pragma once

#include <imapxx/session.hpp>

#include <memory>

namespace imapxx::inline v0 {

class session_gate {
 public:
  /// A session that makes no copy of its options: they must outlive it. `to` hears of what is told, instead of the
  /// observer that they name.
  static session with_shared_options(const session_options& options, observer* to);
  /// As `session::submit`, for a command that leaves although the log-in, or the SELECT, in front of it is not answered
  /// yet: checked for the state that holds when they succeed, and for no capability. Who calls this knows that the
  /// server sends no continuation request meanwhile, and takes care of the case that they fail: then the server refuses
  /// what follows them.
  static result<command_id> submit_ahead(session& s, std::unique_ptr<command> cmd);
  /// The session's observer does nothing with `on_raw` and `on_trace`: they need not be called where that takes work.
  static void nobody_hears_octets(session& s) noexcept;
};

}  // namespace imapxx::inline v0
