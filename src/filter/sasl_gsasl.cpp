#include "filter/gsasl_exchange.hpp"
#include "filter/sasl_mechanisms.hpp"

#include <utility>

namespace imapxx::inline v0::filter {

namespace {

/// PLAIN, LOGIN, CRAM-MD5, EXTERNAL, ANONYMOUS: libgsasl knows how; this class knows when it is enough.
class gsasl_mechanism final : public sasl_mechanism {
 public:
  gsasl_mechanism(const mechanism_traits& traits, std::unique_ptr<gsasl_exchange> exchange, std::size_t challenge_limit)
      : traits_(traits), exchange_(std::move(exchange)), challenge_limit_(challenge_limit) {}

  [[nodiscard]] std::string_view name() const override { return traits_.name; }
  [[nodiscard]] bool client_first() const override { return traits_.name != "LOGIN" && traits_.name != "CRAM-MD5"; }
  [[nodiscard]] bool sends_secret() const override { return traits_.sends_secret; }

  result<secret> step(std::string_view challenge) override {
    if (exchange_->done() || failed_) {
      failed_ = true;
      return sasl_error(errc::authentication_failed, name(), "the server asks for more than the mechanism has");
    }
    failed_ = true;
    if (challenge.size() > challenge_limit_) {
      error e = sasl_error(errc::authentication_failed, name(), "the server's challenge is too long");
      e.set_limit("continuation_octets", challenge_limit_);
      return e;
    }
    // A digest without anything of the server's in it could be replayed.
    if (challenge.empty() && name() == "CRAM-MD5") {
      return sasl_error(errc::authentication_failed, name(), "the server's challenge is empty");
    }
    auto answer = exchange_->step(challenge);
    failed_ = !answer;
    return answer;
  }

  result<void> finish() override {
    if (exchange_->done() && !failed_) return {};
    return sasl_error(errc::authentication_failed, name(), "the server said OK before the exchange was over");
  }

 private:
  const mechanism_traits& traits_;
  std::unique_ptr<gsasl_exchange> exchange_;
  std::size_t challenge_limit_;
  bool failed_ = false;
};

}  // namespace

result<std::unique_ptr<sasl_mechanism>> make_gsasl_mechanism(const mechanism_traits& traits, const credentials& who,
                                                             const sasl_context& context) {
  if (traits.name == "CRAM-MD5" &&
      (!can_be_prepared(who.user(), true) || !can_be_prepared(who.password().expose(), true))) {
    return sasl_error(errc::invalid_argument, traits.name, "user or password cannot be prepared (RFC 4013)");
  }
  auto started = gsasl_exchange::start(traits.name);
  if (!started) return started.error();
  gsasl_exchange& exchange = **started;

  std::string_view authzid = who.authorization_identity();
  if (traits.name == "EXTERNAL" && authzid.empty()) authzid = who.user();
  if (auto set = exchange.set(GSASL_AUTHID, who.user()); !set) return set.error();
  if (auto set = exchange.set(GSASL_ANONYMOUS_TOKEN, who.user()); !set) return set.error();
  if (auto set = exchange.set(GSASL_PASSWORD, who.password().expose()); !set) return set.error();
  if (!authzid.empty()) {
    if (auto set = exchange.set(GSASL_AUTHZID, authzid); !set) return set.error();
  }
  return std::unique_ptr<sasl_mechanism>(
      std::make_unique<gsasl_mechanism>(traits, std::move(*started), context.limits.continuation_octets));
}

}  // namespace imapxx::inline v0::filter
