// The blocking client against the embedded server: what only shows with real bytes, time and threads.
#include <imapxx/client.hpp>
#include <imapxx/testserver/script.hpp>
#include <imapxx/testserver/server.hpp>

#include "blocking/fd_stream.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace imapxx {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
namespace ts = testserver;

const char* const message_text = "From: Ada <ada@example.org>\r\nSubject: first\r\n\r\nHello.\r\n";

ts::server_options server_settings(ts::tls_mode mode = ts::tls_mode::plain) {
  ts::server_options o;
  o.user("joe", "secret-word").security(mode);
  return o;
}

credentials joe() { return credentials("joe", secret("secret-word")).allow_plaintext(); }

session_options quick() {
  session_options s;
  timeouts t;
  t.greeting = t.handshake = t.connect = t.command = t.stall = 400ms;
  t.logout = 200ms;
  return s.use_timeouts(t);
}

connect_options to(const ts::server& s, security mode = security::plain) {
  tls_options tls;
  tls.ca_pem(s.ca_pem());
  return connect_options("127.0.0.1", mode, s.port()).tls(tls);
}

errc code_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const error& e) {
    return e.code();
  }
  return errc::success;
}

struct running_server {
  explicit running_server(ts::server_options o = server_settings()) : s(std::move(o)) { s.start(); }
  ts::server s;
};

TEST(blocking_client, reads_mail_in_all_three_security_modes) {
  for (auto [mode, server_mode] : {std::pair{security::plain, ts::tls_mode::plain},
                                   {security::starttls, ts::tls_mode::starttls},
                                   {security::tls, ts::tls_mode::implicit}}) {
    running_server r(server_settings(server_mode));
    r.s.append("joe", "INBOX", message_text);
    client c(to(r.s, mode), joe());
    EXPECT_EQ(c.tls(), mode != security::plain);
    EXPECT_EQ(c.select("INBOX").exists, 1U);
    const auto rows = c.fetch(uid_set::all(), fetch_items().envelope().body_peek(""));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].envelope()->subject, "first");
    EXPECT_EQ(rows[0].section(section()), message_text);
    c.close();
    EXPECT_FALSE(c.connected());
  }
}

TEST(blocking_client, refuses_a_certificate_of_an_unknown_authority) {
  running_server r(server_settings(ts::tls_mode::implicit));
  EXPECT_EQ(code_of([&] { client c(connect_options("127.0.0.1", security::tls, r.s.port())); }), errc::tls_certificate);
  tls_options insecure;
  insecure.insecure_no_verification();
  client c(connect_options("127.0.0.1", security::tls, r.s.port()).tls(insecure));
  EXPECT_TRUE(c.tls());
}

TEST(blocking_client, refuses_a_certificate_for_another_name_also_with_starttls) {
  for (auto [mode, server_mode] :
       {std::pair{security::starttls, ts::tls_mode::starttls}, {security::tls, ts::tls_mode::implicit}}) {
    running_server r(server_settings(server_mode));
    auto options = to(r.s, mode);
    options.tls_settings.server_name("imap.example.org");
    EXPECT_EQ(code_of([&] { client c(options, joe()); }), errc::tls_certificate);
    EXPECT_EQ(r.s.received(0).find("secret-word"), std::string::npos);
    EXPECT_EQ(r.s.command_count(), server_mode == ts::tls_mode::starttls ? 1U : 0U);
  }
}

TEST(blocking_client, starttls_that_is_not_offered_ends_the_connection) {
  running_server r(server_settings(ts::tls_mode::plain));
  EXPECT_EQ(code_of([&] { client c(to(r.s, security::starttls), joe()); }), errc::starttls_refused);
}

TEST(blocking_client, bytes_behind_starttls_are_an_injection) {
  auto o = server_settings(ts::tls_mode::starttls);
  o.faults(ts::faults().after_starttls("* CAPABILITY IMAP4rev1 AUTH=PLAIN EVIL\r\n"));
  running_server r(std::move(o));
  EXPECT_EQ(code_of([&] { client c(to(r.s, security::starttls), joe()); }), errc::starttls_injection);
  EXPECT_EQ(r.s.authenticated(0), "");
}

TEST(blocking_client, preauth_in_the_clear_is_refused_while_tls_is_required) {
  auto o = server_settings(ts::tls_mode::starttls);
  o.preauth("joe");
  running_server r(std::move(o));
  EXPECT_EQ(code_of([&] { client c(to(r.s, security::starttls)); }), errc::preauth_without_tls);
  EXPECT_EQ(r.s.command_count(), 0U);
}

