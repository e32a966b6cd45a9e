#include "base/read_buffer.hpp"

#include "base/big_block.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace imapxx::inline v0::base {

namespace {
// One spare block a thread. The flag outlives the guard: a buffer destroyed later in the thread's end must not touch
// the pool any more.
thread_local char* spare_block = nullptr;
thread_local bool pool_closed = false;

struct pool_guard {
  pool_guard() = default;
  pool_guard(const pool_guard&) = delete;
  pool_guard& operator=(const pool_guard&) = delete;
  ~pool_guard() {
    std::free(spare_block);
    spare_block = nullptr;
    pool_closed = true;
  }
  void touch() noexcept {}
};
thread_local pool_guard guard;

char* allocate(std::size_t octets) {
  // malloc and not new: realloc can enlarge big blocks without copying.
  auto* p = static_cast<char*>(std::malloc(octets));
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

char* lease_block() {
  if (spare_block != nullptr) return std::exchange(spare_block, nullptr);
  return allocate(read_buffer::block_octets);
}

void return_block(char* block) noexcept {
  if (pool_closed || spare_block != nullptr) {
    std::free(block);
    return;
  }
  guard.touch();
  spare_block = block;
}
}  // namespace

read_buffer::read_buffer(read_buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      capacity_(std::exchange(other.capacity_, 0)),
      begin_(std::exchange(other.begin_, 0)),
      end_(std::exchange(other.end_, 0)),
      maximum_(other.maximum_) {}

read_buffer& read_buffer::operator=(read_buffer&& other) noexcept {
  if (this != &other) {
    give_back();
    data_ = std::exchange(other.data_, nullptr);
    capacity_ = std::exchange(other.capacity_, 0);
    begin_ = std::exchange(other.begin_, 0);
    end_ = std::exchange(other.end_, 0);
    maximum_ = other.maximum_;
  }
  return *this;
}

read_buffer::~read_buffer() { give_back(); }

std::span<char> read_buffer::prepare(std::size_t at_least) {
  const std::size_t held = end_ - begin_;
  const std::size_t allowed = maximum_ - std::min(maximum_, held);
  const std::size_t wanted = std::min({std::max<std::size_t>(at_least, 1), allowed, growth_octets});
  if (wanted == 0) return {};
  if (capacity_ - end_ < wanted) {
    // Moving at most as many octets as were consumed before keeps the sum of all moves linear.
    if (begin_ >= held && capacity_ - held >= wanted) {
      if (held != 0) std::memmove(data_, data_ + begin_, held);
      begin_ = 0;
      end_ = held;
    } else {
      grow(wanted);
    }
  }
  return {data_ + end_, std::min(capacity_ - end_, allowed)};
}

void read_buffer::grow(std::size_t at_least) {
  const std::size_t held = end_ - begin_;
  if (held + at_least <= block_octets && capacity_ < block_octets) {
    char* block = lease_block();
    if (held != 0) std::memcpy(block, data_ + begin_, held);
    std::free(data_);
    data_ = block;
    capacity_ = block_octets;
    begin_ = 0;
    end_ = held;
    return;
  }
  // A quarter more keeps the copying linear where realloc has to copy; untouched pages cost nothing.
  const std::size_t target = filling_pages(end_ + std::max({at_least, std::min(end_, growth_octets), end_ / 4}));
  auto* p = static_cast<char*>(std::realloc(data_, target));
  if (p == nullptr) throw std::bad_alloc();
  data_ = p;
  capacity_ = target;
  expect_use(data_, capacity_);
}

void read_buffer::commit(std::size_t n) noexcept { end_ += std::min(n, capacity_ - end_); }

std::span<char> read_buffer::put_back(std::size_t octets) {
  if (begin_ < octets) {
    const std::size_t held = end_ - begin_;
    const std::size_t target = filling_pages(octets + held);
    char* const more = allocate(target);
    expect_use(more, target);
    if (held != 0) std::memcpy(more + octets, data_ + begin_, held);
    give_back();
    data_ = more;
    capacity_ = target;
    begin_ = octets;
    end_ = octets + held;
  }
  begin_ -= octets;
  return {data_ + begin_, octets};
}

void read_buffer::release() {
  const std::size_t held = end_ - begin_;
  if (held == 0) {
    give_back();
    return;
  }
  if (capacity_ / 2 < held) return;
  char* small = allocate(held);
  std::memcpy(small, data_ + begin_, held);
  give_back();
  data_ = small;
  capacity_ = held;
  end_ = held;
}

void read_buffer::clear() noexcept { give_back(); }

void read_buffer::give_back() noexcept {
  if (capacity_ == block_octets) {
    return_block(data_);
  } else {
    std::free(data_);
  }
  data_ = nullptr;
  capacity_ = begin_ = end_ = 0;
}

}  // namespace imapxx::inline v0::base
