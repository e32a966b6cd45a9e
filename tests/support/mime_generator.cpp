#include "support/mime_generator.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <utility>

namespace imapxx::inline v0::mime {

/// A charset, and characters that it has.
struct generator::charset {
  std::string_view name;
  std::string_view sample;  // UTF-8
  bool ascii_compatible;
};

namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";
constexpr std::string_view ascii_sample = "abcdefghij KLMNOP 0123456789 .,;:!?=_-+*/'\"()<>@[]{}~%&$#";

std::vector<std::string> split(std::string_view utf8) {
  std::vector<std::string> out;
  for (const char c : utf8) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) out.emplace_back();
    out.back().push_back(c);
  }
  return out;
}

std::string join(const std::vector<std::string>& pieces) {
  std::string out;
  for (const auto& p : pieces) out += p;
  return out;
}

std::string to_charset(std::string text, std::string_view charset) {
  const auto handle = iconv_open(std::string(charset).c_str(), "UTF-8");
  std::string out(text.size() * 8 + 16, '\0');
  char* from = text.data();
  char* to = out.data();
  std::size_t left = text.size();
  std::size_t room = out.size();
  iconv(handle, &from, &left, &to, &room);
  iconv(handle, nullptr, nullptr, &to, &room);
  iconv_close(handle);
  if (left != 0) return "generator: not in charset";
  out.resize(out.size() - room);
  return out;
}

std::string hex(char c, char mark) {
  const auto u = static_cast<unsigned char>(c);
  return {mark, hex_digits[u >> 4U], hex_digits[u & 15U]};
}

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_8bit_or_control(std::string_view s) {
  for (const char c : s) {
    if (static_cast<unsigned char>(c) >= 0x7F || (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r'))
      return true;
  }
  return false;
}

}  // namespace

const generator::charset& generator::any_charset() {
  static constexpr std::array<charset, 12> all = {{
      {"us-ascii", "abcXYZ", true},
      {"utf-8", "äßé€漢字かな한글😀עבר", true},
      {"UTF-8", "ąćęłńóśźż ελληνικά", true},
      {"iso-8859-1", "äöüÄÖÜßéèçñ¿¡£", true},
      {"ISO-8859-15", "€žŸœéß", true},
      {"iso-8859-2", "ąćęłńóśźżŐű", true},
      {"windows-1252", "€„“”–—…é", true},
      {"koi8-r", "абвгдежзийклмнопрстуфхцчшщъыьэюя", true},
      {"windows-1251", "абвгдежзИЙКЛМН№", true},
      {"gb18030", "漢字汉语測試", true},
      {"shift_jis", "漢字かなカナ表ソ", true},
      {"iso-2022-jp", "漢字かなカナ", false},
  }};
  return all[below(all.size())];
}

std::vector<std::string> generator::characters(const charset& c, std::size_t count) {
  const auto special = split(c.sample);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    if (one_in(3)) {
      out.push_back(special[below(special.size())]);
    } else {
      out.emplace_back(1, ascii_sample[below(ascii_sample.size())]);
    }
  }
  return out;
}

std::string generator::boundary() {
  static constexpr std::array<std::string_view, 5> shapes = {"b", "=_part", "a'()+_,-./:=?b", "----=_NextPart", "x y"};
  return std::string(shapes[below(shapes.size())]) + std::to_string(++boundaries_);
}

std::string generator::base64(const std::string& octets, std::size_t line) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const auto octet = [&octets, i](std::size_t k) {
      return i + k < octets.size() ? static_cast<unsigned char>(octets[i + k]) : 0U;
    };
    const unsigned word = octet(0) << 16U | octet(1) << 8U | octet(2);
    for (unsigned k = 0; k < 4; ++k) {
      out.push_back(k < octets.size() - i + 1 ? letters[(word >> (18 - 6 * k)) & 63U] : '=');
      if (line != 0 && ++column == line) {
        out += eol_;
        column = 0;
      }
    }
  }
  return out;
}

