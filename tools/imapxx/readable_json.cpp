#include "readable_json.hpp"

#include <imapxx/mime.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace imapxx::cli {
namespace {

using nlohmann::ordered_json;

std::string scalar(const ordered_json& value) {
  if (value.is_null()) return "none";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool holds_scalars(const ordered_json& list) {
  return std::none_of(list.begin(), list.end(), [](const auto& v) { return v.is_structured(); });
}

void add(std::vector<std::string>& lines, const std::string& indent, const std::string& name,
         const ordered_json& value);

void add_members(std::vector<std::string>& lines, const std::string& indent, const ordered_json& object) {
  for (const auto& [name, value] : object.items()) add(lines, indent, name, value);
}

void add_text(std::vector<std::string>& lines, const std::string& indent, const std::string& name,
              const std::string& text) {
  if (text.find('\n') == std::string::npos) {
    const bool encoded = text.find("=?") != std::string::npos && text.find("?=") != std::string::npos;
    lines.push_back(indent + name + ": " + (encoded ? mime::decode_header(text) : text));
    return;
  }
  lines.push_back(indent + name + ":");
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = indent + "  ";
    line.append(text, at, end - at);
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(std::move(line));
    at = end + 1;
  }
}

// The depth is that of our own JSON, which the parser's nesting limit bounds.
void add(std::vector<std::string>& lines, const std::string& indent, const std::string& name,
         const ordered_json& value) {
  if (value.is_object()) {
    lines.push_back(indent + name + ":");
    return add_members(lines, indent + "  ", value);
  }
  if (!value.is_array()) return add_text(lines, indent, name, scalar(value));
  if (holds_scalars(value)) {
    std::string all;
    for (const auto& v : value) all += " " + scalar(v);
    lines.push_back(indent + name + ":" + all);
    return;
  }
  std::size_t number = 0;
  for (const auto& v : value) add(lines, indent, name + " " + std::to_string(++number), v);
}

}  // namespace

std::vector<std::string> readable_lines(std::string_view json) {
  const auto object = ordered_json::parse(json, nullptr, false);
  std::vector<std::string> lines;
  if (!object.is_object()) return {std::string(json)};
  lines.push_back(object.contains("kind") ? scalar(object["kind"]) : std::string("response"));
  for (const auto& [name, value] : object.items())
    if (name != "kind") add(lines, "  ", name, value);
  return lines;
}

}  // namespace imapxx::cli
