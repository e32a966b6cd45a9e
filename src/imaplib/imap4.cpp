#include <imapxx/imaplib/imap4.hpp>

#include "imaplib/impl.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace imapxx::inline v0::imaplib {
namespace {

constexpr std::size_t network_block = std::size_t{64} << 10U;

deadline_point from_now(timeout_t timeout) {
  if (!timeout) return std::nullopt;
  return std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::nanoseconds>(*timeout);
}

std::unique_ptr<stream> connected(std::string_view host, std::uint16_t port, deadline_point until) {
  return connect_stream(host.empty() ? std::string_view("localhost") : host, port, until).value();
}

}  // namespace

settings& settings::behave_like(compat c) {
  profile = c;
  return *this;
}
settings& settings::tls(tls_options t) {
  tls_settings = std::move(t);
  return *this;
}
settings& settings::use_limits(const imapxx::v0::limits& l) {
  limits = l;
  return *this;
}
settings& settings::debug(int level) {
  debug_level = level;
  return *this;
}

IMAP4::IMAP4(connect_later, settings how) : impl_(std::make_unique<impl>(*this, std::move(how))) {}

IMAP4::IMAP4(std::string_view host, std::uint16_t port, timeout_t timeout, settings how)
    : IMAP4(connect_later(), std::move(how)) {
  connect(host, port, timeout);
}

IMAP4::~IMAP4() = default;

with::~with() {
  try {
    if (of_.state() != "LOGOUT") of_.logout();
  } catch (...) {  // NOLINT(bugprone-empty-catch): a destructor has nobody to tell
  }
}

void IMAP4::connect(std::string_view host, std::uint16_t port, timeout_t timeout) {
  if (timeout && timeout->count() <= 0)
    throw std::invalid_argument("non-blocking sockets (timeout=0) are not supported");
  impl_->host = host;
  impl_->port = port;
  impl_->timeout = timeout;
  open(host, port, timeout);
  try {
    impl_->connect();
  } catch (...) {
    shutdown();
    throw;
  }
}

void IMAP4::open(std::string_view host, std::uint16_t port, timeout_t timeout) {
  use_transport(connected(host, port, from_now(timeout)), false);
}

void IMAP4::use_transport(std::unique_ptr<stream> transport, bool is_tls) {
  impl_->transport = std::move(transport);
  impl_->tls = is_tls;
  impl_->protocol.set_tls(is_tls);
}

bytes IMAP4::read(std::size_t size) { return impl_->read_buffered(size); }
bytes IMAP4::readline() { return impl_->read_line(); }

void IMAP4::send(std::string_view octets) {
  auto& i = *impl_;
  if (!i.transport) throw imapxx::v0::error(errc::closed, "there is no connection");
  while (!octets.empty()) {
    // Reading meanwhile: a server that writes while it is written to would otherwise stop both.
    std::array<char, network_block> block;
    auto moved = i.transport->transfer(block, octets, i.io_deadline()).value();
    i.received.append(block.data(), moved.read);
    i.transport_ended = i.transport_ended || moved.eof;
    if (moved.eof && moved.written == 0) throw imapxx::v0::error(errc::closed, "Broken pipe");
    octets.remove_prefix(moved.written);
  }
}

void IMAP4::shutdown() {
  if (impl_->transport) impl_->transport->close();
  impl_->transport.reset();
}

