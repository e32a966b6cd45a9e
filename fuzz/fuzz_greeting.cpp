// Any octets as the first ones of a connection: nothing is sent before a greeting was understood, what it means does
// not depend on how it was cut, and the three greetings of RFC 9051 section 7.1 lead where the RFC says.
#include <imapxx/commands.hpp>
#include <imapxx/session.hpp>

#include "support/choices.hpp"
#include "support/reference.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fuzz_greeting {
using namespace imapxx;

class run {
 public:
  run() : session_(options()) {}

  /// All that can be seen of the session in the end.
  std::string play(std::string_view input, std::optional<std::uint32_t> seed) {
    fuzz::random_splits splits(seed.value_or(0));
    while (!input.empty() && !session_.closed()) {
      const auto room = session_.input_buffer();
      if (room.empty()) break;
      const auto n = std::min({room.size(), input.size(), seed ? splits.next(input.size()) : input.size()});
      std::memcpy(room.data(), input.data(), n);
      session_.input_received(n);
      input.remove_prefix(n);
      collect();
    }
    seen_ += " state " + std::string(to_string(session_.state())) + " capabilities " +
             session_.info().capabilities.to_string();
    return seen_;
  }
  [[nodiscard]] session_state state() const { return session_.state(); }
  [[nodiscard]] bool closed() const { return session_.closed(); }
  [[nodiscard]] bool greeted() const { return greeted_; }

 private:
  static session_options options() {
    limits l;
    l.line_octets = 1000;
    l.response_octets = 4000;
    l.string_octets = 1000;
    session_options o;
    return o.use_limits(l).first_tag(1);
  }
  void collect() {
    for (auto e = session_.next(); e.what != session_event::kind::none; e = session_.next()) {
      if (e.what == session_event::kind::greeting) {
        fuzz::require(!greeted_, "two greetings");
        greeted_ = true;
        seen_ += "greeting " + std::string(to_string(e.status->kind)) + ' ' + e.status->text;
      }
      if (e.what == session_event::kind::closed) seen_ += " closed " + std::string(e.failure.what());
    }
    fuzz::require(session_.output().empty(), "something was sent, though nobody asked for it");
  }
  session session_;
  bool greeted_ = false;
  std::string seen_;
};

}  // namespace fuzz_greeting

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = imapxx::fuzz;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzz_greeting::run whole;
  const auto seen = whole.play(input, std::nullopt);
  for (const auto seed : {std::uint32_t{1}, static_cast<std::uint32_t>(size)})
    fuzz::require_equal(fuzz_greeting::run().play(input, seed), seen, "another greeting when cut otherwise");
  const auto line = input.substr(0, std::min(input.find("\r\n"), input.size()));
  if (line.size() == input.size() || line.size() > 900 || line.find('\n') != std::string_view::npos) return 0;
  const auto expected = fuzz::reference(line).response();
  if (!expected || !expected->starts_with("status 0: ")) return 0;
  using imapxx::session_state;
  fuzz_greeting::run alone;
  (void)alone.play(input.substr(0, line.size() + 2), std::nullopt);
  const auto kind = expected->substr(10, expected->find(' ', 10) - 10);
  if (kind == "OK") fuzz::require(alone.greeted() && alone.state() == session_state::not_authenticated, "OK");
  if (kind == "PREAUTH") fuzz::require(alone.greeted() && alone.state() == session_state::authenticated, "PREAUTH");
  if (kind == "BYE") fuzz::require(alone.closed(), "BYE");
  if (kind == "NO" || kind == "BAD") fuzz::require(alone.closed() && !alone.greeted(), "no greeting");
  return 0;
}
