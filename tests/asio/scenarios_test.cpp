// The same scenarios through the blocking client and through every kind of completion token of the asynchronous one:
// the results are as expected, and the octets on the wire are the same.
#include <imapxx/testserver/server.hpp>

#include "support/asio/driver.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <sstream>
#include <thread>

namespace imapxx::test {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
namespace ts = testserver;

const char* const message_text = "From: Ada <ada@example.org>\r\nSubject: first\r\n\r\nHello.\r\n";

struct recorder final : observer {
  bool wants_trace() const noexcept override { return true; }
  void on_trace(trace_direction d, std::string_view text) override {
    auto& one_way = d == trace_direction::sent ? sent : received;
    for (auto* to : {&both, &one_way}) {
      *to += d == trace_direction::sent ? "C: " : d == trace_direction::received ? "S: " : "-- ";
      *to += text;
      *to += '\n';
    }
  }
  std::string both, sent, received;
};

/// What a scenario has: servers that it starts, and clients of the kind that is under test.
class bench {
 public:
  explicit bench(driver_maker make) : make_(std::move(make)) {}

  ts::server_options settings(ts::tls_mode mode = ts::tls_mode::plain) const {
    ts::server_options o;
    o.user("joe", "secret-word").security(mode);
    return o;
  }
  ts::server& serve(ts::server_options o) {
    servers_.push_back(std::make_unique<ts::server>(std::move(o)));
    servers_.back()->start();
    return *servers_.back();
  }
  ts::server& serve() { return serve(settings()); }
  connect_options to(const ts::server& s, security mode = security::plain, session_options settings = {}) {
    tls_options tls;
    tls.ca_pem(s.ca_pem());
    return connect_options("127.0.0.1", mode, s.port()).tls(tls).session(settings.observe(&seen_).first_tag(1));
  }
  static credentials joe() {
    return credentials("joe", secret("secret-word")).allow_plaintext().mechanism("LOGIN-COMMAND");
  }
  any_client open(const connect_options& o) { return any_client(o, make_); }
  any_client log_in(const connect_options& o) { return any_client(o, joe(), make_); }
  any_client log_in(const ts::server& s) { return log_in(to(s)); }

  /// Everything that was said, on all connections.
  std::string wire(bool in_one_order) const {
    std::string all = in_one_order ? seen_.both : seen_.sent + seen_.received;
    for (const auto& s : servers_) {
      for (std::size_t i = 0; i < s->connection_count(); ++i) all += "== " + s->received(i);
    }
    return all;
  }

 private:
  driver_maker make_;
  recorder seen_;
  std::vector<std::unique_ptr<ts::server>> servers_;
};

session_options with(const std::function<void(timeouts&)>& change) {
  session_options s;
  timeouts t;
  change(t);
  return s.use_timeouts(t);
}
session_options quick() {
  return with([](timeouts& t) {
    t.greeting = t.handshake = t.connect = t.command = t.stall = 300ms;
    t.logout = 200ms;
  });
}

error error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const error& e) {
    return e;
  }
  return {};
}

void reads_mail_in_all_three_security_modes(bench& b) {
  for (auto [mode, server_mode] : {std::pair{security::plain, ts::tls_mode::plain},
                                   {security::starttls, ts::tls_mode::starttls},
                                   {security::tls, ts::tls_mode::implicit}}) {
    auto& s = b.serve(b.settings(server_mode));
    s.append("joe", "INBOX", message_text);
    auto c = b.log_in(b.to(s, mode));
    EXPECT_EQ(c.tls(), mode != security::plain);
    EXPECT_EQ(c.select("INBOX").exists, 1U);
    const auto rows = c.fetch(uid_set::all(), fetch_items().envelope().body_peek(""));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].envelope()->subject, "first");
    EXPECT_EQ(rows[0].section(section()), message_text);
    c.close();
    EXPECT_FALSE(c.connected());
    EXPECT_EQ(c.try_run(noop()).error().code(), errc::closed);
  }
}