int IMAP4::socket() const noexcept { return impl_->transport ? impl_->transport->native_handle() : -1; }
const std::string& IMAP4::state() const noexcept { return impl_->state; }
int IMAP4::debug() const noexcept { return impl_->debug; }
void IMAP4::debug(int level) noexcept { impl_->debug = level; }
const std::vector<std::string>& IMAP4::capabilities() const noexcept { return impl_->capabilities; }
const std::string& IMAP4::PROTOCOL_VERSION() const noexcept { return impl_->protocol_version; }
bool IMAP4::utf8_enabled() const noexcept { return impl_->utf8; }
bool IMAP4::is_readonly() const noexcept { return impl_->is_readonly; }
const datum& IMAP4::welcome() const noexcept { return impl_->welcome; }
const std::string& IMAP4::host() const noexcept { return impl_->host; }
std::uint16_t IMAP4::port() const noexcept { return impl_->port; }
const bytes& IMAP4::tagpre() const noexcept { return impl_->tagpre; }
std::uint32_t IMAP4::tagnum() const noexcept { return impl_->tagnum; }
const datum& IMAP4::continuation_response() const noexcept { return impl_->continuation; }
IMAP4::untagged_map& IMAP4::untagged_responses() noexcept { return impl_->unread; }
const std::map<std::string, std::optional<reply>, std::less<>>& IMAP4::tagged_commands() const noexcept {
  return impl_->tagged;
}
const std::map<std::string, std::vector<std::string>, std::less<>>& IMAP4::Commands() const noexcept {
  return impl_->commands;
}
bool IMAP4::tls() const noexcept { return impl_->tls; }
const settings& IMAP4::how() const noexcept { return impl_->how; }

// --- the default transport's buffer

bool IMAP4::impl::fill() {
  if (!transport || transport_ended) return false;
  if (received_at == received.size()) {
    received.clear();
    received_at = 0;
  }
  std::array<char, network_block> block;
  auto moved = transport->transfer(block, {}, io_deadline());
  if (!moved) {
    const auto why = moved.error();
    if (why.code() == errc::timeout || why.code() == errc::cancelled || !quotes()) throw imapxx::v0::error(why);
    transport_ended = true;
    return false;
  }
  received.append(block.data(), moved->read);
  transport_ended = moved->eof;
  return moved->read != 0;
}

bytes IMAP4::impl::read_buffered(std::size_t size) {
  if (received_at == received.size() && !fill()) return {};
  auto out = bytes(std::string_view(received).substr(received_at, size));
  received_at += out.size();
  return out;
}

bytes IMAP4::impl::read_line() {
  std::size_t searched = 0;
  for (;;) {
    const auto waiting = std::string_view(received).substr(received_at);
    const auto end = waiting.find('\n', searched);
    const auto size = end == std::string_view::npos ? waiting.size() : end + 1;
    if (size > _MAXLINE) throw imaplib::error("got more than " + std::to_string(_MAXLINE) + " bytes");
    const bool complete = end != std::string_view::npos;
    searched = waiting.size();
    if (!complete && fill()) continue;
    const auto rest = std::string_view(received).substr(received_at, size);
    bytes line(rest);
    received_at += line.size();
    return line;
  }
}

// --- the other two classes

IMAP4_SSL::IMAP4_SSL(connect_later later, settings how) : IMAP4(later, std::move(how)) {}

IMAP4_SSL::IMAP4_SSL(std::string_view host, std::uint16_t port, timeout_t timeout, settings how)
    : IMAP4_SSL(connect_later(), std::move(how)) {
  connect(host, port, timeout);
}

IMAP4_SSL::IMAP4_SSL(std::string_view host, std::uint16_t port, const std::string& keyfile, const std::string& certfile,
                     timeout_t timeout, const settings& how)
    : IMAP4_SSL(connect_later(),
                settings(how).tls(
                    tls_options(how.tls_settings).certificate(certfile, keyfile.empty() ? certfile : keyfile))) {
  connect(host, port, timeout);
}

void IMAP4_SSL::open(std::string_view host, std::uint16_t port, timeout_t timeout) {
  const auto& tls = how().tls_settings;
  if (host.empty() && tls.expected_name.empty())
    throw std::invalid_argument("no host whose name the certificate could hold");
  const auto until = from_now(timeout);
  use_transport(tls_stream(connected(host, port, until), tls, host, until).value(), true);
}

IMAP4_stream::IMAP4_stream(std::string_view command, settings how)
    : IMAP4(connect_later(), std::move(how)), command_(command) {
  connect({}, 0, std::nullopt);
}

void IMAP4_stream::open(std::string_view host, std::uint16_t port, timeout_t timeout) {
  static_cast<void>(host);
  static_cast<void>(port);
  static_cast<void>(timeout);
  use_transport(command_stream({"/bin/sh", "-c", command_}).value(), false);
}

}  // namespace imapxx::inline v0::imaplib
