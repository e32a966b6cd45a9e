// One name, one spelling: what decodes is UTF-8 and encodes to the same octets; all UTF-8 survives the way there and
// back.
#include "base/utf7.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace base = imapxx::base;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto text = base::utf7_decode(input)) {
    if (!base::is_utf8(*text) || base::utf7_encode(*text) != input) std::abort();
  }
  const auto coded = base::utf7_encode(input);
  const auto back = base::utf7_decode(coded);
  if (!back || (base::is_utf8(input) && *back != input)) std::abort();
  return 0;
}
