// One FETCH response: cutting it into items, and reading each kind of value.
#include <imapxx/model/body_structure_view.hpp>
#include <imapxx/model/envelope_view.hpp>
#include <imapxx/model/fetch_data.hpp>

#include "samples.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

namespace {

constexpr std::string_view flags_row = "(UID 123456 FLAGS (\\Seen \\Answered))";
const std::string envelope_row = "(UID 4711 " + std::string(bench::message_items) + ")";

void cut(benchmark::State& state, std::string_view text) {
  imapxx::fetch_row row;
  for (auto _ : state) {
    row.assign(1, text);
    benchmark::DoNotOptimize(row.items().size());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
void cut_flags(benchmark::State& state) { cut(state, flags_row); }
void cut_envelope(benchmark::State& state) { cut(state, envelope_row); }
BENCHMARK(cut_flags);
BENCHMARK(cut_envelope);

// As it comes from the network: the row and where it ends.
void cut_response(benchmark::State& state, std::string_view row_text) {
  const auto text = "* 4711 FETCH " + std::string(row_text) + "\r\n";
  imapxx::fetch_row row;
  for (auto _ : state) benchmark::DoNotOptimize(row.assign_response(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
void cut_flags_response(benchmark::State& state) { cut_response(state, flags_row); }
void cut_envelope_response(benchmark::State& state) { cut_response(state, envelope_row); }
BENCHMARK(cut_flags_response);
BENCHMARK(cut_envelope_response);

template <class Read>
void value(benchmark::State& state, std::string_view text, Read read) {
  imapxx::fetch_row row;
  row.assign(1, text);
  for (auto _ : state) benchmark::DoNotOptimize(read(row));
}
void uid(benchmark::State& state) {
  value(state, flags_row, [](const auto& r) { return r.uid(); });
}
void flags(benchmark::State& state) {
  value(state, flags_row, [](const auto& r) { return r.flags(); });
}
void flags_view(benchmark::State& state) {
  value(state, flags_row, [](const auto& r) { return r.flags_view()->contains(imapxx::flags::answered); });
}
void envelope(benchmark::State& state) {
  value(state, envelope_row, [](const auto& r) { return r.envelope(); });
}
void bodystructure(benchmark::State& state) {
  value(state, envelope_row, [](const auto& r) { return r.bodystructure(); });
}
void envelope_view(benchmark::State& state) {
  value(state, envelope_row, [](const auto& r) { return imapxx::envelope_view::of(r)->message_id(); });
}
void addresses_view(benchmark::State& state) {
  value(state, envelope_row, [](const auto& r) {
    std::size_t octets = 0;
    const auto e = imapxx::envelope_view::of(r);
    for (const auto* list : {&e->from(), &e->to(), &e->cc()}) {
      for (const auto& a : *list) octets += a.host.raw().size();
    }
    return octets;
  });
}
void body_structure_view(benchmark::State& state) {
  value(state, envelope_row, [](const auto& r) { return imapxx::body_structure_view::of(r)->children().size(); });
}
void parts_view(benchmark::State& state) {
  value(state, envelope_row, [](const auto& r) {
    std::uint64_t octets = 0;
    const auto b = imapxx::body_structure_view::of(r);
    for (const auto& part : b->children()) octets += part.octets();
    return octets;
  });
}
void internaldate(benchmark::State& state) {
  value(state, envelope_row, [](const auto& r) { return r.internaldate(); });
}
void to_data(benchmark::State& state) {
  value(state, envelope_row, [](const auto& r) { return r.to_data(); });
}
BENCHMARK(uid);
BENCHMARK(flags);
BENCHMARK(flags_view);
BENCHMARK(envelope);
BENCHMARK(bodystructure);
BENCHMARK(envelope_view);
BENCHMARK(addresses_view);
BENCHMARK(body_structure_view);
BENCHMARK(parts_view);
BENCHMARK(internaldate);
BENCHMARK(to_data);

}  // namespace

BENCHMARK_MAIN();
