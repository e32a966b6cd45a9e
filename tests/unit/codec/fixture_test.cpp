// Every response of tests/fixtures, read whole, octet by octet and cut at every place, gives the values written by hand
// beside it.
#include "support/fixture.hpp"

#include <imapxx/response.hpp>

#include "support/codec/dump.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

using imapxx::test::fixture;
using imapxx::test::fixture_block;

class replay {
 public:
  explicit replay(bool utf8) : reader_(imapxx::limits(), options(utf8)) {}

  void feed(std::string_view bytes) {
    reader_.feed(bytes);
    imapxx::response r;
    while (true) {
      const auto status = reader_.next(r);
      if (status == imapxx::read_status::incomplete) return;
      if (status == imapxx::read_status::invalid) {
        if (!invalid_) seen_.push_back("invalid " + std::string(imapxx::to_string(reader_.failure().code())));
        invalid_ = true;
        return;
      }
      seen_.push_back(imapxx::test::dump(r));
    }
  }
  [[nodiscard]] std::vector<std::string> finish() {
    if (!invalid_ && !reader_.at_boundary()) seen_.push_back("incomplete");
    return std::move(seen_);
  }

 private:
  static imapxx::parse_options options(bool utf8) {
    imapxx::parse_options o;
    o.utf8 = utf8;
    return o;
  }
  imapxx::response_reader reader_;
  std::vector<std::string> seen_;
  bool invalid_ = false;
};

std::vector<std::string> counted() {
  std::vector<std::string> out;
  for (const auto& c : imapxx::leniency()) out.push_back(std::string(c.quirk) + ":" + std::to_string(c.count));
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> all_fixtures() {
  std::vector<std::string> out;
  for (const char* directory : {"rfc3501", "rfc9051", "extensions", "quirks", "seeds"}) {
    const auto some = imapxx::test::list_fixtures(directory);
    out.insert(out.end(), some.begin(), some.end());
  }
  return out;
}

class fixtures : public testing::TestWithParam<std::string> {
 protected:
  fixture file_ = imapxx::test::load_fixture(GetParam());
  [[nodiscard]] std::string at(const fixture_block& b) const { return file_.path + ":" + std::to_string(b.line); }
};

TEST_P(fixtures, whole) {
  for (const auto& b : file_.blocks) {
    imapxx::reset_leniency();
    replay r(file_.utf8);
    r.feed(b.bytes);
    EXPECT_EQ(r.finish(), b.expected) << at(b);
    EXPECT_EQ(counted(), b.leniencies) << at(b);
  }
}

TEST_P(fixtures, octet_by_octet) {
  for (const auto& b : file_.blocks) {
    replay r(file_.utf8);
    for (const char c : b.bytes) r.feed({&c, 1});
    EXPECT_EQ(r.finish(), b.expected) << at(b);
  }
}

TEST_P(fixtures, cut_at_every_place) {
  for (const auto& b : file_.blocks) {
    for (std::size_t cut = 1; cut < b.bytes.size(); ++cut) {
      replay r(file_.utf8);
      r.feed(std::string_view(b.bytes).substr(0, cut));
      r.feed(std::string_view(b.bytes).substr(cut));
      ASSERT_EQ(r.finish(), b.expected) << at(b) << " cut at " << cut;
    }
  }
}

TEST_P(fixtures, in_one_stream) {
  replay r(file_.utf8);
  std::vector<std::string> expected;
  for (const auto& b : file_.blocks) {
    expected.insert(expected.end(), b.expected.begin(), b.expected.end());
    const bool ends_the_stream =
        !b.expected.empty() && (b.expected.back() == "incomplete" || b.expected.back().substr(0, 7) == "invalid");
    r.feed(b.bytes);
    if (ends_the_stream) break;
  }
  EXPECT_EQ(r.finish(), expected);
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(0, info.param.size() - 4);
  std::replace_if(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(all, fixtures, testing::ValuesIn(all_fixtures()), test_name);

// No example of the standards is unknown or malformed; the one experiment in them is.
TEST(fixtures, rfc_examples_are_all_understood) {
  for (const char* path : {"rfc3501/examples.txt", "rfc9051/examples.txt"}) {
    const auto file = imapxx::test::load_fixture(path);
    EXPECT_GT(file.blocks.size(), 150U);
    for (const auto& b : file.blocks) {
      for (const auto& e : b.expected) {
        EXPECT_EQ(e.find("unparsed"), std::string::npos) << e;
        EXPECT_TRUE(e.substr(0, 7) != "unknown" || e.substr(8, 10) == "XPIG-LATIN") << e;
      }
    }
  }
}

}  // namespace
