#include <imapxx/commands/authenticate.hpp>

#include "base/base64.hpp"
#include "commands/support.hpp"

#include <utility>

namespace imapxx::inline v0 {
namespace {

error plaintext_refused() {
  return error(errc::plaintext_refused, "the password would cross the network in the clear: use TLS, or allow it");
}

secret encoded(const secret& octets) { return secret(base::base64_encode(octets.expose())); }

}  // namespace

constexpr command_traits login::traits_v =
    command_traits("LOGIN", states::not_authenticated).exclusive().in_phase(phase::authenticate);
const command_traits& login::traits() const noexcept { return traits_v; }

login::login(std::string_view user, secret password) : user_(user), password_(std::move(password)) {}

login& login::allow_plaintext(bool allow) {
  allow_plaintext_ = allow;
  return *this;
}

result<void> login::check(const session_info& info) const {
  if (info.capabilities.contains("LOGINDISABLED")) return error(errc::login_disabled, "the server says LOGINDISABLED");
  if (!info.tls && !allow_plaintext_) return plaintext_refused();
  if (user_.find('\0') != std::string::npos || password_.expose().find('\0') != std::string_view::npos) {
    return error(errc::invalid_argument, "a user name or password holds NUL");
  }
  return {};
}

// login = "LOGIN" SP userid SP password; both astring, and never 8-bit in quotes (RFC 6855 section 5): quoted only
// where no charset matters.
void login::encode(wire::encoder& out) {
  const auto argument = [&out](std::string_view text) {
    if (wire::is_quotable(text, false)) {
      out.quoted(text);
    } else {
      out.literal(text);
    }
  };
  out.raw(traits_v.name).sp().begin_secret();
  argument(user_);
  out.sp();
  argument(password_.expose());
  out.end_secret();
}

result<void> login::on_complete(const status_response& status) {
  password_.clear();
  return command::on_complete(status);
}

constexpr command_traits authenticate::traits_v =
    command_traits("AUTHENTICATE", states::not_authenticated).exclusive().in_phase(phase::authenticate);
const command_traits& authenticate::traits() const noexcept { return traits_v; }

authenticate::authenticate(std::unique_ptr<sasl_mechanism> mechanism) : mechanism_(std::move(mechanism)) {}

authenticate& authenticate::initial_response(bool when_offered) {
  with_first_ = when_offered;
  return *this;
}

authenticate& authenticate::takes_initial_response(bool known) {
  known_first_ = known;
  return *this;
}

authenticate& authenticate::allow_plaintext(bool allow) {
  allow_plaintext_ = allow;
  return *this;
}

result<void> authenticate::check(const session_info& info) const {
  if (!mechanism_) return error(errc::no_mechanism, "AUTHENTICATE needs a mechanism");
  if (!wire::is_atom(mechanism_->name())) return error(errc::invalid_argument, "the name of a mechanism is no atom");
  if (mechanism_->sends_secret() && !info.tls && !allow_plaintext_) return plaintext_refused();
  return {};
}

void authenticate::prepare(const submit_context& context) {
  max_steps_ = context.limits.sasl_steps;
  send_first_ = with_first_ && mechanism_ && mechanism_->client_first() &&
                (known_first_ || commands::offers(context.info.capabilities, "SASL-IR|IMAP4rev2"));
}

// authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp] *(CRLF base64); initial-resp = base64 / "="
void authenticate::encode(wire::encoder& out) {
  if (!mechanism_) {
    out.fail(error(errc::no_mechanism, "AUTHENTICATE needs a mechanism"));
    return;
  }
  out.raw(traits_v.name).sp().atom(mechanism_->name());
  if (!send_first_) return;
  auto first = mechanism_->step({});
  if (!first) {
    out.fail(first.error());
    return;
  }
  spoke_ = true;
  const auto text = encoded(*first);
  out.sp().begin_secret().raw(text.empty() ? std::string_view("=") : text.expose()).end_secret();
}

secret authenticate::cancel(error why) {
  cancelled_ = true;
  failure_ = std::move(why);
  return secret("*");
}

result<std::optional<secret>> authenticate::on_continuation(std::string_view text) {
  if (cancelled_ || !mechanism_) {
    // RFC 9051 section 6.2.2: after `*` the server must answer with a tagged BAD.
    return error(errc::protocol_error, "the server goes on with an exchange that was cancelled");
  }
  if (++steps_ > max_steps_) {
    return std::optional(cancel(error(errc::limit_exceeded, "the server asks for too many steps")
                                    .set_limit("sasl_steps", max_steps_)
                                    .set_fatal(false)));
  }
  // The first challenge to a mechanism whose client speaks first is empty, whatever text a server puts there.
  std::optional<std::string> challenge = std::string();
  if (spoke_ || !mechanism_->client_first()) challenge = base::base64_decode(text);
  if (!challenge) return std::optional(cancel(error(errc::authentication_failed, "a challenge is not base64")));
  auto answer_now = mechanism_->step(*challenge);
  secret::wipe(*challenge);
  if (!answer_now) {
    auto why = answer_now.error();
    const bool telling = why.code() == errc::authentication_failed || why.code() == errc::limit_exceeded;
    return std::optional(cancel(telling ? why.set_fatal(false) : error(errc::authentication_failed, why.message())));
  }
  spoke_ = true;
  return std::optional(encoded(*answer_now));
}

result<void> authenticate::on_complete(const status_response& status) {
  // A server that says OK all the same has logged in somebody else than the caller wanted.
  if (cancelled_)
    return failure_.set_status(status.tag, status.code.name, status.text).set_fatal(status.kind == status_kind::ok);
  if (auto ok = command::on_complete(status); !ok) {
    auto why = ok.error();
    const auto told = server_error();
    if (!told.empty()) why.set_status(status.tag, status.code.name, status.text + " (" + told + ")");
    return why;
  }
  if (!mechanism_ || !spoke_) {
    return error(errc::authentication_failed, "the server said OK before the exchange").set_fatal(true);
  }
  if (auto proved = mechanism_->finish(); !proved) {
    auto why = proved.error();
    return (why.code() == errc::authentication_failed ? why : error(errc::authentication_failed, why.message()))
        .set_fatal(true);
  }
  return {};
}

void authenticate::abandon() noexcept {}

std::string authenticate::server_error() const { return mechanism_ ? mechanism_->server_error() : std::string(); }

}  // namespace imapxx::inline v0
