// Views of ENVELOPE and BODYSTRUCTURE: they mean what the owning values mean, however the value is written.
#include <imapxx/model/body_structure_view.hpp>
#include <imapxx/model/envelope_view.hpp>
#include <imapxx/response.hpp>

#include "support/fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace imapxx {
namespace {

// RFC 9051 section 7.5.2.
constexpr std::string_view rfc_envelope =
    "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev2 WG mtg summary and minutes\" ((\"Terry Gray\" NIL \"gray\" "
    "\"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" "
    "\"cac.washington.edu\")) ((NIL NIL \"imap\" \"cac.washington.edu\")) ((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")"
    "(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL \"<B27397-0100000@cac.washington.ed>\")";

std::string row_text(std::string_view item, std::string_view value) {
  return "(" + std::string(item) + " " + std::string(value) + ")";
}

fetch_row cut(const std::string& text) {
  fetch_row row;
  row.assign(1, text);
  return row;
}

// Whether a text stands within another, as a view of it does.
bool lies_in(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

TEST(envelope_view, example_of_the_standard) {
  const auto text = row_text("ENVELOPE", rfc_envelope);
  const auto e = envelope_view::of(cut(text));
  ASSERT_TRUE(e);
  EXPECT_EQ(e->subject(), "IMAP4rev2 WG mtg summary and minutes");
  EXPECT_TRUE(lies_in(e->subject().raw(), text));
  ASSERT_EQ(e->cc().size(), 2U);
  std::vector<std::string> hosts;
  for (const auto& a : e->cc()) hosts.push_back(a.host.to_string());
  EXPECT_EQ(hosts, (std::vector<std::string>{"CNRI.Reston.VA.US", "MIT.EDU"}));
  EXPECT_FALSE(e->cc().begin()->name);
  EXPECT_TRUE(lies_in(e->from().begin()->name.raw(), text));
  EXPECT_TRUE(e->bcc().empty());
  EXPECT_EQ(e->bcc().begin(), e->bcc().end());
  EXPECT_FALSE(e->in_reply_to());
  EXPECT_EQ(e->message_id(), "<B27397-0100000@cac.washington.ed>");
  EXPECT_EQ(e->to_owned(), *cut(text).envelope());
}

TEST(envelope_view, texts_in_every_form) {
  const auto text = row_text("ENVELOPE",
                             "(NIL \"a \\\"b\\\" \\\\\" ((\"x\" NIL {3}\r\na)b \"\")(NIL NIL \".MISSING-HOST-NAME.\" "
                             "\".SYNTAX-ERROR.\")) NIL NIL NIL NIL NIL {1}\r\n\" NIL)");
  const auto e = envelope_view::of(cut(text));
  ASSERT_TRUE(e);
  EXPECT_FALSE(e->date());
  EXPECT_TRUE(e->subject().escaped());
  EXPECT_EQ(e->subject(), "a \"b\" \\");
  EXPECT_EQ(e->subject().to_string(), "a \"b\" \\");
  EXPECT_NE(e->subject(), text_view());
  EXPECT_EQ(e->from().begin()->mailbox, "a)b");
  EXPECT_EQ(e->from().begin()->host, "");
  EXPECT_EQ(e->to_owned().from.at(1).mailbox, "");  // quirk E-07
  EXPECT_EQ(e->to_owned().from.at(1).host, "");
  EXPECT_EQ(e->to_owned(), *cut(text).envelope());
}

TEST(envelope_view, keeps_what_had_to_be_read_leniently) {
  std::optional<envelope_view> kept;
  {
    const auto text =
        row_text("ENVELOPE", "(\"d\"  \"a \"quoted\" word\" (({1}\r\nn NIL m h)) NIL NIL NIL \"<id@x>\")");
    const auto value = cut(text).envelope();
    kept = envelope_view::of(cut(text));
    ASSERT_EQ(kept.has_value(), value.has_value());
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->to_owned(), *value);
  }
  EXPECT_EQ(kept->from().size(), 1U);
  EXPECT_EQ(kept->from().begin()->mailbox, "m");
}

TEST(envelope_view, nothing_where_there_is_none) {
  EXPECT_FALSE(envelope_view::of(cut("(UID 1)")));
  EXPECT_FALSE(envelope_view::of(cut("(ENVELOPE NIL)")));
  EXPECT_FALSE(envelope_view::of(cut("(ENVELOPE 7)")));
}