void refuses_bad_certificates_and_bad_starttls(bench& b) {
  auto& s = b.serve(b.settings(ts::tls_mode::implicit));
  auto unknown = b.to(s, security::tls);
  unknown.tls_settings = tls_options();
  EXPECT_EQ(error_of([&] { b.open(unknown); }).code(), errc::tls_certificate);
  auto wrong = b.to(s, security::tls);
  wrong.tls_settings.server_name("imap.example.org");
  EXPECT_EQ(error_of([&] { b.open(wrong); }).code(), errc::tls_certificate);
  EXPECT_EQ(error_of([&] { b.log_in(b.to(b.serve(), security::starttls)); }).code(), errc::starttls_refused);
  auto evil = b.settings(ts::tls_mode::starttls);
  evil.faults(ts::faults().after_starttls("* CAPABILITY IMAP4rev1 EVIL\r\n"));
  auto& injecting = b.serve(std::move(evil));
  EXPECT_EQ(error_of([&] { b.log_in(b.to(injecting, security::starttls)); }).code(), errc::starttls_injection);
  auto open_door = b.settings(ts::tls_mode::starttls);
  open_door.preauth("joe");
  EXPECT_EQ(error_of([&] { b.open(b.to(b.serve(std::move(open_door)), security::starttls)); }).code(),
            errc::preauth_without_tls);
}

