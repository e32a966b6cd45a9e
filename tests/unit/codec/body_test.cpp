// BODYSTRUCTURE as servers write it instead (docs/QUIRKS.md B-01 to B-15), one oddity at a time; and the limits.
#include <imapxx/model/body_structure_view.hpp>

#include "codec/fetch.hpp"
#include "unit/codec/parsing.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx {
namespace {

using test::counted;
using strings = std::vector<std::string>;

std::optional<body_structure> body_of(const std::string& value, const codec::value_limits& limits = {}) {
  wire::lexer in(value);
  body_structure out;
  if (!codec::parse_body(in, limits, out) || !in.at_end()) return std::nullopt;
  return out;
}

/// A text part with `rest` behind its octets.
std::string text_part(std::string_view rest) {
  return "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5" + std::string(rest) + ")";
}

const std::string empty_envelope = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";

TEST(body, a_parameter_without_a_value_has_an_empty_one) {  // quirk B-08
  reset_leniency();
  const auto b = body_of("(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\" \"x\") NIL NIL \"7BIT\" 5 1)");
  ASSERT_TRUE(b);
  ASSERT_EQ(b->parameters.items.size(), 2U);
  EXPECT_EQ(b->parameters.items[1], (std::pair<std::string, std::string>("x", "")));
  EXPECT_EQ(counted("B-08"), 1U);
}

TEST(body, a_disposition_in_whatever_form) {  // quirks B-06, B-07
  struct row {
    std::string_view sent;
    std::string_view type;
    strings languages;
  };
  const row rows[] = {
      {"(\"attachment\" (\"FILENAME\" \"f\"))", "attachment", {}},
      {"\"attachment\"", "attachment", {}},
      {"\"form-data\"", "form-data", {}},
      {"(\"inline\")", "inline", {}},
      {"(\"xyz\" (\"FILENAME\" \"f\"))", "xyz", {}},  // a name that could be a language
      {"(\"xyz\")", "", {"xyz"}},
      {"\"de-AT\"", "", {"de-AT"}},
      {"\"a description\"", "", {}},
      {"(NIL)", "", {}},
      {"()", "", {}},
  };
  for (const auto& r : rows) {
    const auto b = body_of(text_part(" 1 NIL " + std::string(r.sent)));
    ASSERT_TRUE(b) << r.sent;
    EXPECT_EQ(b->disposition ? b->disposition->type : "", r.type) << r.sent;
    EXPECT_EQ(b->languages, r.languages) << r.sent;
    const bool named = r.sent.find("FILENAME") != std::string_view::npos;
    EXPECT_EQ(b->disposition ? b->disposition->parameters.items.size() : 0U, named ? 1U : 0U) << r.sent;
  }
}

TEST(body, a_disposition_where_the_language_is_due) {  // quirk B-07
  const auto b = body_of(text_part(" 1 NIL NIL (\"attachment\" (\"FILENAME\" \"f\")) \"loc\" 7 (\"x\" 8)"));
  ASSERT_TRUE(b);
  ASSERT_TRUE(b->disposition);
  EXPECT_EQ(b->disposition->type, "attachment");
  EXPECT_EQ(b->location, "loc");
  EXPECT_EQ(b->extensions, (strings{"7", "(\"x\" 8)"}));  // body-extension, kept as it was sent
}

TEST(body, types_that_are_missing) {  // quirks B-04, B-05
  struct row {
    std::string_view types;
    strings kept;
  };
  for (const auto& [types, kept] :
       {row{"NIL NIL", {}}, row{"NIL \"PLAIN\"", {"\"PLAIN\""}}, row{"\"TEXT\" NIL", {"\"TEXT\""}}}) {
    const auto b = body_of("(" + std::string(types) + " NIL NIL NIL \"7BIT\" 5)");
    ASSERT_TRUE(b) << types;
    EXPECT_EQ(b->type + "/" + b->subtype, "application/octet-stream") << types;
    EXPECT_EQ(b->extensions, kept) << types;
    EXPECT_EQ(b->octets, 5U) << types;
  }
}

TEST(body, counts_in_whatever_form) {  // quirks B-10, G-15
  struct row {
    std::string_view sent;
    std::optional<std::uint64_t> octets;
  };
  for (const auto& [sent, octets] :
       {row{"152", 152U}, row{"\"152\"", 152U}, row{"NIL", std::nullopt}, row{"-1", std::nullopt},
        row{"\"\"", std::nullopt}, row{"x", std::nullopt}, row{"15x", std::nullopt}}) {
    const auto b = body_of("(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" " + std::string(sent) + ")");
    ASSERT_TRUE(b) << sent;
    EXPECT_EQ(b->octets_known, octets.has_value()) << sent;
    EXPECT_EQ(b->octets, octets.value_or(0)) << sent;
  }
}

// A NIL behind the octets of a text is its lines or, these missing, its MD5: the disposition tells.
TEST(body, a_text_whose_lines_are_missing) {  // quirk B-11
  struct row {
    std::string_view rest;
    std::optional<std::uint64_t> lines;
    std::optional<std::string> md5;
    bool disposition;
  };
  const row rows[] = {
      {"", std::nullopt, std::nullopt, false},
      {" NIL", std::nullopt, std::nullopt, false},
      {" NIL \"md5\" (\"inline\" NIL)", std::nullopt, "md5", true},
      {" \"md5\" (\"inline\" NIL)", std::nullopt, "md5", true},
      {" NIL (\"inline\" NIL)", std::nullopt, std::nullopt, true},
      {" NIL NIL NIL", std::nullopt, std::nullopt, false},
      {" NIL \"md5\" NIL NIL NIL", std::nullopt, "md5", false},
      {" 3 \"md5\"", 3U, "md5", false},
  };
  for (const auto& r : rows) {
    const auto b = body_of(text_part(r.rest));
    ASSERT_TRUE(b) << r.rest;
    EXPECT_EQ(b->lines, r.lines) << r.rest;
    EXPECT_EQ(b->md5, r.md5) << r.rest;
    EXPECT_EQ(b->disposition.has_value(), r.disposition) << r.rest;
  }
}

TEST(body, a_message_within_a_message_by_any_type) {  // RFC 9051 section 7.5.2; quirks B-12, B-13
  struct row {
    std::string_view type;
    bool odd;
  };
  for (const auto& [type, odd] : {row{"\"MESSAGE\" \"RFC822\"", false}, row{"\"MESSAGE\" \"GLOBAL\"", false},
                                  row{"\"APPLICATION\" \"X-MAIL\"", true}}) {
    reset_leniency();
    const auto b = body_of("(" + std::string(type) + " NIL NIL NIL \"7BIT\" 900 " + empty_envelope + " " +
                           text_part(" 1") + " 25)");
    ASSERT_TRUE(b) << type;
    EXPECT_TRUE(b->nested_envelope) << type;
    ASSERT_EQ(b->children.size(), 1U) << type;
    EXPECT_EQ(b->children[0].lines, 1U) << type;
    EXPECT_EQ(b->lines, 25U) << type;
    EXPECT_EQ(counted("B-13"), odd ? 1U : 0U) << type;
  }
}

TEST(body, a_multipart_of_which_no_part_is_left) {  // quirks B-01, B-03
  for (const std::string front : {"", "NIL "}) {
    const auto b = body_of("(" + front + "\"MIXED\" (\"BOUNDARY\" \"x\") (\"inline\" NIL) \"en\")");
    ASSERT_TRUE(b) << front;
    EXPECT_TRUE(b->is_multipart());
    EXPECT_EQ(b->subtype, "MIXED");
    EXPECT_TRUE(b->children.empty());
    EXPECT_EQ(b->parameters.items.size(), 1U);
    ASSERT_TRUE(b->disposition);
    EXPECT_EQ(b->disposition->type, "inline");
    EXPECT_EQ(b->languages, strings{"en"});
    EXPECT_TRUE(b->extension_data);
  }
}

TEST(body, a_part_that_is_none_keeps_its_place) {
  for (const std::string odd : {"()", "(NIL)", "(\"A\" NIL)", "(\"A\" \"B\" NIL NIL NIL (\"7BIT\") 5)",
                                "(NIL NIL NIL NIL NIL (\"A\") \"B\")"}) {
    const auto b = body_of("(" + odd + text_part(" 1") + " \"MIXED\")");
    ASSERT_TRUE(b) << odd;
    ASSERT_EQ(b->children.size(), 2U) << odd;
    EXPECT_EQ(b->children[0].subtype, "octet-stream") << odd;
    EXPECT_EQ(b->children[0].extensions, strings{odd}) << odd;
    EXPECT_EQ(b->children[1].subtype, "PLAIN") << odd;
    EXPECT_FALSE(body_of(odd)) << odd;  // alone, there is nothing to keep it for
  }
  EXPECT_FALSE(body_of(""));
  EXPECT_FALSE(body_of("NIL"));
}

TEST(body, limits_of_depth_and_size) {
  codec::value_limits few;
  few.nesting = 3;
  few.nodes = 20;
  const auto leaf = text_part("  1");  // not exact: what is has limits of its own
  EXPECT_TRUE(body_of("((" + leaf + " \"MIXED\") \"MIXED\")", few));
  EXPECT_FALSE(body_of("(((" + leaf + " \"MIXED\") \"MIXED\") \"MIXED\")", few));
  EXPECT_FALSE(body_of("(" + leaf + leaf + leaf + " \"MIXED\")", few));
}

TEST(body, octets_above_127_are_counted_where_envelopes_hold_them) {  // quirk E-13
  reset_leniency();
  const auto b = body_of(
      "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"8BIT\" 900 (NIL \"gr\xC3\xBC\xC3\x9F\" NIL NIL NIL NIL "
      "NIL NIL NIL NIL) " +
      text_part(" 1") + " 25)");
  ASSERT_TRUE(b);
  EXPECT_EQ(b->nested_envelope->subject, "gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(counted("E-13"), 1U);
}

// Each of these is read by the tolerant reader and means the same through a view.
TEST(body_structure_view, odd_values_mean_the_same) {
  const std::string parts[] = {
      "(\"TEXT\" \"PLAIN\" (\"a\\\"b\" \"v\") NIL NIL \"7BIT\" 5 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"\" 5 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL NIL \" 7BIT\" 5 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT \" 5 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7\\\\BIT\" 5 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL {3}\r\na b \"7BIT\" 5 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL {3}\r\na b\"7BIT\" 5 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL {03}\r\na b \"7BIT\" 5 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL {-1}\r\n \"7BIT\" 5 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL {9999}\r\na b \"7BIT\" 5 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)",
      "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 05 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 999999999999999999 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 9999999999999999999 1)",
      "(\"TEXT\" \"PLAIN\" NIL NIL \"\xC3\xBC\" \"7BIT\" 5 1)",
      "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 9 (NIL NIL ((NIL NIL \"a\" \"b\") (NIL NIL \"c\" \"d\")) NIL NIL "
      "NIL "
      "NIL NIL NIL NIL) (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1) 25)",
  };
  for (const auto& value : parts) {
    const auto text = "(BODYSTRUCTURE " + value + ")";
    fetch_row row;
    row.assign(1, text);
    const auto owned = row.bodystructure();
    const auto view = body_structure_view::of(row);
    ASSERT_EQ(view.has_value(), owned.has_value()) << value;
    if (!owned) continue;
    EXPECT_EQ(view->to_owned(), *owned) << value;
    EXPECT_EQ(view->octets(), owned->octets) << value;
  }
  const auto text = "(BODYSTRUCTURE " + parts[0] + ")";
  fetch_row row;
  row.assign(1, text);
  const auto view = body_structure_view::of(row);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->parameters().find("A\"B"), "v");
}

}  // namespace
}  // namespace imapxx
