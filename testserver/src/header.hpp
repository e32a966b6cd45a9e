#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::testserver::detail {

/// One header field; the views point into the message.
struct header_field {
  std::string_view name;   ///< empty for a line without a colon
  std::string_view value;  ///< behind the colon, folded, without the last line end
  std::string_view raw;    ///< with the line end
};

std::vector<header_field> split_header(std::string_view block);

/// Value without line breaks and leading white space (RFC 5322, 2.2.3).
std::string unfold(std::string_view value);

/// Steps through structured header values; comments and folding white space are skipped (RFC 5322, 3.2).
class rfc822_cursor {
 public:
  explicit rfc822_cursor(std::string_view s) : text_(s) {}

  enum class state { bad, end, more };

  bool at_end() const { return pos_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[pos_]; }
  bool at(char c) const { return !at_end() && text_[pos_] == c; }
  void advance() { ++pos_; }
  std::size_t position() const { return pos_; }
  void rewind(std::size_t pos) { pos_ = pos; }
  std::string_view last_comment() const { return comment_; }
  void forget_comment() { comment_.clear(); }

  state skip();
  state quoted_string(std::string& out);
  /// Atoms with dots; white space around the dots is dropped. `loose`: dots may stand at the ends and side by side.
  state dot_atom(std::string& out, bool loose);
  state phrase(std::string& out);
  state domain(std::string& out);
  state mime_token(std::string& out);

 private:
  bool skip_comment();
  state atom_or_dot(std::string& out);
  state domain_literal(std::string& out);
  state here() const { return at_end() ? state::end : state::more; }

  std::string_view text_;
  std::size_t pos_ = 0;
  std::string comment_;
};

struct parameter {
  std::string name;
  std::string value;
};

/// `; name=value` pairs, RFC 2231 continuations joined under one name.
std::vector<parameter> parse_parameters(rfc822_cursor& in);

}  // namespace imapxx::testserver::detail
