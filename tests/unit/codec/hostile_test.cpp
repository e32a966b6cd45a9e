// Sizes, depths and numbers that no honest server sends.
#include <imapxx/response.hpp>

#include "support/codec/dump.hpp"
#include "support/fixture.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>
#include <random>

using namespace imapxx;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t small_stack = std::size_t{512} << 10U;  // its frames are several times as large
#else
constexpr std::size_t small_stack = std::size_t{128} << 10U;
#endif

// Runs `work` on a thread with little stack.
void on_small_stack(const std::function<void()>& work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, small_stack);
  pthread_t thread{};
  const auto run = [](void* p) -> void* {
    (*static_cast<const std::function<void()>*>(p))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, const_cast<void*>(static_cast<const void*>(&work))), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

std::string nested(std::size_t depth, const std::string& inner) {
  return std::string(depth, '(') + inner + std::string(depth, ')');
}

std::string nested_bodies(std::size_t depth) {
  std::string out;
  for (std::size_t i = 0; i < depth; ++i) out += '(';
  out += "\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1)";
  for (std::size_t i = 1; i < depth; ++i) out += " \"MIXED\")";
  return out;
}

TEST(hostile, depth) {
  on_small_stack([] {
    for (const std::size_t depth : {100U, 1000U, 100'000U, 1'000'000U}) {
      const auto thread = parse_response("* THREAD " + nested(depth, "1"));
      EXPECT_EQ(thread.index(), response(unparsed_response()).index());
      const auto text = "* 1 FETCH (BODYSTRUCTURE " + nested_bodies(depth) + " UID 4)";
      const auto fetch = parse_response(text);
      const auto& row = std::get<fetch_response>(fetch).row;
      EXPECT_EQ(row.uid(), 4U);
      EXPECT_EQ(row.to_data().unparsed.size(), 1U);
      EXPECT_EQ(parse_response("* LIST () \"/\" a (x " + nested(depth, "1") + ")").index(),
                response(list_response()).index());
      const auto status = parse_response("* STATUS \"a\" (x " + nested(depth, "1") + " MESSAGES 2)");
      EXPECT_EQ(std::get<status_data>(status).status.unparsed.size(), 1U);
      EXPECT_EQ(std::get<status_data>(status).status.messages, 2U);
    }
  });
}

TEST(hostile, as_deep_as_is_allowed) {
  on_small_stack([] {
    const auto text = "* 1 FETCH (BODYSTRUCTURE " + nested_bodies(64) + ")";
    const auto fetch = parse_response(text);
    const auto body = std::get<fetch_response>(fetch).row.bodystructure();
    ASSERT_TRUE(body);
    const auto copy = *body;
    EXPECT_EQ(copy, *body);
    EXPECT_EQ(walk(copy).size(), 64U);
  });
}

TEST(hostile, a_thread_of_a_hundred_thousand_answers) {
  on_small_stack([] {
    std::string text = "* THREAD (1";
    for (int i = 2; i <= 100'000; ++i) text += " " + std::to_string(i);
    const auto r = parse_response(text + ")");
    const auto& threads = std::get<thread_response>(r).threads;
    const auto steps = walk(threads);
    ASSERT_EQ(steps.size(), 100'000U);
    EXPECT_EQ(steps.back().depth, 99'999U);
  });
}

TEST(hostile, number_sets_are_never_expanded) {
  const auto r = parse_response("* VANISHED 1:4294967295");
  EXPECT_EQ(std::get<vanished_response>(r).uids.size(), 4'294'967'295U);
  const auto e = parse_response("* ESEARCH UID ALL 1:4294967295");
  EXPECT_EQ(std::get<esearch_response>(e).value.all_uids.size(), 4'294'967'295U);
  const auto c = parse_response("* OK [COPYUID 1 1:4294967295 1:4294967295] x");
  EXPECT_EQ(std::get<status_response>(c).code.uids.size(), 1U);
}

TEST(hostile, limits_of_lists) {
  parse_options small;
  small.list_elements = 3;
  small.set_ranges = 2;
  const auto refused = [&](std::string_view text) {
    return std::holds_alternative<unparsed_response>(parse_response(text, small));
  };
  EXPECT_FALSE(refused("* FLAGS (a b c)"));
  EXPECT_TRUE(refused("* FLAGS (a b c d)"));
  EXPECT_TRUE(refused("* ID (a b c d e f g h)"));
  EXPECT_TRUE(refused("* VANISHED 1,3,5"));
  EXPECT_TRUE(refused("* ACL x a b c d e f g h"));
  EXPECT_FALSE(refused("* SEARCH 1 3 5 7 9"));
}

TEST(hostile, numbers_are_checked) {
  for (const char* text :
       {"* +5 EXISTS", "* 0x5 EXISTS", "* 5.5 EXISTS", "* -5 EXISTS", "* 0 EXPUNGE", "* SEARCH 1 -2", "* SEARCH 1 x",
        "* SORT +1", "* VANISHED 0", "* VANISHED 1:", "* QUOTA \"\" (STORAGE 1 x)"}) {
    EXPECT_TRUE(std::holds_alternative<unparsed_response>(parse_response(text))) << text;
  }
  EXPECT_EQ(std::get<exists_response>(parse_response("* 99999999999999999999999 EXISTS")).count, 4'294'967'295U);
}

TEST(hostile, short_and_wrong_inputs_of_every_kind) {
  const char* words[] = {"OK",       "NO",         "BAD",       "BYE",       "PREAUTH",    "CAPABILITY", "ENABLED",
                         "LIST",     "LSUB",       "XLIST",     "NAMESPACE", "STATUS",     "SEARCH",     "SORT",
                         "ESEARCH",  "THREAD",     "FLAGS",     "VANISHED",  "ID",         "QUOTA",      "QUOTAROOT",
                         "ACL",      "LISTRIGHTS", "MYRIGHTS",  "METADATA",  "ANNOTATION", "1 FETCH",    "1 EXISTS",
                         "1 RECENT", "1 EXPUNGE",  "1 UIDFETCH"};
  const char* tails[] = {"",         " ",          " (",        " )",
                         " ()",      " \"",        " \"\"",     " NIL",
                         " {0}\r\n", " {5}\r\nab", " (()",      " [",
                         " []",      " [X",        " [COPYUID", " [COPYUID 1 2",
                         " (NIL",    " 1",         " \\",       " x (",
                         " x \"",    " (x \"y",    " ~",        " ~{",
                         " *",       " (\\*",      " ((\"",     " (ENVELOPE ((((((",
                         " (BODY[",  " UID ALL"};
  for (const auto* word : words) {
    for (const auto* tail : tails) {
      const auto text = "* " + std::string(word) + tail;
      const auto r = parse_response(text);
      if (const auto* f = std::get_if<fetch_response>(&r)) (void)f->row.to_data();
      if (const auto* u = std::get_if<unparsed_response>(&r)) {
        EXPECT_EQ(u->item.raw, text);
        EXPECT_LE(u->item.offset, text.size()) << text;
        EXPECT_NE(u->item.reason, "") << text;
      }
    }
  }
}

// Every fixture with octets changed, dropped and put in: whatever comes out, nothing may break, and what is unparsed
// says why.
TEST(hostile, fixtures_with_changed_octets) {
  std::mt19937 random(20260201);
  const std::string_view special = "()[]{}<>\"\\ \r\n*+~!%$0123456789NILnil";
  for (const char* directory : {"rfc3501", "extensions", "quirks", "seeds"}) {
    for (const auto& path : test::list_fixtures(directory)) {
      for (const auto& block : test::load_fixture(path).blocks) {
        for (int round = 0; round < 20; ++round) {
          std::string bytes = block.bytes;
          for (int change = 0; change < 3 && !bytes.empty(); ++change) {
            const auto at = random() % bytes.size();
            const char c = special[random() % special.size()];
            switch (random() % 3) {
              case 0: bytes[at] = c; break;
              case 1: bytes.erase(at, 1 + random() % 3); break;
              default: bytes.insert(at, 1, c); break;
            }
          }
          response_reader reader;
          reader.feed(bytes);
          response r;
          while (reader.next(r) == read_status::complete) {
            (void)test::dump(r);
            if (const auto* f = std::get_if<fetch_response>(&r)) {
              EXPECT_EQ(f->row.unparsed(), f->row.to_data().unparsed);
            }
          }
        }
      }
    }
  }
}

}  // namespace
