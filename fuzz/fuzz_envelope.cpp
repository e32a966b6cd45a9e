// Any octets as ENVELOPE: what was understood is the same after it was written and read again; what the grammar allows
// is understood as the grammar says.
#include <imapxx/model/envelope_view.hpp>
#include <imapxx/response.hpp>

#include "support/canonical.hpp"
#include "support/choices.hpp"
#include "support/fetch_value.hpp"
#include "support/reference.hpp"
#include "support/response_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fuzz_envelope {

inline std::optional<imapxx::envelope> read(std::string_view value) {
  const imapxx::fuzz::fetch_value item("ENVELOPE", value);
  (void)item.row().unparsed();
  return item.row().envelope();
}

// A space behind the first parenthesis leaves the value to the tolerant reader, which must understand the same; and so
// must the views.
inline void require_same_in_all_ways(std::string_view value, const std::optional<imapxx::envelope>& got) {
  namespace fuzz = imapxx::fuzz;
  const fuzz::fetch_value item("ENVELOPE", value);
  const auto view = imapxx::envelope_view::of(item.row());
  fuzz::require(view.has_value() == got.has_value(), "a view is there and the value is not, or the other way round");
  if (view) fuzz::require(view->to_owned() == *got, "a view means something else");
  const auto spaced = fuzz::for_tolerant_reader(value);
  if (!spaced) return;
  const auto tolerant = read(*spaced);
  fuzz::require(tolerant == got, "the tolerant reader understands something else");
  if (got)
    fuzz::require_equal(fuzz::tolerances_of([&] { return read(value); }),
                        fuzz::tolerances_of([&] { return read(*spaced); }), "other tolerances are counted");
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
  fuzz_envelope::require_same_in_all_ways(input, got);
  if (!got) return 0;
  fuzz::choices none({});
  fuzz::response_writer out(none);
  out.envelope(*got);
  const auto again = fuzz_envelope::read(out.octets());
  fuzz::require(again && *again == *got, "an envelope that was written reads differently");
  (void)to_groups(got->from);
  return 0;
}
