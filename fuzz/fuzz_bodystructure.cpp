// Any octets as BODYSTRUCTURE: parts can be walked over and are found by their numbers; what the grammar allows is
// understood as the grammar says, and reads the same after it was written again.
#include <imapxx/fetch_text.hpp>
#include <imapxx/model/body_structure_view.hpp>
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

namespace fuzz_bodystructure {

inline std::optional<imapxx::body_structure> read(std::string_view value) {
  const imapxx::fuzz::fetch_value item("BODYSTRUCTURE", value);
  (void)item.row().unparsed();
  return item.row().bodystructure();
}

// A space behind the first parenthesis leaves the value to the tolerant reader, which must understand the same; and so
// must the views.
inline void require_same_in_all_ways(std::string_view value, const std::optional<imapxx::body_structure>& got) {
  namespace fuzz = imapxx::fuzz;
  const fuzz::fetch_value item("BODYSTRUCTURE", value);
  const auto view = imapxx::body_structure_view::of(item.row());
  fuzz::require(view.has_value() == got.has_value(), "a view is there and the value is not, or the other way round");
  if (view) {
    fuzz::require(view->to_owned() == *got, "a view means something else");
    fuzz::require(view->children().size() == got->children.size(), "a view has other parts");
    fuzz::require(view->is_multipart() == got->is_multipart(), "a view is of another kind");
    fuzz::require(view->is(got->type, got->subtype) && !view->is("no", "type"), "a view has another type");
    for (const auto& p : got->parameters.items) {
      const auto* const first = got->parameters.find(p.first);
      fuzz::require(view->parameters().find(p.first).to_string() == *first, "a view has another parameter");
    }
    std::size_t i = 0;
    for (const auto& part : view->children())
      fuzz::require(part.to_owned() == got->children[i++], "a part's view means something else");
  }
  const auto spaced = fuzz::for_tolerant_reader(value);
  if (!spaced) return;
  const auto tolerant = read(*spaced);
  fuzz::require(tolerant.has_value() == got.has_value(), "only one reader understands a structure");
  // Where a part was kept as it was sent, its octets differ by the space.
  if (!got || !got->extensions.empty()) return;
  fuzz::require(*tolerant == *got, "the tolerant reader understands something else");
  fuzz::require_equal(fuzz::tolerances_of([&] { return read(value); }),
                      fuzz::tolerances_of([&] { return read(*spaced); }), "other tolerances are counted");
}

// Out of a log or a script's output. \param is_valid whether it is a value that the grammar allows
inline void require_same_as_text(std::string_view text, const std::optional<imapxx::body_structure>& got,
                                 bool is_valid) {
  namespace fuzz = imapxx::fuzz;
  const auto alone = imapxx::parse_body_structure(text);
  fuzz::require(alone || alone.error().offset() <= text.size(), "a text breaks behind its end");
  if (is_valid) fuzz::require(alone && *alone == *got, "a valid structure is another one as a text");
  const auto data = imapxx::parse_fetch_text(text);
  if (!data) return fuzz::require(data.error().offset() <= text.size(), "a text breaks behind its end");
  for (const auto& u : data->unparsed)
    fuzz::require(u.offset <= text.size(), "an item breaks behind the end of its text");
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
  fuzz_bodystructure::require_same_as_text(input, got, expected.has_value());
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
