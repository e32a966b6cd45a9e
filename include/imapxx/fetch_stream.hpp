/// \file
/// FETCH data as it arrives.
#pragma once

#include <imapxx/commands/fetch.hpp>
#include <imapxx/export.hpp>
#include <imapxx/session.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace imapxx::inline v0 {

namespace detail {
class client_core;
}

/// One piece of a streaming FETCH. Views live until the following `next` of the same stream.
class fetch_event {
 public:
  enum class kind : std::uint8_t {
    row,         ///< everything of one response that is no streamed literal; the last piece about it
    body_begin,  ///< a literal starts: `body` says whose and how long
    body_chunk,  ///< `chunk` holds the next octets
    body_end
  };
  fetch_event() = default;
  kind what = kind::row;
  const fetch_row* row = nullptr;
  const body_info* body = nullptr;
  std::string_view chunk;
};

/// An open FETCH. Back-pressure is not reading: the server waits when nobody calls `next`. While it is open, other
/// commands of the client may be run: what arrives for the stream meanwhile is kept in memory up to 8 MiB and beyond
/// that in an unlinked temporary file. Destroying it early abandons the command. Belongs to the client's thread.
class IMAPXX_API fetch_stream {
 public:
  fetch_stream(std::shared_ptr<detail::client_core> core, const result<command_id>& submitted);
  ~fetch_stream();
  fetch_stream(fetch_stream&&) noexcept;
  fetch_stream& operator=(fetch_stream&&) noexcept;

  /// The next piece, or nullptr after the last one. \throws error when the FETCH failed; it is reported once all data
  /// before it was delivered
  const fetch_event* next();
  /// As `next`, but returns the error; the pointer is nullptr at the end.
  [[nodiscard]] result<const fetch_event*> try_next();
  /// Skips to the next whole row, dropping body pieces. nullptr at the end. \throws error
  const fetch_row* next_row();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace imapxx::inline v0
