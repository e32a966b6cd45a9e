// Any octets as BODYSTRUCTURE: parts can be walked over and are found by their numbers; what the grammar allows is
// understood as the grammar says, and reads the same after it was written again.
#include <imapxx/response.hpp>

#include "support/canonical.hpp"
#include "support/choices.hpp"
#include "support/reference.hpp"
#include "support/response_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fuzz_bodystructure {

inline std::optional<imapxx::body_structure> read(std::string_view value) {
  const std::string text = std::string("(BODYSTRUCTURE ").append(value).append(")");
  imapxx::fetch_row row;
  row.assign(1, text);
  (void)row.unparsed();
  return row.bodystructure();
}

}  // namespace fuzz_bodystructure

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = imapxx::fuzz;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto got = fuzz_bodystructure::read(input);
  const auto expected = fuzz::reference(input).whole_body();
  if (expected) {
    fuzz::require(got.has_value(), "a valid structure was refused");
    fuzz::require_equal(fuzz::canonical::of(*got), *expected, "a valid structure means something else");
  }
  if (!got) return 0;
  for (const auto& p : walk(*got)) {
    const auto* const found = got->find(p.number);
    fuzz::require(found == p.part || p.depth == 0, "a part is not found by its number");
  }
  fuzz::require(*got == imapxx::body_structure(*got), "a copy differs");
  if (!expected) return 0;
  fuzz::choices none({});
  fuzz::response_writer out(none);
  out.body(*got);
  const auto again = fuzz_bodystructure::read(out.octets());
  fuzz::require(again && *again == *got, "a structure that was written reads differently");
  return 0;
}
