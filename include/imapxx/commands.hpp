/// \file
/// All commands.
#pragma once

#include <imapxx/commands/append.hpp>
#include <imapxx/commands/authenticate.hpp>
#include <imapxx/commands/copy_move.hpp>
#include <imapxx/commands/enable.hpp>
#include <imapxx/commands/expunge.hpp>
#include <imapxx/commands/fetch.hpp>
#include <imapxx/commands/id.hpp>
#include <imapxx/commands/idle.hpp>
#include <imapxx/commands/list.hpp>
#include <imapxx/commands/mailbox.hpp>
#include <imapxx/commands/namespace.hpp>
#include <imapxx/commands/search.hpp>
#include <imapxx/commands/select.hpp>
#include <imapxx/commands/simple.hpp>
#include <imapxx/commands/starttls.hpp>
#include <imapxx/commands/status.hpp>
#include <imapxx/commands/store.hpp>
