#include "base/swar.hpp"

#include "base/big_block.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::test {
namespace {

TEST(swar, finds_the_first_stop_wherever_it_stands) {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string none(size, 'x');
    EXPECT_EQ((base::find_first_of<'"', '\\'>(none, 0)), size);
    for (std::size_t stop = 0; stop < size; ++stop) {
      std::string text = none;
      text[stop] = stop % 2 == 0 ? '"' : '\\';
      if (stop + 1 < size) text[stop + 1] = '"';
      for (std::size_t from = 0; from <= stop; ++from) {
        EXPECT_EQ((base::find_first_of<'"', '\\'>(text, from)), stop) << text << " from " << from;
      }
    }
  }
}

TEST(swar, octets_above_127_are_no_stops) {
  std::string text;
  for (int octet = 128; octet < 256; ++octet) text += static_cast<char>(octet);
  EXPECT_EQ((base::find_first_of<'"', '\\', '\r', '\n'>(text, 0)), text.size());
}

TEST(swar, reads_digits_up_to_the_first_other_octet) {
  const std::string digits = "12345678";
  for (std::size_t count = 0; count <= digits.size(); ++count) {
    for (int octet = 0; octet < 256; ++octet) {
      const char other = static_cast<char>(octet);
      if (other >= '0' && other <= '9') continue;
      const auto text = digits.substr(0, count) + std::string(8 - count, other) + "99";
      const auto read = base::read_digits(text.data());
      EXPECT_EQ(read.count, count) << octet;
      if (count != 0) {
        EXPECT_EQ(read.value, std::stoul(digits.substr(0, count))) << octet;
      }
    }
  }
}

TEST(swar, numbers_of_32_bits_and_no_others) {
  const auto read = [](std::string_view text, std::size_t ends) {
    const char* behind = nullptr;
    const auto n = base::read_nz_number(text.data(), text.data() + text.size(), behind);
    EXPECT_EQ(behind - text.data(), static_cast<std::ptrdiff_t>(ends)) << text;
    return n;
  };
  EXPECT_EQ(read("1", 1), 1U);
  EXPECT_EQ(read("1234567", 7), 1'234'567U);
  EXPECT_EQ(read("12345678", 8), 12'345'678U);
  EXPECT_EQ(read("123456789 ", 9), 123'456'789U);
  EXPECT_EQ(read("4294967295)", 10), 4'294'967'295U);
  EXPECT_EQ(read("4294967296)", 10), 0U);
  EXPECT_EQ(read("99999999999999", 10), 0U);
  EXPECT_EQ(read("0", 0), 0U);
  EXPECT_EQ(read("012345678", 0), 0U);
  EXPECT_EQ(read("", 0), 0U);
  EXPECT_EQ(read("x2345678", 0), 0U);
  EXPECT_EQ(read("7 8 9 10 11", 1), 7U);
}

TEST(swar, numbers_of_which_the_end_is_known) {
  const auto read = [](std::string_view text, std::size_t octets) {
    const auto readable = std::string(text) + "99999999";
    return base::nz_number_between(readable.data(), readable.data() + octets);
  };
  const std::string digits = "1234567890";
  for (std::size_t count = 1; count <= digits.size(); ++count) {
    EXPECT_EQ(read(digits, count), std::stoul(digits.substr(0, count)));
    for (std::size_t at = 0; at < count; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        const char other = static_cast<char>(octet);
        if (other >= '0' && other <= '9') continue;
        auto text = digits;
        text[at] = other;
        EXPECT_EQ(read(text, count), 0U) << octet << " at " << at << " of " << count;
      }
    }
  }
  EXPECT_EQ(read("4294967295", 10), 4'294'967'295U);
  EXPECT_EQ(read("4294967296", 10), 0U);
  EXPECT_EQ(read("11111111111", 11), 0U);
  EXPECT_EQ(read("01", 2), 0U);
  EXPECT_EQ(read("", 0), 0U);
}

TEST(swar, which_of_32_octets_differ_and_which_are_wanted) {
  const std::string a(33, 'x');  // what stands behind the 32 does not count
  auto b = a;
  EXPECT_EQ(base::octets_of_32_that_differ(a.data(), b.data()), 0U);
  EXPECT_EQ(base::octets_of_32_that_are<')'>(b.data()), 0U);
  for (std::size_t at = 0; at != a.size(); ++at) {
    b[at] = ')';
    const auto bit = at < 32 ? std::uint32_t{1} << at : 0;
    EXPECT_EQ(base::octets_of_32_that_differ(a.data(), b.data()), bit) << at;
    EXPECT_EQ(base::octets_of_32_that_are<')'>(b.data()), bit) << at;
    EXPECT_EQ((base::octets_of_32_that_are<'(', ')'>(b.data())), bit) << at;
    b[at] = 'x';
  }
  const std::string other(32, ')');
  EXPECT_EQ(base::octets_of_32_that_differ(a.data(), other.data()), UINT32_MAX);
}

TEST(swar, the_first_stop_among_sixteen_octets_or_none) {
  for (std::size_t size = 0; size != 40; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      auto text = std::string(size, 'x');
      if (at != size) text[at] = '"';
      const char* const begin = text.data();
      const auto* const found = base::find_among_sixteen<'"', '\\'>(begin, begin + size);
#ifdef __SSE2__
      EXPECT_EQ(found, size >= 16 && at < 16 && at != size ? begin + at : nullptr) << size << ' ' << at;
#else
      EXPECT_TRUE(found == nullptr || found == begin + at);
#endif
    }
  }
}

