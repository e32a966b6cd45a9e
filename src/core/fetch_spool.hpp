/// \file
/// Keeps what arrives for an open FETCH while the caller is busy with something else.
#pragma once

#include <imapxx/fetch_stream.hpp>
#include <imapxx/result.hpp>
#include <imapxx/session.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <span>
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
  [[nodiscard]] bool empty() const noexcept {
    return !has_rows() && !direct_ && queue_.empty() && file_read_ == file_end_;
  }
  /// Where rows are to be cut, when the spool is empty; `rows_in_place` tells how many were.
  [[nodiscard]] std::span<fetch_row> places_for_rows() noexcept { return rows_; }
  void rows_in_place(std::size_t rows) noexcept {
    rows_at_ = rows_.data();
    rows_end_ = rows_at_ + rows;
    if (rows == 0) return;
    // What all of them have in common: they are taken by the million.
    in_place_ = true;
    current_ = fetch_event();
  }
  /// Whether a row stands in its place that was not taken yet: views of the session.
  [[nodiscard]] bool has_rows() const noexcept { return rows_at_ != rows_end_; }
  /// The next of them; needs `has_rows()`.
  [[nodiscard]] const fetch_event* take_row() noexcept {
    borrowed_ = true;  // each time: the consumer may have released the one before
    current_.row = rows_at_++;
    return &current_;
  }
  /// What waits in memory.
  [[nodiscard]] std::size_t in_memory() const noexcept { return in_memory_; }
  /// Copies what the views of the last event, and of rows that were not taken yet, point to, because something else is
  /// about to use the session. The event itself stays where it is, and so does its row: the consumer may hold either.
  void keep();
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
  static item item_of(const fetch_row& row);
  [[nodiscard]] static std::size_t cost_of(const item& it) noexcept { return sizeof(item) + it.octets.size(); }
  void keep_current();
  result<void> to_file(const item& it);
  result<void> from_file(item& it);

  bool direct_ = false;
  bool borrowed_ = false;  // current_ points into the session
  bool in_place_ = false;  // current_ is the last of rows_ that was taken, else it is row_
  fetch_event current_;
  item held_;
  fetch_row row_;
  std::array<fetch_row, 8> rows_;  // those from rows_at_ on were not taken yet
  fetch_row* rows_at_ = nullptr;
  fetch_row* rows_end_ = nullptr;
  body_info body_;
  std::deque<item> queue_;
  std::size_t in_memory_ = 0;
  std::unique_ptr<std::FILE, closer> file_;
  std::uint64_t file_read_ = 0;
  std::uint64_t file_end_ = 0;
};

}  // namespace imapxx::inline v0::core
