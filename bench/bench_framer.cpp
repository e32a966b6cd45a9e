// Cutting the byte stream into responses, without parsing them.
#include <imapxx/limits.hpp>

#include "wire/framer.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using imapxx::wire::frame_kind;
using imapxx::wire::framer;

std::string flag_rows(int n) {
  std::string out;
  for (int i = 1; i <= n; ++i)
    out += "* " + std::to_string(i) + " FETCH (UID " + std::to_string(i) + " FLAGS (\\Seen \\Answered))\r\n";
  return out;
}

void run(benchmark::State& state, std::string_view stream) {
  std::uint64_t frames = 0;
  for (auto _ : state) {
    framer f{imapxx::limits()};
    auto pending = stream;
    for (;;) {
      const auto next = f.next(pending);
      if (next.kind == frame_kind::incomplete) break;
      if (next.kind == frame_kind::literal_begin) f.decide(imapxx::wire::literal_mode::stream);
      pending.remove_prefix(next.consumed);
      ++frames;
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(frames));
}

void short_lines(benchmark::State& state) { run(state, flag_rows(5000)); }
BENCHMARK(short_lines);

void one_long_line(benchmark::State& state) {
  std::string line = "* SEARCH";
  for (int n = 1; n <= 100'000; ++n) line += " " + std::to_string(n);
  run(state, line + "\r\n");
}
BENCHMARK(one_long_line);

void streamed_literals(benchmark::State& state) {
  const std::string body(10'000, 'x');
  std::string stream;
  for (int n = 1; n <= 100; ++n)
    stream += "* " + std::to_string(n) + " FETCH (BODY[] {" + std::to_string(body.size()) + "}\r\n" + body + ")\r\n";
  run(state, stream);
}
BENCHMARK(streamed_literals);

}  // namespace

BENCHMARK_MAIN();
