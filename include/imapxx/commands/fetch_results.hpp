/// \file
/// What FETCH collected: many small rows in little memory.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/fetch_data.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// The rows of a FETCH, one for each message, in the order in which the messages came. Each row is the text of its
/// response and where its items are in it, copied into a chunk; they are parsed when they are looked at: `rows[i]`
/// gives a `fetch_row`, a view that lives as long as this object (moving it keeps views valid). A copy copies all
/// octets. Safe to read from several threads.
class IMAPXX_API fetch_results {
 public:
  /// Makes a `fetch_row` of each row on the way.
  class const_iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::input_iterator_tag;
    using value_type = fetch_row;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = fetch_row;
    const_iterator() = default;
    const_iterator(const fetch_results* rows, std::size_t at) noexcept : rows_(rows), at_(at) {}
    reference operator*() const { return (*rows_)[at_]; }
    const_iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    const_iterator operator++(int) noexcept {
      auto old = *this;
      ++at_;
      return old;
    }
    friend bool operator==(const const_iterator&, const const_iterator&) = default;

   private:
    const fetch_results* rows_ = nullptr;
    std::size_t at_ = 0;
  };

  fetch_results();
  ~fetch_results();
  fetch_results(fetch_results&&) noexcept;
  fetch_results& operator=(fetch_results&&) noexcept;
  fetch_results(const fetch_results& other);
  fetch_results& operator=(const fetch_results& other);

  [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
  [[nodiscard]] bool empty() const noexcept { return records_.empty(); }
  [[nodiscard]] fetch_row operator[](std::size_t i) const;  ///< i < size()
  [[nodiscard]] const_iterator begin() const noexcept { return {this, 0}; }
  [[nodiscard]] const_iterator end() const noexcept { return {this, records_.size()}; }
  /// The row of the message with this UID; nullopt when there is none, or UIDs were not fetched. Logarithmic.
  [[nodiscard]] std::optional<fetch_row> find_uid(std::uint32_t uid) const;

  /// Without parsing: the sequence number of row i (0 for UIDFETCH), its UID (0 when it was not sent), its text.
  [[nodiscard]] std::uint32_t seq(std::size_t i) const noexcept { return records_[i].seq; }
  [[nodiscard]] std::uint32_t uid(std::size_t i) const noexcept { return records_[i].uid; }
  /// Whether row i has all that was asked for; servers leave items out (docs/QUIRKS.md F-07).
  [[nodiscard]] bool is_complete(std::size_t i) const noexcept { return is_complete(records_[i]); }
  [[nodiscard]] std::string_view text(std::size_t i) const noexcept { return {records_[i].text, records_[i].size}; }
  /// Memory that the rows take.
  [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }

  // --- for `fetch` and for commands like it ---

  /// What `add` shall know: which requested items a complete row has (all bits of `complete`), whether messages are
  /// told apart by UID, and how deep a row may nest.
  void expect(std::uint32_t complete, bool by_uid, std::size_t max_nesting) noexcept;
  /// Takes a row that has the requested items `have`. Pieces of one message become one row, until it is complete; a
  /// later complete row of the same message replaces the earlier one. \return false when it is about a complete message
  /// and brings less than all: an update
  bool add(const fetch_row& row, std::uint32_t have);
  /// Whether there is a row about this sequence number that waits for more pieces.
  [[nodiscard]] bool has_incomplete(std::uint32_t seq) const;
  /// Call once when all rows are there: prepares `find_uid`.
  void finish();
  void clear() noexcept;

 private:
  struct record {
    char* text = nullptr;
    std::uint32_t size = 0;
    std::uint32_t room = 0;
    std::uint32_t seq = 0;
    std::uint32_t uid = 0;
    std::uint32_t have = 0;
    std::uint32_t kept_items = 0;  ///< their places stand in front of the text; 0: it is cut when it is looked at
    [[nodiscard]] std::size_t kept_octets() const noexcept { return kept_items * sizeof(fetch_row::kept_item); }
  };
  static_assert(sizeof(record) <= 32);
  /// Memory of one block, given back as it was taken.
  struct block_release {
    bool huge = false;
    void operator()(void* block) const noexcept;
  };
  template <class T>
  using block = std::unique_ptr<T[], block_release>;
  /// Grows without moving what it holds: a million rows would otherwise be copied as often as their number doubles.
  /// Each block holds as many as all before it; where that comes to half a megabyte, the next ones fill huge pages.
  class record_list {
   public:
    record_list() = default;
    record_list(record_list&& o) noexcept { *this = std::move(o); }
    record_list& operator=(record_list&& o) noexcept {
      blocks_ = std::move(o.blocks_);
      size_ = std::exchange(o.size_, 0);
      next_ = std::exchange(o.next_, nullptr);
      left_ = std::exchange(o.left_, 0);
      return *this;
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] record& operator[](std::size_t i) noexcept { return *at(i); }
    [[nodiscard]] const record& operator[](std::size_t i) const noexcept { return *at(i); }
    [[nodiscard]] const record& back() const noexcept { return next_[-1]; }
    void push_back(const record& r) {
      if (left_ == 0) grow();
      std::construct_at(next_, r);
      ++next_;
      --left_;
      ++size_;
    }

   private:
    static constexpr std::size_t in_first = 64;
    static constexpr std::size_t in_growing = 16'384;  ///< in all blocks before those of the largest size
    static constexpr std::size_t growing = 9;          ///< how many blocks that are
    static constexpr std::size_t in_largest = 65'536;
    static_assert(in_first << (growing - 1) == in_growing);
    [[nodiscard]] record* at(std::size_t i) const noexcept {
      if (i >= in_growing) return &blocks_[growing + (i - in_growing) / in_largest][(i - in_growing) % in_largest];
      const auto b = static_cast<std::size_t>(std::bit_width(i / in_first));
      return &blocks_[b][b == 0 ? i : i - (in_first / 2 << b)];
    }
    void grow();
    std::vector<block<record>> blocks_;
    std::size_t size_ = 0;
    record* next_ = nullptr;  ///< in the last block, where so many more fit
    std::size_t left_ = 0;
  };
  /// Goes with the chunks when they are moved: who is left behind has none.
  struct free_space {
    free_space() = default;
    free_space(free_space&& o) noexcept : at(std::exchange(o.at, nullptr)), left(std::exchange(o.left, 0)) {}
    free_space& operator=(free_space&& o) noexcept {
      at = std::exchange(o.at, nullptr);
      left = std::exchange(o.left, 0);
      return *this;
    }
    char* at = nullptr;
    std::size_t left = 0;
  };
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

  template <class T>
  static block<T> make_block(std::size_t n);
  char* allocate(std::size_t n);
  [[nodiscard]] std::size_t locate(std::uint32_t seq, std::uint32_t uid) const;
  void start(const fetch_row& row, std::uint32_t uid, std::uint32_t have);
  void extend(record& r, std::string_view piece);
  void replace(record& r, std::string_view text);
  [[nodiscard]] bool is_complete(const record& r) const noexcept { return (r.have & complete_) == complete_; }

  record_list records_;
  std::vector<block<char>> chunks_;
  free_space free_;  // of the last chunk
  std::size_t next_chunk_ = 0;
  std::uint64_t octets_ = 0;
  std::size_t max_nesting_ = 64;
  std::uint32_t complete_ = 0;
  std::uint32_t highest_seq_ = 0, highest_uid_ = 0;
  std::uint32_t lowest_seq_ = UINT32_MAX, lowest_uid_ = UINT32_MAX;
  bool by_uid_ = false;
  bool uids_ascend_ = true;
  struct places;
  mutable std::unique_ptr<places> places_;  // only when a row comes out of order
  std::vector<std::uint32_t> uid_order_;    // rows by UID, when they did not come so
};

}  // namespace imapxx::inline v0
