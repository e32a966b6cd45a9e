// Responses as JSON: one shape for `imapxx decode` and for --json of every other command. docs/json-schema.md describes
// it, docs/imapxx.schema.json is its schema.
#pragma once

#include <imapxx/event.hpp>
#include <imapxx/move_result.hpp>
#include <imapxx/response.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace imapxx::cli {

/// One object without line breaks. Octets that are no valid UTF-8 become {"base64": "..."}.
[[nodiscard]] std::string to_json(const response& r);
/// Of a FETCH row; `text` adds the decoded readable text.
[[nodiscard]] std::string to_json(const fetch_row& row, const std::optional<std::string>& text = {});
[[nodiscard]] std::string to_json(const mailbox_event& event);
/// The ok response of a COPY or MOVE, with COPYUID; a move adds how it was done.
[[nodiscard]] std::string to_json(const copy_result& r, std::optional<move_method> method = {});
/// `kind` ok with [APPENDUID]; `file` is ours.
[[nodiscard]] std::string json_appended(std::optional<std::uint32_t> uidvalidity, const uid_set& uids,
                                        const std::string& file);
/// `kind` saved: a message written to a file.
[[nodiscard]] std::string json_saved(std::uint32_t uid, const std::string& file, std::uint64_t octets,
                                     std::string_view result);
/// `kind` saved: the attachment `part` of a message.
[[nodiscard]] std::string json_saved_part(std::uint32_t uid, const std::string& part, const std::string& type,
                                          const std::string& file, std::uint64_t octets);
/// `kind` planned: what --dry-run would send.
[[nodiscard]] std::string json_planned(std::string_view command);
/// `kind` incomplete: the input ends inside a response.
[[nodiscard]] std::string json_incomplete(std::uint64_t offset, std::string_view raw);
/// `kind` invalid: framing is lost.
[[nodiscard]] std::string json_invalid(std::uint64_t offset, std::string_view reason);

}  // namespace imapxx::cli
