/// \file
/// What `client::move_messages` did.
#pragma once

#include <imapxx/commands/copy_move.hpp>

#include <cstdint>

namespace imapxx::inline v0 {

/// How a move was done; see `client::move_messages`.
enum class move_method : std::uint8_t {
  move,              ///< MOVE (RFC 6851): atomic for each message
  copy_uid_expunge,  ///< COPY, STORE `\Deleted`, UID EXPUNGE of exactly the messages moved
  copy_mark  ///< COPY and STORE `\Deleted`: the originals are still there, marked, because the server cannot expunge
             ///< single messages
};

/// The result of a move: where the messages went, and by which way.
class move_result {
 public:
  move_result() = default;
  move_method method = move_method::move;
  copy_result copied;  ///< COPYUID, where the server sent it
  /// Whether the originals are gone.
  [[nodiscard]] bool originals_removed() const noexcept { return method != move_method::copy_mark; }
};

}  // namespace imapxx::inline v0
