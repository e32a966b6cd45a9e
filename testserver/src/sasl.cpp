#include "sasl.hpp"

#include "text.hpp"

#include <gsasl.h>

namespace imapxx::testserver::detail {

namespace {

struct gsasl_free_text {
  void operator()(char* p) const { ::gsasl_free(p); }
};

/// PLAIN, LOGIN, CRAM-MD5, DIGEST-MD5 and SCRAM through libgsasl.
class gsasl_exchange final : public sasl_exchange {
 public:
  gsasl_exchange(const std::string& mechanism, const sasl_users& users, const channel_binding& binding)
      : users_(users), binding_(binding), client_first_(mechanism == "PLAIN" || istarts_with(mechanism, "SCRAM-")) {
    if (::gsasl_init(&context_) != GSASL_OK) return;
    ::gsasl_callback_set(context_, &gsasl_exchange::callback);
    ::gsasl_callback_hook_set(context_, this);
    ::gsasl_server_start(context_, mechanism.c_str(), &session_);
  }
  ~gsasl_exchange() override {
    if (session_ != nullptr) ::gsasl_finish(session_);
    if (context_ != nullptr) ::gsasl_done(context_);
  }
  gsasl_exchange(const gsasl_exchange&) = delete;
  gsasl_exchange& operator=(const gsasl_exchange&) = delete;

  bool usable() const { return session_ != nullptr; }
  bool client_first() const override { return client_first_; }
  std::string user() const override { return user_; }

  result step(const std::string& input, std::string& output) override {
    char* data = nullptr;
    std::size_t size = 0;
    int r = ::gsasl_step(session_, input.data(), input.size(), &data, &size);
    std::unique_ptr<char, gsasl_free_text> owned(data);
    output.assign(data == nullptr ? "" : data, data == nullptr ? 0 : size);
    if (r == GSASL_NEEDS_MORE) return result::more;
    if (r != GSASL_OK) return result::failed;
    const char* name = ::gsasl_property_fast(session_, GSASL_AUTHID);
    const char* as = ::gsasl_property_fast(session_, GSASL_AUTHZID);
    user_ = name == nullptr ? "" : name;
    // Nobody may act for somebody else here.
    return as != nullptr && *as != '\0' && user_ != as ? result::failed : result::done;
  }

 private:
  static int callback(Gsasl* context, Gsasl_session* session, Gsasl_property property) {
    auto* self = static_cast<gsasl_exchange*>(::gsasl_callback_hook_get(context));
    const char* name = ::gsasl_property_fast(session, GSASL_AUTHID);
    auto password = name == nullptr ? std::nullopt : self->users_.password_of(name);
    switch (property) {
      case GSASL_PASSWORD:
        if (!password) return GSASL_AUTHENTICATION_ERROR;
        ::gsasl_property_set(session, GSASL_PASSWORD, password->c_str());
        return GSASL_OK;
      case GSASL_VALIDATE_SIMPLE: {
        const char* given = ::gsasl_property_fast(session, GSASL_PASSWORD);
        return password && given != nullptr && *password == given ? GSASL_OK : GSASL_AUTHENTICATION_ERROR;
      }
      case GSASL_CB_TLS_EXPORTER: return give_binding(session, property, self->binding_.tls_exporter);
      case GSASL_CB_TLS_UNIQUE: return give_binding(session, property, self->binding_.tls_unique);
      case GSASL_SCRAM_ITER: ::gsasl_property_set(session, GSASL_SCRAM_ITER, "4096"); return GSASL_OK;
      default: return GSASL_NO_CALLBACK;
    }
  }

  static int give_binding(Gsasl_session* session, Gsasl_property property, const std::string& data) {
    if (data.empty()) return GSASL_NO_CALLBACK;
    ::gsasl_property_set(session, property, base64_encode(data).c_str());
    return GSASL_OK;
  }

  const sasl_users& users_;
  const channel_binding& binding_;
  bool client_first_;
  Gsasl* context_ = nullptr;
  Gsasl_session* session_ = nullptr;
  std::string user_;
};

/// XOAUTH2 and OAUTHBEARER (RFC 7628): one message, and a JSON challenge that the client has to answer on failure.
class bearer_exchange final : public sasl_exchange {
 public:
  bearer_exchange(bool oauthbearer, const sasl_users& users) : users_(users), oauthbearer_(oauthbearer) {}

  bool client_first() const override { return true; }
  std::string user() const override { return user_; }

  result step(const std::string& input, std::string& output) override {
    output.clear();
    if (refused_) return result::failed;
    auto token = parse(input);
    if (token && users_.accepts_token(user_, *token)) return result::done;
    refused_ = true;
    output = oauthbearer_ ? R"({"status":"invalid_token","scope":"mail"})"
                          : R"({"status":"401","schemes":"bearer","scope":"mail"})";
    return result::more;
  }

 private:
  std::optional<std::string> parse(const std::string& input) {
    std::optional<std::string> token;
    std::string_view rest = input;
    for (bool first = true; !rest.empty(); first = false) {
      auto end = rest.find('\x01');
      auto item = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (first && oauthbearer_)
        gs2_header(item);
      else if (first && item.substr(0, 5) == "user=")
        user_ = item.substr(5);
      else if (istarts_with(item, "auth=Bearer "))
        token = std::string(item.substr(12));
    }
    return token;
  }

  /// n,a=user,
  void gs2_header(std::string_view header) {
    auto comma = header.find(',');
    if (comma == std::string_view::npos) return;
    auto rest = header.substr(comma + 1);
    if (rest.substr(0, 2) != "a=") return;
    user_ = unescaped(rest.substr(2, rest.find(',') - 2));
  }

  /// saslname (RFC 5801, 4); empty when it is none.
  static std::string unescaped(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
      const auto code = name.substr(i, 3);
      if (name[i] != '=') {
        out.push_back(name[i]);
      } else if (code == "=2C" || code == "=3D") {
        out.push_back(code == "=2C" ? ',' : '=');
        i += 2;
      } else {
        return {};
      }
    }
    return out;
  }

  const sasl_users& users_;
  bool oauthbearer_;
  bool refused_ = false;
  std::string user_;
};

}  // namespace

std::unique_ptr<sasl_exchange> sasl_exchange::create(const std::string& mechanism, const sasl_users& users,
                                                     const channel_binding& binding) {
  if (mechanism == "XOAUTH2" || mechanism == "OAUTHBEARER")
    return std::make_unique<bearer_exchange>(mechanism == "OAUTHBEARER", users);
  auto exchange = std::make_unique<gsasl_exchange>(mechanism, users, binding);
  if (!exchange->usable()) return nullptr;
  return exchange;
}

}  // namespace imapxx::testserver::detail
