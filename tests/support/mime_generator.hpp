/// \file
/// Makes random messages together with what a reader has to find in them. Its encoders are its own: nothing of the
/// library is used, so that one mistake cannot hide another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::inline v0::mime {

struct made_part {
  std::string type;     // "text/plain"
  std::string content;  // octets of a leaf, decoded
  std::string text;     // UTF-8 of a text leaf
  bool is_text = false;
  std::string filename;  // "" for none
  std::string subject;   // of the message whose root this is, else ""
  std::vector<made_part> children;
};

struct made_message {
  std::string octets;
  made_part root;
};

/// The same seed makes the same messages.
class generator {
 public:
  explicit generator(std::uint32_t seed) : random_(seed) {}
  /// No blanks behind soft line breaks (RFC 2045 section 6.7, rule 3), which some readers do not know.
  generator& plain_soft_breaks() {
    padded_breaks_ = false;
    return *this;
  }
  [[nodiscard]] made_message next();

 private:
  struct charset;
  struct piece {
    std::string header;
    std::string body;
  };
  [[nodiscard]] std::size_t below(std::size_t n) { return random_() % n; }
  [[nodiscard]] bool one_in(std::size_t n) { return below(n) == 0; }
  [[nodiscard]] const charset& any_charset();
  [[nodiscard]] std::vector<std::string> characters(const charset& c, std::size_t count);

  piece entity(made_part& out, std::size_t depth);
  piece text_leaf(made_part& out);
  piece binary_leaf(made_part& out);
  piece multipart(made_part& out, std::size_t depth);
  piece nested(made_part& out, std::size_t depth);
  std::string message_octets(made_part& root, std::size_t depth);
  std::string subject_field(std::string& subject);
  std::string encoded_word(const charset& c, const std::string& octets);
  std::string name_parameter(const std::string& name, std::string& filename);
  std::string disposition_field(made_part& out);
  std::string encode(const std::string& octets, bool is_text, std::string& header);
  std::string quoted_printable(const std::string& octets, bool is_text);
  std::string base64(const std::string& octets, std::size_t line);
  std::string boundary();

  std::mt19937 random_;
  std::string eol_ = "\r\n";
  std::size_t boundaries_ = 0;
  bool padded_breaks_ = true;
};

}  // namespace imapxx::inline v0::mime
