#include "core/download_file.hpp"

#include <imapxx/error.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>
#include <vector>

namespace imapxx::inline v0::core {
namespace {

constexpr mode_t file_mode = 0600;                           // mail is private
constexpr std::size_t journal_max = std::size_t{64} << 10U;  // more than any name and section take
constexpr std::size_t read_piece = std::size_t{256} << 10U;

error failed(std::string_view what, int error_number) {
  return error(errc::io, what).set_system_error(error_number).set_fatal(false);
}

result<void> write_all(int fd, std::string_view octets) {
  while (!octets.empty()) {
    const auto n = ::write(fd, octets.data(), octets.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("the file of a download cannot be written", errno);
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

/// Reads `octets` from the start of a file. \return false when there are fewer
template <class Take>
bool read_first(int fd, std::uint64_t octets, const Take& take) {
  std::vector<char> room(static_cast<std::size_t>(std::min<std::uint64_t>(octets, read_piece)));
  std::uint64_t at = 0;
  while (at < octets) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(octets - at, room.size()));
    const auto n = ::pread(fd, room.data(), want, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    take(std::string_view(room.data(), static_cast<std::size_t>(n)));
    at += static_cast<std::uint64_t>(n);
  }
  return true;
}

}  // namespace

void owned_fd::reset(int fd) noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

download_file::download_file(settings s) : settings_(std::move(s)) {}

download_file::~download_file() {
  if (!ready_ || !part_.is_open()) return;
  try {
    if (written_ == 0 && !has_journal_) {
      ::unlinkat(directory_.get(), part_name().c_str(), 0);
    } else if (!broken_ && written_ != in_journal_) {
      (void)write_entry();
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next download starts where the journal says
  }
}

// A duplicate of the caller's descriptor, or the directory that the path names.
result<void> download_file::open_directory() {
  std::string path = ".";
  if (settings_.directory < 0) {
    if (const auto slash = settings_.name.rfind('/'); slash != std::string::npos) {
      path = slash == 0 ? "/" : settings_.name.substr(0, slash);
      settings_.name.erase(0, slash + 1);
    }
  }
  if (settings_.name.empty() || settings_.name == "." || settings_.name == ".." ||
      settings_.name.find_first_of(std::string_view("/\0", 2)) != std::string::npos)
    return error(errc::invalid_argument, "not a name for the file of a download");
  directory_.reset(settings_.directory < 0 ? ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                                           : ::fcntl(settings_.directory, F_DUPFD_CLOEXEC, 0));
  if (!directory_.is_open()) return failed("the directory of a download cannot be opened", errno);
  return {};
}

bool download_file::is_taken() const {
  struct stat facts{};
  return ::fstatat(directory_.get(), settings_.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0;
}

result<void> download_file::open(const download_journal& body) {
  body_ = body;
  if (auto ok = open_directory(); !ok) return ok;
  if (!settings_.replaces && is_taken()) return failed("the file of a download exists already", EEXIST);
  constexpr int how = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
  owned_fd fd(::openat(directory_.get(), part_name().c_str(), how, file_mode));
  if (!fd.is_open()) return failed("the part of a download cannot be opened", errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return failed("another download writes to this file", errno);
  struct stat facts{};
  struct stat named{};
  if (::fstat(fd.get(), &facts) != 0 || !S_ISREG(facts.st_mode))
    return failed("the part of a download is no file", EINVAL);
  // Another one may have finished between our opening and our lock: then this is its file.
  if (::fstatat(directory_.get(), part_name().c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0 ||
      named.st_ino != facts.st_ino || named.st_dev != facts.st_dev)
    return failed("another download writes to this file", EWOULDBLOCK);
  part_.reset(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!part_.is_open()) return failed("the part of a download cannot be opened", errno);
  auto entry = read_journal();
  if (!entry) return entry.error();
  has_journal_ = !entry->empty();
  auto ok = facts.st_size == 0 && !has_journal_ ? start_anew() : resume(*entry);
  ready_ = ok.has_value();
  return ok;
}

result<void> download_file::resume(std::string_view entry) {
  const auto j = download_journal::parse(entry);
  restarted_ = judge(j);
  if (restarted_ != download_restart::none) return start_anew();
  if (::ftruncate(part_.get(), static_cast<off_t>(j->offset)) != 0 ||
      ::lseek(part_.get(), static_cast<off_t>(j->offset), SEEK_SET) < 0)
    return failed("the part of a download cannot be continued", errno);
  written_ = in_journal_ = j->offset;
  if (j->length) body_.length = j->length;
  return {};
}

download_restart download_file::judge(const result<download_journal>& j) {
  if (!j || body_.uidvalidity == 0) return download_restart::unreadable;
  if (j->mailbox != body_.mailbox || j->section != body_.section) return download_restart::other_body;
  if (j->uidvalidity != body_.uidvalidity) return download_restart::uidvalidity;
  if (j->uid != body_.uid) return download_restart::other_body;
  if (body_.length && j->length && *j->length != *body_.length) return download_restart::length;
  return hash_fits(*j) ? download_restart::none : download_restart::content;
}

bool download_file::hash_fits(const download_journal& j) {
  hash_.reset();
  return read_first(part_.get(), j.offset, [this](std::string_view octets) { hash_.add(octets); }) &&
         hash_.hex() == j.sha256;
}

// Empty when there is none. A file that is too long is cut, and so is none that can be used.
result<std::string> download_file::read_journal() const {
  const owned_fd fd(::openat(directory_.get(), journal_name().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  std::string text;
  if (!fd.is_open()) {
    if (errno == ENOENT) return text;
    return failed("the journal of a download cannot be read", errno);
  }
  (void)read_first(fd.get(), journal_max, [&text](std::string_view octets) { text += octets; });
  return text;
}

result<void> download_file::start_anew() {
  // The entry goes first: it must never describe octets of another body.
  if (::unlinkat(directory_.get(), journal_name().c_str(), 0) != 0 && errno != ENOENT)
    return failed("the journal of a download cannot be removed", errno);
  has_journal_ = false;
  if (::ftruncate(part_.get(), 0) != 0 || ::lseek(part_.get(), 0, SEEK_SET) < 0)
    return failed("the part of a download cannot be emptied", errno);
  hash_.reset();
  written_ = in_journal_ = 0;
  return {};
}

result<bool> download_file::announced(std::uint64_t length) {
  const bool other = body_.length && *body_.length != length;
  body_.length = length;
  if (!other || written_ == 0) return false;
  restarted_ = download_restart::length;
  if (auto ok = start_anew(); !ok) return ok.error();
  return true;
}

result<void> download_file::write(std::string_view octets) {
  if (auto ok = write_all(part_.get(), octets); !ok) {
    broken_ = true;
    return ok;
  }
  hash_.add(octets);
  written_ += octets.size();
  if (written_ - in_journal_ < settings_.journal_octets) return {};
  return write_entry();
}

result<void> download_file::write_entry() {
  if (body_.uidvalidity == 0) return {};  // nothing could be continued
  if (::fdatasync(part_.get()) != 0) return failed("the part of a download cannot be written", errno);
  body_.offset = written_;
  body_.sha256 = hash_.hex();
  const auto fresh = journal_name() + ".new";
  if (auto ok = write_synchronised(fresh, body_.to_string()); !ok) return ok;
  if (::renameat(directory_.get(), fresh.c_str(), directory_.get(), journal_name().c_str()) != 0)
    return failed("the journal of a download cannot be written", errno);
  (void)::fsync(directory_.get());  // some file systems cannot; the rename is atomic on all
  in_journal_ = written_;
  has_journal_ = true;
  return {};
}

result<void> download_file::write_synchronised(const std::string& name, std::string_view text) const {
  (void)::unlinkat(directory_.get(), name.c_str(), 0);  // of an attempt that was interrupted here
  const owned_fd fd(
      ::openat(directory_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file_mode));
  if (!fd.is_open()) return failed("the journal of a download cannot be written", errno);
  if (auto ok = write_all(fd.get(), text); !ok) return ok;
  if (::fsync(fd.get()) != 0) return failed("the journal of a download cannot be written", errno);
  return {};
}

// A link, unlike a rename, never replaces what is there.
result<void> download_file::give_name() {
  const int d = directory_.get();
  const auto part = part_name();
  if (!settings_.replaces) {
    if (::linkat(d, part.c_str(), d, settings_.name.c_str(), 0) == 0) {
      ::unlinkat(d, part.c_str(), 0);
      return {};
    }
    if (errno == EEXIST || is_taken()) return failed("the file of a download exists already", EEXIST);
  }
  if (::renameat(d, part.c_str(), d, settings_.name.c_str()) != 0)
    return failed("the file of a download cannot be given its name", errno);
  return {};
}

result<void> download_file::finish() {
  if (settings_.syncs && ::fsync(part_.get()) != 0) return failed("the file of a download cannot be written", errno);
  if (auto ok = give_name(); !ok) return ok;
  if (settings_.syncs) (void)::fsync(directory_.get());
  if (has_journal_) ::unlinkat(directory_.get(), journal_name().c_str(), 0);
  part_.reset();
  return {};
}

}  // namespace imapxx::inline v0::core
