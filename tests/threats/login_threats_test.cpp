// Threats to the log-in, numbered as in docs/threats.md; and what must never be seen of its secrets.
#include <imapxx/sasl.hpp>

#include "base/base64.hpp"
#include "threats/front.hpp"

#include <algorithm>
#include <random>

namespace imapxx::threats {
namespace {

using peer = dialogue_server::peer;

class login_threat : public threat {};
INSTANTIATE_TEST_SUITE_P(drivers, login_threat, testing::ValuesIn(drivers()),
                         [](const auto& which) { return std::string(which.param.name); });

TEST(threat_policy, r13_the_mechanism_is_the_callers_policy) {
  // Every subset of what a server may offer, with and without TLS, against the documented order.
  const std::vector<std::string> order = {"OAUTHBEARER", "XOAUTH2", "SCRAM-SHA-256", "SCRAM-SHA-1",
                                          "CRAM-MD5",    "PLAIN",   "LOGIN"};
  const std::vector<std::string> others = {"DIGEST-MD5", "NTLM", "EXTERNAL", "ANONYMOUS", "GSSAPI"};
  const auto all = order.size() + others.size();
  ASSERT_EQ(all, 12U);
  for (unsigned bits = 0; bits < (1U << all); ++bits) {
    std::vector<std::string> offered;
    for (unsigned i = 0; i < all; ++i)
      if ((bits >> i) & 1U) offered.push_back(i < order.size() ? order[i] : others[i - order.size()]);
    for (const bool tls : {true, false}) {
      for (const bool token : {true, false}) {
        auto who = credentials("ann", secret("password"));
        if (token) who = credentials::with_token("ann", secret("token"));
        const auto picked = choose_mechanisms(offered, false, who, tls);
        std::vector<std::string> expected;
        for (const auto& name : order) {
          const bool oauth = name == "OAUTHBEARER" || name == "XOAUTH2";
          const bool sends = oauth || name == "PLAIN" || name == "LOGIN";
          const bool is_offered = std::find(offered.begin(), offered.end(), name) != offered.end();
          if (is_offered && oauth == token && (tls || !sends)) expected.push_back(name);
        }
        ASSERT_EQ(static_cast<bool>(picked), !expected.empty());
        if (picked) {
          ASSERT_EQ(*picked, expected);
        }
      }
    }
  }
  // What the caller names is all that is tried, in his order.
  const auto pinned = choose_mechanisms({"PLAIN", "SCRAM-SHA-256"}, true,
                                        credentials("a", secret("b")).mechanism("SCRAM-SHA-256"), true);
  EXPECT_EQ(*pinned, std::vector<std::string>{"SCRAM-SHA-256"});
  EXPECT_FALSE(choose_mechanisms({"PLAIN"}, true, credentials("a", secret("b")).mechanism("SCRAM-SHA-256"), true));
}

/// Greets, and lets `talk` answer AUTHENTICATE; the client's messages come decoded.
class scram_server : public dialogue_server {
 public:
  using talk = std::function<void(peer&, const std::string& tag, const std::string& client_first)>;
  explicit scram_server(talk t)
      : dialogue_server([t = std::move(t)](peer& p) {
          p.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256 AUTH=CRAM-MD5] hi\r\n");
          const auto line = p.line();
          const auto message = base::base64_decode(line.substr(line.rfind(' ') + 1));
          t(p, peer::tag(line), message.value_or(""));
          while (!p.line().empty()) {
          }
        }) {}
  static void challenge(peer& p, const std::string& text) { p.send("+ " + base::base64_encode(text) + "\r\n"); }
  static std::string nonce(const std::string& client_first) {
    return client_first.substr(client_first.rfind(",r=") + 3);
  }
};

TEST_P(login_threat, r14_scram_iterations_are_bounded_before_hashing) {
  for (const char* count :
       {"2000001", "2147483647", "4294967296", "99999999999999999999", "4095", "1", "0", "-1", "x"}) {
    std::string answer;
    auto s = std::make_unique<scram_server>([&](peer& p, const std::string& tag, const std::string& first) {
      scram_server::challenge(p, "r=" + scram_server::nonce(first) + "xyz,s=c2FsdHNhbHQ=,i=" + count);
      answer = p.line();
      p.send(tag + " BAD cancelled\r\n");
    });
    ASSERT_FALSE(client->connect(to(s->port(), security::plain)));
    const auto begin = std::chrono::steady_clock::now();
    const auto why = client->log_in(ann().mechanism("SCRAM-SHA-256"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s) << count;  // hashing the larger ones takes minutes
    EXPECT_EQ(why.code(), errc::authentication_failed) << count << why.what();
    EXPECT_FALSE(why.is_fatal());
    if (std::string_view(count).size() > 6) {
      EXPECT_EQ(why.limit_name(), "scram_iterations_max") << count;
    }
    if (std::string_view(count) == "4095") {
      EXPECT_EQ(why.limit_name(), "scram_iterations_min");
    }
    renew();
    s.reset();                        // its thread is over
    EXPECT_EQ(answer, "*") << count;  // no proof
  }
}

TEST_P(login_threat, r15_scram_twists) {
  struct twist {
    const char* name;
    scram_server::talk talk;
  };
  const auto start = [](const std::string& first, const std::string& more = {}) {
    return "r=" + scram_server::nonce(first) + "xyz,s=c2FsdHNhbHQ=,i=4096" + more;
  };
  using str = const std::string&;
  const std::vector<twist> twists = {{"another nonce",
                                      [](peer& p, str tag, str) {
                                        scram_server::challenge(p, "r=somethingelse,s=c2FsdHNhbHQ=,i=4096");
                                        if (p.line() == "*") p.send(tag + " BAD\r\n");
                                      }},
                                     {"our nonce alone",
                                      [](peer& p, str tag, str first) {
                                        scram_server::challenge(
                                            p, "r=" + scram_server::nonce(first) + ",s=c2FsdHNhbHQ=,i=4096");
                                        if (p.line() == "*") p.send(tag + " BAD\r\n");
                                      }},
                                     {"an extension that must be understood",
                                      [=](peer& p, str tag, str first) {
                                        scram_server::challenge(p, "m=x," + start(first));
                                        if (p.line() == "*") p.send(tag + " BAD\r\n");
                                      }},
                                     {"a wrong signature",
                                      [=](peer& p, str tag, str first) {
                                        scram_server::challenge(p, start(first));
                                        (void)p.line();
                                        scram_server::challenge(p, "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
                                        if (p.line() == "*") p.send(tag + " BAD\r\n");
                                      }},
                                     {"OK without a signature",
                                      [=](peer& p, str tag, str first) {
                                        scram_server::challenge(p, start(first));
                                        (void)p.line();
                                        p.send(tag + " OK welcome\r\n");
                                      }},
                                     {"OK at once", [](peer& p, str tag, str) { p.send(tag + " OK welcome\r\n"); }},
                                     {"OK after an error",
                                      [=](peer& p, str tag, str first) {
                                        scram_server::challenge(p, start(first));
                                        (void)p.line();
                                        scram_server::challenge(p, "e=other-error");
                                        (void)p.line();
                                        p.send(tag + " OK welcome\r\n");
                                      }},
                                     {"OK to a cancelled exchange",
                                      [](peer& p, str tag, str) {
                                        p.send("+ !!!\r\n");
                                        (void)p.line();
                                        p.send(tag + " OK welcome\r\n");
                                      }},
                                     {"the proof twice", [=](peer& p, str tag, str first) {
                                        scram_server::challenge(p, start(first));
                                        (void)p.line();
                                        scram_server::challenge(p, start(first));
                                        if (p.line() == "*") p.send(tag + " BAD\r\n");
                                      }}};
  for (const auto& t : twists) {
    scram_server s(t.talk);
    ASSERT_FALSE(client->connect(to(s.port(), security::plain)));
    const auto why = client->log_in(ann().mechanism("SCRAM-SHA-256"));
    EXPECT_EQ(why.code(), errc::authentication_failed) << t.name << ": " << why.what();
    if (std::string_view(t.name).starts_with("OK")) {
      EXPECT_TRUE(why.is_fatal()) << t.name;
    }
    EXPECT_EQ(std::string_view(why.what()).find(password()), std::string_view::npos);
    renew();
  }
}

TEST_P(login_threat, r16_challenges_that_are_no_base64_end_the_exchange) {
  for (const char* bad : {"!!!", "QQ", "QQ=", "QQ==x", "QQ== QQ==", "QR==", "====", "Q===", "\xff", "{5}"}) {
    std::string answer;
    auto s = std::make_unique<dialogue_server>([&](peer& p) {
      p.send("* OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] hi\r\n");
      const auto tag = peer::tag(p.line());
      p.send("+ " + std::string(bad) + "\r\n");
      answer = p.line();
      p.send(tag + " BAD cancelled\r\n");
      (void)p.line();
    });
    ASSERT_FALSE(client->connect(to(s->port(), security::plain)));
    const auto why = client->log_in(ann().mechanism("CRAM-MD5"));
    EXPECT_EQ(why.code(), errc::authentication_failed) << bad;
    renew();
    s.reset();  // its thread is over
    EXPECT_EQ(answer, "*") << bad;
  }
}

TEST_P(login_threat, r19_the_oauth_error_channel) {
  struct shape {
    const char* provider;
    const char* json;
    const char* status;
  };
  for (const auto& f :
       {shape{"Gmail", R"({"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"})", "400"},
        shape{"Outlook", R"({"status":"invalid_token","scope":"Mail.Read"})", "invalid_token"},
        shape{"Dovecot", R"({"status":"invalid_token"})", "invalid_token"},
        shape{"Yahoo", R"({ "schemes" : "Bearer" , "status" : "401" })", "401"},
        shape{"Fastmail", R"({"scope":"imap","status":"insufficient_scope","openid-configuration":"x"})",
              "insufficient_scope"}}) {
    for (const char* mechanism : {"XOAUTH2", "OAUTHBEARER"}) {
      std::string answer;
      auto s = std::make_unique<dialogue_server>([&](peer& p) {
        p.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER] hi\r\n");
        const auto tag = peer::tag(p.line());
        p.send("+ " + base::base64_encode(f.json) + "\r\n");
        answer = p.line();
        p.send(tag + " NO [AUTHENTICATIONFAILED] no\r\n");
        (void)p.line();
      });
      ASSERT_FALSE(client->connect(to(s->port(), security::plain)));
      auto who = credentials::with_token("ann", secret("to-ken-to-ken")).allow_plaintext();
      const auto why = client->log_in(who.mechanism(mechanism));
      EXPECT_EQ(why.code(), errc::no) << f.provider;
      EXPECT_NE(why.server_text().find(f.status), std::string_view::npos) << why.server_text();
      EXPECT_EQ(ears.trace.find("to-ken"), std::string::npos);
      renew();
      s.reset();  // its thread is over
      EXPECT_EQ(answer, mechanism == std::string("XOAUTH2") ? "" : "AQ==") << f.provider;
    }
  }
}

std::string random_password(std::mt19937& random) {
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \"\\{}%";
  std::string word = "pw";
  while (word.size() < 24) word += letters[random() % letters.size()];
  word += "Zz";  // SASLprep and trailing blanks are another matter
  return word;
}

/// The three forms in which `text` can stand within base64, without the characters that its neighbours share.
std::vector<std::string> base64_alignments(const std::string& text) {
  std::vector<std::string> forms;
  for (std::size_t before = 0; before < 3; ++before) {
    const auto coded = base::base64_encode(std::string(before, 'x') + text);
    const std::size_t skip = before == 0 ? 0 : before + 1;
    const auto whole = (before + text.size()) / 3 * 4;
    forms.push_back(coded.substr(skip, whole - skip));
  }
  return forms;
}

TEST_P(login_threat, r18_secrets_appear_in_no_trace_and_no_error) {
  std::mt19937 random(std::random_device{}());
  int sessions = 0;
  std::string everything;
  std::vector<std::string> words;
  const auto collect = [&](const error& e) {
    everything += ears.trace + ears.heard + e.what() + "\n";
    everything.append(e.message()).append(e.server_text()).append(e.response_code()).append("\n");
    ++sessions;
    renew();
  };
  for (const char* mechanism :
       {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "LOGIN-COMMAND", "XOAUTH2", "OAUTHBEARER"}) {
    for (const bool initial : {true, false}) {
      const auto word = random_password(random);
      const bool token = std::string_view(mechanism).find("OAUTH") != std::string_view::npos;
      std::string bearer = word;
      std::replace_if(bearer.begin(), bearer.end(), [](char c) { return c == ' ' || c == '"' || c == '\\'; }, '-');
      words.push_back(word);
      words.push_back(bearer);
      auto o = ts::server_options().user("ann", word).token("ann", bearer);
      if (!initial) o.remove_capability("SASL-IR").remove_capability("LITERAL+");
      running r(std::move(o));
      auto who = token ? credentials::with_token("ann", secret(bearer)) : credentials("ann", secret(word));
      who.mechanism(mechanism).allow_plaintext();
      ASSERT_FALSE(client->connect(to(r.server, security::plain)));
      const auto good = client->log_in(who);
      EXPECT_FALSE(good) << mechanism << ": " << good.what();
      collect(good);
      // The same against an account with another password; and a server that repeats what it was told.
      running wrong(ts::server_options().user("ann", "other").token("ann", "other"));
      ASSERT_FALSE(client->connect(to(wrong.server, security::plain)));
      const auto refused = client->log_in(who);
      EXPECT_TRUE(refused) << mechanism;
      collect(refused);
      dialogue_server echo([&](peer& p) {
        p.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=" + std::string(mechanism) + "] hi\r\n");
        const auto line = p.line();
        const auto tag = peer::tag(line);
        std::string heard = line;
        if (line.find("AUTHENTICATE LOGIN") != std::string::npos) {
          p.send("+ VXNlcm5hbWU6\r\n");
          heard += p.line();
          p.send("+ UGFzc3dvcmQ6\r\n");
          heard = p.line();
        }
        // Where a digest was sent, the server does not know the password.
        const bool digest = std::string_view(mechanism).find("AM-") != std::string_view::npos;
        const auto known = digest ? std::string("no password") : (token ? bearer : word);
        p.send("* NO [ALERT] you said " + heard + "\r\n" + tag + " BAD what is " + heard + " and " + known + "?\r\n");
        while (!p.line().empty()) {
        }
      });
      ASSERT_FALSE(client->connect(to(echo.port(), security::plain)));
      const auto repeated = client->log_in(who);
      EXPECT_TRUE(repeated) << mechanism;
      collect(repeated);
    }
  }
  EXPECT_GE(sessions, 40);
  EXPECT_NE(everything.find("AUTHENTICATE"), std::string::npos);
  EXPECT_NE(everything.find("<redacted>"), std::string::npos);
  for (const auto& w : words) {
    const auto at = everything.find(w);
    EXPECT_EQ(at, std::string::npos) << everything.substr(at < 300 ? 0 : at - 300, 400);
    for (const auto& form : base64_alignments(w)) EXPECT_EQ(everything.find(form), std::string::npos) << form;
  }
}

TEST(threat_secret, r18_secrets_are_zeroed) {
  // The octets are looked at through a pointer into them just before they are given back.
  std::string plain = "correct horse battery staple, correct horse";
  const char* at = plain.data();
  const auto size = plain.size();
  secret kept(std::move(plain));
  EXPECT_EQ(std::string_view(at, size).find("horse"), std::string_view::npos);
  const char* inside = kept.expose().data();
  EXPECT_EQ(std::string_view(inside, 7), "correct");
  secret moved(std::move(kept));
  EXPECT_EQ(moved.expose().data(), inside);
  EXPECT_TRUE(kept.empty());  // NOLINT(bugprone-use-after-move): that is the question
  std::string text = "password";
  text.reserve(200);
  const char* buffer = text.data();
  secret::wipe(text);
  EXPECT_EQ(std::string_view(buffer, 8), std::string_view("\0\0\0\0\0\0\0\0", 8));
}

TEST(threat_errors, every_error_says_what_where_and_whether_to_go_on) {
  for (int i = 1; i <= static_cast<int>(errc::internal_error); ++i) {
    const auto code = static_cast<errc>(i);
    error e(code);
    e.set_phase(phase::authenticate).set_host("imap.example.org").set_command("LOGIN");
    e.set_status("A1", "ALERT", "evil\x1b[2J\r\ntext");
    const std::string what = e.what();
    EXPECT_NE(to_string(code), "unknown") << i;
    EXPECT_FALSE(e.message().empty()) << i;
    for (const char* part : {"authenticate", "imap.example.org", "LOGIN", "[ALERT]", "evil\\x1b[2J\\r\\ntext"})
      EXPECT_NE(what.find(part), std::string::npos) << what;
    EXPECT_EQ(what.find('\x1b'), std::string::npos);
    // The documented groups.
    const bool before = code <= errc::no_mechanism;
    const bool ends = code >= errc::cancelled;
    EXPECT_EQ(e.is_fatal(), ends) << to_string(code);
    if (before) {
      EXPECT_TRUE(e.is_safe_to_retry()) << to_string(code);
    }
    if (code == errc::no || code == errc::io || code == errc::closed || code == errc::timeout) {
      EXPECT_FALSE(e.is_safe_to_retry()) << to_string(code);
    }
    if (code >= errc::resolve && code <= errc::invalid_greeting) {
      EXPECT_TRUE(e.is_safe_to_retry()) << to_string(code);
    }
    EXPECT_EQ(make_error_code(code).message(), error(code).message());
    EXPECT_STREQ(make_error_code(code).category().name(), "imapxx");
    try {
      throw_error(e);
    } catch (const status_error& s) {
      EXPECT_TRUE(code == errc::no || code == errc::bad);
    } catch (const error& s) {
      EXPECT_EQ(s.code(), code);
    }
  }
}

TEST_P(login_threat, errors_name_phase_host_and_command_on_every_driver) {
  running r(account().faults(ts::faults()
                                 .add(ts::when("CREATE").send_instead("$tag NO [NOPERM] no\x1b[1m\r\n"))
                                 .add(ts::when("DELETE").drop())));
  const auto unreachable = client->connect(to(1, security::plain));
  EXPECT_EQ(unreachable.code(), errc::connect);
  EXPECT_EQ(unreachable.where(), phase::connect);
  EXPECT_EQ(unreachable.host(), "127.0.0.1");
  EXPECT_TRUE(unreachable.is_safe_to_retry());
  renew();
  ASSERT_FALSE(client->connect(to(r.server, security::plain)));
  const auto early = client->run(select("INBOX")).error();
  EXPECT_EQ(early.code(), errc::wrong_state);
  EXPECT_EQ(early.command(), "SELECT");
  EXPECT_EQ(early.host(), "127.0.0.1");
  EXPECT_FALSE(early.is_fatal());
  EXPECT_TRUE(early.is_safe_to_retry());
  ASSERT_FALSE(client->log_in(ann()));
  const auto no = client->run(create("private-name")).error();
  EXPECT_EQ(no.code(), errc::no);
  EXPECT_EQ(no.where(), phase::command);
  EXPECT_EQ(no.host(), "127.0.0.1");
  EXPECT_EQ(no.command(), "CREATE");
  EXPECT_EQ(no.response_code(), "NOPERM");
  EXPECT_FALSE(no.is_fatal());
  EXPECT_EQ(std::string_view(no.what()).find("private-name"), std::string_view::npos);  // never arguments
  EXPECT_EQ(std::string_view(no.what()).find('\x1b'), std::string_view::npos);
  const auto lost = client->run(delete_mailbox("private-name")).error();
  EXPECT_EQ(lost.code(), errc::closed);
  EXPECT_EQ(lost.command(), "DELETE");
  EXPECT_EQ(lost.host(), "127.0.0.1");
  EXPECT_TRUE(lost.is_fatal());
  EXPECT_FALSE(lost.is_safe_to_retry());
  EXPECT_EQ(client->run(noop()).error().code(), errc::closed);
}

}  // namespace
}  // namespace imapxx::threats
