/// \file
/// Memory by the megabyte: touching it for the first time costs more than what is done with it, unless its pages are
/// huge.
#pragma once

#include <cstddef>

namespace imapxx::inline v0::base {

/// The usual size of a huge page.
inline constexpr std::size_t huge_page = std::size_t{2} << 20U;

/// Advises the system that all of this memory is about to be used. Memory of any origin; where there are no huge pages
/// nothing happens.
void expect_use(void* at, std::size_t octets) noexcept;

/// At least so many octets, as many as fill huge pages together with what the allocator adds to a big block. Less than
/// a huge page stays as it is.
[[nodiscard]] constexpr std::size_t filling_pages(std::size_t octets) noexcept {
  constexpr std::size_t allocators_own = 64;
  if (octets < huge_page - allocators_own) return octets;
  return (octets + allocators_own + huge_page - 1) / huge_page * huge_page - allocators_own;
}

}  // namespace imapxx::inline v0::base
