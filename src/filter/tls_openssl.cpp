#include "filter/tls_openssl.hpp"

#include "filter/tls_context.hpp"
#include "filter/tls_verify.hpp"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace imapxx::inline v0::filter {

namespace {

/// One record of the greatest length (RFC 8446 section 5.2) and its header.
constexpr std::size_t input_capacity = SSL3_RT_MAX_ENCRYPTED_LENGTH + SSL3_RT_HEADER_LENGTH;
/// `write` stops here until the caller has sent something.
constexpr std::size_t output_high_water = std::size_t{64} << 10U;
/// RFC 9266 section 2.
constexpr std::string_view exporter_label = "EXPORTER-Channel-Binding";

/// The network side, as OpenSSL sees it. Its buffers exist only while they hold something, so that idle connections
/// cost nothing here.
class wire_side {
 public:
  std::size_t put(std::string_view bytes) {
    const std::size_t n = std::min(bytes.size(), input_capacity - (end_ - begin_));
    if (n == 0) return 0;
    if (input_ == nullptr) input_.reset(new char[input_capacity]);
    if (end_ + n > input_capacity) {
      std::memmove(input_.get(), input_.get() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    std::memcpy(input_.get() + end_, bytes.data(), n);
    end_ += n;
    return n;
  }
  std::size_t take(char* to, std::size_t n) {
    n = std::min(n, end_ - begin_);
    if (n == 0) return 0;
    std::memcpy(to, input_.get() + begin_, n);
    begin_ += n;
    if (begin_ == end_) {
      begin_ = end_ = 0;
      input_.reset();
    }
    return n;
  }
  void drop_input() {
    begin_ = end_ = 0;
    input_.reset();
  }
  [[nodiscard]] bool drained() const { return begin_ == end_; }

  std::string output;
  std::size_t output_begin = 0;
  bool eof = false;
  bool out_of_memory = false;

 private:
  std::unique_ptr<char[]> input_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

int bio_write(BIO* bio, const char* bytes, std::size_t n, std::size_t* written) {
  auto* wire = static_cast<wire_side*>(BIO_get_data(bio));
  try {
    wire->output.append(bytes, n);
  } catch (const std::bad_alloc&) {
    wire->out_of_memory = true;  // an exception must not cross OpenSSL's frames
    return 0;
  }
  *written = n;
  return 1;
}

int bio_read(BIO* bio, char* to, std::size_t n, std::size_t* got) {
  auto* wire = static_cast<wire_side*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *got = wire->take(to, n);
  if (*got != 0) return 1;
  if (!wire->eof) BIO_set_retry_read(bio);
  return 0;
}

long bio_control(BIO* bio, int command, long /*argument*/, void* /*pointer*/) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) {
    const auto* wire = static_cast<wire_side*>(BIO_get_data(bio));
    return wire->eof && wire->drained() ? 1 : 0;
  }
  return 0;
}

using bio_method_ptr = std::unique_ptr<BIO_METHOD, openssl_delete<&BIO_meth_free>>;

const BIO_METHOD* wire_method() {
  static const bio_method_ptr method = [] {
    bio_method_ptr m(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "imapxx wire"));
    if (m != nullptr) {
      BIO_meth_set_write_ex(m.get(), &bio_write);
      BIO_meth_set_read_ex(m.get(), &bio_read);
      BIO_meth_set_ctrl(m.get(), &bio_control);
    }
    return m;
  }();
  return method.get();
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

/// The name to verify and to announce: no final dot, no IPv6 zone; empty if it can be neither a DNS name nor an
/// address.
std::string peer_name(std::string_view host) {
  if (host.find(':') != std::string_view::npos) host = host.substr(0, host.find('%'));
  if (host.ends_with('.')) host.remove_suffix(1);
  const bool plain =
      std::all_of(host.begin(), host.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '/' && c != '@'; });
  return plain ? std::string(host) : std::string();
}

}  // namespace

