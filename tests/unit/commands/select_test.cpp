#include <imapxx/commands/select.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<select> && is_proper_command<examine> && is_proper_command<close> &&
              is_proper_command<unselect>);

TEST(select, example_of_rfc3501) {  // section 6.3.1
  probe p;
  select c("INBOX");
  EXPECT_EQ(p.wire(c), "SELECT INBOX");
  EXPECT_TRUE(p.feed(c, "* 172 EXISTS"));
  EXPECT_TRUE(p.feed(c, "* 1 RECENT"));
  EXPECT_TRUE(p.feed(c, "* OK [UNSEEN 12] Message 12 is first unseen"));
  EXPECT_TRUE(p.feed(c, "* OK [UIDVALIDITY 3857529045] UIDs valid"));
  EXPECT_TRUE(p.feed(c, "* OK [UIDNEXT 4392] Predicted next UID"));
  EXPECT_TRUE(p.feed(c, R"(* FLAGS (\Answered \Flagged \Deleted \Seen \Draft))"));
  EXPECT_TRUE(p.feed(c, R"(* OK [PERMANENTFLAGS (\Deleted \Seen \*)] Limited)"));
  EXPECT_FALSE(p.complete(c, "A1 OK [READ-WRITE] SELECT completed"));
  const auto view = c.take_result();
  EXPECT_EQ(view.name, mailbox_name("INBOX"));
  EXPECT_EQ(view.exists, 172U);
  EXPECT_EQ(view.recent, 1U);
  EXPECT_EQ(view.unseen, 12U);
  EXPECT_EQ(view.uidvalidity, 3857529045U);
  EXPECT_EQ(view.uidnext, 4392U);
  EXPECT_EQ(view.flags.size(), 5U);
  ASSERT_TRUE(view.permanent_flags);
  EXPECT_TRUE(view.permanent_flags->contains("\\*"));
  EXPECT_FALSE(view.read_only);
}

TEST(examine, example_of_rfc9051) {  // section 6.3.3
  probe p;
  examine c("blurdybloop");
  EXPECT_EQ(p.wire(c), "EXAMINE blurdybloop");
  EXPECT_TRUE(p.feed(c, "* 17 EXISTS"));
  EXPECT_TRUE(p.feed(c, "* OK [UIDVALIDITY 3857529045] UIDs valid"));
  EXPECT_TRUE(p.feed(c, "* OK [PERMANENTFLAGS ()] No permanent flags permitted"));
  EXPECT_FALSE(p.complete(c, "A1 OK [READ-ONLY] EXAMINE completed"));
  const auto view = c.take_result();
  EXPECT_EQ(view.exists, 17U);
  ASSERT_TRUE(view.permanent_flags);
  EXPECT_TRUE(view.permanent_flags->empty());
  EXPECT_TRUE(view.read_only);
}

TEST(examine, is_read_only_without_being_told) {  // quirk S-05
  probe p;
  examine e("x");
  select s("x");
  p.wire(e);
  p.wire(s);
  EXPECT_FALSE(p.complete(e, "A1 OK done"));
  EXPECT_FALSE(p.complete(s, "A1 OK done"));
  EXPECT_TRUE(e.take_result().read_only);
  EXPECT_FALSE(s.take_result().read_only);
}

TEST(select, reads_read_only_of_the_tagged_response) {
  probe p;
  select c("shared");
  p.wire(c);
  EXPECT_FALSE(p.complete(c, "A1 OK [READ-ONLY] you may look"));
  EXPECT_TRUE(c.take_result().read_only);
}

TEST(select, forgets_what_came_before_closed) {  // RFC 9051 section 6.3.2, example
  probe p;
  select c("foo");
  p.wire(c);
  EXPECT_TRUE(p.feed(c, "* 11 EXISTS"));
  EXPECT_TRUE(p.feed(c, "* OK [CLOSED] Previous mailbox closed."));
  EXPECT_TRUE(p.feed(c, "* 5 EXISTS"));
  EXPECT_FALSE(p.complete(c, "A1 OK [READ-WRITE] done"));
  const auto view = c.take_result();
  EXPECT_EQ(view.exists, 5U);
  EXPECT_EQ(view.name, mailbox_name("foo"));
}

TEST(select, forgets_what_came_before_closed_even_if_nothing_follows) {
  probe p;
  select c("foo");
  p.wire(c);
  EXPECT_TRUE(p.feed(c, "* OK [UIDVALIDITY 7] old"));
  EXPECT_TRUE(p.feed(c, "* OK [CLOSED] bye"));
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  EXPECT_FALSE(c.take_result().uidvalidity);
}

TEST(select, zero_means_unknown) {  // quirks S-01, S-02, S-04, S-20
  probe p;
  select c("x");
  p.wire(c);
  p.feed(c, "* OK [UIDVALIDITY 0] x");
  p.feed(c, "* OK [UIDNEXT 0] x");
  p.feed(c, "* OK [UNSEEN 0] x");
  p.feed(c, "* OK [HIGHESTMODSEQ 0] x");
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  const auto view = c.take_result();
  EXPECT_FALSE(view.uidvalidity);
  EXPECT_FALSE(view.uidnext);
  EXPECT_FALSE(view.unseen);
  EXPECT_FALSE(view.highestmodseq);
}

TEST(select, condstore) {  // RFC 7162 section 3.1.8
  probe p("IMAP4rev1 CONDSTORE");
  auto c = select("INBOX").condstore();
  EXPECT_EQ(p.wire(c), "SELECT INBOX (CONDSTORE)");
  EXPECT_EQ(p.checked(c), errc::success);
  p.info.capabilities = capability_set("IMAP4rev1");
  EXPECT_EQ(p.checked(c), errc::capability_required);
  p.feed(c, "* OK [HIGHESTMODSEQ 715194045007] x");
  EXPECT_FALSE(p.complete(c, "A1 OK done"));
  EXPECT_EQ(c.take_result().highestmodseq, 715194045007U);
}

TEST(select, refuses_names_that_cannot_be_sent) {
  probe p;
  EXPECT_EQ(p.checked(select("a\r\nb")), errc::invalid_argument);
  EXPECT_EQ(p.checked(select("")), errc::invalid_argument);
  EXPECT_EQ(p.checked(examine(std::string("a\0b", 3))), errc::invalid_argument);
  EXPECT_EQ(p.checked(select("\xFF")), errc::invalid_argument);
  select c("a\r\nA2 DELETE b");
  EXPECT_EQ(p.wire(c), "!invalid_argument");
}

TEST(select, other_data_is_not_its_answer) {
  probe p;
  select c("x");
  p.wire(c);
  EXPECT_FALSE(p.feed(c, "* LIST () \"/\" x"));
  EXPECT_FALSE(p.feed(c, "* OK Still here"));
  EXPECT_FALSE(p.feed(c, "* 3 FETCH (FLAGS ())"));
}

TEST(close, and_unselect) {
  probe p;
  close c;
  unselect u;
  EXPECT_EQ(p.wire(c), "CLOSE");
  EXPECT_EQ(p.wire(u), "UNSELECT");
  EXPECT_TRUE(c.traits().changes_selection);
  EXPECT_EQ(u.traits().capability, "UNSELECT|IMAP4rev2");
}

}  // namespace
}  // namespace imapxx::test
