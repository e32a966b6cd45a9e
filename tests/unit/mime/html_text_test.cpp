#include <imapxx/mime/message.hpp>

#include "mime/html_entities.hpp"

#include <gtest/gtest.h>

namespace imapxx::inline v0::mime {
namespace {

struct row {
  std::string html;
  std::string text;
};
class html_table : public testing::TestWithParam<row> {};
TEST_P(html_table, gives) { EXPECT_EQ(html_to_text(GetParam().html), GetParam().text) << GetParam().html; }

INSTANTIATE_TEST_SUITE_P(
    html, html_table,
    testing::Values(
        row{"", ""}, row{"plain", "plain\n"}, row{"<p>a</p><p>b</p>", "a\n\nb\n"}, row{"a<br>b<BR/>c", "a\nb\nc\n"},
        row{"a\r\n  b\tc", "a b c\n"}, row{"<b>a</b> <i>b</i>", "a b\n"}, row{"<b>a</b><i>b</i>", "ab\n"},
        row{"<div>a</div><div>b</div>", "a\nb\n"}, row{"<ul><li>a</li><li>b</li></ul>", "* a\n* b\n"},
        row{"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc\n"},
        row{"<pre>a  b\n  c</pre>d", "a  b\n  c\nd\n"}, row{"a<hr>b", "a\n----\nb\n"},
        row{"<head><title>t</title><style>p{}</style></head><body>x<script>if (a<b) '</p>'</script>y</body>", "xy\n"},
        row{"<!DOCTYPE html><!-- <p>no</p> -->yes", "yes\n"}, row{"<a href=\"x>y\" title='>'>link</a>", "link\n"},
        row{"&lt;b&gt; &amp;amp; &eacute;&#233;&#xE9;&euro;", "<b> &amp; \xC3\xA9\xC3\xA9\xC3\xA9\xE2\x82\xAC\n"},
        row{"a&nbsp;&nbsp;b", "a  b\n"}, row{"\xC3\xA9", "\xC3\xA9\n"}, row{"\xFF", "\xEF\xBF\xBD\n"}));

INSTANTIATE_TEST_SUITE_P(broken, html_table,
                         testing::Values(row{"a < b & c", "a < b & c\n"}, row{"a<p", "a\n"}, row{"a<!-- never", "a\n"},
                                         row{"a<script>never", "a\n"}, row{"a</", "a\n"}, row{"<", "<\n"},
                                         row{"&unknown; &; &#; &#x; &#0; &#xD800; &#99999999999;",
                                             "&unknown; &; &#; &#x; \xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBD\n"},
                                         row{"<p><p><p>a</b></i>", "a\n"},
                                         row{"a<br><br><br><br><br><br>b", "a\n\n\nb\n"}, row{"</pre>a  b", "a b\n"},
                                         row{"&eacute", "\xC3\xA9\n"}));

TEST(entity, lengths) {
  EXPECT_EQ(read_entity("&amp;x").length, 5U);
  EXPECT_EQ(read_entity("&amp x").length, 4U);
  EXPECT_EQ(read_entity("&x").length, 0U);
  EXPECT_EQ(read_entity("x").length, 0U);
}

}  // namespace
}  // namespace imapxx::inline v0::mime
