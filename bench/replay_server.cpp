#include "replay_server.hpp"

#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

namespace bench {
namespace {

using writer = std::function<void(std::string_view)>;
constexpr std::size_t write_block = std::size_t{256} << 10U;
constexpr std::size_t body_octets = 100'000;
// About a million octets of lines as mail programs write them: 76 digits and a line end.
constexpr std::size_t base64_piece_lines = 12'800;
constexpr std::size_t base64_line_octets = 57;

std::string envelope_row(std::uint32_t n) {
  const auto id = std::to_string(n);
  return "* " + id + " FETCH (UID " + id + " ENVELOPE (\"Mon, 7 Feb 2026 21:52:25 -0800\" \"Re: minutes of meeting " +
         id +
         "\" ((\"Terry Gray\" NIL \"gray\" \"example.org\")) ((\"Terry Gray\" NIL \"gray\" \"example.org\")) ((\"Terry "
         "Gray\" NIL \"gray\" \"example.org\")) ((NIL NIL \"imap\" \"lists.example.org\")) ((NIL NIL \"minutes\" "
         "\"example.org\") (\"John Klensin\" NIL \"klensin\" \"example.net\")) NIL NIL \"<B27397-01000" +
         id +
         "@example.org>\") INTERNALDATE \"07-Feb-2026 21:52:25 -0800\" RFC822.SIZE 4286 BODYSTRUCTURE ((\"TEXT\" "
         "\"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"QUOTED-PRINTABLE\" 1152 23 NIL NIL NIL)(\"TEXT\" \"HTML\" "
         "(\"CHARSET\" \"utf-8\") NIL NIL \"QUOTED-PRINTABLE\" 3012 44 NIL NIL NIL) \"ALTERNATIVE\" (\"BOUNDARY\" "
         "\"=-x" +
         id + "\") NIL NIL))\r\n";
}

std::string some_text(std::size_t octets) {
  std::string line = "The quick brown fox jumps over the lazy dog, and then back again to where it was.\r\n";
  std::string out;
  while (out.size() < octets) out += line;
  out.resize(octets);
  return out;
}

void answer(const question& q, const writer& write) {
  switch (q.what) {
    case workload::flags:
      for (std::uint32_t n = 1; n <= q.messages; ++n)
        write("* " + std::to_string(n) + " FETCH (UID " + std::to_string(n) +
              (n % 3 == 0 ? " FLAGS (\\Seen))\r\n" : " FLAGS (\\Seen \\Answered))\r\n"));
      break;
    case workload::envelopes:
      for (std::uint32_t n = 1; n <= q.messages; ++n) write(envelope_row(n));
      break;
    case workload::bodies: {
      const auto body = some_text(body_octets);
      for (std::uint32_t n = 1; n <= q.messages; ++n) {
        write("* " + std::to_string(n) + " FETCH (UID " + std::to_string(n) + " BODY[] {" +
              std::to_string(body.size()) + "}\r\n");
        write(body);
        write(")\r\n");
      }
      break;
    }
    case workload::one_literal: {
      const auto piece = some_text(std::size_t{1} << 20U);
      write("* 1 FETCH (UID 1 BODY[] {" + std::to_string(piece.size() * q.messages) + "}\r\n");
      for (std::uint32_t n = 0; n < q.messages; ++n) write(piece);
      write(")\r\n");
      break;
    }
    case workload::base64: {
      std::string piece;
      for (std::size_t n = 0; n < base64_piece_lines; ++n)
        piece += "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZywgYW5kIHRoZW4gaGV5\r\n";
      write("* 1 FETCH (UID 1 BODY[1] {" + std::to_string(piece.size() * q.messages) + "}\r\n");
      for (std::uint32_t n = 0; n < q.messages; ++n) write(piece);
      write(")\r\n");
      break;
    }
    case workload::search: {
      std::string line = "* SEARCH";
      for (std::uint32_t n = 1; n <= q.messages; ++n) line += " " + std::to_string(n * 3);
      write(line + "\r\n");
      break;
    }
  }
}

// Big bodies are not kept: they are the same octets again and again anyway.
bool keep_answer(workload w) { return w == workload::flags || w == workload::envelopes || w == workload::search; }

struct tls_deleter {
  void operator()(SSL* s) const { SSL_free(s); }
};

class connection {
 public:
  connection(int fd, SSL_CTX* context) : fd_(fd) {
    if (context == nullptr) return;
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), fd);
    if (SSL_accept(ssl_.get()) != 1) throw std::runtime_error("no TLS");
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { ::close(fd_); }
  void write(std::string_view octets) {
    pending_ += octets;
    if (pending_.size() >= write_block) flush();
  }
  void write_through(std::string_view octets) {
    flush();
    put(octets);
  }
  void flush() {
    put(pending_);
    pending_.clear();
  }
  // One line without its end; false at the end of the stream.
  bool line(std::string& out) {
    for (;;) {
      if (const auto end = input_.find('\n'); end != std::string::npos) {
        out = input_.substr(0, end);
        if (!out.empty() && out.back() == '\r') out.pop_back();
        input_.erase(0, end + 1);
        return true;
      }
      char block[4096];
      const auto n =
          ssl_ ? SSL_read(ssl_.get(), block, sizeof block) : static_cast<int>(::read(fd_, block, sizeof block));
      if (n <= 0) return false;
      input_.append(block, static_cast<std::size_t>(n));
    }
  }