TEST(blocking_client, sends_no_password_in_the_clear_unless_allowed) {
  auto o = server_settings();
  o.capabilities("IMAP4rev1 AUTH=PLAIN AUTH=LOGIN");
  running_server r(std::move(o));
  client c(to(r.s));
  EXPECT_EQ(code_of([&] { c.authenticate_as(credentials("joe", secret("secret-word"))); }), errc::plaintext_refused);
  EXPECT_EQ(code_of([&] { c.login("joe", secret("secret-word")); }), errc::plaintext_refused);
  EXPECT_EQ(r.s.received(0).find("secret-word"), std::string::npos);
  c.authenticate_as(joe());
  EXPECT_EQ(c.state(), session_state::authenticated);
}

TEST(blocking_client, every_mechanism_logs_in) {
  for (const char* mechanism :
       {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "LOGIN-COMMAND", "XOAUTH2", "OAUTHBEARER"}) {
    auto o = server_settings(ts::tls_mode::implicit);
    o.token("joe", "tok-en");
    running_server r(std::move(o));
    auto who = joe().mechanism(mechanism);
    who.token(secret("tok-en"));
    client c(to(r.s, security::tls), who);
    EXPECT_EQ(c.state(), session_state::authenticated) << mechanism;
    c.noop();
    EXPECT_EQ(r.s.authenticated(0), std::string(mechanism) + " joe");
    EXPECT_TRUE(c.protocol().capabilities_known()) << mechanism;
  }
}

// RFC 5802 section 6, RFC 9266.
TEST(blocking_client, scram_binds_to_the_tls_connection) {
  for (const char* mechanism : {"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"}) {
    running_server r(server_settings(ts::tls_mode::implicit));
    client c(to(r.s, security::tls), joe().mechanism(mechanism));
    EXPECT_EQ(r.s.authenticated(0), std::string(mechanism) + " joe");
    client wrong(to(r.s, security::tls));
    const auto refused = wrong.try_authenticate_as(credentials("joe", secret("wrong")).mechanism(mechanism));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().response_code(), "AUTHENTICATIONFAILED");
    wrong.noop();
  }
  running_server plain;
  client c(to(plain.s));
  EXPECT_FALSE(c.capabilities().contains("AUTH=SCRAM-SHA-256-PLUS"));
  EXPECT_EQ(c.try_authenticate_as(joe().mechanism("SCRAM-SHA-256-PLUS")).error().code(), errc::no_mechanism);
}

TEST(blocking_client, a_wrong_password_is_a_status_error_and_the_session_goes_on) {
  running_server r(server_settings(ts::tls_mode::implicit));
  client c(to(r.s, security::tls));
  const auto refused = c.try_authenticate_as(credentials("joe", secret("wrong")));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where(), phase::authenticate);
  EXPECT_EQ(refused.error().response_code(), "AUTHENTICATIONFAILED");
  EXPECT_EQ(std::string(refused.error().what()).find("wrong"), std::string::npos);
  c.authenticate_as(joe());
  EXPECT_EQ(c.state(), session_state::authenticated);
}

TEST(blocking_client, a_silent_server_times_out_in_each_phase) {
  for (int stage = 0; stage < 3; ++stage) {
    auto o = server_settings();
    if (stage == 0) o.faults(ts::faults().stall_after(0));
    if (stage == 1) o.faults(ts::faults().add(ts::when("*").stall()));
    if (stage == 2) o.faults(ts::faults().add(ts::when("NOOP").stall()));
    running_server r(std::move(o));
    const auto begin = clock::now();
    error why;
    try {
      client c(to(r.s).session(quick()), joe());
      c.noop();
    } catch (const error& e) {
      why = e;
    }
    EXPECT_EQ(why.code(), errc::timeout) << stage;
    EXPECT_TRUE(why.is_fatal());
    EXPECT_GE(clock::now() - begin, 390ms);
    EXPECT_LT(clock::now() - begin, 2400ms);
    if (stage == 2) {
      EXPECT_EQ(why.command(), "NOOP");
    }
    if (stage == 0) {
      EXPECT_EQ(why.where(), phase::greeting);
    }
  }
}

