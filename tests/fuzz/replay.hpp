/// \file
/// The fuzzers as functions of one program. CMake makes one source of each fuzz/fuzz_*.cpp, which registers itself
/// here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace imapxx::test {

using fuzzer = int (*)(const std::uint8_t*, std::size_t);

inline std::map<std::string, fuzzer, std::less<>>& fuzzers() {
  static std::map<std::string, fuzzer, std::less<>> all;
  return all;
}

class registered_fuzzer {
 public:
  registered_fuzzer(const char* name, fuzzer run) { fuzzers().emplace(name, run); }
};

inline void run_fuzzer(std::string_view name, std::string_view input) {
  (void)fuzzers().find(name)->second(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace imapxx::test
