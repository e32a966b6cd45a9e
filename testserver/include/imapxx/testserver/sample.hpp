#pragma once

#include <imapxx/testserver/export.hpp>
#include <imapxx/testserver/server.hpp>

#include <string>

namespace imapxx::testserver {

/// Fills the mailboxes of `user` (who must exist) with a small fixed set of messages: plain and multipart texts,
/// attachments, a forwarded message, encoded headers in several languages, a calendar invitation, flags and keywords,
/// nested and non-ASCII mailbox names, special-use mailboxes. The same every time, so that tests may count on it.
IMAPXX_TESTSERVER_API void load_sample(server& to, const std::string& user);

}  // namespace imapxx::testserver
