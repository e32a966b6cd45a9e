// The session that the wiki page on IMAP4 shows, from the client's side (docs/seed-checklist.md), and its state table.
#include <imapxx/limits.hpp>
#include <imapxx/options.hpp>
#include <imapxx/session.hpp>

#include "unit/core/session_harness.hpp"

#include <set>

namespace imapxx {
namespace {

using test::session_test;

TEST(page_session, as_shown) {
  session_test t;
  t.feed("* OK Domino IMAP4 Server Release 10.0.1FP1 ready Wed, 24 Nov 2010 08:22:03 -0800\r\n");
  EXPECT_EQ(t.protocol.state(), session_state::not_authenticated);
  EXPECT_EQ(t.events.at(0).text, "Domino IMAP4 Server Release 10.0.1FP1 ready Wed, 24 Nov 2010 08:22:03 -0800");
  const auto login_id = t.submit(std::move(login("user@domain", secret("password")).allow_plaintext()));
  t.expect_output("A1 LOGIN \"user@domain\" \"password\"\r\n");
  t.feed("A1 OK LOGIN completed\r\n");
  t.expect_done(login_id);
  EXPECT_EQ(t.protocol.state(), session_state::authenticated);
  const auto id = t.submit(examine("INBOX"));
  t.expect_output("A2 EXAMINE INBOX\r\n");
  t.feed(
      "* 507 EXISTS\r\n* 0 RECENT\r\n* OK [UNSEEN 344] Message 344 is first unseen\r\n* OK [UIDVALIDITY 405] UIDs "
      "valid\r\n"
      "* OK [UIDNEXT 596] Predicted next UID\r\n* FLAGS (\\Flagged \\Seen \\Answered \\Deleted \\Draft)\r\n"
      "* OK [PERMANENTFLAGS ()] No permanent flags permitted\r\nA2 OK [READ-ONLY] EXAMINE completed\r\n");
  t.expect_done(id);
  const auto v = t.result_of<examine>(id);
  EXPECT_EQ(v.exists, 507U);  // what EXAMINE tells is the number of messages; 344 is the first unseen one
  EXPECT_EQ(v.recent, 0U);
  EXPECT_EQ(v.unseen, 344U);
  EXPECT_EQ(v.uidvalidity, 405U);
  EXPECT_EQ(v.uidnext, 596U);
  EXPECT_TRUE(v.read_only);
  EXPECT_EQ(std::distance(v.flags.begin(), v.flags.end()), 5);
  ASSERT_TRUE(v.permanent_flags);  // an empty list, which is not the same as none
  EXPECT_TRUE(v.permanent_flags->empty());
  EXPECT_FALSE(v.may_store("\\Seen"));
  EXPECT_EQ(t.protocol.state(), session_state::selected);

  const auto all = t.submit(search(search_key::all()));
  t.expect_output("A3 SEARCH ALL\r\n");
  t.feed("* SEARCH 1 2 3\r\nA3 OK SEARCH completed\r\n");
  EXPECT_EQ(t.result_of<search>(all).numbers().to_string(), "1:3");
  const auto one = t.submit(fetch(seq_set(1), fetch_items().rfc822()));
  t.expect_output("A4 FETCH 1 (RFC822)\r\n");
  t.feed("* 1 FETCH (RFC822 {4}\r\na\r\nb)\r\nA4 OK FETCH completed\r\n");
  EXPECT_EQ(t.result_of<fetch>(one)[0].section({}), "a\r\nb");
  const auto closed = t.submit(close());
  t.expect_output("A5 CLOSE\r\n");
  t.feed("A5 OK CLOSE completed\r\n");
  t.expect_done(closed);
  EXPECT_EQ(t.protocol.state(), session_state::authenticated);
  const auto end = t.submit(logout());
  t.expect_output("A6 LOGOUT\r\n");
  t.feed("* BYE logging out\r\nA6 OK LOGOUT completed\r\n");
  t.expect_done(end);
  EXPECT_EQ(t.protocol.state(), session_state::logout);
}

// A tag is any alphanumeric string of the client's, and one space stands behind it.
TEST(page_session, every_command_has_a_tag_of_its_own_and_one_space) {
  session_options options;
  options.first_tag(41);
  session_test t(options);
  t.feed("* PREAUTH hello\r\n");
  std::set<std::string> tags;
  for (int i = 0; i < 3; ++i) {
    t.submit(noop());
    const auto line = t.output();
    const auto space = line.find(' ');
    ASSERT_NE(space, std::string::npos);
    EXPECT_EQ(line.substr(space), " NOOP\r\n");
    EXPECT_EQ(line.substr(0, space).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), std::string::npos);
    tags.insert(line.substr(0, space));
    t.feed(line.substr(0, space) + " OK\r\n");
  }
  EXPECT_EQ(tags.size(), 3U);
  session_options style;
  session_test as_on_the_page(std::move(style.first_tag(1).tag_prefix("A", 4)));
  as_on_the_page.feed("* PREAUTH hello\r\n");
  as_on_the_page.submit(noop());
  as_on_the_page.expect_output("A0001 NOOP\r\n");
  as_on_the_page.feed("A0001 OK\r\n");
  as_on_the_page.submit(noop());
  as_on_the_page.expect_output("A0002 NOOP\r\n");
}

// Which command is allowed in which state: the page's tables.
TEST(page_session, states_and_commands) {
  using s = session_state;
  const auto allowed = [](const command& c, s state) { return c.traits().states.contains(state); };
  struct row {
    std::unique_ptr<command> c;
    bool not_authenticated, authenticated, selected;
  };
  std::vector<row> rows;
  const auto add = [&rows](auto c, bool n, bool a, bool sel) {
    rows.push_back({std::make_unique<decltype(c)>(std::move(c)), n, a, sel});
  };
  add(login("u", secret("p")), true, false, false);
  add(starttls(), true, false, false);
  add(select("x"), false, true, true);
  add(examine("x"), false, true, true);
  add(status("x", status_items().messages()), false, true, true);
  add(list("", "*"), false, true, true);
  add(lsub("", "*"), false, true, true);
  add(create("x"), false, true, true);
  add(delete_mailbox("x"), false, true, true);
  add(rename("x", "y"), false, true, true);
  add(subscribe("x"), false, true, true);
  add(unsubscribe("x"), false, true, true);
  add(append("x", "y"), false, true, true);
  add(close(), false, false, true);
  add(search(search_key()), false, false, true);
  add(uid_search(search_key()), false, false, true);
  add(fetch(seq_set(1), fetch_items().flags()), false, false, true);
  add(fetch(uid_set(1), fetch_items().flags()), false, false, true);
  add(store(seq_set(1), store_mode::add, flag_list(flags::seen)), false, false, true);
  add(expunge(), false, false, true);
  add(copy(seq_set(1), "x"), false, false, true);
  add(check(), false, false, true);
  add(logout(), true, true, true);
  add(capability(), true, true, true);
  add(noop(), true, true, true);
  for (const auto& r : rows) {
    const auto name = r.c->traits().name;
    EXPECT_EQ(allowed(*r.c, s::not_authenticated), r.not_authenticated) << name;
    EXPECT_EQ(allowed(*r.c, s::authenticated), r.authenticated) << name;
    EXPECT_EQ(allowed(*r.c, s::selected), r.selected) << name;
  }
}

TEST(page_session, ports) {
  EXPECT_EQ(connect_options("mail.example.org").effective_port(), 993);
  EXPECT_EQ(connect_options("mail.example.org", security::starttls).effective_port(), 143);
  EXPECT_EQ(connect_options("mail.example.org", security::plain).effective_port(), 143);
  EXPECT_EQ(connect_options("mail.example.org", security::tls, 1993).effective_port(), 1993);
}

// RFC 9051 section 5.4: a server waits for at least 30 minutes; RFC 2177: IDLE is renewed before 29.
TEST(page_session, is_kept_alive_well_before_half_an_hour) {
  EXPECT_LE(timeouts().idle_refresh, std::chrono::minutes(29));
  EXPECT_GT(timeouts().idle_refresh, std::chrono::minutes(0));
}

// FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)]), FETCH 1,3 BODY[2.MIME], SEARCH FLAGGED SINCE ... to the octet.
TEST(page_session, the_examples_to_the_octet) {
  session_test t;
  t.selected(10);
  const auto line = [&t](auto c) {
    t.submit(std::move(c));
    const auto out = t.output();
    t.feed(t.last_tag() + " OK\r\n");
    return out.substr(out.find(' ') + 1);
  };
  EXPECT_EQ(line(fetch(seq_set::range(2, 4), fetch_items().flags().body_section("HEADER.FIELDS (DATE FROM)"))),
            "FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])\r\n");
  EXPECT_EQ(line(fetch(seq_set::of(1, 3), fetch_items().body_section("2.MIME"))), "FETCH 1,3 (BODY[2.MIME])\r\n");
  EXPECT_EQ(line(search(search_key::flagged() && search_key::since(date(1994, 2, 1)) && !search_key::from("Smith"))),
            "SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"\r\n");
}

}  // namespace
}  // namespace imapxx