TEST(body_structure_view, parts_and_what_they_hold) {
  const std::string nested = "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 900 " + std::string(rfc_envelope) +
                             " (\"TEXT\" \"PLAIN\" NIL NIL NIL \"8BIT\" 10 1) 25)";
  const auto text = row_text(
      "BODYSTRUCTURE",
      "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"us-ascii\" \"X\" \"a\\\"b\") \"<id>\" \"d\" \"BASE64\" 152 23 \"md5\" "
      "(\"attachment\" (\"filename\" {1}\r\n) \"size\" \"7\")) (\"en\" \"de-AT\") \"loc\")(\"IMAGE\" \"PNG\" NIL NIL "
      "NIL "
      "\"BASE64\" 99 NIL NIL \"fr\")" +
          nested + " \"MIXED\" (\"BOUNDARY\" \"b\") (\"inline\" NIL) NIL NIL)");
  const auto row = cut(text);
  const auto root = body_structure_view::of(row);
  ASSERT_TRUE(root);
  EXPECT_TRUE(root->is_multipart());
  EXPECT_TRUE(root->is("Multipart", "mixed"));
  EXPECT_EQ(root->parameters().find("boundary"), "b");
  EXPECT_EQ(root->disposition(), "inline");
  ASSERT_EQ(root->children().size(), 3U);
  auto part = root->children().begin();
  EXPECT_EQ(part->octets(), 152U);
  EXPECT_EQ(part->lines(), 23U);
  EXPECT_EQ(part->parameters().find("x"), "a\"b");
  EXPECT_FALSE(part->parameters().find("y"));
  EXPECT_TRUE(lies_in(part->parameters().find("charset").raw(), text));
  EXPECT_EQ(part->disposition(), "attachment");
  EXPECT_EQ(part->disposition_parameters().find("filename"), ")");
  EXPECT_EQ(part->disposition_parameters().size(), 2U);
  EXPECT_EQ(part->languages(), (std::vector<std::string>{"en", "de-AT"}));
  EXPECT_EQ(part->location(), "loc");
  ++part;
  EXPECT_FALSE(part->lines());
  EXPECT_FALSE(part->disposition());
  EXPECT_EQ(part->languages(), (std::vector<std::string>{"fr"}));
  ++part;
  ASSERT_TRUE(part->nested_envelope());
  EXPECT_EQ(part->nested_envelope()->message_id(), "<B27397-0100000@cac.washington.ed>");
  ASSERT_EQ(part->children().size(), 1U);
  EXPECT_TRUE(part->children().begin()->is("text", "plain"));
  EXPECT_EQ(++part, root->children().end());
  EXPECT_EQ(root->to_owned(), *row.bodystructure());
}

TEST(body_structure_view, keeps_what_had_to_be_read_leniently) {
  std::optional<body_structure_view> first;
  {
    const auto text = row_text("BODY",
                               "((\"TEXT\"  \"PLAIN\" NIL NIL NIL \"7BIT\" NIL 3)(\"A\" \"B\" (\"n\" \"v\") NIL NIL "
                               "\"7BIT\" 1) \"MIXED\")");
    const auto row = cut(text);
    const auto root = body_structure_view::of(row);
    ASSERT_TRUE(root);
    EXPECT_EQ(root->to_owned(), *row.bodystructure());
    EXPECT_FALSE(root->children().begin()->octets_known());
    first = *++root->children().begin();
  }
  EXPECT_EQ(first->type(), "A");
  EXPECT_EQ(first->parameters().find("N"), "v");
  EXPECT_TRUE(first->children().empty());
}

TEST(body_structure_view, deep_nesting_costs_no_stack) {
  std::string value = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)";
  for (int depth = 0; depth < 60; ++depth) {
    value.insert(0, "(").append(" \"MIXED\")");
    const auto text = row_text("BODY", value);
    const auto row = cut(text);
    const auto view = body_structure_view::of(row);
    ASSERT_TRUE(view) << depth;
    EXPECT_EQ(view->to_owned(), *row.bodystructure());
  }
}

// The reader of exact values and the tolerant one, which a space behind the first parenthesis calls for, understand the
// same.
TEST(views, every_fixture_means_the_same_in_all_ways) {
  std::size_t envelopes = 0;
  std::size_t structures = 0;
  for (const char* directory : {"rfc3501", "rfc9051", "extensions", "quirks", "seeds"}) {
    for (const auto& path : test::list_fixtures(directory)) {
      for (const auto& block : test::load_fixture(path).blocks) {
        response_reader reader;
        reader.feed(block.bytes);
        response r;
        while (reader.next(r) == read_status::complete) {
          const auto* f = std::get_if<fetch_response>(&r);
          if (f == nullptr) continue;
          const auto e = f->row.envelope();
          const auto ev = envelope_view::of(f->row);
          ASSERT_EQ(ev.has_value(), e.has_value()) << path << ":" << block.line;
          if (e) {
            EXPECT_EQ(ev->to_owned(), *e) << path << ":" << block.line;
            const auto spaced =
                row_text("ENVELOPE", "( " + std::string(f->row.find(fetch_item::envelope)->value.substr(1)));
            EXPECT_EQ(cut(spaced).envelope(), e) << path << ":" << block.line;
            ++envelopes;
          }
          const auto b = f->row.bodystructure();
          const auto bv = body_structure_view::of(f->row);
          ASSERT_EQ(bv.has_value(), b.has_value()) << path << ":" << block.line;
          if (b) {
            EXPECT_EQ(bv->to_owned(), *b) << path << ":" << block.line;
            ++structures;
          }
        }
      }
    }
  }
  EXPECT_GT(envelopes, 20U);
  EXPECT_GT(structures, 40U);
}

