#include "mail_files.hpp"

#include "exit_code.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace imapxx::cli {
namespace {

constexpr mode_t directory_mode = 0700;  // mail is private
constexpr mode_t file_mode = 0600;

constexpr std::string_view temporary_prefix = ".imapxx-";
constexpr std::string_view temporary_suffix = ".part";

// Where a file without a name can be found, to be given one.
constexpr const char* own_descriptors = "/proc/self/fd";

constexpr unsigned numbers_max = 100'000;

// "report.pdf" as "report-2.pdf".
std::string numbered(const std::string& name, unsigned number) {
  if (number == 1) return name;
  auto dot = name.rfind('.');
  if (dot == std::string::npos || dot == 0) dot = name.size();
  return fmt::format("{}-{}{}", name.substr(0, dot), number, name.substr(dot));
}

[[noreturn]] void fail(const std::string& what) { throw local_error(what + ": " + std::strerror(errno)); }

}  // namespace

mail_directory::mail_directory(const std::string& path, bool replace)
    : path_(path), replace_(replace), unnamed_files_(::access(own_descriptors, X_OK) == 0) {
  if (::mkdir(path.c_str(), directory_mode) != 0 && errno != EEXIST) fail(path);
  fd_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd_ < 0) fail(path);
}

mail_directory::~mail_directory() {
  if (fd_ >= 0) ::close(fd_);
}

std::string mail_directory::name_of(std::uint32_t uid) { return std::to_string(uid) + ".eml"; }

