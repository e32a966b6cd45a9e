#include "content.hpp"
#include "text.hpp"

#include <gmime/gmime.h>

#include <cstdint>
#include <memory>
#include <mutex>

namespace imapxx::testserver::detail {

namespace {

void init_gmime() {
  static std::once_flag once;
  std::call_once(once, [] { g_mime_init(); });
}

struct glib_free {
  void operator()(char* p) const { g_free(p); }
};
using glib_string = std::unique_ptr<char, glib_free>;

std::string valid_or_replaced(std::string_view s) {
  if (valid_utf8(s)) return std::string(s);
  glib_string fixed(g_utf8_make_valid(s.data(), static_cast<gssize>(s.size())));
  return fixed.get();
}

std::string without_nul(std::string_view s) {
  std::string r(s);
  for (char& c : r)
    if (c == '\0') c = '\x01';
  return r;
}

}  // namespace

std::optional<std::string> decode_transfer(std::string_view body, std::string_view encoding) {
  init_gmime();
  for (std::string_view plain : {"", "7bit", "8bit", "binary"})
    if (iequals(encoding, plain)) return std::string(body);
  GMimeContentEncoding method = GMIME_CONTENT_ENCODING_DEFAULT;
  if (iequals(encoding, "base64"))
    method = GMIME_CONTENT_ENCODING_BASE64;
  else if (iequals(encoding, "quoted-printable"))
    method = GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
  else
    return std::nullopt;
  GMimeEncoding state;
  g_mime_encoding_init_decode(&state, method);
  std::string out(g_mime_encoding_outlen(&state, body.size()) + 16, '\0');
  auto n = g_mime_encoding_flush(&state, body.data(), body.size(), out.data());
  out.resize(n);
  return out;
}

std::optional<std::string> charset_to_utf8(std::string_view s, std::string_view charset) {
  init_gmime();
  if (charset.empty() || iequals(charset, "us-ascii") || iequals(charset, "ascii") || iequals(charset, "utf-8") ||
      iequals(charset, "utf8"))
    return valid_or_replaced(s);
  std::string name(charset);
  const char* iconv_name = g_mime_charset_iconv_name(name.c_str());
  // Asked directly: g_convert does not always tell an unknown charset from octets that are wrong.
  auto converter = g_iconv_open("UTF-8", iconv_name);
  if (reinterpret_cast<std::intptr_t>(converter) == -1) return std::nullopt;
  g_iconv_close(converter);
  gsize written = 0;
  std::string fallback = "?";
  glib_string out(g_convert_with_fallback(s.data(), static_cast<gssize>(s.size()), "UTF-8", iconv_name, fallback.data(),
                                          nullptr, &written, nullptr));
  return out ? std::string(out.get(), written) : valid_or_replaced(s);
}

std::string search_form(std::string_view utf8) {
  if (!has_8bit(utf8)) return to_upper(utf8);
  auto text = valid_or_replaced(without_nul(utf8));
  glib_string decomposed(g_utf8_normalize(text.c_str(), static_cast<gssize>(text.size()), G_NORMALIZE_ALL));
  if (!decomposed) return to_upper(text);
  std::string out;
  for (const char* p = decomposed.get(); *p != '\0'; p = g_utf8_next_char(p)) {
    char buffer[8];
    auto n = g_unichar_to_utf8(g_unichar_totitle(g_utf8_get_char(p)), buffer);
    out.append(buffer, static_cast<std::size_t>(n));
  }
  return out;
}

}  // namespace imapxx::testserver::detail
