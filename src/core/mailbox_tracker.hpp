/// \file
/// Keeps `mailbox_view` true under what the server sends (RFC 9051 sections 7.4, 7.5 and 5.2).
#pragma once

#include <imapxx/event.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace imapxx::inline v0::core {

/// Applies responses to the view of the selected mailbox. While a SELECT is on its way its data builds a second view,
/// which replaces the first one when the command succeeds. Not thread-safe.
class mailbox_tracker {
 public:
  explicit mailbox_tracker(bool track_uids) noexcept : track_uids_(track_uids) {}

  [[nodiscard]] const mailbox_view& view() const noexcept { return view_; }
  /// A SELECT or EXAMINE was sent: what comes is about the new mailbox, from `[CLOSED]` on where the server sends that
  /// (RFC 9051 section 7.1).
  void select_sent(const mailbox_name& name, bool read_only);
  void select_done(bool ok, const status_response& status);
  void closed();

  /// Each returns the change that observers hear of, or nullopt when there is none.
  std::optional<mailbox_event> exists(std::uint32_t count);
  std::optional<mailbox_event> recent(std::uint32_t count);
  /// nullopt for an impossible number (0, or beyond EXISTS), which is ignored.
  std::optional<mailbox_event> expunge(std::uint32_t seq);
  std::optional<mailbox_event> vanished(const uid_set& uids, bool earlier);
  void flags(const flag_list& defined);
  void status_code(const response_code& code);
  /// Learns the UID of a message, and keywords in use, from a FETCH response.
  void fetched(const fetch_row& row) {
    if (const auto* item = row.find(fetch_item::flags); item != nullptr) learn_keywords(item->value);
    fetched_with_known_flags(row);
  }
  /// The same where `fetched` was called with the same flags, since `flags_forgotten` has changed last.
  void fetched_with_known_flags(const fetch_row& row) {
    if (track_uids_) learn_uid(row);
  }
  [[nodiscard]] bool tracks_uids() const noexcept { return track_uids_; }
  /// How often what `fetched` has learnt of flags was given up: they are about another mailbox then, or defined anew.
  [[nodiscard]] std::uint32_t flags_forgotten() const noexcept { return flags_forgotten_; }

 private:
  void restart();
  void learn_keywords(std::string_view list);
  void insert_keywords(std::string_view list);
  void learn_uid(const fetch_row& row);
  [[nodiscard]] mailbox_view& current() noexcept { return next_ ? *next_ : view_; }
  bool track_uids_;
  mailbox_view view_;
  std::unique_ptr<mailbox_view> next_;  ///< while a SELECT is on its way
  std::uint32_t flags_forgotten_ = 0;
};

}  // namespace imapxx::inline v0::core
