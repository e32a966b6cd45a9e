/// \file
/// What a server says, given to a session whose events one operation is told of: for the hosts in the tests of
/// operations.
#pragma once

#include "core/operation.hpp"
#include "unit/core/session_harness.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace imapxx::core {

inline void answer(test::session_test& t, operation& op, operation_host& host, std::string_view bytes) {
  test::receive(t.protocol, bytes);
  for (auto e = t.protocol.next(); e.what != session_event::kind::none; e = t.protocol.next()) {
    if (e.what == session_event::kind::completed) {
      EXPECT_TRUE(op.on_completed(host, e));
    }
    if (e.what == session_event::kind::continuation) op.on_continuation(host, e.id, host.now());
    if (e.what == session_event::kind::closed) break;
  }
}

}  // namespace imapxx::core
