#include "mime/charset.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"

#include <gmime/gmime.h>

#include <array>
#include <cerrno>
#include <mutex>

namespace imapxx::inline v0::mime {
namespace {

constexpr char32_t replacement = 0xFFFD;
// The longest of the IANA names has 45 octets.
constexpr std::size_t charset_name_max = 64;

class converter {
 public:
  explicit converter(const std::string& charset) : handle_(g_mime_iconv_open("UTF-8", charset.c_str())) {}
  converter(const converter&) = delete;
  converter& operator=(const converter&) = delete;
  ~converter() {
    if (valid()) g_mime_iconv_close(handle_);
  }
  [[nodiscard]] bool valid() const noexcept { return handle_ != reinterpret_cast<iconv_t>(-1); }  // NOLINT
  // What cannot be converted is replaced octet by octet, so one bad octet costs one character.
  [[nodiscard]] std::string convert(std::string_view octets) {
    std::string out;
    out.reserve(octets.size() + octets.size() / 8);
    std::string input(octets);
    char* at = input.data();
    std::size_t left = input.size();
    while (left > 0) {
      if (step(&at, &left, out)) continue;
      if (errno == E2BIG) continue;
      base::utf8_append(out, replacement);
      if (errno == EINVAL) break;  // an incomplete character at the end
      ++at;
      --left;
    }
    step(nullptr, nullptr, out);
    return out;
  }

 private:
  bool step(char** at, std::size_t* left, std::string& out) {
    std::array<char, 8192> buffer{};
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const auto done = iconv(handle_, at, left, &to, &room) != static_cast<std::size_t>(-1);
    const int error = errno;
    out.append(buffer.data(), buffer.size() - room);
    errno = error;
    return done;
  }
  iconv_t handle_;
};

bool is_ascii_name(std::string_view charset) {
  return charset.empty() || base::iequals(charset, "us-ascii") || base::iequals(charset, "ascii") ||
         base::iequals(charset, "ansi_x3.4-1968") || base::iequals(charset, "iso646-us");
}

bool is_utf8_name(std::string_view charset) {
  return base::iequals(charset, "utf-8") || base::iequals(charset, "utf8");
}

// A name of other characters may mean something to iconv ("//IGNORE", "//TRANSLIT") or to the C library's file names.
bool is_charset_name(std::string_view charset) {
  if (charset.size() > charset_name_max) return false;
  for (const char c : charset) {
    if (!base::is_alnum(c) && c != '-' && c != '_' && c != '.' && c != ':' && c != '+') return false;
  }
  return charset.find("..") == std::string_view::npos;
}

// Names under which mail uses a superset of what they mean.
std::string decoder_for(std::string_view charset) {
  struct alias {
    std::string_view name;
    std::string_view decoder;
  };
  static constexpr std::array<alias, 9> table = {{{"shift_jis", "CP932"},
                                                  {"shift-jis", "CP932"},
                                                  {"sjis", "CP932"},
                                                  {"x-sjis", "CP932"},
                                                  {"gb2312", "GB18030"},
                                                  {"gbk", "GB18030"},
                                                  {"ks_c_5601-1987", "CP949"},
                                                  {"euc-kr", "CP949"},
                                                  {"iso-8859-8-i", "ISO-8859-8"}}};
  for (const auto& a : table) {
    if (base::iequals(a.name, charset)) return std::string(a.decoder);
  }
  return std::string(charset);
}

}  // namespace

void ensure_gmime() {
  static std::once_flag once;
  std::call_once(once, [] { g_mime_init(); });
}

std::string scrub_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto c = base::utf8_first(text);
    if (c.length == 0) {
      base::utf8_append(out, replacement);
      text.remove_prefix(1);
    } else {
      out.append(text.substr(0, c.length));
      text.remove_prefix(c.length);
    }
  }
  return out;
}

std::string to_utf8(std::string_view octets, std::string_view charset) {
  charset = base::trim_spaces(charset);
  if (charset.size() > 1 && (charset.front() == '\'' || charset.front() == '"')) {
    charset.remove_prefix(1);
    charset = charset.substr(0, charset.find_last_not_of("'\"") + 1);
  }
  if (is_utf8_name(charset)) return base::is_utf8(octets) ? std::string(octets) : scrub_utf8(octets);
  ensure_gmime();
  if (!is_ascii_name(charset) && is_charset_name(charset)) {
    converter convert(decoder_for(charset));
    if (convert.valid()) return convert.convert(octets);
  }
  if (base::is_utf8(octets)) return std::string(octets);
  converter western{"windows-1252"};
  return western.valid() ? western.convert(octets) : scrub_utf8(octets);
}

}  // namespace imapxx::inline v0::mime
