#include "mime/tree.hpp"

#include <gtest/gtest.h>

#include <string>

namespace imapxx::inline v0::mime::detail {
namespace {

// The tree as a line: "multipart/mixed(text/plain text/html)".
std::string shape(const node& n) {
  auto out = n.type.essence();
  if (n.kind == node_kind::leaf) return out;
  out += '(';
  for (const auto* child : n.children) {
    if (child != n.children.front()) out += ' ';
    out += shape(*child);
  }
  return out + ')';
}
std::string shape(const std::string& octets) { return shape(parse(octets)->nodes.front()); }

const std::string two_parts =
    "Subject: s\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n"
    "\r\n"
    "preamble\r\n"
    "--b\r\n"
    "\r\n"
    "one\r\n"
    "--b\r\n"
    "Content-Type: text/html\r\n"
    "\r\n"
    "two\r\n"
    "\r\n"
    "--b--\r\n"
    "epilogue\r\n";

TEST(tree, multipart) {
  const auto t = parse(two_parts);
  ASSERT_EQ(t->nodes.size(), 3U);
  EXPECT_EQ(shape(two_parts), "multipart/mixed(text/plain text/html)");
  EXPECT_EQ(t->nodes[0].number, "");
  EXPECT_EQ(t->nodes[1].number, "1");
  EXPECT_EQ(t->nodes[1].raw_header, "\r\n");
  EXPECT_EQ(t->nodes[1].raw_body, "one");
  EXPECT_EQ(t->nodes[2].raw_body, "two\r\n");
  EXPECT_EQ(t->nodes[2].raw, "Content-Type: text/html\r\n\r\ntwo\r\n");
  EXPECT_EQ(t->nodes[0].raw, two_parts);
  EXPECT_FALSE(t->truncated);
}

TEST(tree, bare_line_feeds_give_the_same) {
  std::string lf;
  for (const char c : two_parts) {
    if (c != '\r') lf += c;
  }
  EXPECT_EQ(shape(lf), shape(two_parts));
  EXPECT_EQ(parse(lf)->nodes[2].raw_body, "two\n");
}

TEST(tree, header_fields) {
  const auto t = parse("A: 1\r\nb:2\r\n folded\r\n\tmore\r\nA: 3\r\n\r\nbody: no\r\n");
  const auto& f = t->nodes[0].fields;
  ASSERT_EQ(f.size(), 3U);
  EXPECT_EQ(f[0].name, "A");
  EXPECT_EQ(f[0].value, " 1");
  EXPECT_EQ(f[1].name, "b");
  EXPECT_EQ(f[1].value, "2\r\n folded\r\n\tmore");
  EXPECT_EQ(f[2].value, " 3");
  EXPECT_EQ(t->nodes[0].raw_body, "body: no\r\n");
}

struct row {
  std::string octets;
  std::string shape;
  std::string body;  // of the last node
};
class malformed : public testing::TestWithParam<row> {};
TEST_P(malformed, best_view) {
  const auto t = parse(GetParam().octets);
  EXPECT_EQ(shape(t->nodes.front()), GetParam().shape) << GetParam().octets;
  EXPECT_EQ(t->nodes.back().raw_body, GetParam().body) << GetParam().octets;
}

INSTANTIATE_TEST_SUITE_P(
    headers, malformed,
    testing::Values(row{"", "text/plain", ""}, row{"\r\n", "text/plain", ""}, row{"\r\nbody", "text/plain", "body"},
                    row{"no header at all\r\nx", "text/plain", "no header at all\r\nx"}, row{"A: b", "text/plain", ""},
                    row{"A: b\r\n", "text/plain", ""},
                    row{"A: b\nno colon\nC: d\n\nx", "text/plain", "no colon\nC: d\n\nx"},
                    row{" starts with a fold\r\nContent-Type: text/html\r\n\r\nx", "text/html", "x"},
                    row{"From me@example.org Mon\r\nContent-Type: text/html\r\n\r\nx", "text/html", "x"},
                    row{": no name\r\nContent-Type: text/html\r\n\r\nx", "text/html", "x"},
                    row{"Content-Type : text/html\r\n\r\nx", "text/html", "x"},
                    row{"Content-Type:\r\n text/html\r\n\r\nx", "text/html", "x"},
                    row{"Content-Type: text/html\r\nContent-Type: a/b\r\n\r\nx", "text/html", "x"},
                    row{"CONTENT-TYPE: TEXT/HTML\r\n\r\nx", "text/html", "x"},
                    row{std::string("A: \0b\r\n\r\nx\0y", 12), "text/plain", std::string("x\0y", 3)}));

INSTANTIATE_TEST_SUITE_P(
    boundaries, malformed,
    testing::Values(
        row{"Content-Type: multipart/mixed\n\n--b\n\nx", "multipart/mixed", "--b\n\nx"},
        row{"Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx", "multipart/mixed", "--\n\nx"},
        row{"Content-Type: multipart/mixed; boundary=b\n\nnever", "multipart/mixed", "never"},
        row{"Content-Type: multipart/mixed; boundary=b\n\n--b--\n", "multipart/mixed", "--b--\n"},
        row{"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nnot closed\n", "multipart/mixed(text/plain)",
            "not closed"},
        row{"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b \t\n\ny\n--b--",
            "multipart/mixed(text/plain text/plain)", "y"},
        row{"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--bb\n--b-\n--b--x\n --b\n--b--",
            "multipart/mixed(text/plain)", "x\n--bb\n--b-\n--b--x\n --b"},
        row{"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n--b--", "multipart/mixed(text/plain text/plain)",
            ""},
        row{"Content-Type: multipart/mixed; boundary=b\n\n--b\nA: b\n--b--", "multipart/mixed(text/plain)", ""},
        row{"Content-Type: multipart/mixed; boundary=b\n\n--b--\n--b\n\nx\n", "multipart/mixed", "--b--\n--b\n\nx\n"},
        row{"Content-Type: multipart/mixed; boundary=\"b \"\n\n--b\n\nx\n--b--", "multipart/mixed(text/plain)", "x"},
        row{"Content-Type: multipart/mixed; boundary=\"b--\"\n\n--b--\n\nx\n--b----", "multipart/mixed(text/plain)",
            "x"},
        row{"Content-Type: multipart/mixed; boundary=b\n--b\n\nx\n--b--", "multipart/mixed(text/plain)", "x"}));

// An outer boundary ends everything inside (RFC 2046 section 5.1.2).
INSTANTIATE_TEST_SUITE_P(
    nesting, malformed,
    testing::Values(row{"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; "
                        "boundary=i\n\n--i\n\nx\n--o\n\ny\n--o--",
                        "multipart/mixed(multipart/alternative(text/plain) text/plain)", "y"},
                    row{"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\nSubject: "
                        "s\n--o\n\ny\n--o--",
                        "multipart/mixed(message/rfc822(text/plain) text/plain)", "y"},
                    row{"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; "
                        "boundary=b\n\n--b\n\nx\n--b--\n--b\n\ny\n--b--",
                        "multipart/mixed(multipart/mixed(text/plain) text/plain)", "y"},
                    row{"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; "
                        "boundary=oo\n\n--oo\n\nx\n--oo--\n--o--",
                        "multipart/mixed(multipart/mixed(text/plain))", "x"},
                    row{"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: s\n\nx\n--b\nContent-Type: "
                        "text/html\n\ny\n--b--",
                        "multipart/digest(message/rfc822(text/plain) text/html)", "y"},
                    row{"Content-Type: message/rfc822\n\n", "message/rfc822(text/plain)", ""},
                    row{"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogcwoKeA==\n",
                        "message/rfc822(text/plain)", "x"},
                    row{"Content-Type: message/partial; id=a\n\nSubject: s\n\nx", "message/partial",
                        "Subject: s\n\nx"}));

TEST(tree, part_numbers_of_rfc9051) {
  // The example of section 6.4.5.1, from part 3 on.
  const auto t = parse(
      "Content-Type: multipart/mixed; boundary=a\n\n"
      "--a\n\nx\n"
      "--a\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b\n\n2\n--b--\n"
      "--a\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n1\n"
      "--c\nContent-Type: message/rfc822\n\nSubject: s\n\nx\n--c--\n--a--\n");
  std::vector<std::string> numbers;
  for (const auto& n : t->nodes) numbers.push_back(n.number);
  EXPECT_EQ(numbers, (std::vector<std::string>{"", "1", "2", "2.TEXT", "2.1", "2.2", "3", "3.1", "3.2", "3.2.1"}));
}

TEST(tree, subtrees_are_ranges_and_depths_count_from_the_root) {
  const auto t = parse(
      "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; "
      "boundary=b\n\n--b\n\n1\n--b--\n--a\n\n2\n--a--");
  EXPECT_EQ(t->nodes[0].subtree_end, 4U);
  EXPECT_EQ(t->nodes[1].subtree_end, 3U);
  EXPECT_EQ(t->nodes[2].depth, 2U);
  EXPECT_EQ(t->nodes[3].parent, &t->nodes[0]);
}

}  // namespace
}  // namespace imapxx::inline v0::mime::detail
