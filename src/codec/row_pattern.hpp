/// \file
/// Rows that are written as the one before: what a million FETCH responses are like.
#pragma once

#include <imapxx/model/fetch_data.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imapxx::inline v0::codec {

/// What the rows of one answer have in common: which items they name and in which order, and the few short lists that
/// some of these items have as values (flags). A row that is the same but for its numbers, and for values that are cut
/// as anywhere else, need not be taken apart word by word.
///
/// Call `cut`; where it gives 0, `fetch_row::assign_response`, and `missed` with what this has cut. Whoever must know
/// of all flags looks at every row that `has_news`. No memory beside the object's own. Not thread-safe.
class row_pattern {
 public:
  static constexpr std::size_t most_items = 10;

  /// As `fetch_row::assign_response` for the response at `begin`, if it is as those before. \return how many octets it
  /// has; 0 when it is not so, or is too close to `end` to tell; the row is then to be assigned anew
  [[nodiscard]] std::size_t cut(const char* begin, const char* end, fetch_row& row) noexcept;
  /// A row that was not cut here. Two in a row are what the next ones are expected to be like.
  void missed(const fetch_row& row) noexcept;
  /// Whether the last row may hold flags that none of those before had.
  [[nodiscard]] bool has_news() const noexcept { return has_news_; }
  /// From now on, all lists are news again.
  void forget_lists() noexcept;

 private:
  /// How to find the end of a value.
  enum class way : std::uint8_t {
    number,  ///< nz-number of 32 bits
    list,    ///< perhaps a list that stood there before
    other
  };
  static constexpr std::size_t longest_list = 32;
  static constexpr std::size_t places = 8;
  static constexpr std::size_t items_with_lists = 2;
  /// Lists that stood in one place: few enough that each has its own by its size and an octet of its first name.
  using known_lists = std::array<std::array<char, longest_list>, places>;
  /// ` FLAGS `: an item's name with what stands in front of it and behind it. Its octets as two words, and which of
  /// their bits count.
  struct name_between {
    std::array<std::uint64_t, 2> words{};
    std::array<std::uint64_t, 2> masks{};
    std::size_t name_size = 0;
    fetch_item kind = fetch_item::other;
    way how = way::other;
    std::uint8_t lists = 0;
    std::uint32_t lists_known = 0, lists_missed = 0;
    /// \return false when the name is too long, or none that stands alone
    [[nodiscard]] bool set(char in_front, std::string_view name) noexcept;
    [[nodiscard]] bool stands_at(const char* at) const noexcept;
  };
  [[nodiscard]] std::size_t size_of_known(const known_lists& known, const char* list) const noexcept;
  [[nodiscard]] const char* end_of_value(name_between& name, const char* value, const char* end) noexcept;
  static void keep(known_lists& known, const char* list, std::size_t size) noexcept;
  void learn(const fetch_row& row) noexcept;

  std::array<known_lists, items_with_lists> lists_{};
  std::array<name_between, most_items> names_{};
  std::uint32_t count_ = 0;  // 0: nothing is known yet
  std::uint32_t kinds_ = 0;
  std::size_t max_nesting_ = 0;
  bool missed_one_ = false;
  bool has_news_ = true;
};

}  // namespace imapxx::inline v0::codec
