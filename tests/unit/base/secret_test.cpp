#include "base/secret.hpp"

#include <imapxx/secret.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <concepts>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace {

using imapxx::secret;

template <class T>
concept printable = requires(std::ostream& out, const T& value) { out << value; };
static_assert(printable<std::string> && !printable<secret>);
static_assert(!std::convertible_to<secret, std::string_view> && !std::convertible_to<secret, std::string>);

TEST(secret, keeps_the_text) {
  EXPECT_EQ(secret("pass").expose(), "pass");
  EXPECT_EQ(secret(std::string_view("p\0w", 3)).expose(), std::string_view("p\0w", 3));
  const std::string text = "a password longer than any small buffer would be";
  EXPECT_EQ(secret(text).expose(), text);
  EXPECT_TRUE(secret().empty());
  EXPECT_TRUE(secret("").empty());
  EXPECT_EQ(secret("abc").size(), 3U);
}

TEST(secret, a_copy_is_a_second_secret) {
  secret a("one");
  const secret b = a;
  a = secret("two");
  EXPECT_EQ(b.expose(), "one");
  EXPECT_EQ(a.expose(), "two");
  a = b;
  EXPECT_EQ(a.expose(), "one");
  EXPECT_NE(a.expose().data(), b.expose().data());
  secret& self = a;
  a = self;
  EXPECT_EQ(a.expose(), "one");
}

TEST(secret, a_move_leaves_nothing_behind) {
  for (const char* text : {"short", "a password longer than any small buffer would be"}) {
    secret a(text);
    const secret b = std::move(a);
    EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): that is the test
    EXPECT_EQ(b.expose(), text);
    std::string source = text;
    const secret c(std::move(source));
    EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(c.expose(), text);
    // A short text lies in the string itself and can still be looked at.
    source.resize(source.capacity());
    EXPECT_EQ(source, std::string(source.size(), '\0'));
  }
}

TEST(secret, wipe_overwrites_also_what_was_longer_before) {
  std::string text(100, 'x');
  text.resize(3);
  const char* data = text.data();
  const std::size_t capacity = text.capacity();
  secret::wipe(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.capacity(), capacity);
  text.resize(capacity, 'y');
  EXPECT_EQ(text.data(), data);
}

TEST(secret, wipe_memory_writes_zeros) {
  std::string text = "password";
  imapxx::base::wipe_memory(text.data() + 1, 6);
  EXPECT_EQ(text, std::string("p\0\0\0\0\0\0d", 8));
  imapxx::base::wipe_memory(nullptr, 0);
}

}  // namespace
