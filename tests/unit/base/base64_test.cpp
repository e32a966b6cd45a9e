#include "base/base64.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace {

using imapxx::base::base64_decode;
using imapxx::base::base64_decode_lenient;
using imapxx::base::base64_encode;

// RFC 4648 section 10.
constexpr std::pair<std::string_view, std::string_view> vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

TEST(base64, vectors_of_the_rfc) {
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(base64_encode(plain), coded);
    EXPECT_EQ(base64_decode(coded), plain);
    EXPECT_EQ(base64_decode_lenient(coded), plain);
  }
  EXPECT_EQ(base64_encode("\xFB\xFF\xBF"), "+/+/");
  EXPECT_EQ(base64_decode("+/+/"), "\xFB\xFF\xBF");
}

TEST(base64, strict_refuses) {
  for (auto text : {"Zg", "Zg=", "Zg===", "Z", "Z===", "====", "=", "Zg==Zg==", "Zm9v\r\n", "Zm 9v", "Zm9-", "Zm9_",
                    "Zm=v", "Zh==", "Zm9=", "Zm9v=", "Zm9vYg==\n", "\xC3\xA4==", "!!!!"}) {
    EXPECT_EQ(base64_decode(text), std::nullopt) << text;
  }
}

TEST(base64, lenient_skips_line_ends_and_misses_no_padding) {
  EXPECT_EQ(base64_decode_lenient("Zm9v\r\nYmFy\r\n"), "foobar");
  EXPECT_EQ(base64_decode_lenient(" Zm 9v"), "foo");
  EXPECT_EQ(base64_decode_lenient("Zg"), "f");
  EXPECT_EQ(base64_decode_lenient("Zm8"), "fo");
  EXPECT_EQ(base64_decode_lenient("Zh=="), "f");
  for (auto text : {"Z", "Zm9vZ", "Zm9-", "Zg==Zg==", "\t"})
    EXPECT_EQ(base64_decode_lenient(text), std::nullopt) << text;
}

TEST(base64, decoding_undoes_encoding) {
  std::mt19937 rng(64);
  for (std::size_t n = 0; n < 300; ++n) {
    std::string octets;
    for (std::size_t i = 0; i < n; ++i) octets += static_cast<char>(rng() & 0xFFU);
    const auto coded = base64_encode(octets);
    EXPECT_EQ(coded.size(), (n + 2) / 3 * 4);
    EXPECT_EQ(base64_decode(coded), octets);
    EXPECT_EQ(base64_decode_lenient(coded), octets);
  }
}

}  // namespace
