#include "commands.hpp"
#include "connection.hpp"
#include "flags.hpp"
#include "json.hpp"
#include "plan.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace imapxx::cli {
namespace {

class input_file {
 public:
  explicit input_file(const std::string& path) : name_(path == "-" ? "standard input" : path) {
    fd_ = path == "-" ? spooled_input() : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) throw local_error(name_ + ": " + std::strerror(errno));
    struct stat facts{};
    if (::fstat(fd_, &facts) == 0 && S_ISDIR(facts.st_mode)) {
      ::close(fd_);
      throw local_error(name_ + " is a directory");
    }
  }
  ~input_file() { ::close(fd_); }
  input_file(const input_file&) = delete;
  input_file& operator=(const input_file&) = delete;
  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  // IMAP must know the size before the first octet, so what comes through a pipe goes to an unlinked file first.
  static int spooled_input() {
    if (::lseek(STDIN_FILENO, 0, SEEK_CUR) >= 0) return ::dup(STDIN_FILENO);
    const char* folder = std::getenv("TMPDIR");
    std::string path = std::string(folder != nullptr ? folder : "/tmp") + "/imapxx-XXXXXX";
    const int fd = ::mkostemp(path.data(), O_CLOEXEC);
    if (fd < 0) throw local_error(path + ": " + std::strerror(errno));
    ::unlink(path.c_str());
    std::array<char, 65536> piece{};
    for (;;) {
      const auto n = ::read(STDIN_FILENO, piece.data(), piece.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw local_error(std::string("standard input: ") + std::strerror(errno));
      if (n == 0) break;
      for (ssize_t done = 0; done < n;) {
        const auto w = ::write(fd, piece.data() + done, static_cast<std::size_t>(n - done));
        if (w < 0 && errno != EINTR) throw local_error(path + ": " + std::strerror(errno));
        if (w > 0) done += w;
      }
    }
    ::lseek(fd, 0, SEEK_SET);
    return fd;
  }

  std::string name_;
  int fd_ = -1;
};

std::optional<date_time> parse_when(const std::string& text) {
  if (text.empty()) return {};
  if (auto exact = date_time::parse(text)) return exact;
  if (auto day = date::try_parse(text)) return date_time(std::chrono::sys_days(day->ymd()));
  throw usage_error("not a date: " + text, "write 2026-02-01 or '1-Feb-2026 12:00:00 +0100'");
}

append make_command(const connection& c, const input_file& file, const append_args& args, const flag_list& flags,
                    const std::optional<date_time>& when) {
  auto source = source_from_file(file.fd(), args.keep_line_ends ? line_ends::keep : line_ends::to_crlf);
  if (!source) throw local_error(file.name() + ": " + std::string(source.error().message()));
  if ((*source)->size() == 0) throw local_error(file.name() + " is empty");
  append command(c.mailbox(), *source);
  command.flags(flags);
  if (when) command.date(*when);
  return command;
}

}  // namespace

exit_code run(const common_args& common, const append_args& args, output& out) {
  const auto flags = parse_flags(args.flags);
  const auto when = parse_when(args.date);
  auto files = args.files;
  if (files.empty()) files.emplace_back("-");
  connection c(common);
  for (const auto& path : files) {
    const input_file file(path);
    auto command = make_command(c, file, args, flags, when);
    if (common.dry_run) {
      print_planned(out, common.json, command_text(*c, command));
      continue;
    }
    const auto added = c->run(std::move(command));
    if (common.json) {
      out.json_line(json_appended(added.uidvalidity, added.uids, file.name()));
    } else if (added.uid()) {
      out.line(fmt::format("{}: UID {} in {}", file.name(), *added.uid(), c.mailbox().utf8()));
    } else {
      out.line(fmt::format("{}: added to {}", file.name(), c.mailbox().utf8()));
    }
    out.flush();
  }
  c.close();
  return exit_code::ok;
}

}  // namespace imapxx::cli
