#pragma once

#include "session.hpp"

/// One function per command, grouped into a file per command family. Each reads its arguments, writes untagged data to
/// session::out and returns the tagged reply, or throws command_failure.
namespace imapxx::testserver::detail {

using handler = reply (*)(session& s, arguments& args, bool uid);

reply cmd_capability(session& s, arguments& args, bool uid);
reply cmd_noop(session& s, arguments& args, bool uid);
reply cmd_logout(session& s, arguments& args, bool uid);
reply cmd_id(session& s, arguments& args, bool uid);
reply cmd_enable(session& s, arguments& args, bool uid);
reply cmd_namespace(session& s, arguments& args, bool uid);
reply cmd_idle(session& s, arguments& args, bool uid);

reply cmd_starttls(session& s, arguments& args, bool uid);
reply cmd_login(session& s, arguments& args, bool uid);
reply cmd_authenticate(session& s, arguments& args, bool uid);

reply cmd_select(session& s, arguments& args, bool uid);
reply cmd_examine(session& s, arguments& args, bool uid);
reply cmd_unselect(session& s, arguments& args, bool uid);
reply cmd_close(session& s, arguments& args, bool uid);
reply cmd_expunge(session& s, arguments& args, bool uid);

reply cmd_create(session& s, arguments& args, bool uid);
reply cmd_delete(session& s, arguments& args, bool uid);
reply cmd_rename(session& s, arguments& args, bool uid);
reply cmd_subscribe(session& s, arguments& args, bool uid);
reply cmd_unsubscribe(session& s, arguments& args, bool uid);

reply cmd_list(session& s, arguments& args, bool uid);
reply cmd_lsub(session& s, arguments& args, bool uid);
reply cmd_status(session& s, arguments& args, bool uid);

reply cmd_append(session& s, arguments& args, bool uid);
reply cmd_copy(session& s, arguments& args, bool uid);
reply cmd_move(session& s, arguments& args, bool uid);
reply cmd_store(session& s, arguments& args, bool uid);
reply cmd_fetch(session& s, arguments& args, bool uid);
reply cmd_search(session& s, arguments& args, bool uid);

/// Shared by STATUS and LIST … RETURN (STATUS (…)).
std::vector<std::string> read_status_items(session& s, arguments& args);
void write_status(session& s, const mailbox& box, const std::vector<std::string>& items);

/// Shared by SELECT's rev2 form and LIST.
void write_list_entry(session& s, const mailbox& box);

/// A parenthesised flag list.
flag_set read_flag_list(arguments& args);

}  // namespace imapxx::testserver::detail
