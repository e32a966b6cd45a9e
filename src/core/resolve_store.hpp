/// \file
/// STORE with `unchanged_since` exactly once.
#pragma once

#include <imapxx/commands/store.hpp>

#include "core/resolve.hpp"

#include <memory>

namespace imapxx::inline v0::core {

/// Only the first such STORE takes effect, so that a second one would call its own work somebody else's (RFC 7162
/// section 3.1.3). Messages whose mod-sequence is no later than the condition were not changed by anybody; those that
/// are later and have the wanted flags may have been changed by us or by somebody else, and nothing tells by whom.
class store_guard final : public guard {
 public:
  store_guard(guard_host& around, const store& cmd);
  void start(operation_host& host, time_point now) override;
  void resume(operation_host& host, time_point now, bool same) override;

 private:
  void send(operation_host& host);
  void look(operation_host& host);
  [[nodiscard]] bool as_wanted(const flag_list& present) const;
  store cmd_;
};

}  // namespace imapxx::inline v0::core