TEST(text_view, compares_texts_however_they_were_written) {
  const text_view plain("a\"b");
  const text_view quoted("a\\\"b", true);
  EXPECT_EQ(plain, quoted);
  EXPECT_EQ(quoted, plain);
  EXPECT_EQ(quoted, quoted);
  for (const auto* other : {"a", "a\"", "a\"bc", "a\"c", "", "x\"b"}) {
    EXPECT_NE(quoted, text_view(std::string_view(other))) << other;
    EXPECT_NE(text_view(std::string_view(other)), quoted) << other;
  }
  EXPECT_NE(quoted, text_view());
  EXPECT_EQ(text_view("a\\", true), "a\\");  // nothing stands behind it
  EXPECT_EQ(text_view("a\\", true).to_string(), "a\\");
}

// RFC 9051 section 7.5.2; each differs from the example by one thing, which the tolerant reader may still understand.
TEST(body_structure_view, what_is_not_exact_means_the_same_as_in_the_owning_value) {
  const std::string leaf =
      "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"7BIT\" 5 1 NIL (\"inline\" NIL) NIL \"loc\")";
  const std::string message =
      "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 900 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) " + leaf + " 25)";
  const std::string mixed = "(" + leaf + message + " \"MIXED\" (\"B\" \"b\") NIL (\"en\" \"de\") NIL)";
  std::vector<std::string> values = {leaf, message, mixed};
  for (const auto& whole : {leaf, message, mixed}) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      auto without = whole;
      values.push_back(without.erase(at, 1));
      if (whole[at] == ' ') values.push_back(std::string(whole).insert(at, " "));
      if (whole[at] == '"') values.push_back(std::string(whole).insert(at + 1, "\\\\"));
      if (whole[at] == 'N')
        values.push_back(std::string(whole).replace(at, std::min<std::size_t>(3, whole.size() - at), "()"));
    }
  }
  std::size_t read = 0;
  for (const auto& value : values) {
    const auto text = row_text("BODYSTRUCTURE", value);
    const auto row = cut(text);
    const auto owned = row.bodystructure();
    const auto view = body_structure_view::of(row);
    ASSERT_EQ(view.has_value(), owned.has_value()) << value;
    if (!owned) continue;
    ++read;
    EXPECT_EQ(view->to_owned(), *owned) << value;
    EXPECT_EQ(view->languages(), owned->languages) << value;
    EXPECT_EQ(view->is_multipart(), owned->is_multipart()) << value;
    for (const auto& part : view->children()) {
      const auto e = part.nested_envelope();
      if (e) {
        EXPECT_EQ(e->to_owned(), *part.to_owned().nested_envelope) << value;
      }
    }
  }
  EXPECT_GT(read, 100U);
}

TEST(body_structure_view, types_are_words_without_case) {
  const auto text = row_text("BODY", "(\"Text\" \"pl\\\\ain\" NIL NIL NIL \"7BIT\" 5 1)");
  const auto row = cut(text);
  const auto view = body_structure_view::of(row);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->is("TEXT", "PL\\AIN"));
  EXPECT_TRUE(view->is("text", "*"));
  EXPECT_FALSE(view->is("text", "plain"));
  EXPECT_FALSE(view->is("image", "*"));
}

TEST(views, a_value_that_is_too_long_to_be_exact_is_read_all_the_same) {
  const std::string long_text(std::size_t{2} << 20U, 'x');
  const auto envelope_text = row_text("ENVELOPE", "(NIL \"" + long_text + "\" NIL NIL NIL NIL NIL NIL NIL NIL)");
  const auto e = envelope_view::of(cut(envelope_text));
  ASSERT_TRUE(e);
  EXPECT_EQ(e->subject().raw().size(), long_text.size());
  const auto body_text = row_text("BODY", "(\"TEXT\" \"PLAIN\" NIL NIL \"" + long_text + "\" \"7BIT\" 5 1)");
  const auto b = body_structure_view::of(cut(body_text));
  ASSERT_TRUE(b);
  EXPECT_EQ(b->description().raw().size(), long_text.size());
}

}  // namespace
}  // namespace imapxx
