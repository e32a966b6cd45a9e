#include <imapxx/display.hpp>
#include <imapxx/error.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace imapxx::inline v0 {

namespace {
struct errc_text {
  std::string_view name;
  std::string_view words;
};

// In the order of the enumerators.
constexpr std::array errc_texts = {
    errc_text{"success", "no error"},
    errc_text{"invalid_argument", "an argument cannot be sent"},
    errc_text{"wrong_state", "not allowed in this state of the session"},
    errc_text{"capability_required", "the server does not offer what this needs"},
    errc_text{"login_disabled", "the server has LOGIN disabled"},
    errc_text{"plaintext_refused", "a password would be sent without encryption"},
    errc_text{"busy", "another command that must run alone is in progress"},
    errc_text{"unsafe_fallback", "the only way left could lose or duplicate mail"},
    errc_text{"no_mechanism", "no authentication mechanism is both offered and allowed"},
    errc_text{"no", "the server refused the command"},
    errc_text{"bad", "the server did not accept the command"},
    errc_text{"unparsed", "a response could not be parsed"},
    errc_text{"incomplete_result", "the server did not send what was asked for"},
    errc_text{"authentication_failed", "authentication failed"},
    errc_text{"aborted_by_caller", "stopped by the caller"},
    errc_text{"mailbox_changed", "the mailbox is not what it was before the connection was lost"},
    errc_text{"outcome_unknown", "whether the command was carried out is unknown"},
    errc_text{"cancelled", "cancelled"},
    errc_text{"timeout", "timed out"},
    errc_text{"bye", "the server ended the session"},
    errc_text{"closed", "the connection was closed"},
    errc_text{"io", "input or output failed"},
    errc_text{"resolve", "the host name could not be resolved"},
    errc_text{"connect", "could not connect"},
    errc_text{"tls_handshake", "TLS could not be established"},
    errc_text{"tls_certificate", "the server's certificate could not be verified"},
    errc_text{"starttls_refused", "the server refused STARTTLS"},
    errc_text{"starttls_injection", "data stood behind the answer to STARTTLS"},
    errc_text{"preauth_without_tls", "the server is already authenticated without TLS"},
    errc_text{"invalid_greeting", "the server did not greet as an IMAP server"},
    errc_text{"framing_lost", "the server's data can no longer be divided into responses"},
    errc_text{"limit_exceeded", "a limit was exceeded"},
    errc_text{"protocol_error", "the server broke the protocol"},
    errc_text{"out_of_memory", "out of memory"},
    errc_text{"internal_error", "internal error"},
};
static_assert(errc_texts.size() == static_cast<std::size_t>(errc::internal_error) + 1);

constexpr std::array<std::string_view, 11> phase_names = {"none",     "resolve",    "connect",  "tls",
                                                          "greeting", "capability", "starttls", "authenticate",
                                                          "command",  "idle",       "logout"};
static_assert(phase_names.size() == static_cast<std::size_t>(phase::logout) + 1);

const errc_text& text_of(errc e) noexcept {
  static constexpr errc_text unknown{"unknown", "unknown error"};
  const auto i = static_cast<std::size_t>(e);
  return i < errc_texts.size() ? errc_texts[i] : unknown;
}

class category final : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "imapxx"; }
  [[nodiscard]] std::string message(int value) const override {
    return std::string(value < 0 || value > 0xFF ? std::string_view("unknown error")
                                                 : text_of(static_cast<errc>(value)).words);
  }
};
}  // namespace

const std::error_category& error_category() noexcept {
  static const category instance;
  return instance;
}

std::string_view to_string(errc e) noexcept { return text_of(e).name; }

std::string_view to_string(phase p) noexcept {
  const auto i = static_cast<std::size_t>(p);
  return i < phase_names.size() ? phase_names[i] : "unknown";
}

bool is_fatal(errc e) noexcept { return e >= errc::cancelled; }

struct error::details {
  std::string message;
  std::string host;
  std::string command;
  std::string tag;
  std::string response_code;
  std::string server_text;
  std::string limit_name;
  std::uint64_t limit_value = 0;
  std::optional<std::uint64_t> offset;
  int system_error = 0;
  imapxx::v0::phase where = imapxx::v0::phase::none;
  std::optional<bool> fatal;
  std::optional<bool> safe_to_retry;
  std::string what;

  void describe(errc code);
};

// "phase: host: command: words: details: server text", each part only when it is known.
void error::details::describe(errc code) {
  what.clear();
  const auto part = [this](std::string_view text) {
    if (text.empty()) return;
    if (!what.empty()) what += ": ";
    what += escape_for_display(text);
  };
  if (where != imapxx::v0::phase::none && where != imapxx::v0::phase::command) part(to_string(where));
  part(host);
  part(command);
  part(message.empty() ? text_of(code).words : std::string_view(message));
  if (!limit_name.empty()) part(limit_name + " = " + std::to_string(limit_value));
  if (offset) part("at octet " + std::to_string(*offset));
  if (system_error != 0) part(std::generic_category().message(system_error));
  if (!response_code.empty()) part("[" + response_code + "]");
  part(server_text);
}

