// `imapxx decode` with any octets on its standard input: it ends with one of its documented exit codes, and each line
// of its output is JSON, in ASCII or UTF-8 without control characters.
#include "../tools/imapxx/commands.hpp"
#include "support/choices.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fuzz_decode {
using namespace imapxx;

/// A file without a name that stands in for standard input, and the old one afterwards.
class standard_input {
 public:
  explicit standard_input(std::string_view content) : old_(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) {
    static const int file = ::memfd_create("input", MFD_CLOEXEC);
    fuzz::require(::ftruncate(file, 0) == 0 &&
                  ::pwrite(file, content.data(), content.size(), 0) == static_cast<::ssize_t>(content.size()));
    fuzz::require(::lseek(file, 0, SEEK_SET) == 0 && ::dup2(file, STDIN_FILENO) == STDIN_FILENO);
  }
  ~standard_input() {
    if (old_ >= 0) {
      ::dup2(old_, STDIN_FILENO);
      ::close(old_);
    } else {
      ::close(STDIN_FILENO);
    }
  }
  standard_input(const standard_input&) = delete;
  standard_input& operator=(const standard_input&) = delete;

 private:
  int old_;
};

inline std::string decode(std::string_view input, bool utf8) {
  const standard_input in(input);
  static const int file = ::memfd_create("output", MFD_CLOEXEC);
  fuzz::require(::ftruncate(file, 0) == 0 && ::lseek(file, 0, SEEK_SET) == 0);
  cli::output out(file);
  cli::decode_args args;
  args.utf8 = utf8;
  const auto code = cli::run(cli::common_args(), args, out);
  fuzz::require(code == cli::exit_code::ok || code == cli::exit_code::protocol, "exit code");
  std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  fuzz::require(::pread(file, text.data(), text.size(), 0) == static_cast<::ssize_t>(text.size()));
  return text;
}

}  // namespace fuzz_decode

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto text = fuzz_decode::decode(input, (data[0] & 1U) != 0);
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    imapxx::fuzz::require(end != std::string_view::npos, "the last line has no end");
    const auto line = rest.substr(0, end);
    for (const char c : line)
      imapxx::fuzz::require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "a control character");
    imapxx::fuzz::require(nlohmann::json::accept(line), "a line that is no JSON");
    rest.remove_prefix(end + 1);
  }
  return 0;
}
