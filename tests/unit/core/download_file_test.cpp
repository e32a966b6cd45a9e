// What a download leaves on the disk, and what the next one makes of it.
#include "core/download_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace imapxx::core {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t every = 64U << 10U;

class download_file_test : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "imapxx-download-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    dir_ = name;
  }
  void TearDown() override { fs::remove_all(dir_); }

  [[nodiscard]] std::string at(const std::string& name) const { return (dir_ / name).string(); }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(at(name), std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
  }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(at(name), std::ios::binary | std::ios::trunc) << text;
  }
  [[nodiscard]] download_file::settings settings() const {
    download_file::settings s;
    s.name = at("m.eml");
    s.journal_octets = every;
    return s;
  }
  static download_journal body() {
    download_journal j;
    j.uidvalidity = 7;
    j.uid = 5;
    j.mailbox = "INBOX";
    j.section = "BODY[]";
    j.length = 200'000;
    return j;
  }
  /// Writes so much, and stops as a killed process does, but for the entry that a destructor writes.
  void interrupted(std::size_t octets) {
    download_file f(settings());
    ASSERT_TRUE(f.open(body()));
    for (std::size_t i = 0; i < octets; i += 1000)
      ASSERT_TRUE(f.write(std::string(1000, static_cast<char>('a' + i % 7))));
    killed_journal_ = read("m.eml.journal");
  }
  fs::path dir_;
  std::string killed_journal_;
};

TEST_F(download_file_test, gives_the_name_only_to_the_whole) {
  {
    download_file f(settings());
    ASSERT_TRUE(f.open(body()));
    ASSERT_TRUE(f.write("abc"));
    EXPECT_FALSE(fs::exists(at("m.eml")));
    EXPECT_TRUE(fs::exists(at("m.eml.part")));
    ASSERT_TRUE(f.finish());
  }
  EXPECT_EQ(read("m.eml"), "abc");
  struct stat facts{};
  ASSERT_EQ(::stat(at("m.eml").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_), fs::directory_iterator()), 1);
}

