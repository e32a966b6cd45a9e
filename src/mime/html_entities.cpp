#include "mime/html_entities.hpp"

#include "base/ascii.hpp"

#include <array>

namespace imapxx::inline v0::mime {
namespace {

struct row {
  std::string_view name;
  char32_t value;
};

constexpr std::array<std::string_view, 96> latin1 = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",    "copy",   "ordf",
    "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",   "acute",  "micro",
    "para",   "middot", "cedil",  "sup1",   "ordm",   "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave",
    "Aacute", "Acirc",  "Atilde", "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",
    "Igrave", "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",
    "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",  "szlig",  "agrave", "aacute",
    "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil", "egrave", "eacute", "ecirc",  "euml",   "igrave",
    "iacute", "icirc",  "iuml",   "eth",    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide",
    "oslash", "ugrave", "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};

constexpr std::array<row, 33> others = {
    {{"amp", '&'},      {"lt", '<'},        {"gt", '>'},        {"quot", '"'},      {"apos", '\''},
     {"euro", 0x20AC},  {"ndash", 0x2013},  {"mdash", 0x2014},  {"lsquo", 0x2018},  {"rsquo", 0x2019},
     {"sbquo", 0x201A}, {"ldquo", 0x201C},  {"rdquo", 0x201D},  {"bdquo", 0x201E},  {"hellip", 0x2026},
     {"bull", 0x2022},  {"trade", 0x2122},  {"larr", 0x2190},   {"rarr", 0x2192},   {"uarr", 0x2191},
     {"darr", 0x2193},  {"lsaquo", 0x2039}, {"rsaquo", 0x203A}, {"dagger", 0x2020}, {"permil", 0x2030},
     {"OElig", 0x152},  {"oelig", 0x153},   {"Scaron", 0x160},  {"scaron", 0x161},  {"ensp", ' '},
     {"emsp", ' '},     {"thinsp", ' '},    {"minus", 0x2212}}};

char32_t named(std::string_view name) noexcept {
  for (const auto& r : others) {
    if (r.name == name) return r.value;
  }
  for (std::size_t i = 0; i < latin1.size(); ++i) {
    if (latin1[i] == name) return static_cast<char32_t>(0xA0 + i);
  }
  return 0;
}

int digit_of(char c, bool hex) noexcept {
  if (base::is_digit(c)) return c - '0';
  const char l = base::to_lower(c);
  return hex && l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

entity_value numeric(std::string_view text) noexcept {
  std::size_t at = 2;
  const bool hex = at < text.size() && base::to_lower(text[at]) == 'x';
  if (hex) ++at;
  const auto begin = at;
  char32_t value = 0;
  for (; at < text.size() && digit_of(text[at], hex) >= 0; ++at) {
    if (value <= 0x10FFFF) value = value * (hex ? 16U : 10U) + static_cast<char32_t>(digit_of(text[at], hex));
  }
  if (at == begin) return {};
  if (at < text.size() && text[at] == ';') ++at;
  const bool valid = value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF) && value != 0;
  return {valid ? value : U'\xFFFD', at};
}

}  // namespace

entity_value read_entity(std::string_view text) noexcept {
  if (text.size() < 3 || text[0] != '&') return {};
  if (text[1] == '#') return numeric(text);
  std::size_t end = 1;
  while (end < text.size() && base::is_alnum(text[end])) ++end;
  const auto value = named(text.substr(1, end - 1));
  if (value == 0) return {};
  return {value, end < text.size() && text[end] == ';' ? end + 1 : end};
}

}  // namespace imapxx::inline v0::mime
