// Connecting, TLS, log-in, capabilities, pipelining.
#include "interop/live.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace imapxx::interop {
namespace {

using namespace std::chrono_literals;

void logs_in_with(const char* mechanism) {
  client c(live_server::get().options(), live_server::user(2).mechanism(mechanism));
  EXPECT_EQ(c.state(), session_state::authenticated);
  EXPECT_TRUE(c.protocol().capabilities_known());
  EXPECT_FALSE(c.list().empty());
}

SCENARIO(implicit_tls, "") {
  EXPECT_TRUE(l.c().tls());
  EXPECT_NE(l.c().tls_description().find("TLSv1."), std::string::npos);
}

SCENARIO(starttls, "") {
  client c(live_server::get().options(security::starttls), live_server::user());
  EXPECT_TRUE(c.tls());
  EXPECT_FALSE(c.capabilities().contains("STARTTLS"));
  EXPECT_FALSE(c.list().empty());
}

SCENARIO(unknown_authority_is_refused, "") {
  auto options = live_server::get().options();
  options.tls_settings = tls_options();
  auto made = client::try_connect(options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), errc::tls_certificate);
}

SCENARIO(wrong_name_is_refused_with_both_kinds_of_tls, "") {
  for (const auto mode : {security::tls, security::starttls}) {
    auto options = live_server::get().options(mode);
    options.tls_settings.server_name("mail.example.org");
    auto made = client::try_connect(options);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), errc::tls_certificate);
  }
}

SCENARIO(capabilities_are_known_after_login, "") {
  EXPECT_TRUE(l.c().protocol().capabilities_known());
  EXPECT_TRUE(l.c().capabilities().imap4rev1() || l.c().capabilities().imap4rev2());
  EXPECT_EQ(l.c().capability(), l.c().capabilities());
}

SCENARIO(login_command, "") { logs_in_with("LOGIN-COMMAND"); }
SCENARIO(wrong_password_is_no_and_the_session_goes_on, "") {
  client c(live_server::get().options());
  const auto refused = c.try_authenticate_as(credentials("user2", secret("not-it")));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where(), phase::authenticate);
  EXPECT_FALSE(refused.error().is_fatal()) << refused.error().what();
  c.authenticate_as(live_server::user(2));
  EXPECT_EQ(c.state(), session_state::authenticated);
}

// Mechanisms are offered before log-in only, so the need is looked up there.
void logs_in_where_offered(const char* mechanism) {
  client c(live_server::get().options());
  if (!c.capabilities().contains(std::string("AUTH=") + mechanism))
    GTEST_SKIP() << "the server does not offer AUTH=" << mechanism;
  c.close();
  logs_in_with(mechanism);
}
SCENARIO(sasl_plain, "") { logs_in_where_offered("PLAIN"); }
SCENARIO(sasl_login, "") { logs_in_where_offered("LOGIN"); }
SCENARIO(sasl_cram_md5, "") { logs_in_where_offered("CRAM-MD5"); }
SCENARIO(sasl_scram_sha_1, "") { logs_in_where_offered("SCRAM-SHA-1"); }
SCENARIO(sasl_scram_sha_256, "") { logs_in_where_offered("SCRAM-SHA-256"); }

SCENARIO(sasl_scram_sha_256_plus, "") {
  client c(live_server::get().options());
  if (!c.capabilities().contains("AUTH=SCRAM-SHA-256-PLUS"))
    GTEST_SKIP() << "the server does not offer AUTH=SCRAM-SHA-256-PLUS";
  const auto bound = c.try_authenticate_as(live_server::user(2).mechanism("SCRAM-SHA-256-PLUS"));
  if (!bound) {
    // Quirk A-03: Cyrus 3.6 offers it and knows no channel binding of TLS 1.3.
    EXPECT_TRUE(bound.error().code() == errc::no || bound.error().code() == errc::bad) << bound.error().what();
    EXPECT_FALSE(bound.error().is_fatal());
    c.authenticate_as(live_server::user(2));
  }
  EXPECT_EQ(c.state(), session_state::authenticated);
}

SCENARIO(logout, "") {
  auto c = l.another();
  c->run(imapxx::logout());
  EXPECT_EQ(c->state(), session_state::logout);
  EXPECT_FALSE(c->try_run(noop()));
}

SCENARIO(id, "ID") {
  id_fields me{{"name", "imapxx interop"}, {"version", "1"}};
  const auto server = l.c().id(me);
  for (const auto& [field, value] : server) EXPECT_FALSE(field.empty());
}

