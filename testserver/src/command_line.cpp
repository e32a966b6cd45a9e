#include "command_line.hpp"

#include "text.hpp"

namespace imapxx::testserver::detail {

std::optional<literal_announcement> find_literal(std::string_view line) {
  if (line.size() < 3 || line.back() != '}') return std::nullopt;
  auto open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  auto digits = line.substr(open + 1, line.size() - open - 2);
  literal_announcement a;
  if (!digits.empty() && digits.back() == '+') {
    a.synchronizing = false;
    digits.remove_suffix(1);
  }
  auto size = parse_number(digits);
  if (!size) return std::nullopt;
  a.size = *size;
  a.binary = open > 0 && line[open - 1] == '~';
  a.position = a.binary ? open - 1 : open;
  return a;
}

}  // namespace imapxx::testserver::detail