TEST_F(download_file_test, goes_on_after_an_interruption) {
  interrupted(150'000);
  EXPECT_FALSE(killed_journal_.empty());
  {
    download_file f(settings());
    ASSERT_TRUE(f.open(body()));
    EXPECT_EQ(f.offset(), 150'000U);
    EXPECT_EQ(f.restarted(), download_restart::none);
    ASSERT_TRUE(f.write("the end"));
    ASSERT_TRUE(f.finish());
  }
  EXPECT_EQ(read("m.eml").size(), 150'007U);
  EXPECT_FALSE(fs::exists(at("m.eml.journal")));
}

TEST_F(download_file_test, goes_on_after_kill_with_at_most_one_interval_lost) {
  interrupted(150'000);
  put("m.eml.journal", killed_journal_);  // as it was before the destructor
  download_file f(settings());
  ASSERT_TRUE(f.open(body()));
  EXPECT_EQ(f.restarted(), download_restart::none);
  EXPECT_GE(f.offset() + every, 150'000U);
  EXPECT_LE(f.offset(), 150'000U);
}

TEST_F(download_file_test, starts_anew_when_the_mailbox_or_the_message_is_another) {
  const auto restarted_for = [this](const std::function<void(download_journal&)>& change) {
    interrupted(100'000);
    auto other = body();
    change(other);
    download_file f(settings());
    EXPECT_TRUE(f.open(other));
    EXPECT_EQ(f.offset(), 0U);
    EXPECT_EQ(read("m.eml.part").size(), 0U);
    EXPECT_FALSE(fs::exists(at("m.eml.journal")));
    return f.restarted();
  };
  EXPECT_EQ(restarted_for([](auto& j) { j.uidvalidity = 8; }), download_restart::uidvalidity);
  EXPECT_EQ(restarted_for([](auto& j) { j.uid = 6; }), download_restart::other_body);
  EXPECT_EQ(restarted_for([](auto& j) { j.mailbox = "Sent"; }), download_restart::other_body);
  EXPECT_EQ(restarted_for([](auto& j) { j.section = "BODY[1]"; }), download_restart::other_body);
  EXPECT_EQ(restarted_for([](auto& j) { j.length = 1; }), download_restart::length);
  EXPECT_EQ(restarted_for([](auto& j) { j.uidvalidity = 0; }), download_restart::unreadable);
}

TEST_F(download_file_test, starts_anew_when_the_part_is_not_what_the_journal_says) {
  const auto restarted_after = [this](const std::function<void()>& damage) {
    interrupted(100'000);
    damage();
    download_file f(settings());
    EXPECT_TRUE(f.open(body()));
    EXPECT_EQ(f.offset(), 0U);
    return f.restarted();
  };
  EXPECT_EQ(restarted_after([this] {
              auto text = read("m.eml.part");
              text[50'000] = '?';
              put("m.eml.part", text);
            }),
            download_restart::content);
  EXPECT_EQ(restarted_after([this] { put("m.eml.part", "short"); }), download_restart::content);
  EXPECT_EQ(restarted_after([this] { fs::remove(at("m.eml.journal")); }), download_restart::unreadable);
  EXPECT_EQ(restarted_after([this] { put("m.eml.journal", "nonsense"); }), download_restart::unreadable);
  EXPECT_EQ(restarted_after([this] {
              auto text = read("m.eml.journal");
              put("m.eml.journal", text.substr(0, text.size() / 2));
            }),
            download_restart::unreadable);
}

TEST_F(download_file_test, octets_behind_the_journal_are_no_harm) {
  interrupted(100'000);
  put("m.eml.part", read("m.eml.part") + "written, but never counted");
  download_file f(settings());
  ASSERT_TRUE(f.open(body()));
  EXPECT_EQ(f.offset(), 100'000U);
  EXPECT_EQ(read("m.eml.part").size(), 100'000U);
}

TEST_F(download_file_test, replaces_only_on_demand) {
  put("m.eml", "mine");
  {
    download_file f(settings());
    const auto opened = f.open(body());
    EXPECT_EQ(opened.error().system_error(), EEXIST);
  }
  EXPECT_FALSE(fs::exists(at("m.eml.part")));
  auto s = settings();
  s.replaces = true;
  download_file f(s);
  ASSERT_TRUE(f.open(body()));
  ASSERT_TRUE(f.write("new"));
  EXPECT_EQ(read("m.eml"), "mine");
  ASSERT_TRUE(f.finish());
  EXPECT_EQ(read("m.eml"), "new");
}

TEST_F(download_file_test, a_name_taken_meanwhile_is_not_replaced_and_the_part_stays) {
  {
    download_file f(settings());
    ASSERT_TRUE(f.open(body()));
    ASSERT_TRUE(f.write("abc"));
    put("m.eml", "mine");
    EXPECT_EQ(f.finish().error().system_error(), EEXIST);
  }
  EXPECT_EQ(read("m.eml"), "mine");
  EXPECT_EQ(read("m.eml.part"), "abc");
}

TEST_F(download_file_test, follows_no_links_and_makes_no_way_out) {
  put("elsewhere", "precious");
  fs::create_symlink(at("elsewhere"), at("m.eml.part"));
  {
    download_file f(settings());
    EXPECT_EQ(f.open(body()).error().code(), errc::io);
  }
  EXPECT_EQ(read("elsewhere"), "precious");
  for (const char* name : {"", ".", "..", "a/b", "../x"}) {
    auto s = settings();
    s.directory = 0;
    s.name = name;
    download_file f(s);
    EXPECT_EQ(f.open(body()).error().code(), errc::invalid_argument) << name;
  }
}

TEST_F(download_file_test, one_at_a_time) {
  download_file first(settings());
  ASSERT_TRUE(first.open(body()));
  ASSERT_TRUE(first.write("abc"));
  {
    download_file second(settings());
    EXPECT_EQ(second.open(body()).error().system_error(), EWOULDBLOCK);
  }
  EXPECT_EQ(read("m.eml.part"), "abc");
  ASSERT_TRUE(first.finish());
}

TEST(download_journal, is_read_as_it_is_written) {
  download_journal j;
  j.uidvalidity = 4'294'967'295U;
  j.uid = 1;
  j.mailbox =
      "Gr\xc3\xbc\xc3\x9f"
      "e 100%\n/..";
  j.section = "BODY[1.HEADER.FIELDS (SUBJECT)]";
  j.offset = 12'345'678'901U;
  j.sha256 = std::string(64, 'a');
  for (const bool known : {false, true}) {
    if (known) j.length = 99;
    const auto text = j.to_string();
    const auto again = download_journal::parse(text);
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(*again, j);
    for (std::size_t cut = 0; cut < text.size(); ++cut) EXPECT_FALSE(download_journal::parse(text.substr(0, cut)));
    EXPECT_FALSE(download_journal::parse(text + "x"));
  }
}

}  // namespace
}  // namespace imapxx::core
