// Threats to the connection, numbered as in docs/threats.md: TLS, states, order, time. Every scenario runs on every
// driver.
#include "threats/front.hpp"

#include <algorithm>

namespace imapxx::threats {
namespace {

using mode_pair = std::pair<security, ts::tls_mode>;
constexpr mode_pair both_tls_modes[] = {{security::starttls, ts::tls_mode::starttls},
                                        {security::tls, ts::tls_mode::implicit}};

ts::script greeting(std::string capabilities = "IMAP4rev1 STARTTLS") {
  return ts::script().send("* OK [CAPABILITY " + std::move(capabilities) + "] hello\r\n");
}

INSTANTIATE_TEST_SUITE_P(drivers, threat, testing::ValuesIn(drivers()),
                         [](const auto& which) { return std::string(which.param.name); });

TEST_P(threat, r01_response_injection_behind_starttls) {
  for (const char* suffix :
       {"* CAPABILITY IMAP4rev1 AUTH=PLAIN EVIL\r\n", "* OK [ALERT] EVIL\r\n", "A1 OK EVIL\r\n", "* PREAUTH EVIL\r\n",
        "* LIST () \"/\" EVIL\r\n", "* 5 FETCH (BODY[] {4}\r\nEVIL)\r\n", "+ EVIL\r\n", "\r\n", "E"}) {
    running r(account(ts::tls_mode::starttls).faults(ts::faults().after_starttls(suffix)));
    const auto why = client->connect(to(r.server, security::starttls));
    EXPECT_EQ(why.code(), errc::starttls_injection) << suffix;
    EXPECT_TRUE(why.is_fatal());
    EXPECT_EQ(why.where(), phase::starttls);
    EXPECT_EQ(ears.heard, "") << suffix;
    EXPECT_FALSE(client->tls());
    EXPECT_EQ(r.server.command_count(), 1U);
    renew();
  }
  // In a segment of its own, the same octets meet the TLS layer.
  playing p(greeting().expect_command("STARTTLS").send("$tag OK go\r\n").pause(50ms).send("* OK EVIL\r\n").start_tls());
  EXPECT_EQ(client->connect(to(p.server, security::starttls)).code(), errc::tls_handshake);
  EXPECT_EQ(ears.heard, "");
}

TEST_P(threat, r02_what_was_said_before_tls_is_forgotten) {
  running r(
      account(ts::tls_mode::starttls)
          .faults(ts::faults().add(
              ts::when("STARTTLS")
                  .send_before("* 7 EXISTS\r\n* LIST () \"/\" EVIL\r\n* CAPABILITY IMAP4rev1 EVIL\r\n* FLAGS (EVIL)\r\n"
                               "* OK [ALERT] EVIL\r\n* OK EVIL\r\n* EVIL data\r\n* 3 FETCH (FLAGS (EVIL))\r\n* BROKEN( "
                               "EVIL\r\n"))));
  ASSERT_FALSE(client->connect(to(r.server, security::starttls)));
  ASSERT_FALSE(client->log_in(ann()));
  EXPECT_TRUE(client->tls());
  EXPECT_FALSE(client->protocol().info().capabilities.contains("EVIL"));
  EXPECT_EQ(client->protocol().mailbox().exists, 0U);
  for (const auto& entry : client->run(list("", "*")).value()) EXPECT_EQ(entry.name.utf8(), "INBOX");
  EXPECT_EQ(ears.heard.find("EVIL"), std::string::npos) << ears.heard;
  EXPECT_NE(ears.trace.find("EVIL"), std::string::npos);  // a trace shows what happened
}

TEST_P(threat, r03_capabilities_are_asked_for_again_inside_tls_and_after_login) {
  playing p(greeting("IMAP4rev1 STARTTLS SASL-IR LITERAL+ AUTH=PLAIN EVIL")
                .expect_command("STARTTLS")
                .send("$tag OK go\r\n")
                .start_tls()
                .exchange("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN INSIDE\r\n")
                .expect_command("AUTHENTICATE PLAIN")  // no initial response: SASL-IR was said in the clear
                .send("+ \r\n")
                .expect_any()
                .send("$tag OK in\r\n")
                .exchange("CAPABILITY", "* CAPABILITY IMAP4rev1 AFTER\r\n")
                .stall());
  ASSERT_FALSE(client->connect(to(p.server, security::starttls)));
  EXPECT_FALSE(client->protocol().info().capabilities.contains("EVIL"));
  EXPECT_FALSE(client->log_in(ann()));
  EXPECT_TRUE(client->protocol().info().capabilities.contains("AFTER"));
  EXPECT_FALSE(client->protocol().info().capabilities.contains("INSIDE"));
  EXPECT_TRUE(p.server.errors().empty());
}

TEST_P(threat, r04_starttls_stripping) {
  struct trick {
    ts::script steps;
    errc expected;
  };
  const trick tricks[] = {
      {greeting("IMAP4rev1 AUTH=PLAIN").stall(), errc::starttls_refused},
      {greeting().expect_command("STARTTLS").send("$tag NO not now\r\n").stall(), errc::starttls_refused},
      {greeting().expect_command("STARTTLS").send("$tag BAD what?\r\n").stall(), errc::starttls_refused},
      // completions that came too early, or are none
      {ts::script().send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\nA1 OK Begin TLS now\r\n").stall(),
       errc::protocol_error},
      {greeting().expect_command("STARTTLS").send("* OK Begin TLS now\r\n").stall(), errc::timeout},
      {greeting().expect_command("STARTTLS").send("+ OK Begin TLS now\r\n").stall(), errc::timeout},
      {greeting().expect_command("STARTTLS").send("x$tag OK Begin TLS now\r\n").stall(), errc::protocol_error},
      // TLS that never comes
      {greeting().expect_command("STARTTLS").send("$tag OK go\r\n").pause(20ms).send("* OK in the clear\r\n").stall(),
       errc::tls_handshake},
      {greeting().expect_command("STARTTLS").send("$tag OK go\r\n").close(), errc::tls_handshake},
      {ts::script().send("* BYE use the other port\r\n").close(), errc::bye},
      {ts::script().send("+ hello\r\n").stall(), errc::invalid_greeting},
  };
  for (const auto& t : tricks) {
    playing p(t.steps);
    auto options = to(p.server, security::starttls);
    if (t.expected == errc::timeout) options = hasty(options);
    const auto why = client->connect(options);
    EXPECT_EQ(why.code(), t.expected) << why.what();
    EXPECT_TRUE(why.is_fatal());
    EXPECT_FALSE(client->tls());
    EXPECT_EQ(ears.heard, "");
    p.server.stop();
    const auto sent = p.server.received(0);
    EXPECT_EQ(sent.find("LOGIN"), std::string::npos);
    EXPECT_EQ(sent.find("AUTH"), std::string::npos);
    renew();
  }
}

TEST_P(threat, r05_preauth_before_starttls) {
  running r(account(ts::tls_mode::starttls).preauth("ann"));
  const auto why = client->connect(to(r.server, security::starttls));
  EXPECT_EQ(why.code(), errc::preauth_without_tls);
  EXPECT_TRUE(why.is_fatal());
  EXPECT_EQ(r.server.received(0), "");
  // A PREAUTH that is no greeting changes nothing.
  renew();
  playing p(greeting("IMAP4rev1").expect_command("NOOP").send("* PREAUTH you are in\r\n$tag OK\r\n").stall());
  ASSERT_FALSE(client->connect(to(p.server, security::plain)));
  EXPECT_TRUE(client->run(noop()));
  EXPECT_EQ(client->protocol().state(), session_state::not_authenticated);
  EXPECT_EQ(client->run(append("Drafts", "Subject: secret\r\n\r\n")).error().code(), errc::wrong_state);
}

TEST_P(threat, r07_certificates_that_must_not_be_accepted) {
  using kind = ts::certificate_kind;
  for (const auto& [mode, server_mode] : both_tls_modes) {
    for (const auto bad :
         {kind::expired, kind::not_yet_valid, kind::other_host, kind::address_as_name, kind::common_name_only,
          kind::self_signed, kind::unknown_authority, kind::missing_intermediate, kind::issuer_is_no_authority,
          kind::for_clients, kind::weak_key, kind::weak_signature}) {
      running r(account(server_mode).certificate(bad));
      const auto why = client->connect(to(r.server, mode));
      EXPECT_EQ(why.code(), errc::tls_certificate) << static_cast<int>(bad) << ": " << why.what();
      EXPECT_TRUE(why.is_fatal());
      EXPECT_EQ(why.host(), "127.0.0.1");
      EXPECT_FALSE(client->tls());
      EXPECT_EQ(r.server.command_count(), mode == security::starttls ? 1U : 0U);
      renew();
    }
    running r(account(server_mode));
    EXPECT_FALSE(client->connect(to(r.server, mode)));
    EXPECT_FALSE(client->log_in(ann()));
    renew();
    // The right certificate for another name, and the right name for an address.
    auto other = to(r.server, mode);
    other.tls_settings.server_name("imap.example.org");
    EXPECT_EQ(client->connect(other).code(), errc::tls_certificate);
    renew();
  }
}

TEST_P(threat, r08_truncation_is_an_error_with_and_without_tls) {
  for (const auto server_mode : {ts::tls_mode::plain, ts::tls_mode::implicit}) {
    for (const char* part : {"* 1 FETCH (UID 1 BODY[] {100}\r\nSubject: x", "* 1 FETCH (UID 1 BODY[] {5}\r\nhello",
                             "* 1 FETCH (UID 1 BODY[] {5}\r\nhello)\r\n", "* 1 FETCH (UI", "$tag OK", ""}) {
      playing p(ts::script()
                    .send("* PREAUTH [CAPABILITY IMAP4rev1] in\r\n")
                    .exchange("SELECT INBOX", "* 1 EXISTS\r\n")
                    .expect_command("UID FETCH 1 (UID BODY.PEEK[])")
                    .send(part)
                    .close(),
                server_mode);
      const auto mode = server_mode == ts::tls_mode::plain ? security::plain : security::tls;
      ASSERT_FALSE(client->connect(to(p.server, mode)));
      ASSERT_TRUE(client->run(select("INBOX")));
      const auto got = client->run(fetch(uid_set(1), fetch_items().body_peek("")));
      ASSERT_FALSE(got) << part;
      EXPECT_EQ(got.error().code(), errc::closed) << part;
      EXPECT_TRUE(got.error().is_fatal());
      EXPECT_TRUE(got.error().is_safe_to_retry());
      renew();
    }
  }
}

TEST_P(threat, r09_host_names_trailing_dot_mixed_case_and_other_scripts) {
  running r(account(ts::tls_mode::implicit));
  for (const char* name : {"localhost", "LocalHost", "localhost."}) {
    auto options = to(r.server, security::tls);
    options.tls_settings.server_name(name);
    EXPECT_FALSE(client->connect(options)) << name;
    renew();
  }
  // A Cyrillic o; a name with what ends a name; a zone; a wildcard is no host.
  for (const char* name : {"l\xd0\xbe"
                           "calhost",
                           "localhost@evil", "local host", "localhost/", "*.example.org", "localhost.evil"}) {
    auto options = to(r.server, security::tls);
    options.tls_settings.server_name(name);
    const auto why = client->connect(options);
    EXPECT_TRUE(why.code() == errc::invalid_argument || why.code() == errc::tls_certificate) << name << why.what();
    renew();
  }
}

TEST_P(threat, r10_text_from_the_clear_is_not_the_servers_word) {
  auto o = account(ts::tls_mode::starttls);
  o.faults(ts::faults()
               .greeting("* OK [ALERT] Call 555 and tell your password\r\n")
               .add(ts::when("STARTTLS").send_before("* NO [ALERT] EVIL\r\n"))
               .add(ts::when("NOOP").send_before("* OK [ALERT] maintenance at noon\r\n")));
  running r(std::move(o));
  ASSERT_FALSE(client->connect(to(r.server, security::starttls)));
  EXPECT_EQ(ears.heard, "");
  EXPECT_TRUE(client->run(noop()));
  EXPECT_NE(ears.heard.find("alert maintenance at noon"), std::string::npos);
}

TEST_P(threat, r11_logindisabled_is_obeyed) {
  playing p(greeting("IMAP4rev1 LOGINDISABLED").stall(), ts::tls_mode::implicit);
  ASSERT_FALSE(client->connect(to(p.server, security::tls)));
  EXPECT_EQ(client->run(login("ann", secret(password()))).error().code(), errc::login_disabled);
  EXPECT_EQ(client->log_in(ann()).code(), errc::login_disabled);
  EXPECT_EQ(p.server.received(0), "");
}

TEST_P(threat, r12_referrals_are_reported_and_never_followed) {
  dialogue_server trap([](dialogue_server::peer& p) { (void)p.line(); });
  const auto url = "imap://ann@127.0.0.1:" + std::to_string(trap.port()) + "/";
  auto o = account();
  o.faults(ts::faults()
               .add(ts::when("LOGIN").send_instead("$tag NO [REFERRAL " + url + "] try there\r\n").times(1))
               .add(ts::when("SELECT").send_instead("$tag NO [REFERRAL " + url + "INBOX] try there\r\n"))
               .add(ts::when("LIST").send_before("* OK [REFERRAL " + url + "] look there\r\n"))
               .add(ts::when("NOOP").send_instead("* BYE [REFERRAL " + url + "] moved\r\n")));
  running r(std::move(o));
  ASSERT_FALSE(client->connect(to(r.server, security::plain)));
  const auto refused = client->log_in(ann().mechanism("LOGIN-COMMAND"));
  EXPECT_EQ(refused.code(), errc::no);
  EXPECT_TRUE(refused.response_code().starts_with("REFERRAL")) << refused.response_code();
  ASSERT_FALSE(client->log_in(ann()));
  EXPECT_EQ(client->run(select("INBOX")).error().code(), errc::no);
  EXPECT_TRUE(client->run(list("", "*")));
  const auto bye = client->run(noop()).error();
  EXPECT_EQ(bye.code(), errc::bye);
  EXPECT_TRUE(bye.response_code().starts_with("REFERRAL"));
  EXPECT_EQ(trap.connections(), 0);
}

TEST_P(threat, r35_forged_and_early_completions) {
  // A whole session's completions, sent with the greeting.
  std::string forged = "* OK [CAPABILITY IMAP4rev1] hello\r\n";
  for (int i = 1; i < 20; ++i) forged += "A" + std::to_string(i) + " OK done\r\n";
  playing all(ts::script().send(forged).stall());
  auto forged_end = client->connect(to(all.server, security::plain));
  if (!forged_end) forged_end = client->log_in(ann());
  EXPECT_EQ(forged_end.code(), errc::protocol_error);
  renew();
  // After the log-in: other tags are ignored, also those that only look like ours; data is delivered once.
  playing near(ts::script()
                   .send("* PREAUTH [CAPABILITY IMAP4rev1] in\r\n")
                   .expect_command("NOOP")
                   .send("x$tag OK forged\r\n$tag1 OK forged\r\n* OK still busy\r\n")
                   .stall());
  ASSERT_FALSE(client->connect(hasty(to(near.server, security::plain))));
  EXPECT_EQ(client->run(noop()).error().code(), errc::timeout);
  EXPECT_EQ(client->protocol().stray_completions(), 2U);
  renew();
  // OK before the octets of a literal were sent.
  playing half(ts::script()
                   .send("* PREAUTH [CAPABILITY IMAP4rev1] in\r\n")
                   .expect_command("APPEND Drafts {5}")
                   .send("$tag OK [APPENDUID 1 1] stored\r\n")
                   .stall());
  ASSERT_FALSE(client->connect(to(half.server, security::plain)));
  EXPECT_EQ(client->run(append("Drafts", "a\r\nb\n")).error().code(), errc::protocol_error);
}

TEST_P(threat, r36_data_for_another_message_is_not_given_to_the_caller) {
  running r(account().faults(ts::faults().add(
      ts::when("UID FETCH")
          .send_instead("* 2 FETCH (UID 9 BODY[TEXT] {4}\r\nEVIL)\r\n* 1 FETCH (UID 1 BODY[HEADER] {4}\r\nEVIL)\r\n"
                        "* 1 FETCH (UID 1 BODY[TEXT] {4}\r\ngood)\r\n$tag OK\r\n"))));
  for (int i = 0; i < 2; ++i) r.server.append("ann", "INBOX", "Subject: x\r\n\r\ngood");
  ASSERT_FALSE(client->connect(to(r.server, security::plain)));
  ASSERT_FALSE(client->log_in(ann()));
  ASSERT_TRUE(client->run(select("INBOX")));
  const auto rows = client->run(fetch(uid_set(1), fetch_items().uid().body_peek("TEXT"))).value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.uid(0), 1U);
  const auto all = rows[0].to_data();
  for (const auto& s : all.sections) {
    if (s.section == section::parse("TEXT")) {
      EXPECT_EQ(s.data, "good");
    }
  }
}

TEST_P(threat, r37_impossible_numbers_do_not_confuse_the_mailbox_view) {
  running r(account().faults(ts::faults().add(
      ts::when("NOOP")
          .send_before("* 0 EXPUNGE\r\n* 4294967295 EXPUNGE\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n"
                       "* 1 EXPUNGE\r\n* -1 EXISTS\r\n* 99999999999 EXPUNGE\r\n")
          .times(1))));
  for (int i = 0; i < 3; ++i) r.server.append("ann", "INBOX", "Subject: x\r\n\r\n");
  auto options = to(r.server, security::plain);
  options.session_settings.track_uids();
  ASSERT_FALSE(client->connect(options));
  ASSERT_FALSE(client->log_in(ann()));
  EXPECT_EQ(client->run(select("INBOX")).value().exists, 3U);
  EXPECT_TRUE(client->run(noop()));
  EXPECT_EQ(client->protocol().mailbox().exists, 0U);
  EXPECT_TRUE(client->run(noop()));
}

TEST_P(threat, r38_idle_updates_refusal_and_silence) {
  const auto selected = [] {
    return ts::script().send("* PREAUTH [CAPABILITY IMAP4rev1 IDLE] in\r\n").exchange("SELECT INBOX", "* 1 EXISTS\r\n");
  };
  const auto begin_idle = [&](playing& p) {
    ASSERT_FALSE(client->connect(hasty(to(p.server, security::plain))));
    ASSERT_TRUE(client->run(select("INBOX")));
  };
  const auto first = [](const mailbox_event&) { return true; };
  // What stands between DONE and its OK is delivered.
  playing late(selected()
                   .expect_command("IDLE")
                   .send("+ idling\r\n* 2 EXISTS\r\n")
                   .expect("DONE")
                   .send("* 3 EXISTS\r\n* 4 EXISTS\r\n$tag OK\r\n")
                   .exchange("NOOP"));
  begin_idle(late);
  EXPECT_FALSE(client->idle(5s, first));
  EXPECT_TRUE(client->run(noop()));
  EXPECT_EQ(client->protocol().mailbox().exists, 4U);
  renew();
  // After NO, NOOP takes IDLE's place; silence after DONE is a time-out.
  playing refused(
      selected().expect_command("IDLE").send("$tag NO not here\r\n").exchange("NOOP", "* 2 EXISTS\r\n").stall());
  begin_idle(refused);
  EXPECT_FALSE(client->idle(5s, first));
  EXPECT_EQ(client->protocol().mailbox().exists, 2U);
  renew();
  playing silent(selected().expect_command("IDLE").send("+ idling\r\n* 2 EXISTS\r\n").expect("DONE").stall());
  begin_idle(silent);
  auto why = client->idle(5s, first);
  if (!why) why = client->run(noop()).error();
  EXPECT_EQ(why.code(), errc::timeout);
}

struct stage {
  const char* name;
  const char* command;  // whose answer goes wrong; empty: the greeting
};
constexpr stage stages[] = {{"greeting", ""},       {"capability", "CAPABILITY"}, {"login", "AUTHENTICATE"},
                            {"list", "LIST"},       {"select", "SELECT"},         {"fetch", "UID FETCH"},
                            {"store", "UID STORE"}, {"append", "APPEND"},         {"idle", "IDLE"}};

// Runs a session until something fails. \return why, and at which command
error run_session(front& client, const connect_options& options) {
  if (auto e = client.connect(options)) return e;
  if (auto e = client.log_in(ann())) return e;
  if (auto r = client.run(list("", "*")); !r) return r.error();
  if (auto r = client.run(select("INBOX")); !r) return r.error();
  if (auto r = client.run(fetch(uid_set::all(), fetch_items().flags().body_peek(""))); !r) return r.error();
  if (auto r = client.run(store(uid_set(1), store_mode::add, flag_list(flags::seen))); !r) return r.error();
  if (auto r = client.run(append("INBOX", "Subject: new\r\n\r\n")); !r) return r.error();
  if (auto e = client.idle(50ms, [](const mailbox_event&) { return false; })) return e;
  return client.run(noop()).error();  // a driver may leave DONE's answer to the next command
}

TEST_P(threat, r39_bye_close_and_silence_at_every_stage) {
  using action = std::function<ts::command_rule(std::string)>;
  struct end {
    const char* name;
    errc expected;
    action rule;
    ts::faults greeting;
  };
  const end ends[] = {
      {"bye", errc::bye, [](auto c) { return ts::when(c).send_instead("* BYE going down\r\n"); },
       ts::faults().greeting("* BYE going down\r\n")},
      {"close", errc::closed, [](auto c) { return ts::when(c).drop(); }, ts::faults().cut_after(0)},
      {"half", errc::timeout, [](auto c) { return ts::when(c).send_instead("* 1 FETCH (FLA"); },
       ts::faults().greeting("* OK hel")},
      {"silence", errc::timeout, [](auto c) { return ts::when(c).stall(); }, ts::faults().stall_after(0)}};
  for (const auto& e : ends) {
    for (const auto& s : stages) {
      auto o = account();
      const std::string at = s.command;
      if (std::string_view(e.name) == "half" && !at.empty() && at != "UID FETCH") continue;
      o.faults(at.empty() ? e.greeting : ts::faults().add(e.rule(at)));
      if (at == "CAPABILITY") o.faults(ts::faults().greeting("* OK hi\r\n").add(e.rule(at)));
      running r(std::move(o));
      r.server.append("ann", "INBOX", "Subject: x\r\n\r\nhello");
      const auto begin = std::chrono::steady_clock::now();
      auto options = to(r.server, security::plain);
      if (e.expected == errc::timeout) options = hasty(options);
      const auto why = run_session(*client, options);
      EXPECT_EQ(why.code(), e.expected) << e.name << " at " << s.name << ": " << why.what();
      EXPECT_TRUE(why.is_fatal()) << e.name << " at " << s.name;
      EXPECT_LT(std::chrono::steady_clock::now() - begin, 15s) << e.name << " at " << s.name;
      if (e.expected == errc::bye) {
        EXPECT_EQ(why.server_text(), "going down");
      }
      if (at == "APPEND") {
        EXPECT_FALSE(why.is_safe_to_retry());
      }
      // Adding a flag a second time changes nothing.
      if (at == "UID FETCH" || at == "LIST" || at == "UID STORE") {
        EXPECT_TRUE(why.is_safe_to_retry());
      }
      renew();
    }
  }
}

TEST_P(threat, r40_slow_peers_do_not_stretch_a_deadline) {
  // One octet each 20 ms: each read succeeds, the whole does not.
  const auto begin = std::chrono::steady_clock::now();
  running greeting_drips(account().faults(ts::faults().split(1).delay(20ms).greeting("* OK " + std::string(500, 'x'))));
  const auto slow = client->connect(hasty(to(greeting_drips.server, security::plain)));
  EXPECT_EQ(slow.code(), errc::timeout);
  EXPECT_EQ(slow.where(), phase::greeting);
  renew();
  // A literal that comes on and on is ended by the caller's deadline, since progress is made.
  dialogue_server drip([](dialogue_server::peer& p) {
    p.send("* PREAUTH [CAPABILITY IMAP4rev1] in\r\n");
    const auto tag = dialogue_server::peer::tag(p.line());
    p.send("* 1 EXISTS\r\n" + tag + " OK\r\n");
    (void)p.line();
    p.send("* 1 FETCH (BODY[] {100000}\r\n");
    for (int i = 0; i < 40; ++i) {
      p.send("x");
      std::this_thread::sleep_for(20ms);
    }
  });
  ASSERT_FALSE(client->connect(to(drip.port(), security::plain)));
  ASSERT_TRUE(client->run(select("INBOX")));
  client->expires_after(300ms);
  EXPECT_EQ(client->run(fetch(uid_set(1), fetch_items().body_peek(""))).error().code(), errc::timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
  client.reset();
}

TEST_P(threat, r40_close_does_not_wait_for_logout) {
  running r(account().faults(ts::faults().add(ts::when("LOGOUT").stall())));
  ASSERT_FALSE(client->connect(to(r.server, security::plain)));
  ASSERT_FALSE(client->log_in(ann()));
  const auto begin = std::chrono::steady_clock::now();
  client->close();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST_P(threat, r41_single_octets_and_a_peer_that_is_gone) {
  running r(account(ts::tls_mode::implicit).faults(ts::faults().split(1)));
  r.server.append("ann", "INBOX", "Subject: x\r\n\r\n" + std::string(300, 'b'));
  EXPECT_FALSE(run_session(*client, to(r.server, security::tls)));
  // Writing to a closed socket is an error of this call, not a signal.
  r.server.drop_connections();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(client->run(noop()));
}

TEST_P(threat, r43_cancel_at_every_stage) {
  for (const auto& s : stages) {
    if (*s.command == '\0') continue;
    auto o = account();
    o.faults(ts::faults().add(ts::when(s.command).stall()));
    running r(std::move(o));
    r.server.append("ann", "INBOX", "Subject: x\r\n\r\nhello");
    if (std::string_view(s.command) == "CAPABILITY") continue;  // the greeting has them
    const auto options = to(r.server, security::plain);
    std::atomic<bool> connected = false, over = false;
    std::thread other([&] {
      while (!connected) std::this_thread::sleep_for(1ms);
      while (!over) {
        std::this_thread::sleep_for(30ms);
        client->cancel();
      }
    });
    const auto first = client->connect(options);
    connected = true;
    auto why = first ? first : client->log_in(ann());
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 3 && !why; ++i) {
      if (auto e = client->run(list("", "*")); !e) why = e.error();
      if (auto e = client->run(select("INBOX")); !why && !e) why = e.error();
      if (auto e = client->run(fetch(uid_set::all(), fetch_items().body_peek(""))); !why && !e) why = e.error();
      if (auto e = client->run(store(uid_set(1), store_mode::add, flag_list(flags::seen))); !why && !e) why = e.error();
      if (auto e = client->run(append("INBOX", "Subject: n\r\n\r\n")); !why && !e) why = e.error();
      if (!why) why = client->idle(2s, [](const mailbox_event&) { return false; });
    }
    over = true;
    other.join();
    EXPECT_EQ(why.code(), errc::cancelled) << s.name << ": " << why.what();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 15s) << s.name;
    renew();
  }
}

TEST_P(threat, r46_append_is_never_repeated_silently) {
  auto o = account();
  o.faults(
      ts::faults().add(ts::when("APPEND").send_instead("* OK working\r\n").times(1)).add(ts::when("APPEND").drop()));
  running r(std::move(o));
  ASSERT_FALSE(client->connect(hasty(to(r.server, security::plain))));
  ASSERT_FALSE(client->log_in(ann()));
  const auto lost = client->run(append("INBOX", "Subject: once\r\n\r\nbody\r\n")).error();
  EXPECT_EQ(lost.code(), errc::timeout);
  EXPECT_TRUE(lost.is_fatal());
  EXPECT_FALSE(lost.is_safe_to_retry());
  EXPECT_EQ(lost.command(), "APPEND");
  const auto sent = r.server.received(0);
  EXPECT_EQ(sent.find("Subject: once"), sent.rfind("Subject: once"));
  EXPECT_FALSE(client->run(noop()));
  EXPECT_EQ(r.server.connection_count(), 1U);
}

}  // namespace
}  // namespace imapxx::threats
