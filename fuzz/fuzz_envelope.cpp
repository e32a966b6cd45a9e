// Any octets as ENVELOPE: what was understood is the same after it was written and read again; what the grammar allows
// is understood as the grammar says.
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

namespace fuzz_envelope {

inline std::optional<imapxx::envelope> read(std::string_view value) {
  const std::string text = std::string("(ENVELOPE ").append(value).append(")");
  imapxx::fetch_row row;
  row.assign(1, text);
  (void)row.unparsed();
  return row.envelope();
}

}  // namespace fuzz_envelope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = imapxx::fuzz;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto got = fuzz_envelope::read(input);
  if (const auto expected = fuzz::reference(input).whole_envelope()) {
    fuzz::require(got.has_value(), "a valid envelope was refused");
    fuzz::require_equal(fuzz::canonical::of(*got), *expected, "a valid envelope means something else");
  }
  if (!got) return 0;
  fuzz::choices none({});
  fuzz::response_writer out(none);
  out.envelope(*got);
  const auto again = fuzz_envelope::read(out.octets());
  fuzz::require(again && *again == *got, "an envelope that was written reads differently");
  (void)to_groups(got->from);
  return 0;
}