void a_wrong_password_is_a_status_error_and_the_session_goes_on(bench& b) {
  auto c = b.open(b.to(b.serve()));
  const auto refused =
      c.try_authenticate_as(credentials("joe", secret("wrong")).allow_plaintext().mechanism("LOGIN-COMMAND"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where(), phase::authenticate);
  EXPECT_EQ(refused.error().response_code(), "AUTHENTICATIONFAILED");
  EXPECT_THROW(c.authenticate_as(credentials("joe", secret("w")).allow_plaintext().mechanism("LOGIN-COMMAND")), error);
  c.authenticate_as(bench::joe());
  EXPECT_EQ(c.state(), session_state::authenticated);
  EXPECT_THROW(c.select("Nowhere"), status_error);
}

void tickets_may_be_waited_for_in_any_order(bench& b) {
  auto& s = b.serve();
  s.append("joe", "INBOX", message_text);
  auto c = b.log_in(s);
  c.select("INBOX");
  auto x = c.submit(fetch(uid_set::all(), fetch_items().flags()));
  auto y = c.submit(uid_search(search_key::all()));
  auto z = c.submit(status("INBOX", status_items().messages()));
  EXPECT_EQ(z.wait().messages, 1U);
  EXPECT_EQ(y.wait().size(), 1U);
  EXPECT_EQ(x.wait().size(), 1U);
  {
    auto forgotten = c.submit(fetch(uid_set::all(), fetch_items().body_peek("")));
  }
  EXPECT_EQ(c.fetch(uid_set::all(), fetch_items().flags()).size(), 1U);
}

void commands_inside_a_fetch_loop(bench& b) {
  auto& s = b.serve();
  for (int i = 0; i < 20; ++i)
    s.append("joe", "INBOX", "Subject: n" + std::to_string(i) + "\r\n\r\n" + std::string(20'000, 'b') + "\r\n");
  s.create_mailbox("joe", "Done");
  auto c = b.log_in(s);
  c.select("INBOX");
  auto in = c.stream(fetch(uid_set::all(), fetch_items().body_peek("")));
  std::size_t octets = 0, rows = 0;
  while (const auto* e = in.next()) {
    if (e->what == fetch_event::kind::body_chunk) octets += e->chunk.size();
    if (e->what != fetch_event::kind::row) continue;
    ++rows;
    const uid_set one(*e->row->uid());
    c.store(one, store_mode::add, flag_list(flags::seen));
    ASSERT_EQ(c.fetch(one, fetch_items().body_peek("HEADER")).size(), 1U);
    EXPECT_EQ(e->row->uid(), *one.begin());  // the row outlives the nested commands
    c.copy(one, "Done");
  }
  EXPECT_EQ(rows, 20U);
  EXPECT_EQ(octets, 20U * 20'002U + 10U * 15U + 10U * 16U);
  EXPECT_EQ(c.status("Done", status_items().messages()).messages, 20U);
}

// Rows without bodies are taken several at a time; what is not told yet when another command comes is not lost.
void commands_between_rows(bench& b) {
  auto& s = b.serve();
  for (int i = 0; i < 60; ++i) s.append("joe", "INBOX", "Subject: n" + std::to_string(i) + "\r\n\r\n");
  auto c = b.log_in(s);
  c.select("INBOX");
  const auto uids = c.uid_search(search_key::all());
  for (const unsigned every : {1U, 3U, 7U, 13U}) {
    auto in = c.stream(fetch(uid_set::all(), fetch_items().flags().rfc822_size()));
    auto expected = uids.begin();
    unsigned rows = 0;
    while (const auto* row = in.next_row()) {
      ASSERT_NE(expected, uids.end());
      if (++rows % every == 0) {
        c.store(uid_set(*row->uid()), store_mode::add, flag_list(flag("$every" + std::to_string(every))));
        ASSERT_EQ(c.fetch(uid_set(*uids.begin()), fetch_items().body_peek("HEADER")).size(), 1U);
      }
      EXPECT_EQ(row->uid(), *expected);
      EXPECT_EQ(row->seq(), rows);
      EXPECT_EQ(row->has_flag("$every1"), every != 1);
      EXPECT_GT(row->rfc822_size().value_or(0), 13U);
      ++expected;
    }
    EXPECT_EQ(rows, 60U);
    EXPECT_EQ(c.uid_search(search_key::keyword(flag("$every" + std::to_string(every)))).size(), 60U / every);
  }
}

void a_stream_that_is_dropped_early_leaves_the_connection_usable(bench& b) {
  auto& s = b.serve();
  for (int i = 0; i < 5; ++i) s.append("joe", "INBOX", "Subject: x\r\n\r\n" + std::string(1000, 'b') + "\r\n");
  auto c = b.log_in(s);
  c.select("INBOX");
  {
    auto in = c.stream(fetch(uid_set::all(), fetch_items().body_peek("")));
    ASSERT_NE(in.next(), nullptr);
  }
  c.noop();
  EXPECT_EQ(c.uid_search(search_key::all()).size(), 5U);
  auto refused = c.stream(fetch(uid_set(), fetch_items().flags()));
  EXPECT_EQ(refused.try_next().error().code(), errc::invalid_argument);
}

// Both sides write more than all buffers hold before either reads.
void big_literals_in_both_directions_do_not_deadlock(bench& b) {
  auto o = b.settings();
  o.faults(ts::faults().add(ts::when("APPEND").send_before("* OK " + std::string(900'000, 'x') + "\r\n")));
  auto& s = b.serve(std::move(o));
  s.append("joe", "INBOX", "Subject: x\r\n\r\n" + std::string(3'000'000, 'b') + "\r\n");
  auto c = b.log_in(s);
  c.select("INBOX");
  auto x = c.submit(fetch(uid_set::all(), fetch_items().body_peek("")));
  auto y = c.submit(append("INBOX", "Subject: big\r\n\r\n" + std::string(3'000'000, 'y') + "\r\n"));
  y.wait();
  EXPECT_EQ(x.wait().size(), 1U);
}

void sinks_take_bodies_or_refuse_them(bench& b) {
  auto& s = b.serve();
  s.append("joe", "INBOX", message_text);
  auto c = b.log_in(s);
  c.select("INBOX");
  std::ostringstream out;
  c.run(fetch(uid_set::all(), fetch_items().body_peek("")).to(sink_to_stream(out)));
  EXPECT_EQ(out.str(), message_text);
  const auto refusing = sink_to([](const body_info&, std::string_view) { return false; });
  EXPECT_EQ(error_of([&] { c.run(fetch(uid_set::all(), fetch_items().body_peek("")).to(refusing)); }).code(),
            errc::aborted_by_caller);
  c.noop();
}

void moves_by_the_safest_way_the_server_has(bench& b) {
  struct way_of_moving {
    const char* without;
    move_method expected;
    std::size_t left;
  };
  for (const auto& w :
       {way_of_moving{"", move_method::move, 1}, way_of_moving{"MOVE", move_method::copy_uid_expunge, 1},
        way_of_moving{"MOVE UIDPLUS", move_method::copy_mark, 3}}) {
    auto o = b.settings();
    std::istringstream names(w.without);
    for (std::string n; names >> n;) o.remove_capability(n);
    o.remove_capability("IMAP4rev2");
    auto& s = b.serve(std::move(o));
    for (int i = 0; i < 3; ++i) s.append("joe", "INBOX", message_text, i == 2 ? "\\Deleted" : "");
    s.create_mailbox("joe", "Archive");
    auto c = b.log_in(s);
    c.select("INBOX");
    EXPECT_EQ(c.move_messages(uid_set::range(1, 2), "Archive").method, w.expected);
    EXPECT_EQ(s.snapshot("joe", "Archive").messages().size(), 2U);
    EXPECT_EQ(s.snapshot("joe", "INBOX").messages().size(), w.left) << w.without;
  }
}

void idle_reports_changes(bench& b) {
  auto& s = b.serve();
  auto c = b.log_in(s);
  c.select("INBOX");
  std::thread other([&] {
    std::this_thread::sleep_for(150ms);
    s.append("joe", "INBOX", message_text);
  });
  std::uint32_t seen = 0;
  EXPECT_TRUE(c.idle(5s, [&](const mailbox_event& e) {
    if (e.what == mailbox_event::kind::exists) seen = e.number;
    return seen != 0;
  }));
  other.join();
  EXPECT_EQ(seen, 1U);
  c.noop();
  EXPECT_EQ(c.mailbox().exists, 1U);
  const auto start = clock::now();
  EXPECT_FALSE(c.idle(150ms, [](const mailbox_event&) { return true; }));
  EXPECT_GE(clock::now() - start, 140ms);
  c.noop();
}

void idle_renews_itself_or_polls(bench& b) {
  auto o = b.settings();
  o.remove_capability("IDLE").remove_capability("IMAP4rev2");
  auto& polled = b.serve(std::move(o));
  auto& idled = b.serve();
  for (auto* s : {&polled, &idled}) {
    auto c = b.log_in(b.to(*s, security::plain, with([](timeouts& t) { t.idle_refresh = 60ms; })));
    c.select("INBOX");
    c.idle_poll(50ms);
    std::thread other([s] {
      std::this_thread::sleep_for(250ms);
      s->append("joe", "INBOX", message_text);
    });
    EXPECT_TRUE(c.idle(5s, [](const mailbox_event& e) { return e.what == mailbox_event::kind::exists; }));
    other.join();
    c.noop();
  }
  EXPECT_EQ(polled.received(0).find("IDLE"), std::string::npos);
  EXPECT_NE(polled.received(0).find("NOOP"), std::string::npos);
  const auto sent = idled.received(0);
  EXPECT_NE(sent.find("DONE\r\n"), sent.rfind("DONE\r\n"));
}

void cancel_from_another_thread_leaves_the_connection_alive(bench& b) {
  auto& s = b.serve();
  auto c = b.log_in(s);
  c.select("INBOX");
  std::thread other([&] {
    std::this_thread::sleep_for(150ms);
    c.cancel();
  });
  const auto start = clock::now();
  const auto why = error_of([&] { (void)c.idle(10s, [](const mailbox_event&) { return false; }); });
  other.join();
  EXPECT_EQ(why.code(), errc::cancelled);
  EXPECT_FALSE(why.is_fatal());
  EXPECT_LT(clock::now() - start, 3s);
  c.check();
  EXPECT_TRUE(c.connected());
}

void a_silent_server_times_out_in_each_phase(bench& b) {
  for (int stage = 0; stage < 3; ++stage) {
    auto o = b.settings();
    if (stage == 0) o.faults(ts::faults().stall_after(0));
    if (stage == 1) o.faults(ts::faults().add(ts::when("*").stall()));
    if (stage == 2) o.faults(ts::faults().add(ts::when("NOOP").stall()));
    auto& s = b.serve(std::move(o));
    const auto start = clock::now();
    const auto why = error_of([&] {
      auto c = b.log_in(b.to(s, security::plain, quick()));
      c.noop();
    });
    EXPECT_EQ(why.code(), errc::timeout) << stage;
    EXPECT_TRUE(why.is_fatal());
    EXPECT_GE(clock::now() - start, 290ms);
    if (stage == 0) {
      EXPECT_EQ(why.where(), phase::greeting);
    }
    if (stage == 2) {
      EXPECT_EQ(why.command(), "NOOP");
    }
  }
  auto o = b.settings();
  o.faults(ts::faults().add(ts::when("NOOP").stall()));
  auto c = b.log_in(b.serve(std::move(o)));
  c.expires_after(200ms);
  const auto why = error_of([&] { c.noop(); });
  EXPECT_EQ(why.code(), errc::timeout);
  EXPECT_TRUE(why.is_fatal());
}

void lost_connections_are_told(bench& b) {
  auto o = b.settings();
  o.faults(ts::faults().add(ts::when("NOOP").send_instead("* BYE going down\r\n")));
  auto c = b.log_in(b.serve(std::move(o)));
  const auto bye = error_of([&] { c.noop(); });
  EXPECT_EQ(bye.code(), errc::bye);
  EXPECT_EQ(bye.server_text(), "going down");
  EXPECT_EQ(bye.host(), "127.0.0.1");
  auto cut = b.settings(ts::tls_mode::implicit);
  cut.faults(ts::faults().add(ts::when("CHECK").send_instead("")));
  auto& s = b.serve(std::move(cut));
  auto d = b.log_in(b.to(s, security::tls));
  s.drop_connections();
  EXPECT_TRUE(error_of([&] { d.noop(); }).is_fatal());
  EXPECT_FALSE(d.connected());

  const auto refused = error_of([&] { b.open(connect_options("127.0.0.1", security::plain, 1).session(quick())); });
  EXPECT_EQ(refused.code(), errc::connect);
  EXPECT_EQ(refused.where(), phase::connect);
  EXPECT_NE(std::string(refused.what()).find("127.0.0.1"), std::string::npos);
  const auto unknown =
      error_of([&] { b.open(connect_options("no-such-host.invalid", security::plain).session(quick())); }).code();
  EXPECT_TRUE(unknown == errc::resolve || unknown == errc::timeout);
}

void errors_of_the_caller_send_nothing(bench& b) {
  auto& s = b.serve();
  auto c = b.log_in(s);
  const auto before = s.command_count();
  EXPECT_EQ(error_of([&] { c.select("a\r\nb"); }).code(), errc::invalid_argument);
  EXPECT_EQ(error_of([&] { c.fetch(uid_set(1), fetch_items().flags()); }).code(), errc::wrong_state);
  c.select("INBOX");
  EXPECT_EQ(error_of([&] { c.fetch(uid_set(), fetch_items().flags()); }).code(), errc::invalid_argument);
  EXPECT_EQ(s.command_count(), before + 1);
}

void poll_reads_what_the_server_pushes_and_keeps_alive(bench& b) {
  auto& s = b.serve();
  auto c = b.log_in(b.to(s, security::plain, with([](timeouts& t) { t.idle_refresh = 100ms; })));
  c.select("INBOX");
  EXPECT_FALSE(c.poll(0ms));
  std::this_thread::sleep_for(150ms);
  EXPECT_TRUE(c.poll(2s));  // NOOP and its answer
  EXPECT_NE(s.received(0).find("NOOP"), std::string::npos);
}

struct scenario {
  const char* name;
  void (*run)(bench&);
  enum { same, same_each_way, timed } wire = same;
};
// same_each_way: when a change comes, the blocking client's callback says DONE before the rest of what came is read.
// timed: time decides how much is said.
const scenario scenarios[] = {
    {"reads_mail_in_all_three_security_modes", &reads_mail_in_all_three_security_modes},
    {"refuses_bad_certificates_and_bad_starttls", &refuses_bad_certificates_and_bad_starttls},
    {"a_wrong_password_is_a_status_error_and_the_session_goes_on",
     &a_wrong_password_is_a_status_error_and_the_session_goes_on},
    {"tickets_may_be_waited_for_in_any_order", &tickets_may_be_waited_for_in_any_order, scenario::timed},
    {"commands_inside_a_fetch_loop", &commands_inside_a_fetch_loop},
    {"commands_between_rows", &commands_between_rows},
    {"a_stream_that_is_dropped_early_leaves_the_connection_usable",
     &a_stream_that_is_dropped_early_leaves_the_connection_usable},
    {"big_literals_in_both_directions_do_not_deadlock", &big_literals_in_both_directions_do_not_deadlock},
    {"sinks_take_bodies_or_refuse_them", &sinks_take_bodies_or_refuse_them},
    {"moves_by_the_safest_way_the_server_has", &moves_by_the_safest_way_the_server_has},
    {"idle_reports_changes", &idle_reports_changes, scenario::same_each_way},
    {"idle_renews_itself_or_polls", &idle_renews_itself_or_polls, scenario::timed},
    {"cancel_from_another_thread_leaves_the_connection_alive", &cancel_from_another_thread_leaves_the_connection_alive},
    {"a_silent_server_times_out_in_each_phase", &a_silent_server_times_out_in_each_phase},
    {"lost_connections_are_told", &lost_connections_are_told},
    {"errors_of_the_caller_send_nothing", &errors_of_the_caller_send_nothing},
    {"poll_reads_what_the_server_pushes_and_keeps_alive", &poll_reads_what_the_server_pushes_and_keeps_alive},
};

const std::string& wire_of_the_blocking_client(const scenario& s) {
  static std::map<std::string, std::string> known;
  auto [at, is_new] = known.try_emplace(s.name);
  if (is_new) {
    bench b(&make_blocking_driver);
    s.run(b);
    at->second = b.wire(s.wire == scenario::same);
  }
  return at->second;
}

class asio_ways : public ::testing::TestWithParam<std::tuple<scenario, way>> {};

TEST_P(asio_ways, do_what_the_blocking_client_does) {
  const auto& s = std::get<0>(GetParam());
  const auto w = std::get<1>(GetParam());
  bench b([w](connect_options o) { return make_asio_driver(std::move(o), w); });
  s.run(b);
  if (s.wire != scenario::timed) {
    EXPECT_EQ(b.wire(s.wire == scenario::same), wire_of_the_blocking_client(s));
  }
}

INSTANTIATE_TEST_SUITE_P(all, asio_ways,
                         ::testing::Combine(::testing::ValuesIn(scenarios),
                                            ::testing::Values(way::callback, way::future, way::awaitable, way::strand)),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param).name) + "_" + name_of(std::get<1>(row.param));
                         });

}  // namespace
}  // namespace imapxx::test
