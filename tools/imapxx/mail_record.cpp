#include "mail_record.hpp"

#include <imapxx/display.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

namespace imapxx::cli {
namespace {

constexpr std::string_view first_line = "imapxx mailbox 1";
constexpr std::size_t octets_max = std::size_t{64} << 20U;

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

template <class Number>
bool take_number(std::string_view& line, Number& n) {
  const auto read = std::from_chars(line.data(), line.data() + line.size(), n);
  line.remove_prefix(static_cast<std::size_t>(read.ptr - line.data()));
  return read.ec == std::errc();
}

std::optional<std::string> contents(int directory, std::string_view name) {
  const int fd = ::openat(directory, std::string(name).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return {};
  std::string all;
  std::array<char, 65536> piece{};
  for (;;) {
    const auto n = ::read(fd, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0 || all.size() > octets_max) break;
    all.append(piece.data(), static_cast<std::size_t>(n));
  }
  ::close(fd);
  return all;
}

bool write_synchronised(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return ::fsync(fd) == 0;
}

}  // namespace

std::optional<mail_record> mail_record::read(int fd) {
  const auto all = contents(fd, file_name);
  if (!all) return {};
  std::string_view text = *all;
  mail_record r;
  if (take_line(text) != first_line) return {};
  auto line = take_line(text);
  if (!line.starts_with("uidvalidity ")) return {};
  line.remove_prefix(12);
  if (!take_number(line, r.uidvalidity) || !line.empty()) return {};
  line = take_line(text);
  if (!line.starts_with("mailbox ")) return {};
  r.mailbox = line.substr(8);
  while (!text.empty()) {
    line = take_line(text);
    std::uint32_t uid = 0;
    std::uint64_t octets = 0;
    if (!take_number(line, uid) || !line.starts_with(' ')) return {};
    line.remove_prefix(1);
    if (!take_number(line, octets) || !line.empty()) return {};
    r.odd_sizes[uid] = octets;
  }
  r.written_ = *all;
  return r;
}

// The mailbox's name is for people, and to tell two mailboxes apart: escaped, it is one line.
std::string mail_record::text() const {
  auto out = fmt::format("{}\nuidvalidity {}\nmailbox {}\n", first_line, uidvalidity, mailbox);
  for (const auto& [uid, octets] : odd_sizes) out += fmt::format("{} {}\n", uid, octets);
  return out;
}

bool mail_record::write(int fd) {
  auto now = text();
  if (now == written_) return true;
  const std::string name(file_name);
  const auto fresh = name + ".new";
  ::unlinkat(fd, fresh.c_str(), 0);
  constexpr mode_t file_mode = 0600;
  const int file = ::openat(fd, fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file_mode);
  if (file < 0) return false;
  const bool good = write_synchronised(file, now);
  if (::close(file) != 0 || !good || ::renameat(fd, fresh.c_str(), fd, name.c_str()) != 0) return false;
  (void)::fsync(fd);  // some file systems cannot
  written_ = std::move(now);
  return true;
}

}  // namespace imapxx::cli