SCENARIO(enable, "ENABLE CONDSTORE") { EXPECT_TRUE(l.c().enable("CONDSTORE").contains("CONDSTORE")); }

SCENARIO(many_commands_in_flight, "") {
  std::vector<ticket<fetch>> fetches;
  const auto uids = l.uids();
  for (int round = 0; round < 10; ++round) {
    for (auto uid : uids) fetches.push_back(l.c().submit(fetch(uid_set(uid), fetch_items().rfc822_size().flags())));
  }
  auto checks = l.c().submit(check());
  std::size_t at = 0;
  for (auto& t : fetches) {
    const auto rows = t.wait();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].uid(), uids[at % uids.size()]);
    EXPECT_EQ(rows[0].rfc822_size(), messages()[at % uids.size()].size());
    ++at;
  }
  checks.wait();
}

SCENARIO(searches_in_flight_keep_their_answers_apart, "") {
  auto a = l.c().submit(uid_search(search_key::subject("tea")));
  auto b = l.c().submit(uid_search(search_key::subject("nested")));
  auto c = l.c().submit(uid_search(search_key::all()));
  const auto uids = l.uids();
  EXPECT_EQ(c.wait().size(), uids.size());
  EXPECT_EQ(b.wait().numbers(), uid_set(uids[2]));
  EXPECT_EQ(a.wait().numbers(), uid_set(uids[0]));
}

// What goes together must say the same as what goes one by one.
SCENARIO(commands_of_many_kinds_in_flight, "") {
  const auto uids = l.uids();
  const auto sizes = fetch_items().rfc822_size();
  const auto numbers = status_items().messages().uidnext();
  const auto other = l.other("-flight");
  l.c().create(other);
  const auto all_sizes = [](const fetch_results& rows) {
    std::vector<std::uint64_t> found;
    for (const auto& r : rows) found.push_back(r.rfc822_size().value_or(0));
    return found;
  };
  const auto one_by_one = all_sizes(l.c().fetch(uid_set::from_numbers(uids), sizes));
  const auto listed = l.c().list("", "*").size();
  for (int round = 0; round < 5; ++round) {
    auto fetched = l.c().submit(fetch(uid_set::from_numbers(uids), sizes));
    auto again = l.c().submit(fetch(uid_set::from_numbers(uids), sizes));  // waits for the first
    auto marked = l.c().submit(store(uid_set(uids[0]), store_mode::add, flag_list::of(flags::flagged)));
    auto flagged = l.c().submit(uid_search(search_key::flagged()));
    auto counted = l.c().submit(status(other, numbers));
    auto names = l.c().submit(list("", "*"));
    auto unmarked = l.c().submit(store(uid_set(uids[0]), store_mode::remove, flag_list::of(flags::flagged)));
    auto unflagged = l.c().submit(uid_search(search_key::flagged()));
    auto by_number = l.c().submit(fetch(seq_set(1), sizes));
    EXPECT_EQ(all_sizes(fetched.wait()), one_by_one);
    EXPECT_EQ(all_sizes(again.wait()), one_by_one);
    EXPECT_TRUE(flagged.wait().numbers().contains(uids[0]));
    EXPECT_EQ(counted.wait().messages, 0U);
    EXPECT_EQ(names.wait().size(), listed);
    EXPECT_FALSE(unflagged.wait().numbers().contains(uids[0]));
    EXPECT_EQ(all_sizes(by_number.wait()), std::vector<std::uint64_t>{one_by_one[0]});
    for (auto* t : {&marked, &unmarked}) {
      const auto told = t->wait().messages;
      ASSERT_FALSE(told.empty());
      EXPECT_EQ(told[0].flags.contains(flags::flagged), t == &marked);
    }
  }
}

SCENARIO(searches_with_return_in_flight, "ESEARCH|IMAP4rev2") {
  const auto uids = l.uids();
  auto a = l.c().submit(uid_search(search_key::all()).returning(search_return().count()));
  auto b = l.c().submit(uid_search(search_key::all()).returning(search_return().max()));
  auto c = l.c().submit(uid_search(search_key::uid(uid_set(uids[1]))).returning(search_return().all()));
  EXPECT_EQ(c.wait().numbers(), uid_set(uids[1]));
  EXPECT_EQ(b.wait().max, uids.back());
  EXPECT_EQ(a.wait().count, uids.size());
}

