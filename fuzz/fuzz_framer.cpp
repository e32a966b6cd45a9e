// Whatever the server sends and however it arrives: no sanitizer report, the same frames, and text that the lexer can
// walk over.
#include <imapxx/wire/lexer.hpp>

#include "wire/framer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using imapxx::wire::frame_kind;
using imapxx::wire::literal_mode;

// The frames as text, the pieces of one literal joined.
std::vector<std::string> cut(std::string_view input, std::size_t chunk, bool stream) {
  imapxx::limits l;
  l.line_octets = 300;
  l.response_octets = 2000;
  l.continuation_octets = 100;
  imapxx::wire::framer framer(l);
  std::vector<std::string> out;
  std::string pending;
  for (std::size_t at = 0; at < input.size(); at += chunk) {
    pending = std::string(pending).append(input.substr(at, chunk));
    for (;;) {
      const auto f = framer.next(pending);
      if (f.consumed > pending.size()) std::abort();
      if (f.kind == frame_kind::invalid) {
        out.emplace_back(framer.failure().what());
        return out;
      }
      const bool more = f.kind == frame_kind::literal_bytes && !out.empty() && out.back().front() == 'L';
      if (more) {
        out.back() += f.text;
      } else if (f.kind != frame_kind::incomplete) {
        out.push_back(std::string(1, "IRBLEX"[static_cast<int>(f.kind)]).append(f.text));
      }
      if (f.kind == frame_kind::literal_begin) {
        framer.decide(stream && f.literal_size % 3 != 0 ? literal_mode::stream : literal_mode::collect);
      }
      pending.erase(0, f.consumed);
      if (f.kind == frame_kind::incomplete) break;
    }
  }
  return out;
}

void walk(std::string_view text) {
  for (imapxx::wire::lexer lx(text); !lx.at_end();) {
    if (lx.spaces() || lx.string() || lx.any_value() || lx.flag()) continue;
    lx.skip();
  }
  (void)imapxx::wire::lexer(text).until(']');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const bool stream : {false, true}) {
    const auto whole = cut(input, size + 1, stream);
    if (cut(input, 1, stream) != whole || cut(input, 7, stream) != whole) std::abort();
    for (const auto& f : whole) walk(f);
  }
  walk(input);
  return 0;
}
