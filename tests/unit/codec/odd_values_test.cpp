// Values at the edge of what is understood: the limits of every list, seldom codes, and text that only begins well.
#include <imapxx/error.hpp>
#include <imapxx/model/fetch_data.hpp>
#include <imapxx/model/search_key.hpp>
#include <imapxx/response.hpp>

#include "codec/fetch.hpp"
#include "codec/fetch_items.hpp"
#include "unit/codec/parsing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace imapxx {
namespace {

using namespace test;
using strings = std::vector<std::string>;

bool is_refused(std::string_view text, const parse_options& options = {}) {
  return std::holds_alternative<unparsed_response>(parse_response(text, options));
}

template <class R>
R parsed(std::string_view text) {
  auto r = parse_response(text);
  auto* found = std::get_if<R>(&r);
  EXPECT_NE(found, nullptr) << text;
  return found != nullptr ? std::move(*found) : R();
}

// --- limits (threats: a list that never ends)

TEST(limits_of_lists, one_more_than_allowed_is_refused) {
  const auto few = small_limits();
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"* ACL a u1 lr u2 lr", " u3 lr"},
      {"* LISTRIGHTS a u lr r1 r2", " r3"},
      {"* QUOTA \"\" (A 1 2 B 1 2", " C 1 2"},
      {"* QUOTAROOT a r1 r2", " r3"},
      {"* METADATA a (/x \"1\" /y \"2\"", " /z \"3\""},
      {"* METADATA a /x /y", " /z"},
      {"* ANNOTATION a /x (value \"1\" size \"2\"", " type \"3\""},
      {"* CAPABILITY IMAP4rev1 A", " B C"},
      {"* ENABLED A B", " C D"},
      {"* FLAGS (a b", " c"},
      {"* NAMESPACE ((\"\" \"/\" \"X\" (\"a\") \"Y\" (\"b\")", " \"Z\" (\"c\")"},
  };
  const auto ends_in_list = [](std::string_view text) {
    return std::string(text.starts_with("* NAMESPACE")            ? ")) NIL NIL"
                       : text.find('(') == std::string_view::npos ? ""
                                                                  : ")");
  };
  for (const auto& [fits, more] : rows) {
    EXPECT_FALSE(is_refused(std::string(fits) + ends_in_list(fits), few)) << fits;
    EXPECT_TRUE(is_refused(std::string(fits) + std::string(more) + ends_in_list(fits), few)) << fits << more;
  }
}

TEST(limits_of_lists, labels_of_gmail) {
  codec::value_limits few;
  few.list_elements = 2;
  fetch_row row;
  for (const std::string_view labels : {"(a b)", "(a b c)"}) {
    const auto text = "(X-GM-LABELS " + std::string(labels) + ")";
    row.assign(1, text);
    fetch_data data;
    const auto problem = codec::read_item(row.items().front(), 0, few, data);
    EXPECT_EQ(problem.has_value(), labels == "(a b c)");
  }
}

// --- what is refused, and what is not

TEST(refused, values_that_end_too_early_or_begin_with_something_else) {
  for (const std::string_view text : {"* ACL",
                                      "* ACL \"a",
                                      "* ACL a u1",
                                      "* LISTRIGHTS",
                                      "* LISTRIGHTS \"a",
                                      "* LISTRIGHTS a",
                                      "* MYRIGHTS",
                                      "* MYRIGHTS \"a",
                                      "* MYRIGHTS a",
                                      "* QUOTA",
                                      "* QUOTA \"\"",
                                      "* QUOTA \"\" (",
                                      "* QUOTA \"\" (A x 1)",
                                      "* QUOTA \"\" (A 1 x)",
                                      "* QUOTAROOT \"a",
                                      "* QUOTAROOT a \"r",
                                      "* METADATA \"a",
                                      "* METADATA a (/x",

                                      "* METADATA a \"/x",
                                      "* ANNOTATION \"a",
                                      "* ANNOTATION a \"/x",
                                      "* ANNOTATION a /x (value",
                                      "* NAMESPACE",
                                      "* NAMESPACE ((\"\" \"/\" \"X\"",
                                      "* NAMESPACE ((\"\" \"/\" (a)))",
                                      "* NAMESPACE ((\"\" \"/\" \"X\" a)) NIL NIL",
                                      "* VANISHED (LATER) 1",
                                      "* VANISHED (EARLIER 1",
                                      "* VANISHED x",
                                      "* 0 EXPUNGE",
                                      "* FLAGS a"})
    EXPECT_TRUE(is_refused(text)) << text;
}

