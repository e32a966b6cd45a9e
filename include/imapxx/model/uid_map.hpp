/// \file
/// Which UID each message of the selected mailbox has, by sequence number.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/model/number_set.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

namespace imapxx::inline v0 {

/// The UIDs of messages 1 ... `size()`, 0 where not known. Messages with consecutive UIDs cost nothing but the first of
/// them, so that memory grows with the gaps between UIDs, not with the mailbox. A value: not thread-safe for writing,
/// safe for concurrent reading.
class IMAPXX_API uid_map {
 public:
  /// Walks the UIDs in the order of the messages. Ends with any change of the map.
  class IMAPXX_API const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = std::uint32_t;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::uint32_t*;
    using reference = std::uint32_t;
    const_iterator() = default;
    std::uint32_t operator*() const noexcept;
    const_iterator& operator++() noexcept;
    const_iterator operator++(int) noexcept {
      auto old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const const_iterator&, const const_iterator&) = default;

   private:
    friend class uid_map;
    const uid_map* map_ = nullptr;
    std::size_t block_ = 0, run_ = 0;
    std::uint32_t offset_ = 0;  // within the run
  };

  uid_map() = default;
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return blocks_.empty(); }
  /// The UID of message `index + 1`; 0 when it is not known, or when there is no such message.
  [[nodiscard]] std::uint32_t operator[](std::size_t index) const noexcept;
  /// The *sequence number* of the message with this UID; nullopt when none is known to have it. Looks at all runs.
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint32_t uid) const noexcept;
  [[nodiscard]] const_iterator begin() const noexcept;
  [[nodiscard]] const_iterator end() const noexcept;
  /// How many runs of consecutive UIDs (or of unknown ones) are kept: what the memory grows with.
  [[nodiscard]] std::size_t runs() const noexcept;

  /// Forgets all and has `messages` unknown UIDs.
  void assign_unknown(std::uint32_t messages);
  /// Adds messages at the end, their UIDs unknown. `messages` is the new size; a smaller one changes nothing.
  void grow(std::uint32_t messages);
  /// Message `index + 1` has this UID (0: unknown again). Does nothing beyond the end.
  void set(std::size_t index, std::uint32_t uid);
  /// Takes message `index + 1` away; those behind it move up. Does nothing beyond the end.
  void erase(std::size_t index);
  /// Takes all messages away whose UID is in the set.
  void erase(const uid_set& uids);

 private:
  struct run {
    std::uint32_t length;
    std::uint32_t uid;  // of its first message; 0: none of them is known
  };
  // Runs lie in blocks, so that a change in the middle moves few of them.
  struct block {
    std::uint32_t first = 0;  // index of its first message
    std::vector<run> runs;
  };
  struct place {
    std::size_t block, run;
    std::uint32_t offset;
  };
  [[nodiscard]] place locate(std::size_t index) const noexcept;
  static void append(std::vector<run>& runs, run r);
  void append(run r);
  void split_if_full(std::size_t at);

  std::vector<block> blocks_;  // none of them empty
  std::uint32_t size_ = 0;
};

}  // namespace imapxx::inline v0
