#include <imapxx/command.hpp>
#include <imapxx/mime/message.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imapxx::inline v0::mime {
namespace {

using testing::ElementsAre;

const std::string sample =
    "Received: one\r\n"
    "Received: two\r\n"
    "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    "  folded\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n"
    "\r\n"
    "--b\r\n"
    "Content-Type: multipart/alternative; boundary=i\r\n"
    "\r\n"
    "--i\r\n"
    "Content-Type: text/plain; charset=iso-8859-1\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "=E9t=E9\r\n"
    "--i\r\n"
    "Content-Type: text/html\r\n"
    "\r\n"
    "<p>x</p>\r\n"
    "--i--\r\n"
    "--b\r\n"
    "Content-Type: application/pdf; name=\"a.pdf\"\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "Content-ID: <id@example.org>\r\n"
    "Content-Disposition: attachment; filename=\"../b.pdf\"\r\n"
    "\r\n"
    "JVBERg==\r\n"
    "--b\r\n"
    "Content-Type: message/rfc822\r\n"
    "\r\n"
    "Subject: inner\r\n"
    "\r\n"
    "inner text\r\n"
    "--b--\r\n";

std::vector<std::string> numbers(const std::vector<part>& parts) {
  std::vector<std::string> out;
  for (const auto& p : parts) out.push_back(p.number());
  return out;
}

TEST(message, headers_are_a_dictionary) {
  const message m(sample);
  const auto h = m.headers();
  EXPECT_EQ(h.size(), 4U);
  EXPECT_EQ(h["subject"],
            "Gr\xC3\xBC\xC3\x9F"
            "e  folded");
  EXPECT_EQ(m.subject(), h["SUBJECT"]);
  EXPECT_EQ(h.find("Subject")->raw(), " =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n  folded");
  EXPECT_THAT(h.get_all("received"), ElementsAre("one", "two"));
  EXPECT_EQ(h.get("Received"), "one");
  EXPECT_EQ(h.count("RECEIVED"), 2U);
  EXPECT_EQ(h.get("X-None"), std::nullopt);
  EXPECT_EQ(h["X-None"], "");
  EXPECT_FALSE(h.contains("X-None"));
  EXPECT_FALSE(h.find("X-None"));
  EXPECT_TRUE(h.get_all("X-None").empty());
  EXPECT_TRUE(h.raw().ends_with("boundary=b\r\n\r\n"));
  std::vector<std::string> names;
  for (const auto& field : m.headers()) names.emplace_back(field.name());
  EXPECT_THAT(names, ElementsAre("Received", "Received", "Subject", "Content-Type"));
}

TEST(message, walk_children_and_numbers) {
  const message m(sample);
  EXPECT_THAT(numbers(m.walk()), ElementsAre("", "1", "1.1", "1.2", "2", "3", "3.1"));
  EXPECT_THAT(numbers(m.root().children()), ElementsAre("1", "2", "3"));
  EXPECT_THAT(numbers(m.find("1")->walk()), ElementsAre("1", "1.1", "1.2"));
  EXPECT_TRUE(m.find("1.1")->children().empty());
  EXPECT_FALSE(m.find("4"));
  EXPECT_EQ(m.find("1.2")->depth(), 2U);
  EXPECT_TRUE(m.root().is_multipart());
  EXPECT_FALSE(m.find("2")->is_multipart());
}

TEST(message, content) {
  const message m(sample);
  const auto text = *m.find("1.1");
  EXPECT_EQ(text.text(), "\xC3\xA9t\xC3\xA9");
  EXPECT_EQ(text.content(), "\xE9t\xE9");
  EXPECT_EQ(text.raw_body(), "=E9t=E9");
  EXPECT_EQ(m.text(), text.text());
  EXPECT_EQ(m.root().text(), "");
  const auto pdf = *m.find("2");
  EXPECT_EQ(pdf.content(), "%PDF");
  EXPECT_EQ(pdf.content_id(), "id@example.org");
  EXPECT_EQ(pdf.encoding(), transfer_encoding::base64);
  EXPECT_EQ(pdf.raw_filename(), "../b.pdf");
  EXPECT_EQ(pdf.filename(), "b.pdf");
  EXPECT_EQ(text.filename(), "part-1.1.txt");
  EXPECT_EQ(text.raw_filename(), std::nullopt);
  EXPECT_EQ(text.disposition(), std::nullopt);
  EXPECT_TRUE(pdf.disposition()->is_attachment());
}

TEST(message, attachments_and_nested) {
  const message m(sample);
  EXPECT_THAT(numbers(m.attachments()), ElementsAre("2"));
  const auto nested = m.find("3")->message();
  ASSERT_TRUE(nested);
  EXPECT_EQ(nested->subject(), "inner");
  EXPECT_EQ(nested->text(), "inner text");
  EXPECT_EQ(nested->raw(), "Subject: inner\r\n\r\ninner text");
  EXPECT_EQ(m.find("3")->content(), nested->raw());
  EXPECT_FALSE(m.find("2")->message());
}

TEST(message, handles_outlive_the_message) {
  auto p = [] {
    const message m(sample);
    return m.find("2").value();
  }();
  EXPECT_EQ(p.content(), "%PDF");
  const auto h = message(sample).headers().find("Subject").value();
  EXPECT_EQ(h.name(), "Subject");
}

TEST(message, decode_in_pieces_and_to_a_sink) {
  std::string octets = "Content-Transfer-Encoding: base64\n\n";
  for (int i = 0; i < 100'000; ++i) octets += "Zm9v\n";
  const message m(octets);
  std::string all;
  std::size_t pieces = 0;
  EXPECT_TRUE(m.root().decode([&](std::string_view piece) {
    ++pieces;
    all.append(piece);
    return true;
  }));
  EXPECT_GT(pieces, 5U);
  EXPECT_EQ(all.size(), 300'000U);
  EXPECT_EQ(all, m.root().content());
  EXPECT_FALSE(m.root().decode([](std::string_view) { return false; }));
  std::string sunk;
  auto sink = sink_to([&sunk](const body_info&, std::string_view piece) {
    sunk.append(piece);
    return true;
  });
  EXPECT_TRUE(m.root().decode_to(*sink));
  EXPECT_EQ(sunk, all);
  auto refusing = sink_to([](const body_info&, std::string_view) { return false; });
  EXPECT_EQ(m.root().decode_to(*refusing).error().code(), errc::aborted_by_caller);
}

TEST(message, parser_takes_pieces_of_any_size) {
  message_parser p;
  for (const char c : sample) p.feed({&c, 1});
  const auto m = p.finish();
  EXPECT_EQ(m.raw(), sample);
  EXPECT_EQ(m.walk().size(), 7U);
  ASSERT_TRUE(p.begin(body_info()));
  ASSERT_TRUE(p.write("Subject: x\n"));
  ASSERT_TRUE(p.write("\ny"));
  ASSERT_TRUE(p.end(body_info()));
  EXPECT_EQ(p.finish().text(), "y");
}

// A non-delivery report (RFC 3462, RFC 3464): what comes behind the blocks is the returned message.
const char* const report =
    "Subject: failure\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    "--b\r\n\r\nIt did not arrive.\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
    "Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\r\n"
    "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: hello\r\n\r\nhi\r\n--b--\r\n";

TEST(message, walk_of_a_delivery_report) {
  const message m(report);
  std::vector<std::string> types;
  for (const auto& p : m.walk()) types.push_back(p.content_type().essence());
  EXPECT_THAT(types, ElementsAre("multipart/report", "text/plain", "message/delivery-status", "text/plain",
                                 "text/plain", "message/rfc822", "text/plain"));
  const auto status = *m.find("2");
  EXPECT_FALSE(status.is_multipart());
  EXPECT_FALSE(status.is_message());
  const auto blocks = status.children();
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].headers()["reporting-mta"], "dns; mx.example.org");
  EXPECT_EQ(blocks[1].headers()["STATUS"], "5.1.1");
  EXPECT_EQ(blocks[1].headers().size(), 3U);
  EXPECT_EQ(blocks[1].depth(), 2U);
  EXPECT_EQ(blocks[1].content(), "");
  // They have no number, and nothing finds them by one; the text is still there as a whole.
  EXPECT_EQ(blocks[1].number(), "");
  EXPECT_EQ(m.find("")->content_type().essence(), "multipart/report");
  EXPECT_FALSE(status.find("").has_value());
  EXPECT_EQ(m.find("3.1")->content(), "hi");
  EXPECT_TRUE(status.text().starts_with("Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient:"));
  EXPECT_TRUE(m.attachments().empty());
  EXPECT_EQ(m.root().best_text()->content(), "It did not arrive.");
  EXPECT_NE(readable_text(m).find("Status: 5.1.1"), std::string::npos);
}

TEST(message, delivery_reports_in_strange_shapes) {
  const auto blocks = [](const std::string& body, const char* encoding = "7bit") {
    const message m("Content-Type: message/delivery-status\nContent-Transfer-Encoding: " + std::string(encoding) +
                    "\n\n" + body);
    std::vector<std::string> out;
    for (const auto& p : m.root().children())
      out.push_back(std::string(p.raw_header()) + "|" + std::string(p.raw_body()));
    return out;
  };
  EXPECT_THAT(blocks(""), ElementsAre());
  EXPECT_THAT(blocks("\n\n\n"), ElementsAre());
  EXPECT_THAT(blocks("\n\nA: b\n\n\n\nC: d"), ElementsAre("A: b\n\n|", "C: d|"));
  EXPECT_THAT(blocks("A: b\nno field\nmore\n\nC: d\n"), ElementsAre("A: b\n|no field\nmore\n", "C: d\n|"));
  EXPECT_THAT(blocks("no field\n\nC: d\n"), ElementsAre("|no field\n", "C: d\n|"));
  EXPECT_THAT(blocks("QTogYgoKQzogZAo=", "base64"), ElementsAre("A: b\n\n|", "C: d\n|"));
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += "A: b\n\n";
  const message m("Content-Type: message/delivery-status\n\n" + many);
  EXPECT_TRUE(m.truncated());
  EXPECT_EQ(m.walk().size(), parts_max);
}

TEST(message, of_no_octets) {
  const message m;
  EXPECT_TRUE(m.headers().empty());
  EXPECT_EQ(m.text(), "");
  EXPECT_EQ(m.walk().size(), 1U);
  EXPECT_EQ(m.root().number(), "1");
  EXPECT_EQ(readable_text(m), "");
}

struct row {
  std::string header;
  bool attachment;
};
class attachment_table : public testing::TestWithParam<row> {};
TEST_P(attachment_table, decides) {
  EXPECT_EQ(message(GetParam().header + "\n\nx").root().is_attachment(), GetParam().attachment) << GetParam().header;
}
INSTANTIATE_TEST_SUITE_P(
    rules, attachment_table,
    testing::Values(row{"Content-Type: text/plain", false}, row{"Content-Type: text/plain; name=x", true},
                    row{"Content-Disposition: attachment", true}, row{"Content-Disposition: ATTACHMENT; x=y", true},
                    row{"Content-Disposition: x-new", true}, row{"Content-Disposition: inline", false},
                    row{"Content-Disposition: inline; filename=x", true}, row{"Content-Type: image/png", true},
                    row{"Content-Type: image/png\nContent-Disposition: inline", true},
                    row{"Content-Type: message/rfc822", false},
                    row{"Content-Type: message/rfc822\nContent-Disposition: attachment", true},
                    row{"Content-Type: message/delivery-status", false},
                    row{"Content-Type: multipart/mixed; name=x; boundary=b\nContent-Disposition: attachment", false}));

TEST(message, unnamed_parts_of_related_belong_to_the_text) {
  const message m(
      "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\nx\n--b\nContent-Type: "
      "image/png\n\ny\n"
      "--b\nContent-Type: image/png; name=z.png\n\nz\n--b--\n");
  EXPECT_THAT(numbers(m.attachments()), ElementsAre("3"));
}

TEST(message, best_text_prefers_plain_and_skips_attachments) {
  const message m(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment\n\nno\n--b\nContent-Type: "
      "text/html\n\nhtml\n"
      "--b\n\nplain\n--b--\n");
  EXPECT_EQ(m.root().best_text()->number(), "3");
  EXPECT_EQ(message("Content-Type: text/html\n\nx").root().best_text()->number(), "1");
  EXPECT_FALSE(message("Content-Type: image/png\n\nx").root().best_text());
}

}  // namespace
}  // namespace imapxx::inline v0::mime
