#include "transport.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace imapxx::testserver::detail {

void ssl_deleter::operator()(ssl_st* p) const { SSL_free(p); }

void unique_fd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

transport::transport(unique_fd fd, int wake_fd) : fd_(std::move(fd)), wake_fd_(wake_fd) {}

bool transport::wait(short events, bool wakeable, bool& woken) const {
  std::array<pollfd, 2> fds = {pollfd{fd_.get(), events, 0}, pollfd{wake_fd_, POLLIN, 0}};
  woken = false;
  for (;;) {
    if (::poll(fds.data(), wakeable ? 2 : 1, -1) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    woken = wakeable && (fds[1].revents & POLLIN) != 0;
    return true;
  }
}

bool transport::send_raw(std::string_view data) {
  while (!data.empty()) {
    auto n = ::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
      data.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    bool woken = false;
    if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) return false;
    if (!wait(POLLOUT, false, woken)) return false;
  }
  return true;
}

transport::result transport::receive_raw(std::string& in, bool wakeable) {
  std::array<char, 16384> buffer;
  for (;;) {
    auto n = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n > 0) {
      in.append(buffer.data(), static_cast<std::size_t>(n));
      return result::data;
    }
    if (n == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)) return result::closed;
    bool woken = false;
    if (!wait(POLLIN, wakeable, woken)) return result::closed;
    if (woken) return result::woken;
  }
}

bool transport::flush_tls() {
  BIO* bio = SSL_get_wbio(ssl_.get());
  char* data = nullptr;
  auto n = BIO_get_mem_data(bio, &data);
  if (n <= 0) return true;
  bool good = send_raw({data, static_cast<std::size_t>(n)});
  static_cast<void>(BIO_reset(bio));
  return good;
}

transport::result transport::receive(std::string& in, bool wakeable) {
  if (!ssl_) return receive_raw(in, wakeable);
  for (;;) {
    std::array<char, 16384> buffer;
    ERR_clear_error();
    int n = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (n > 0) {
      in.append(buffer.data(), static_cast<std::size_t>(n));
      return result::data;
    }
    if (!flush_tls() || SSL_get_error(ssl_.get(), n) != SSL_ERROR_WANT_READ) return result::closed;
    std::string raw;
    auto r = receive_raw(raw, wakeable);
    if (r != result::data) return r;
    BIO_write(SSL_get_rbio(ssl_.get()), raw.data(), static_cast<int>(raw.size()));
  }
}

bool transport::send(std::string_view data) {
  if (!ssl_) return send_raw(data);
  constexpr std::size_t record = 16384;
  while (!data.empty()) {
    auto part = data.substr(0, record);
    data.remove_prefix(part.size());
    ERR_clear_error();
    if (SSL_write(ssl_.get(), part.data(), static_cast<int>(part.size())) <= 0 || !flush_tls()) return false;
  }
  return true;
}

bool transport::start_tls(ssl_ctx_st* context) {
  ssl_.reset(SSL_new(context));
  if (!ssl_) return false;
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl_.get());
  for (;;) {
    ERR_clear_error();
    int n = SSL_do_handshake(ssl_.get());
    if (!flush_tls()) return false;
    if (n == 1) return true;
    if (SSL_get_error(ssl_.get(), n) != SSL_ERROR_WANT_READ) return false;
    std::string raw;
    if (receive_raw(raw, false) != result::data) return false;
    BIO_write(SSL_get_rbio(ssl_.get()), raw.data(), static_cast<int>(raw.size()));
  }
}

channel_binding transport::binding() const {
  channel_binding out;
  if (!ssl_) return out;
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  constexpr std::size_t exporter_size = 32;
  out.tls_exporter.resize(exporter_size);
  auto* exporter = reinterpret_cast<unsigned char*>(out.tls_exporter.data());
  if (SSL_export_keying_material(ssl_.get(), exporter, exporter_size, label.data(), label.size(), nullptr, 0, 0) != 1)
    out.tls_exporter.clear();
  if (SSL_version(ssl_.get()) >= TLS1_3_VERSION) return out;
  // The first Finished: the client's in a full handshake, the server's in a resumed one (RFC 5929 section 3.1).
  out.tls_unique.resize(EVP_MAX_MD_SIZE);
  const auto n = SSL_session_reused(ssl_.get()) == 1
                     ? SSL_get_finished(ssl_.get(), out.tls_unique.data(), out.tls_unique.size())
                     : SSL_get_peer_finished(ssl_.get(), out.tls_unique.data(), out.tls_unique.size());
  out.tls_unique.resize(n);
  return out;
}

bool transport::pause(std::chrono::milliseconds time) {
  // A closed peer shows as readable end of file; data that waits must not shorten the pause.
  pollfd fd = {fd_.get(), 0, 0};
  ::poll(&fd, 1, static_cast<int>(time.count()));
  return (fd.revents & (POLLHUP | POLLERR)) == 0;
}

void transport::release() {
  ssl_.reset();
  fd_.reset();
}

void transport::close() {
  if (ssl_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    flush_tls();
  }
  ::shutdown(fd_.get(), SHUT_RDWR);
}

}  // namespace imapxx::testserver::detail
