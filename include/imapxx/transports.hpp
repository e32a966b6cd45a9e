/// \file
/// The byte streams that the library brings: TCP, programs, and TLS over any other stream.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/options.hpp>
#include <imapxx/result.hpp>
#include <imapxx/stream.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0 {

/// Connects over TCP: all addresses of `host` (a name or an address; IPv6 without brackets) are tried, each with a head
/// start over the next (RFC 8305 section 5). Errors: invalid_argument, resolve, connect, timeout.
[[nodiscard]] IMAPXX_API result<std::unique_ptr<stream>> connect_stream(std::string_view host, std::uint16_t port,
                                                                        deadline_point until = std::nullopt);

/// Starts `argv[0]` (looked up in PATH, no shell) and talks to its standard input and output; `close` ends and reaps
/// it. Errors: invalid_argument, connect, io.
[[nodiscard]] IMAPXX_API result<std::unique_ptr<stream>> command_stream(const std::vector<std::string>& argv);

/// A stream whose octets go through TLS (RFC 8446) on `under`. The handshake is over when this returns. `host` is the
/// name that the certificate must hold unless `options` names another. `close` ends TLS properly and closes `under`.
/// Nothing that came in the clear may be waiting in a buffer of the caller's (RFC 9051 section 6.2.1). `native_handle`
/// is that of `under`; decrypted octets may wait although it is not readable. Errors: those of the handshake
/// (tls_certificate, tls_handshake), invalid_argument, timeout, io, closed.
[[nodiscard]] IMAPXX_API result<std::unique_ptr<stream>> tls_stream(std::unique_ptr<stream> under,
                                                                    const tls_options& options, std::string_view host,
                                                                    deadline_point until = std::nullopt);

}  // namespace imapxx::inline v0
