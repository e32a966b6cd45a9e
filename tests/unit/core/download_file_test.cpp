// What a download leaves on the disk, and what the next one makes of it.
#include "core/download_file.hpp"

#include "support/temporary_directory.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace imapxx::core {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t every = 64U << 10U;

class download_file_test : public testing::Test {
 protected:
  [[nodiscard]] std::string at(const std::string& name) const { return dir_.at(name); }
  [[nodiscard]] std::string read(const std::string& name) const { return dir_.read(name); }
  void put(const std::string& name, const std::string& text) const { dir_.put(name, text); }
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
  test::temporary_directory dir_;
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
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_.path()), fs::directory_iterator()), 1);
}

TEST_F(download_file_test, the_journal_goes_when_the_whole_has_its_name) {
  download_file f(settings());
  ASSERT_TRUE(f.open(body()));
  ASSERT_TRUE(f.write(std::string(2 * every, 'a')));
  EXPECT_TRUE(fs::exists(at("m.eml.journal")));
  ASSERT_TRUE(f.finish());
  EXPECT_FALSE(fs::exists(at("m.eml.journal")));
  EXPECT_EQ(read("m.eml").size(), 2 * every);
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

TEST_F(download_file_test, announced_another_length_it_starts_anew) {
  interrupted(100'000);
  {
    download_file f(settings());
    ASSERT_TRUE(f.open(body()));
    ASSERT_EQ(f.offset(), 100'000U);
    const auto same = f.announced(200'000);
    ASSERT_TRUE(same);
    EXPECT_FALSE(*same);
    EXPECT_EQ(f.offset(), 100'000U);
    const auto other = f.announced(300'000);
    ASSERT_TRUE(other);
    EXPECT_TRUE(*other);
    EXPECT_EQ(f.offset(), 0U);
    EXPECT_EQ(f.restarted(), download_restart::length);
    EXPECT_EQ(f.length(), 300'000U);
    EXPECT_EQ(read("m.eml.part"), "");
    ASSERT_TRUE(f.write("abc"));  // the hash begins anew as well
  }
  download_file f(settings());
  auto b = body();
  b.length = 300'000;
  ASSERT_TRUE(f.open(b));
  EXPECT_EQ(f.offset(), 3U);
  EXPECT_EQ(f.restarted(), download_restart::none);
}

TEST_F(download_file_test, a_length_that_nobody_knew_is_no_reason) {
  interrupted(100'000);
  auto unknown = body();
  unknown.length.reset();
  {
    download_file f(settings());
    ASSERT_TRUE(f.open(unknown));
    EXPECT_EQ(f.offset(), 100'000U);
    EXPECT_EQ(f.length(), 200'000U);  // the journal knew it
  }
  download_file fresh(settings());
  fs::remove(at("m.eml.part"));
  fs::remove(at("m.eml.journal"));
  ASSERT_TRUE(fresh.open(unknown));
  EXPECT_FALSE(fresh.length());
  const auto told = fresh.announced(5);
  ASSERT_TRUE(told);
  EXPECT_FALSE(*told);
  EXPECT_EQ(fresh.length(), 5U);
}

TEST_F(download_file_test, without_uidvalidity_no_journal_is_kept) {
  auto b = body();
  b.uidvalidity = 0;
  {
    download_file f(settings());
    ASSERT_TRUE(f.open(b));
    ASSERT_TRUE(f.write(std::string(2 * every, 'a')));
  }
  EXPECT_FALSE(fs::exists(at("m.eml.journal")));
  download_file f(settings());
  ASSERT_TRUE(f.open(b));
  EXPECT_EQ(f.offset(), 0U);
  EXPECT_EQ(f.restarted(), download_restart::unreadable);
}

TEST_F(download_file_test, keeps_its_promises_with_sync_too) {
  auto s = settings();
  s.syncs = true;
  download_file f(s);
  ASSERT_TRUE(f.open(body()));
  ASSERT_TRUE(f.write("abc"));
  ASSERT_TRUE(f.finish());
  EXPECT_EQ(read("m.eml"), "abc");
}

TEST_F(download_file_test, what_stands_in_the_way_is_an_error_that_leaves_it) {
  const auto open_error = [this] {
    download_file f(settings());
    const auto ok = f.open(body());
    EXPECT_EQ(ok.error().code(), errc::io);
    EXPECT_FALSE(ok.error().is_fatal());  // the connection is as good as before
    return ok.error().system_error();
  };
  fs::create_directory(at("m.eml.part"));
  EXPECT_EQ(open_error(), EISDIR);
  fs::remove(at("m.eml.part"));
  ASSERT_EQ(::mkfifo(at("m.eml.part").c_str(), 0600), 0);
  EXPECT_EQ(open_error(), EINVAL);
  fs::remove(at("m.eml.part"));
  fs::create_symlink("nowhere", at("m.eml.journal"));
  EXPECT_EQ(open_error(), ELOOP);
  fs::remove(at("m.eml.journal"));
  fs::create_directory(at("m.eml.journal"));
  EXPECT_NE(open_error(), 0);
  EXPECT_TRUE(fs::is_directory(at("m.eml.journal")));
  fs::remove(at("m.eml.journal"));
  auto s = settings();
  s.name = at("none/m.eml");
  download_file f(s);
  EXPECT_EQ(f.open(body()).error().system_error(), ENOENT);
}

TEST_F(download_file_test, a_directory_in_place_of_the_file_is_not_replaced) {
  fs::create_directory(at("m.eml"));
  auto s = settings();
  s.replaces = true;
  {
    download_file f(s);
    ASSERT_TRUE(f.open(body()));
    ASSERT_TRUE(f.write("abc"));
    EXPECT_EQ(f.finish().error().system_error(), EISDIR);
  }
  EXPECT_TRUE(fs::is_directory(at("m.eml")));
  EXPECT_EQ(read("m.eml.part"), "abc");
}

TEST_F(download_file_test, a_journal_that_cannot_be_written_ends_it) {
  download_file f(settings());
  ASSERT_TRUE(f.open(body()));
  fs::create_directory(at("m.eml.journal"));  // a rename does not replace it
  const auto ok = f.write(std::string(2 * every, 'a'));
  EXPECT_EQ(ok.error().code(), errc::io);
  EXPECT_EQ(ok.error().system_error(), EISDIR);
}

TEST_F(download_file_test, a_new_journal_that_cannot_be_made_ends_it) {
  download_file f(settings());
  ASSERT_TRUE(f.open(body()));
  fs::create_directory(at("m.eml.journal.new"));
  const auto ok = f.write(std::string(2 * every, 'a'));
  EXPECT_EQ(ok.error().code(), errc::io);
  EXPECT_EQ(ok.error().system_error(), EEXIST);
}

TEST_F(download_file_test, in_a_directory_that_the_caller_has_open) {
  const owned_fd directory(::open(dir_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  auto s = settings();
  s.directory = directory.get();
  s.name = "m.eml";
  download_file f(s);
  ASSERT_TRUE(f.open(body()));
  ASSERT_TRUE(f.write("abc"));
  ASSERT_TRUE(f.finish());
  EXPECT_EQ(read("m.eml"), "abc");
  s.directory = 1'000'000;  // none
  download_file none(s);
  EXPECT_EQ(none.open(body()).error().system_error(), EBADF);
}

TEST_F(download_file_test, in_the_root_directory_and_in_the_present_one) {
  auto s = settings();
  s.name = "/etc";
  download_file root(s);
  EXPECT_EQ(root.open(body()).error().system_error(), EEXIST);  // looked for in "/"
  const auto before = fs::current_path();
  fs::current_path(dir_.path());
  s.name = "m.eml";
  {
    download_file f(s);
    EXPECT_TRUE(f.open(body()));
    EXPECT_TRUE(f.write("abc"));
    EXPECT_TRUE(f.finish());
  }
  fs::current_path(before);
  EXPECT_EQ(read("m.eml"), "abc");
}

TEST_F(download_file_test, what_a_full_disk_did_not_take_is_not_in_the_journal) {
  {
    const test::file_size_limit full(100'000);
    download_file f(settings());
    ASSERT_TRUE(f.open(body()));
    ASSERT_TRUE(f.write(std::string(90'000, 'a')));
    const auto more = f.write(std::string(20'000, 'b'));
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().system_error(), EFBIG);
  }
  download_file f(settings());
  ASSERT_TRUE(f.open(body()));
  EXPECT_EQ(f.restarted(), download_restart::none);
  EXPECT_EQ(f.offset(), 90'000U);
}

TEST_F(download_file_test, a_body_whose_length_is_not_known_is_continued_too) {
  auto unknown = body();
  unknown.length.reset();
  {
    download_file f(settings());
    ASSERT_TRUE(f.open(unknown));
    ASSERT_TRUE(f.write(std::string(100'000, 'a')));
  }
  for (const auto& again : {unknown, body()}) {
    download_file f(settings());
    ASSERT_TRUE(f.open(again));
    EXPECT_EQ(f.restarted(), download_restart::none);
    EXPECT_EQ(f.offset(), 100'000U);
  }
}

TEST_F(download_file_test, a_length_that_is_announced_before_anything_came_changes_nothing) {
  download_file f(settings());
  ASSERT_TRUE(f.open(body()));
  const auto emptied = f.announced(5);
  ASSERT_TRUE(emptied);
  EXPECT_FALSE(*emptied);
  EXPECT_EQ(f.length(), 5U);
}

TEST(download_journal, what_is_not_written_so_is_not_read) {
  download_journal j;
  j.uidvalidity = 7;
  j.uid = 5;
  j.mailbox = "a%b";
  j.section = "BODY[]";
  j.length = 99;
  j.offset = 12;
  j.sha256 = std::string(64, 'a');
  const auto text = j.to_string();
  ASSERT_TRUE(download_journal::parse(text));
  const std::pair<std::string, std::string> rows[] = {
      {"journal 1\n", "journal 2\n"},
      {"journal 1\n", "journal 1 \n"},
      {"uidvalidity 7", "uidvalidity x"},
      {"uidvalidity 7", "uidvalidity 7x"},
      {"uidvalidity 7", "uidvalidity 4294967296"},
      {"uidvalidity 7", "uidvalidity7"},
      {"uid 5", "uid"},
      {"uid 5", "uid -5"},
      {"a%25b", "a%2"},
      {"a%25b", "a%2xb"},
      {"a%25b", "a%xxb"},
      {"a%25b", "a%"},
      {"length 99", "length +"},
      {"length 99", "length 99999999999999999999"},
      {"offset 12", "offset 1.2"},
      {"sha256 aaaa", "sha256 aaa"},
      {"sha256 aaaa", "sha256 aaaaa"},
      {"sha256 aaaa", "sha256 Aaaa"},
      {"sha256 aaaa", "sha256 :aaa"},
      {"sha256 aaaa", "sha256 gaaa"},
      {"sha256 aaaa", "sha256 /aaa"},
      {"end\n", "end"},
  };
  for (const auto& [from, to] : rows) {
    auto bad = text;
    const auto at = bad.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    bad.replace(at, from.size(), to);
    const auto parsed = download_journal::parse(bad);
    EXPECT_FALSE(parsed) << to;
    EXPECT_EQ(parsed.error().code(), errc::unparsed) << to;
  }
}

TEST(download_restart, each_reason_has_words_of_its_own) {
  std::set<std::string> words;
  for (const auto r : {download_restart::none, download_restart::unreadable, download_restart::uidvalidity,
                       download_restart::other_body, download_restart::length, download_restart::content})
    words.emplace(to_string(r));
  EXPECT_EQ(words.size(), 6U);
  EXPECT_EQ(to_string(static_cast<download_restart>(99)), "unknown");
}

}  // namespace
}  // namespace imapxx::core
