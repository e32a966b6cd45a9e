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
