// `imapxx fetch --attachments`: attachments become files, each fetched alone and decoded while it comes.
#pragma once

#include "args.hpp"
#include "connection.hpp"
#include "exit_code.hpp"
#include "output.hpp"

namespace imapxx::cli {

/// Saves the attachments of these messages in `args.directory`. A message whose BODYSTRUCTURE is missing or unreadable,
/// or whose parts do not come, is fetched whole and read here.
/// \return refused when something could not be had
/// \throws error, failure
[[nodiscard]] exit_code save_attachments(connection& c, const common_args& common, const fetch_args& args,
                                         const uid_set& uids, output& out);

}  // namespace imapxx::cli
