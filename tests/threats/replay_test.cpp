// The seeds of the fuzzers, and the inputs that once broke something, through the same functions that the fuzzers call:
// a mistake that was found once is found again by the ordinary tests.
#include "support/paths.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#define LLVMFuzzerTestOneInput run_fuzz_response
#include "../fuzz/fuzz_response.cpp"  // NOLINT(bugprone-suspicious-include): each is one function
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput run_fuzz_session
#include "../fuzz/fuzz_session.cpp"  // NOLINT(bugprone-suspicious-include)
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput run_fuzz_sasl
#include "../fuzz/fuzz_sasl.cpp"  // NOLINT(bugprone-suspicious-include)
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput run_fuzz_mime
#include "../fuzz/fuzz_mime.cpp"  // NOLINT(bugprone-suspicious-include)
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput run_fuzz_values
#include "../fuzz/fuzz_values.cpp"  // NOLINT(bugprone-suspicious-include)
#undef LLVMFuzzerTestOneInput

namespace {

using fuzzer = int (*)(const std::uint8_t*, std::size_t);
const std::map<std::string, fuzzer> fuzzers = {{"fuzz_response", run_fuzz_response},
                                               {"fuzz_session", run_fuzz_session},
                                               {"fuzz_sasl", run_fuzz_sasl},
                                               {"fuzz_mime", run_fuzz_mime},
                                               {"fuzz_values", run_fuzz_values}};

std::string content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t replay(fuzzer run, const std::filesystem::path& folder) {
  std::size_t n = 0;
  if (!std::filesystem::is_directory(folder)) return n;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path().string());
    const auto text = content(entry.path());
    run(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    ++n;
  }
  return n;
}

TEST(fuzz_replay, seeds_and_old_crashes) {
  const std::filesystem::path root = imapxx::test::source_dir() / "fuzz";
  for (const auto& [name, run] : fuzzers) {
    EXPECT_GT(replay(run, root / "seeds" / name), 0U) << name;
    (void)replay(run, root / "old_crashes" / name);
  }
}

TEST(fuzz_replay, what_real_servers_sent_and_parts_of_it) {
  const auto folder = imapxx::test::fixture_dir() / "seeds";
  std::size_t n = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string server;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);)
      if (line.starts_with("S: ")) server += line.substr(3) + "\r\n";
    for (std::size_t cut = 0; cut < server.size(); cut += server.size() / 7 + 1) {
      const auto part = server.substr(cut);
      const auto* octets = reinterpret_cast<const std::uint8_t*>(part.data());
      run_fuzz_response(octets, part.size());
      const std::string session = std::string("\x0a\x01\x01\x03\x01\x02\x05", 7) + part;
      run_fuzz_session(reinterpret_cast<const std::uint8_t*>(session.data()), session.size());
      ++n;
    }
  }
  EXPECT_GT(n, 5U);
}

}  // namespace
