// A message as a person reads it, fetched part by part: headers, text, names of the attachments.
#pragma once

#include <imapxx/client.hpp>

#include <string>
#include <vector>

namespace imapxx::cli {

/// Items that `readable` needs of a message in the first place.
[[nodiscard]] fetch_items reading_items();

/// The decoded text of a message: the command that fetches it, and what becomes of its answer.
class readable_parts {
 public:
  /// The parts that a person reads, nested messages included: of alternatives the plainest, of a multipart/related the
  /// one that shows the others.
  [[nodiscard]] static readable_parts of(const body_structure& structure);
  [[nodiscard]] bool empty() const noexcept;
  [[nodiscard]] fetch_items items() const;
  /// UTF-8, of at most `octets_max` octets of each part.
  [[nodiscard]] std::string decode(const fetch_row& answer) const;
  static constexpr std::uint64_t octets_max = std::uint64_t{1} << 20U;

 private:
  struct one {
    std::string number;  ///< "": nothing to fetch, `heading` is all
    std::string heading;
    std::string header;  ///< Content-Type and -Transfer-Encoding, made anew from the structure
    std::uint64_t octets = 0;
  };
  class collector;
  std::vector<one> parts_;
  bool more_ = false;
};

/// Text and attachments of a message whose structure the server could not tell, of its first octets.
struct unstructured_message {
  std::string text;
  std::string attachments;
};
[[nodiscard]] unstructured_message read_unstructured(const std::string& octets);

/// "From: ..." and so on, decoded, each on a line; lines of the attachments at the end. Untrusted text.
struct readable_message {
  std::string headers;
  std::string attachments;
};
[[nodiscard]] readable_message readable(const fetch_row& row);

}  // namespace imapxx::cli
