/// \file
/// The receive buffer: contiguous, so that a whole response is one view.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace imapxx::inline v0::base {

/// Bytes come in at the end (`prepare`, `commit`) and leave at the front (`pending`, `consume`).
///
/// Memory grows with what has come, never with what is announced. An empty buffer owns nothing after `release`: its
/// block goes back to a pool of one block for each thread, so that a thousand idle connections of one thread cost one
/// block. Views of `pending` live until the next `prepare` or `release`. Not thread-safe; may be moved between threads.
class read_buffer {
 public:
  static constexpr std::size_t block_octets = std::size_t{256}
                                              << 10U;  ///< of the pooled block, and so the usual size of one read
  static constexpr std::size_t growth_octets = std::size_t{1} << 20U;  ///< how far memory runs ahead of the bytes
                                                                       ///< received, beside what fills a huge page

  /// \param hard_maximum `pending()` never becomes longer than this
  explicit read_buffer(std::size_t hard_maximum) noexcept : maximum_(hard_maximum) {}
  read_buffer(const read_buffer&) = delete;
  read_buffer& operator=(const read_buffer&) = delete;
  read_buffer(read_buffer&& other) noexcept;
  read_buffer& operator=(read_buffer&& other) noexcept;
  ~read_buffer();

  /// Room for at least `at_least` octets (and as much more as there is), but never for more than the hard maximum
  /// allows: then it is shorter, and empty when the buffer is full.
  [[nodiscard]] std::span<char> prepare(std::size_t at_least);
  void commit(std::size_t n) noexcept;
  [[nodiscard]] std::string_view pending() const noexcept { return {data_ + begin_, end_ - begin_}; }
  void consume(std::size_t n) noexcept {
    begin_ += std::min(n, end_ - begin_);
    if (begin_ == end_) begin_ = end_ = 0;
  }
  /// Makes room for so many octets in front of the pending ones and counts them as pending, whatever the hard maximum:
  /// for what was consumed too early. \return where to write them
  [[nodiscard]] std::span<char> put_back(std::size_t octets);
  /// Before waiting for the peer: gives back all memory that pending octets do not need.
  void release();
  /// Drops everything.
  void clear() noexcept;

  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  void grow(std::size_t at_least);
  void give_back() noexcept;
  char* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t maximum_;
};

}  // namespace imapxx::inline v0::base
