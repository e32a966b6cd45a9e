// 300 broken messages, read by mime.hpp and by Python's email package: at most 2 % are read otherwise, each by a rule
// that stands in `rules` and in docs/mime.md.
#include <imapxx/mime.hpp>

#include "support/mime_generator.hpp"
#include "support/paths.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::inline v0::mime {
namespace {

using view = std::vector<std::string>;

std::string hex(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : octets) {
    out.push_back(digits[static_cast<unsigned char>(c) >> 4U]);
    out.push_back(digits[static_cast<unsigned char>(c) & 15U]);
  }
  return out.empty() ? "-" : out;
}

view read_here(const std::string& octets) {
  view out;
  for (const auto& p : message(octets).walk()) {
    const bool leaf = !p.is_multipart() && !p.is_message();
    const std::string kind = leaf ? "leaf" : p.is_message() ? "message" : "multipart";
    out.push_back("part " + std::to_string(p.depth()) + " " + p.content_type().essence() + " " + kind + " " +
                  (leaf ? hex(p.content()) : "-"));
  }
  return out;
}

std::vector<view> read_with_email(const std::vector<std::string>& messages) {
  const auto file = std::filesystem::temp_directory_path() / ("imapxx_mime_" + std::to_string(std::random_device()()));
  {
    std::ofstream out(file, std::ios::binary);
    for (const auto& m : messages) out << m.size() << '\n' << m;
  }
  const std::string command =
      "python3 -B " + (test::source_dir() / "tests/mime/read_with_email.py").string() + " " + file.string();
  std::vector<view> views;
  std::string text;
  if (FILE* pipe = popen(command.c_str(), "r"); pipe != nullptr) {
    char buffer[65536];
    for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, n);
    pclose(pipe);
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line == "message") {
      views.emplace_back();
    } else {
      views.back().push_back(line);
    }
  }
  std::filesystem::remove(file);
  return views;
}

std::vector<std::string> lines_of(const std::string& octets) {
  std::vector<std::string> out(1);
  for (const char c : octets) {
    out.back().push_back(c);
    if (c == '\n') out.emplace_back();
  }
  return out;
}

std::string join(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& l : lines) out += l;
  return out;
}

using text_lines = std::vector<std::string>;

bool is_boundary(const std::string& line) { return line.starts_with("--"); }
bool is_field(const std::string& line, std::string_view name) { return line.starts_with(name); }

// A writer that forgets quotes forgets both.
void forget_quotes(std::string& all, std::mt19937& random) {
  for (auto from = all.find("=\""); from != std::string::npos; from = all.find("=\"", from + 1)) {
    const auto to = all.find('"', from + 2);
    if (from == 0 || all[from - 1] == '?' || to == std::string::npos || random() % 2 == 0) continue;
    all.erase(to, 1);
    all.erase(from + 1, 1);
  }
}

void replace_values(text_lines& lines, std::string_view name, const std::vector<std::string>& values,
                    std::mt19937& random) {
  for (auto& l : lines) {
    if (is_field(l, name)) l = std::string(name) + values[random() % values.size()] + "\r\n";
  }
}

constexpr std::size_t damages = 32;

// The ways in which transports, gateways, lists and writers break messages: lines and octets that get lost, come twice
// or change places ...
bool damage_lines(text_lines& lines, std::size_t kind, std::mt19937& random) {
  const auto any = [&](std::size_t n) { return static_cast<std::ptrdiff_t>(random() % n); };
  const auto at = lines.begin() + any(lines.size());
  switch (kind) {
    case 1: lines.erase(at); return true;
    case 2: lines.insert(at, std::string(lines[static_cast<std::size_t>(any(lines.size()))])); return true;
    case 3: lines.insert(at, "\r\n"); return true;
    case 4: lines.insert(at, "a line that belongs nowhere\r\n"); return true;
    case 5:
      std::erase_if(lines, [](const auto& l) { return is_boundary(l) && l.find("--", 3) != std::string::npos; });
      return true;
    case 6: {
      const auto is_empty = [](const auto& l) { return l == "\r\n" || l == "\n"; };
      const auto empty_lines = std::count_if(lines.begin(), lines.end(), is_empty);
      auto which = any(static_cast<std::size_t>(std::max<std::ptrdiff_t>(empty_lines, 1)));
      std::erase_if(lines, [&](const auto& l) { return is_empty(l) && which-- == 0; });
      return true;
    }
    case 7:
      std::erase_if(lines, [&](const auto& l) { return l.starts_with("content-") || random() % 40 == 0; });
      return true;
    case 11: std::swap(*at, lines[static_cast<std::size_t>(any(lines.size()))]); return true;
    default: return false;
  }
}

