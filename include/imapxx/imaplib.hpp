/// \file
/// Python's `imaplib` in C++: a script ports line by line. New programs read better with `imapxx/client.hpp`, on the
/// same engine; docs/from-imaplib.md has both side by side.
#pragma once

#include <imapxx/imaplib/errors.hpp>
#include <imapxx/imaplib/functions.hpp>
#include <imapxx/imaplib/idler.hpp>
#include <imapxx/imaplib/imap4.hpp>
#include <imapxx/imaplib/values.hpp>
