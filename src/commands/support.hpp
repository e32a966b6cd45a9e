/// \file
/// What several commands need.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/error.hpp>
#include <imapxx/model/flag.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/model/number_set.hpp>
#include <imapxx/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace imapxx::inline v0::commands {

/// Whether one of the names in `alternatives`, separated by `|`, is offered.
[[nodiscard]] bool offers(const capability_set& have, std::string_view alternatives) noexcept;
/// capability_required, naming what is missing and for what, unless it is offered.
[[nodiscard]] result<void> require(const session_info& info, std::string_view alternatives, std::string_view what);
/// invalid_argument unless the name can be sent.
[[nodiscard]] result<void> check_name(const mailbox_name& name);
/// invalid_argument unless each flag can be sent; `\Recent` never can.
[[nodiscard]] result<void> check_flags(const flag_list& flags);

/// Messages by UID or by sequence number.
using message_set = std::variant<uid_set, seq_set>;
[[nodiscard]] result<void> check_set(const message_set& set);
void encode_set(wire::encoder& out, const message_set& set);
/// Whether `number` is among what the set asks for. `*` in it stands for a number that only the server knows.
[[nodiscard]] bool asks_for(const message_set& set, std::uint32_t number) noexcept;

/// The set in pieces, so that a line of `line_octets` with all of it has at most `most` with any of them. Empty when it
/// fits, or no piece would.
[[nodiscard]] std::vector<message_set> split_set(const message_set& set, std::size_t line_octets, std::size_t most);

/// limit_exceeded for what a command collects: the rest of its answer is read and dropped, and the connection lives.
[[nodiscard]] error over_limit(std::string_view name, std::uint64_t value);
/// The server said OK but did not answer.
[[nodiscard]] error no_answer(std::string_view command, std::string_view what);

}  // namespace imapxx::inline v0::commands
