/// \file
/// What is inside a message: its tree of parts, headers, text and attachments (RFC 2045 to 2047, 2183, 2231, 5322), and
/// the same questions asked of a BODYSTRUCTURE. Library `imapxx_mime`, on GMime.
///
/// Nothing here throws on account of a message's content (only `std::bad_alloc` leaves): broken MIME gives the best
/// view. All values are immutable handles or plain values; several threads may parse, and read one message, at the same
/// time.
#pragma once

#include <imapxx/mime/content_type.hpp>
#include <imapxx/mime/headers.hpp>
#include <imapxx/mime/message.hpp>
#include <imapxx/mime/structure.hpp>
#include <imapxx/mime/transfer.hpp>
