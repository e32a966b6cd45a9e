// Where the password comes from.
#pragma once

#include <imapxx/sasl.hpp>

#include "args.hpp"
#include "url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imapxx::cli {

/// Collects user and password or token, in this order: --token-command, --password-command, --password-file,
/// IMAPXX_PASSWORD, netrc, prompt on the terminal. \throws failure (login, local)
[[nodiscard]] credentials find_credentials(const common_args& args, const imap_url& url);

/// One entry of a netrc file.
struct netrc_entry {
  std::string login;
  secret password;
};
/// The first entry of `text` for this host (or `default`) and, unless `user` is empty, this login.
[[nodiscard]] std::optional<netrc_entry> find_in_netrc(std::string_view text, std::string_view host,
                                                       std::string_view user);

}  // namespace imapxx::cli
