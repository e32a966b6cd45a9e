#include "faults/memory_faults.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
// What `ld --wrap` calls the true functions and ours.
void* __real_malloc(std::size_t n);
void* __real_realloc(void* p, std::size_t n);
void __real_free(void* p);
void* __wrap_malloc(std::size_t n);
void* __real_aligned_alloc(std::size_t alignment, std::size_t n);
void* __wrap_aligned_alloc(std::size_t alignment, std::size_t n);
void* __wrap_realloc(void* p, std::size_t n);
void __wrap_free(void* p);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace imapxx::faults {
namespace {

struct tally {
  bool watching = false;
  bool onward = false;
  bool failed = false;
  std::uint64_t made = 0;
  std::uint64_t fail_at = 0;  // 0: never
  std::int64_t blocks = 0;
  std::int64_t octets = 0;
  std::int64_t most_octets = 0;
};
thread_local constinit tally here;

bool refuses() noexcept {
  if (!here.watching) return false;
  ++here.made;
  const bool now = here.fail_at != 0 && (here.made == here.fail_at || (here.onward && here.made > here.fail_at));
  here.failed = here.failed || now;
  return now;
}

void took(void* p) noexcept {
  if (!here.watching || p == nullptr) return;
  ++here.blocks;
  here.octets += static_cast<std::int64_t>(::malloc_usable_size(p));
  here.most_octets = std::max(here.most_octets, here.octets);
}

void gave(void* p) noexcept {
  if (!here.watching || p == nullptr) return;
  --here.blocks;
  here.octets -= static_cast<std::int64_t>(::malloc_usable_size(p));
}

void* take(std::size_t n) noexcept {
  if (refuses()) return nullptr;
  void* p = __real_malloc(n == 0 ? 1 : n);
  took(p);
  return p;
}

void* take_aligned(std::size_t n, std::align_val_t alignment) noexcept {
  if (refuses()) return nullptr;
  const auto a = static_cast<std::size_t>(alignment);
  void* p = __real_aligned_alloc(a, (n + a - 1) / a * a);
  took(p);
  return p;
}

void give(void* p) noexcept {
  gave(p);
  __real_free(p);
}

[[maybe_unused]] void* or_throw(void* p) {
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

}  // namespace

memory_watch::memory_watch() noexcept { here = tally{.watching = true}; }
memory_watch::memory_watch(std::uint64_t k, mode how) noexcept {
  here = tally{.watching = true, .onward = how == mode::onward, .fail_at = k};
}
memory_watch::~memory_watch() { here.watching = false; }
std::uint64_t memory_watch::made() noexcept { return here.made; }
bool memory_watch::failed() noexcept { return here.failed; }
void memory_watch::stop_failing() noexcept { here.fail_at = 0; }
std::int64_t memory_watch::blocks() noexcept { return here.blocks; }
std::int64_t memory_watch::octets() noexcept { return here.octets; }
std::int64_t memory_watch::most_octets() noexcept { return here.most_octets; }

}  // namespace imapxx::faults

namespace f = imapxx::faults;

extern "C" {
void* __wrap_malloc(std::size_t n) { return f::take(n); }
void* __wrap_aligned_alloc(std::size_t alignment, std::size_t n) {
  return f::take_aligned(n, static_cast<std::align_val_t>(alignment));
}
void* __wrap_realloc(void* p, std::size_t n) {
  if (f::refuses()) return nullptr;
  f::gave(p);
  void* moved = __real_realloc(p, n);
  f::took(moved != nullptr ? moved : p);
  return moved;
}
void __wrap_free(void* p) { f::give(p); }
}

// All forms, so that no memory changes between this allocator and the standard one. ThreadSanitizer has its own and
// lets nobody replace them.
#ifndef IMAPXX_TEST_NO_OPERATOR_NEW
void* operator new(std::size_t n) { return f::or_throw(f::take(n)); }
void* operator new[](std::size_t n) { return f::or_throw(f::take(n)); }
void* operator new(std::size_t n, std::align_val_t a) { return f::or_throw(f::take_aligned(n, a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return f::or_throw(f::take_aligned(n, a)); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept { return f::take(n); }
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept { return f::take(n); }
void operator delete(void* p) noexcept { f::give(p); }
void operator delete[](void* p) noexcept { f::give(p); }
void operator delete(void* p, std::size_t) noexcept { f::give(p); }
void operator delete[](void* p, std::size_t) noexcept { f::give(p); }
void operator delete(void* p, std::align_val_t) noexcept { f::give(p); }
void operator delete[](void* p, std::align_val_t) noexcept { f::give(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { f::give(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { f::give(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { f::give(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { f::give(p); }
#endif
