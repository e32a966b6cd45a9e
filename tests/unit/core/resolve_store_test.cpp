// STORE with UNCHANGEDSINCE: what the flags say after a loss, and what is made of it.
#include "unit/core/aftermath.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace imapxx::core {
namespace {

store conditional(store_mode mode) { return store(uid_set(5), mode, flag_list(flags::flagged)).unchanged_since(100); }

// RFC 7162 section 3.1.3: a message that was changed since is not changed. Whether it was by this command, its flags
// and its mod-sequence tell.
TEST(resolve_store, is_unknown_where_the_flags_are_as_wanted_and_newer) {
  struct row {
    store_mode mode;
    const char* flags;
    int modseq;
    bool repeated;
  };
  const row rows[] = {
      {store_mode::add, "\\Flagged", 120, false},
      {store_mode::add, "\\Flagged", 100, true},
      {store_mode::add, "\\Seen", 120, true},
      {store_mode::remove, "\\Seen", 120, false},
      {store_mode::remove, "\\Seen \\Flagged", 120, true},
      {store_mode::replace, "\\Flagged", 120, false},
      {store_mode::replace, "\\Recent \\Flagged", 120, false},  // \Recent is the server's
      {store_mode::replace, "\\Flagged \\Seen", 120, true},
      {store_mode::replace, "", 120, true},
  };
  for (const auto& r : rows) {
    SCOPED_TRACE(std::string(r.flags) + " " + std::to_string(r.modseq));
    lossy t(plain_policy());
    t.selected();
    const auto id = t.submit(conditional(r.mode));
    const auto sent = t.output();
    come_back(t);
    t.answer("UID FETCH 5 (UID FLAGS MODSEQ)", "* 1 FETCH (UID 5 FLAGS (" + std::string(r.flags) + ") MODSEQ (" +
                                                   std::to_string(r.modseq) + "))\r\n$ OK\r\n");
    if (!r.repeated) {
      EXPECT_EQ(t.outcome_of(id).code(), errc::outcome_unknown);
      EXPECT_EQ(t.output(), "");
      continue;
    }
    EXPECT_EQ(t.output(), sent);
    t.feed("$ OK [MODIFIED 5] changed by another\r\n");
    EXPECT_FALSE(t.outcome_of(id));
  }
}

TEST(resolve_store, a_look_that_fails_tells_nothing_and_one_that_is_lost_is_repeated) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(conditional(store_mode::add));
  (void)t.output();
  come_back(t);
  EXPECT_EQ(t.output(), "$ UID FETCH 5 (UID FLAGS MODSEQ)\n");
  come_back(t);
  t.answer("UID FETCH 5 (UID FLAGS MODSEQ)", "$ NO [SERVERBUG] no\r\n");
  EXPECT_EQ(t.outcome_of(id).code(), errc::outcome_unknown);
}

TEST(resolve_store, a_server_that_only_was_too_slow_may_still_do_it) {
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(conditional(store_mode::add));
  (void)t.output();
  t.of().expire(phase::command);
  (void)t.output();
  t.wait();
  t.connect();
  t.answer("SELECT INBOX", lossy::mailbox("7"));
  t.answer("UID FETCH 5 (UID FLAGS MODSEQ)", "* 1 FETCH (UID 5 FLAGS () MODSEQ (90))\r\n$ OK\r\n");
  EXPECT_EQ(t.outcome_of(id).code(), errc::outcome_unknown);
}

TEST(resolve_store, what_had_not_left_is_sent_and_never_into_other_uids) {
  for (const std::string_view uidvalidity : {"7", "8"}) {
    lossy t(plain_policy());
    t.selected();
    t.submit(idle());
    EXPECT_EQ(t.output(), "$ IDLE\n");
    const auto id = t.submit(conditional(store_mode::add));  // waits for the end of IDLE
    come_back(t, uidvalidity);
    if (uidvalidity == "7") {
      t.answer("IDLE", "+ idling\r\n");
      EXPECT_EQ(t.output(), "DONE\n");
      t.feed("$ OK\r\n");
      t.answer("UID STORE 5 (UNCHANGEDSINCE 100) +FLAGS (\\Flagged)", "$ OK\r\n");
      EXPECT_FALSE(t.outcome_of(id));
    } else {
      EXPECT_EQ(t.outcome_of(id).code(), errc::mailbox_changed);
      EXPECT_EQ(t.output(), "$ IDLE\n");
    }
  }
  lossy t(plain_policy());
  t.selected();
  const auto id = t.submit(conditional(store_mode::add));
  (void)t.output();
  come_back(t, "8");
  EXPECT_EQ(t.outcome_of(id).code(), errc::outcome_unknown);
}

}  // namespace
}  // namespace imapxx::core
