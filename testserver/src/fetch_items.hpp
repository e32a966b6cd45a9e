#pragma once

#include "arguments.hpp"
#include "message.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imapxx::testserver::detail {

struct fetch_item {
  enum class kind {
    flags,
    internal_date,
    size,
    envelope,
    body,
    body_structure,
    uid,
    modseq,
    section,
    binary,
    binary_size
  };
  kind what = kind::flags;
  section_spec section;
  bool peek = false;
  bool partial = false;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string label;  ///< as it stands in the response
};

/// fetch-att list or macro (RFC 3501, 6.4.5 and RFC 3516).
std::vector<fetch_item> read_fetch_items(arguments& args);

/// Section text between the brackets; the cursor stands behind `[` and ends behind `]`.
section_spec read_section(arguments& args);
std::string section_label(const section_spec& section);

}  // namespace imapxx::testserver::detail
