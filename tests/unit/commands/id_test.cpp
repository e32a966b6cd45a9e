#include <imapxx/commands/id.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<id>);

TEST(id, examples_of_rfc2971) {  // section 3.1
  probe p;
  id nothing;
  EXPECT_EQ(p.wire(nothing), "ID NIL");
  EXPECT_TRUE(p.feed(nothing, "* ID NIL"));
  EXPECT_FALSE(p.complete(nothing, "A1 OK ID completed"));
  EXPECT_TRUE(nothing.take_result().empty());

  auto named = id().field("name", "sodr").field("version", "19.34").field("vendor", "Pink Floyd Music Limited");
  EXPECT_EQ(p.wire(named), R"(ID ("name" "sodr" "version" "19.34" "vendor" "Pink Floyd Music Limited"))");
  EXPECT_TRUE(p.feed(named, R"(* ID ("name" "Cyrus" "version" "1.5" "os" NIL))"));
  const auto told = named.take_result();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].second, "Cyrus");
  EXPECT_FALSE(told[2].second);
}

TEST(id, nil_values_are_written) {
  probe p;
  id_fields fields;
  fields.emplace_back("os", std::nullopt);
  id c(fields);
  EXPECT_EQ(p.wire(c), "ID (\"os\" NIL)");
}

TEST(id, keeps_the_limits_of_rfc2971) {  // section 3.3
  probe p("ID");
  EXPECT_EQ(p.checked(id().field(std::string(30, 'a'), std::string(1024, 'b'))), errc::success);
  EXPECT_EQ(p.checked(id().field(std::string(31, 'a'), "")), errc::invalid_argument);
  EXPECT_EQ(p.checked(id().field("", "x")), errc::invalid_argument);
  EXPECT_EQ(p.checked(id().field("a", std::string(1025, 'b'))), errc::invalid_argument);
  EXPECT_EQ(p.checked(id().field("name", "a").field("NAME", "b")), errc::invalid_argument);
  EXPECT_EQ(p.checked(id().field("a", std::string_view("\0", 1))), errc::invalid_argument);
  id many;
  for (int i = 0; i < 30; ++i) many.field("f" + std::to_string(i), "v");
  EXPECT_EQ(p.checked(many), errc::success);
  EXPECT_EQ(p.checked(many.field("one more", "v")), errc::invalid_argument);
}

TEST(id, line_breaks_stay_inside_a_literal) {
  probe p;
  auto c = id().field("name", "x\r\nA2 DELETE INBOX");
  EXPECT_EQ(p.wire(c), "ID (\"name\" {18}\r\nx\r\nA2 DELETE INBOX)");
}

}  // namespace
}  // namespace imapxx::test
