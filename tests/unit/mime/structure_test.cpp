#include <imapxx/mime/message.hpp>
#include <imapxx/mime/structure.hpp>
#include <imapxx/model/envelope.hpp>

#include "mime/parameters.hpp"
#include "support/mime_generator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imapxx::inline v0::mime {
namespace {

using testing::ElementsAre;

body_structure leaf(std::string type, std::string subtype) {
  body_structure out;
  out.type = std::move(type);
  out.subtype = std::move(subtype);
  return out;
}

body_parameters raw_parameters(const parameterised& field) {
  body_parameters out;
  out.items = field.items;
  return out;
}

// What a server would send for `p`.
body_structure structure_of(const part& p) {
  auto out = leaf(p.content_type().type(), p.content_type().subtype());
  if (const auto h = p.headers().find("Content-Type")) out.parameters = raw_parameters(read_parameterised(h->raw()));
  if (const auto h = p.headers().find("Content-Disposition")) {
    const auto field = read_parameterised(h->raw());
    out.disposition = body_disposition{field.value, raw_parameters(field)};
  }
  if (p.is_message()) out.nested_envelope = std::make_unique<envelope>();
  for (const auto& child : p.children()) out.children.push_back(structure_of(child));
  return out;
}

std::vector<std::string> numbers(const std::vector<body_part>& parts) {
  std::vector<std::string> out;
  for (const auto& p : parts) out.push_back(p.number);
  return out;
}
std::vector<std::string> numbers(const std::vector<part>& parts) {
  std::vector<std::string> out;
  for (const auto& p : parts) out.push_back(p.number());
  return out;
}

body_structure mixed() {
  auto root = leaf("MULTIPART", "MIXED");
  root.children.push_back(leaf("TEXT", "HTML"));
  auto pdf = leaf("APPLICATION", "PDF");
  pdf.parameters.items = {{"NAME", "=?utf-8?q?=C3=A9?=.pdf"}};
  pdf.disposition = body_disposition{"ATTACHMENT", {}};
  pdf.disposition->parameters.items = {{"FILENAME*0*", "utf-8''..%2F%e2%82"}, {"filename*1*", "%ac.pdf"}};
  root.children.push_back(pdf);
  auto text = leaf("text", "plain");
  text.disposition = body_disposition{"inline", {}};
  root.children.push_back(text);
  return root;
}

TEST(structure, names_are_decoded_and_cleaned) {
  const auto root = mixed();
  EXPECT_EQ(raw_filename(root.children[1]), "../\xE2\x82\xAC.pdf");
  EXPECT_EQ(filename(root.children[1], "2"), "\xE2\x82\xAC.pdf");
  EXPECT_EQ(raw_filename(root.children[0]), std::nullopt);
  EXPECT_EQ(filename(root.children[0], "1"), "part-1.html");
  EXPECT_EQ(type_of(root.children[1]).parameter("name"), "\xC3\xA9.pdf");
}

TEST(structure, attachments_and_best_text) {
  const auto root = mixed();
  EXPECT_THAT(numbers(attachments(root)), ElementsAre("2"));
  EXPECT_EQ(attachments(root)[0].part, root.find("2"));
  EXPECT_EQ(filename(attachments(root)[0]), "\xE2\x82\xAC.pdf");
  EXPECT_EQ(best_text(root)->number, "3");
  EXPECT_TRUE(is_attachment(root.children[1]));
  EXPECT_FALSE(is_attachment(root.children[2]));
  EXPECT_EQ(best_text(leaf("text", "html"))->number, "1");
  EXPECT_FALSE(best_text(leaf("image", "png")));
  EXPECT_THAT(numbers(attachments(leaf("image", "png"))), ElementsAre("1"));
}

TEST(structure, nothing_inside_an_attached_message_is_listed) {
  auto root = leaf("multipart", "mixed");
  auto nested = leaf("message", "rfc822");
  nested.nested_envelope = std::make_unique<envelope>();
  nested.children.push_back(leaf("image", "png"));
  root.children.push_back(nested);
  EXPECT_THAT(numbers(attachments(root)), ElementsAre("1.1"));
  root.children[0].disposition = body_disposition{"attachment", {}};
  EXPECT_THAT(numbers(attachments(root)), ElementsAre("1"));
}

// A message and its BODYSTRUCTURE answer alike.
TEST(structure, agrees_with_the_message_on_generated_messages) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    generator make(seed);
    const auto made = make.next();
    const message m(made.octets);
    const auto root = structure_of(m.root());
    ASSERT_EQ(numbers(walk(root)), numbers(m.walk())) << made.octets;
    ASSERT_EQ(numbers(attachments(root)), numbers(m.attachments())) << made.octets;
    const auto a = best_text(root);
    const auto b = m.root().best_text();
    ASSERT_EQ(a.has_value(), b.has_value()) << made.octets;
    ASSERT_EQ(a ? a->number : "", b ? b->number() : "");
    for (const auto& p : m.walk()) {
      const auto* same = root.find(p.number());
      if (p.number().ends_with("TEXT")) continue;  // a section of FETCH, but no part of its own for `find`
      ASSERT_NE(same, nullptr) << p.number();
      ASSERT_TRUE(same->is(p.content_type().type(), p.content_type().subtype()));
      ASSERT_EQ(filename(*same, p.number()), p.filename());
    }
  }
}

}  // namespace
}  // namespace imapxx::inline v0::mime
