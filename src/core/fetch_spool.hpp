/// \file
/// Keeps what arrives for an open FETCH while the caller is busy with something else.
#pragma once

#include <imapxx/fetch_stream.hpp>
#include <imapxx/result.hpp>
#include <imapxx/session.hpp>

#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace imapxx::inline v0::core {

/// A queue of fetch events that own their octets: in memory up to a budget, and all that comes beyond it in an unlinked
/// temporary file. An event that is consumed at once (the usual case: `next` waits for it) passes through without being
/// copied.
class fetch_spool {
 public:
  static constexpr std::size_t memory_octets = std::size_t{8} << 20U;

  /// Takes an event of the session. `direct`: the caller waits for it and uses it before anything else happens, so its
  /// views are kept as they are.
  result<void> put(const session_event& e, bool direct);
  [[nodiscard]] bool empty() const noexcept { return !direct_ && queue_.empty() && file_read_ == file_end_; }
  /// Where a row is to be cut when the consumer takes it at once; `row_in_place` is then its event.
  [[nodiscard]] fetch_row& place_for_row() noexcept { return row_; }
  [[nodiscard]] const fetch_event* row_in_place() noexcept {
    borrowed_ = true;
    current_.what = fetch_event::kind::row;
    current_.row = &row_;
    current_.body = nullptr;
    current_.chunk = {};
    return &current_;
  }
  /// What waits in memory.
  [[nodiscard]] std::size_t in_memory() const noexcept { return in_memory_; }
  /// Copies what the last event's views point to, because something else is about to use the session. The event itself
  /// stays where it is.
  void keep_current();
  /// The consumer is done with the last event.
  void release_current() noexcept { borrowed_ = false; }
  /// The next event; its views live until the following call. \return nullptr when there is none
  [[nodiscard]] result<const fetch_event*> take();

 private:
  struct item {
    fetch_event::kind what = fetch_event::kind::row;
    bool by_uid = false;       // row: of UIDFETCH
    std::uint32_t number = 0;  // row: its sequence number, or its UID
    body_info body;            // body_begin; the pieces that follow belong to it
    std::string octets;        // row, body_chunk
  };
  struct closer {
    void operator()(std::FILE* f) const noexcept { std::fclose(f); }
  };
  void show_row();
  result<void> to_file(const item& it);
  result<void> from_file(item& it);

  bool direct_ = false;
  bool borrowed_ = false;  // current_ points into the session
  fetch_event current_;
  item held_;
  fetch_row row_;
  body_info body_;
  std::deque<item> queue_;
  std::size_t in_memory_ = 0;
  std::unique_ptr<std::FILE, closer> file_;
  std::uint64_t file_read_ = 0;
  std::uint64_t file_end_ = 0;
};

}  // namespace imapxx::inline v0::core