 private:
  void put(std::string_view octets) {
    while (!octets.empty()) {
      const auto n =
          ssl_ ? SSL_write(ssl_.get(), octets.data(), static_cast<int>(std::min(octets.size(), write_block)))
               : static_cast<int>(::send(fd_, octets.data(), std::min(octets.size(), write_block), MSG_NOSIGNAL));
      if (n <= 0) throw std::runtime_error("the client is gone");
      octets.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  int fd_;
  std::unique_ptr<SSL, tls_deleter> ssl_;
  std::string pending_;
  std::string input_;
};

SSL_CTX* make_context() {
  auto* context = SSL_CTX_new(TLS_server_method());
  auto* key = EVP_EC_gen("P-256");
  auto* cert = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
  X509_set_pubkey(cert, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(cert, X509_get_subject_name(cert));
  X509_sign(cert, key, EVP_sha256());
  SSL_CTX_use_certificate(context, cert);
  SSL_CTX_use_PrivateKey(context, key);
  X509_free(cert);
  EVP_PKEY_free(key);
  return context;
}

void serve(connection& c, const question& q, const std::string& kept) {
  c.write("* OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN] replay\r\n");
  c.flush();
  std::string line;
  while (c.line(line)) {
    const auto tag = line.substr(0, line.find(' '));
    const auto rest = line.substr(std::min(line.size(), tag.size() + 1));
    const auto is = [&](std::string_view word) { return rest.starts_with(word); };
    if (is("AUTHENTICATE") || is("LOGIN")) {
      c.write(tag + " OK [CAPABILITY IMAP4rev1 LITERAL+] in\r\n");
    } else if (is("CAPABILITY")) {
      c.write("* CAPABILITY IMAP4rev1 LITERAL+\r\n" + tag + " OK done\r\n");
    } else if (is("SELECT") || is("EXAMINE")) {
      c.write("* FLAGS (\\Seen \\Answered)\r\n* " + std::to_string(q.messages) +
              " EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n" + tag + " OK [READ-ONLY] done\r\n");
    } else if (is("UID FETCH") || is("UID SEARCH")) {
      if (kept.empty()) {
        answer(q, [&](std::string_view octets) { octets.size() > 4096 ? c.write_through(octets) : c.write(octets); });
      } else {
        c.write_through(kept);
      }
      c.write(tag + " OK done\r\n");
    } else {
      c.write((is("LOGOUT") ? "* BYE\r\n" : "") + tag + " OK done\r\n");
    }
    c.flush();
  }
}

}  // namespace

question question_for(std::string_view name, unsigned scale) {
  question q;
  q.name = name;
  q.command = "UID FETCH 1:* BODY.PEEK[]";
  const auto counted = [&](workload what, std::uint32_t n, const char* of, std::uint64_t octets_each) {
    q.what = what;
    q.messages = std::max(1U, n / scale);
    q.expected = q.messages * octets_each;
    q.amount = std::to_string(q.messages) + of;
  };
  if (name == "flags") {
    counted(workload::flags, 1'000'000, " messages", 1);
    q.command = "UID FETCH 1:* (UID FLAGS)";
  } else if (name == "envelopes") {
    counted(workload::envelopes, 100'000, " messages", 1);
    q.command = "UID FETCH 1:* (ENVELOPE BODYSTRUCTURE INTERNALDATE RFC822.SIZE)";
  } else if (name == "bodies") {
    counted(workload::bodies, 10'000, " of 100 KB", body_octets);
  } else if (name == "literal") {
    counted(workload::one_literal, 512, " MiB in one", std::uint64_t{1} << 20U);
  } else if (name == "search") {
    counted(workload::search, 1'000'000, " numbers", 1);
    q.command = "UID SEARCH ALL";
  } else if (name == "base64") {
    counted(workload::base64, 256, " MB in one", base64_piece_lines * base64_line_octets);
    q.command = "UID FETCH 1:* BODY.PEEK[1]";
  } else {
    throw std::runtime_error("no such work: " + std::string(name));
  }
  return q;
}

replay_server::replay_server(const question& q, bool tls) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listener, 16) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    throw std::runtime_error("cannot listen");
  port_ = ntohs(at.sin_port);
  pid_ = ::fork();
  if (pid_ != 0) {
    ::close(listener);
    return;
  }
  ::signal(SIGPIPE, SIG_IGN);  // what OpenSSL writes to a client that is gone
  std::string kept;
  if (keep_answer(q.what)) answer(q, [&](std::string_view octets) { kept += octets; });
  auto* context = tls ? make_context() : nullptr;
  // Some clients open a second connection while they have the first. A thread, not a process, for each: a process would
  // find the answer's pages anew, within the time that is measured.
  for (;;) {
    const int fd = ::accept(listener, nullptr, nullptr);
    if (fd < 0) std::_Exit(1);
    std::thread([fd, context, &q, &kept] {
      try {
        connection c(fd, context);
        serve(c, q, kept);
      } catch (const std::exception&) {  // a client that went: the next one has a connection of its own
      }
    }).detach();
  }
}

replay_server::~replay_server() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace bench
