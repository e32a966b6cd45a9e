#include <imapxx/commands/fetch_items.hpp>

#include "unit/commands/probe.hpp"

#include <gtest/gtest.h>

namespace imapxx::test {
namespace {

static_assert(!std::is_aggregate_v<fetch_items>);

std::string text(const fetch_items& items) {
  wire::encoder out;
  items.encode(out);
  return out.failure() ? "!" + std::string(to_string(out.failure().code())) : probe::flatten(out);
}

errc checked(const fetch_items& items, std::string_view capabilities = "IMAP4rev1") {
  return items.check(probe(capabilities).info).error().code();
}

TEST(fetch_items, one_order_whatever_the_calls) {
  EXPECT_EQ(text(fetch_items().body_peek("1").envelope().flags().uid()), "(UID FLAGS ENVELOPE BODY.PEEK[1])");
  EXPECT_EQ(
      text(fetch_items().body_peek("TEXT").body_peek("HEADER").modseq().rfc822_size().internaldate().bodystructure()),
      "(INTERNALDATE RFC822.SIZE MODSEQ BODYSTRUCTURE BODY.PEEK[TEXT] BODY.PEEK[HEADER])");
}

TEST(fetch_items, macros_are_written_out) {  // RFC 9051 section 6.4.5; quirk F-14
  EXPECT_EQ(text(fetch_items().fast()), "(FLAGS INTERNALDATE RFC822.SIZE)");
  EXPECT_EQ(text(fetch_items().all()), "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)");
  EXPECT_EQ(text(fetch_items().full()), "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)");
  EXPECT_EQ(text(fetch_items().item("full")), "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)");
}

TEST(fetch_items, sections) {
  EXPECT_EQ(text(fetch_items().body_section()), "(BODY[])");
  EXPECT_EQ(text(fetch_items().body_section("1.2.MIME")), "(BODY[1.2.MIME])");
  EXPECT_EQ(text(fetch_items().body_section("", 0, 2048)), "(BODY[]<0.2048>)");
  EXPECT_EQ(text(fetch_items().body_peek("2", 1024, 512)), "(BODY.PEEK[2]<1024.512>)");
  EXPECT_EQ(text(fetch_items().body_peek("header.fields (DATE FROM)")), "(BODY.PEEK[HEADER.FIELDS (DATE FROM)])");
  EXPECT_EQ(text(fetch_items().body_peek("4.2.HEADER.FIELDS.NOT (\"To\")")), "(BODY.PEEK[4.2.HEADER.FIELDS.NOT (To)])");
  EXPECT_EQ(text(fetch_items().header_fields("Subject", "From")), "(BODY.PEEK[HEADER.FIELDS (Subject From)])");
  EXPECT_EQ(text(fetch_items().binary("1").binary_peek("2").binary_size("3")),
            "(BINARY.SIZE[3] BINARY[1] BINARY.PEEK[2])");
  EXPECT_EQ(text(fetch_items().rfc822().rfc822_header().rfc822_text()), "(RFC822.HEADER RFC822.TEXT RFC822)");
}

TEST(fetch_items, extensions) {
  EXPECT_EQ(text(fetch_items().preview().savedate().emailid().threadid().gm_msgid().gm_thrid().gm_labels()),
            "(SAVEDATE EMAILID THREADID X-GM-MSGID X-GM-THRID X-GM-LABELS PREVIEW)");
  EXPECT_EQ(text(fetch_items().item("X-MAILBOX").item("flags")), "(FLAGS X-MAILBOX)");
}

TEST(fetch_items, each_item_once) {
  EXPECT_EQ(text(fetch_items().uid().uid().flags().item("UID")), "(UID FLAGS)");
  EXPECT_EQ(text(fetch_items().body_peek("1").body_peek("1").body_peek("2")), "(BODY.PEEK[1] BODY.PEEK[2])");
  EXPECT_EQ(text(fetch_items().body_peek("1").body_section("1")), "(BODY[1])");
  EXPECT_EQ(text(fetch_items().body_peek("1", 0, 5).body_peek("1", 5, 5)), "(BODY.PEEK[1]<0.5> BODY.PEEK[1]<5.5>)");
}

TEST(fetch_items, wrong_arguments_are_refused) {
  EXPECT_EQ(checked(fetch_items()), errc::invalid_argument);
  for (const auto* spec :
       {"0", "1.", "FOO", "MIME", "HEADER.FIELDS", "HEADER.FIELDS ()", "HEADER.FIELDS (a:b)", "1]", "TEXT\r\n"}) {
    EXPECT_EQ(checked(fetch_items().body_peek(spec)), errc::invalid_argument) << spec;
  }
  EXPECT_EQ(checked(fetch_items().body_peek("", 0, 0)), errc::invalid_argument);
  EXPECT_EQ(checked(fetch_items().header_fields("Sub\r\nject")), errc::invalid_argument);
  EXPECT_EQ(checked(fetch_items().header_fields("")), errc::invalid_argument);
  EXPECT_EQ(checked(fetch_items().binary_peek("HEADER"), "BINARY"), errc::invalid_argument);
  EXPECT_EQ(checked(fetch_items().item("A B")), errc::invalid_argument);
  EXPECT_EQ(checked(fetch_items().item("BODY[1]")), errc::invalid_argument);
  EXPECT_EQ(checked(fetch_items().uid().body_peek("FOO")), errc::invalid_argument);
}

TEST(fetch_items, extensions_need_their_capability) {
  EXPECT_EQ(checked(fetch_items().binary("1")), errc::capability_required);
  EXPECT_EQ(checked(fetch_items().binary("1"), "IMAP4rev2"), errc::success);
  EXPECT_EQ(checked(fetch_items().modseq()), errc::capability_required);
  EXPECT_EQ(checked(fetch_items().modseq(), "QRESYNC"), errc::success);
  EXPECT_EQ(checked(fetch_items().preview()), errc::capability_required);
  EXPECT_EQ(checked(fetch_items().savedate(), "SAVEDATE"), errc::success);
  EXPECT_EQ(checked(fetch_items().emailid()), errc::capability_required);
  EXPECT_EQ(checked(fetch_items().gm_labels()), errc::capability_required);
  EXPECT_EQ(checked(fetch_items().full().uid().rfc822().body_peek("1").header_fields("To")), errc::success);
}

TEST(fetch_items, field_names_are_atoms_where_possible) {  // quirk F-20
  EXPECT_EQ(text(fetch_items().header_fields("X-A", "X(b")), "(BODY.PEEK[HEADER.FIELDS (X-A \"X(b\")])");
}

}  // namespace
}  // namespace imapxx::test
