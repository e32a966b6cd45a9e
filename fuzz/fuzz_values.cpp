// Sections, dates, mailbox names: what is read is written and reads back the same; what is
// written as a command reads back with exactly these arguments.
#include <imapxx/commands.hpp>
#include <imapxx/session.hpp>

#include "threats/reference_command.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace fuzz_values {
using namespace imapxx;

inline void require(bool good) {
  if (!good) std::abort();
}

/// The octets that a command with this argument sends; empty when it is refused.
template <class C>
std::string sent(C cmd) {
  static constexpr std::string_view hello = "* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ ID] in\r\n* OK ready\r\n";
  session_options o;
  session s(o.first_tag(1));
  const auto room = s.input_buffer();
  std::memcpy(room.data(), hello.data(), hello.size());
  s.input_received(hello.size());
  while (s.next().what != session_event::kind::none) {
  }
  if (!s.submit(std::make_unique<C>(std::move(cmd)))) return {};
  return std::string(s.output());
}

template <class C>
void check_argument(C cmd, std::size_t at, std::string_view expected) {
  const auto octets = sent(std::move(cmd));
  if (octets.empty()) return;
  const auto got = threats::read_one(octets);
  require(got && got->rest.empty() && got->words.size() > at && got->words[at] == expected);
}

}  // namespace fuzz_values

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace imapxx;
  using fuzz_values::require;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto s = section::try_parse(text, section::item::body)) {
    const auto again = section::try_parse(s->to_string(), section::item::body);
    require(again && s->matches(*again));
  }
  if (const auto d = date::try_parse(text)) require(date::parse(d->to_string()) == *d);
  if (const auto t = date_time::parse(text)) require(date_time::parse(t->to_imap()) == *t);
  const auto name = mailbox_name::from_wire(text, false);
  require(name.raw() == text || text.find('\0') != std::string::npos || name.utf8() == "INBOX");
  fuzz_values::check_argument(create(mailbox_name(text)), 1, mailbox_name(text).raw());
  fuzz_values::check_argument(create(name), 1, name.raw());
  fuzz_values::check_argument(append("x", text), 2, text);
  fuzz_values::check_argument(std::move(id().field("name", text)), 2, text);
  return 0;
}
