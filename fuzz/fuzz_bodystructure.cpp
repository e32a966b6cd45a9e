// Any octets as BODYSTRUCTURE: parts can be walked over and are found by their numbers; what the grammar allows is
// understood as the grammar says, and reads the same after it was written again.
#include <imapxx/model/body_structure_view.hpp>
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

// A space behind the first parenthesis leaves the value to the tolerant reader, which must understand the same; and so
// must the views.
inline void require_same_in_all_ways(std::string_view value, const std::optional<imapxx::body_structure>& got) {
  namespace fuzz = imapxx::fuzz;
  const std::string text = std::string("(BODYSTRUCTURE ").append(value).append(")");
  imapxx::fetch_row row;
  row.assign(1, text);
  const auto view = imapxx::body_structure_view::of(row);
  fuzz::require(view.has_value() == got.has_value(), "a view is there and the value is not, or the other way round");
  if (view) {
    fuzz::require(view->to_owned() == *got, "a view means something else");
    fuzz::require(view->children().size() == got->children.size(), "a view has other parts");
    std::size_t i = 0;
    for (const auto& part : view->children())
      fuzz::require(part.to_owned() == got->children[i++], "a part's view means something else");
  }
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
  const auto tolerant = read("( " + std::string(value.substr(1)));
  fuzz::require(tolerant.has_value() == got.has_value(), "only one reader understands a structure");
  if (!got) return;
  // Where a part was kept as it was sent, its octets differ by the space.
  if (got->extensions.empty()) fuzz::require(*tolerant == *got, "the tolerant reader understands something else");
  if (got->extensions.empty())
    fuzz::require_equal(counted(value), counted("( " + std::string(value.substr(1))), "other tolerances are counted");
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
  fuzz_bodystructure::require_same_in_all_ways(input, got);
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