TEST(blocking_client, a_dripping_server_does_not_stretch_the_deadline) {
  auto o = server_settings();
  o.faults(ts::faults().add(ts::when("NOOP").send_instead("* OK " + std::string(4000, 'x'))));
  running_server r(std::move(o));
  client c(to(r.s).session(quick()), joe());
  r.s.set_faults(
      ts::faults().split(1).delay(20ms).add(ts::when("NOOP").send_instead("* OK " + std::string(4000, 'x') + "\r\n")));
  const auto begin = clock::now();
  EXPECT_EQ(code_of([&] { c.noop(); }), errc::timeout);
  EXPECT_LT(clock::now() - begin, 2400ms);
}

TEST(blocking_client, expires_after_bounds_everything) {
  auto o = server_settings();
  o.faults(ts::faults().add(ts::when("NOOP").stall()));
  running_server r(std::move(o));
  client c(to(r.s), joe());
  const auto begin = clock::now();
  c.expires_after(200ms);
  EXPECT_EQ(code_of([&] { c.noop(); }), errc::timeout);
  EXPECT_LT(clock::now() - begin, 2200ms);
}

TEST(blocking_client, cancel_from_another_thread_returns_at_once_and_the_connection_survives) {
  auto o = server_settings();
  o.faults(
      ts::faults().add(ts::when("CHECK").send_before("* OK slow\r\n").times(1)).add(ts::when("NOOP").stall().times(1)));
  running_server r(std::move(o));
  r.s.append("joe", "INBOX", message_text);
  client c(to(r.s), joe());
  c.select("INBOX");
  std::thread other([&] {
    std::this_thread::sleep_for(100ms);
    c.cancel();
  });
  const auto begin = clock::now();
  error why;
  try {
    (void)c.idle(10s, [](const mailbox_event&) { return false; });
  } catch (const error& e) {
    why = e;
  }
  other.join();
  EXPECT_EQ(why.code(), errc::cancelled);
  EXPECT_FALSE(why.is_fatal());
  EXPECT_LT(clock::now() - begin, 2s);
  c.check();  // the same connection still answers
  EXPECT_TRUE(c.connected());
}

TEST(blocking_client, close_does_not_wait_for_a_silent_server) {
  auto o = server_settings();
  o.faults(ts::faults().add(ts::when("LOGOUT").stall()));
  running_server r(std::move(o));
  client c(to(r.s), joe());
  const auto begin = clock::now();
  c.close();
  EXPECT_LT(clock::now() - begin, 3s);
  EXPECT_EQ(code_of([&] { c.noop(); }), errc::closed);
}

TEST(blocking_client, bye_is_the_error_of_the_command) {
  auto o = server_settings();
  o.faults(ts::faults().add(ts::when("NOOP").send_instead("* BYE going down\r\n")));
  running_server r(std::move(o));
  client c(to(r.s), joe());
  try {
    c.noop();
    FAIL();
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::bye);
    EXPECT_EQ(e.server_text(), "going down");
    EXPECT_EQ(e.host(), "127.0.0.1");
  }
}

TEST(blocking_client, tickets_may_be_waited_for_in_any_order) {
  running_server r;
  r.s.append("joe", "INBOX", message_text);
  client c(to(r.s), joe());
  c.select("INBOX");
  auto a = c.submit(fetch(uid_set::all(), fetch_items().flags()));
  auto b = c.submit(noop());
  auto d = c.submit(status("INBOX", status_items().messages()));
  EXPECT_EQ(d.wait().messages, 1U);
  EXPECT_TRUE(b.ready());
  b.wait();
  EXPECT_EQ(a.wait().size(), 1U);
  EXPECT_EQ(code_of([&] { b.wait(); }), errc::invalid_argument);
}

TEST(blocking_client, an_abandoned_ticket_does_not_disturb_the_next_command) {
  running_server r;
  for (int i = 0; i < 50; ++i) r.s.append("joe", "INBOX", message_text);
  client c(to(r.s), joe());
  c.select("INBOX");
  {
    auto forgotten = c.submit(fetch(uid_set::all(), fetch_items().body_peek("")));
  }
  {
    auto sent_and_forgotten = c.submit(fetch(uid_set::all(), fetch_items().envelope()));
    c.flush();
  }
  EXPECT_EQ(c.fetch(uid_set::all(), fetch_items().flags()).size(), 50U);
}

TEST(blocking_client, a_ticket_may_outlive_the_client) {
  running_server r;
  auto c = std::make_unique<client>(to(r.s), joe());
  auto t = c->submit(noop());
  c.reset();
  EXPECT_EQ(t.try_wait().error().code(), errc::closed);
}

