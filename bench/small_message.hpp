/// \file
/// The messages that are added one by one: every client adds the same.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

inline std::string small_message(std::uint64_t number) {
  const auto n = std::to_string(number);
  return "From: a@example.org\r\nTo: b@example.org\r\nSubject: message " + n + "\r\nMessage-ID: <" + n +
         "@example.org>\r\n\r\nText.\r\n";
}

}  // namespace bench
