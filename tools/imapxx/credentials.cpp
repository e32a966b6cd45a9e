#include "credentials.hpp"

#include <imapxx/display.hpp>

#include "display.hpp"
#include "exit_code.hpp"
#include "interrupt.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace imapxx::cli {
namespace {

constexpr std::size_t longest_secret = std::size_t{64} << 10U;  // OAuth tokens reach some kilobytes

// A string that is wiped when it goes.
struct wiped {
  std::string text;
  wiped() = default;
  wiped(const wiped&) = delete;
  wiped& operator=(const wiped&) = delete;
  ~wiped() { secret::wipe(text); }
};

void read_all(int fd, wiped& into, std::size_t limit, const std::string& what) {
  into.text.reserve(limit);  // so that growing leaves no copies behind
  std::array<char, 4096> piece{};
  for (;;) {
    const auto n = ::read(fd, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw local_error(what + ": " + std::strerror(errno));
    if (n == 0) break;
    if (into.text.size() + static_cast<std::size_t>(n) > limit) throw local_error(what + ": too long for a password");
    into.text.append(piece.data(), static_cast<std::size_t>(n));
  }
  ::explicit_bzero(piece.data(), piece.size());
}

secret first_line(const wiped& text, const std::string& what) {
  std::string_view line = text.text;
  line = line.substr(0, line.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.empty()) throw failure(exit_code::login, what + " gave an empty first line");
  return line;
}

secret from_command(const std::string& command, const std::string& option) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw local_error(std::string("pipe: ") + std::strerror(errno));
  const auto child = ::fork();
  if (child < 0) {
    const int why = errno;
    ::close(pipe[0]);
    ::close(pipe[1]);
    throw local_error(std::string("fork: ") + std::strerror(why));
  }
  if (child == 0) {
    restore_signals_in_child();
    ::dup2(pipe[1], STDOUT_FILENO);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(pipe[1]);
  wiped text;
  try {
    read_all(pipe[0], text, longest_secret, option);
  } catch (...) {
    ::close(pipe[0]);
    ::waitpid(child, nullptr, 0);
    throw;
  }
  ::close(pipe[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw failure(exit_code::login,
                  fmt::format("the command of {} failed ({} {})", option, WIFEXITED(status) ? "exit code" : "signal",
                              WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status)));
  return first_line(text, option);
}

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

secret from_file(const std::string& path) {
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw local_error("--password-file " + path + ": " + std::strerror(errno));
  wiped text;
  read_all(file.get(), text, longest_secret, "--password-file " + path);
  return first_line(text, "--password-file");
}

std::optional<netrc_entry> from_netrc(const imap_url& url, const std::string& user) {
  const char* named = std::getenv("NETRC");
  const char* home = std::getenv("HOME");
  if (named == nullptr && home == nullptr) return {};
  const std::string path = named != nullptr ? std::string(named) : std::string(home) + "/.netrc";
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return {};
  struct stat facts{};
  constexpr mode_t readable_by_others = 077;
  if (::fstat(file.get(), &facts) == 0 && (facts.st_mode & readable_by_others) != 0) {
    complain(path + " can be read by other users (chmod 600 it); it is not used");
    return {};
  }
  wiped text;
  read_all(file.get(), text, longest_secret, path);
  return find_in_netrc(text.text, url.host, user);
}

// The terminal itself, so that the prompt works while standard input is a pipe with a message in it.
std::optional<secret> from_prompt(const std::string& user, const std::string& host) {
  const descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (terminal.get() < 0) return {};
  termios normal{};
  if (::tcgetattr(terminal.get(), &normal) != 0) return {};
  const auto question = fmt::format("Password of {} at {}: ", escape_for_display(user), escape_for_display(host));
  if (::write(terminal.get(), question.data(), question.size()) < 0) return {};
  const int fd = terminal.get();
  before_sudden_end([fd, normal] { ::tcsetattr(fd, TCSANOW, &normal); });
  auto silent = normal;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(fd, TCSAFLUSH, &silent);
  wiped line;
  line.text.reserve(longest_secret);
  char c = 0;
  while (line.text.size() < longest_secret && ::read(fd, &c, 1) == 1 && c != '\n') line.text += c;
  ::tcsetattr(fd, TCSAFLUSH, &normal);
  before_sudden_end(nullptr);
  if (::write(fd, "\n", 1) < 0) return {};
  return secret(line.text);
}

struct netrc_reader {
  std::string_view rest;

  // netrc words are separated by white space; a quoted word may hold it.
  std::string next() {
    constexpr std::string_view space = " \t\r\n";
    rest.remove_prefix(std::min(rest.find_first_not_of(space), rest.size()));
    if (rest.empty()) return {};
    std::string word;
    if (rest.front() == '"') {
      rest.remove_prefix(1);
      while (!rest.empty() && rest.front() != '"') {
        if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
        word += rest.front();
        rest.remove_prefix(1);
      }
      if (!rest.empty()) rest.remove_prefix(1);
      return word;
    }
    const auto end = std::min(rest.find_first_of(space), rest.size());
    word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
  }
  void skip_line() { rest.remove_prefix(std::min(rest.find('\n'), rest.size())); }
  // A macro ends with an empty line.
  void skip_macro() {
    const auto end = rest.find("\n\n");
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
  }
};

}  // namespace

std::optional<netrc_entry> find_in_netrc(std::string_view text, std::string_view host, std::string_view user) {
  netrc_reader in{text};
  std::optional<netrc_entry> entry;
  const auto fits = [&] { return entry && (user.empty() || entry->login == user || entry->login.empty()); };
  for (auto word = in.next(); !word.empty(); word = in.next()) {
    if (word.front() == '#') {
      in.skip_line();
    } else if (word == "macdef") {
      in.skip_macro();
    } else if (word == "machine" || word == "default") {
      if (fits() && !entry->password.empty()) return entry;
      const bool ours = word == "default" || in.next() == host;
      entry = ours ? std::optional<netrc_entry>(netrc_entry{}) : std::nullopt;
    } else if (word == "login" || word == "user") {
      auto value = in.next();
      if (entry) entry->login = value;
    } else if (word == "password" || word == "passwd") {
      auto value = in.next();
      if (entry) entry->password = secret(std::move(value));
    } else if (word == "account") {
      in.next();
    }
  }
  if (fits() && !entry->password.empty()) return entry;
  return {};
}

credentials find_credentials(const common_args& args, const imap_url& url) {
  credentials who;
  std::string user = args.user.empty() ? url.user : args.user;
  auto mechanisms = args.mechanisms;
  if (mechanisms.empty() && !url.mechanism.empty()) mechanisms.push_back(url.mechanism);
  const bool no_secret = mechanisms.size() == 1 && (mechanisms[0] == "EXTERNAL" || mechanisms[0] == "ANONYMOUS");
  if (!mechanisms.empty()) who.mechanisms(mechanisms);
  who.allow_plaintext(args.plain);

  const char* variable = std::getenv("IMAPXX_PASSWORD");
  if (!args.token_command.empty()) {
    who.token(from_command(args.token_command, "--token-command"));
  } else if (!args.password_command.empty()) {
    who.password(from_command(args.password_command, "--password-command"));
  } else if (!args.password_file.empty()) {
    who.password(from_file(args.password_file));
  } else if (variable != nullptr && *variable != '\0') {
    who.password(variable);
  } else if (!no_secret) {
    auto entry = from_netrc(url, user);
    if (entry) {
      if (user.empty()) user = entry->login;
      who.password(std::move(entry->password));
    } else if (!user.empty()) {
      auto typed = from_prompt(user, url.host);
      if (!typed)
        throw failure(exit_code::login, "there is no password, and no terminal to ask for one",
                      "use --password-command, --password-file, IMAPXX_PASSWORD or ~/.netrc");
      who.password(std::move(*typed));
    }
  }
  if (user.empty() && !no_secret)
    throw usage_error("no user name", "write it into the URL (imaps://user@host/; @ inside is %40) or use --user");
  who.user(user);
  return who;
}

}  // namespace imapxx::cli
