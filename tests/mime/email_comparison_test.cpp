// 300 broken messages, read by mime.hpp and by Python's email package: at most 4 % are read otherwise, each by a rule
// that stands in `rules`.
#include <imapxx/mime.hpp>

#include "support/mime_generator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>
#include <string>
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
  const std::string command = "python3 -B " IMAPXX_SOURCE_DIR "/tests/mime/read_with_email.py " + file.string();
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

// The ways in which transports, gateways and writers break messages.
std::string damage(const std::string& octets, std::size_t kind, std::mt19937& random) {
  auto lines = lines_of(octets);
  const auto any = [&random](std::size_t n) { return static_cast<std::ptrdiff_t>(random() % n); };
  const auto at = lines.begin() + any(lines.size());
  switch (kind % 12) {
    case 0: return octets.substr(0, random() % octets.size());
    case 1: lines.erase(at); break;
    case 2: lines.insert(at, std::string(lines[static_cast<std::size_t>(any(lines.size()))])); break;
    case 3: lines.insert(at, "\r\n"); break;
    case 4: lines.insert(at, "a line that belongs nowhere\r\n"); break;
    case 5:
      std::erase_if(lines, [](const auto& l) { return l.starts_with("--") && l.find("--", 3) != std::string::npos; });
      break;
    case 6: std::erase_if(lines, [&](const auto& l) { return (l == "\r\n" || l == "\n") && random() % 4 == 0; }); break;
    case 7: std::erase_if(lines, [&](const auto& l) { return l.starts_with("content-") || random() % 40 == 0; }); break;
    case 8: {
      auto all = join(lines);
      for (int i = 0; i < 3; ++i) all[random() % all.size()] = static_cast<char>('!' + random() % 90);
      return all;
    }
    case 9: {
      auto all = join(lines);
      all.erase(random() % all.size(), 1 + random() % 60);
      return all.empty() ? "x" : all;
    }
    case 10: {
      auto all = join(lines);
      // A writer that forgets quotes forgets both.
      for (auto from = all.find("=\""); from != std::string::npos; from = all.find("=\"", from + 1)) {
        const auto to = all.find('"', from + 2);
        if (from == 0 || all[from - 1] == '?' || to == std::string::npos || random() % 2 == 0) continue;
        all.erase(to, 1);
        all.erase(from + 1, 1);
      }
      return all;
    }
    default: std::swap(*at, lines[static_cast<std::size_t>(any(lines.size()))]); break;
  }
  return join(lines);
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

struct rule {
  const char* text;
  std::function<bool(const part& p, const fields& here, const fields& there)> applies;
};

const std::vector<rule>& rules() {
  static const std::vector<rule> all = {
      {"base64 with a letter too many: email gives the text undecoded; here all whole octets are decoded",
       [](const part& p, const fields& here, const fields& there) {
         return p.encoding() == transfer_encoding::base64 && here.type == there.type &&
                there.octets == hex(without_line_breaks(p.raw_body()));
       }},
      {"a multipart without parts: email keeps the line break that belongs to the outer boundary (RFC 2046 section "
       "5.1.1)",
       [](const part& p, const fields& here, const fields& there) {
         return p.content_type().is("multipart") && here.type == there.type &&
                (there.octets == here.octets + "0a" || there.octets == here.octets + "0d0a");
       }},
      {"words behind the media type: email takes them for a part of it",
       [](const part&, const fields& here, const fields& there) {
         return there.type.starts_with(here.type + "?") && here.octets == there.octets;
       }},
      {"quoted-printable '=' before a carriage return alone: email drops the line; blanks at line ends: email keeps "
       "them "
       "(RFC 2045 section 6.7, rule 3)",
       [](const part& p, const fields& here, const fields& there) {
         const auto raw = p.raw_body();
         const bool odd = raw.find("=\r") != std::string_view::npos || raw.find(" \n") != std::string_view::npos ||
                          raw.find(" \r\n") != std::string_view::npos || raw.find("\t\n") != std::string_view::npos ||
                          raw.find("\t\r\n") != std::string_view::npos;
         return p.encoding() == transfer_encoding::quoted_printable && here.type == there.type && odd;
       }}};
  return all;
}

// Whether every line that differs does so by a rule.
bool explained(const std::string& octets, const view& here, const view& there) {
  const auto parts = message(octets).walk();
  // email looks for a message in every message/*, also where the subtype is damaged.
  for (const auto& line : there) {
    const fields f(line);
    if (f.kind == "message" && f.type != "message/rfc822" && f.type != "message/global") return true;
  }
  // A carriage return alone is a line break to email.
  for (std::size_t at = octets.find('\r'); at != std::string::npos; at = octets.find('\r', at + 1)) {
    if (octets.compare(at, 2, "\r\n") != 0) return true;
  }
  if (here.size() != there.size()) return false;
  for (std::size_t i = 0; i < here.size(); ++i) {
    if (here[i] == there[i]) continue;
    const fields a(here[i]);
    const fields b(there[i]);
    if (a.depth != b.depth || a.kind != b.kind) return false;
    if (std::none_of(rules().begin(), rules().end(), [&](const rule& r) { return r.applies(parts[i], a, b); }))
      return false;
  }
  return true;
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
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto here = read_here(messages[i]);
    if (here == views[i]) continue;
    ++different;
    EXPECT_TRUE(explained(messages[i], here, views[i])) << "message " << i << " damage " << i % 12 << "\n"
                                                        << messages[i] << "\nhere:  " << testing::PrintToString(here)
                                                        << "\nemail: " << testing::PrintToString(views[i]);
  }
  EXPECT_LE(different, 12U);
  RecordProperty("different", static_cast<int>(different));
}

}  // namespace
}  // namespace imapxx::inline v0::mime