TEST(swar, which_of_64_octets_are_one) {
  std::string text(64, 'x');
  EXPECT_EQ(base::octets_that_are<' '>(text.data()), 0U);
  for (std::size_t at = 0; at != text.size(); ++at) {
    text[at] = ' ';
    EXPECT_EQ(base::octets_that_are<' '>(text.data()), std::uint64_t{1} << at);
    text[at] = 'x';
  }
}

TEST(swar, which_of_64_octets_are_one_of_several) {
  const std::string text = "(a)" + std::string(58, '"') + "(b)";
  EXPECT_EQ((base::octets_that_are<'(', ')'>(text.data())), 0b101U | std::uint64_t{0b101} << 61U);
  EXPECT_EQ((base::octets_that_are<'"', 'b'>(text.data())), ~(0b111U | std::uint64_t{0b101} << 61U));
}

TEST(swar, parity_of_the_bits_up_to_each) {
  std::mt19937_64 random(7);
  for (int run = 0; run != 1000; ++run) {
    const auto bits = random() & random();
    std::uint64_t expected = 0;
    bool odd = false;
    for (unsigned n = 0; n != 64; ++n) {
      odd ^= ((bits >> n) & 1U) != 0;
      expected |= std::uint64_t{odd} << n;
    }
    EXPECT_EQ(base::parity_of_bits(bits), expected) << bits;
  }
}

TEST(swar, an_octet_above_127_anywhere) {
  for (std::size_t size = 0; size != 200; ++size) {
    std::string text(size, '\x7F');
    EXPECT_FALSE(base::has_8bit(text));
    for (auto& octet : text) {
      octet = '\x80';
      EXPECT_TRUE(base::has_8bit(text)) << size;
      octet = '\x7F';
    }
  }
}

TEST(big_block, sizes_fill_pages) {
  EXPECT_EQ(base::filling_pages(1), 1U);
  EXPECT_EQ(base::filling_pages(base::huge_page / 2), base::huge_page / 2);
  for (const std::size_t n : {base::huge_page - 64, base::huge_page, 3 * base::huge_page + 1}) {
    const auto filling = base::filling_pages(n);
    EXPECT_GE(filling, n);
    EXPECT_LT(filling, n + base::huge_page);
    EXPECT_EQ((filling + 64) % base::huge_page, 0U);
  }
}

TEST(big_block, memory_holds_what_is_written_after_the_advice) {
  std::vector<std::uint64_t> numbers;
  numbers.reserve(base::filling_pages(5 * base::huge_page) / sizeof(std::uint64_t));
  base::expect_use(numbers.data(), numbers.capacity() * sizeof(std::uint64_t));
  base::expect_use(numbers.data(), 1);
  base::expect_use(nullptr, 0);
  for (std::uint64_t i = 0; i < numbers.capacity(); ++i) numbers.push_back(i);
  EXPECT_EQ(numbers.back(), numbers.size() - 1);
}

}  // namespace
}  // namespace imapxx::test
