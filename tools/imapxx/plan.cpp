#include "plan.hpp"

#include <imapxx/wire/encoder.hpp>

namespace imapxx::cli {

std::string command_text(client& c, command& cmd) {
  const auto& info = c.protocol().info();
  if (auto checked = cmd.check(info); !checked) throw_error(checked.error());
  const limits bounds;
  cmd.prepare(submit_context("TAG", info, bounds));
  wire::encode_context context;
  context.utf8 = info.utf8;
  context.binary = info.capabilities.contains("BINARY") || info.capabilities.imap4rev2();
  if (info.capabilities.contains("LITERAL+")) {
    context.literals = wire::literal_support::plus;
  } else if (info.capabilities.contains("LITERAL-") || info.capabilities.imap4rev2()) {
    context.literals = wire::literal_support::minus;
  }
  wire::encoder encoder(context);
  cmd.encode(encoder);
  if (encoder.failure()) throw_error(encoder.failure());
  std::string text(encoder.text());
  // The octets of a big literal are not in the text; its announcement ends the line.
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace imapxx::cli
