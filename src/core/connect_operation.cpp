#include "core/connect_operation.hpp"

#include <imapxx/commands/authenticate.hpp>
#include <imapxx/commands/enable.hpp>
#include <imapxx/commands/simple.hpp>
#include <imapxx/commands/starttls.hpp>
#include <imapxx/wire/encoder.hpp>

namespace imapxx::inline v0::core {

void connect_operation::start(operation_host& host, time_point) {
  if (mode_ != security::tls) return;
  if (auto ok = host.start_tls(); !ok) finish(ok.error());
}

void connect_operation::on_greeting(operation_host& host, const status_response& greeting) {
  if (mode_ != security::starttls) return learn_capabilities(host);
  if (greeting.kind == status_kind::preauth) {
    // RFC 9051 section 11.3: after PREAUTH there is no STARTTLS, so whoever is on the path would read and write
    // everything.
    return finish(error(errc::preauth_without_tls,
                        "the server says that the session is logged in already, in the clear, while TLS is required")
                      .set_phase(phase::starttls)
                      .set_fatal(true));
  }
  if (host.protocol().capabilities_known()) return upgrade(host);
  run_or_fail(host, std::make_unique<capability>(), [this](operation_host& h, completion&) { upgrade(h); });
}

void connect_operation::upgrade(operation_host& host) {
  if (!host.protocol().info().capabilities.contains("STARTTLS")) {
    return finish(error(errc::starttls_refused, "the server does not offer STARTTLS, and TLS is required")
                      .set_phase(phase::starttls)
                      .set_fatal(true));
  }
  run(host, std::make_unique<starttls>(), [this](operation_host& h, completion& c) {
    if (c.failure) {
      auto why = c.failure;
      if (why.code() == errc::no || why.code() == errc::bad) {
        why = error(errc::starttls_refused, "the server refused STARTTLS, and TLS is required")
                  .set_status(why.tag(), why.response_code(), why.server_text());
      }
      return finish(why.set_phase(phase::starttls).set_fatal(true));
    }
    if (auto ok = h.start_tls(); !ok) finish(ok.error());
  });
}

void connect_operation::on_tls_ready(operation_host& host) {
  if (mode_ == security::starttls) learn_capabilities(host);
}

void connect_operation::learn_capabilities(operation_host& host) {
  if (known_ || host.protocol().capabilities_known()) return finish();
  run_or_fail(host, std::make_unique<capability>(), [this](operation_host&, completion&) { finish(); });
}

std::vector<std::string> connect_operation::plan(const session_info&) const {
  switch (mode_) {
    case security::tls: return {"TLS handshake", "greeting", "CAPABILITY unless the greeting holds it"};
    case security::starttls:
      return {"greeting", "CAPABILITY unless the greeting holds it", "STARTTLS", "TLS handshake", "CAPABILITY"};
    case security::plain: return {"greeting", "CAPABILITY unless the greeting holds it"};
  }
  return {};
}

void login_operation::start(operation_host& host, time_point) {
  if (host.protocol().state() != session_state::not_authenticated) {
    return finish(error(errc::wrong_state, "already logged in").set_command("LOGIN"));
  }
  if (host.protocol().capabilities_known() || !remembered().empty()) return choose(host);
  run_or_fail(host, std::make_unique<capability>(), [this](operation_host& h, completion&) { choose(h); });
}

void login_operation::choose(operation_host& host) {
  const auto caps = host.protocol().capabilities_known() ? host.protocol().info().capabilities : remembered();
  takes_first_ = caps.contains("SASL-IR") || caps.imap4rev2();
  auto picked = choose_mechanisms(caps.values("AUTH"), !caps.contains("LOGINDISABLED"), who_, host.tls());
  if (!picked) return on_failed(host, picked.error().set_phase(phase::authenticate));
  mechanisms_ = std::move(picked).value();
  try_next(host);
}

void login_operation::try_next(operation_host& host) {
  const auto& name = mechanisms_[next_++];
  auto then = [this](operation_host& h, completion& c) {
    if (!c.failure) return on_logged_in(h);
    on_refused(h, c.failure);
  };
  if (name == "LOGIN-COMMAND") {
    auto cmd = std::make_unique<login>(who_.user(), who_.password());
    cmd->allow_plaintext(who_.plaintext_allowed());
    // A literal would make the server ask for it. Without SASL-IR it is an old one, which may lose what follows LOGIN.
    const bool one_line = wire::is_quotable(who_.user(), false) && wire::is_quotable(who_.password().expose(), false);
    run(host, std::move(cmd), then);
    return on_sent(host, takes_first_ && one_line);
  }
  auto made = make_mechanism(name, who_, host.sasl());
  if (!made) return on_refused(host, made.error());
  auto cmd = std::make_unique<authenticate>(std::move(made).value());
  cmd->allow_plaintext(who_.plaintext_allowed());
  cmd->takes_initial_response(takes_first_);
  run(host, std::move(cmd), then);
  // Others go on after the first message; the tokens' mechanisms do when they fail (RFC 7628 section 3.2.3).
  on_sent(host, takes_first_ && (name == "PLAIN" || name == "EXTERNAL"));
}

void login_operation::on_refused(operation_host& host, const error& why) {
  // NO means that the server has judged the credentials: another mechanism would only be counted as another wrong
  // guess. The next one is tried where this one could not even be: the server does not understand it, or it cannot
  // express this name or password.
  const bool next_may_differ =
      why.code() == errc::bad || why.code() == errc::no_mechanism || why.code() == errc::invalid_argument;
  if (why.is_fatal() || !next_may_differ || next_ >= mechanisms_.size()) {
    return on_failed(host, error(why).set_phase(phase::authenticate));
  }
  try_next(host);
}

void login_operation::on_sent(operation_host&, bool) {}

void login_operation::on_failed(operation_host&, const error& why) { finish(why); }

void login_operation::on_logged_in(operation_host& host) {
  if (host.protocol().capabilities_known()) return enable(host);
  run(host, std::make_unique<capability>(), [this](operation_host& h, completion& c) {
    // Nothing works, although the log-in did (quirk A-01a): the server's text says why.
    if (c.failure) return finish(c.failure.set_phase(phase::authenticate));
    enable(h);
  });
}

void login_operation::enable(operation_host& host) {
  if (!rev2_ || !host.protocol().info().capabilities.imap4rev2()) return finish();
  // ENABLE is optional for us: a NO leaves the session as it was.
  run(host, std::make_unique<imapxx::v0::enable>("IMAP4rev2"),
      [this](operation_host&, completion& c) { finish(c.failure.is_fatal() ? c.failure : error()); });
}

std::vector<std::string> login_operation::plan(const session_info& info) const {
  std::vector<std::string> lines;
  auto picked =
      choose_mechanisms(info.capabilities.values("AUTH"), !info.capabilities.contains("LOGINDISABLED"), who_, info.tls);
  if (!picked) return {std::string("refused: ") + std::string(picked.error().message())};
  for (const auto& name : *picked) {
    const auto command_line = name == "LOGIN-COMMAND" ? std::string("LOGIN") : "AUTHENTICATE " + name;
    lines.push_back(lines.empty() ? command_line : "if the server does not understand that: " + command_line);
  }
  lines.emplace_back("CAPABILITY unless the answer holds it");
  return lines;
}

}  // namespace imapxx::inline v0::core
