#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "filter/gsasl_exchange.hpp"
#include "filter/sasl_mechanisms.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::filter {

namespace {

/// Cuts "a=value" off the front of a list of attributes (RFC 5802 section 7, attr-val). \return false: there is none
bool next_attribute(std::string_view& rest, char& name, std::string_view& value) {
  if (rest.size() < 2 || !base::is_alpha(rest[0]) || rest[1] != '=') return false;
  name = rest[0];
  const std::size_t end = rest.find(',');
  value = rest.substr(2, end == std::string_view::npos ? end : end - 2);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  // A comma promises another attribute.
  return end == std::string_view::npos || !rest.empty();
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

/// server-first-message (RFC 5802 section 7), checked before libgsasl hashes anything for it.
class server_first {
 public:
  std::string_view nonce;
  std::string_view salt;
  std::string_view iterations;

  /// What is wrong with it; empty: nothing.
  std::string_view parse(std::string_view message) {
    if (message.find('\0') != std::string_view::npos) return "a NUL octet in the server's message";
    char name = 0;
    std::string_view value;
    std::string_view rest = message;
    for (int position = 0; !rest.empty(); ++position) {
      if (!next_attribute(rest, name, value)) return "the server's message is malformed";
      if (name == 'm') return "the server demands an unknown extension";
      if (position > 2 && std::string_view("aceinprsv").find(name) == std::string_view::npos) {
        continue;  // optional extensions are ignored
      }
      if (position > 2) return "the server's message is malformed";
      if (name != "rsi"[position]) return "the server's message is malformed";
      (position == 0 ? nonce : position == 1 ? salt : iterations) = value;
    }
    if (iterations.empty() || nonce.empty()) return "the server's message is malformed";
    if (!is_printable(nonce)) return "the server's nonce is malformed";
    const auto decoded = base::base64_decode(salt);
    if (!decoded || decoded->empty()) return "the server's salt is malformed";
    if (iterations.front() == '0' || !std::all_of(iterations.begin(), iterations.end(), base::is_digit)) {
      return "the server's iteration count is malformed";
    }
    return {};
  }

  /// Saturates.
  [[nodiscard]] std::uint64_t count() const {
    std::uint64_t n = 0;
    for (const char c : iterations) n = std::min<std::uint64_t>(n * 10 + static_cast<unsigned>(c - '0'), 1ULL << 40U);
    return n;
  }
};

class scram final : public sasl_mechanism {
 public:
  scram(const mechanism_traits& traits, std::unique_ptr<gsasl_exchange> exchange, const limits& bounds)
      : traits_(traits), exchange_(std::move(exchange)), limits_(bounds) {}

  [[nodiscard]] std::string_view name() const override { return traits_.name; }
  [[nodiscard]] bool client_first() const override { return true; }
  [[nodiscard]] bool sends_secret() const override { return false; }
  [[nodiscard]] std::string server_error() const override { return server_error_; }

  result<secret> step(std::string_view challenge) override {
    const activity now = std::exchange(next_, activity::failed);
    if (challenge.size() > limits_.continuation_octets) {
      return fail("the server's challenge is too long", "continuation_octets", limits_.continuation_octets);
    }
    switch (now) {
      case activity::client_first: return begin(challenge);
      case activity::client_final: return prove(challenge);
      case activity::verify: return verify(challenge);
      case activity::done:
      case activity::failed: break;
    }
    return fail("the server asks for more than the mechanism has");
  }

  result<void> finish() override {
    if (next_ == activity::done) return {};
    return fail("the server did not prove that it knows the password");
  }

 private:
  enum class activity : unsigned char { client_first, client_final, verify, done, failed };

  [[nodiscard]] error fail(std::string_view why, std::string_view limit = {}, std::uint64_t value = 0) const {
    error e = sasl_error(errc::authentication_failed, name(), why);
    if (!limit.empty()) e.set_limit(limit, value);
    return e;
  }

  result<secret> begin(std::string_view challenge) {
    if (!challenge.empty()) return fail("the server speaks before the client");
    auto message = exchange_->step({});
    if (!message) return message;
    // The nonce is libgsasl's; it stands last in the client-first-message.
    const std::string_view text = message->expose();
    const std::size_t at = text.rfind(",r=");
    if (at == std::string_view::npos) return error(errc::internal_error, "libgsasl's first message has no nonce");
    nonce_ = text.substr(at + 3);
    next_ = activity::client_final;
    return message;
  }

  result<secret> prove(std::string_view challenge) {
    // A server may fail the exchange with "e=" at this point, too.
    if (challenge.starts_with("e=")) return refused(challenge);
    server_first first;
    if (const std::string_view wrong = first.parse(challenge); !wrong.empty()) return fail(wrong);
    if (!first.nonce.starts_with(nonce_) || first.nonce.size() == nonce_.size()) {
      return fail("the server's nonce does not continue the client's");
    }
    if (first.count() < limits_.scram_iterations_min) {
      return fail("the server's iteration count is too low", "scram_iterations_min", limits_.scram_iterations_min);
    }
    if (first.count() > limits_.scram_iterations_max) {
      return fail("the server's iteration count is too high", "scram_iterations_max", limits_.scram_iterations_max);
    }
    auto proof = exchange_->step(challenge);
    if (proof) next_ = activity::verify;
    return proof;
  }

  result<secret> verify(std::string_view challenge) {
    if (challenge.starts_with("e=")) return refused(challenge);
    std::string_view rest = challenge;
    std::string_view value;
    char attribute = 0;
    if (!next_attribute(rest, attribute, value) || attribute != 'v' || value.find('\0') != std::string_view::npos) {
      return fail("the server's last message is malformed");
    }
    // Extensions are ignored; libgsasl would not.
    auto verified = exchange_->step(challenge.substr(0, value.size() + 2));
    if (!verified) return fail("the server does not know the password: its signature is wrong");
    if (!exchange_->done()) return fail("the server's last message is malformed");
    next_ = activity::done;
    return secret();
  }

  error refused(std::string_view challenge) {
    std::string_view value = challenge.substr(2);
    server_error_ = value.substr(0, value.find(','));
    error e = fail("the server refused");
    e.set_status({}, {}, server_error_);
    return e;
  }

  const mechanism_traits& traits_;
  std::unique_ptr<gsasl_exchange> exchange_;
  limits limits_;
  std::string nonce_;
  std::string server_error_;
  activity next_ = activity::client_first;
};

}  // namespace

result<std::unique_ptr<sasl_mechanism>> make_scram(const mechanism_traits& traits, const credentials& who,
                                                   const sasl_context& context) {
  // RFC 5802 section 5.1: the name is a query; section 2.2: the password is a stored string.
  if (!can_be_prepared(who.user(), true) || !can_be_prepared(who.password().expose(), false)) {
    return sasl_error(errc::invalid_argument, traits.name, "user or password cannot be prepared (RFC 4013)");
  }
  const bool binds = binds_channel(traits.name);
  if (binds && context.tls_exporter.empty() && context.tls_unique.empty()) {
    return sasl_error(errc::no_mechanism, traits.name, "there is no TLS connection of this library to bind to");
  }
  auto started = gsasl_exchange::start(traits.name);
  if (!started) return started.error();
  gsasl_exchange& exchange = **started;
  if (auto set = exchange.set(GSASL_AUTHID, who.user()); !set) return set.error();
  if (auto set = exchange.set(GSASL_PASSWORD, who.password().expose()); !set) return set.error();
  if (!who.authorization_identity().empty()) {
    if (auto set = exchange.set(GSASL_AUTHZID, who.authorization_identity()); !set) return set.error();
  }
  // Only for the -PLUS forms: for the others libgsasl would then say that the server does not offer them ("y"), which
  // nobody has looked into here.
  if (binds && !context.tls_exporter.empty()) {
    if (auto set = exchange.set(GSASL_CB_TLS_EXPORTER, base::base64_encode(context.tls_exporter)); !set)
      return set.error();
  } else if (binds) {
    if (auto set = exchange.set(GSASL_CB_TLS_UNIQUE, base::base64_encode(context.tls_unique)); !set) return set.error();
  }
  return std::unique_ptr<sasl_mechanism>(std::make_unique<scram>(traits, std::move(*started), context.limits));
}

}  // namespace imapxx::inline v0::filter