// ... and what whole classes of programs do wrong.
bool damage_habits(text_lines& lines, std::size_t kind, std::mt19937& random) {
  switch (kind) {
    case 12:  // line ends of two systems
      for (auto& l : lines) {
        if (l.ends_with("\r\n") && random() % 2 == 0) l.erase(l.size() - 2, 1);
      }
      return true;
    case 13:
      replace_values(lines, "Content-Transfer-Encoding:", {" 8bits", " base-64", " binary; x", "", " 7-bit"}, random);
      return true;
    case 14: replace_values(lines, "Content-Type:", {" text", "", " multipart/mixed"}, random); return true;
    case 15:  // raw octets in the header
      for (auto& l : lines) {
        if (is_field(l, "Subject:"))
          l = "Subject: Gr\xFC\xDF"
              "e \xE2\x82\xAC\r\n";
      }
      return true;
    case 16:  // continuation lines that are not folded
      for (auto& l : lines) {
        if ((l[0] == ' ' || l[0] == '\t') && random() % 3 == 0) l.erase(0, 1);
      }
      std::erase(lines, "");
      return true;
    case 17:  // a field without a value
      lines.insert(lines.begin(), random() % 2 == 0 ? "X-Empty:\r\n" : "Content-Disposition:\r\n");
      return true;
    case 18:  // padding behind boundaries
      for (auto& l : lines) {
        if (is_boundary(l) && l.ends_with("\r\n")) l.insert(l.size() - 2, " \t ");
      }
      return true;
    case 19: lines.insert(lines.begin(), "From ann@example.org Mon Feb  2 10:00:00 2026\r\n"); return true;
    case 20: lines.push_back("_______________\r\nfooter of a list\r\nhttps://example.org/\r\n"); return true;
    case 21:  // dots of SMTP
      for (auto& l : lines) {
        if (l[0] == '.') l.insert(0, ".");
      }
      return true;
    case 22: std::erase_if(lines, [](const auto& l) { return is_field(l, "MIME-Version"); }); return true;
    case 23: std::erase_if(lines, [](const auto& l) { return l.find("boundary=") != std::string::npos; }); return true;
    case 24:  // charsets that are none
      for (auto& l : lines) {
        if (const auto at = l.find("charset="); at != std::string::npos) l = l.substr(0, at) + "charset=x-unknown\r\n";
      }
      return true;
    case 25:  // fields that come twice
      for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        if (!is_field(lines[i], "Content-") || lines[i + 1][0] == ' ' || lines[i + 1][0] == '\t') continue;
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(i), std::string(lines[i]));
        ++i;
      }
      return true;
    case 26:  // names of fields in capitals
      for (auto& l : lines) {
        for (auto& c : std::span(l).first(is_field(l, "Content-") ? std::min(l.find(':'), l.size()) : 0))
          c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      }
      return true;
    case 27:  // one long line instead of folds
      for (std::size_t i = 1; i < lines.size(); ++i) {
        auto& before = lines[i - 1];
        if ((lines[i][0] != ' ' && lines[i][0] != '\t') || before.find(':') == std::string::npos) continue;
        before.erase(before.find_last_not_of("\r\n") + 1);
        before += std::exchange(lines[i], std::string());
        std::swap(before, lines[i]);
      }
      std::erase(lines, "");
      return true;
    case 28: lines.push_back(std::string("\x1A\0\0\0", 4)); return true;  // padding of old systems
    case 29: lines.back().erase(lines.back().find_last_not_of("\r\n") + 1); return true;
    case 30:  // more space in front of boundaries
      for (auto& l : lines) {
        if (is_boundary(l)) l.insert(0, "\r\n\r\n");
      }
      return true;
    case 31:  // folds by tabs
      for (auto& l : lines) {
        if (l[0] == ' ' && l.find_first_not_of(" \r\n") != std::string::npos) l.replace(0, 1, "\t\t");
      }
      return true;
    default: return false;
  }
}

