#include "unit/core/session_harness.hpp"

#include <algorithm>
#include <cstring>

namespace imapxx::test {

void recording_observer::on_mailbox_event(const mailbox_event& e) {
  switch (e.what) {
    case mailbox_event::kind::exists: lines.push_back("exists " + std::to_string(e.number)); break;
    case mailbox_event::kind::recent: lines.push_back("recent " + std::to_string(e.number)); break;
    case mailbox_event::kind::expunge:
      lines.push_back("expunge " + std::to_string(e.number) +
                      (e.uid ? " uid " + std::to_string(*e.uid) : std::string()));
      break;
    case mailbox_event::kind::vanished: lines.push_back("vanished " + e.uids.to_string()); break;
    case mailbox_event::kind::flags:
      lines.push_back("flags " + std::to_string(e.number) + " " + e.flags.to_string());
      break;
  }
}
void recording_observer::on_alert(std::string_view text) { lines.push_back("alert " + std::string(text)); }
void recording_observer::on_status(const status_response& s) { lines.push_back("status " + s.text); }
void recording_observer::on_unclaimed(const response& r) {
  if (const auto* u = std::get_if<unknown_response>(&r)) {
    lines.push_back("unknown " + u->name);
  } else {
    lines.push_back("unclaimed " + std::to_string(r.index()));
  }
}
void recording_observer::on_unparsed(const unparsed_item& u) { lines.push_back("unparsed " + u.raw); }
void recording_observer::on_trace(trace_direction d, std::string_view text) {
  trace.push_back((d == trace_direction::sent ? "C: " : "S: ") + std::string(text));
}

session_options test_options(observer* o) {
  session_options options;
  options.first_tag(1).observe(o);
  return options;
}

void receive(session& s, std::string_view octets) {
  const auto room = s.input_buffer();
  ASSERT_GE(room.size(), octets.size());
  std::copy(octets.begin(), octets.end(), room.begin());
  s.input_received(octets.size());
}

authenticate cram_md5() {
  authenticate cmd(make_mechanism("CRAM-MD5", credentials("joe", secret("pw")), {}).value());
  cmd.allow_plaintext(true);
  return cmd;
}

namespace {

session_options with_harness(session_options o, observer* harness) {
  o.observer = harness;
  if (!o.tag_start) o.tag_start = 1;
  return o;
}

}  // namespace

session_test::session_test(session_options options) : protocol(with_harness(std::move(options), &observed)) {}

void session_test::collect() {
  for (;;) {
    auto e = protocol.next();
    if (e.what == session_event::kind::none) return;
    seen_event s;
    s.what = e.what;
    s.id = e.id;
    if (e.row != nullptr) s.text = e.row->text();
    if (e.body != nullptr) s.body = *e.body;
    if (!e.chunk.empty()) s.text = e.chunk;
    if (e.status != nullptr) {
      s.text = e.status->text;
      s.tag = e.status->tag;
    }
    s.failure = e.failure;
    s.finished = std::move(e.finished);
    events.push_back(std::move(s));
  }
}

session_test& session_test::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    auto room = protocol.input_buffer();
    if (room.empty()) {
      ADD_FAILURE() << "the session takes no more input";
      break;
    }
    const auto n = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), n);
    protocol.input_received(n);
    bytes.remove_prefix(n);
    collect();
  }
  return *this;
}

session_test& session_test::drip(std::string_view bytes) {
  for (const char& c : bytes) feed(std::string_view(&c, 1));
  return *this;
}

session_test& session_test::eof() {
  protocol.input_closed(error());
  collect();
  return *this;
}

std::string session_test::output_some(std::size_t n) {
  const auto waiting = protocol.output();
  std::string out(waiting.substr(0, n));
  protocol.output_sent(out.size());
  collect();
  return out;
}

std::string session_test::output() {
  std::string all;
  for (;;) {
    const auto piece = output_some(std::string::npos);
    if (piece.empty()) break;
    all += piece;
  }
  if (const auto space = all.find(' '); space != std::string::npos && all.front() == 'A')
    last_tag_ = all.substr(0, space);
  return all;
}

session_test& session_test::expect_output(std::string_view expected) {
  EXPECT_EQ(output(), expected);
  return *this;
}

error session_test::failure_of(command_id id) {
  for (const auto& e : events) {
    if (e.what == session_event::kind::completed && e.id == id) return e.failure;
  }
  ADD_FAILURE() << "command " << id << " has not completed";
  return {};
}

bool session_test::completed(command_id id) const {
  return std::any_of(events.begin(), events.end(),
                     [&](const auto& e) { return e.what == session_event::kind::completed && e.id == id; });
}

session_test& session_test::expect_done(command_id id) {
  EXPECT_TRUE(completed(id));
  EXPECT_FALSE(failure_of(id)) << failure_of(id).what();
  return *this;
}

session_test& session_test::greeted(std::string_view capabilities) {
  feed("* OK [CAPABILITY " + std::string(capabilities) + "] ready\r\n");
  events.clear();
  return *this;
}

session_test& session_test::authenticated(std::string_view capabilities) {
  feed("* PREAUTH [CAPABILITY " + std::string(capabilities) + "] ready\r\n");
  events.clear();
  return *this;
}

session_test& session_test::selected(std::uint32_t exists, std::string_view capabilities) {
  authenticated(capabilities);
  submit(select("INBOX"));
  (void)output();
  feed("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* " + std::to_string(exists) +
       " EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 100] ok\r\n" + last_tag() +
       " OK [READ-WRITE] done\r\n");
  EXPECT_EQ(protocol.state(), session_state::selected);
  events.clear();
  observed.lines.clear();
  observed.trace.clear();
  return *this;
}

}  // namespace imapxx::test
