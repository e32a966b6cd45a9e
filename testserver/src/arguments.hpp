#pragma once

#include "number_ranges.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::testserver::detail {

/// A command as received: text up to a literal, the literal, text …; the text does not hold the {n} any more.
struct command_piece {
  std::string text;
  bool literal = false;
  bool binary = false;
};

/// Ends a command with a tagged reply; thrown by the argument parser and by handlers.
struct command_failure {
  std::string status;  ///< NO or BAD
  std::string code;    ///< without brackets, may be empty
  std::string text;
};

[[noreturn]] void fail_bad(const std::string& text);
[[noreturn]] void fail_no(const std::string& code, const std::string& text);

/// Reads the arguments of one command (RFC 3501, section 9). Each reader throws command_failure on a syntax error.
class arguments {
 public:
  explicit arguments(std::vector<command_piece> pieces) : pieces_(std::move(pieces)) {}

  bool at_end() const;
  /// Next character of text; 0 at the end or before a literal.
  char peek() const;
  bool at(char c) const { return peek() == c; }
  bool at_literal() const;
  bool literal_is_binary() const;

  void space();
  void expect(char c);
  bool accept(char c);
  bool accept_space() { return accept(' '); }
  /// Nothing may follow.
  void end() const;

  std::string atom();
  /// Atom characters and `]`, as in capability names and fetch attributes.
  std::string astring();
  std::string string();
  /// nstring: `null` becomes true for NIL.
  std::string nstring(bool& null);
  /// mailbox or list-mailbox with wildcards, undecoded.
  std::string list_pattern();
  std::string literal();
  std::uint64_t number();
  number_ranges sequence_set();
  /// Characters until one of `stops` or a space.
  std::string word(std::string_view stops);
  /// All text that is left in this piece.
  std::string rest();

 private:
  const std::string& current() const { return pieces_[piece_].text; }
  std::string take_literal();

  std::vector<command_piece> pieces_;
  std::size_t piece_ = 0;
  std::size_t pos_ = 0;
};

}  // namespace imapxx::testserver::detail
