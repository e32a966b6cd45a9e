/// \file
/// APPEND, and where its message comes from.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/export.hpp>
#include <imapxx/model/date_time.hpp>
#include <imapxx/model/flag.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/model/number_set.hpp>

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {

/// What becomes of line ends on the way: IMAP wants CRLF (RFC 9051 section 2.2.1 with RFC 5322), files often have LF.
enum class line_ends : std::uint8_t {
  keep,    ///< octets go out as they are
  to_crlf  ///< a LF without CR in front becomes CRLF; counted beforehand, so that the announced size is right
};

/// A message in memory.
[[nodiscard]] IMAPXX_API std::shared_ptr<literal_source> source_from_string(std::string octets,
                                                                            line_ends ends = line_ends::keep);
/// Reads `size` octets from a descriptor, which stays the caller's and must stay open. A source that ends earlier, or
/// has more, is an error, found when it is read: the literal stays unfinished and the connection ends. Reading may
/// block.
[[nodiscard]] IMAPXX_API std::shared_ptr<literal_source> source_from_fd(int fd, std::uint64_t size);
/// As before from a stream, which must outlive the command.
[[nodiscard]] IMAPXX_API std::shared_ptr<literal_source> source_from_stream(std::istream& in, std::uint64_t size);
/// A regular file, from its present position to its end; with `to_crlf` it is read twice. Errors: io, invalid_argument
/// when it cannot be positioned. A file that changes its size until it is sent is an error as with `source_from_fd`.
[[nodiscard]] IMAPXX_API result<std::shared_ptr<literal_source>> source_from_file(int fd,
                                                                                  line_ends ends = line_ends::keep);
/// As before from a stream that can be positioned.
[[nodiscard]] IMAPXX_API result<std::shared_ptr<literal_source>> source_from_seekable(std::istream& in,
                                                                                      line_ends ends = line_ends::keep);

/// Where the new message is, when the server told it (UIDPLUS, RFC 4315).
class append_result {
 public:
  append_result() = default;
  std::optional<std::uint32_t> uidvalidity;
  uid_set uids;
  /// The UID, when it is exactly one.
  [[nodiscard]] std::optional<std::uint32_t> uid() const {
    if (uids.size() != 1) return std::nullopt;
    return *uids.begin();
  }
};

/// One message, and what goes with it, for `multiappend` and `client::append_messages`.
class IMAPXX_API append_message {
 public:
  /// With CRLF line ends.
  explicit append_message(std::string message);
  explicit append_message(std::shared_ptr<literal_source> message);
  append_message& flags(flag_list list);
  append_message& date(date_time internal_date);
  /// As `append::binary`.
  append_message& binary(bool on = true);
  /// Errors: those of `append` that are about a message.
  [[nodiscard]] result<void> check(const session_info& info) const;
  /// append-message = [SP flag-list] [SP date-time] SP literal
  void encode(wire::encoder& out) const;
  [[nodiscard]] const std::shared_ptr<literal_source>& source() const noexcept { return source_; }
  /// Another source of the same message.
  void use(std::shared_ptr<literal_source> same) { source_ = std::move(same); }

 private:
  std::shared_ptr<literal_source> source_;
  flag_list flags_;
  std::optional<date_time> date_;
  bool binary_ = false;
};

/// Adds a message to a mailbox. RFC 9051 section 6.3.12; authenticated or selected state. The message is streamed from
/// its source; its deadline is one without progress. Never repeat it without looking whether the first one arrived.
/// Errors: invalid_argument (a name, a flag, an empty message, one beyond the server's APPENDLIMIT, a NUL while the
/// server has no BINARY), no (TRYCREATE, OVERQUOTA, TOOBIG ...), bad; aborted_by_caller or io from the source, which
/// end the connection.
class IMAPXX_API append final : public command {
 public:
  using result_type = append_result;
  static const command_traits traits_v;
  /// A message with CRLF line ends.
  append(mailbox_name mailbox, std::string message);
  append(mailbox_name mailbox, std::shared_ptr<literal_source> message);
  append(mailbox_name mailbox, append_message message);
  append& flags(flag_list list);
  append& date(date_time internal_date);
  /// Sends the message as literal8, so that it may hold NUL. RFC 3516 section 4.4; requires BINARY. A string that holds
  /// NUL does so by itself.
  append& binary(bool on = true);

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void encode(wire::encoder& out) override;
  result<void> on_complete(const status_response& status) override;
  void abandon() noexcept override;
  [[nodiscard]] result_type take_result() { return std::move(result_); }
  [[nodiscard]] const mailbox_name& mailbox() const noexcept { return mailbox_; }
  [[nodiscard]] const std::shared_ptr<literal_source>& message() const noexcept { return message_.source(); }
  /// Another source of the same message.
  void use(std::shared_ptr<literal_source> same) { message_.use(std::move(same)); }

 private:
  mailbox_name mailbox_;
  append_message message_;
  append_result result_;
};

/// Adds several messages, all or none. RFC 3502; requires MULTIAPPEND (`client::append_messages` has a fallback);
/// authenticated or selected state. Each message is streamed from its source, one after the other; the UIDs of the
/// result are in the order of the messages. Errors: those of `append`; invalid_argument without a message.
class IMAPXX_API multiappend final : public command {
 public:
  using result_type = append_result;
  static const command_traits traits_v;
  multiappend(mailbox_name mailbox, std::vector<append_message> messages);

  [[nodiscard]] const command_traits& traits() const noexcept override;
  [[nodiscard]] result<void> check(const session_info& info) const override;
  void encode(wire::encoder& out) override;
  result<void> on_complete(const status_response& status) override;
  void abandon() noexcept override;
  [[nodiscard]] result_type take_result() { return std::move(result_); }

 private:
  mailbox_name mailbox_;
  std::vector<append_message> messages_;
  append_result result_;
};

/// What `client::append_messages` did.
class append_messages_result {
 public:
  append_messages_result() = default;
  bool at_once = false;  ///< by one MULTIAPPEND: all or none
  std::optional<std::uint32_t> uidvalidity;
  /// One for each message that was added, in their order; nullopt where the server does not tell it.
  std::vector<std::optional<std::uint32_t>> uids;
  /// Why the message behind these could not be added; nothing after it was tried. Success when all were.
  error failure;
};

}  // namespace imapxx::inline v0
