/// \file
/// A response as one line of text: the expected values of the fixtures are written in this form (see
/// tests/fixtures/README.md).
#pragma once

#include <imapxx/response.hpp>

#include <string>
#include <string_view>

namespace imapxx::test {

/// In double quotes; quotes, backslashes, CR, LF and other control characters escaped, octets above 127 as they are.
[[nodiscard]] std::string quote(std::string_view text);
[[nodiscard]] std::string dump(const envelope& e);
[[nodiscard]] std::string dump(const body_structure& b);
[[nodiscard]] std::string dump(const fetch_data& f);
[[nodiscard]] std::string dump(const response_code& c);
[[nodiscard]] std::string dump(const response& r);

}  // namespace imapxx::test
