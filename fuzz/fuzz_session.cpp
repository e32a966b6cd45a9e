// A whole session against any server: the first octets choose what the client does and how the rest is cut, the rest is
// what the server sends. Whatever it is, each command completes exactly once, nothing is sent after the end, and all
// that can be seen is the same when what the server sends is cut at random places or not at all, and when rows are
// taken without events. Only a server that completes a command before the client's next line is told from an honest one
// by what had left until then; and a reply without a tag (quirk G-10c) counts for the only command that has left.
#include <imapxx/commands.hpp>
#include <imapxx/sasl.hpp>
#include <imapxx/session.hpp>

#include "base/leniency.hpp"
#include "support/choices.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace fuzz_session {
using namespace imapxx;

class run {
 public:
  /// `split`: whether the server's octets are cut; `halves`: whether the client's leave in parts; `rows`: whether rows
  /// of streams are taken with `next_rows`.
  run(bool split, bool halves, bool rows = false)
      : session_(options()), splits_(0), split_(split), halves_(halves), rows_(rows) {}

  std::string play(std::string_view input) {
    const auto take = [&input] {
      const auto c = input.empty() ? '\0' : input.front();
      if (!input.empty()) input.remove_prefix(1);
      return static_cast<unsigned char>(c);
    };
    splits_ = fuzz::random_splits(take());
    if ((take() & 1U) != 0) session_.set_tls(true);
    static const std::string_view greetings[] = {"", "* PREAUTH [CAPABILITY IMAP4rev1 IDLE LITERAL+] in\r\n",
                                                 "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=CRAM-MD5] hi\r\n",
                                                 "* PREAUTH [CAPABILITY IMAP4rev2] in\r\n"};
    feed(greetings[take() % 4U]);
    for (auto n = take() % 6U; n > 0; --n) submit(take());
    feed(input.substr(0, input.size() / 2));
    submit(take());
    feed(input.substr(input.size() / 2));
    session_.input_closed(error());
    collect();
    fuzz::require(session_.closed() && session_.output().empty(), "open after its end");
    for (const auto& [id, times] : completed_) fuzz::require(times == 1, "a command completed not exactly once");
    return seen_;
  }

 private:
  static session_options options() {
    limits l;
    l.line_octets = 2000;
    l.response_octets = l.body_in_memory_octets = 8000;
    l.string_octets = 1000;
    l.unasked_responses = 50;
    session_options o;
    return o.use_limits(l).first_tag(1).track_uids();
  }

  void feed(std::string_view octets) {
    while (!octets.empty() && !session_.closed()) {
      const auto room = session_.input_buffer();
      if (room.empty()) return;
      const auto n = std::min({room.size(), octets.size(), split_ ? splits_.next(octets.size()) : octets.size()});
      std::memcpy(room.data(), octets.data(), n);
      session_.input_received(n);
      octets.remove_prefix(n);
      collect();
    }
  }

  void collect() {
    for (;;) {
      take_rows();
      const auto e = session_.next();
      if (e.what == session_event::kind::none) break;
      if (e.what == session_event::kind::completed) ++completed_[e.id];
      if (e.row != nullptr) (void)e.row->to_data();
      see(e);
      send(halves_);
    }
    send(false);
  }

  void take_rows() {
    if (!rows_) return;
    std::array<fetch_row, 3> places;
    while (const auto count = session_.next_rows(stream_, places)) {
      for (const auto& row : std::span(places).first(count)) {
        session_event e;
        e.what = session_event::kind::row;
        e.id = stream_;
        e.row = &row;
        see(e);
      }
    }
  }

  // Some of what waits leaves, or all of it.
  void send(bool half) {
    const auto out = session_.output();
    const auto n = half ? std::min(out.size(), out.size() / 2 + 1) : out.size();
    session_.output_sent(n);
  }

  // Everything but where a body was cut. What was sent is no part of it: an answer to `+` leaves only when the server's
  // next octets did not come with it.
  void see(const session_event& e) {
    using kind = session_event::kind;
    if (e.what == kind::body_chunk) {
      seen_ += e.chunk;
      return;
    }
    seen_ += "\n" + std::to_string(static_cast<int>(e.what)) + " " + std::to_string(e.id) + " ";
    if (e.what == kind::row) seen_ += e.row->text();
    if (e.status != nullptr) seen_ += e.status->text;
    if (e.what == kind::completed || e.what == kind::closed) seen_ += e.failure.what();
  }

  template <class C>
  void submit_command(C cmd, bool streaming = false) {
    if (auto id = session_.submit(std::make_unique<C>(std::move(cmd)), streaming)) {
      completed_.emplace(*id, 0);
      if (streaming) stream_ = *id;
    }
    collect();
  }

  void submit(unsigned what) {
    constexpr unsigned rows_from = 224;
    if (what >= rows_from) return submit_command(fetch(uid_set::all(), fetch_items().flags().envelope()), true);
    switch (what % 14U) {
      case 0: return submit_command(imapxx::select("INBOX"));
      case 1: return submit_command(fetch(uid_set::all(), fetch_items().flags().envelope().bodystructure()));
      case 2: return submit_command(fetch(uid_set::all(), fetch_items().uid().body_peek("")), true);
      case 3: return submit_command(fetch(seq_set::all(), fetch_items().uid().body_peek("HEADER")));
      case 4: return submit_command(uid_search(search_key::unseen()));
      case 5: return submit_command(list("", "*"));
      case 6: return submit_command(append("INBOX", "Subject: x\r\n\r\nbody"));
      case 7: return submit_command(idle());
      case 8: return submit_command(noop());
      case 9: return submit_command(std::move(login("user", secret("password")).allow_plaintext()));
      case 10: return submit_command(store(uid_set(1), store_mode::add, flag_list(flags::seen)));
      case 11: return submit_command(status("INBOX", status_items().messages().unseen()));
      case 12: {
        sasl_context context;
        context.tls = true;
        auto made = make_mechanism("PLAIN", credentials("user", secret("password")), context);
        return submit_command(authenticate(std::move(made).value()));
      }
      default: return submit_command(logout());
    }
  }

  session session_;
  fuzz::random_splits splits_;
  bool split_;
  bool halves_;
  bool rows_;
  command_id stream_ = 0;
  std::map<command_id, int> completed_;
  std::string seen_;
};

}  // namespace fuzz_session

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  imapxx::base::forget_tolerated();
  (void)fuzz_session::run(true, true).play(input);
  const auto whole = fuzz_session::run(false, false).play(input);
  const auto cut = fuzz_session::run(true, false).play(input);
  const auto rows = fuzz_session::run(false, false, true).play(input);
  const auto cut_rows = fuzz_session::run(true, false, true).play(input);
  if (imapxx::base::tolerated(static_cast<std::size_t>(imapxx::base::quirk::g10c)) != 0) return 0;
  constexpr std::string_view too_early = "completed a command before it was sent";
  for (const auto* seen : {&whole, &cut, &rows, &cut_rows}) {
    if (seen->find(too_early) != std::string::npos) return 0;
  }
  imapxx::fuzz::require_equal(cut, whole, "another session when cut otherwise");
  imapxx::fuzz::require_equal(rows, whole, "other rows without events");
  imapxx::fuzz::require_equal(cut_rows, whole, "other rows without events, when cut otherwise");
  return 0;
}
