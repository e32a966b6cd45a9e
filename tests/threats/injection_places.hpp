/// \file
/// Every place of the typed commands where a caller's text becomes a part of what is sent, and how the embedded server
/// reads it there.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/result.hpp>

#include "threats/server_end.hpp"
#include "threats/wire_session.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::threats {

/// Which texts must be sent; every other one may be refused, but never altered.
enum class permits {
  octets,     ///< all without CR, LF and NUL
  text,       ///< UTF-8 without CR, LF and NUL
  word,       ///< letters and digits
  few_words,  ///< letters and digits, 30 at most
  message,    ///< all but the empty one
  nothing     ///< it is a piece of grammar, which may be wrong
};
[[nodiscard]] bool must_be_sent(permits what, std::string_view text);

/// Before LOGIN; with a mailbox selected; the same with UTF8=ACCEPT enabled.
enum class situation { greeted, selected, utf8 };

struct place {
  using made = result<std::unique_ptr<command>>;
  const char* name;
  const char* sends;
  permits what;
  std::function<made(const std::string&)> make;
  /// Reads all arguments and returns the one in question. Throws the server's command_failure.
  std::function<std::string(server_end&, server_end::command&, const std::string&)> read;
  situation where = situation::selected;
  /// What the server must have read; without it, the text as it was given.
  std::function<std::string(const std::string&)> expected = nullptr;
};
[[nodiscard]] const std::vector<place>& injection_places();

/// A client in this situation. `literals`: LITERAL+, LITERAL- or nothing.
[[nodiscard]] std::unique_ptr<wire_session> client_in(situation where, std::string_view literals);

/// Whether the server read the text that the client was given (INBOX is the same in any case).
[[nodiscard]] bool same_argument(const place& p, const std::string& given, const std::string& got);

}  // namespace imapxx::threats
