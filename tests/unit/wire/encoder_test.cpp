#include <imapxx/model/date_time.hpp>
#include <imapxx/model/flag.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/wire/encoder.hpp>
#include <imapxx/wire/lexer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using imapxx::errc;
using imapxx::wire::encode_context;
using imapxx::wire::encoder;
using imapxx::wire::lexer;
using imapxx::wire::literal_support;
using imapxx::wire::segment;
using namespace std::string_literals;

encode_context with(literal_support literals, bool utf8 = false, bool binary = false) {
  encode_context c;
  c.literals = literals;
  c.utf8 = utf8;
  c.binary = binary;
  return c;
}
const encode_context plain;
const encode_context plus = with(literal_support::plus);
const encode_context minus = with(literal_support::minus);
const encode_context utf8 = with(literal_support::synchronizing, true);

// Segments as "text", "+text" (waits for the continuation), "?text" (secret), "<size>" (source).
std::vector<std::string> segments_of(const encoder& e) {
  std::vector<std::string> out;
  for (const auto& s : e.segments()) {
    std::string text = s.wait_before ? "+" : "";
    if (s.secret) text += "?";
    if (s.type == segment::kind::source) {
      text += "<" + std::to_string(s.source->size()) + ">";
    } else {
      text += e.text().substr(s.begin, s.end - s.begin);
    }
    out.push_back(text);
  }
  return out;
}

using parts = std::vector<std::string>;

template <class Write>
std::string written(Write write, const encode_context& c = plain) {
  encoder e(c);
  write(e);
  EXPECT_FALSE(e.failure()) << e.failure().what();
  return std::string(e.text());
}
template <class Write>
void expect_refused(Write write, errc code = errc::invalid_argument, const encode_context& c = plain) {
  encoder e(c);
  write(e.raw("x "));
  EXPECT_EQ(e.failure().code(), code);
  const std::string before(e.text());
  e.raw("more").atom("a").number(1).literal("x");
  EXPECT_EQ(e.text(), before) << "nothing is written behind an error";
}

std::string as_string(std::string_view text, const encode_context& c = plain) {
  return written([&](encoder& e) { e.string(text); }, c);
}
std::string as_astring(std::string_view text, const encode_context& c = plain) {
  return written([&](encoder& e) { e.astring(text); }, c);
}

TEST(encoder, one_command_is_one_segment) {
  encoder e;
  e.raw("STATUS").sp().astring("INBOX").sp().begin_list().atom("MESSAGES").sp().atom("UNSEEN").end_list();
  EXPECT_EQ(segments_of(e), parts{"STATUS INBOX (MESSAGES UNSEEN)"});
  EXPECT_EQ(e.line_octets(), e.text().size());
}

TEST(encoder, empty_without_input) {
  const encoder e;
  EXPECT_TRUE(e.segments().empty());
  EXPECT_TRUE(e.text().empty());
}

TEST(encoder, raw_refuses_what_would_end_the_line_or_begin_a_literal) {
  for (const auto& text : {"a\r"s, "a\nb"s, "a\0"s, "x {3}"s, "x {3+}"s, "~{3}"s, "{0}"s}) {
    expect_refused([&](encoder& e) { e.raw(text); });
  }
  EXPECT_EQ(written([](encoder& e) { e.raw("x}").raw(" {3} y"); }), "x} {3} y");
}

TEST(encoder, atom) {
  EXPECT_EQ(written([](encoder& e) { e.atom("X-Y[1]<0.5>"s.substr(0, 5)); }), "X-Y[1");
  for (const auto& text : {""s, "a b"s, "a("s, "a)"s, "{"s, "%"s, "*"s, "\""s, "\\"s, "a]"s, "\x7F"s, "\t"s,
                           "\xC3\xA4"s, "a\r\nb"s, "\0"s}) {
    expect_refused([&](encoder& e) { e.atom(text); });
  }
}

TEST(encoder, number) {
  EXPECT_EQ(written([](encoder& e) { e.number(0).sp().number(std::numeric_limits<std::uint64_t>::max()); }),
            "0 18446744073709551615");
}