std::string damage(const std::string& octets, std::size_t kind, std::mt19937& random) {
  kind %= damages;
  auto lines = lines_of(octets);
  if (lines.back().empty()) lines.pop_back();
  if (damage_lines(lines, kind, random) || damage_habits(lines, kind, random)) return join(lines);
  if (kind == 0) return octets.substr(0, random() % octets.size());
  auto all = octets;
  if (kind == 8) {
    for (int i = 0; i < 3; ++i) all[random() % all.size()] = static_cast<char>('!' + random() % 90);
  } else if (kind == 9) {
    all.erase(random() % all.size(), 1 + random() % 60);
  } else {
    forget_quotes(all, random);
  }
  return all.empty() ? "x" : all;
}

// A line of the two views: "part DEPTH TYPE KIND HEX".
struct fields {
  explicit fields(const std::string& line) {
    std::string word;
    std::istringstream in(line);
    in >> word >> depth >> type >> kind >> octets;
  }
  std::string depth, type, kind, octets;
};

std::string without_line_breaks(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return c == '\r' || c == '\n'; });
  return out;
}

// A part that the two read otherwise, and its message.
struct difference {
  const part& p;
  const part* around;  // the part in front, which holds it if that is a message
  const fields& here;
  const fields& there;
  std::string_view message;
};

bool has_lone_return(std::string_view octets) {
  for (std::size_t at = octets.find('\r'); at != std::string::npos; at = octets.find('\r', at + 1)) {
    if (octets.substr(at, 2) != "\r\n") return true;
  }
  return false;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&](auto w) { return text.find(w) != std::string_view::npos; });
}

struct rule {
  const char* text;  // as in docs/mime.md
  bool (*applies)(const difference&);
};

constexpr rule rules[] = {
    {"base64 with one letter too many: `email` gives the text undecoded; here all whole octets are decoded",
     [](const difference& d) {
       return d.p.encoding() == transfer_encoding::base64 && d.here.type == d.there.type &&
              d.there.octets == hex(without_line_breaks(d.p.raw_body()));
     }},
    {"a multipart without parts: `email` drops what follows its own closing boundary; here nothing is dropped",
     [](const difference& d) {
       return d.p.content_type().is("multipart") && d.here.type == d.there.type && d.here.kind == d.there.kind &&
              (d.there.octets == "-" || d.here.octets.starts_with(d.there.octets));
     }},
    {"words behind the media type: `email` takes them for a part of it; here they are skipped, and a type that is none "
     "is text/plain (RFC "
     "2045 section 5.2)",
     [](const difference& d) {
       return (d.there.type.starts_with(d.here.type + "?") ||
               (d.here.type == "text/plain" && d.there.type.find('?') != std::string::npos)) &&
              d.here.octets == d.there.octets;
     }},
    {"words between parameters: `email` loses the parameter behind them; here they are skipped",
     [](const difference& d) {
       const auto value = std::string(d.p.headers()["Content-Type"]);
       const auto at = value.find("boundary");
       if (d.here.kind != "multipart" || d.there.kind != "leaf" || at == std::string::npos) return false;
       const auto before = value.find_last_not_of(" \t", at - 1);
       return before != std::string::npos && value[before] != ';';
     }},
    {"a message/rfc822 in base64 or quoted-printable: `email` reads it as it stands; here it is decoded first",
     [](const difference& d) {
       return d.around != nullptr && d.around->is_message() && d.around->encoding() != transfer_encoding::identity;
     }},
    {"words behind a Content-Transfer-Encoding: `email` then knows none; here they are skipped",
     [](const difference& d) {
       const auto value = d.p.headers()["Content-Transfer-Encoding"];
       return d.p.encoding() != transfer_encoding::identity && value.find_first_of("; (\"") != std::string::npos &&
              d.there.octets == hex(d.p.raw_body());
     }},
    {"quoted-printable: `email` makes one `=` of two, and keeps blanks at line ends (RFC 2045 section 6.7 says "
     "otherwise)",
     [](const difference& d) {
       return d.p.encoding() == transfer_encoding::quoted_printable && d.here.type == d.there.type &&
              has_any(d.p.raw_body(), {"==", " \n", " \r\n", "\t\n", "\t\r\n"});
     }},
    {"a carriage return alone is a line break to `email`; here lines end at LF",
     [](const difference& d) { return has_lone_return(d.message); }},
    {"other `message/` types: `email` looks for a message in them; here they are leaves (RFC 2046 section 5.2.4)",
     [](const difference& d) {
       return d.there.kind == "message" && d.there.type != "message/rfc822" && d.there.type != "message/global";
     }}};

