#include "items.hpp"

#include <imapxx/wire/encoder.hpp>

#include "exit_code.hpp"

#include <gtest/gtest.h>

using namespace imapxx::cli;

namespace {

std::string sent(std::string_view text) {
  imapxx::wire::encoder out;
  parse_items(text).encode(out);
  return out.failure() ? "error" : std::string(out.text());
}

TEST(items, plain_names) {
  EXPECT_EQ(sent("flags envelope"), "(FLAGS ENVELOPE)");
  EXPECT_EQ(sent("(UID RFC822.SIZE)"), "(UID RFC822.SIZE)");
}

TEST(items, bodies_are_peeked_at) {
  EXPECT_EQ(sent("BODY[]"), "(BODY.PEEK[])");
  EXPECT_EQ(sent("RFC822"), "(BODY.PEEK[])");
  EXPECT_EQ(sent("RFC822.TEXT"), "(BODY.PEEK[TEXT])");
  EXPECT_EQ(sent("BODY[1.2]<0.1000>"), "(BODY.PEEK[1.2]<0.1000>)");
  EXPECT_EQ(sent("BINARY[1]"), "(BINARY.PEEK[1])");
}

TEST(items, spaces_inside_brackets_belong_to_the_item) {
  const auto text = sent("FLAGS BODY[HEADER.FIELDS (From To)]");
  EXPECT_EQ(text.find("BODY.PEEK[HEADER.FIELDS ("), std::string("(FLAGS ").size());
}

TEST(items, refused) {
  for (const char* text :
       {"", "()", "BODY[", "BODY]", "BODY[x]", "BODY[]<5>", "BODY[]<0.0>", "NONSENSE[1]", "BINARY[1]<0.5>"})
    EXPECT_THROW((void)parse_items(text), failure) << text;
}

}  // namespace
