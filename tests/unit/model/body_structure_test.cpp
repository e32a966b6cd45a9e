#include <imapxx/model/body_structure.hpp>

#include <gtest/gtest.h>

using namespace imapxx;

namespace {

body_structure leaf(const char* type, const char* subtype) {
  body_structure b;
  b.type = type;
  b.subtype = subtype;
  return b;
}

body_structure multipart(const char* subtype, std::vector<body_structure> children) {
  auto b = leaf("MULTIPART", subtype);
  b.children = std::move(children);
  return b;
}

body_structure message(body_structure inner) {
  auto b = leaf("MESSAGE", "RFC822");
  b.nested_envelope = std::make_unique<envelope>();
  b.children.push_back(std::move(inner));
  return b;
}

std::vector<std::string> numbers(const body_structure& b) {
  std::vector<std::string> out;
  for (const auto& p : walk(b)) out.push_back(p.number + " " + p.part->subtype);
  return out;
}

// RFC 9051 section 6.4.5.1: the example of a complex message and its part numbers.
TEST(body_structure, numbers_of_the_standards_example) {
  const auto root = multipart(
      "MIXED",
      {leaf("TEXT", "PLAIN"), leaf("APPLICATION", "OCTET-STREAM"),
       message(multipart("MIXED-2", {leaf("TEXT", "PLAIN-1"), leaf("APPLICATION", "OCTET-STREAM-2")})),
       multipart("MIXED-4", {leaf("IMAGE", "GIF"),
                             message(multipart("MIXED-3", {leaf("TEXT", "PLAIN-3"),
                                                           multipart("ALTERNATIVE", {leaf("TEXT", "PLAIN-4"),
                                                                                     leaf("TEXT", "RICHTEXT")})}))})});
  EXPECT_EQ(numbers(root), (std::vector<std::string>{" MIXED", "1 PLAIN", "2 OCTET-STREAM", "3 RFC822",
                                                     "3.TEXT MIXED-2", "3.1 PLAIN-1", "3.2 OCTET-STREAM-2", "4 MIXED-4",
                                                     "4.1 GIF", "4.2 RFC822", "4.2.TEXT MIXED-3", "4.2.1 PLAIN-3",
                                                     "4.2.2 ALTERNATIVE", "4.2.2.1 PLAIN-4", "4.2.2.2 RICHTEXT"}));
  for (const char* number :
       {"1", "2", "3", "3.TEXT", "3.1", "3.2", "4", "4.1", "4.2", "4.2.TEXT", "4.2.1", "4.2.2", "4.2.2.1", "4.2.2.2"}) {
    const auto* found = root.find(number);
    ASSERT_NE(found, nullptr) << number;
    bool same = false;
    for (const auto& p : walk(root)) same = same || (p.number == number && p.part == found);
    EXPECT_TRUE(same) << number;
  }
  for (const char* number :
       {"0", "5", "1.1", "3.3", "4.2.2.3", "x", "1.", "4..1", "1.TEXT", "4.TEXT", "3.TEXT.1", "TEXT.1", "3TEXT"})
    EXPECT_EQ(root.find(number), nullptr) << number;
  EXPECT_EQ(root.find("TEXT"), &root);
  EXPECT_EQ(root.find(""), &root);
}

TEST(body_structure, a_single_part_is_number_1) {
  const auto root = leaf("TEXT", "PLAIN");
  EXPECT_EQ(numbers(root), (std::vector<std::string>{"1 PLAIN"}));
  EXPECT_EQ(root.find("1"), &root);
  EXPECT_EQ(root.find("2"), nullptr);
  EXPECT_EQ(root.find("1.1"), nullptr);
}

TEST(body_structure, a_message_in_a_message) {
  const auto root = message(leaf("TEXT", "PLAIN"));
  EXPECT_EQ(numbers(root), (std::vector<std::string>{"1 RFC822", "1.1 PLAIN"}));
  EXPECT_EQ(root.find("1"), &root);
  EXPECT_EQ(root.find("1.1"), &root.children.front());
  EXPECT_EQ(root.find("1.TEXT"), &root.children.front());
}

TEST(body_structure, copies_are_deep_and_equal) {
  auto root = message(multipart("MIXED", {leaf("TEXT", "PLAIN")}));
  const auto copy = root;
  EXPECT_EQ(copy, root);
  root.nested_envelope->subject = "changed";
  EXPECT_FALSE(copy == root);
}

TEST(body_parameters, names_in_any_case) {
  body_parameters p;
  p.items = {{"CHARSET", "utf-8"}, {"Name", "x"}};
  ASSERT_NE(p.find("name"), nullptr);
  EXPECT_EQ(*p.find("name"), "x");
  EXPECT_EQ(p.find("boundary"), nullptr);
}

}  // namespace
