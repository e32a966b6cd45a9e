// The parser beside a slow, obvious one that was written from the ABNF: what the grammar allows means the same to both,
// and needs no tolerance.
#include <imapxx/response.hpp>

#include "support/canonical.hpp"
#include "support/choices.hpp"
#include "support/reference.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto expected = imapxx::fuzz::reference(input).response();
  if (!expected) return 0;
  imapxx::reset_leniency();
  const auto read = imapxx::parse_response(input);
  const auto got = imapxx::fuzz::canonical::of(read);
  imapxx::fuzz::require(got.has_value(), "the grammar has this response, the library not");
  imapxx::fuzz::require_equal(*got, *expected, "a valid response means something else");
  // What is counted though the grammar allows it: numbers twice, names that are no modified UTF-7 (L-24),
  // HIGHESTMODSEQ 0 (S-20), octets above 127 in literals (E-13).
  static constexpr std::string_view allowed[] = {"Q-07", "L-24", "S-20", "E-13"};
  for (const auto& l : imapxx::leniency())
    if (l.count > 0 && std::find(std::begin(allowed), std::end(allowed), l.quirk) == std::end(allowed))
      imapxx::fuzz::require_equal(l.quirk, "", "a valid response needed a tolerance");
  return 0;
}