// The rule by which the first line that differs does so; nullptr when there is a line without one.
const rule* rule_of(const std::string& octets, const view& here, const view& there) {
  const auto parts = message(octets).walk();
  const rule* first = nullptr;
  for (std::size_t i = 0; i < std::min(here.size(), there.size()); ++i) {
    if (here[i] == there[i]) continue;
    const fields a(here[i]);
    const fields b(there[i]);
    const difference d{parts[i], i == 0 ? nullptr : &parts[i - 1], a, b, octets};
    const auto* found = std::find_if(std::begin(rules), std::end(rules), [&](const rule& r) { return r.applies(d); });
    if (found == std::end(rules)) return nullptr;
    if (first == nullptr) first = found;
    // What follows a part that is split otherwise cannot be compared.
    if (a.kind != b.kind) return first;
  }
  return here.size() == there.size() ? first : nullptr;
}

TEST(email_comparison, three_hundred_broken_messages) {
  if (std::system("python3 -c 'import email' >/dev/null 2>&1") != 0) GTEST_SKIP() << "no python3";
  std::mt19937 random(3);
  std::vector<std::string> messages;
  for (std::uint32_t seed = 0; messages.size() < 300; ++seed) {
    generator make(seed + 5000);
    messages.push_back(damage(make.plain_soft_breaks().next().octets, seed, random));
  }
  const auto views = read_with_email(messages);
  ASSERT_EQ(views.size(), messages.size());
  std::size_t different = 0;
  std::map<std::string, int> by_rule;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto here = read_here(messages[i]);
    if (here == views[i]) continue;
    ++different;
    const auto* why = rule_of(messages[i], here, views[i]);
    if (why != nullptr) ++by_rule[why->text];
    EXPECT_NE(why, nullptr) << "message " << i << " damage " << i % damages << "\n"
                            << messages[i] << "\nhere:  " << testing::PrintToString(here)
                            << "\nemail: " << testing::PrintToString(views[i]);
  }
  EXPECT_LE(different, 6U);  // 2 %
  std::printf("%zu of %zu broken messages are read otherwise than by Python's email\n", different, messages.size());
  for (const auto& [text, count] : by_rule) std::printf("%4d  %s\n", count, text.c_str());
}

TEST(email_comparison, the_manual_lists_the_rules) {
  std::ifstream in(test::source_dir() / "docs/mime.md");
  std::string manual;
  for (std::string line; std::getline(in, line);) manual += line + '\n';
  for (const auto& r : rules) EXPECT_NE(manual.find(std::string("- ") + r.text), std::string::npos) << r.text;
}

}  // namespace
}  // namespace imapxx::inline v0::mime