// RFC 7162 section 4: what the server takes in one line is not enough.
SCENARIO(a_set_that_is_too_long_for_one_line, "") {
  const auto uids = l.uids();
  uid_set wanted = uid_set::from_numbers(uids);
  for (std::uint32_t i = 0; i < 4000; ++i) wanted.insert(uids.back() + 1'000'000 + 2 * i);
  const auto rows = l.c().fetch(wanted, fetch_items().rfc822_size());
  EXPECT_EQ(rows.size(), uids.size());
  (void)l.c().store(wanted, store_mode::add, flag_list::of(flags::answered));
  EXPECT_EQ(l.c().uid_search(search_key::answered()).size(), uids.size());
}

SCENARIO(start_up_in_few_flights, "") {
  const auto options = live_server::get().options();
  const auto plan = start_plan()
                        .examine(l.box())
                        .fetch_newest(2, fetch_items().uid().envelope())
                        .identify({{"name", "imapxx interop"}});
  const auto uids = l.uids();
  const auto check = [&](const start_result& r) {
    ASSERT_EQ(r.messages.size(), 2U);
    EXPECT_EQ(r.messages[1].uid(), uids.back());
    EXPECT_EQ(r.mailbox->exists, uids.size());
    EXPECT_FALSE(r.facts.after_login.empty());
  };
  imapxx::client first(options);
  const auto found = first.start(live_server::user(), plan);
  check(found);
  EXPECT_FALSE(found.repeated);
  for (const std::uint32_t wrong_by : {0U, 1U, 100U}) {
    auto facts = found.facts;
    facts.exists += wrong_by;
    auto known = options;
    imapxx::client again(known.remember(facts));
    check(again.start(live_server::user(), plan));
    again.noop();
  }
  auto known = options;
  imapxx::client wrong(known.remember(found.facts));
  try {
    (void)wrong.start(credentials("user1", secret("not the password")), plan);
    ADD_FAILURE() << "a wrong password was taken";
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::no) << e.what();
  }
}

SCENARIO(an_abandoned_ticket_is_drained, "") {
  {
    auto forgotten = l.c().submit(fetch(uid_set::all(), fetch_items().body_peek("")));
    l.c().flush();
  }
  EXPECT_EQ(l.uids().size(), messages().size());
}

SCENARIO(errors_of_the_caller_send_nothing, "") {
  EXPECT_EQ(l.c().try_run(create("a\r\nb")).error().code(), errc::invalid_argument);
  EXPECT_EQ(l.c().try_run(fetch(uid_set(), fetch_items().flags())).error().code(), errc::invalid_argument);
  EXPECT_EQ(l.c().try_run(login("x", secret("y"))).error().code(), errc::wrong_state);
  l.c().noop();
}

SCENARIO(idle_without_a_mailbox, "IDLE|IMAP4rev2") {
  l.c().close_mailbox();
  // A server may refuse it (quirk I-07); then NOOP takes its place, and the session goes on in any case.
  EXPECT_FALSE(l.c().idle(300ms, [](const mailbox_event&) { return true; }));
  l.c().noop();
}

SCENARIO(idle_hears_of_another_clients_append, "IDLE|IMAP4rev2") {
  std::thread other([&] {
    std::this_thread::sleep_for(300ms);
    l.another()->append(l.box(), messages()[0]);
  });
  std::uint32_t seen = 0;
  l.c().idle(20s, [&](const mailbox_event& e) {
    if (e.what == mailbox_event::kind::exists) seen = e.number;
    return seen != 0;
  });
  other.join();
  EXPECT_EQ(seen, messages().size() + 1);
  EXPECT_EQ(l.c().mailbox().exists, messages().size() + 1);
}

SCENARIO(noop_hears_of_another_clients_changes, "") {
  auto other = l.another();
  other->select(l.box());
  const auto uids = l.uids();
  other->store(uid_set(uids[0]), store_mode::add, flag_list(flags::deleted));
  other->expunge();
  other->append(l.box(), messages()[1]);
  other->append(l.box(), messages()[2]);
  for (int i = 0; i < 50 && l.c().mailbox().exists != uids.size() + 1; ++i) {
    l.c().noop();
    std::this_thread::sleep_for(100ms);
  }
  EXPECT_EQ(l.c().mailbox().exists, uids.size() + 1);
}

SCENARIO(cancel_keeps_the_connection, "") {
  std::thread other([&] {
    std::this_thread::sleep_for(200ms);
    l.c().cancel();
  });
  error why;
  try {
    (void)l.c().idle(10s, [](const mailbox_event&) { return false; });
  } catch (const error& e) {
    why = e;
  }
  other.join();
  EXPECT_EQ(why.code(), errc::cancelled);
  EXPECT_EQ(l.uids().size(), messages().size());
}

}  // namespace
}  // namespace imapxx::interop
