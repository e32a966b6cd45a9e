#include <imapxx/options.hpp>
#include <imapxx/start.hpp>

#include "filter/tls_context.hpp"

#include <utility>

namespace imapxx::inline v0 {

tls_options::tls_options() : context(std::make_shared<tls_context>()) {}
tls_options::tls_options(const tls_options&) = default;
tls_options::tls_options(tls_options&&) noexcept = default;
tls_options& tls_options::operator=(const tls_options&) = default;
tls_options& tls_options::operator=(tls_options&&) noexcept = default;
tls_options::~tls_options() = default;

tls_options& tls_options::ca_file(std::string path) {
  ca_file_path = std::move(path);
  context = std::make_shared<tls_context>();
  return *this;
}

tls_options& tls_options::ca_pem(std::string pem) {
  ca_pem_text = std::move(pem);
  context = std::make_shared<tls_context>();
  return *this;
}

tls_options& tls_options::certificate(std::string certificate_file, std::string private_key_file) {
  cert_file = std::move(certificate_file);
  key_file = std::move(private_key_file);
  context = std::make_shared<tls_context>();
  return *this;
}

tls_options& tls_options::server_name(std::string name) {
  expected_name = std::move(name);
  return *this;
}

tls_options& tls_options::insecure_no_verification(bool yes) {
  verify = !yes;
  return *this;
}

session_options::session_options() = default;
session_options::session_options(const session_options&) = default;
session_options::session_options(session_options&&) noexcept = default;
session_options& session_options::operator=(const session_options&) = default;
session_options& session_options::operator=(session_options&&) noexcept = default;
session_options::~session_options() = default;

session_options& session_options::use_limits(const imapxx::v0::limits& l) {
  limits = l;
  return *this;
}

session_options& session_options::use_timeouts(const imapxx::v0::timeouts& t) {
  timeouts = t;
  return *this;
}

session_options& session_options::observe(imapxx::v0::observer* o) {
  observer = o;
  return *this;
}

session_options& session_options::first_tag(std::uint32_t n) {
  tag_start = n;
  return *this;
}

session_options& session_options::tag_prefix(std::string_view letters, std::size_t digits) {
  tag_letters = letters;
  tag_digits = digits;
  return *this;
}

session_options& session_options::track_uids(bool yes) {
  uid_map = yes;
  return *this;
}

session_options& session_options::max_in_flight(std::size_t n) {
  window = n;
  return *this;
}

session_options& session_options::enable_rev2(bool yes) {
  rev2 = yes;
  return *this;
}

connect_options::connect_options() = default;
connect_options::connect_options(const connect_options&) = default;
connect_options::connect_options(connect_options&&) noexcept = default;
connect_options& connect_options::operator=(const connect_options&) = default;
connect_options& connect_options::operator=(connect_options&&) noexcept = default;
connect_options::~connect_options() = default;

connect_options::connect_options(std::string_view host, security s, std::uint16_t port)
    : host_name(host), port_number(port), mode(s) {}

connect_options& connect_options::host(std::string_view name) {
  host_name = name;
  return *this;
}

connect_options& connect_options::port(std::uint16_t p) {
  port_number = p;
  return *this;
}

connect_options& connect_options::protect(security s) {
  mode = s;
  return *this;
}

connect_options& connect_options::tls(tls_options t) {
  tls_settings = std::move(t);
  return *this;
}

connect_options& connect_options::session(session_options s) {
  session_settings = std::move(s);
  return *this;
}

connect_options& connect_options::remember(const server_facts& facts) {
  remembered = std::make_shared<const server_facts>(facts);
  return *this;
}

connect_options& connect_options::command(std::vector<std::string> argv) {
  command_argv = std::move(argv);
  return *this;
}

connect_options& connect_options::reconnect(reconnect_policy policy) {
  reconnecting = std::move(policy);
  return *this;
}

}  // namespace imapxx::inline v0