template <class Change>
error& error::change(Change&& apply) {
  auto d = details_ ? std::make_shared<details>(*details_) : std::make_shared<details>();
  apply(*d);
  d->describe(code_);
  details_ = std::move(d);
  return *this;
}

error::error(errc code, std::string_view message) : code_(code) {
  if (!message.empty()) change([&](details& d) { d.message = message; });
}

const char* error::what() const noexcept {
  // The tables are made of literals, which end with NUL.
  return details_ ? details_->what.c_str() : text_of(code_).words.data();
}

std::string_view error::message() const noexcept {
  return details_ && !details_->message.empty() ? std::string_view(details_->message) : text_of(code_).words;
}

phase error::where() const noexcept { return details_ ? details_->where : imapxx::v0::phase::none; }
std::string_view error::host() const noexcept {
  return details_ ? std::string_view(details_->host) : std::string_view();
}
std::string_view error::command() const noexcept {
  return details_ ? std::string_view(details_->command) : std::string_view();
}
std::string_view error::tag() const noexcept { return details_ ? std::string_view(details_->tag) : std::string_view(); }
std::string_view error::response_code() const noexcept {
  return details_ ? std::string_view(details_->response_code) : std::string_view();
}
std::string_view error::server_text() const noexcept {
  return details_ ? std::string_view(details_->server_text) : std::string_view();
}
std::uint64_t error::offset() const noexcept { return details_ ? details_->offset.value_or(0) : 0; }
std::string_view error::limit_name() const noexcept {
  return details_ ? std::string_view(details_->limit_name) : std::string_view();
}
std::uint64_t error::limit_value() const noexcept { return details_ ? details_->limit_value : 0; }
int error::system_error() const noexcept { return details_ ? details_->system_error : 0; }

// Quirk G-31.
std::optional<std::chrono::milliseconds> error::retry_after() const noexcept {
  constexpr std::string_view words = "Suggested Backoff Time: ";
  constexpr std::chrono::milliseconds longest = std::chrono::hours(24);
  const auto text = server_text();
  const auto at = text.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  std::chrono::milliseconds wait{0};
  bool any = false;
  for (auto digits = text.substr(at + words.size()); !digits.empty() && base::is_digit(digits.front());
       digits.remove_prefix(1)) {
    any = true;
    wait = std::min(longest, wait * 10 + std::chrono::milliseconds(digits.front() - '0'));
  }
  return any ? std::optional(wait) : std::nullopt;
}

bool error::is_temporary() const noexcept {
  if (retry_after()) return true;
  const auto code = response_code().substr(0, response_code().find(' '));
  if (code == "UNAVAILABLE" || code == "INUSE" || code == "LIMIT" || code == "SERVERBUG") return true;
  // Quirk A-11: told as if, for example, the password were wrong.
  constexpr std::string_view word = "temporar";
  const auto text = server_text();
  const auto same = [](char a, char b) { return base::to_lower(a) == b; };
  return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

bool error::is_fatal() const noexcept {
  return details_ && details_->fatal ? *details_->fatal : imapxx::v0::is_fatal(code_);
}

bool error::is_safe_to_retry() const noexcept {
  if (details_ && details_->safe_to_retry) return *details_->safe_to_retry;
  // Found before anything was sent, or before there was a session that could act on it.
  const bool before_login = where() >= imapxx::v0::phase::resolve && where() <= imapxx::v0::phase::starttls;
  return (code_ > errc::success && code_ <= errc::no_mechanism) ||
         (code_ >= errc::resolve && code_ <= errc::invalid_greeting) || before_login;
}

error& error::set_phase(imapxx::v0::phase p) {
  return change([&](details& d) { d.where = p; });
}
error& error::set_host(std::string_view host) {
  return change([&](details& d) { d.host = host; });
}
error& error::set_command(std::string_view name) {
  return change([&](details& d) { d.command = name; });
}
error& error::set_status(std::string_view tag, std::string_view response_code, std::string_view server_text) {
  return change([&](details& d) {
    d.tag = tag;
    d.response_code = response_code;
    d.server_text = server_text;
  });
}
error& error::set_offset(std::uint64_t offset) {
  return change([&](details& d) { d.offset = offset; });
}
error& error::set_limit(std::string_view name, std::uint64_t value) {
  return change([&](details& d) {
    d.limit_name = name;
    d.limit_value = value;
  });
}
error& error::set_system_error(int error_number) {
  return change([&](details& d) { d.system_error = error_number; });
}
error& error::set_fatal(bool fatal) {
  return change([&](details& d) { d.fatal = fatal; });
}
error& error::set_safe_to_retry(bool safe) {
  return change([&](details& d) { d.safe_to_retry = safe; });
}

void throw_error(const error& e) {
  if (e.code() == errc::no || e.code() == errc::bad) throw status_error(e);
  throw error(e);
}

}  // namespace imapxx::inline v0
