#include "base/big_block.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cstdint>

namespace imapxx::inline v0::base {

void expect_use(void* at, std::size_t octets) noexcept {
#ifdef MADV_HUGEPAGE
  if (octets < huge_page - huge_page / 4) return;
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  // The allocator's own octets in front of a block may stand on its first page.
  const auto in_front = static_cast<std::size_t>(std::bit_cast<std::uintptr_t>(at) % page);
  const auto pages = (in_front + octets + page - 1) / page * page;
  (void)::madvise(static_cast<char*>(at) - in_front, pages, MADV_HUGEPAGE);
#else
  (void)at;
  (void)octets;
#endif
}

}  // namespace imapxx::inline v0::base
