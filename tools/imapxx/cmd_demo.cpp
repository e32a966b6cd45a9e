#include <imapxx/display.hpp>
#include <imapxx/mime.hpp>
#include <imapxx/testserver/server.hpp>

#include "commands.hpp"
#include "connection.hpp"
#include "credentials.hpp"
#include "reading.hpp"
#include "samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace imapxx::cli {
namespace {

constexpr const char* demo_user = "demo@example.org";
constexpr const char* demo_password = "correct horse battery staple";

std::unique_ptr<testserver::server> start_server() {
  auto server = std::make_unique<testserver::server>(testserver::server_options()
                                                         .user(demo_user, demo_password)
                                                         .security(testserver::tls_mode::implicit)
                                                         .uid_validity(405));
  for (const auto& s : samples()) {
    const auto names = server->mailboxes(demo_user);
    if (std::find(names.begin(), names.end(), s.mailbox) == names.end())
      server->create_mailbox(demo_user, std::string(s.mailbox));
    server->append(demo_user, std::string(s.mailbox), s.message, s.flags, s.date);
  }
  server->start();
  return server;
}

// Prints numbered steps, and under each the protocol as it goes by.
class narrator {
 public:
  explicit narrator(output& out) : out_(out) {}

  void step(const std::string& what) {
    if (++steps_ > 1) out_.trusted("\n");
    out_.trusted(out_.look().bold(fmt::format("{}. {}", steps_, what)) + "\n");
    out_.flush();
  }
  void line(const std::string& text) { out_.line("   " + text); }
  void state(const client& c) { line(fmt::format("state: {}", to_string(c.state()))); }

  void protocol(trace_direction d, std::string_view text) {
    constexpr std::size_t longest = 12;  // lines of one literal that are shown
    const char* who = d == trace_direction::sent ? "C: " : (d == trace_direction::received ? "S: " : "   ");
    std::size_t lines = 0;
    while (!text.empty()) {
      const auto end = text.find('\n');
      auto one = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (!one.empty() && one.back() == '\r') one.remove_suffix(1);
      if (++lines > longest) {
        out_.trusted("   " + out_.look().dim("   [...]") + "\n");
        return;
      }
      const auto shown = who + escape_for_display(one);
      out_.trusted("   " + (d == trace_direction::sent ? out_.look().cyan(shown) : out_.look().dim(shown)) + "\n");
      who = "   ";
    }
  }

 private:
  output& out_;
  int steps_ = 0;
};

void show_mailbox(const mailbox_view& v, narrator& tell) {
  tell.line(fmt::format("{} messages, {} recent, UIDVALIDITY {}, next UID {}, {}", v.exists, v.recent,
                        v.uidvalidity.value_or(0), v.uidnext.value_or(0), v.read_only ? "read-only" : "read-write"));
}

void show_message(client& c, std::uint32_t uid, narrator& tell, output& out) {
  const auto rows = c.fetch(uid_set(uid), reading_items());
  if (rows.empty()) {
    tell.line("the message has gone meanwhile");
    return;
  }
  std::string text;
  const auto structure = rows[0].bodystructure();
  const auto parts = structure ? readable_parts::of(*structure) : readable_parts();
  if (!parts.empty()) {
    const auto answer = c.fetch(uid_set(uid), parts.items());
    if (!answer.empty()) text = parts.decode(answer[0]);
  }
  const auto message = readable(rows[0]);
  out.trusted("\n");
  out.trusted(out.look().green(message.headers) + "\n");
  if (!text.empty()) out.text(text);
  if (!message.attachments.empty()) out.trusted("\n" + out.look().cyan(message.attachments));
}

void session(connection& c, const credentials& who, narrator& tell, output& out) {
  tell.line(fmt::format("{}, {}", c.url().address(), c->tls() ? c->tls_description() : "no TLS"));
  tell.state(*c);

  tell.step("LOGIN " + escape_for_display(who.user()));
  c.log_in(who);
  tell.state(*c);

  tell.step("EXAMINE " + escape_for_display(c.mailbox().utf8()));
  const auto view = c.open();
  show_mailbox(view, tell);
  tell.state(*c);

  tell.step("SEARCH all messages");
  const auto found = c->uid_search(search_key::all());
  tell.line(fmt::format("found {} messages{}", found.size(), found.empty() ? "" : ": UID " + found.to_string()));

  if (!found.empty()) {
    const auto newest = found.ranges().back().last;
    tell.step(fmt::format("FETCH the newest message, UID {}", newest));
    show_message(*c, newest, tell, out);
  }

  tell.step("CLOSE the mailbox; after EXAMINE this changes nothing");
  c->close_mailbox();
  tell.state(*c);

  tell.step("LOGOUT");
  c.close();
  tell.state(*c);
}

}  // namespace

exit_code run(const common_args& common, const demo_args&, output& out) {
  auto args = common;
  const char* url = std::getenv("IMAP_URL");
  std::unique_ptr<testserver::server> server;
  credentials who(demo_user, demo_password);
  std::string ca;
  if (url != nullptr && *url != '\0') {
    args.url = url;
    who = find_credentials(args, checked_url(args));
  } else {
    server = start_server();
    args.url = fmt::format("imaps://demo%40example.org@127.0.0.1:{}/INBOX", server->port());
    ca = server->ca_pem();
  }
  narrator tell(out);
  tell.step("CONNECT to " + (server ? "the embedded server" : escape_for_display(checked_url(args).address())));
  connection c(
      args, connection::without_login{}, [&](trace_direction d, std::string_view text) { tell.protocol(d, text); }, ca);
  session(c, who, tell, out);
  out.flush();
  return exit_code::ok;
}

}  // namespace imapxx::cli
