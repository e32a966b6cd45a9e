// What the generator put in comes out exactly.
#include <imapxx/mime.hpp>

#include "mime/charset.hpp"
#include "support/mime_generator.hpp"

#include <gtest/gtest.h>

#include <random>

namespace imapxx::inline v0::mime {
namespace {

void compare(const made_part& want, const part& got) {
  ASSERT_EQ(got.content_type().essence(), want.type);
  const auto children = got.children();
  ASSERT_EQ(children.size(), want.children.size());
  ASSERT_EQ(got.raw_filename().value_or(""), want.filename);
  if (!want.subject.empty()) {
    ASSERT_EQ(got.headers()["subject"], want.subject);
  }
  if (want.children.empty()) {
    ASSERT_EQ(got.content(), want.content);
  }
  if (want.is_text) {
    ASSERT_EQ(got.text(), want.text);
  }
  for (std::size_t i = 0; i < children.size(); ++i) {
    ASSERT_NO_FATAL_FAILURE(compare(want.children[i], children[i]));
  }
}

TEST(generated, a_thousand_messages) {
  std::size_t parts = 0;
  std::size_t nested = 0;
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    generator make(seed);
    const auto made = make.next();
    const message m(made.octets);
    ASSERT_NO_FATAL_FAILURE(compare(made.root, m.root())) << "seed " << seed << "\n" << made.octets;
    ASSERT_EQ(m.raw(), made.octets);
    ASSERT_FALSE(m.truncated());
    for (const auto& p : m.walk()) {
      ++parts;
      nested += p.is_message() ? 1U : 0U;
    }
  }
  // So that a generator gone lame is noticed.
  EXPECT_GT(parts, 3000U);
  EXPECT_GT(nested, 200U);
}

TEST(generated, pieces_make_no_difference) {
  std::mt19937 random(1);
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    generator make(seed);
    const auto made = make.next();
    message_parser parser;
    for (std::string_view rest = made.octets; !rest.empty();) {
      const auto n = std::min<std::size_t>(rest.size(), 1 + random() % 50);
      parser.feed(rest.substr(0, n));
      rest.remove_prefix(n);
    }
    ASSERT_NO_FATAL_FAILURE(compare(made.root, parser.finish().root()));
    for (const auto& p : message(made.octets).walk()) {
      std::string decoded;
      transfer_decoder decoder(p.is_multipart() ? transfer_encoding::identity : p.encoding());
      for (auto rest = p.raw_body(); !rest.empty();) {
        const auto n = std::min<std::size_t>(rest.size(), 1 + random() % 9);
        decoder.feed(rest.substr(0, n), decoded);
        rest.remove_prefix(n);
      }
      decoder.finish(decoded);
      ASSERT_EQ(decoded, p.content());
    }
  }
}

// Every damaged message gives some view, each part lies within the message, and every answer is UTF-8 or octets of it.
TEST(generated, damaged_messages_give_a_view) {
  std::mt19937 random(2);
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    generator make(seed);
    auto octets = make.next().octets;
    for (auto hits = 1 + random() % 20; hits > 0; --hits) {
      const auto at = random() % octets.size();
      switch (random() % 4) {
        case 0: octets[at] = static_cast<char>(random()); break;
        case 1: octets.erase(at, 1 + random() % 40); break;
        case 2: octets.insert(at, octets.substr(random() % octets.size(), random() % 100)); break;
        default: octets.insert(at, 1, "\0\r\n\"-=;?"[random() % 8]); break;
      }
      if (octets.empty()) octets = "x";
    }
    const message m(octets);
    for (const auto& p : m.walk()) {
      ASSERT_LE(p.raw_header().size() + p.raw_body().size(), p.raw().size());
      ASSERT_FALSE(p.filename().empty());
      ASSERT_EQ(scrub_utf8(p.text()), p.text());
      for (const auto& h : p.headers()) ASSERT_EQ(scrub_utf8(h.text()), h.text());
    }
    ASSERT_EQ(scrub_utf8(readable_text(m)), readable_text(m));
  }
}

}  // namespace
}  // namespace imapxx::inline v0::mime