std::string generator::quoted_printable(const std::string& octets, bool is_text) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const char c = octets[i];
    if (is_text && octets.compare(i, eol_.size(), eol_) == 0) {
      out += eol_;
      i += eol_.size() - 1;
      column = 0;
      continue;
    }
    const bool line_end = i + 1 == octets.size() || octets[i + 1] == '\r' || octets[i + 1] == '\n';
    const bool blank = c == ' ' && !line_end;
    const bool plain =
        (c > ' ' && c < 0x7F && c != '=' && c != '-' && c != '.' && !one_in(20)) || (blank && column < 70);
    const auto token = plain ? std::string(1, c) : hex(c, '=');
    if (column + token.size() > 75 || one_in(60)) {
      out += (one_in(4) && padded_breaks_ ? "= \t" : "=") + eol_;
      column = 0;
    }
    out += token;
    column += token.size();
  }
  return out;
}

std::string generator::encode(const std::string& octets, bool is_text, std::string& header) {
  const bool transparent = is_text && octets.find("--") == std::string::npos && octets.find('\0') == std::string::npos;
  const auto choice = below(transparent ? 3 : 2);
  if (choice == 0) {
    header += "Content-Transfer-Encoding: " + std::string(one_in(2) ? "base64" : "BASE64") + eol_;
    return base64(octets, 4 * (1 + below(19)));
  }
  if (choice == 1) {
    header += "content-transfer-encoding: quoted-printable" + eol_;
    return quoted_printable(octets, is_text);
  }
  if (is_8bit_or_control(octets)) {
    header += "Content-Transfer-Encoding: 8bit" + eol_;
  } else if (one_in(2)) {
    header += "Content-Transfer-Encoding: 7bit" + eol_;
  }
  return octets;
}

std::string generator::encoded_word(const charset& c, const std::string& octets) {
  std::string out = "=?" + std::string(c.name);
  if (one_in(2)) {
    out += one_in(2) ? "?b?" : "?B?";
    const auto eol = std::exchange(eol_, {});
    out += base64(octets, 0);
    eol_ = eol;
  } else {
    out += one_in(2) ? "?q?" : "?Q?";
    for (const char o : octets) {
      if (o == ' ' && one_in(2)) {
        out += '_';
      } else {
        out += is_alnum(o) ? std::string(1, o) : hex(o, '=');
      }
    }
  }
  return out + "?=";
}

std::string generator::subject_field(std::string& subject) {
  const auto& c = any_charset();
  auto all = characters(c, 1 + below(60));
  // Blanks at the ends and in rows belong to the field's layout, not to its text.
  all.insert(all.begin(), "S");
  all.emplace_back("E");
  subject = join(all);
  std::string out = "Subject:";
  for (std::size_t i = 0; i < all.size();) {
    const auto count = 1 + below(12);
    std::string word;
    for (const auto end = std::min(all.size(), i + count); i < end; ++i) word += all[i];
    out += (out.size() > 8 && one_in(2) ? eol_ + " " : " ") + encoded_word(c, to_charset(word, c.name));
  }
  return out + eol_;
}

std::string generator::name_parameter(const std::string& name, std::string& filename) {
  const auto& c = any_charset();
  auto all = characters(c, 1 + below(30));
  all.insert(all.begin(), "n");
  all.emplace_back(".txt");
  filename = join(all);
  const auto octets = to_charset(filename, c.name);
  const auto style = below(is_8bit_or_control(octets) ? 3 : 4);
  if (style == 0) return "; " + name + "=\"" + encoded_word(c, octets) + "\"";
  if (style == 3) {
    std::string quoted;
    for (const char o : octets) quoted += o == '"' || o == '\\' ? std::string("\\") + o : std::string(1, o);
    return "; " + name + "=\"" + quoted + "\"";
  }
  std::string out;
  std::string value;
  std::size_t segment = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    value += is_alnum(octets[i]) ? std::string(1, octets[i]) : hex(octets[i], '%');
    if ((style == 2 && one_in(10)) || i + 1 == octets.size()) {
      out += ";" + eol_ + " " + name + (style == 2 ? "*" + std::to_string(segment) + "*=" : "*=");
      out += (segment++ == 0 ? std::string(c.name) + (one_in(2) ? "''" : "'en'") : "") + value;
      value.clear();
    }
  }
  return out;
}

