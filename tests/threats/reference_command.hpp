/// \file
/// A slow and obvious reader of one command, as a server sees it.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::threats {

/// Its strings and words, parentheses apart.
struct read_command {
  std::string tag;
  std::vector<std::string> words;
  std::string_view rest;  // behind its CRLF
};

inline std::optional<read_command> read_one(std::string_view in) {
  read_command out;
  bool first = true;
  while (!in.empty()) {
    if (in.starts_with("\r\n")) {
      out.rest = in.substr(2);
      return out;
    }
    const char c = in.front();
    if (c == ' ' || c == '(' || c == ')') {
      in.remove_prefix(1);
      continue;
    }
    std::string word;
    if (c == '"') {
      std::size_t i = 1;
      for (; i < in.size() && in[i] != '"'; ++i) {
        if (in[i] == '\r' || in[i] == '\n') return std::nullopt;
        if (in[i] == '\\') ++i;
        if (i < in.size()) word += in[i];
      }
      if (i >= in.size()) return std::nullopt;
      in.remove_prefix(i + 1);
    } else if (c == '{' || in.starts_with("~{")) {
      const auto open = in.find('{');
      const auto close = in.find('}');
      if (close == std::string_view::npos || in.substr(close + 1, 2) != "\r\n") return std::nullopt;
      const auto size = std::strtoull(std::string(in.substr(open + 1, close - open - 1)).c_str(), nullptr, 10);
      if (in.size() < close + 3 + size) return std::nullopt;
      word = in.substr(close + 3, size);
      in.remove_prefix(close + 3 + size);
    } else {
      const auto end = std::min(in.find_first_of(" ()\r\n\""), in.size());
      word = in.substr(0, end);
      in.remove_prefix(end);
    }
    (first ? out.tag : out.words.emplace_back()) = word;
    first = false;
  }
  return std::nullopt;
}

}  // namespace imapxx::threats
