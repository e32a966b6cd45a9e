/// \file
/// TCP connections.
#pragma once

#include <imapxx/result.hpp>
#include <imapxx/stream.hpp>

#include "blocking/cancel_event.hpp"
#include "blocking/resolver.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace imapxx::inline v0::blocking {

/// Looks `host` up and connects to the first of its addresses that answers. All addresses are tried, each with a head
/// start over the next (RFC 8305 section 5), so that a dead one costs a quarter of a second and not the whole time.
/// Errors: those of `resolve`; connect (the message lists every address with its reason), timeout, cancelled; in
/// `phase::connect`.
[[nodiscard]] result<std::unique_ptr<stream>> connect_tcp(std::string_view host, std::uint16_t port,
                                                          deadline_point until,
                                                          std::shared_ptr<cancel_event> cancelled);

/// The same without the look-up.
[[nodiscard]] result<std::unique_ptr<stream>> connect_any(std::span<const endpoint> addresses, std::string_view host,
                                                          std::uint16_t port, deadline_point until,
                                                          std::shared_ptr<cancel_event> cancelled);

}  // namespace imapxx::inline v0::blocking
