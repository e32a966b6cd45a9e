// Mail for the demo and for `imapxx serve` without files.
#pragma once

#include <span>
#include <string_view>

namespace imapxx::cli {

struct sample {
  std::string_view mailbox;
  std::string_view flags;
  std::string_view date;     ///< IMAP date-time
  std::string_view message;  ///< with LF line ends
};
[[nodiscard]] std::span<const sample> samples();

}  // namespace imapxx::cli