TEST(blocking_client, commands_inside_a_fetch_loop) {
  running_server r;
  for (int i = 0; i < 30; ++i)
    r.s.append("joe", "INBOX", "Subject: n" + std::to_string(i) + "\r\n\r\n" + std::string(20'000, 'b') + "\r\n");
  r.s.create_mailbox("joe", "Done");
  client c(to(r.s), joe());
  c.select("INBOX");
  auto s = c.stream(fetch(uid_set::all(), fetch_items().body_peek("")));
  std::size_t octets = 0, rows = 0;
  while (const auto* e = s.next()) {
    if (e->what == fetch_event::kind::body_chunk) octets += e->chunk.size();
    if (e->what != fetch_event::kind::row) continue;
    ++rows;
    const uid_set one(*e->row->uid());
    c.store(one, store_mode::add, flag_list(flags::seen));
    const auto again = c.fetch(one, fetch_items().body_peek("HEADER"));
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(e->row->uid(), *one.begin());  // the row outlives the nested commands
    c.copy(one, "Done");
  }
  EXPECT_EQ(rows, 30U);
  EXPECT_EQ(c.status("Done", status_items().messages()).messages, 30U);
  EXPECT_GT(octets, 30U * 20'000U);
}

TEST(blocking_client, a_stream_that_is_dropped_early_leaves_the_connection_usable) {
  running_server r;
  for (int i = 0; i < 5; ++i)
    r.s.append("joe", "INBOX", std::string("Subject: x\r\n\r\n") + std::string(1000, 'b') + "\r\n");
  client c(to(r.s), joe());
  c.select("INBOX");
  {
    auto s = c.stream(fetch(uid_set::all(), fetch_items().body_peek("")));
    ASSERT_NE(s.next(), nullptr);
  }
  c.noop();
  EXPECT_EQ(c.uid_search(search_key::all()).size(), 5U);
}

// Both sides write more than all buffers hold before either reads: only a driver that reads while it writes gets
// through.
TEST(blocking_client, big_literals_in_both_directions_do_not_deadlock) {
  auto o = server_settings();
  o.faults(ts::faults().add(ts::when("APPEND").send_before("* OK " + std::string(900'000, 'x') + "\r\n")));
  running_server r(std::move(o));
  r.s.append("joe", "INBOX", std::string("Subject: x\r\n\r\n") + std::string(4'000'000, 'b') + "\r\n");
  client c(to(r.s).session(session_options()), joe());
  c.select("INBOX");
  auto a = c.submit(fetch(uid_set::all(), fetch_items().body_peek("")));
  auto b = c.submit(append("INBOX", "Subject: big\r\n\r\n" + std::string(4'000'000, 'y') + "\r\n"));
  b.wait();
  EXPECT_EQ(a.wait().size(), 1U);
}

TEST(blocking_client, bodies_go_to_descriptors_and_streams) {
  running_server r;
  r.s.append("joe", "INBOX", message_text);
  client c(to(r.s), joe());
  c.select("INBOX");
  std::ostringstream out;
  c.run(fetch(uid_set::all(), fetch_items().body_peek("")).to(sink_to_stream(out)));
  EXPECT_EQ(out.str(), message_text);
  const int fd = ::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  ASSERT_GE(fd, 0);
  c.run(fetch(uid_set::all(), fetch_items().body_peek("")).to(sink_to_fd(fd)));
  EXPECT_EQ(::lseek(fd, 0, SEEK_CUR), static_cast<off_t>(std::string(message_text).size()));
  ::lseek(fd, 0, SEEK_SET);
  c.append("INBOX", source_from_fd(fd, std::string(message_text).size()));
  ::close(fd);
  const auto kept = r.s.snapshot("joe", "INBOX");
  ASSERT_EQ(kept.messages().size(), 2U);
  EXPECT_EQ(kept.messages()[1].content(), message_text);
}

TEST(blocking_client, a_sink_that_refuses_fails_the_command_and_not_the_session) {
  running_server r;
  r.s.append("joe", "INBOX", message_text);
  client c(to(r.s), joe());
  c.select("INBOX");
  EXPECT_EQ(
      code_of([&] {
        c.run(fetch(uid_set::all(), fetch_items().body_peek("")).to(sink_to([](const body_info&, std::string_view) {
          return false;
        })));
      }),
      errc::aborted_by_caller);
  c.noop();
}

TEST(blocking_client, moves_by_the_safest_way_the_server_has) {
  struct way {
    const char* without;
    move_method expected;
    std::size_t left;
  };
  for (const auto& w : {way{"", move_method::move, 1}, way{"MOVE", move_method::copy_uid_expunge, 1},
                        way{"MOVE UIDPLUS", move_method::copy_mark, 3}}) {
    auto o = server_settings();
    std::istringstream names(w.without);
    for (std::string n; names >> n;) o.remove_capability(n);
    o.remove_capability("IMAP4rev2");
    running_server r(std::move(o));
    for (int i = 0; i < 3; ++i) r.s.append("joe", "INBOX", message_text, i == 2 ? "\\Deleted" : "");
    r.s.create_mailbox("joe", "Archive");
    client c(to(r.s), joe());
    c.select("INBOX");
    const auto done = c.move_messages(uid_set::range(1, 2), "Archive");
    EXPECT_EQ(done.method, w.expected);
    EXPECT_EQ(done.originals_removed(), w.left == 1);
    EXPECT_EQ(r.s.snapshot("joe", "Archive").messages().size(), 2U);
    // The third message was marked by somebody else: it is never removed.
    EXPECT_EQ(r.s.snapshot("joe", "INBOX").messages().size(), w.left) << w.without;
    EXPECT_EQ(r.s.received(0).find(" EXPUNGE\r\n"), std::string::npos);
  }
}

TEST(blocking_client, idle_reports_changes_and_renews_itself) {
  running_server r;
  client c(to(r.s).session([] {
    session_options s;
    timeouts t;
    t.idle_refresh = 150ms;
    return s.use_timeouts(t);
  }()),
           joe());
  c.select("INBOX");
  std::thread other([&] {
    std::this_thread::sleep_for(500ms);
    r.s.append("joe", "INBOX", message_text);
  });
  std::uint32_t seen = 0;
  const bool stopped = c.idle(5s, [&](const mailbox_event& e) {
    if (e.what != mailbox_event::kind::exists) return false;
    seen = e.number;
    return true;
  });
  other.join();
  EXPECT_TRUE(stopped);
  EXPECT_EQ(seen, 1U);
  const auto sent = r.s.received(0);
  std::size_t dones = 0;
  for (auto at = sent.find("DONE\r\n"); at != std::string::npos; at = sent.find("DONE\r\n", at + 1)) ++dones;
  EXPECT_GE(dones, 3U);
  EXPECT_EQ(c.mailbox().exists, 1U);
}

TEST(blocking_client, idle_polls_where_idle_is_missing) {
  auto o = server_settings();
  o.remove_capability("IDLE").remove_capability("IMAP4rev2");
  running_server r(std::move(o));
  client c(to(r.s), joe());
  c.select("INBOX");
  c.idle_poll(50ms);
  std::thread other([&] {
    std::this_thread::sleep_for(150ms);
    r.s.append("joe", "INBOX", message_text);
  });
  EXPECT_TRUE(c.idle(5s, [](const mailbox_event& e) { return e.what == mailbox_event::kind::exists; }));
  other.join();
  EXPECT_EQ(r.s.received(0).find("IDLE"), std::string::npos);
}

TEST(blocking_client, idle_ends_after_its_duration) {
  running_server r;
  client c(to(r.s), joe());
  c.select("INBOX");
  const auto begin = clock::now();
  EXPECT_FALSE(c.idle(200ms, [](const mailbox_event&) { return true; }));
  EXPECT_GE(clock::now() - begin, 190ms);
  c.noop();
}

TEST(blocking_client, an_exception_in_the_idle_callback_ends_the_call_and_not_the_session) {
  running_server r;
  client c(to(r.s), joe());
  c.select("INBOX");
  std::thread other([&] {
    std::this_thread::sleep_for(100ms);
    r.s.append("joe", "INBOX", message_text);
  });
  EXPECT_THROW(c.idle(5s, [](const mailbox_event&) -> bool { throw std::runtime_error("mine"); }), std::runtime_error);
  other.join();
  c.noop();
  EXPECT_EQ(c.mailbox().exists, 1U);
}

TEST(blocking_client, poll_reads_what_the_server_pushes_and_keeps_alive) {
  running_server r;
  session_options s;
  timeouts t;
  t.idle_refresh = 100ms;
  client c(to(r.s).session(s.use_timeouts(t)), joe());
  c.select("INBOX");
  EXPECT_FALSE(c.poll(0ms));
  std::this_thread::sleep_for(150ms);
  EXPECT_TRUE(c.poll(1s));  // NOOP and its answer
  EXPECT_NE(r.s.received(0).find("NOOP"), std::string::npos);
}

// RFC 9051 section 5.4: the server's timer starts anew with a command, not with what the server says itself.
TEST(blocking_client, a_talkative_server_does_not_put_keep_alive_off) {
  class : public observer {
   public:
    [[nodiscard]] bool wants_trace() const noexcept override { return true; }
    void on_trace(trace_direction d, std::string_view text) override {
      noop_sent = noop_sent || (d == trace_direction::sent && text.ends_with("NOOP"));
    }
    bool noop_sent = false;
  } traced;
  testserver::script steps;
  steps.send("* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n");
  for (int i = 1; i <= 24; ++i) steps.pause(50ms).send("* " + std::to_string(i) + " EXISTS\r\n");
  steps.exchange("NOOP").stall();
  testserver::scripted_server s(steps);
  s.start();
  session_options quiet;
  timeouts t;
  t.idle_refresh = 200ms;
  client c(connect_options("127.0.0.1", security::plain, s.port()).session(quiet.use_timeouts(t).observe(&traced)));
  while (!traced.noop_sent && c.mailbox().exists < 20) static_cast<void>(c.poll(20ms));
  EXPECT_TRUE(traced.noop_sent);
}

TEST(blocking_client, runs_over_a_transport_of_the_applications_own) {
  running_server r;
  auto fd = r.s.connect_pair();
  auto transport = blocking::make_fd_stream(fd, fd).value();
  client c(connect_options("pipe", security::plain), std::move(transport));
  c.authenticate_as(joe());
  EXPECT_EQ(c.list().size(), 1U);
}

TEST(blocking_client, runs_over_a_subprocess) {
  // A server of two lines: enough to greet, answer CAPABILITY and one command.
  const char* script =
      "printf '* PREAUTH hello\\r\\n'; read tag rest; printf '* CAPABILITY IMAP4rev1\\r\\n%s OK done\\r\\n' $tag; read "
      "tag rest; printf '%s OK done\\r\\n' $tag";
  client c(connect_options().command({"/bin/sh", "-c", script}));
  EXPECT_EQ(c.state(), session_state::authenticated);
  c.noop();
  EXPECT_EQ(code_of([&] { c.noop(); }), errc::closed);
}

TEST(blocking_client, unreachable_and_unknown_hosts_are_told_apart) {
  error refused;
  try {
    client c(connect_options("127.0.0.1", security::plain, 1).session(quick()));
  } catch (const error& e) {
    refused = e;
  }
  EXPECT_EQ(refused.code(), errc::connect);
  EXPECT_EQ(refused.where(), phase::connect);
  EXPECT_NE(std::string(refused.what()).find("127.0.0.1"), std::string::npos);
  const auto unknown =
      code_of([&] { client c(connect_options("no-such-host.invalid", security::plain).session(quick())); });
  EXPECT_TRUE(unknown == errc::resolve || unknown == errc::timeout);
}

TEST(blocking_client, errors_of_the_caller_send_nothing_and_change_nothing) {
  running_server r;
  client c(to(r.s), joe());
  const auto before = r.s.command_count();
  EXPECT_EQ(code_of([&] { c.select("a\r\nb"); }), errc::invalid_argument);
  EXPECT_EQ(code_of([&] { c.fetch(uid_set(1), fetch_items().flags()); }), errc::wrong_state);
  c.select("INBOX");
  EXPECT_EQ(code_of([&] { c.fetch(uid_set(), fetch_items().flags()); }), errc::invalid_argument);
  EXPECT_EQ(code_of([&] { c.store(uid_set(1), store_mode::add, flag_list("bad flag")); }), errc::invalid_argument);
  EXPECT_EQ(r.s.command_count(), before + 1);
  c.noop();
}

TEST(blocking_client, reads_a_server_that_sends_one_octet_at_a_time) {
  running_server r(server_settings(ts::tls_mode::implicit));
  r.s.append("joe", "INBOX", message_text);
  client c(to(r.s, security::tls), joe());
  r.s.set_faults(ts::faults().split(1));
  c.select("INBOX");
  EXPECT_EQ(c.fetch(uid_set::all(), fetch_items().body_peek(""))[0].section(section()), message_text);
}

TEST(blocking_client, a_truncated_tls_stream_is_an_error) {
  auto o = server_settings(ts::tls_mode::implicit);
  running_server r(std::move(o));
  client c(to(r.s, security::tls), joe());
  r.s.drop_connections();
  const auto why = c.try_run(noop());
  ASSERT_FALSE(why);
  EXPECT_TRUE(why.error().is_fatal());
}

}  // namespace
}  // namespace imapxx
