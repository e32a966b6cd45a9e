// What a directory of saved messages is about: without it, a later run could take messages of another UIDVALIDITY for
// the same ones.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::cli {

/// The file `.imapxx-mailbox` of a directory. It is written new, synchronised and renamed, so that there is always the
/// old one or the new one.
class mail_record {
 public:
  static constexpr std::string_view file_name = ".imapxx-mailbox";

  /// Reads the record of the directory `fd`; nullopt when there is none or it cannot be understood.
  [[nodiscard]] static std::optional<mail_record> read(int fd);
  /// Writes it when it differs from what was read or written last. \return false with errno set when that fails
  [[nodiscard]] bool write(int fd);

  std::uint32_t uidvalidity = 0;  ///< 0: the server told none
  std::string mailbox;
  /// Messages that are longer or shorter than the server announces (RFC822.SIZE is a guess on some): how long the file
  /// is.
  std::map<std::uint32_t, std::uint64_t> odd_sizes;

 private:
  [[nodiscard]] std::string text() const;
  std::string written_;
};

}  // namespace imapxx::cli
