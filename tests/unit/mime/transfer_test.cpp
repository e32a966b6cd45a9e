#include <imapxx/command.hpp>
#include <imapxx/mime/transfer.hpp>

#include <gtest/gtest.h>

namespace imapxx::inline v0::mime {
namespace {

using namespace std::string_literals;

std::string decode(std::string_view encoding, std::string_view text, std::size_t piece = std::string::npos) {
  std::string out;
  transfer_decoder d(encoding);
  for (std::size_t at = 0; at < text.size(); at += piece) {
    d.feed(text.substr(at, piece), out);
    if (piece == std::string::npos) break;
  }
  d.finish(out);
  return out;
}

struct row {
  std::string encoding;
  std::string text;
  std::string want;
};
class transfer_table : public testing::TestWithParam<row> {};
TEST_P(transfer_table, whole_and_in_pieces) {
  for (const std::size_t piece : {std::string::npos, std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}}) {
    EXPECT_EQ(decode(GetParam().encoding, GetParam().text, piece), GetParam().want)
        << GetParam().text << " by " << piece;
  }
}

// RFC 4648 section 10, and what breaks it.
INSTANTIATE_TEST_SUITE_P(
    base64, transfer_table,
    testing::Values(row{"base64", "", ""}, row{"base64", "Zg==", "f"}, row{"BASE64", "Zm8=", "fo"},
                    row{"base64", "Zm9vYmFy", "foobar"}, row{"base64", "Zm9v\r\nYmFy\r\n", "foobar"},
                    row{"base64", "AAH/", "\0\x01\xFF"s}, row{"base64", "Zm8", "fo"}, row{"base64", "Zg", "f"},
                    row{"base64", "Z", ""}, row{"base64", "Z m!9\x80v", "foo"}, row{"base64", "=Zm9v", "foo"},
                    row{"base64", "Z=m9v", "foo"}, row{"base64", "Zg==\r\n-- \r\nlist footer\r\n", "f"},
                    row{"base64", "Zm=9v", "foo"}, row{"base64", "Zg=", "f"}, row{"base64", "Zg =\r\n= Zm9v", "f"}));

// RFC 2045 section 6.7.
INSTANTIATE_TEST_SUITE_P(
    quoted_printable, transfer_table,
    testing::Values(row{"quoted-printable",
                        "Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.",
                        "Now's the time for all folk to come to the aid of their country."},
                    row{"Quoted-Printable", "=3D=0D=0A=ff=FF", "=\r\n\xFF\xFF"},
                    row{"quoted-printable", "a \t\r\nb  \nc", "a\r\nb\nc"},  // rule 3
                    row{"quoted-printable", "a  ", "a"}, row{"quoted-printable", "a=20\r\n", "a \r\n"},
                    row{"quoted-printable", "a= \t\r\nb=  \nc", "abc"},  // blanks behind a soft break
                    row{"quoted-printable", "a b\tc", "a b\tc"}, row{"quoted-printable", "a=\nb", "ab"},
                    row{"quoted-printable", "=XY=4=", "=XY=4"}, row{"quoted-printable", "=4X", "=4X"},
                    row{"quoted-printable", "==41", "=A"}, row{"quoted-printable", "a=", "a"},
                    row{"quoted-printable", "=4\r\nx", "=4\r\nx"}, row{"quoted-printable", "= x", "= x"},
                    row{"quoted-printable", "a\rb \rc", "a\rb \rc"}, row{"quoted-printable", "a \r\r\n", "a \r\r\n"},
                    row{"quoted-printable", "=\r=\r\n.", "=\r."}, row{"quoted-printable", "\r\n\r\n", "\r\n\r\n"}));

INSTANTIATE_TEST_SUITE_P(
    uuencode, transfer_table,
    testing::Values(row{"x-uuencode", "begin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n", "Cat"},
                    row{"uuencode", "junk\nbegin 600 x\n&9F]O8F%R\n#<F5D\nend\n#0V%T\n", "foobarred"},
                    row{"x-uue", "begin 644 x\n#0V%T", "Cat"}, row{"x-uue", "no begin\n#0V%T\n", ""}));

INSTANTIATE_TEST_SUITE_P(identity, transfer_table,
                         testing::Values(row{"7bit", "a=41 \r\n", "a=41 \r\n"}, row{"8bit", "\x80", "\x80"},
                                         row{"binary", "\0"s, "\0"s}, row{"x-unknown", "Zg==", "Zg=="},
                                         row{"", "x", "x"}));

TEST(transfer_encoding, names_are_read_leniently) {
  EXPECT_EQ(parse_transfer_encoding(" BASE64 \r\n"), transfer_encoding::base64);
  EXPECT_EQ(parse_transfer_encoding("base64; x=y"), transfer_encoding::base64);
  EXPECT_EQ(parse_transfer_encoding("\"quoted-printable\" (c)"), transfer_encoding::quoted_printable);
  EXPECT_EQ(parse_transfer_encoding("base65"), transfer_encoding::identity);
}

TEST(transfer_decoder, is_as_new_after_finish) {
  transfer_decoder d("base64");
  std::string out;
  d.feed("Zg==", out);
  d.finish(out);
  d.feed("Zm9v", out);
  d.finish(out);
  EXPECT_EQ(out, "ffoo");
}

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// RFC 4648 section 4, a bit at a time; lines of `width` digits.
std::string in_base64(std::string_view octets, std::size_t width) {
  std::string out;
  std::size_t digits = 0;
  for (std::size_t bit = 0; bit < 8 * octets.size(); bit += 6) {
    unsigned value = 0;
    for (std::size_t i = bit; i < bit + 6; ++i) {
      const auto octet = i / 8 < octets.size() ? static_cast<unsigned char>(octets[i / 8]) : 0U;
      value = 2 * value + (octet >> (7 - i % 8) & 1U);
    }
    out += base64_alphabet[value];
    if (++digits % width == 0) out += "\r\n";
  }
  for (; digits % 4 != 0; ++digits) out += '=';
  return out;
}

TEST(transfer_decoder, base64_of_many_octets_however_it_is_divided) {
  std::string octets;
  for (unsigned i = 0; octets.size() < 1000; i += 7) octets += static_cast<char>(i * i);
  for (const std::size_t size : {1000, 999, 998, 50, 12, 11}) {
    const auto want = octets.substr(0, size);
    for (const std::size_t width : {10'000, 76, 64, 17, 16}) {
      const auto text = in_base64(want, width);
      for (const std::size_t piece : {std::string::npos, std::size_t{1}, std::size_t{15}, std::size_t{16},
                                      std::size_t{17}, std::size_t{33}, std::size_t{100}}) {
        EXPECT_EQ(decode("base64", text, piece), want) << size << " octets in lines of " << width << " by " << piece;
      }
    }
  }
}

TEST(transfer_decoder, what_is_no_base64_digit_is_skipped_wherever_it_stands) {
  const std::string want = "sixteen digits become twelve octets";
  const auto text = in_base64(want, 1000);
  for (int c = 0; c < 256; ++c) {
    const char octet = static_cast<char>(c);
    if (octet == '=' || base64_alphabet.find(octet) != std::string_view::npos) continue;
    for (std::size_t at = 0; at < 36; ++at) {
      EXPECT_EQ(decode("base64", std::string(text).insert(at, 1, octet)), want) << c << " at " << at;
    }
  }
}

// Lines of one length are read at once: each length, and whatever disturbs one of them anywhere.
TEST(transfer_decoder, base64_in_lines_of_any_length_and_with_any_disturbance) {
  std::string want;
  for (unsigned n = 0; want.size() < 500; ++n) want += static_cast<char>(n * n * 7 + n / 3);
  for (std::size_t length = 1; length <= 100; ++length) {
    EXPECT_EQ(decode("base64", in_base64(want, length)), want) << length;
  }
  for (const std::size_t length : {16, 24, 60, 76}) {
    const auto text = in_base64(want, length);
    std::size_t digits_before = 0;
    for (std::size_t at = 0; at < 3 * length; ++at) {
      for (const std::string_view other : {"\n", "\r", "\r\n", " ", "-", "\x80"}) {
        ASSERT_EQ(decode("base64", std::string(text).insert(at, other)), want) << length << " at " << at;
      }
      ASSERT_EQ(decode("base64", text.substr(0, at)), want.substr(0, digits_before * 3 / 4))
          << length << " until " << at;
      digits_before += base64_alphabet.find(text[at]) != std::string_view::npos ? 1U : 0U;
    }
  }
}

TEST(transfer_decoder, each_base64_digit_has_its_value_in_each_place) {
  for (std::size_t place = 0; place < 16; ++place) {
    for (std::size_t value = 0; value < base64_alphabet.size(); ++value) {
      std::string text(16, 'A');
      text[place] = base64_alphabet[value];
      std::string want(12, '\0');
      for (std::size_t bit = 0; bit < 6; ++bit) {
        const auto at = 6 * place + bit;
        if ((value >> (5 - bit) & 1U) != 0) want[at / 8] = static_cast<char>(want[at / 8] | 0x80 >> at % 8);
      }
      EXPECT_EQ(decode("base64", text), want) << text;
    }
  }
}

TEST(transfer_decoder, holds_back_no_more_than_a_line_of_blanks) {
  transfer_decoder d("quoted-printable");
  std::string out;
  for (int i = 0; i < 1000; ++i) d.feed(std::string(1000, ' '), out);
  EXPECT_GT(out.size(), 990'000U);
  d.feed("x", out);
  d.finish(out);
  EXPECT_EQ(out.size(), 1'000'001U);
}

class recorder : public body_sink {
 public:
  result<void> begin(const body_info&) override {
    text += "<";
    return {};
  }
  result<void> write(std::string_view octets) override {
    if (refuse) return error(errc::aborted_by_caller);
    text.append(octets);
    return {};
  }
  result<void> end(const body_info&) override {
    text += ">";
    return {};
  }
  std::string text;
  bool refuse = false;
};

TEST(sink_decoding, decodes_on_the_way) {
  auto to = std::make_shared<recorder>();
  auto sink = sink_decoding(to, "BASE64");
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(sink->begin(body_info()));
    for (const auto* piece : {"Zm9", "vYm", "F", "y", "Zg"}) ASSERT_TRUE(sink->write(piece));
    ASSERT_TRUE(sink->end(body_info()));
  }
  EXPECT_EQ(to->text, "<foobarf><foobarf>");
}

TEST(sink_decoding, passes_errors_on) {
  auto to = std::make_shared<recorder>();
  to->refuse = true;
  auto sink = sink_decoding(to, "7bit");
  EXPECT_EQ(sink->write("x").error().code(), errc::aborted_by_caller);
}

}  // namespace
}  // namespace imapxx::inline v0::mime