void mail_directory::remove_abandoned() {
  DIR* all = ::fdopendir(::openat(fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (all == nullptr) return;
  while (const auto* entry = ::readdir(all)) {
    const std::string name = entry->d_name;
    if (!name.starts_with(temporary_prefix) || !name.ends_with(temporary_suffix)) continue;
    const int left = ::openat(fd_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (left < 0) continue;
    if (::flock(left, LOCK_EX | LOCK_NB) == 0) ::unlinkat(fd_, name.c_str(), 0);
    ::close(left);
  }
  ::closedir(all);
}

std::optional<std::uint64_t> mail_directory::existing(std::uint32_t uid) const {
  struct stat facts{};
  if (::fstatat(fd_, name_of(uid).c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return {};
  return S_ISREG(facts.st_mode) ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

std::string mail_directory::path_of(std::uint32_t uid) const { return path_of(name_of(uid)); }

std::string mail_directory::path_of(const std::string& name) const {
  return path_ + (path_.empty() || path_.back() != '/' ? "/" : "") + name;
}

std::string mail_directory::temporary_name() {
  return fmt::format("{}{}-{}{}", temporary_prefix, ::getpid(), made_++, temporary_suffix);
}

// A file that has no name yet costs the directory one change instead of three, which counts where there are a hundred
// thousand, and a process that is killed leaves nothing of it.
mail_directory::file::file(mail_directory& directory) : directory_(&directory) {
#ifdef O_TMPFILE
  if (directory.unnamed_files_) fd_ = ::openat(directory.fd_, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, file_mode);
  if (fd_ >= 0) return;
#endif
  directory.unnamed_files_ = false;
  name_ = directory.temporary_name();
  fd_ = ::openat(directory.fd_, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file_mode);
  if (fd_ < 0) fail(directory.path_of(name_));
  (void)::flock(fd_, LOCK_EX | LOCK_NB);
}

mail_directory::file::file(file&& other) noexcept
    : directory_(other.directory_),
      name_(std::exchange(other.name_, std::string())),
      fd_(std::exchange(other.fd_, -1)),
      octets_(other.octets_) {}

mail_directory::file::~file() {
  if (fd_ >= 0) ::close(fd_);
  if (!name_.empty()) ::unlinkat(directory_->fd_, name_.c_str(), 0);
}

void mail_directory::file::write(std::string_view octets) {
  while (!octets.empty()) {
    const auto n = ::write(fd_, octets.data(), octets.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(directory_->path_);
    octets_ += static_cast<std::uint64_t>(n);
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool mail_directory::is_taken(const std::string& name) const {
  struct stat facts{};
  return ::fstatat(fd_, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0;
}

// Gives a file without a name its first one. False when that is taken.
bool mail_directory::file::name_it(const std::string& target) {
  const auto self = fmt::format("{}/{}", own_descriptors, fd_);
  if (::linkat(AT_FDCWD, self.c_str(), directory_->fd_, target.c_str(), AT_SYMLINK_FOLLOW) == 0) return true;
  if (errno != EEXIST) fail(directory_->path_of(target));
  return false;
}

// False when the name is taken: neither a link nor this kind of rename replaces what is there.
bool mail_directory::file::link_as(const std::string& target) {
  if (name_.empty()) return name_it(target);
  const int fd = directory_->fd_;
#ifdef RENAME_NOREPLACE
  if (::renameat2(fd, name_.c_str(), fd, target.c_str(), RENAME_NOREPLACE) == 0) {
    name_.clear();
    return true;
  }
  if (errno == EEXIST) return false;
  if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) fail(directory_->path_of(target));
#endif
  if (::linkat(fd, name_.c_str(), fd, target.c_str(), 0) == 0) {
    ::unlinkat(fd, std::exchange(name_, std::string()).c_str(), 0);
    return true;
  }
  if (errno == EEXIST) return false;
  // File systems without hard links.
  if (directory_->is_taken(target)) return false;
  rename_to(target);
  return true;
}

void mail_directory::file::rename_to(const std::string& target) {
  if (name_.empty()) {
    if (name_it(target)) return;
    auto name = directory_->temporary_name();
    if (!name_it(name)) fail(directory_->path_of(name));
    name_ = std::move(name);
  }
  if (::renameat(directory_->fd_, name_.c_str(), directory_->fd_, target.c_str()) != 0)
    fail(directory_->path_of(target));
  name_.clear();
}

// A duplicate is closed: network file systems tell then what they could not write, while the lock stays.
void mail_directory::file::complete(const std::string& shown) {
  if (directory_->sync_ && ::fsync(fd_) != 0) fail(directory_->path_of(shown));
  const int copy = ::fcntl(fd_, F_DUPFD_CLOEXEC, 0);
  if (copy < 0 || ::close(copy) != 0) fail(directory_->path_of(shown));
}

bool mail_directory::file::commit(std::uint32_t uid) {
  const auto target = name_of(uid);
  complete(target);
  if (!directory_->replace_) return link_as(target);
  rename_to(target);
  return true;
}

std::string mail_directory::file::commit_numbered(const std::string& name) {
  complete(name);
  for (auto& number = directory_->last_number_[name]; number < numbers_max;) {
    auto target = numbered(name, ++number);
    if (directory_->given_.contains(target)) continue;
    struct stat facts{};
    const bool replaceable = directory_->replace_ &&
                             ::fstatat(directory_->fd_, target.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
                             !S_ISDIR(facts.st_mode);
    if (replaceable) {
      rename_to(target);
    } else if (!link_as(target)) {
      continue;
    }
    directory_->given_.insert(target);
    return target;
  }
  throw local_error(directory_->path_of(name) + ": too many files of this name");
}

template <class Action>
result<void> guarded_sink::guard(Action&& action) {
  if (failed_) return errc::aborted_by_caller;
  try {
    action();
    return {};
  } catch (...) {
    failed_ = std::current_exception();
    if (give_up_) give_up_();
    return errc::aborted_by_caller;
  }
}

result<void> guarded_sink::begin(const body_info& info) {
  return guard([&] { open(info); });
}
result<void> guarded_sink::write(std::string_view octets) {
  return guard([&] { put(octets); });
}
result<void> guarded_sink::end(const body_info& info) {
  return guard([&] { close(info); });
}
void guarded_sink::rethrow() const {
  if (failed_) std::rethrow_exception(failed_);
}

saving_sink::saving_sink(mail_directory& directory, progress& bar, report tell, std::function<void()> give_up)
    : guarded_sink(std::move(give_up)), directory_(directory), bar_(bar), tell_(std::move(tell)) {}

void saving_sink::open(const body_info&) { open_.emplace(directory_); }

void saving_sink::put(std::string_view octets) {
  open_->write(octets);
  bar_.add_octets(octets.size());
}

void saving_sink::close(const body_info& info) {
  if (info.uid) {
    commit(*open_, *info.uid);
  } else {
    nameless_.erase(info.seq);
    nameless_.emplace(info.seq, std::move(*open_));
  }
  open_.reset();
}

void saving_sink::settle(std::uint32_t seq, std::uint32_t uid) {
  const auto found = nameless_.find(seq);
  if (found == nameless_.end() || uid == 0) return;
  commit(found->second, uid);
  nameless_.erase(found);
}

void saving_sink::commit(mail_directory::file& f, std::uint32_t uid) {
  const auto octets = f.octets();
  const bool done = f.commit(uid);
  bar_.add_message();
  tell_(uid, octets, done ? save_result::saved : save_result::differs);
}

}  // namespace imapxx::cli
