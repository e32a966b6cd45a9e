/// \file
/// Reads the numbers of a SEARCH response while it arrives.
#pragma once

#include <imapxx/model/number_set.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0::codec {

/// `* SEARCH` and ascending numbers, written as the grammar wants them: what has come is read at once and need not be
/// kept, because it can be written again, octet for octet. What is not so (numbers in another order, MODSEQ, an odd
/// line end) is not for this class: put `write`'s octets back in front of what is left, and read the response as any
/// other.
class search_in_pieces {
 public:
  enum class state : std::uint8_t {
    more,      ///< further octets are needed
    complete,  ///< the response is over
    other      ///< not for this class
  };
  struct step {
    state now = state::more;
    std::size_t octets = 0;  ///< from the start of what was given: read, and not needed any more
  };

  /// How many numbers may come, as far as is known: room is made with that in mind.
  void expect(std::size_t numbers) noexcept { expected_ = numbers; }

  /// Whether such a response may begin here, and does not end here.
  [[nodiscard]] static bool begins(std::string_view octets) noexcept;

  /// \param octets the response, at first; later, what has not been taken of it and what has come behind that
  /// \param most of the whole response, without its line end: when there are more octets it is `other`
  [[nodiscard]] step take(std::string_view octets, std::uint64_t most);

  /// Of the response, as far as it was taken, without its line end.
  [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }
  /// Writes them again. \param to of `octets()`
  void write(std::span<char> to) const noexcept;
  /// What was read. Once; the object is of no use then.
  [[nodiscard]] uid_set release();

 private:
  void keep(message_number first, message_number last);
  void make_room();

  std::vector<number_range> ranges_;
  // The last range, which the next number may extend; none while `last_` is 0, and a 1 begins the first one.
  message_number first_ = 1;
  message_number last_ = 0;
  std::size_t expected_ = 0;
  std::uint64_t octets_ = 0;
};

}  // namespace imapxx::inline v0::codec