TEST(encoder, quoted) {
  EXPECT_EQ(written([](encoder& e) { e.quoted("a b"); }), "\"a b\"");
  EXPECT_EQ(written([](encoder& e) { e.quoted("a\"b\\c"); }), R"("a\"b\\c")");
  EXPECT_EQ(written([](encoder& e) { e.quoted(""); }), "\"\"");
  EXPECT_EQ(written([](encoder& e) { e.quoted("\t\x01\x7F"); }), "\"\t\x01\x7F\"")
      << "controls but CR, LF, NUL are TEXT-CHARs";
  EXPECT_EQ(written([](encoder& e) { e.quoted("\xC3\xA4"); }, utf8), "\"\xC3\xA4\"");
  for (const auto& text : {"\r"s, "\n"s, "\0"s, "\xC3\xA4"s}) expect_refused([&](encoder& e) { e.quoted(text); });
  expect_refused([](encoder& e) { e.quoted("\xFF"); }, errc::invalid_argument, utf8);
}

TEST(encoder, string_chooses_its_form) {
  EXPECT_EQ(as_string("abc"), "\"abc\"");
  EXPECT_EQ(as_string(""), "\"\"");
  EXPECT_EQ(as_string("a\nb"), "{3}\r\na\nb");
  EXPECT_EQ(as_string("a\r\nb", plus), "{4+}\r\na\r\nb");
  EXPECT_EQ(as_string("\xC3\xA4"), "{2}\r\n\xC3\xA4");
  EXPECT_EQ(as_string("\xC3\xA4", utf8), "\"\xC3\xA4\"");
  EXPECT_EQ(as_string("\xC3", utf8), "{1}\r\n\xC3");
  EXPECT_EQ(as_string(std::string(997, 'x')), "\"" + std::string(997, 'x') + "\"");
  EXPECT_EQ(as_string(std::string(998, 'x')), "{998}\r\n" + std::string(998, 'x'));
  expect_refused([](encoder& e) { e.string("a\0b"s); });
}

TEST(encoder, astring_chooses_its_form) {
  EXPECT_EQ(as_astring("INBOX"), "INBOX");
  EXPECT_EQ(as_astring("a]b"), "a]b");
  EXPECT_EQ(as_astring(""), "\"\"");
  EXPECT_EQ(as_astring("nil"), "\"nil\"");
  EXPECT_EQ(as_astring("NILS"), "NILS");
  EXPECT_EQ(as_astring("a b"), "\"a b\"");
  EXPECT_EQ(as_astring("{3}"), "\"{3}\"");
  EXPECT_EQ(as_astring("100%"), "\"100%\"");
  EXPECT_EQ(as_astring("*"), "\"*\"");
  EXPECT_EQ(as_astring("a\\b"), R"("a\\b")");
  EXPECT_EQ(as_astring("a\rb"), "{3}\r\na\rb");
  EXPECT_EQ(as_astring(std::string(998, 'x')), "{998}\r\n" + std::string(998, 'x'));
  expect_refused([](encoder& e) { e.astring("\0"s); });
}

TEST(encoder, nstring) {
  const std::string text = "a b";
  EXPECT_EQ(written([&](encoder& e) { e.nstring(nullptr).sp().nstring(&text); }), "NIL \"a b\"");
}

TEST(encoder, list_mailbox_keeps_wildcards_bare) {
  EXPECT_EQ(written([](encoder& e) { e.list_mailbox("*").sp().list_mailbox("INBOX/%"); }), "* INBOX/%");
  EXPECT_EQ(written([](encoder& e) { e.list_mailbox("").sp().list_mailbox("a b*"); }), "\"\" \"a b*\"");
}

// RFC 9051 section 9: list-mailbox = 1*list-char / string; NIL would be taken for nothing.
TEST(encoder, list_mailbox_that_cannot_be_bare) {
  const auto pattern = [](std::string_view text) { return written([&](encoder& e) { e.list_mailbox(text); }, plus); };
  EXPECT_EQ(pattern("NIL"), "\"NIL\"");
  EXPECT_EQ(pattern(""), "\"\"");
  const std::string longest(997, '%');
  EXPECT_EQ(pattern(longest), longest);
  EXPECT_EQ(pattern(longest + "%"), "{998+}\r\n" + longest + "%");
}

