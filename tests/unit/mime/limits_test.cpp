#include <imapxx/mime.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

namespace imapxx::inline v0::mime {
namespace {

std::string nested_multiparts(std::size_t depth) {
  std::string out;
  for (std::size_t i = 0; i < depth; ++i) {
    const auto b = "b" + std::to_string(i);
    out += "Content-Type: multipart/mixed; boundary=" + b + "\n\n--" + b + "\n";
  }
  return out + "\ndeep\n";
}

std::string nested_messages(std::size_t depth) {
  std::string out;
  for (std::size_t i = 0; i < depth; ++i) out += "Content-Type: message/rfc822\n\n";
  return out + "Subject: deep\n\ndeep\n";
}

std::string many_parts(std::size_t n) {
  std::string out = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (std::size_t i = 0; i < n; ++i) out += "--b\n\nx\n";
  return out + "--b--\n";
}

std::size_t deepest(const message& m) {
  std::size_t out = 0;
  for (const auto& p : m.walk()) out = std::max(out, p.depth());
  return out;
}

TEST(limits, nesting) {
  for (const auto& make : {nested_multiparts, nested_messages}) {
    const message below(make(nesting_max));
    EXPECT_FALSE(below.truncated());
    EXPECT_EQ(deepest(below), nesting_max);
    const message above(make(nesting_max + 50));
    EXPECT_TRUE(above.truncated());
    EXPECT_EQ(deepest(above), nesting_max);
    EXPECT_NE(readable_text(above).find("deep"), std::string::npos);
  }
}

TEST(limits, parts) {
  const message below(many_parts(parts_max - 1));
  EXPECT_FALSE(below.truncated());
  EXPECT_EQ(below.walk().size(), parts_max);
  const message above(many_parts(parts_max * 3));
  EXPECT_TRUE(above.truncated());
  EXPECT_EQ(above.walk().size(), parts_max);
}

TEST(limits, header_octets) {
  const std::string filler(header_octets_max, 'x');
  const message m("A: 1\nB: " + filler + "\nC: 3\n\nbody");
  EXPECT_TRUE(m.truncated());
  EXPECT_TRUE(m.headers().contains("A"));
  EXPECT_FALSE(m.headers().contains("C"));
  EXPECT_EQ(m.text(), "body");
}

TEST(limits, header_fields) {
  std::string octets;
  for (std::size_t i = 0; i < header_fields_max + 10; ++i) octets += "a:\n";
  const message m(octets + "\nbody");
  EXPECT_TRUE(m.truncated());
  EXPECT_EQ(m.headers().size(), header_fields_max);
  EXPECT_EQ(m.text(), "body");
}

// Encoded messages in encoded messages: each level is decoded once, and shrinks.
TEST(limits, stack_of_a_small_thread_suffices) {
  std::string octets = nested_multiparts(5000);
  std::thread([&octets] { EXPECT_FALSE(readable_text(message(octets)).empty()); }).join();
}

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void look_at_all(const std::string& octets) {
  const message m(octets);
  for (const auto& p : m.walk()) {
    (void)p.filename();
    for (const auto& h : p.headers()) (void)h.text();
  }
  (void)readable_text(m);
}

std::string repeat(const std::string& piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

struct bomb {
  const char* name;
  std::function<std::string(std::size_t)> make;
};
class scaling : public testing::TestWithParam<bomb> {};

double best_of_three(const std::string& octets) {
  double out = 1e9;
  for (int i = 0; i < 3; ++i) out = std::min(out, seconds([&octets] { look_at_all(octets); }));
  return out;
}

// Eight times the input takes eight times the time, 64 times if it is quadratic. Machines are noisy, so times below a
// few milliseconds count as that, and a bad first measurement gets a second chance.
TEST_P(scaling, is_linear) {
  const auto small = GetParam().make(1);
  const auto large = GetParam().make(8);
  double one = 0;
  double eight = 0;
  for (int attempt = 0; attempt < 3; ++attempt) {
    one = std::max(0.005, best_of_three(small));
    eight = best_of_three(large);
    if (eight < one * 20) return;
  }
  FAIL() << GetParam().name << ": " << one << " s, " << eight << " s";
}

const std::string html = "Content-Type: text/html\n\n";
INSTANTIATE_TEST_SUITE_P(
    bombs, scaling,
    testing::Values(
        bomb{"lines", [](std::size_t k) { return "\n" + repeat("--x\n", k * 30'000); }},
        bomb{"boundaries", [](std::size_t k) { return many_parts(k * 1000); }},
        bomb{"nested_body", [](std::size_t k) { return nested_multiparts(99) + repeat("--b\n", k * 20'000); }},
        bomb{"fields", [](std::size_t k) { return repeat("a: b\n", k * 10'000) + "\n"; }},
        bomb{"one_long_field", [](std::size_t k) { return "Subject: " + repeat("x\n ", k * 20'000) + "\n\n"; }},
        bomb{"encoded_words",
             [](std::size_t k) { return "Subject: " + repeat("=?utf-8?q?ab?= ", k * 8'000) + "\n\n"; }},
        bomb{"half_words", [](std::size_t k) { return "Subject: " + repeat("=?", k * 50'000) + "\n\n"; }},
        bomb{"words_of_no_encoding",
             [](std::size_t k) { return "Subject: " + repeat("=?u?x?a?=", k * 12'000) + "\n\n"; }},
        bomb{"words_with_blanks",
             [](std::size_t k) { return "Subject: " + repeat("=?u?q?a b?= ", k * 8'000) + "\n\n"; }},
        bomb{"words_of_all_charsets",
             [](std::size_t k) {
               return "Subject: " + repeat("=?koi8-r?b?wQ?= =?x-y?b?wQ?= =?utf-8?q?=C3?=", k * 2'000) + "\n\n";
             }},
        bomb{"endless_words", [](std::size_t k) { return "Subject: " + repeat("=?u?q?a", k * 14'000) + "\n\n"; }},
        bomb{"parameters", [](std::size_t k) { return "Content-Type: a/b" + repeat("; x*1=2", k * 1000) + "\n\n"; }},
        bomb{"comments", [](std::size_t k) { return "Content-Type: a/b" + repeat("(", k * 7000) + "\n\n"; }},
        bomb{"html_comments", [](std::size_t k) { return html + repeat("<!--", k * 50'000); }},
        bomb{"html_scripts", [](std::size_t k) { return html + repeat("<script></scrip", k * 20'000); }},
        bomb{"html_tags", [](std::size_t k) { return html + repeat("<a b='", k * 50'000); }},
        bomb{"entities", [](std::size_t k) { return html + repeat("&#", k * 50'000); }}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(threads, parse_and_read_at_the_same_time) {
  const std::string octets =
      "Subject: =?iso-8859-1?q?=E9?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; "
      "charset=koi8-r\n\n\xC1\n"
      "--b\nContent-Disposition: attachment; filename*=iso-8859-15''%A4\n\nx\n--b--\n";
  const message shared(octets);
  const auto want = readable_text(shared);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) {
        EXPECT_EQ(readable_text(shared), want);
        EXPECT_EQ(readable_text(message(octets)), want);
      }
    });
  }
  for (auto& t : threads) t.join();
}

}  // namespace
}  // namespace imapxx::inline v0::mime
