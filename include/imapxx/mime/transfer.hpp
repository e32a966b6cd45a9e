/// \file
/// Content-Transfer-Encoding (RFC 2045 section 6), undone while the octets stream.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/sink.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace imapxx::inline v0::mime {

enum class transfer_encoding : std::uint8_t { identity, base64, quoted_printable, uuencode };

/// What a Content-Transfer-Encoding field, or the encoding of a BODYSTRUCTURE, means; 7bit, 8bit, binary and unknown
/// ones are `identity`. Blanks, comments and parameters around the word are ignored.
[[nodiscard]] IMAPXX_API transfer_encoding parse_transfer_encoding(std::string_view value) noexcept;

/// Decodes octets as they come, in pieces of any size, with constant memory. Never fails: base64 skips what is not of
/// its alphabet, ends at complete padding and may lack it; quoted-printable keeps a '=' that encodes nothing; uuencode
/// reads what stands between "begin" and "end". The pieces' sizes never change the result.
class IMAPXX_API transfer_decoder {
 public:
  explicit transfer_decoder(transfer_encoding encoding) noexcept : encoding_(encoding) {}
  explicit transfer_decoder(std::string_view content_transfer_encoding) noexcept
      : encoding_(parse_transfer_encoding(content_transfer_encoding)) {}

  /// Appends to `out` what `octets` decode to.
  void feed(std::string_view octets, std::string& out);
  /// Appends what was held back. The decoder is then as new.
  void finish(std::string& out);

 private:
  void feed_base64(std::string_view octets, std::string& out);
  void base64_octet(char c, char*& to) noexcept;
  void flush_base64(char*& to) noexcept;
  void feed_quoted_printable(std::string_view octets, std::string& out);
  void quoted_printable(char c, std::string& out);
  void release_held(std::string& out);
  void feed_uuencode(std::string_view octets, std::string& out);
  void uuencode_line(std::string& out);

  transfer_encoding encoding_;
  bool done_ = false;
  unsigned count_ = 0;
  unsigned pads_ = 0;
  std::uint32_t bits_ = 0;
  std::string held_;  // quoted-printable: an escape or blanks whose meaning is not yet known; uuencode: a line
};

/// A sink that decodes what it is given and passes it on: a part can be fetched with BODY[n] straight into a file.
/// `end` flushes, then calls `to->end`. Errors: those of `to`. Use it for one body at a time.
[[nodiscard]] IMAPXX_API std::shared_ptr<body_sink> sink_decoding(std::shared_ptr<body_sink> to,
                                                                  std::string_view content_transfer_encoding);

}  // namespace imapxx::inline v0::mime
