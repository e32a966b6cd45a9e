#include "base/big_block.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cstdint>

namespace imapxx::inline v0::base {

#ifdef MADV_HUGEPAGE
namespace {
// Linux 6.1 knows it, the C library's header perhaps not yet. An older kernel refuses it, and nothing is lost.
#ifdef MADV_COLLAPSE
constexpr int advice_collapse = MADV_COLLAPSE;
#else
constexpr int advice_collapse = 25;
#endif
}  // namespace
#endif

void expect_use(void* at, std::size_t octets) noexcept {
#ifdef MADV_HUGEPAGE
  if (octets < huge_page - huge_page / 4) return;
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  // The allocator's own octets in front of a block may stand on its first page.
  const auto in_front = static_cast<std::size_t>(std::bit_cast<std::uintptr_t>(at) % page);
  const auto pages = (in_front + octets + page - 1) / page * page;
  char* const begin = static_cast<char*>(at) - in_front;
  if (::madvise(begin, pages, MADV_HUGEPAGE) != 0) return;
  // Then that page is in use already: a small one, which would keep all of its huge page small.
  const bool used = in_front != 0 && std::bit_cast<std::uintptr_t>(begin) % huge_page == 0;
  if (used && pages >= huge_page) (void)::madvise(begin, huge_page, advice_collapse);
#else
  (void)at;
  (void)octets;
#endif
}

}  // namespace imapxx::inline v0::base
