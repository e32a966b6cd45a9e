#include "mime/naming.hpp"

#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace imapxx::inline v0::mime {
namespace {

using namespace std::string_literals;

struct row {
  std::string name;
  std::string want;
};
class safe_filename_table : public testing::TestWithParam<row> {};
TEST_P(safe_filename_table, gives) {
  EXPECT_EQ(safe_filename(GetParam().name, "x.bin"), GetParam().want) << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(names, safe_filename_table,
                         testing::Values(row{"report.pdf", "report.pdf"}, row{"My report (1).pdf", "My report (1).pdf"},
                                         row{"\xC3\xA9t\xC3\xA9.txt", "\xC3\xA9t\xC3\xA9.txt"}, row{"a b  c", "a b  c"},
                                         row{"archive.tar.gz", "archive.tar.gz"}));

INSTANTIATE_TEST_SUITE_P(
    attacks, safe_filename_table,
    testing::Values(row{"", "x.bin"}, row{".", "x.bin"}, row{"..", "x.bin"}, row{"/", "x.bin"}, row{"...", "x.bin"},
                    row{"../../etc/passwd", "passwd"}, row{"..\\..\\boot.ini", "boot.ini"}, row{"/etc/cron.d/x", "x"},
                    row{"C:\\Windows\\a.dll", "a.dll"}, row{"C:a.dll", "C_a.dll"}, row{"dir/", "dir"},
                    row{"a/../..", "x.bin"}, row{".bashrc", "bashrc"}, row{"..hidden", "hidden"},
                    row{" .profile", "profile"}, row{"-rf", "rf"}, row{"--help", "help"}, row{".-.x", "x"},
                    row{"~root", "root"}, row{"a\0b.txt"s, "ab.txt"}, row{"a\r\nb\x1B[31m.txt", "ab[31m.txt"},
                    row{"evil\xE2\x80\xAEgpj.exe", "evilgpj.exe"}, row{"a\xC2\x85"s + "b", "ab"},
                    row{"\xE2\x80\x8B", "x.bin"}, row{"\xEF\xBB\xBF.x", "x"}, row{"a\xFF"s + "b", "a_b"},
                    row{"\xC0\xAF.\xC0\xAFx", "__.__x"}, row{"nul", "_nul"}, row{"CON.txt", "_CON.txt"},
                    row{"com1", "_com1"}, row{"console.txt", "console.txt"}, row{"a.txt.", "a.txt"},
                    row{"a.txt  ", "a.txt"}, row{"x:y|z?*<>\"", "x_y_z_____"}, row{"$(reboot)`id`", "_(reboot)_id_"}));

TEST(safe_filename, is_short_keeps_the_extension_and_stays_utf8) {
  std::string name;
  for (int i = 0; i < 5000; ++i) name += "\xE2\x82\xAC";
  for (const auto* extension : {".pdf", "", ".tar.gz", ".averyverylongextensionthatisnone"}) {
    const auto safe = safe_filename(name.substr(0, 3 * 300) + extension);
    EXPECT_LE(safe.size(), filename_octets_max);
    EXPECT_GE(safe.size(), filename_octets_max - 3);
    EXPECT_TRUE(base::is_utf8(safe));
  }
  EXPECT_TRUE(safe_filename(std::string(500, 'a') + ".pdf").ends_with("a.pdf"));
  EXPECT_EQ(safe_filename(name).size(), 198U);
}

TEST(safe_filename, the_fallback_is_cleaned_too) {
  EXPECT_EQ(safe_filename("", "../x"), "x");
  EXPECT_EQ(safe_filename("", ""), "attachment");
  EXPECT_EQ(safe_filename("..", ".."), "attachment");
}

TEST(safe_filename, is_idempotent_and_harmless_for_every_octet_pair) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string name{static_cast<char>(a), static_cast<char>(b)};
      const auto safe = safe_filename(name);
      ASSERT_FALSE(safe.empty());
      ASSERT_EQ(safe.find_first_of("/\\\0\r\n\x1B"s), std::string::npos) << a << ' ' << b;
      ASSERT_NE(safe[0], '-');
      ASSERT_NE(safe[0], '.');
      ASSERT_TRUE(base::is_utf8(safe));
      ASSERT_EQ(safe_filename(safe), safe);
    }
  }
}

TEST(name_of, disposition_before_type_and_empty_ones_do_not_count) {
  const auto type = content_type::parse("a/b; name=t");
  const auto d = disposition::parse("attachment; filename=d");
  const auto empty = disposition::parse("attachment; filename=\"\"");
  EXPECT_EQ(name_of(&d, type), "d");
  EXPECT_EQ(name_of(&empty, type), "t");
  EXPECT_EQ(name_of(nullptr, type), "t");
  EXPECT_EQ(name_of(&empty, content_type()), std::nullopt);
}

TEST(fallback_filename, says_number_and_type) {
  EXPECT_EQ(fallback_filename("1.2", content_type("application", "pdf")), "part-1.2.pdf");
  EXPECT_EQ(fallback_filename("", content_type("multipart", "mixed")), "part.bin");
  EXPECT_EQ(fallback_filename("3", content_type("message", "rfc822")), "part-3.eml");
  EXPECT_EQ(fallback_filename("3", content_type("text", "x-new")), "part-3.txt");
}

}  // namespace
}  // namespace imapxx::inline v0::mime
