// A message as a person reads it, fetched part by part: headers, text, names of the attachments.
#pragma once

#include <imapxx/client.hpp>

#include <optional>
#include <string>

namespace imapxx::cli {

/// Items that `readable` needs of a message in the first place.
[[nodiscard]] fetch_items reading_items();

/// The decoded text of a message whose structure is known: the command that fetches it, and what becomes of its answer.
class text_part {
 public:
  /// The part that a person reads first; nullopt when there is none.
  [[nodiscard]] static std::optional<text_part> of(const fetch_row& row);
  [[nodiscard]] fetch_items items() const;
  /// UTF-8, at most `octets_max` of the part's octets.
  [[nodiscard]] std::string decode(const fetch_row& answer) const;
  static constexpr std::uint64_t octets_max = std::uint64_t{1} << 20U;

 private:
  std::string number_;
  std::string header_;  ///< Content-Type and -Transfer-Encoding, made anew from the structure
  std::uint64_t octets_ = 0;
};

/// "From: ..." and so on, decoded, each on a line; lines of the attachments at the end. Untrusted text.
struct readable_message {
  std::string headers;
  std::string attachments;
};
[[nodiscard]] readable_message readable(const fetch_row& row);

}  // namespace imapxx::cli
