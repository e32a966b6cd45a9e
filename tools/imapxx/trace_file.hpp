// A recorded session, as --trace writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::cli {

/// One record: a command, a response, or a note. Its text has no final CRLF; literals stand in it as they do on the
/// wire, or without their octets: `{n!}` CRLF (a body of the server that was streamed), `{n}` CRLF `<n octets>` (a
/// message of ours).
struct trace_record {
  enum class source : std::uint8_t { client, server, note };
  source from = source::note;
  std::string time;  ///< as it stands there, "" when none does
  std::string text;
  std::size_t line = 0;  ///< in the file, from 1
};

/// Octets of the literal whose header ends `text` (`{12}`, `{12+}`, `~{12}`), if one does.
struct recorded_literal {
  std::uint64_t size = 0;
  bool elided = false;  ///< `{12!}`
};
[[nodiscard]] bool ends_in_literal(std::string_view text, recorded_literal& found) noexcept;
/// What stands in a trace for the octets of a message that the client sent.
[[nodiscard]] std::string elided_octets(std::uint64_t size);

/// Reads a trace: lines `[time ]C: `, `S: ` or `-- ` and text, as docs/cli.md describes; empty ones and those that
/// begin with `#` are left out. A last record that was cut is dropped. \throws failure (local) that names the line
[[nodiscard]] std::vector<trace_record> read_trace(std::string_view octets, const std::string& file);
[[nodiscard]] std::string to_line(const trace_record& r);
/// All of a file, or of standard input for "-" and "". \throws failure (local)
[[nodiscard]] std::string read_whole(const std::string& file);

}  // namespace imapxx::cli
