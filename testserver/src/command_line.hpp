#pragma once

#include "arguments.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::testserver::detail {

/// The {n}, {n+} or ~{n} at the end of a command line.
struct literal_announcement {
  std::uint64_t size = 0;
  bool synchronizing = true;
  bool binary = false;
  std::size_t position = 0;  ///< where it starts in the line
};

std::optional<literal_announcement> find_literal(std::string_view line);

}  // namespace imapxx::testserver::detail
