/// \file
/// Where the octets of message bodies go when they are not collected into memory.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/result.hpp>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace imapxx::inline v0 {

class body_info;

/// Takes body literals as they arrive, in pieces of any size. Called on the thread that drives the session; an error
/// return makes the command fail with that error while the session goes on (the rest of the answer is read and
/// dropped).
class IMAPXX_API body_sink {
 public:
  virtual ~body_sink();
  virtual result<void> begin(const body_info& info);
  virtual result<void> write(std::string_view octets) = 0;
  virtual result<void> end(const body_info& info);
};

/// Writes to a file descriptor, which stays the caller's and must stay open. Errors: io with errno.
[[nodiscard]] IMAPXX_API std::shared_ptr<body_sink> sink_to_fd(int fd);
/// Writes to a stream, which must outlive the command. Errors: io when the stream goes bad.
[[nodiscard]] IMAPXX_API std::shared_ptr<body_sink> sink_to_stream(std::ostream& out);
/// Calls a function with each piece; returning false ends the transfer with `errc::aborted_by_caller`.
[[nodiscard]] IMAPXX_API std::shared_ptr<body_sink> sink_to(
    std::function<bool(const body_info&, std::string_view)> piece);

}  // namespace imapxx::inline v0
