// Any octets as ENVELOPE: what was understood is the same after it was written and read again; what the grammar allows
// is understood as the grammar says.
#include <imapxx/model/envelope_view.hpp>
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

// A space behind the first parenthesis leaves the value to the tolerant reader, which must understand the same; and so
// must the views.
inline void require_same_in_all_ways(std::string_view value, const std::optional<imapxx::envelope>& got) {
  namespace fuzz = imapxx::fuzz;
  const std::string text = std::string("(ENVELOPE ").append(value).append(")");
  imapxx::fetch_row row;
  row.assign(1, text);
  const auto view = imapxx::envelope_view::of(row);
  fuzz::require(view.has_value() == got.has_value(), "a view is there and the value is not, or the other way round");
  if (view) fuzz::require(view->to_owned() == *got, "a view means something else");
  if (!value.starts_with('(') || value.size() < 2 || value[1] == ' ' || value[1] == ')') return;
  const auto counted = [](std::string_view v) {
    imapxx::reset_leniency();
    (void)read(v);
    std::string out;
    for (const auto& l : imapxx::leniency()) {
      if (l.quirk != "G-04") out += std::string(l.quirk) + std::to_string(l.count) + " ";
    }
    return out;
  };
  const auto spaced = "( " + std::string(value.substr(1));
  const auto tolerant = read(spaced);
  fuzz::require(tolerant == got, "the tolerant reader understands something else");
  if (got) fuzz::require_equal(counted(value), counted(spaced), "other tolerances are counted");
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
