#include "imaplib/charset.hpp"

#include <iconv.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace imapxx::inline v0::imaplib {
namespace {

class converter {
 public:
  explicit converter(const std::string& charset) : handle_(iconv_open(charset.c_str(), "UTF-8")) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): POSIX says (iconv_t)-1
    if (handle_ == reinterpret_cast<iconv_t>(-1)) throw std::invalid_argument("unknown charset: " + charset);
  }
  converter(const converter&) = delete;
  converter& operator=(const converter&) = delete;
  ~converter() { iconv_close(handle_); }
  [[nodiscard]] iconv_t get() const noexcept { return handle_; }

 private:
  iconv_t handle_;
};

}  // namespace

std::string to_charset(std::string_view utf8, const std::string& charset) {
  const converter conversion(charset);
  std::string source(utf8);
  std::string out;
  char* in = source.data();
  std::size_t left = source.size();
  for (;;) {
    std::array<char, 256> block{};
    char* to = block.data();
    std::size_t room = block.size();
    const bool flushing = left == 0;
    const auto failed =
        iconv(conversion.get(), flushing ? nullptr : &in, flushing ? nullptr : &left, &to, &room) == std::size_t(-1);
    if (failed && errno != E2BIG) throw std::invalid_argument("text that the charset " + charset + " cannot express");
    out.append(block.data(), block.size() - room);
    if (flushing && !failed) return out;
  }
}

}  // namespace imapxx::inline v0::imaplib
