// Any octets as a message: every part can be looked at, numbers find their parts, what is shown is harmless, and pieces
// make no difference.
#include <imapxx/mime.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace mime = imapxx::mime;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const mime::message m(input);
  if (m.raw() != input) std::abort();
  for (const auto& p : m.walk()) {
    (void)p.headers()["Subject"];
    (void)p.content();
    (void)p.text();
    const auto name = p.filename();
    if (name.empty() || name.front() == '.' || name.front() == '-' || name.find('/') != std::string::npos) std::abort();
    if (p.raw().size() > input.size() && p.depth() == 0) std::abort();
  }
  for (const char c : mime::readable_text(m))
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') std::abort();
  mime::message_parser parser;
  for (std::size_t at = 0; at < size; at += 7) parser.feed(input.substr(at, 7));
  if (parser.finish().walk().size() != m.walk().size()) std::abort();
  return 0;
}
