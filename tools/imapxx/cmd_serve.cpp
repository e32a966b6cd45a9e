#include <imapxx/testserver/server.hpp>

#include "commands.hpp"
#include "interrupt.hpp"
#include "samples.hpp"
#include "url.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

namespace imapxx::cli {
namespace {

using account = std::pair<std::string, std::string>;

std::vector<account> accounts(const serve_args& args) {
  std::vector<account> found;
  for (const auto& text : args.users) {
    const auto colon = text.find(':');
    if (colon == 0 || colon == std::string::npos) throw usage_error("--user needs NAME:PASSWORD");
    found.emplace_back(text.substr(0, colon), text.substr(colon + 1));
  }
  if (found.empty()) found.emplace_back("demo", "demo");
  return found;
}

testserver::server_options options(const common_args& common, const serve_args& args,
                                   const std::vector<account>& users) {
  testserver::server_options o;
  for (const auto& [name, password] : users) o.user(name, password);
  o.port(args.port);
  if (!args.address.empty()) o.address(args.address);
  o.security(args.tls
                 ? testserver::tls_mode::implicit
                 : (args.starttls || common.starttls ? testserver::tls_mode::starttls : testserver::tls_mode::plain));
  return o;
}

void load(testserver::server& server, const serve_args& args, const std::string& user) {
  for (const auto& path : args.eml) server.load_eml(user, "INBOX", path);
  for (const auto& path : args.maildir) server.load_maildir(user, path);
  for (const auto& path : args.mbox) server.load_mbox(user, "INBOX", path);
  if (!args.eml.empty() || !args.maildir.empty() || !args.mbox.empty()) return;
  for (const auto& s : samples()) {
    const auto names = server.mailboxes(user);
    if (std::find(names.begin(), names.end(), s.mailbox) == names.end())
      server.create_mailbox(user, std::string(s.mailbox));
    server.append(user, std::string(s.mailbox), s.message, s.flags, s.date);
  }
}

// The certificate authority as a file that lives as long as the server.
class authority_file {
 public:
  authority_file(const std::string& wanted, const std::string& pem) : path_(wanted), temporary_(wanted.empty()) {
    constexpr mode_t readable = 0644;  // a certificate is public
    if (temporary_) {
      const char* folder = std::getenv("TMPDIR");
      path_ = std::string(folder != nullptr ? folder : "/tmp") + "/imapxx-ca-XXXXXX.pem";
    }
    const int fd = temporary_ ? ::mkostemps(path_.data(), 4, O_CLOEXEC)
                              : ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, readable);
    if (fd < 0) throw local_error(path_ + ": " + std::strerror(errno));
    const auto n = ::write(fd, pem.data(), pem.size());
    ::close(fd);
    if (n != static_cast<ssize_t>(pem.size())) throw local_error(path_ + ": cannot be written");
  }
  ~authority_file() {
    if (temporary_) ::unlink(path_.c_str());
  }
  authority_file(const authority_file&) = delete;
  authority_file& operator=(const authority_file&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  bool temporary_;
};

}  // namespace

exit_code run(const common_args& common, const serve_args& args, output& out) {
  const auto users = accounts(args);
  // Also kept while the server is made, so that a signal never leaves the file behind.
  const on_interrupt keep([] {});
  try {
    testserver::server server(options(common, args, users));
    for (const auto& [name, password] : users) load(server, args, name);
    server.start();
    const bool secure = args.tls || args.starttls || common.starttls;
    std::optional<authority_file> authority;
    if (secure) authority.emplace(args.ca_out, server.ca_pem());
    imap_url url;
    url.tls = args.tls;
    url.user = users.front().first;
    url.host = args.address.empty() ? "127.0.0.1" : args.address;
    url.port = server.port();
    url.mailbox = "INBOX";
    out.line("URL: " + to_string(url) + (secure ? "" : " (with --plain)"));
    if (authority) out.line("CA file: " + authority->path() + " (for --ca-file)");
    for (const auto& [name, password] : users)
      out.line(fmt::format("user: {}, mailboxes: {}", name, server.mailboxes(name).size()));
    out.line("a test and demo server, not a mail host; Ctrl-C ends it");
    out.flush();
    wait_for_interrupt();
    server.stop();
  } catch (const std::system_error& e) {
    throw local_error(std::string("the server cannot start: ") + e.what(), "is the port taken?");
  } catch (const failure&) {
    throw;
  } catch (const std::runtime_error& e) {
    throw local_error(e.what());
  }
  return exit_code::ok;
}

}  // namespace imapxx::cli