TEST(encoder, braces_that_are_no_header_are_text) {
  for (const auto* text : {"a{b}", "{}", "}", "a}b{"}) EXPECT_EQ(written([&](encoder& e) { e.raw(text); }), text);
  for (const auto* text : {"a{1}", "{1+}", "~{1}"}) expect_refused([&](encoder& e) { e.raw(text); });
}

TEST(encoder, mailbox_in_utf7_or_utf8) {
  const imapxx::mailbox_name name("Entw\xC3\xBCrfe");
  EXPECT_EQ(written([&](encoder& e) { e.mailbox(name); }), "Entw&APw-rfe");
  EXPECT_EQ(written([&](encoder& e) { e.mailbox(name); }, utf8), "\"Entw\xC3\xBCrfe\"");
  EXPECT_EQ(written([](encoder& e) { e.mailbox("a & b"); }), "\"a &- b\"");
  const auto raw = imapxx::mailbox_name::from_wire("&Jjo!");
  EXPECT_EQ(written([&](encoder& e) { e.mailbox(raw); }), "&Jjo!") << "the server's own octets, though no UTF-7";
  EXPECT_EQ(written([&](encoder& e) { e.mailbox(raw); }, utf8), "&Jjo!");
  for (const auto& bad : {"a\r\nb"s, "a\0b"s, "a\xFF"s, ""s}) {
    expect_refused([&](encoder& e) { e.mailbox(imapxx::mailbox_name(bad)); });
  }
}

TEST(encoder, sets) {
  EXPECT_EQ(written([](encoder& e) { e.set(imapxx::uid_set::of(1, 2, 3, 9)); }), "1:3,9");
  EXPECT_EQ(written([](encoder& e) { e.set(imapxx::seq_set::from(5)); }), "5:*");
  expect_refused([](encoder& e) { e.set(imapxx::uid_set()); });
  expect_refused([](encoder& e) { e.set(imapxx::seq_set()); });
}

TEST(encoder, flags) {
  EXPECT_EQ(written([](encoder& e) { e.flags(imapxx::flag_list::of("\\Seen", "$Work")); }), "(\\Seen $Work)");
  EXPECT_EQ(written([](encoder& e) { e.flags(imapxx::flag_list()); }), "()");
  for (const auto& bad : {""s, "\\"s, "\\*"s, "a b"s, "\\\\Seen"s, "x)"s, "a\r\nb"s, "\"x\""s, "\xC3\xA4"s}) {
    expect_refused([&](encoder& e) { e.flag_name(bad); });
  }
}

TEST(encoder, dates) {
  EXPECT_EQ(written([](encoder& e) { e.date_text(imapxx::date(2026, 2, 1)); }), "1-Feb-2026");
  const imapxx::date_time at(std::chrono::sys_days(std::chrono::year(2026) / 2 / 1) + std::chrono::hours(12));
  EXPECT_EQ(written([&](encoder& e) { e.date_time_text(at); }), "\" 1-Feb-2026 12:00:00 +0000\"");
}

// --- literals

TEST(encoder_literals, synchronizing_literal_ends_the_segment) {
  encoder e(plain);
  e.raw("LOGIN ").string("a\nb").sp().string("c\n");
  EXPECT_EQ(segments_of(e), (parts{"LOGIN {3}\r\n", "+a\nb {2}\r\n", "+c\n"}));
  EXPECT_EQ(e.line_octets(), "LOGIN {3}\r\n {2}\r\n"s.size());
}

TEST(encoder_literals, non_synchronizing_literal_does_not) {
  encoder e(plus);
  e.raw("LOGIN ").string("a\nb").sp().string("c\n");
  EXPECT_EQ(segments_of(e), parts{"LOGIN {3+}\r\na\nb {2+}\r\nc\n"});
}

TEST(encoder_literals, an_empty_one_still_waits) {
  encoder e(plain);
  e.raw("X ").literal("");
  EXPECT_EQ(segments_of(e), (parts{"X {0}\r\n", "+"}));
}

TEST(encoder_literals, literal_minus_ends_at_4096) {
  const std::string fits(4096, 'x');
  const std::string more(4097, 'x');
  EXPECT_EQ(segments_of(encoder(minus).literal(fits)), parts{"{4096+}\r\n" + fits});
  EXPECT_EQ(segments_of(encoder(minus).literal(more)), (parts{"{4097}\r\n", "+" + more}));
  EXPECT_EQ(segments_of(encoder(plus).literal(more)), parts{"{4097+}\r\n" + more});
}

