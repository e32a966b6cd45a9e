// FETCH that goes on where the server refuses single messages.
#pragma once

#include <imapxx/client.hpp>

#include "connection.hpp"
#include "exit_code.hpp"

#include <cstdint>

namespace imapxx::cli {

/// Names on standard error what could not be fetched, and remembers that there was such a thing.
class partial_fetch {
 public:
  explicit partial_fetch(connection& c) : c_(c) {}
  /// The messages of `uids` that the server gives.
  [[nodiscard]] fetch_results rows(const uid_set& uids, const fetch_items& items);
  void missing(std::uint32_t uid, const error& why);
  [[nodiscard]] exit_code code() const noexcept { return any_missing_ ? exit_code::refused : exit_code::ok; }

 private:
  connection& c_;
  bool any_missing_ = false;
};

}  // namespace imapxx::cli
