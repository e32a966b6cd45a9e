/// \file
/// What of dates the codec wants to know, and nobody else.
#pragma once

#include <imapxx/model/date_time.hpp>

#include <string_view>

namespace imapxx::inline v0::model {

/// Reads a date-time that is written exactly as the grammar wants it, so that printing it gives the same but for the
/// day's first octet and the case of letters. \return false for anything else; `out` is then as it was
[[nodiscard]] bool read_exact_date_time(std::string_view text, date_time& out) noexcept;

}  // namespace imapxx::inline v0::model