TEST(encoder_literals, literal8) {
  const auto binary = with(literal_support::synchronizing, false, true);
  EXPECT_EQ(segments_of(encoder(binary).literal("a\0b"s, true)), (parts{"~{3}\r\n", "+a\0b"s}));
  EXPECT_EQ(segments_of(encoder(with(literal_support::minus, false, true)).literal("a\0b"s, true)),
            parts{"~{3+}\r\na\0b"s});
  EXPECT_EQ(segments_of(encoder(plain).literal("ab", true)), (parts{"{2}\r\n", "+ab"}))
      << "without BINARY, and it needs none";
  expect_refused([](encoder& e) { e.literal("a\0b"s, true); }, errc::capability_required);
  expect_refused([](encoder& e) { e.literal("a\0b"s, false); }, errc::invalid_argument, binary);
}

class fixed_source final : public imapxx::literal_source {
 public:
  explicit fixed_source(std::uint64_t size) : size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  imapxx::result<std::size_t> read(std::span<char> out) override { return out.size(); }

 private:
  std::uint64_t size_;
};

TEST(encoder_literals, a_given_form_is_kept_whatever_the_server_offers) {
  for (const auto& context : {plain, plus, minus}) {
    encoder e(context);
    e.raw("A ")
        .literal_as("abc", true)
        .raw(" ")
        .literal_as("de", false)
        .raw(" ")
        .literal_as(std::string_view("\0", 1), true, true);
    EXPECT_EQ(segments_of(e), (parts{"A {3}\r\n", "+abc {2+}\r\nde ~{1}\r\n", "+\0"s}));
  }
  encoder nul(plain);
  nul.literal_as(std::string_view("\0", 1), true);
  EXPECT_EQ(nul.failure().code(), errc::invalid_argument);
  encoder e(plus);
  e.raw("B ")
      .literal_as(std::make_shared<fixed_source>(7), true)
      .raw(" ")
      .literal_as(std::make_shared<fixed_source>(1U << 20U), false);
  EXPECT_EQ(segments_of(e), (parts{"B {7}\r\n", "+<7>", " {1048576+}\r\n", "<1048576>"}));
}

TEST(encoder_literals, source_is_a_segment_of_its_own) {
  encoder e(plain);
  e.raw("APPEND x ").literal(std::make_shared<fixed_source>(70000)).raw(" ()");
  EXPECT_EQ(segments_of(e), (parts{"APPEND x {70000}\r\n", "+<70000>", " ()"}));
  EXPECT_EQ(e.line_octets(), "APPEND x {70000}\r\n ()"s.size());
}

TEST(encoder_literals, small_source_need_not_wait) {
  encoder e(minus);
  e.raw("APPEND x ").literal(std::make_shared<fixed_source>(4096));
  EXPECT_EQ(segments_of(e), (parts{"APPEND x {4096+}\r\n", "<4096>"}));
}

TEST(encoder_literals, big_source_waits_for_consent_even_with_literal_plus_x07) {
  encoder e(plus);
  e.raw("APPEND x ").literal(std::make_shared<fixed_source>(4097));
  EXPECT_EQ(segments_of(e), (parts{"APPEND x {4097}\r\n", "+<4097>"}));
}

TEST(encoder_literals, two_sources) {
  encoder e(plus);
  e.literal(std::make_shared<fixed_source>(1)).sp().literal(std::make_shared<fixed_source>(2)).literal("x");
  EXPECT_EQ(segments_of(e), (parts{"{1+}\r\n", "<1>", " {2+}\r\n", "<2>", "{1+}\r\nx"}));
}

