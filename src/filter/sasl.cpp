#include <imapxx/display.hpp>
#include <imapxx/sasl.hpp>

#include "base/ascii.hpp"
#include "filter/sasl_mechanisms.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace imapxx::inline v0 {

namespace filter {

namespace {

using needs = mechanism_traits::needs;

/// In the order of preference.
constexpr std::array<mechanism_traits, 12> known{{
    // name, needs, sends it, user, authzid, automatic
    {"OAUTHBEARER", needs::token, true, false, true, true},
    {"XOAUTH2", needs::token, true, true, false, true},
    {"SCRAM-SHA-256", needs::password, false, true, true, true},
    {"SCRAM-SHA-1", needs::password, false, true, true, true},
    {"CRAM-MD5", needs::password, false, true, false, true},
    {"PLAIN", needs::password, true, true, true, true},
    {"LOGIN", needs::password, true, true, false, true},
    {login_command, needs::password, true, true, false, true},
    {"SCRAM-SHA-256-PLUS", needs::password, false, true, true, false},
    {"SCRAM-SHA-1-PLUS", needs::password, false, true, true, false},
    {"EXTERNAL", needs::nothing, false, false, true, false},
    {"ANONYMOUS", needs::nothing, false, false, false, false},
}};

/// What is missing in `who` for this mechanism, in words; empty: nothing.
std::string_view missing(const mechanism_traits& traits, const credentials& who) {
  if (traits.secret_kind == needs::password && who.password().empty()) return "a password is needed";
  if (traits.secret_kind == needs::token && who.token().empty()) return "a token is needed";
  if (traits.needs_user && who.user().empty()) return "a user name is needed";
  if (!traits.takes_authzid && !who.authorization_identity().empty()) return "it cannot act for another user";
  return {};
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : " ").append(escape_for_display(name));
  return text.empty() ? "none" : text;
}

/// The names that may be tried, best first, whatever the server offers.
std::vector<std::string> wanted(const credentials& who) {
  std::vector<std::string> names;
  for (const std::string& name : who.mechanisms()) names.push_back(base::to_upper(name));
  if (!names.empty()) return names;
  for (const mechanism_traits& traits : known) {
    if (traits.automatic) names.emplace_back(traits.name);
  }
  return names;
}

}  // namespace

const mechanism_traits* find_mechanism(std::string_view name) noexcept {
  const auto* found =
      std::find_if(known.begin(), known.end(), [name](const mechanism_traits& t) { return t.name == name; });
  return found == known.end() ? nullptr : found;
}

error sasl_error(errc code, std::string_view mechanism, std::string_view message) {
  std::string text(mechanism);
  if (!text.empty()) text.append(": ");
  text.append(message);
  error e(code, text);
  e.set_phase(phase::authenticate);
  return e;
}

}  // namespace filter

credentials::credentials() = default;
credentials::credentials(std::string_view user, secret password) : user_(user), password_(std::move(password)) {}

credentials credentials::with_token(std::string_view user, secret token) {
  credentials c;
  c.user_ = user;
  c.token_ = std::move(token);
  return c;
}

credentials& credentials::user(std::string_view name) {
  user_ = name;
  return *this;
}

credentials& credentials::password(secret p) {
  password_ = std::move(p);
  return *this;
}

credentials& credentials::token(secret t) {
  token_ = std::move(t);
  return *this;
}

credentials& credentials::authorize_as(std::string_view authorization_identity) {
  authzid_ = authorization_identity;
  return *this;
}

credentials& credentials::mechanisms(std::vector<std::string> names) {
  mechanisms_ = std::move(names);
  return *this;
}

credentials& credentials::allow_plaintext(bool allow) {
  allow_plaintext_ = allow;
  return *this;
}

result<std::unique_ptr<sasl_mechanism>> make_mechanism(std::string_view name, const credentials& who,
                                                       const sasl_context& context) {
  const std::string upper = base::to_upper(name);
  const filter::mechanism_traits* traits = filter::find_mechanism(upper);
  if (traits == nullptr || upper == filter::login_command) {
    return filter::sasl_error(errc::no_mechanism, escape_for_display(upper), "this mechanism is not supported");
  }
  if (const std::string_view lack = filter::missing(*traits, who); !lack.empty()) {
    return filter::sasl_error(errc::no_mechanism, upper, lack);
  }
  if (traits->sends_secret && !context.tls && !who.plaintext_allowed()) {
    return filter::sasl_error(errc::plaintext_refused, upper, "it would send the secret without TLS");
  }
  const auto has_nul = [](std::string_view text) { return text.find('\0') != std::string_view::npos; };
  if (has_nul(who.user()) || has_nul(who.password().expose()) || has_nul(who.authorization_identity())) {
    return filter::sasl_error(errc::invalid_argument, upper, "a NUL octet in user or password");
  }
  if (traits->secret_kind == filter::mechanism_traits::needs::token) {
    return filter::make_oauth(*traits, who, context);
  }
  if (upper.starts_with("SCRAM-")) return filter::make_scram(*traits, who, context);
  return filter::make_gsasl_mechanism(*traits, who, context);
}

result<std::vector<std::string>> choose_mechanisms(const std::vector<std::string>& offered, bool login_command_usable,
                                                   const credentials& who, bool tls) {
  const auto is_offered = [&](std::string_view name) {
    return std::any_of(offered.begin(), offered.end(), [name](const std::string& o) { return base::iequals(o, name); });
  };
  std::vector<std::string> chosen;
  bool needs_tls = false;
  bool disabled = false;
  const std::vector<std::string> names = filter::wanted(who);
  for (const std::string& name : names) {
    const filter::mechanism_traits* traits = filter::find_mechanism(name);
    if (traits == nullptr || !filter::missing(*traits, who).empty() || (filter::binds_channel(name) && !tls)) continue;
    const bool is_command = name == filter::login_command;
    if (is_command ? !login_command_usable : !is_offered(name)) {
      disabled = disabled || is_command;
    } else if (traits->sends_secret && !tls && !who.plaintext_allowed()) {
      needs_tls = true;
    } else if (std::find(chosen.begin(), chosen.end(), name) == chosen.end()) {
      chosen.push_back(name);
    }
  }
  if (!chosen.empty()) return chosen;
  if (needs_tls) {
    return filter::sasl_error(errc::plaintext_refused, {}, "every usable mechanism would send the secret without TLS");
  }
  const std::string lists = "the server offers: " + filter::joined(offered) + "; allowed: " + filter::joined(names);
  if (disabled) {
    return filter::sasl_error(errc::login_disabled, {}, "the server disabled LOGIN and nothing else fits; " + lists);
  }
  return filter::sasl_error(errc::no_mechanism, {}, "no mechanism fits the credentials; " + lists);
}

}  // namespace imapxx::inline v0