TEST(refused, quota_in_the_forms_that_servers_send) {  // quirk P-22
  reset_leniency();
  EXPECT_EQ(parsed<quota_response>("* QUOTA (STORAGE 10 512)").value.root, "");
  EXPECT_EQ(counted("P-22"), 1U);
  const auto unlimited = parsed<quota_response>("* QUOTA \"\" (STORAGE 10 -1)").value.resources.at(0);
  EXPECT_FALSE(unlimited.limited);
  const auto unknown = parsed<quota_response>("* QUOTA \"\" (STORAGE -1 512)").value.resources.at(0);
  EXPECT_TRUE(unknown.limited);
  EXPECT_EQ(unknown.limit, 512U);
  EXPECT_EQ(counted("P-22"), 3U);
  EXPECT_EQ(parsed<quota_root_response>("* QUOTAROOT a ").value.roots.size(), 0U);
}

TEST(refused, lines_that_are_no_data) {  // RFC 9051 section 9: response-data, response-tagged
  struct row {
    std::string_view text;
    bool understood;
  };
  for (const auto& [text, understood] :
       {row{"A1 PREAUTH hi", false}, row{"A1 MAYBE hi", false}, row{"A1 OK", true}, row{" OK done", true},
        row{" BYE done", false}, row{" PREAUTH done", false}, row{" MAYBE", false}, row{"* -5 EXISTS", false},
        row{"* - EXISTS", false}, row{"* -", false}}) {
    const auto r = parse_response(text);
    EXPECT_EQ(!std::holds_alternative<unparsed_response>(r), understood) << text << " index " << r.index();
  }
}

TEST(status_kind, has_the_words_of_the_standard) {
  EXPECT_EQ(to_string(status_kind::ok), "OK");
  EXPECT_EQ(to_string(status_kind::no), "NO");
  EXPECT_EQ(to_string(status_kind::bad), "BAD");
  EXPECT_EQ(to_string(status_kind::preauth), "PREAUTH");
  EXPECT_EQ(to_string(status_kind::bye), "BYE");
  EXPECT_EQ(to_string(static_cast<status_kind>(99)), "");
}

// --- response codes

TEST(response_code, seldom_ones) {
  struct row {
    const char* inside;
    code kind;
    std::uint64_t number;
    strings texts;
  };
  const row rows[] = {
      {"MAXCONVERTMESSAGES 10", code::maxconvertmessages, 10, {}},                   // RFC 5259 section 10.3
      {"MAXCONVERTPARTS 5", code::maxconvertparts, 5, {}},                           // RFC 5259 section 10.4
      {"NEWNAME old new", code::newname, 0, {"old", "new"}},                         // RFC 2060
      {"UNDEFINED-FILTER on-the-road", code::undefined_filter, 0, {"on-the-road"}},  // RFC 5466 section 3.3
      {"WEBALERT https://mail.example.org/", code::webalert, 0, {"https://mail.example.org/"}},
      {"REFERRAL imap://mike@example.org/", code::referral, 0, {"imap://mike@example.org/"}},  // RFC 2221
      {"BADCHARSET ({5}\r\nUTF-8 \"a]b\")", code::badcharset, 0, {"UTF-8", "a]b"}},
      {"NOUPDATE \"B01\"", code::noupdate, 0, {"B01"}},  // RFC 5267 section 4.3
      {"BADURL {4}\r\na] b", code::badurl, 0, {"a] b"}},
  };
  for (const auto& r : rows) {
    const auto c = code_of(r.inside);
    EXPECT_EQ(c.kind, r.kind) << r.inside;
    EXPECT_EQ(c.number, r.number) << r.inside;
    EXPECT_EQ(c.strings, r.texts) << r.inside;
  }
  for (const auto* useless : {"INPROGRESS (\"A1\" 5 (10)", "INPROGRESS (A1 5 10)", "INPROGRESS ()"}) {
    const auto c = code_of(useless);
    EXPECT_TRUE(c.kind == code::other || c.kind == code::inprogress) << useless;
  }
}

// --- FETCH

TEST(fetch_values, numbers_that_are_no_sizes) {
  for (const auto* size : {"1e999", "9.3e18", "1e"}) {
    const auto d = data_of("RFC822.SIZE " + std::string(size));
    EXPECT_FALSE(d.rfc822_size) << size;
  }
  EXPECT_EQ(data_of("RFC822.SIZE 9e18").rfc822_size, 9'000'000'000'000'000'000U);  // quirk G-15
  EXPECT_EQ(data_of("MODSEQ 65402").modseq, 65402U);                               // quirk S-20: without its list
  EXPECT_EQ(data_of("RFC822.HEADER \"a\"").sections.size(), 1U);
  EXPECT_EQ(data_of("RFC822 \"a\"").sections.size(), 1U);
  EXPECT_TRUE(data_of("INTERNALDATE \"\"").unparsed.size() == 1U);
  EXPECT_EQ(data_of("INTERNALDATE \"7-Jul-1996 02:44:25 -0000\"").internaldate->to_imap(),
            data_of("INTERNALDATE \" 7-Jul-1996 02:44:25 +0000\"").internaldate->to_imap());
}