TEST(encoder_literals, bad_sources) {
  expect_refused([](encoder& e) { e.literal(std::shared_ptr<imapxx::literal_source>()); });
  expect_refused([](encoder& e) { e.literal(std::make_shared<fixed_source>(std::uint64_t{1} << 63U)); });
  expect_refused([](encoder& e) { e.literal(std::make_shared<fixed_source>(1), true); }, errc::capability_required);
  for (const bool wait : {false, true}) {
    expect_refused([=](encoder& e) { e.literal_as(std::shared_ptr<imapxx::literal_source>(), wait); });
    expect_refused([=](encoder& e) { e.literal_as(std::make_shared<fixed_source>(std::uint64_t{1} << 63U), wait); });
  }
  encoder e(with(literal_support::synchronizing, false, true));
  e.literal(std::make_shared<fixed_source>(9), true);
  EXPECT_EQ(segments_of(e), (parts{"~{9}\r\n", "+<9>"}));
}

// --- secrets and errors

TEST(encoder, secrets_are_segments_of_their_own) {
  encoder e(plain);
  e.raw("LOGIN u ").begin_secret().astring("pass word").end_secret().sp().raw("x");
  EXPECT_EQ(segments_of(e), (parts{"LOGIN u ", "?\"pass word\"", " x"}));
}

TEST(encoder, secret_literal_waits_and_stays_secret) {
  encoder e(plain);
  e.raw("LOGIN u ").begin_secret().astring("p\xC3\xA4ss").end_secret();
  EXPECT_EQ(segments_of(e), (parts{"LOGIN u ", "?{5}\r\n", "+?p\xC3\xA4ss"}));
}

TEST(encoder, long_secrets_survive_the_wiping_growth) {
  encoder e(plus);
  std::string expected = "X ";
  e.raw("X ").begin_secret();
  for (int i = 0; i < 200; ++i) {
    const std::string word = "w" + std::to_string(i);
    e.astring(word);
    expected += word;
  }
  EXPECT_EQ(e.text(), expected);
}

TEST(encoder, first_failure_sticks) {
  encoder e;
  e.fail(imapxx::error(errc::invalid_argument, "mine")).atom("a b");
  EXPECT_EQ(e.failure().message(), "mine");
  EXPECT_TRUE(e.text().empty());
}

// Whatever octets an argument has: it is refused, or a reader finds exactly these octets and nothing behind them.
TEST(encoder_properties, arguments_come_back_whole) {
  std::mt19937 rng(20);
  const auto number = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n)(rng); };
  const std::string_view nasty("\r\n\0\"\\{}+ 3()*%]a\xC3\xA4\x7F", 20);
  for (int i = 0; i < 10'000; ++i) {
    std::string argument;
    for (auto n = number(12); n > 0; --n)
      argument += number(3) == 0 ? static_cast<char>(number(255)) : nasty[number(nasty.size() - 1)];
    for (const auto& c : {plain, plus, utf8}) {
      for (const bool as_atom : {false, true}) {
        encoder e(c);
        as_atom ? e.astring(argument) : e.string(argument);
        e.raw(" END");
        if (argument.find('\0') != std::string::npos) {
          EXPECT_EQ(e.failure().code(), errc::invalid_argument);
          EXPECT_TRUE(e.text().empty());
          continue;
        }
        ASSERT_FALSE(e.failure());
        lexer lx(e.text());
        const auto back = as_atom ? lx.astring() : lx.string();
        ASSERT_TRUE(back) << e.text();
        EXPECT_EQ(back->to_string(), argument);
        EXPECT_EQ(lx.rest(), " END");
      }
    }
  }
}

TEST(encoder_properties, segments_cover_the_text) {
  encoder e(minus);
  e.raw("A ")
      .string("x\n")
      .begin_secret()
      .literal(std::string(5000, 'y'))
      .end_secret()
      .sp()
      .literal("")
      .literal(std::string(9000, 'z'));
  std::size_t at = 0;
  for (const auto& s : e.segments()) {
    EXPECT_EQ(s.begin, at);
    EXPECT_LE(s.begin, s.end);
    at = s.end;
  }
  EXPECT_EQ(at, e.text().size());
}

/// As an application writes one that can be read once.
class once final : public imapxx::literal_source {
 public:
  [[nodiscard]] std::uint64_t size() const override { return 0; }
  imapxx::result<std::size_t> read(std::span<char> /*out*/) override { return std::size_t{0}; }
};

TEST(literal_source, cannot_be_read_again_unless_it_says_so) { EXPECT_FALSE(once().rewind()); }

}  // namespace