struct tls_filter::state {
  wire_side wire;
  verify_failure verification;
  std::string host;
  error failure;
  bool verify = true;
  bool established = false;
  bool shut_down = false;
  ssl_ptr ssl;  // last: it refers to the members above until it is gone
};

tls_filter::tls_filter(std::unique_ptr<state> s) : state_(std::move(s)) {}
tls_filter::~tls_filter() = default;

result<std::unique_ptr<tls_filter>> tls_filter::create(const tls_options& options, std::string_view host) {
  auto s = std::make_unique<state>();
  s->host = peer_name(options.expected_name.empty() ? host : std::string_view(options.expected_name));
  s->verify = options.verify;
  if (s->host.empty() && (options.verify || !host.empty())) {
    error e(errc::invalid_argument, "not a host name or address in ASCII (internationalised names: xn--...)");
    e.set_phase(phase::tls);
    return e;
  }
  auto context = options.context != nullptr ? options.context->get(options) : load_context(options);
  if (!context) return context.error();

  s->ssl.reset(SSL_new(context->get()));
  const BIO_METHOD* method = wire_method();
  BIO* bio = s->ssl == nullptr || method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return errc::out_of_memory;
  BIO_set_data(bio, &s->wire);
  BIO_set_init(bio, 1);
  SSL_set_bio(s->ssl.get(), bio, bio);  // takes the BIO over

  const bool address = is_address(s->host);
  if (s->verify) {
    if (!expect_peer(*s->ssl, s->host, address, &s->verification)) return errc::out_of_memory;
  } else {
    SSL_set_verify(s->ssl.get(), SSL_VERIFY_NONE, nullptr);
  }
  // RFC 6066 section 3: no addresses in SNI.
  if (!address && !s->host.empty() && SSL_set_tlsext_host_name(s->ssl.get(), s->host.c_str()) != 1) {
    error e(errc::invalid_argument, "the host name is too long for TLS");
    e.set_phase(phase::tls);
    return e;
  }
  SSL_set_connect_state(s->ssl.get());
  return std::unique_ptr<tls_filter>(new tls_filter(std::move(s)));
}

stream_filter::status tls_filter::handshake() {
  if (state_->failure) return status::failed;
  if (state_->established) return status::ok;
  ERR_clear_error();
  const int done = SSL_do_handshake(state_->ssl.get());
  if (done == 1) {
    state_->established = true;
    return status::ok;
  }
  return fail_with(done);
}

/// Turns what OpenSSL says about `ssl_result` into a status; failures are final.
stream_filter::status tls_filter::fail_with(int ssl_result) {
  state& s = *state_;
  const int reason = SSL_get_error(s.ssl.get(), ssl_result);
  if (reason == SSL_ERROR_WANT_READ && !s.wire.out_of_memory) {
    return network_output().empty() ? status::want_input : status::want_output;
  }
  if (reason == SSL_ERROR_ZERO_RETURN && s.established) return status::closed;
  if (s.wire.out_of_memory) {
    s.failure = error(errc::out_of_memory);
  } else if (!s.established && s.verification.code != 0) {
    s.failure = certificate_error(s.verification, s.host);
  } else if (s.wire.eof && s.wire.drained()) {
    s.failure = s.established ? error(errc::closed, "the connection ended without TLS close_notify")
                              : error(errc::tls_handshake, "the server closed the connection during the TLS handshake");
  } else if (!s.established) {
    s.failure = handshake_error(s.host);
  } else {
    s.failure = error(errc::protocol_error, "TLS failed: " + take_openssl_reason());
  }
  s.failure.set_phase(phase::tls).set_host(s.host);
  s.wire.drop_input();
  ERR_clear_error();
  return status::failed;
}

