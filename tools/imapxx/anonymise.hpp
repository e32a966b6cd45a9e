// A trace without its content: the grammar, lengths, quoting and structure stay, the words go.
#pragma once

#include "scrambler.hpp"
#include "trace_file.hpp"

#include <string>
#include <string_view>

namespace imapxx::cli {

/// Takes the records of one session in their order. Not thread-safe.
class anonymiser {
 public:
  /// The record's text anew. Literals keep their announced sizes, everything else its length, except for credentials,
  /// which become `<redacted>`.
  [[nodiscard]] std::string operator()(const trace_record& r);

 private:
  class walker;
  std::string client(std::string_view text);
  std::string server(std::string_view text);

  scrambler scramble_;
  bool in_dialogue_ = false;  // between AUTHENTICATE and its tagged reply
  std::string dialogue_tag_;
};

}  // namespace imapxx::cli
