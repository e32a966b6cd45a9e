#include "base/ascii.hpp"
#include "filter/sasl_mechanisms.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::filter {

namespace {

constexpr char separator = '\x01';

/// A bearer token (RFC 6750 section 2.1) and everything else that cannot end a field.
bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

bool has_control(std::string_view text) { return std::any_of(text.begin(), text.end(), base::is_control); }

/// saslname (RFC 5801 section 4): "=" and "," are escaped.
std::string saslname(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '=') {
      text.append("=3D");
    } else if (c == ',') {
      text.append("=2C");
    } else {
      text.push_back(c);
    }
  }
  return text;
}

/// RFC 7628 section 3.1.
std::string bearer_response(const credentials& who, const sasl_context& context) {
  const std::string& name = who.authorization_identity().empty() ? who.user() : who.authorization_identity();
  std::string text = "n,";
  if (!name.empty()) text.append("a=").append(saslname(name));
  text.append(",").push_back(separator);
  if (!context.host.empty()) text.append("host=").append(context.host).push_back(separator);
  if (context.port != 0) text.append("port=").append(std::to_string(context.port)).push_back(separator);
  text.append("auth=Bearer ");
  return text;
}

/// One message, and an answer to the error that may come back (RFC 7628 section 3.2.3; XOAUTH2 wants it empty).
class oauth final : public sasl_mechanism {
 public:
  oauth(const mechanism_traits& traits, secret response, std::size_t challenge_limit)
      : traits_(traits), response_(std::move(response)), challenge_limit_(challenge_limit) {}

  [[nodiscard]] std::string_view name() const override { return traits_.name; }
  [[nodiscard]] bool client_first() const override { return true; }
  [[nodiscard]] bool sends_secret() const override { return true; }
  [[nodiscard]] std::string server_error() const override { return server_error_; }

  result<secret> step(std::string_view challenge) override {
    switch (next_) {
      case activity::respond: next_ = activity::wait; return std::move(response_);
      case activity::wait:
        next_ = activity::failed;
        server_error_ = challenge.substr(0, challenge_limit_);
        return secret(traits_.name == "XOAUTH2" ? std::string_view() : std::string_view(&separator, 1));
      case activity::failed: break;
    }
    return sasl_error(errc::authentication_failed, name(), "the server asks for more than the mechanism has");
  }

  result<void> finish() override {
    if (next_ == activity::wait) return {};
    return sasl_error(errc::authentication_failed, name(),
                      next_ == activity::failed ? "the server reported an error and then said OK"
                                                : "the server said OK before the exchange was over");
  }

 private:
  enum class activity : unsigned char { respond, wait, failed };

  const mechanism_traits& traits_;
  secret response_;
  std::string server_error_;
  std::size_t challenge_limit_;
  activity next_ = activity::respond;
};

}  // namespace

result<std::unique_ptr<sasl_mechanism>> make_oauth(const mechanism_traits& traits, const credentials& who,
                                                   const sasl_context& context) {
  if (!is_visible(who.token().expose()) || !is_visible(context.host)) {
    return sasl_error(errc::invalid_argument, traits.name, "the token holds octets that are not visible ASCII");
  }
  if (has_control(who.user()) || has_control(who.authorization_identity())) {
    return sasl_error(errc::invalid_argument, traits.name, "the user name holds control characters");
  }
  std::string text;
  if (traits.name == "XOAUTH2") {
    text.append("user=").append(who.user()).push_back(separator);
    text.append("auth=Bearer ");
  } else {
    text = bearer_response(who, context);
  }
  // In one piece, so that no reallocation leaves a copy of the token behind.
  text.reserve(text.size() + who.token().size() + 2);
  text.append(who.token().expose()).append(2, separator);
  return std::unique_ptr<sasl_mechanism>(
      std::make_unique<oauth>(traits, secret(std::move(text)), context.limits.continuation_octets));
}

}  // namespace imapxx::inline v0::filter

namespace imapxx::inline v0 {

std::string oauth_error_status(std::string_view json) {
  // Servers send a flat object; a full parser would only be a bigger target.
  constexpr std::string_view key = "\"status\"";
  const std::size_t at = json.find(key);
  if (at == std::string_view::npos) return {};
  std::string_view rest = json.substr(at + key.size());
  const auto skip_blanks = [&rest] { rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size())); };
  skip_blanks();
  if (!rest.starts_with(':')) return {};
  rest.remove_prefix(1);
  skip_blanks();
  const bool quoted = rest.starts_with('"');
  if (quoted) rest.remove_prefix(1);
  const std::size_t end = rest.find_first_of(quoted ? "\"" : ",} \t\r\n");
  if (end == std::string_view::npos) return {};
  const std::string_view status = rest.substr(0, end);
  const bool plain = filter::is_visible(status) && status.find('\\') == std::string_view::npos;
  return plain && status.size() <= 64 ? std::string(status) : std::string();
}

}  // namespace imapxx::inline v0
