#include "base/big_block.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace imapxx::inline v0::base {

void expect_use(const void* at, std::size_t octets) noexcept {
#ifdef MADV_HUGEPAGE
  if (octets < huge_page - huge_page / 4) return;
  static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  // The allocator's own octets in front of a block may stand on its first page.
  const auto address = reinterpret_cast<std::uintptr_t>(at);
  const auto begin = address / page * page;
  const auto end = (address + octets + page - 1) / page * page;
  (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);  // NOLINT(performance-no-int-to-ptr)
#else
  (void)at;
  (void)octets;
#endif
}

}  // namespace imapxx::inline v0::base
