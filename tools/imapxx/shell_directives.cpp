#include <imapxx/display.hpp>

#include "credentials.hpp"
#include "explain.hpp"
#include "shell.hpp"

#include <fmt/format.h>

#include <charconv>

namespace imapxx::cli {

bool shell::switched(std::string_view word, bool& which) {
  if (!same_word(word, "on") && !same_word(word, "off")) return false;
  which = same_word(word, "on");
  return true;
}

exit_code shell::direct(std::string_view line) {
  const auto name = first_word(line);
  auto rest = line.substr(static_cast<std::size_t>(name.data() + name.size() - line.data()));
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  rest = rest.substr(0, rest.find_last_not_of(' ') + 1);
  source_->remember(std::string(line));
  const bool on_off_missing =
      (name == ":crlf" && !switched(rest, source_->crlf)) || (name == ":base64" && !switched(rest, encode_answers_));
  if (on_off_missing) throw usage_error(std::string(name) + " needs on or off");
  if (name == ":crlf" || name == ":base64") return exit_code::ok;
  if (name == ":help") {
    help(rest);
  } else if (name == ":state") {
    show_state();
  } else if (name == ":tls") {
    note(client_->tls() ? "TLS: " + client_->tls_description() : std::string("no TLS"));
  } else if (name == ":login") {
    return log_in();
  } else if (name == ":wait") {
    wait_for_news(rest);
  } else if (name == ":quit") {
    if (idle_) end_idle();
    quit();
  } else if (name == ":decode") {
    if (rest != "on" && rest != "readable" && rest != "json" && rest != "off")
      throw usage_error(":decode needs on, json or off");
    view_ = rest == "off" ? view::off : (rest == "json" ? view::json : view::readable);
  } else {
    throw usage_error("no such directive: " + std::string(name), ":help shows them");
  }
  return exit_code::ok;
}

void shell::help(std::string_view about) {
  if (!about.empty()) {
    const auto* word = find_shell_command(about);
    if (word == nullptr) return note(fmt::format("nothing is known of {}; it is sent as it is", about));
    return note(fmt::format("{} {}: {}", word->name, word->syntax, word->what));
  }
  note("A line is a command; the tag is put in front of it. Tab completes, up and down go through the history.");
  note(
      "A line that ends in {n}, {n+} or ~{n} goes on with n octets; {<file} sends a file, {crlf<file} with CRLF line "
      "ends.");
  for (const auto& d : shell_directives()) note(fmt::format("{:<9}{:<14}{}", d.name, d.syntax, d.what));
  std::string names;
  for (const auto& c : shell_commands())
    if (c.states.contains(client_->state())) names += fmt::format("{}{}", names.empty() ? "" : ", ", c.name);
  note("now: " + names);
}

void shell::show_state() {
  note(fmt::format("state: {}", to_string(client_->state())));
  if (client_->state() == session_state::selected) {
    const auto& m = client_->mailbox();
    std::string text = fmt::format("mailbox: {} ({}), {} messages, {} recent", mailbox_,
                                   m.read_only ? "read-only" : "read-write", m.exists, m.recent);
    if (m.uidvalidity) text += fmt::format(", UIDVALIDITY {}", *m.uidvalidity);
    if (m.uidnext) text += fmt::format(", UIDNEXT {}", *m.uidnext);
    note(text);
  }
  if (!client_->protocol().capabilities_known()) return note("capabilities: not asked for since the login");
  std::string names = "capabilities:";
  for (const auto& name : client_->capabilities().names()) names += " " + std::string(name);
  note(names);
}

exit_code shell::log_in() {
  if (client_->state() != session_state::not_authenticated) throw usage_error("already logged in");
  source_->pause();
  struct again {
    shell_source& s;
    ~again() { s.resume(); }
  } const guard{*source_};
  const auto who = find_credentials(common_, url_);
  client_->authenticate_as(who);
  return exit_code::ok;
}

void shell::wait_for_news(std::string_view seconds) {
  unsigned n = 0;
  const auto [end, why] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), n);
  if (why != std::errc() || end != seconds.data() + seconds.size()) throw usage_error(":wait needs seconds");
  const auto before = responses_;
  const auto until = clock::now() + std::chrono::seconds(n);
  while (responses_ == before && clock::now() < until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now());
    (void)client_->poll(left + std::chrono::milliseconds(1));
  }
}

}  // namespace imapxx::cli
