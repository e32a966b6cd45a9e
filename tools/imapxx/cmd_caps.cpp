#include "commands.hpp"
#include "connection.hpp"
#include "json.hpp"

#include <fmt/format.h>

namespace imapxx::cli {
namespace {

void print(const capability_set& set, const char* when, bool as_json, output& out) {
  if (as_json) {
    out.json_line(to_json(response(capability_response{set})));
    return;
  }
  out.trusted(out.look().bold(when) + "\n");
  for (const auto& name : set.names()) out.line("  " + std::string(name));
}

void print_id(client& c, bool as_json, output& out) {
  if (!c.capabilities().contains("ID")) return;
  auto id = c.try_run(imapxx::id());
  if (!id || id->empty()) return;
  if (as_json) {
    out.json_line(to_json(response(id_response{*id})));
    return;
  }
  out.trusted(out.look().bold("Server (ID)") + "\n");
  for (const auto& [name, value] : *id) out.line(fmt::format("  {}: {}", name, value.value_or("-")));
}

}  // namespace

exit_code run(const common_args& common, const caps_args&, output& out) {
  connection c(common, connection::without_login{});
  const auto before = c->capabilities();
  if (!common.json) {
    out.trusted(out.look().bold("Connection") + "\n");
    out.line(fmt::format("  {}, {}", c.url().address(), c->tls() ? c->tls_description() : "no TLS"));
    out.line("  greeting: " + c->greeting());
  }
  print(before, "Before login", common.json, out);
  out.flush();
  c.log_in();
  if (c->capabilities().empty()) c->capability();
  if (c->capabilities() != before) print(c->capabilities(), "After login", common.json, out);
  print_id(*c, common.json, out);
  c.close();
  return exit_code::ok;
}

}  // namespace imapxx::cli
