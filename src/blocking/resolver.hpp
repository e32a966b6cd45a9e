/// \file
/// Host names to addresses, within a deadline.
#pragma once

#include <imapxx/result.hpp>
#include <imapxx/stream.hpp>

#include "blocking/cancel_event.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::blocking {

/// An address and a port.
class endpoint {
 public:
  endpoint() = default;

  sockaddr_storage address{};
  socklen_t size = 0;
  [[nodiscard]] int family() const noexcept { return address.ss_family; }
  /// "192.0.2.1" or "2001:db8::1", without the port.
  [[nodiscard]] std::string text() const;
};

/// getaddrinfo(3) or, in tests, something like it.
using lookup_function = int (*)(const char* host, const char* port, const addrinfo* hints, addrinfo** found);

/// All addresses of `host`, in the system's order. getaddrinfo(3) knows neither deadlines nor cancellation, so it runs
/// in a thread of its own, which is left to itself when it takes too long. Addresses in numbers need no thread. Errors:
/// invalid_argument, resolve, timeout, cancelled; all in `phase::resolve`.
[[nodiscard]] result<std::vector<endpoint>> resolve(std::string_view host, std::uint16_t port, deadline_point until,
                                                    const cancel_event& cancelled,
                                                    lookup_function lookup = &::getaddrinfo);

}  // namespace imapxx::inline v0::blocking
