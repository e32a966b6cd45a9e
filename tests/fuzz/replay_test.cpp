// The seeds and the corpus of the fuzzers, and the inputs that once broke something, through the same functions that
// the fuzzers call: a mistake that was found once is found again by the ordinary tests.
#include "fuzz/replay.hpp"

#include <imapxx/response.hpp>

#include "support/fixture.hpp"
#include "support/paths.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using imapxx::test::fuzzers;
using imapxx::test::run_fuzzer;

std::string content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A fuzzer that finds something ends the program; what it was given is told before.
std::size_t replay(const std::string& name, const std::filesystem::path& folder) {
  std::size_t n = 0;
  if (!std::filesystem::is_directory(folder)) return n;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    ::testing::Test::RecordProperty("input", entry.path().string());
    run_fuzzer(name, content(entry.path()));
    ++n;
  }
  return n;
}

TEST(fuzz_replay, seeds_corpus_and_old_crashes) {
  const auto root = imapxx::test::source_dir() / "fuzz";
  ASSERT_GT(fuzzers().size(), 10U);
  for (const auto& [name, run] : fuzzers()) {
    EXPECT_GT(replay(name, root / "seeds" / name), 0U) << name;
    (void)replay(name, root / "corpus" / name);
    (void)replay(name, root / "old_crashes" / name);
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
      run_fuzzer("fuzz_response", part);
      run_fuzzer("fuzz_greeting", part);
      run_fuzzer("fuzz_session", std::string("\x0a\x01\x01\x03\x01\x02\x05", 7) + part);
      run_fuzzer("fuzz_session", std::string("\x0a\x01\x01\x02\x00\xff", 6) + "A1 OK\r\n" + part);
      ++n;
    }
  }
  EXPECT_GT(n, 5U);
}

// Every valid response of the fixtures means to the library what it means to the reference parser.
TEST(fuzz_replay, fixtures_beside_the_reference) {
  std::size_t responses = 0;
  for (const auto* directory : {"rfc3501", "rfc9051", "extensions"}) {
    for (const auto& path : imapxx::test::list_fixtures(directory)) {
      for (const auto& block : imapxx::test::load_fixture(path).blocks) {
        imapxx::response_reader reader;
        reader.feed(block.bytes);
        imapxx::response r;
        for (; reader.next(r) == imapxx::read_status::complete; ++responses) run_fuzzer("fuzz_reference", reader.raw());
      }
    }
  }
  EXPECT_GT(responses, 200U);
}

}  // namespace
