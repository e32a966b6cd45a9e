/// \file
/// Puts the pieces of a download together, whatever the server makes of what it was asked for.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/download.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace imapxx::inline v0::core {

/// What one command of a download asks for.
struct download_piece {
  std::uint64_t origin = 0;
  std::uint64_t count = 0;  ///< 0: the whole body, without `<origin.count>`
  [[nodiscard]] bool whole() const noexcept { return count == 0; }
};

/// Shared by a download and its commands. Octets are delivered once each and in order: what an answer repeats is
/// skipped, and what comes behind a gap is dropped, to be asked for again.
class download_transfer final : public body_sink {
 public:
  using deliver = std::function<result<void>(std::string_view)>;

  explicit download_transfer(deliver to) : to_(std::move(to)) {}

  /// \param octets delivered by an earlier download
  void start_at(std::uint64_t octets) noexcept { next_ = octets; }
  void set_length(std::optional<std::uint64_t> octets) noexcept { length_ = octets; }
  /// Nothing is delivered any more.
  void detach() noexcept { to_ = nullptr; }

  /// A literal is about to come in answer to `asked`. \return this
  body_sink* answer(const download_piece& asked, const body_info& info) noexcept;
  result<void> begin(const body_info& info) override;
  result<void> write(std::string_view octets) override;
  result<void> end(const body_info& info) override;

  [[nodiscard]] std::uint64_t next() const noexcept { return next_; }
  [[nodiscard]] std::uint64_t received() const noexcept { return received_; }
  /// The whole body has been delivered.
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  /// The server sends everything whatever it is asked for (quirk F-18).
  [[nodiscard]] bool ignores_partial() const noexcept { return ignores_partial_; }
  /// It answered a partial FETCH as RFC 9051 says.
  [[nodiscard]] bool honours_partial() const noexcept { return honours_partial_; }
  /// An answer from which nothing can be made.
  [[nodiscard]] bool confused() const noexcept { return confused_; }
  /// The most octets that came of a longer piece without ending the body: the server sends no more at once. 0: no such
  /// thing happened.
  [[nodiscard]] std::uint64_t longest_short() const noexcept { return longest_short_; }

  /// Called at the first octet of an answer.
  std::function<void()> on_first;

 private:
  void place(const body_info& info) noexcept;

  deliver to_;
  std::optional<std::uint64_t> length_;
  std::uint64_t next_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t longest_short_ = 0;
  download_piece asked_;
  std::uint64_t at_ = 0;    // position of the next octet of the present literal
  std::uint64_t size_ = 0;  // of the present literal
  bool is_whole_ = false;
  bool complete_ = false;
  bool ignores_partial_ = false;
  bool honours_partial_ = false;
  bool confused_ = false;
  bool dropping_ = false;  // the present literal is of no use
};

/// `UID FETCH n (UID [RFC822.SIZE] BODY.PEEK[...]<origin.count>)`.
class download_fetch final : public command {
 public:
  static constexpr command_traits traits_body =
      command_traits("UID FETCH", states::selected).answered_by(answer::fetch).without_total_deadline();
  static constexpr command_traits traits_binary = command_traits(traits_body).needs("BINARY|IMAP4rev2");

  /// \param piece nullopt: only the size
  download_fetch(std::uint32_t uid, const section& body, std::optional<download_piece> piece, bool with_size,
                 std::shared_ptr<download_transfer> to);

  [[nodiscard]] const command_traits& traits() const noexcept override {
    return body_.kind == section::item::binary ? traits_binary : traits_body;
  }
  /// Pieces of one message are told apart by the octet they begin with.
  [[nodiscard]] command_scope scope() const noexcept override {
    return command_scope().of(message_).tagged().reading();
  }
  void encode(wire::encoder& out) override;
  bool on_fetch(const fetch_row& row) override;
  [[nodiscard]] bool claims(const fetch_row& row) const noexcept override;
  body_sink* on_body(const body_info& info) override;
  [[nodiscard]] bool wants_section(const body_info& info) const noexcept override;
  void abandon() noexcept override { to_.reset(); }

  [[nodiscard]] const std::optional<download_piece>& piece() const noexcept { return piece_; }
  /// The message's size, when it was asked for and came.
  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }
  /// The server knows the message.
  [[nodiscard]] bool found() const noexcept { return found_; }
  /// NIL came in place of the body.
  [[nodiscard]] bool is_nil() const noexcept { return nil_; }

 private:
  [[nodiscard]] bool brings_body(const fetch_row& row) const;

  std::uint32_t uid_;
  uid_set message_;
  section body_;
  std::optional<download_piece> piece_;
  bool with_size_;
  std::shared_ptr<download_transfer> to_;
  std::optional<std::uint64_t> size_;
  bool found_ = false;
  bool nil_ = false;
};

}  // namespace imapxx::inline v0::core
