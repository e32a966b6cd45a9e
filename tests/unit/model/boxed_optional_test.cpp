#include <imapxx/model/boxed_optional.hpp>
#include <imapxx/model/envelope_view.hpp>
#include <imapxx/model/fetch_data.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

using namespace imapxx;

namespace {

using text = boxed_optional<std::string>;
using standard = std::optional<std::string>;

const std::string long_text = "longer than what a string holds without memory of its own";

TEST(boxed_optional, takes_the_room_of_a_pointer) {
  EXPECT_EQ(sizeof(text), sizeof(void*));
  EXPECT_LE(sizeof(fetch_data), 640U);
  EXPECT_LE(sizeof(body_structure), 288U);
  EXPECT_LE(sizeof(address), 128U);
}

TEST(boxed_optional, is_empty_at_first) {
  const text t;
  EXPECT_FALSE(t);
  EXPECT_FALSE(t.has_value());
  EXPECT_EQ(t, std::nullopt);
  EXPECT_EQ(text(std::nullopt), t);
  EXPECT_THROW((void)t.value(), std::bad_optional_access);
  EXPECT_EQ(t.value_or("else"), "else");
  EXPECT_EQ(text().value_or("else"), "else");
}

TEST(boxed_optional, holds_what_it_is_made_of) {
  const text of_characters = "a";
  EXPECT_EQ(*of_characters, "a");
  EXPECT_EQ(of_characters->size(), 1U);
  EXPECT_EQ(of_characters.value(), "a");
  EXPECT_EQ(of_characters.value_or("else"), "a");
  EXPECT_EQ(text("a").value_or("else"), "a");
  EXPECT_EQ(text(long_text), long_text);
  EXPECT_EQ(text("").value(), "");  // an empty value is one
}

TEST(boxed_optional, copies_are_deep) {
  text a = long_text;
  text b = a;
  EXPECT_EQ(a, b);
  EXPECT_NE(&*a, &*b);
  *b = "b";
  EXPECT_EQ(a, long_text);
  b = a;  // full to full
  EXPECT_NE(&*a, &*b);
  EXPECT_EQ(b, long_text);
  text c;
  c = a;  // full to empty
  EXPECT_NE(&*a, &*c);
  EXPECT_EQ(c, long_text);
  c = text();  // empty to full
  EXPECT_FALSE(c);
  const text empty;
  a = empty;
  EXPECT_FALSE(a);
  EXPECT_FALSE(text(empty));
}

TEST(boxed_optional, a_move_takes_the_value_where_it_lies) {
  text a = long_text;
  const auto* value = &*a;
  text b = std::move(a);
  EXPECT_EQ(&*b, value);
  EXPECT_FALSE(a);  // NOLINT(bugprone-use-after-move): what it promises
  text c = "old";
  c = std::move(b);
  EXPECT_EQ(&*c, value);
  EXPECT_FALSE(b);  // NOLINT(bugprone-use-after-move)
  static_assert(std::is_nothrow_move_constructible_v<text> && std::is_nothrow_move_assignable_v<text>);
}

TEST(boxed_optional, assigning_itself_changes_nothing) {
  text a = long_text;
  auto& same = a;
  a = same;
  EXPECT_EQ(a, long_text);
  a = std::move(same);
  EXPECT_EQ(a, long_text);
  a = *a;
  EXPECT_EQ(a, long_text);
}

// The value that is assigned ends with what it replaces.
TEST(boxed_optional, assigning_a_part_of_its_own_value) {
  boxed_optional<body_structure> b;
  b.emplace().children.resize(2);
  b->children[1].subtype = long_text;
  b->children[1].md5 = long_text;
  b = b->children[1];
  EXPECT_EQ(b->subtype, long_text);
  EXPECT_EQ(b->md5, long_text);
  EXPECT_TRUE(b->children.empty());
}

TEST(boxed_optional, assigns_values_and_nothing) {
  text a;
  a = "a";
  EXPECT_EQ(a, "a");
  const auto* value = &*a;
  a = std::string("b");
  EXPECT_EQ(a, "b");
  EXPECT_EQ(&*a, value);  // into the value that is there
  a = std::nullopt;
  EXPECT_FALSE(a);
  a = "c";
  a = {};
  EXPECT_FALSE(a);
  boxed_optional<body_disposition> d;
  d = {"attachment", {}};
  EXPECT_EQ(d->type, "attachment");
  d = body_disposition{"inline", {}};
  EXPECT_EQ(d->type, "inline");
}

TEST(boxed_optional, emplace_and_reset) {
  text a;
  EXPECT_EQ(a.emplace(), "");
  EXPECT_EQ(a.emplace(std::size_t{3}, 'x'), "xxx");
  const auto* made = &a.emplace(*a);  // of what it replaces
  EXPECT_EQ(made, &*a);
  EXPECT_EQ(a, "xxx");
  a.reset();
  EXPECT_FALSE(a);
  a.reset();
  EXPECT_FALSE(a);
}

TEST(boxed_optional, a_constant_one_gives_a_constant_value) {
  static_assert(std::is_same_v<decltype(*std::declval<const text&>()), const std::string&>);
  static_assert(std::is_same_v<decltype(*std::declval<text&>()), std::string&>);
  static_assert(std::is_same_v<decltype(*std::declval<text>()), std::string&&>);
  static_assert(std::is_same_v<decltype(std::declval<const text&>().operator->()), const std::string*>);
  static_assert(std::is_same_v<decltype(std::declval<const text&>().value()), const std::string&>);
  static_assert(std::is_same_v<decltype(std::declval<text>().value()), std::string&&>);
  static_assert(!std::is_convertible_v<text, bool> && !std::is_convertible_v<int, text>);
}

TEST(boxed_optional, compares_as_std_optional) {
  const text empty;
  const text a = "a";
  EXPECT_EQ(a, text("a"));
  EXPECT_NE(a, text("b"));
  EXPECT_NE(a, empty);
  EXPECT_NE(empty, text(""));
  EXPECT_EQ(empty, text());
  EXPECT_TRUE(a == "a" && "a" == a && a != "b" && empty != "");
  EXPECT_TRUE(a == std::string("a") && std::string("b") != a);
  EXPECT_TRUE(a == standard("a") && standard("a") == a && a != standard("b") && a != standard());
  EXPECT_TRUE(empty == standard() && standard() == empty && empty != standard(""));
  EXPECT_TRUE(a != std::nullopt && std::nullopt == empty);
  EXPECT_TRUE(empty < a && a < text("b") && a <= a && !(a < empty));
}

TEST(boxed_optional, converts_from_and_to_std_optional) {
  const standard full = long_text;
  text a = full;
  EXPECT_EQ(a, long_text);
  a = standard();
  EXPECT_FALSE(a);
  a = standard("moved");
  EXPECT_EQ(a, "moved");
  const standard copied = a;
  EXPECT_EQ(copied, "moved");
  EXPECT_EQ(a, "moved");
  const auto* octets = a.emplace(long_text).data();
  const standard moved = std::move(a);
  EXPECT_EQ(moved->data(), octets);
  EXPECT_EQ(standard(text()), std::nullopt);
}

TEST(boxed_optional, swaps) {
  text a = "a";
  text b;
  swap(a, b);
  EXPECT_FALSE(a);
  EXPECT_EQ(b, "a");
  b.swap(a);
  EXPECT_EQ(a, "a");
}

// A view of the text, not of a copy that is gone.
TEST(boxed_optional, text_view_of_the_value_itself) {
  const text a = long_text;
  EXPECT_EQ(text_view::of(a).raw().data(), a->data());
  EXPECT_FALSE(text_view::of(text()));
  EXPECT_TRUE(text_view::of(text("")));
}

}  // namespace
