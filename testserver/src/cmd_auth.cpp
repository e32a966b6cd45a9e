#include "commands.hpp"
#include "sasl.hpp"
#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

namespace {

class store_users final : public sasl_users {
 public:
  explicit store_users(memory_store& store) : store_(store) {}

  std::optional<std::string> password_of(const std::string& user) const override {
    auto lock = store_.lock();
    auto account = store_.find_user(user);
    return account ? std::optional(account->password) : std::nullopt;
  }

  bool accepts_token(const std::string& user, const std::string& token) const override {
    auto lock = store_.lock();
    auto account = store_.find_user(user);
    return account && std::find(account->tokens.begin(), account->tokens.end(), token) != account->tokens.end();
  }

 private:
  memory_store& store_;
};

void require_privacy(const session& s) {
  if (s.config.login_disabled && !s.tls)
    fail_no("PRIVACYREQUIRED", "Plaintext authentication is disallowed without TLS");
}

reply logged_in(session& s, const std::string& user, const std::string& mechanism) {
  auto lock = s.store.lock();
  auto account = s.store.find_user(user);
  if (!account) fail_no("AUTHENTICATIONFAILED", "Authentication failed.");
  s.authenticated_as(account);
  s.login_text = mechanism + ' ' + user;
  return ok("Logged in", s.capability_text());
}

/// One base64 line from the client; `*` cancels (RFC 3501, 6.2.2).
std::string read_response(session& s) {
  std::string line;
  s.io.flush(s.out);
  if (!s.io.read_line(line)) throw command_failure{"", "", ""};
  if (line == "*") fail_bad("Authentication cancelled");
  auto data = base64_decode(line);
  if (!data) fail_bad("Invalid base64 data");
  return *data;
}

}  // namespace

reply cmd_starttls(session& s, arguments& args, bool) {
  args.end();
  if (s.config.security != tls_mode::starttls || s.tls || !s.can("STARTTLS")) fail_bad("STARTTLS is not available");
  s.out += s.tag + " OK Begin TLS negotiation now\r\n";
  s.io.start_tls();
  return {"", "", ""};
}

reply cmd_login(session& s, arguments& args, bool) {
  args.space();
  auto user = args.astring();
  args.space();
  auto password = args.astring();
  args.end();
  require_privacy(s);
  auto expected = store_users(s.store).password_of(user);
  if (!expected || *expected != password) fail_no("AUTHENTICATIONFAILED", "Authentication failed.");
  return logged_in(s, user, "LOGIN-COMMAND");
}

reply cmd_authenticate(session& s, arguments& args, bool) {
  args.space();
  auto mechanism = to_upper(args.atom());
  std::optional<std::string> initial;
  if ((s.can("SASL-IR") || s.can("IMAP4rev2")) && args.accept_space()) {
    auto text = args.rest();
    initial = text == "=" ? std::string() : base64_decode(text);
    if (!initial) fail_bad("Invalid base64 data");
  }
  args.end();
  store_users users(s.store);
  const auto binding = s.io.binding();
  const bool offered = s.can("AUTH=" + mechanism) && (s.tls || !mechanism.ends_with("-PLUS"));
  auto exchange = offered ? sasl_exchange::create(mechanism, users, binding) : nullptr;
  if (!exchange) fail_no("CANNOT", "Unsupported authentication mechanism");
  if (mechanism == "PLAIN" || mechanism == "LOGIN") require_privacy(s);
  if (initial && !exchange->client_first()) fail_bad("This mechanism has no initial response");
  if (!initial && exchange->client_first()) {
    s.out += "+ \r\n";
    initial = read_response(s);
  }
  std::string input = initial.value_or("");
  std::string output;
  for (;;) {
    auto r = exchange->step(input, output);
    if (r == sasl_exchange::result::failed) fail_no("AUTHENTICATIONFAILED", "Authentication failed.");
    bool last_data = r == sasl_exchange::result::done && !output.empty();
    if (r == sasl_exchange::result::done && !last_data) return logged_in(s, exchange->user(), mechanism);
    s.out += "+ " + base64_encode(output) + "\r\n";
    input = read_response(s);
    // Additional data with success: the client's answer is empty (RFC 4422, section 4).
    if (last_data) return logged_in(s, exchange->user(), mechanism);
  }
}

}  // namespace imapxx::testserver::detail
