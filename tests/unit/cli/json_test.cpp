#include "json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace imapxx::cli;
using nlohmann::json;

namespace {

json decode(std::string_view line) { return json::parse(to_json(imapxx::parse_response(line))); }

TEST(json, kinds) {
  const std::pair<const char*, const char*> cases[] = {
      {"* OK ready", "ok"},
      {"A1 NO [TRYCREATE] no such mailbox", "no"},
      {"* BAD what", "bad"},
      {"* BYE so long", "bye"},
      {"* PREAUTH hello", "preauth"},
      {"* CAPABILITY IMAP4rev1 IDLE", "capability"},
      {"* ENABLED CONDSTORE", "enabled"},
      {"* LIST (\\Noselect) \"/\" Lists", "list"},
      {"* LSUB () \"/\" INBOX", "lsub"},
      {"* NAMESPACE ((\"\" \"/\")) NIL NIL", "namespace"},
      {"* STATUS INBOX (MESSAGES 3)", "status"},
      {"* SEARCH 1 2 3", "search"},
      {"* ESEARCH (TAG \"A1\") UID COUNT 2 ALL 1:2", "esearch"},
      {"* SORT 3 1 2", "sort"},
      {"* THREAD (1 2)(3)", "thread"},
      {"* FLAGS (\\Seen)", "flags"},
      {"* 3 EXISTS", "exists"},
      {"* 0 RECENT", "recent"},
      {"* 2 EXPUNGE", "expunge"},
      {"* VANISHED (EARLIER) 1:5", "vanished"},
      {"* ID (\"name\" \"x\")", "id"},
      {"* QUOTA \"\" (STORAGE 10 512)", "quota"},
      {"* QUOTAROOT INBOX \"\"", "quotaroot"},
      {"* ACL INBOX ann lrs", "acl"},
      {"* LISTRIGHTS INBOX ann l r s", "listrights"},
      {"* MYRIGHTS INBOX lrs", "myrights"},
      {"* METADATA INBOX (/private/comment \"x\")", "metadata"},
      {"* 1 FETCH (UID 7 FLAGS ())", "fetch"},
      {"+ go ahead", "continuation"},
      {"* XSOMETHING new", "unknown"},
  };
  for (const auto& [line, kind] : cases) EXPECT_EQ(decode(line)["kind"], kind) << line;
}

TEST(json, status_response) {
  const auto j = decode("A7 OK [COPYUID 38505 304,319:320 3956:3958] Done");
  EXPECT_EQ(j["tag"], "A7");
  EXPECT_EQ(j["text"], "Done");
  EXPECT_EQ(j["code"]["name"], "COPYUID");
  EXPECT_EQ(j["code"]["number"], 38505);
  EXPECT_EQ(j["code"]["source_uids"], "304,319:320");
  EXPECT_EQ(j["code"]["uids"], "3956:3958");
}

TEST(json, malformed_items_of_a_status_stand_in_a_list) {
  const auto j = decode("* STATUS INBOX (MESSAGES seven UNSEEN 2)");
  EXPECT_EQ(j["unseen"], 2);
  EXPECT_FALSE(j.contains("messages"));
  EXPECT_EQ(j["unparsed"][0]["name"], "MESSAGES");
  EXPECT_EQ(j["unparsed"][0]["raw"], "seven");
}

TEST(json, octets_that_are_no_utf8) {
  const auto j = decode("* 1 FETCH (BODY[] {3}\r\n\xff\xfe\x41)");
  EXPECT_EQ(j["sections"][0]["data"], json({{"base64", "//5B"}}));
  const auto surrogate = decode("* 1 FETCH (BODY[] {3}\r\n\xed\xa0\x80)");
  EXPECT_TRUE(surrogate["sections"][0]["data"].is_object());
  const auto valid = decode("* 1 FETCH (BODY[] {2}\r\n\xc3\xbc)");
  EXPECT_EQ(valid["sections"][0]["data"], "\xc3\xbc");
}

TEST(json, mailbox_names_are_decoded_and_keep_their_octets) {
  const auto j = decode("* LIST () \"/\" \"Entw&APw-rfe\"");
  EXPECT_EQ(j["mailbox"], "Entw\xc3\xbcrfe");
  EXPECT_EQ(j["raw"], "Entw&APw-rfe");
  EXPECT_EQ(j["separator"], "/");
}

TEST(json, sets_are_not_expanded) {
  EXPECT_EQ(decode("* VANISHED 1:4294967295")["uids"].get<std::string>().size() < 20U, true);
  EXPECT_EQ(decode("* SEARCH 1 2 3 7")["numbers"], "1:3,7");
  EXPECT_EQ(decode("* SEARCH 1 2 3 7")["count"], 4);
}

TEST(json, malformed_item_leaves_its_neighbours) {
  const auto j = decode("* 1 FETCH (UID 7 INTERNALDATE nonsense FLAGS (\\Seen))");
  EXPECT_EQ(j["kind"], "fetch");
  EXPECT_EQ(j["uid"], 7);
  EXPECT_EQ(j["flags"], json::array({"\\Seen"}));
  ASSERT_EQ(j["unparsed"].size(), 1U);
  EXPECT_TRUE(j["unparsed"][0].contains("reason"));
  EXPECT_TRUE(j["unparsed"][0].contains("offset"));
  EXPECT_TRUE(j["unparsed"][0].contains("raw"));
}

TEST(json, malformed_response) {
  const auto j = decode("* 1 FETCH FLAGS");
  EXPECT_EQ(j["kind"], "unparsed");
  EXPECT_EQ(j["raw"], "* 1 FETCH FLAGS");
}

TEST(json, envelope_groups) {
  const auto j = decode(
      "* 1 FETCH (ENVELOPE (NIL \"s\" NIL NIL NIL ((NIL NIL \"team\" NIL)(\"Ann\" NIL \"ann\" \"example.org\")(NIL NIL "
      "NIL NIL))"
      " NIL NIL NIL NIL))");
  const auto& to = j["envelope"]["to"];
  ASSERT_EQ(to.size(), 1U);
  EXPECT_EQ(to[0]["group"], "team");
  EXPECT_EQ(to[0]["members"][0]["mailbox"], "ann");
  EXPECT_TRUE(j["envelope"]["date"].is_null());
  EXPECT_EQ(j["envelope"]["subject"], "s");
}

TEST(json, harmful_characters_are_escaped_and_come_back) {
  const std::string text = "\x7f \xc2\x9b \xe2\x80\xae \xe2\x81\xa6 \xd8\x9c \xe2\x80\xa8 \xe2\x80\xa6";
  const auto line = to_json(imapxx::parse_response("* OK " + text));
  EXPECT_NE(line.find("\\u007f \\u009b \\u202e \\u2066 \\u061c \\u2028 \xe2\x80\xa6"), std::string::npos) << line;
  EXPECT_EQ(json::parse(line)["text"], text);
}

TEST(json, one_line_whatever_the_server_says) {
  const auto text = to_json(imapxx::parse_response("* OK a\x1b[2Jb\x7f"));
  for (const char c : text) EXPECT_GE(static_cast<unsigned char>(c), 0x20U);
}

}  // namespace
