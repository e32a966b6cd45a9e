// What the shell knows of IMAP's words: commands with their states, arguments for completion, and how lines are taken
// apart.
#pragma once

#include <imapxx/command.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::cli {

struct shell_word {
  std::string_view name;    ///< in capitals: "UID FETCH"
  state_set states;         ///< where RFC 9051 (or the extension) allows it
  std::string_view syntax;  ///< what stands behind the name
  std::string_view what;
};
/// All commands that the shell knows; it sends others as well.
[[nodiscard]] std::span<const shell_word> shell_commands() noexcept;
/// By name, in any case; nullptr when it is not known.
[[nodiscard]] const shell_word* find_shell_command(std::string_view name) noexcept;

struct shell_directive {
  std::string_view name;  ///< ":help"
  std::string_view syntax;
  std::string_view what;
};
[[nodiscard]] std::span<const shell_directive> shell_directives() noexcept;

/// ASCII letters in any case.
[[nodiscard]] bool same_word(std::string_view a, std::string_view b) noexcept;
/// The first word of a line, blanks in front skipped; empty when there is none.
[[nodiscard]] std::string_view first_word(std::string_view line) noexcept;
/// The command's name in capitals, with the word behind UID: "UID FETCH".
[[nodiscard]] std::string command_name(std::string_view line);
/// Whether the line begins with a tag of the user's own: its second word is a known command and its first is none.
[[nodiscard]] bool has_own_tag(std::string_view line);
/// Octets from which on the line should not be seen on the screen: LOGIN's password, AUTHENTICATE's initial response.
[[nodiscard]] std::size_t invisible_from(std::string_view line) noexcept;
/// The n-th word behind the command's name (0 is the first); quotes belong to the word.
[[nodiscard]] std::string_view argument(std::string_view line, std::size_t n);

/// The end of a line that announces a literal: `{5}`, `{5+}`, `~{5}`, `{<file}`, `{crlf<file}`.
struct literal_announcement {
  std::size_t at = 0;  ///< where it begins in the line
  std::uint64_t octets = 0;
  std::string file;   ///< not empty: the octets of this file
  bool crlf = false;  ///< the file's line ends become CRLF
  bool wait = true;   ///< without `+`
  bool binary = false;
};
[[nodiscard]] std::optional<literal_announcement> find_literal(std::string_view line);

/// What completion may offer.
struct completion_context {
  session_state state = session_state::not_authenticated;
  std::vector<std::string> mailboxes;  ///< as they are to be typed
};
/// Words that can stand at the end of `line` (the text in front of the cursor), complete, and where the word begins
/// that they replace.
[[nodiscard]] std::vector<std::string> completions(std::string_view line, const completion_context& context,
                                                   std::size_t& from);
/// A mailbox name's wire form as an argument: bare, or quoted. Empty when it would need a literal.
[[nodiscard]] std::string typed_form(std::string_view raw_name);
/// `\0`, `\n`, `\r`, `\\` and `\xHH` replaced by their octets; nullopt for other backslashes.
[[nodiscard]] std::optional<std::string> unescaped(std::string_view text);

}  // namespace imapxx::cli
