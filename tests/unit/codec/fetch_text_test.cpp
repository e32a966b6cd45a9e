// FETCH data without a session, and the BODYSTRUCTURE of a wiki page, which is cut off in three places.
#include <imapxx/fetch_text.hpp>

#include "support/paths.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace imapxx::inline v0 {
namespace {

// As the page prints it: a parenthesis around the number, two spaces, three lines.
constexpr std::string_view clipped =
    "(158 (BODYSTRUCTURE ((\"text\" \"plain\"  (\"charset\" \"iso-8859-1\") NIL NIL \"quoted-printable\" 17355 290 NIL "
    "NIL "
    "NIL)(\"image\" \"gif\"  (\"name\" \"graycol.\n"
    "\"filename\" \"graycol.gif\")) NIL)(\"image\" \"gif\"  (\"name\" \"ecblank.gif\") "
    "\"<4__=07BBFD21DFC942328f98a93@domain.org>\" \"ecblank.gif\" \"base64\" 64 NIL (\"in\n"
    "A60A5CDD5EFaocsvrmbx01jc_\" \"type\" \"text/plain\") NIL (\"en-US\")))\n";

// The restored line of fixtures/seeds/structure.txt, from the number on.
std::string restored() {
  std::ifstream in(test::fixture_dir() / "seeds/structure.txt");
  std::string found;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("S: ")) found = line.substr(3);
  }
  const std::string head = "* 158 FETCH ";
  EXPECT_TRUE(found.starts_with(head));
  return "158 " + found.substr(head.size());
}

TEST(fetch_text, the_clipped_structure_says_where_it_breaks) {
  const auto read = parse_body_structure(clipped);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), errc::unparsed);
  // The file name without an end.
  EXPECT_EQ(read.error().offset(), clipped.find("\"graycol.\n"));
  // Its first line alone, as a server's response would have it.
  const auto first = clipped.substr(0, clipped.find('\n'));
  const auto alone = parse_body_structure(first);
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().offset(), first.rfind('"'));
  const auto items = parse_fetch_text(first);
  ASSERT_TRUE(items);
  EXPECT_EQ(items->seq, 158U);
  ASSERT_EQ(items->unparsed.size(), 1U);
  EXPECT_EQ(items->unparsed[0].name, "BODYSTRUCTURE");
  EXPECT_EQ(items->unparsed[0].offset, first.rfind('"'));
}

TEST(fetch_text, the_restored_structure) {
  for (const auto& text : {restored(), "(" + restored() + ")", "(" + restored(), " ( " + restored() + " )",
                           "* " + restored().insert(4, "FETCH ")}) {
    const auto read = parse_body_structure(text);
    ASSERT_TRUE(read) << text << " " << read.error().what();
    const auto parts = walk(*read);
    ASSERT_EQ(parts.size(), 4U);
    EXPECT_TRUE(parts[0].part->is("multipart", "related"));
    EXPECT_EQ(parts[1].number, "1");
    EXPECT_EQ(parts[1].part->octets, 17355U);
    EXPECT_EQ(parts[1].part->lines, 290U);
    EXPECT_EQ(*parts[1].part->parameters.find("charset"), "iso-8859-1");
    EXPECT_EQ(parts[1].part->md5, std::nullopt);
    EXPECT_EQ(*parts[2].part->parameters.find("name"), "graycol.gif");
    EXPECT_EQ(parts[3].number, "3");
    EXPECT_EQ(parts[3].part->id, "<4__=07BBFD21DFC942328f98a93@domain.org>");
    EXPECT_EQ(parts[3].part->description, "ecblank.gif");
    EXPECT_EQ(parts[3].part->encoding, "base64");
    EXPECT_EQ(parts[3].part->octets, 64U);
    EXPECT_EQ(parts[3].part->disposition->type, "inline");
    EXPECT_EQ(*read->parameters.find("type"), "text/plain");
    EXPECT_EQ(read->disposition, std::nullopt);
    EXPECT_EQ(read->languages, std::vector<std::string>{"en-US"});
  }
}

TEST(fetch_text, forms) {
  for (const char* text : {"* 4 FETCH (UID 9 FLAGS (\\Seen))", "4 FETCH (UID 9 FLAGS (\\Seen))",
                           "4 (UID 9 FLAGS (\\Seen))", "(4 (UID 9 FLAGS (\\Seen)))", "((4 (UID 9 FLAGS (\\Seen)))"}) {
    const auto read = parse_fetch_text(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->seq, 4U) << text;
    EXPECT_EQ(read->uid, 9U) << text;
    EXPECT_TRUE(read->flags && read->flags->contains("\\Seen")) << text;
    EXPECT_TRUE(read->unparsed.empty()) << text;
  }
  const auto list = parse_fetch_text("(RFC822.SIZE 12 BODY[] {3}\r\nabc)");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->rfc822_size, 12U);
  ASSERT_EQ(list->sections.size(), 1U);
  EXPECT_EQ(list->sections[0].data, "abc");
}

TEST(fetch_text, bare_structures) {
  const auto leaf = parse_body_structure("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 12 1)");
  ASSERT_TRUE(leaf);
  EXPECT_TRUE(leaf->is("text", "plain"));
  const auto multi = parse_body_structure("((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 12 1) \"MIXED\")");
  ASSERT_TRUE(multi);
  EXPECT_EQ(multi->children.size(), 1U);
  EXPECT_TRUE(parse_body_structure("4 (BODY (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 12 1))"));
}

TEST(fetch_text, errors_say_where) {
  EXPECT_EQ(parse_fetch_text("4 FLAGS").error().offset(), 2U);
  EXPECT_EQ(parse_fetch_text("").error().code(), errc::unparsed);
  EXPECT_EQ(parse_body_structure("4 (FLAGS ())").error().code(), errc::unparsed);
  EXPECT_EQ(parse_body_structure("(\"TEXT\" \"PLAIN\" NIL").error().offset(), 19U);
  EXPECT_EQ(parse_body_structure("(\"TEXT\" \"PLAI").error().offset(), 8U);
  const auto good_neighbour = parse_fetch_text("4 (UID 7 BODYSTRUCTURE ((\"TEXT\" NIL");
  ASSERT_TRUE(good_neighbour);
  EXPECT_EQ(good_neighbour->uid, 7U);
  EXPECT_EQ(good_neighbour->unparsed.size(), 1U);
  // No depth of nesting does harm.
  EXPECT_FALSE(parse_body_structure(std::string(100'000, '(')));
  const auto deep = parse_fetch_text(std::string(100'000, '('));
  EXPECT_TRUE(!deep || !deep->unparsed.empty());
}

}  // namespace
}  // namespace imapxx::inline v0
