// SEARCH with many numbers, into a set.
#include <imapxx/response.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

namespace {

// \param step 1: one range; 3: as many ranges as numbers
void search(benchmark::State& state) {
  constexpr int numbers = 100'000;
  std::string line = "* SEARCH";
  for (int n = 1; n <= numbers; ++n) line += " " + std::to_string(n * state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(imapxx::parse_response(line));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * numbers);
}
BENCHMARK(search)->Arg(1)->Arg(3);

void search_descending(benchmark::State& state) {
  constexpr int numbers = 100'000;
  std::string line = "* SEARCH";
  for (int n = numbers; n >= 1; --n) line += " " + std::to_string(n * 3);
  for (auto _ : state) benchmark::DoNotOptimize(imapxx::parse_response(line));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * numbers);
}
BENCHMARK(search_descending);

}  // namespace

BENCHMARK_MAIN();
