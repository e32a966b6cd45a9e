#include "base/utf7.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace {

using imapxx::base::is_utf8;
using imapxx::base::utf7_decode;
using imapxx::base::utf7_encode;
using namespace std::string_literals;

// The coded forms follow RFC 2152 with the changes of RFC 3501 section 5.1.3; the first ones are its own examples.
const std::pair<std::string, std::string> vectors[] = {
    {"~peter/mail/\u53F0\u5317/\u65E5\u672C\u8A9E", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
    {"\u53F0\u5317\u65E5\u672C\u8A9E", "&U,BTF2XlZyyKng-"},
    {"\u263A!", "&Jjo-!"},
    {"", ""},
    {"INBOX", "INBOX"},
    {"&", "&-"},
    {"&&", "&-&-"},
    {"a&b", "a&-b"},
    {"-", "-"},
    {"&-", "&--"},
    {"&A-", "&-A-"},
    {"~+\\/,", "~+\\/,"},
    {" !\"#$%'()*;<=>?@[]^_`{|}~", " !\"#$%'()*;<=>?@[]^_`{|}~"},
    {"\u00E4", "&AOQ-"},
    {"Entw\u00FCrfe", "Entw&APw-rfe"},
    {"\u00E4\u00F6\u00FC", "&AOQA9gD8-"},
    {"\u00E4\u00F6", "&AOQA9g-"},
    {"\u00E4&\u00F6", "&AOQ-&-&APY-"},
    {"\u00E4-\u00F6", "&AOQ--&APY-"},
    {"\u00E4a\u00F6", "&AOQ-a&APY-"},
    {"\u041E\u0442\u043F\u0440\u0430\u0432\u043B\u0435\u043D\u043D\u044B\u0435", "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"},
    {"\U0001F600", "&2D3eAA-"},
    {"a\U0001F600b", "a&2D3eAA-b"},
    {"\U00010000", "&2ADcAA-"},
    {"\U0010FFFF", "&2,,f,w-"},
    {"\uFFFF", "&,,8-"},
    {"\uFFFD", "&,,0-"},
    {"\u0080", "&AIA-"},
    {"\uE000", "&4AA-"},
    {"\uD7FF", "&1,8-"},
    {"\x01", "&AAE-"},
    {"\t", "&AAk-"},
    {"\x7F", "&AH8-"},
    {"\0"s, "&AAA-"},
    {"\0\x1F"s, "&AAAAHw-"},
    {"a\nb", "a&AAo-b"},
};

TEST(utf7, vectors_both_ways) {
  for (const auto& [utf8, coded] : vectors) {
    EXPECT_EQ(utf7_encode(utf8), coded);
    EXPECT_EQ(utf7_decode(coded), utf8) << coded;
  }
}

TEST(utf7, refuses_every_other_spelling) {
  const std::string bad[] = {
      "&Jjo!",               // no shift back (RFC 3501 section 5.1.3)
      "&U,BTFw-&ZeVnLIqe-",  // superfluous shift (the same)
      "&",
      "a&",
      "&AOQ",
      "&AOQ&-",
      "&AGE-",     // "a" must stand for itself
      "&ACY-",     // "&" must be "&-"
      "&AOQAYQ-",  // an ASCII letter behind another character
      "&ACA-",     // a blank
      "&AH4-",     // "~"
      "&AOQ-&APY-",
      "&A-",  // fewer than sixteen bits
      "&AA-",
      "&AOR-",    // unused bits that are not zero
      "&AOQAA-",  // an unused digit
      "&AOQA-",
      "&AOQ=-",  // padding
      "&AOQ/-",  // "/" is "," here
      "&AO Q-",
      "&AO\xC3\xA4-",
      "&2D0-",  // high surrogate alone
      "&2D0AYQ-",
      "&2D3YPQ-",  // two high surrogates
      "&3gA-",     // low surrogate alone
      "&3gDYPQ-",  // the wrong way round
      "\xC3\xA4",  // 8 bit
      "a\x7F",
      "\t",
      "a\r\n",
      "\0"s,
      "&\0-"s,
      "&AOQ-\xFF",
  };
  for (const auto& text : bad) EXPECT_EQ(utf7_decode(text), std::nullopt) << text;
}

std::string random_text(std::mt19937& rng) {
  std::string out;
  for (auto n = rng() % 12; n > 0; --n) {
    std::uint_fast32_t c = 0;
    switch (rng() % 5) {
      case 0: c = 0x20 + rng() % 0x5F; break;
      case 1: c = U"&-,+/&-"[rng() % 7]; break;
      case 2: c = rng() % 0x20; break;
      case 3: c = 0x80 + rng() % 0xD780; break;
      default: c = 0x10000 + rng() % 0x100000; break;
    }
    if (c >= 0xD800 && c <= 0xDFFF) c = 0xE000;
    imapxx::base::utf8_append(out, static_cast<char32_t>(c));
  }
  return out;
}

TEST(utf7, decoding_undoes_encoding) {
  std::mt19937 rng(3501);
  for (int i = 0; i < 20000; ++i) {
    const auto text = random_text(rng);
    const auto coded = utf7_encode(text);
    ASSERT_EQ(utf7_decode(coded), text) << coded;
    for (char c : coded) ASSERT_TRUE(c >= 0x20 && c <= 0x7E) << coded;
  }
}

// Threat "UTF-7 smuggling": whatever decodes is spelled exactly as we would spell it.
TEST(utf7, no_two_spellings_of_one_name) {
  std::mt19937 rng(5);
  const std::string_view alphabet("&&&--AABDJOQgjo0389,+a!/");
  int decoded = 0;
  for (int i = 0; i < 200000; ++i) {
    std::string text;
    for (auto n = rng() % 11; n > 0; --n) text += alphabet[rng() % alphabet.size()];
    const auto utf8 = utf7_decode(text);
    if (!utf8) continue;
    ++decoded;
    ASSERT_TRUE(is_utf8(*utf8)) << text;
    ASSERT_EQ(utf7_encode(*utf8), text);
  }
  EXPECT_GT(decoded, 10000);
}

TEST(utf7, encoder_replaces_what_is_no_utf8) { EXPECT_EQ(utf7_encode("a\xFF"), "a&,,0-"); }

}  // namespace
