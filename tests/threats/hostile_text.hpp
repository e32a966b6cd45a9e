/// \file
/// Texts that somebody might hope to be taken for more than an argument: random octets with a liking for those that
/// mean something in IMAP.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imapxx::threats {

/// One text for each (seed, place, number), the same on every machine: what failed can be made again from the three.
class hostile_text {
 public:
  hostile_text(std::uint64_t seed, std::uint64_t place, std::uint64_t number) noexcept
      : state_(seed * 0x9E3779B97F4A7C15U + place * 0xD1B54A32D192ED03U + number * 0x2545F4914F6CDD1DU) {}

  std::string make() {
    std::string out;
    const auto style = of(8);
    auto pieces = of(4) == 0 ? of(24) : of(7);
    if (style < 2 && pieces == 0) pieces = 1;
    for (; pieces > 0; --pieces) {
      // Some texts hold nothing that must be refused, others are plain words: places that are narrow see both.
      if (style == 0) {
        out += one_of(plain_);
      } else if (style == 1 || style == 2) {
        out += of(2) == 0 ? one_of(plain_) : one_of(harmless_);
      } else {
        add_any(out);
      }
    }
    // Longer than what goes between quotes, and than what goes without asking (RFC 7888).
    if (of(100) == 0) out.append(of(2) == 0 ? 1200 : 5000, style == 0 ? 'x' : '"');
    return out;
  }

 private:
  void add_any(std::string& out) {
    switch (of(8)) {
      case 0:
      case 1: out += static_cast<char>(of(256)); break;
      case 2:
      case 3:
      case 4: out += specials_[of(specials_.size())]; break;
      case 5: out += one_of(attacks_); break;
      case 6: out += one_of(harmless_); break;
      default: out += one_of(plain_); break;
    }
  }
  template <std::size_t N>
  std::string_view one_of(const std::array<std::string_view, N>& list) noexcept {
    return list[of(N)];
  }
  // splitmix64
  std::size_t of(std::size_t count) noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    auto z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return static_cast<std::size_t>((z ^ (z >> 31U)) % count);
  }

  static constexpr std::string_view specials_{"\r\n\0\"\\{}()[]<>*%&+-~=,.:;/@ \t\x01\x1b\x7f\x80\xff", 33};
  static constexpr std::array<std::string_view, 22> attacks_ = {"\r\n",
                                                                "\n",
                                                                "\r\nA2 LOGOUT\r\n",
                                                                "\nX NOOP\n",
                                                                "{3}\r\n",
                                                                "{3+}\r\n",
                                                                "{0}",
                                                                "{5}",
                                                                "{12+}",
                                                                "~{4}",
                                                                "~{4+}\r\nabcd",
                                                                "}\r\n",
                                                                "\"\r\nA3 NOOP",
                                                                "\" \"",
                                                                "\\\"",
                                                                "\")",
                                                                ") (\\Seen",
                                                                "&AA0ACg-",
                                                                "&AAAAAA-",
                                                                "\xED\xA0\x80",
                                                                "\xC0\x8D\xC0\x8A",
                                                                "\xF4\x90\x80\x80"};
  static constexpr std::array<std::string_view, 24> harmless_ = {" ",
                                                                 "\"",
                                                                 "\\",
                                                                 "(",
                                                                 ")",
                                                                 "*",
                                                                 "%",
                                                                 "&",
                                                                 "&-",
                                                                 "&AOk-",
                                                                 "{",
                                                                 "}",
                                                                 "[",
                                                                 "]",
                                                                 "\xC3\xA9",
                                                                 "\xE2\x82\xAC",
                                                                 "\xF0\x9F\x90\x88",
                                                                 "\xC2\xAD",
                                                                 "NIL",
                                                                 "INBOX",
                                                                 "{7",
                                                                 "3+}",
                                                                 "~",
                                                                 "#news."};
  static constexpr std::array<std::string_view, 12> plain_ = {"a",    "Z",   "0", "work",  "inbox", "nil",
                                                              "Sent", "x-y", "$", "$Junk", "7",     "b_c"};
  std::uint64_t state_;
};

}  // namespace imapxx::threats
