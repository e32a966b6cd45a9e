#include <imapxx/sasl.hpp>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "imaplib/impl.hpp"

#include <stdexcept>
#include <utility>

namespace imapxx::inline v0::imaplib {

reply IMAP4::authenticate(std::string_view mechanism, const authobject& answer) {
  auto& i = *impl_;
  const std::string name = "AUTHENTICATE";
  i.require_state(name);
  i.before_sending();
  auto cmd = i.make(name, {{base::to_upper(mechanism), false}});
  cmd->answer_with([&](std::string_view challenge) -> std::optional<secret> {
    if (i.callback_failure) return secret("*");
    try {
      const auto said = answer(bytes(base::base64_decode_lenient(challenge).value_or(std::string())));
      if (said.is_none()) return secret("*");
      return secret(base::base64_encode(said.text()));
    } catch (...) {
      // The server waits for an answer: the exchange is cancelled before the caller hears of it.
      i.callback_failure = std::current_exception();
      return secret("*");
    }
  });
  auto r = i.run(std::move(cmd), name);
  if (r.typ != "OK") throw imaplib::error(r.data.back().decode());
  i.state = "AUTH";
  i.refresh_capabilities();
  return r;
}

reply IMAP4::login(const argument& user, const argument& password) {
  auto& i = *impl_;
  const std::vector<wire_argument> args = {i.astring(user), i.quoted_secret(password)};
  i.require_state("LOGIN");
  if (i.offers("LOGINDISABLED")) throw imaplib::error("the server forbids LOGIN on this connection (LOGINDISABLED)");
  auto r = i.simple("LOGIN", args);
  if (r.typ != "OK") throw imaplib::error(r.data.back().decode());
  i.state = "AUTH";
  i.refresh_capabilities();
  return r;
}

reply IMAP4::login_cram_md5(const argument& user, const argument& password) {
  const credentials who(user.text(), secret(password.text()));
  auto mechanism = make_mechanism("CRAM-MD5", who, sasl_context()).value();
  return authenticate("CRAM-MD5", [&](const bytes& challenge) {
    const auto said = mechanism->step(challenge).value();
    return argument(bytes(said.expose()));
  });
}

reply IMAP4::login_plain(const argument& user, const argument& password) {
  impl_->require_p16("login_plain");
  for (const auto* part : {&user, &password}) {
    if (part->text().find('\0') != std::string::npos) throw std::invalid_argument("NUL in a user name or password");
  }
  return authenticate("PLAIN", [&](const bytes&) {
    const std::string nul(1, '\0');
    return argument(bytes(nul + user.text() + nul + password.text()));
  });
}

reply IMAP4::proxyauth(const argument& user) { return impl_->simple("PROXYAUTH", {impl_->astring(user)}); }

reply IMAP4::starttls(const std::optional<tls_options>& how) {
  auto& i = *impl_;
  if (i.tls) throw imaplib::abort("TLS session already established");
  if (!i.offers("STARTTLS")) throw imaplib::abort("TLS not supported by server");
  if (how) i.how.tls(*how);
  auto r = i.simple("STARTTLS", {});
  if (r.typ != "OK") throw imaplib::error("Couldn't establish TLS session");
  i.tls_started();
  i.unread.clear();
  i.get_capabilities();
  return {"OK", {datum()}};
}

reply IMAP4::logout() {
  auto& i = *impl_;
  i.state = "LOGOUT";
  if (i.unread.contains("BYE")) {
    shutdown();
    return {"BYE", i.take("BYE")};
  }
  auto r = i.simple("LOGOUT", {});
  shutdown();
  return r;
}

}  // namespace imapxx::inline v0::imaplib
