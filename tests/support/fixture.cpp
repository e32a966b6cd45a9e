#include "support/fixture.hpp"

#include "support/paths.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace imapxx::test {
namespace {

namespace fs = std::filesystem;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  throw std::runtime_error("not a hexadecimal digit");
}

// \r \n \t \\ \xNN
std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (const char c = text[++i]) {
      case 'r': out += '\r'; break;
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case '\\': out += '\\'; break;
      case 'x':
        if (i + 2 >= text.size()) throw std::runtime_error("\\x without two digits");
        out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
        i += 2;
        break;
      default: throw std::runtime_error(std::string("unknown escape \\") + c);
    }
  }
  return out;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string w; in >> w;) out.push_back(w);
  return out;
}

class loader {
 public:
  explicit loader(fixture& out) : out_(out) {}

  void add(std::size_t number, const std::string& line) {
    const auto mark = line.substr(0, 2);
    const auto rest = line.size() > 3 ? line.substr(3) : std::string();
    if (mark == "S:") {
      block(number).bytes += rest + "\r\n";
    } else if (mark == "B:") {
      block(number).bytes += unescape(rest);
    } else if (mark == "= " && !out_.blocks.empty()) {
      out_.blocks.back().expected.push_back(line.substr(2));
      closed_ = true;
    } else if (mark == "~ " && !out_.blocks.empty()) {
      out_.blocks.back().leniencies = words(line.substr(2));
      std::sort(out_.blocks.back().leniencies.begin(), out_.blocks.back().leniencies.end());
      closed_ = true;
    } else if (line == "% utf8") {
      out_.utf8 = true;
    } else if (mark != "C:" && !line.empty() && line[0] != '#') {
      throw std::runtime_error(out_.path + ":" + std::to_string(number) + ": unknown kind of line");
    }
  }

 private:
  fixture_block& block(std::size_t number) {
    if (closed_) {
      out_.blocks.emplace_back();
      out_.blocks.back().line = number;
      closed_ = false;
    }
    return out_.blocks.back();
  }

  fixture& out_;
  bool closed_ = true;
};

}  // namespace

fixture load_fixture(std::string_view path) {
  fixture out;
  out.path = path;
  std::ifstream in(fixture_dir() / out.path, std::ios::binary);
  if (!in) throw std::runtime_error("no fixture " + out.path);
  loader load(out);
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) load.add(++number, line);
  return out;
}

std::vector<std::string> list_fixtures(std::string_view directory) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(fixture_dir() / directory)) {
    if (entry.path().extension() == ".txt")
      out.push_back(std::string(directory) + "/" + entry.path().filename().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace imapxx::test
