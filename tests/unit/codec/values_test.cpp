// One value at a time: as the grammar has it, as servers send it instead, and what is refused without harm to the rest.
#include <imapxx/model/fetch_data.hpp>
#include <imapxx/response.hpp>

#include "unit/codec/parsing.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace imapxx {
namespace {

using namespace test;

// --- response codes

TEST(response_code, arguments_that_cannot_be_used_leave_the_name_and_the_text) {
  for (const auto* inside :
       {"UIDNEXT",         "UIDNEXT x",       "UIDVALIDITY -",      "UNSEEN x",        "HIGHESTMODSEQ x",
        "APPENDUID",       "APPENDUID x 4",   "APPENDUID 1",        "APPENDUID 1 0",   "APPENDUID 1 4:",
        "APPENDUID 1 4:0", "APPENDUID 1 4:x", "APPENDUID 1 4,",     "APPENDUID 1 4;5", "COPYUID x",
        "COPYUID 1 x 4",   "COPYUID 1 4 x",   "PERMANENTFLAGS x",   "BADCHARSET (a",   "MODIFIED x",
        "MODIFIED",        "METADATA (",      "METADATA MAXSIZE x", "INPROGRESS x",    "INPROGRESS (\"A1\" 5 10",
        "MESSAGELIMIT x"}) {
    const auto c = code_of(inside);
    EXPECT_EQ(c.kind, code::other) << inside;
    EXPECT_EQ(c.name, std::string(inside).substr(0, std::string_view(inside).find(' '))) << inside;
    EXPECT_EQ(c.number, 0U) << inside;
    EXPECT_TRUE(c.uids.empty() && c.source_uids.empty() && c.strings.empty()) << inside;
  }
}

TEST(response_code, arguments_as_their_rfcs_have_them) {
  struct row {
    const char* inside;
    code kind;
    std::uint64_t number;
    std::vector<std::string> strings;
  };
  const row rows[] = {
      {"MESSAGELIMIT 1000", code::messagelimit, 1000, {}},                   // RFC 9738
      {"METADATA LONGENTRIES 2199", code::metadata, 2199, {"LONGENTRIES"}},  // RFC 5464 section 4.2.1
      {"METADATA MAXSIZE 1024", code::metadata, 1024, {"MAXSIZE"}},          // section 4.3
      {"METADATA TOOMANY", code::metadata, 0, {"TOOMANY"}},
      {"INPROGRESS", code::inprogress, 0, {}},  // RFC 9585 section 3
      {"INPROGRESS (\"A001\" 454 1000)", code::inprogress, 0, {"A001"}},
      {"INPROGRESS (NIL 175 NIL)", code::inprogress, 0, {""}},
      {"BADCHARSET", code::badcharset, 0, {}},  // RFC 9051 section 7.1
      {"BADCHARSET (UTF-8 \"US-ASCII\")", code::badcharset, 0, {"UTF-8", "US-ASCII"}},
      {"BADCHARSET UTF-8 US-ASCII", code::badcharset, 0, {"UTF-8", "US-ASCII"}},
      {"BADURL \"imap://x/]y\"", code::badurl, 0, {"imap://x/]y"}},  // RFC 4469
      {"REFERRAL imap://user@host/", code::referral, 0, {"imap://user@host/"}},
      {"BADEVENT (FlagChange AnnotationChange)", code::badevent, 0, {"(FlagChange", "AnnotationChange)"}},
      {"OVERQUOTA", code::overquota, 0, {}},
      {"OVERQUOTA-SOFT", code::overquota_soft, 0, {}},
      {"alert", code::alert, 0, {}},
      {"UIDNEXT 4294967295", code::uidnext, 4'294'967'295U, {}},
      {"HIGHESTMODSEQ 9223372036854775807", code::highestmodseq, 9'223'372'036'854'775'807U, {}},
      {"HIGHESTMODSEQ 0", code::nomodseq, 0, {}},  // quirk S-20
      {"HIGHESTMODSEQ -1", code::nomodseq, 0, {}},
  };
  for (const auto& r : rows) {
    const auto c = code_of(r.inside);
    EXPECT_EQ(c.kind, r.kind) << r.inside;
    EXPECT_EQ(c.number, r.number) << r.inside;
    EXPECT_EQ(c.strings, r.strings) << r.inside;
  }
}

TEST(response_code, limits_hold_inside_of_it) {
  const auto few = small_limits();
  EXPECT_EQ(code_of("COPYUID 1 5,7 1,3", few).kind, code::copyuid);
  for (const auto* inside : {"COPYUID 1 5,7,9 1,3,5", "APPENDUID 1 1,3,5", "BADCHARSET (a b c)", "BADCHARSET a b c",
                             "MODIFIED 1,3,5", "PERMANENTFLAGS (a b c)"})
    EXPECT_EQ(code_of(inside, few).kind, code::other) << inside;
}

TEST(response_code, what_is_in_brackets_and_no_code_is_text) {  // quirk G-12
  for (const auto* text : {"[", "[x", "[UIDNEXT 5", "[(a) b]", "[] x", "[a\"b] c"}) {
    const auto r = parse_response("* OK " + std::string(text));
    ASSERT_TRUE(std::holds_alternative<status_response>(r)) << text;
    EXPECT_EQ(std::get<status_response>(r).code.kind, code::none) << text;
    EXPECT_EQ(std::get<status_response>(r).text, text);
  }
}

// --- STATUS

TEST(status_data, one_malformed_item_costs_itself_alone) {
  const std::pair<const char*, const char*> rows[] = {
      {"RECENT", "x"},
      {"UIDNEXT", "\"5\""},
      {"SIZE", "x"},
      {"HIGHESTMODSEQ", "NIL"},
      {"DELETED-STORAGE", "()"},
      {"MAILBOXID", "(\"\")"},
      {"MAILBOXID", "(a*b)"},  // RFC 8474 section 7: letters, digits, "_" and "-"
      {"MAILBOXID", "(\"a b\")"},
  };
  for (const auto& [name, value] : rows) {
    const auto s = status_of("(UNSEEN 3 " + std::string(name) + " " + value + " DELETED 4)");
    EXPECT_EQ(s.unseen, 3U) << name << value;
    EXPECT_FALSE(s.recent || s.messages || s.uidnext || s.size || s.highestmodseq || s.deleted_storage || s.mailboxid)
        << name << value;
    ASSERT_FALSE(s.unparsed.empty()) << name << value;
    EXPECT_EQ(s.unparsed[0].name, name) << value;
  }
}

TEST(status_data, values_as_their_rfcs_have_them) {
  const auto s = status_of(
      "(MESSAGES 231 RECENT 4294967295 UIDNEXT 44292 UIDVALIDITY 9 UNSEEN 0 DELETED 1 SIZE 5000000000 HIGHESTMODSEQ "
      "7011231777 APPENDLIMIT NIL DELETED-STORAGE 8 MAILBOXID (F2212ea87-6097-4256-9d51-71338625_) X-ITEM (1 \"b\"))");
  EXPECT_EQ(s.messages, 231U);
  EXPECT_EQ(s.recent, 4'294'967'295U);
  EXPECT_EQ(s.unseen, 0U);
  EXPECT_EQ(s.size, 5'000'000'000U);
  EXPECT_EQ(s.highestmodseq, 7'011'231'777U);
  EXPECT_TRUE(s.appendlimit_nil);
  EXPECT_FALSE(s.appendlimit);
  EXPECT_EQ(s.mailboxid, "F2212ea87-6097-4256-9d51-71338625_");
  EXPECT_EQ(s.others, (std::vector<std::pair<std::string, std::string>>{{"X-ITEM", "(1 \"b\")"}}));
  EXPECT_TRUE(s.unparsed.empty());
  EXPECT_EQ(status_of("(MAILBOXID (" + std::string(255, 'a') + "))").mailboxid, std::string(255, 'a'));
  EXPECT_FALSE(status_of("(MAILBOXID (" + std::string(256, 'a') + "))").mailboxid);
}

TEST(status_data, zero_is_no_uid_and_no_uidvalidity) {  // quirks S-01, S-02
  const auto s = status_of("(UIDNEXT 0 UIDVALIDITY 0 MESSAGES 0 RECENT -1)");
  EXPECT_FALSE(s.uidnext);
  EXPECT_FALSE(s.uidvalidity);
  EXPECT_FALSE(s.recent);
  EXPECT_EQ(s.messages, 0U);
  EXPECT_TRUE(s.unparsed.empty());
}

TEST(status_data, a_number_that_is_too_large_is_the_largest) {  // quirk G-16
  const auto s =
      status_of("(MESSAGES 5000000000 RECENT 4294967296 UIDNEXT 4294967296 UNSEEN 4294967295 SIZE 5000000000)");
  EXPECT_EQ(s.messages, 4'294'967'295U);
  EXPECT_EQ(s.recent, 4'294'967'295U);
  EXPECT_EQ(s.uidnext, 4'294'967'295U);
  EXPECT_EQ(s.unseen, 4'294'967'295U);
  EXPECT_EQ(s.size, 5'000'000'000U);
  EXPECT_EQ(code_of("UIDNEXT 4294967296").number, 4'294'967'295U);
}

TEST(status_data, limits_of_its_lists) {
  const auto few = small_limits();
  EXPECT_EQ(status_of("(X1 1 X2 2)", few).others.size(), 2U);
  const auto over = status_of("(X1 1 X2 2 X3 3)", few);
  EXPECT_EQ(over.others.size(), 2U);
  ASSERT_EQ(over.unparsed.size(), 1U);
  EXPECT_EQ(over.unparsed[0].raw, "3");
  const auto r = parse_response("* STATUS a (SIZE x DELETED x UNSEEN x)", few);
  EXPECT_TRUE(std::holds_alternative<unparsed_response>(r));
}

TEST(status_data, a_bare_name_ends_where_the_items_begin) {  // quirk S-17
  const std::pair<const char*, const char*> rows[] = {
      {"a b (MESSAGES 1)", "a b"},       {"a (b) c (MESSAGES 1)", "a (b) c"},      {"a (b (MESSAGES 1)", "a (b"},
      {"a (X/Y.Z-1 5 MESSAGES 1)", "a"}, {"a (MESSAGES 1 X-Y (MESSAGES 2))", "a"}, {"1 (2 3) (MESSAGES 1)", "1 (2 3)"},
  };
  for (const auto& [text, name] : rows) {
    const auto r = parse_response("* STATUS " + std::string(text));
    const auto* s = std::get_if<status_data>(&r);
    ASSERT_NE(s, nullptr) << text;
    EXPECT_EQ(s->status.mailbox, name) << text;
    EXPECT_EQ(s->status.messages, 1U) << text;
  }
  for (const auto* text : {"* STATUS (MESSAGES 1)", "* STATUS", "* STATUS a", "* STATUS a MESSAGES 1", "* STATUS \"a"})
    EXPECT_TRUE(std::holds_alternative<unparsed_response>(parse_response(text))) << text;
}

// --- FETCH

TEST(fetch_values, one_that_is_malformed_costs_itself_alone) {
  for (const auto* item : {"RFC822.SIZE x",     "RFC822.SIZE 1e99",
                           "RFC822.SIZE 1.5x",  "RFC822.SIZE ()",
                           "MODSEQ x",          "MODSEQ (1 2)",
                           "MODSEQ (x)",        "EMAILID (a b)",
                           "THREADID ()",       "X-GM-MSGID 18446744073709551616",
                           "X-GM-MSGID x",      "X-GM-MSGID \"1\"",
                           "X-GM-LABELS a",     "X-GM-LABELS (\\)",
                           "X-GM-LABELS ((a))", "FLAGS a",
                           "INTERNALDATE 5",    "INTERNALDATE \"never\"",
                           "SAVEDATE \"x\"",    "PREVIEW (a)",
                           "BODY[] (a)",        "BODY[x] \"a\"",
                           "BINARY.SIZE[1] x",  "BINARY.SIZE[x] 5",
                           "BODYSTRUCTURE NIL"}) {
    const auto d = data_of(item);
    ASSERT_EQ(d.unparsed.size(), 1U) << item;
    EXPECT_TRUE(std::string_view(item).starts_with(d.unparsed[0].name)) << item << d.unparsed[0].name;
    EXPECT_FALSE(d.rfc822_size || d.modseq || d.emailid || d.threadid || d.gm_msgid || d.gm_labels || d.flags ||
                 d.internaldate || d.savedate || d.preview || d.envelope || d.bodystructure)
        << item;
    EXPECT_TRUE(d.sections.empty() && d.binary_sizes.empty()) << item;
  }
}

TEST(fetch_values, object_ids_and_labels_in_every_form) {
  EXPECT_EQ(data_of("EMAILID (M6d99ac3275bb4e)").emailid, "M6d99ac3275bb4e");  // RFC 8474 section 5
  EXPECT_FALSE(data_of("THREADID NIL").threadid);
  EXPECT_TRUE(data_of("THREADID NIL").unparsed.empty());
  reset_leniency();
  EXPECT_EQ(data_of("EMAILID M6d99").emailid, "M6d99");  // quirk U-07
  EXPECT_EQ(counted("U-07"), 1U);
  EXPECT_EQ(data_of("X-GM-LABELS NIL").gm_labels->size(), 0U);
  EXPECT_EQ(data_of("X-GM-LABELS ()").gm_labels->size(), 0U);
  EXPECT_EQ(data_of("X-GM-LABELS (\\Inbox \"a b\" c)").gm_labels, (std::vector<std::string>{"\\Inbox", "a b", "c"}));
  EXPECT_EQ(data_of("X-GM-LABELS (NIL a)").gm_labels, std::vector<std::string>{"a"});  // quirk U-02
  EXPECT_EQ(counted("U-02"), 1U);
  EXPECT_EQ(data_of("X-GM-MSGID 18446744073709551615").gm_msgid, UINT64_MAX);  // quirk U-03
}

TEST(fetch_values, sizes_and_mod_sequences) {
  EXPECT_EQ(data_of("RFC822.SIZE 9223372036854775807").rfc822_size, 9'223'372'036'854'775'807U);
  reset_leniency();
  EXPECT_EQ(data_of("RFC822.SIZE 1.5e3").rfc822_size, 1500U);  // quirk G-15
  EXPECT_EQ(data_of("RFC822.SIZE 2E2").rfc822_size, 200U);
  EXPECT_EQ(data_of("RFC822.SIZE 17.0").rfc822_size, 17U);
  EXPECT_EQ(counted("G-15"), 3U);
  EXPECT_FALSE(data_of("RFC822.SIZE -1").rfc822_size);
  EXPECT_EQ(data_of("MODSEQ (65402)").modseq, 65402U);  // RFC 7162 section 3.1.4.2
  EXPECT_FALSE(data_of("MODSEQ (0)").modseq);
  EXPECT_EQ(data_of("BINARY.SIZE[1.2] 5").binary_sizes.size(), 1U);
  EXPECT_TRUE(data_of("BINARY.SIZE[1] -1").binary_sizes.empty());
  EXPECT_EQ(data_of("RFC822.TEXT \"x\"").sections.size(), 1U);
}

// RFC 9051 section 9: date-time, day 2 digits or a space and one.
TEST(fetch_values, a_date_that_the_grammar_has_is_no_leniency_and_any_other_is) {
  const auto lenient = [](const std::string& text) {
    reset_leniency();
    EXPECT_TRUE(data_of("INTERNALDATE \"" + text + "\"").unparsed.empty()) << text;
    return counted("F-13") != 0;
  };
  for (const auto* text : {"17-Jul-1996 02:44:25 -0700", " 7-Jul-1996 02:44:25 +0200", "07-Jul-1996 23:59:59 +0000",
                           "17-JUL-1996 02:44:25 -0000", "17-jul-1996 02:44:25 +2359"})
    EXPECT_FALSE(lenient(text)) << text;
  for (const auto* text : {"17-Jul-1996 02:44:60 -0700", "17-Jul-1996 02:44:25 +2400", "17-Jul-1996 02:44:25 +0060",
                           "17-Jul-1996 02:44:25", "7-Jul-1996 02:44:25 +0200", "17-Jul-1996 02:44:25  0700",
                           "17-Jul-1996 02:44:25 07000", "31-Feb-1996 02:44:25 +0000"})
    EXPECT_TRUE(lenient(text)) << text;
  EXPECT_FALSE(data_of("INTERNALDATE NIL").internaldate);
  EXPECT_FALSE(data_of("INTERNALDATE \"31-Feb-1996 02:44:25 +0000\"").internaldate);
  EXPECT_TRUE(data_of("SAVEDATE NIL").savedate.has_value());  // RFC 8514: known, and none
  EXPECT_FALSE(*data_of("SAVEDATE NIL").savedate);
}

// --- the search responses, LIST and NAMESPACE

TEST(search_values, what_esearch_may_say) {  // RFC 4731 section 3.2, RFC 9394 section 3.1, RFC 9051 section 7.3.4
  const auto parsed = [](std::string_view text) { return std::get<esearch_response>(parse_response(text)).value; };
  const auto e = parsed("* ESEARCH (TAG \"A1\" MAILBOX m) UID MIN 2 MAX 9 COUNT 3 MODSEQ 7 ALL 2,5,9 X-Y (1 2)");
  EXPECT_EQ(e.tag, "A1");
  EXPECT_TRUE(e.uid);
  EXPECT_EQ(e.min, 2U);
  EXPECT_EQ(e.max, 9U);
  EXPECT_EQ(e.count, 3U);
  EXPECT_EQ(e.modseq, 7U);
  EXPECT_EQ(e.all_uids.to_string(), "2,5,9");
  EXPECT_EQ(e.others.size(), 2U);
  EXPECT_FALSE(parsed("* ESEARCH MIN 0").min);
  for (const auto* nothing : {"* ESEARCH UID ALL", "* ESEARCH UID ALL NIL", "* ESEARCH UID ALL nil"}) {
    EXPECT_TRUE(parsed(nothing).all_present) << nothing;
    EXPECT_TRUE(parsed(nothing).all_uids.empty()) << nothing;
  }
  const auto p = parsed("* ESEARCH UID PARTIAL (-1:-100 200:250,252:300)");
  ASSERT_TRUE(p.partial);
  EXPECT_EQ(p.partial->first, "-1:-100");
  EXPECT_EQ(p.partial->second, "200:250,252:300");
  EXPECT_EQ(parsed("* ESEARCH (TAG \"A1\") UID (MIN 2 MAX 3)").max, 3U);  // quirk Q-06
}

TEST(search_values, what_is_refused) {
  const auto few = small_limits();
  for (const auto* text : {"* ESEARCH (TAG",
                           "* ESEARCH (TAG (a))",
                           "* ESEARCH ((a) b)",
                           "* ESEARCH (X 1 Y 2 Z 3)",
                           "* ESEARCH MIN x",
                           "* ESEARCH COUNT x",
                           "* ESEARCH ALL x",
                           "* ESEARCH UID ALL 1,3,5",
                           "* ESEARCH ALL 1,3,5",
                           "* ESEARCH PARTIAL (1:2 3",
                           "* ESEARCH X 1 Y 2 Z 3",
                           "* ESEARCH (",
                           "* ESEARCH \"a\" 1",
                           "* SEARCH x",
                           "* SEARCH 5 3 x",
                           "* SEARCH 1 (MODSEQ x)",
                           "* SEARCH 3 1 (MODSEQ 5",
                           "* SORT x",
                           "* THREAD (1 3 5)",
                           "* THREAD 1",
                           "* THREAD (1",
                           "* THREAD )"})
    EXPECT_TRUE(std::holds_alternative<unparsed_response>(parse_response(text, few))) << text;
  EXPECT_FALSE(std::holds_alternative<unparsed_response>(parse_response("* ESEARCH UID ALL 1,3", few)));
  EXPECT_FALSE(std::holds_alternative<unparsed_response>(parse_response("* THREAD (1 3)", few)));
}

TEST(list_values, what_is_refused_and_what_is_taken_for_a_name) {
  const auto few = small_limits();
  for (const auto* text :
       {"* LIST x \"/\" a", "* LIST () x a", "* LIST () \"ab\" a", "* LIST () \"/\" \"a\" (X 1 Y 2 Z 3)",
        "* LIST () \"/\" \"a\" (X (", "* LIST () \"/\" \"a\" (", "* LIST (\\a \\b \\c) \"/\" a", "* NAMESPACE x",
        "* NAMESPACE ((\"a\" \"/\")(\"b\" \"/\")(\"c\" \"/\")) NIL NIL", "* NAMESPACE ((\"a\" \"/\" X)) NIL NIL",
        "* NAMESPACE ((\"a\" \"/\" \"X\" (a b c))) NIL NIL", "* NAMESPACE ((\"a\" x)) NIL NIL", "* NAMESPACE ((\"a\""})
    EXPECT_TRUE(std::holds_alternative<unparsed_response>(parse_response(text, few))) << text;
  const auto entry = [](std::string_view text) { return std::get<list_response>(parse_response(text)).entry; };
  EXPECT_EQ(entry("* LIST () \"/\" a (b").name, "a (b");  // quirk L-01
  EXPECT_EQ(entry("* LIST () \"/\" a (b  ").name, "a (b");
  EXPECT_EQ(entry("* LIST () \"/\" a (\"OLDNAME\" (\"b\"))").oldname, mailbox_name("b"));  // RFC 9051 section 6.3.9.7
  EXPECT_FALSE(entry("* LIST () \"/\" a (\"OLDNAME\" (\"b\" \"c\"))").oldname);
  EXPECT_FALSE(entry("* LIST () \"/\" a (\"OLDNAME\" ())").oldname);
  EXPECT_EQ(entry("* LIST () \"/\" a (\"CHILDINFO\" (\"SUBSCRIBED\"))").childinfo,
            std::vector<std::string>{"SUBSCRIBED"});
}

// --- the reader

TEST(response_reader, a_string_may_not_be_as_long_as_a_body) {
  limits l;
  l.string_octets = 10;
  l.body_in_memory_octets = 20;
  struct row {
    const char* bytes;
    read_status status;
    const char* limit;
  };
  for (const auto& r : {row{"* LIST () \"/\" {11}\r\n", read_status::invalid, "string_octets"},
                        row{"* LIST () \"/\" {10}\r\n", read_status::incomplete, ""},
                        row{"* 1 FETCH (BODY[] {20}\r\n", read_status::incomplete, ""},
                        row{"* 1 FETCH (BODY[] {21}\r\n", read_status::invalid, "body_in_memory_octets"},
                        row{"* 1 FETCH (ENVELOPE (NIL {11}\r\n", read_status::invalid, "string_octets"}}) {
    response_reader reader(l);
    reader.feed(r.bytes);
    response out;
    EXPECT_EQ(reader.next(out), r.status) << r.bytes;
    EXPECT_EQ(reader.failure().limit_name(), r.limit) << r.bytes;
    EXPECT_FALSE(reader.at_boundary()) << r.bytes;
    if (r.status != read_status::invalid) continue;
    reader.feed("aaaaaaaaaaaaaaaaaaaaa\r\n* OK x\r\n");
    EXPECT_EQ(reader.next(out), read_status::invalid) << "nothing more can be read";
  }
}

TEST(response_reader, two_literals_and_what_comes_behind_them) {
  response_reader reader;
  reader.feed("* 1 FETCH (BODY[1] {3}\r\na)b BODY[2] {0}\r\n)\r\n* OK x");
  response out;
  ASSERT_EQ(reader.next(out), read_status::complete);
  EXPECT_EQ(reader.raw(), "* 1 FETCH (BODY[1] {3}\r\na)b BODY[2] {0}\r\n)");
  EXPECT_EQ(std::get<fetch_response>(out).row.section(section::parse("1")), "a)b");
  EXPECT_EQ(std::get<fetch_response>(out).row.section(section::parse("2")), "");
  EXPECT_FALSE(reader.at_boundary());
  response_reader moved = std::move(reader);
  EXPECT_EQ(moved.next(out), read_status::incomplete);
  moved.feed("\r\n");
  EXPECT_EQ(moved.next(out), read_status::complete);
  EXPECT_TRUE(moved.at_boundary());
  moved = response_reader();
  EXPECT_TRUE(moved.at_boundary());
  EXPECT_EQ(moved.next(out), read_status::incomplete);
}

TEST(response_reader, more_than_may_be_pending_is_refused) {
  limits l;
  l.line_octets = 1000;
  l.response_octets = 2000;
  l.body_in_memory_octets = 1000;
  response_reader reader(l);
  const std::string line = "* OK " + std::string(500, 'x') + "\r\n";
  for (int i = 0; i < 10'000 && !reader.failure(); ++i) reader.feed(line);
  EXPECT_EQ(reader.failure().code(), errc::limit_exceeded);
  response out;
  EXPECT_EQ(reader.next(out), read_status::invalid);
}

}  // namespace
}  // namespace imapxx
