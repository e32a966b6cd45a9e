#include <imapxx/commands/namespace.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(is_proper_command<namespace_list>);

TEST(namespace_list, example_of_rfc2342) {  // section 5, example 5.6
  probe p;
  namespace_list c;
  EXPECT_EQ(p.wire(c), "NAMESPACE");
  EXPECT_TRUE(
      p.feed(c, R"(* NAMESPACE (("" "/")) (("~" "/")) (("#shared/" "/")("#public/" "/")("#ftp/" "/")("#news." ".")))"));
  EXPECT_FALSE(p.complete(c, "A1 OK NAMESPACE command completed"));
  const auto n = c.take_result();
  ASSERT_EQ(n.personal.size(), 1U);
  EXPECT_TRUE(n.personal[0].prefix.empty());
  ASSERT_EQ(n.shared.size(), 4U);
  EXPECT_EQ(n.shared[3].separator, '.');
}

TEST(namespace_list, needs_an_answer) {
  probe p;
  namespace_list c;
  EXPECT_EQ(p.complete(c, "A1 OK done").code(), errc::incomplete_result);
  EXPECT_EQ(c.traits().capability, "NAMESPACE|IMAP4rev2");
}

}  // namespace
}  // namespace imapxx::test
