#include "options_data.hpp"
#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver {

namespace {

constexpr std::string_view default_capabilities =
    "IMAP4rev1 IMAP4rev2 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE UIDPLUS UNSELECT CHILDREN MOVE ESEARCH SEARCHRES "
    "WITHIN CONDSTORE MULTIAPPEND BINARY LIST-EXTENDED LIST-STATUS SPECIAL-USE CREATE-SPECIAL-USE STATUS=SIZE "
    "UTF8=ACCEPT STARTTLS AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-256 "
    "AUTH=SCRAM-SHA-1-PLUS AUTH=SCRAM-SHA-256-PLUS AUTH=XOAUTH2 AUTH=OAUTHBEARER";

std::vector<std::string> split_words(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    auto end = list.find(' ');
    if (end != 0) words.emplace_back(list.substr(0, end));
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return words;
}

}  // namespace

server_options::server_options() : data_(std::make_unique<data>()) {
  constexpr std::size_t default_transcript = 4 * 1024 * 1024;
  data_->config.capabilities = split_words(default_capabilities);
  data_->config.transcript_limit = default_transcript;
}

server_options::~server_options() = default;
server_options::server_options(const server_options& other) : data_(std::make_unique<data>(*other.data_)) {}
server_options::server_options(server_options&&) noexcept = default;
server_options& server_options::operator=(server_options&&) noexcept = default;

server_options& server_options::operator=(const server_options& other) {
  if (this != &other) data_ = std::make_unique<data>(*other.data_);
  return *this;
}

server_options& server_options::user(std::string name, std::string password) {
  data_->users.emplace_back(std::move(name), std::move(password));
  return *this;
}

server_options& server_options::token(std::string user, std::string token) {
  data_->tokens.emplace_back(std::move(user), std::move(token));
  return *this;
}

server_options& server_options::mailbox(std::string user, std::string name, std::string special_use) {
  data_->mailboxes.push_back({std::move(user), std::move(name), std::move(special_use)});
  return *this;
}

server_options& server_options::port(std::uint16_t number) {
  data_->port = number;
  return *this;
}

server_options& server_options::address(std::string ip) {
  data_->address = std::move(ip);
  return *this;
}

server_options& server_options::security(tls_mode mode) {
  data_->config.security = mode;
  return *this;
}

server_options& server_options::certificate(certificate_kind kind) {
  data_->config.certificate = kind;
  return *this;
}

server_options& server_options::login_disabled(bool on) {
  data_->config.login_disabled = on;
  return *this;
}

server_options& server_options::capabilities(std::string_view list) {
  data_->config.capabilities = split_words(list);
  return *this;
}

server_options& server_options::add_capability(std::string name) {
  if (!data_->config.has(name)) data_->config.capabilities.push_back(std::move(name));
  return *this;
}

server_options& server_options::remove_capability(std::string_view name) {
  std::erase_if(data_->config.capabilities, [&](const std::string& c) { return detail::iequals(c, name); });
  return *this;
}

server_options& server_options::greeting(std::string text) {
  data_->config.greeting = std::move(text);
  return *this;
}

server_options& server_options::preauth(std::string user) {
  data_->config.preauth_user = std::move(user);
  return *this;
}

server_options& server_options::separator(char c) {
  data_->separator = c;
  return *this;
}

server_options& server_options::uid_validity(std::uint32_t first) {
  data_->uid_validity = first;
  return *this;
}

server_options& server_options::append_limit(std::uint64_t octets) {
  data_->config.append_limit = octets;
  return *this;
}

server_options& server_options::faults(testserver::faults plan) {
  data_->plan = std::move(plan);
  return *this;
}

server_options& server_options::transcript_limit(std::size_t octets) {
  data_->config.transcript_limit = octets;
  return *this;
}

}  // namespace imapxx::testserver