std::string generator::disposition_field(made_part& out) {
  if (one_in(2)) return {};
  const std::string type = one_in(3) ? "inline" : "attachment";
  return "Content-Disposition: " + type + (one_in(4) ? "" : name_parameter("filename", out.filename)) + eol_;
}

generator::piece generator::text_leaf(made_part& out) {
  const auto& c = any_charset();
  out.is_text = true;
  out.type = one_in(4) ? "text/html" : "text/plain";
  for (auto lines = below(8); lines > 0; --lines) {
    out.text += join(characters(c, below(80))) + eol_;
  }
  if (one_in(2)) out.text += join(characters(c, 5)) + "|";
  out.content = to_charset(out.text, c.name);
  piece p;
  const std::string quote = one_in(2) ? "\"" : "";
  p.header = "Content-Type: " + out.type + "; charset=" + quote + std::string(c.name) + quote + eol_;
  p.header += disposition_field(out);
  p.body = encode(out.content, true, p.header);
  return p;
}

generator::piece generator::binary_leaf(made_part& out) {
  out.type = one_in(2) ? "application/octet-stream" : "image/png";
  for (auto n = below(500); n > 0; --n) out.content.push_back(static_cast<char>(below(256)));
  piece p;
  p.header = "Content-Type: " + out.type;
  if (one_in(2)) p.header += name_parameter("name", out.filename);
  p.header += eol_;
  made_part named;
  p.header += disposition_field(named);
  if (!named.filename.empty()) out.filename = named.filename;
  p.body = encode(out.content, false, p.header);
  return p;
}

generator::piece generator::multipart(made_part& out, std::size_t depth) {
  static constexpr std::array<std::string_view, 3> kinds = {"mixed", "alternative", "related"};
  out.type = "multipart/" + std::string(kinds[below(kinds.size())]);
  const auto b = boundary();
  piece p;
  p.header = "Content-Type: " + out.type + ";" + (one_in(2) ? eol_ + "\t" : " ") + "boundary=\"" + b + "\"" + eol_;
  if (one_in(3)) p.body += "A preamble." + eol_;
  for (auto n = 1 + below(4); n > 0; --n) {
    const auto child = entity(out.children.emplace_back(), depth + 1);
    p.body += "--" + b + (one_in(5) ? " \t" : "") + eol_ + child.header + eol_ + child.body + eol_;
  }
  p.body += "--" + b + "--" + (one_in(2) ? eol_ : "");
  if (p.body.back() == '\n' && one_in(3)) p.body += "An epilogue." + eol_;
  return p;
}

generator::piece generator::nested(made_part& out, std::size_t depth) {
  out.type = "message/rfc822";
  piece p;
  p.header = "Content-Type: message/rfc822" + eol_;
  p.body = message_octets(out.children.emplace_back(), depth + 1);
  return p;
}

generator::piece generator::entity(made_part& out, std::size_t depth) {
  const auto choice = below(depth < 5 ? 8 : 5);
  if (choice < 3) return text_leaf(out);
  if (choice < 5) return binary_leaf(out);
  return choice < 7 ? multipart(out, depth) : nested(out, depth);
}

std::string generator::message_octets(made_part& root, std::size_t depth) {
  const auto p = entity(root, depth);
  return "From: a@example.org" + eol_ + subject_field(root.subject) + "MIME-Version: 1.0" + eol_ + p.header + eol_ +
         p.body;
}

made_message generator::next() {
  made_message out;
  eol_ = one_in(3) ? "\n" : "\r\n";
  out.octets = message_octets(out.root, 0);
  return out;
}

}  // namespace imapxx::inline v0::mime
