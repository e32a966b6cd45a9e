#include "idle_server.hpp"

#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

namespace bench {
namespace {

constexpr std::string_view before_login =
    "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN] ready\r\n";
constexpr std::string_view after_login =
    " OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS "
    "THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED "
    "I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY "
    "PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE] Logged in\r\n";
constexpr std::string_view selected =
    "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n"
    "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags permitted.\r\n"
    "* 2 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1795333777] UIDs valid\r\n* OK [UIDNEXT 3] Predicted next UID\r\n"
    "* OK [HIGHESTMODSEQ 5] Highest\r\n";

// Self-signed, for 127.0.0.1.
X509* make_certificate(EVP_PKEY* key) {
  auto* cert = X509_new();
  X509_set_version(cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
  X509_set_pubkey(cert, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1, 0);
  X509_set_issuer_name(cert, X509_get_subject_name(cert));
  auto* name = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(cert, name, -1);
  X509_EXTENSION_free(name);
  X509_sign(cert, key, EVP_sha256());
  return cert;
}

struct peer {
  SSL* ssl = nullptr;
  bool greeted = false;
  std::string line;
};

// One epoll loop. A connection's octets are so few that writing never has to wait.
class loop {
 public:
  loop(int listener, SSL_CTX* context) : listener_(listener), context_(context), poll_(::epoll_create1(0)) {
    watch(listener);
  }
  [[noreturn]] void run() {
    std::array<epoll_event, 256> ready{};
    for (;;) {
      const int n = ::epoll_wait(poll_, ready.data(), static_cast<int>(ready.size()), -1);
      for (int i = 0; i < n; ++i) {
        const int fd = ready[static_cast<std::size_t>(i)].data.fd;
        if (fd == listener_) {
          accept_one();
        } else {
          serve(fd);
        }
      }
    }
  }

 private:
  void watch(int fd) {
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.fd = fd;
    (void)::epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &e);
  }
  void accept_one() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0) return;
    auto& p = peers_[fd];
    p = peer();
    if (context_ != nullptr) {
      p.ssl = SSL_new(context_);
      SSL_set_fd(p.ssl, fd);
      SSL_set_accept_state(p.ssl);
    }
    watch(fd);
    if (context_ == nullptr) greet(fd, p);
  }
  void greet(int fd, peer& p) {
    p.greeted = true;
    say(fd, p, before_login);
  }
  static void say(int fd, peer& p, std::string_view text) {
    if (p.ssl != nullptr) {
      (void)SSL_write(p.ssl, text.data(), static_cast<int>(text.size()));
    } else if (::send(fd, text.data(), text.size(), MSG_NOSIGNAL) < 0) {
      std::perror("idle server");
    }
  }
  void serve(int fd) {
    auto& p = peers_[fd];
    if (p.ssl != nullptr && !SSL_is_init_finished(p.ssl)) {
      (void)SSL_do_handshake(p.ssl);
      if (!SSL_is_init_finished(p.ssl)) return;  // reading would go on with it, and might end it unnoticed
    }
    if (p.ssl != nullptr && !p.greeted) greet(fd, p);
    std::array<char, 2048> piece{};
    const auto n = p.ssl != nullptr ? SSL_read(p.ssl, piece.data(), static_cast<int>(piece.size()))
                                    : static_cast<int>(::read(fd, piece.data(), piece.size()));
    if (n == 0) return drop(fd, p);
    if (n < 0) return;
    p.line.append(piece.data(), static_cast<std::size_t>(n));
    for (auto end = p.line.find("\r\n"); end != std::string::npos; end = p.line.find("\r\n")) {
      answer(fd, p, p.line.substr(0, end));
      p.line.erase(0, end + 2);
    }
  }
  static void answer(int fd, peer& p, const std::string& line) {
    const auto tag = line.substr(0, line.find(' '));
    if (line.find("LOGIN") != std::string::npos || line.find("AUTHENTICATE") != std::string::npos) {
      say(fd, p, tag + std::string(after_login));
    } else if (line.find("SELECT") != std::string::npos) {
      say(fd, p, std::string(selected) + tag + " OK [READ-WRITE] Select completed.\r\n");
    } else if (line.find("IDLE") != std::string::npos) {
      say(fd, p, "+ idling\r\n");
    } else {
      say(fd, p, tag + " OK done\r\n");
    }
  }
  void drop(int fd, peer& p) {
    if (p.ssl != nullptr) SSL_free(p.ssl);
    peers_.erase(fd);
    ::close(fd);
  }

  int listener_;
  SSL_CTX* context_;
  int poll_;
  std::unordered_map<int, peer> peers_;
};

}  // namespace

idle_server::idle_server(bool tls) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  if (listener < 0 || ::bind(listener, reinterpret_cast<sockaddr*>(&where), size) != 0 ||
      ::listen(listener, 4096) != 0 || ::getsockname(listener, reinterpret_cast<sockaddr*>(&where), &size) != 0)
    throw std::runtime_error("no socket");
  port_ = ntohs(where.sin_port);
  SSL_CTX* context = nullptr;
  if (tls) {
    context = SSL_CTX_new(TLS_server_method());
    auto* key = EVP_EC_gen("P-256");
    auto* cert = make_certificate(key);
    SSL_CTX_use_certificate(context, cert);
    SSL_CTX_use_PrivateKey(context, key);
    auto* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, cert);
    char* text = nullptr;
    const auto n = BIO_get_mem_data(memory, &text);
    pem_.assign(text, static_cast<std::size_t>(n));
    BIO_free(memory);
    X509_free(cert);
    EVP_PKEY_free(key);
  }
  pid_ = ::fork();
  if (pid_ == 0) {
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
    loop(listener, context).run();
  }
  if (context != nullptr) SSL_CTX_free(context);
  ::close(listener);
  if (pid_ < 0) throw std::runtime_error("no process");
}

idle_server::~idle_server() {
  (void)::kill(pid_, SIGKILL);
  (void)::waitpid(pid_, nullptr, 0);
}

}  // namespace bench
