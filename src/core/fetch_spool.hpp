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

/// A queue of fetch events that own their octets: in memory up to a budget, the octets beyond it in an unlinked
/// temporary file. An event that is consumed at once (the usual case: `next` waits for it) passes through without being
/// copied.
class fetch_spool {
 public:
  static constexpr std::size_t memory_octets = std::size_t{8} << 20U;

  /// Takes an event of the session. `direct`: the caller waits for it and uses it before anything else happens, so its
  /// views are kept as they are.
  result<void> put(const session_event& e, bool direct);
  [[nodiscard]] bool empty() const noexcept { return !direct_ && queue_.empty(); }
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
    body_info body;
    std::uint32_t seq = 0;
    std::string octets;  // of a row or a chunk, unless they are in the file
    std::uint64_t file_offset = 0;
    std::size_t file_octets = 0;
  };
  struct closer {
    void operator()(std::FILE* f) const noexcept { std::fclose(f); }
  };
  result<void> to_file(std::string_view octets, item& into);
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
  std::uint64_t file_end_ = 0;
};

}  // namespace imapxx::inline v0::core