std::size_t tls_filter::put_network(std::string_view bytes) {
  // After the end nothing that arrives matters any more (RFC 8446 section 6.1).
  if (state_->failure || (SSL_get_shutdown(state_->ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0) return bytes.size();
  return state_->wire.put(bytes);
}

void tls_filter::network_closed() { state_->wire.eof = true; }

std::string_view tls_filter::network_output() const {
  return std::string_view(state_->wire.output).substr(state_->wire.output_begin);
}

void tls_filter::network_sent(std::size_t n) {
  wire_side& wire = state_->wire;
  wire.output_begin = std::min(wire.output_begin + n, wire.output.size());
  if (wire.output_begin == wire.output.size()) {
    wire.output = {};
    wire.output_begin = 0;
  }
}

stream_filter::status tls_filter::read(std::span<char> out, std::size_t& n) {
  n = 0;
  if (state_->failure) return status::failed;
  if (!state_->established) {
    const status so_far = handshake();
    if (so_far != status::ok) return so_far;
  }
  ERR_clear_error();
  while (n < out.size()) {
    std::size_t got = 0;
    const int done = SSL_read_ex(state_->ssl.get(), out.data() + n, out.size() - n, &got);
    if (done == 1) {
      n += got;
      continue;
    }
    const status why = fail_with(done);
    if (n != 0) break;  // the next call says it again
    return why == status::want_output ? status::want_input : why;
  }
  return n != 0 ? status::ok : status::want_input;
}

std::size_t tls_filter::write(std::string_view plain) {
  state& s = *state_;
  if (s.failure || !s.established || s.shut_down) return 0;
  ERR_clear_error();
  std::size_t taken = 0;
  while (taken < plain.size() && network_output().size() < output_high_water) {
    const std::string_view chunk = plain.substr(taken, SSL3_RT_MAX_PLAIN_LENGTH);
    std::size_t n = 0;
    const int done = SSL_write_ex(s.ssl.get(), chunk.data(), chunk.size(), &n);
    if (done != 1) {
      (void)fail_with(done);
      break;
    }
    taken += n;
  }
  return taken;
}

void tls_filter::shutdown() {
  if (state_->failure || !state_->established || state_->shut_down) return;
  state_->shut_down = true;
  ERR_clear_error();
  SSL_shutdown(state_->ssl.get());
  ERR_clear_error();
}

const error& tls_filter::failure() const { return state_->failure; }

std::string tls_filter::version() const {
  return state_->established ? SSL_get_version(state_->ssl.get()) : std::string();
}

std::string tls_filter::cipher() const {
  return state_->established ? SSL_get_cipher_name(state_->ssl.get()) : std::string();
}

bool tls_filter::session_reused() const { return state_->established && SSL_session_reused(state_->ssl.get()) == 1; }

std::string tls_filter::channel_binding_tls_exporter() const {
  SSL* ssl = state_->ssl.get();
  if (!state_->established || SSL_version(ssl) < TLS1_3_VERSION) return {};
  std::string binding(32, '\0');
  const int done = SSL_export_keying_material(ssl, reinterpret_cast<unsigned char*>(binding.data()), binding.size(),
                                              exporter_label.data(), exporter_label.size(), nullptr, 0, 0);
  return done == 1 ? binding : std::string();
}

std::string tls_filter::channel_binding_tls_unique() const {
  SSL* ssl = state_->ssl.get();
  if (!state_->established || SSL_version(ssl) >= TLS1_3_VERSION) return {};
  std::string binding(EVP_MAX_MD_SIZE, '\0');
  // The first Finished of the handshake: the server's when the session was resumed.
  const std::size_t n = session_reused() ? SSL_get_peer_finished(ssl, binding.data(), binding.size())
                                         : SSL_get_finished(ssl, binding.data(), binding.size());
  binding.resize(std::min(n, binding.size()));
  return binding;
}

protection tls_filter::info() const {
  protection p;
  p.tls = state_->established;
  p.verified = state_->established && state_->verify;
  p.session_reused = session_reused();
  p.version = version();
  p.cipher = cipher();
  p.tls_unique = channel_binding_tls_unique();
  p.tls_exporter = channel_binding_tls_exporter();
  return p;
}

result<std::unique_ptr<stream_filter>> make_tls_filter(const tls_options& options, std::string_view host) {
  auto made = tls_filter::create(options, host);
  if (!made) return made.error();
  return std::unique_ptr<stream_filter>(std::move(*made));
}

}  // namespace imapxx::inline v0::filter