TEST(fetch_values, a_row_asked_for_one_value_gives_none_that_is_malformed) {
  const std::string text = "(UID x FLAGS (a ENVELOPE ((( BODYSTRUCTURE )";
  fetch_row row;
  row.assign(1, text);
  EXPECT_FALSE(row.uid());
  EXPECT_FALSE(row.envelope());
  EXPECT_FALSE(row.bodystructure());
  EXPECT_FALSE(row.flags());
  EXPECT_FALSE(row.has_flag("a"));
  EXPECT_FALSE(row.internaldate());
  EXPECT_FALSE(row.section(section::parse("1")));
  EXPECT_FALSE(row.unparsed().empty());
  const std::string numbers = "(RFC822.SIZE x MODSEQ (x) UID 5 UID 6)";
  row.assign(1, numbers);
  EXPECT_FALSE(row.rfc822_size());
  EXPECT_FALSE(row.modseq());
  EXPECT_TRUE(row.uid() == 5U || row.uid() == 6U || !row.uid());
}

// --- literals

TEST(classify_literal, heads_and_names_that_only_begin_like_fetch) {
  for (const std::string_view text :
       {"*1 FETCH (BODY[] {3}\r\n", "* 1FETCH (BODY[] {3}\r\n", "* x FETCH (BODY[] {3}\r\n", "* 1 FETCH BODY[] {3}\r\n",
        "* 1 FETCHED (BODY[] {3}\r\n"})
    EXPECT_FALSE(codec::classify_literal(text).is_fetch) << text;
  EXPECT_TRUE(codec::classify_literal("* 1 FETCH (BODY[]{3}\r\n").is_fetch);
  EXPECT_FALSE(codec::classify_literal("* 1 FETCH (UID 0 BODY[] {3}\r\n").uid);
  EXPECT_FALSE(codec::classify_literal("* 1 FETCH (UID x BODY[] {3}\r\n").uid);
  EXPECT_TRUE(codec::classify_literal("* 1 FETCH (X ((a) b) BODY[] {3}\r\n").sec);
  EXPECT_FALSE(codec::classify_literal("* 1 FETCH (X ((a) BODY[] {3}\r\n").sec);
}

TEST(classify_literal, another_response_without_reset_is_read_from_its_start) {
  codec::literal_classifier c;
  EXPECT_EQ(c.classify("* 5 FETCH (UID 7 BODY[TEXT] {1000}\r\n").uid, 7U);
  const auto other = c.classify("* 6 FETCH (BODY[] {1}\r\n");
  EXPECT_EQ(other.seq, 6U);
  EXPECT_FALSE(other.uid);
}

// Each look at a name or quote that never ends would cost all of it again: after some, the rest is taken for nothing.
TEST(classify_literal, a_response_that_never_becomes_clear_is_given_up) {
  codec::literal_classifier c;
  std::string text = "* 5 FETCH (UID 7 X \"open {1}\r\n";
  for (int i = 0; i < 200; ++i) {
    EXPECT_FALSE(c.classify(text).sec);
    text += "a {1}\r\n";
  }
  text += "\" BODY[] {1}\r\n";
  const auto out = c.classify(text);
  EXPECT_TRUE(out.is_fetch);
  EXPECT_EQ(out.uid, 7U);
  EXPECT_FALSE(out.sec);
}

// --- search keys

TEST(search_key, what_cannot_be_said_is_refused) {
  EXPECT_THROW((void)search_key::keyword("\\Seen"), error);
  EXPECT_THROW((void)search_key::unkeyword("\\Seen"), error);
  EXPECT_THROW((void)search_key::unkeyword("a b"), error);
  EXPECT_THROW((void)search_key::header("Sub:ject", "x"), error);
  EXPECT_THROW((void)search_key::header("Subj\x7f", "x"), error);
  EXPECT_THROW((void)search_key::header("Subj\xC3\xBC", "x"), error);
  EXPECT_THROW((void)search_key::header("", "x"), error);
  EXPECT_THROW((void)search_key::header("Subject", "\xFF"), error);
}

TEST(search_key, which_mean_another_thing_on_another_connection) {
  EXPECT_TRUE(search_key::seq(seq_set::from(1)).names_sequence_numbers());
  EXPECT_TRUE(search_key::seq(seq_set(number_set_star)).names_sequence_numbers());
  EXPECT_FALSE(search_key::uid(uid_set(5)).names_sequence_numbers());
  EXPECT_FALSE(search_key::subject("5").names_sequence_numbers());
  EXPECT_TRUE(search_key::saved_result().connection_bound());  // RFC 5182 section 2.1
  EXPECT_FALSE(search_key::saved_result().names_sequence_numbers());
  EXPECT_FALSE(search_key::subject("$").connection_bound());
  EXPECT_FALSE(search_key::all().connection_bound());
}

TEST(search_key, as_text) {
  EXPECT_EQ(search_key::all().to_string(), "ALL");
  EXPECT_EQ(search_key::subject("a \"b\" \\c").to_string(), "SUBJECT \"a \\\"b\\\" \\\\c\"");
}

}  // namespace
}  // namespace imapxx
