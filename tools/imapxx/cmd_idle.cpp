#include <imapxx/display.hpp>

#include "commands.hpp"
#include "connection.hpp"
#include "interrupt.hpp"
#include "json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

namespace imapxx::cli {
namespace {

std::string describe(const mailbox_event& e) {
  switch (e.what) {
    case mailbox_event::kind::exists: return fmt::format("{} messages", e.number);
    case mailbox_event::kind::recent: return fmt::format("{} recent", e.number);
    case mailbox_event::kind::vanished: return "removed UID " + e.uids.to_string();
    case mailbox_event::kind::expunge:
      return e.uid ? fmt::format("removed UID {}", *e.uid) : fmt::format("removed message {}", e.number);
    case mailbox_event::kind::flags: break;
  }
  return fmt::format("{} now {}", e.uid ? fmt::format("UID {}", *e.uid) : fmt::format("message {}", e.number),
                     e.flags.to_string());
}

}  // namespace

exit_code run(const common_args& common, const idle_args& args, output& out) {
  connection c(common, connection::opening());
  const auto view = c.open();
  if (common.json) {
    out.json_line(to_json(response(exists_response{view.exists})));
  } else {
    out.line(fmt::format("{}: {} messages; waiting for changes", c.mailbox().utf8(), view.exists));
  }
  out.flush();
  const auto print = [&](const mailbox_event& e) {
    if (common.json) {
      out.json_line(to_json(e));
    } else {
      const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
      out.trusted(out.look().dim(fmt::format("{:%H:%M:%S} ", fmt::localtime(now))));
      out.line(describe(e));
    }
    out.flush();
    return false;
  };
  // "For ever" is a year: the clock's arithmetic stays far from its end.
  constexpr auto for_ever = std::chrono::hours(24 * 365);
  const auto duration = args.seconds > 0 ? std::chrono::milliseconds(static_cast<std::int64_t>(args.seconds * 1000))
                                         : std::chrono::duration_cast<std::chrono::milliseconds>(for_ever);
  try {
    c->idle(duration, print);
  } catch (const error& e) {
    // Being interrupted is how an idle ends: DONE and LOGOUT go out as usual.
    if (e.code() != errc::cancelled || !interrupted()) throw;
  }
  c.close();
  return exit_code::ok;
}

}  // namespace imapxx::cli
