#include <imapxx/commands/append.hpp>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <istream>
#include <limits>
#include <utility>
#include <vector>

namespace imapxx::inline v0 {
namespace {

// Octets read at a time where the caller's buffer cannot be used.
constexpr std::size_t piece = std::size_t{32} << 10U;

error read_failed(int error_number) {
  return error(errc::io, "the message could not be read").set_system_error(error_number);
}
error too_short() { return error(errc::aborted_by_caller, "the message ends before its announced size"); }
error too_long() { return error(errc::aborted_by_caller, "the message goes on behind its announced size"); }

/// Makes CRLF of LF, across the borders of pieces.
class line_end_filter {
 public:
  /// How many octets `in` would become.
  std::uint64_t count(std::string_view in) noexcept {
    std::uint64_t n = in.size();
    for (char c : in) {
      if (c == '\n' && last_ != '\r') ++n;
      last_ = c;
    }
    return n;
  }
  /// `out` must have room for twice the octets of `in`.
  std::size_t convert(std::string_view in, char* out) noexcept {
    char* at = out;
    for (char c : in) {
      if (c == '\n' && last_ != '\r') *at++ = '\r';
      *at++ = c;
      last_ = c;
    }
    return static_cast<std::size_t>(at - out);
  }

 private:
  char last_ = '\0';
};

/// What the sources share: counting, and line ends when they are to be made.
class sized_source : public literal_source {
 public:
  sized_source(std::uint64_t size, line_ends ends) : size_(size), left_(size), ends_(ends) {}

  [[nodiscard]] std::uint64_t size() const final { return size_; }

  bool rewind() final {
    if (!go_back()) return false;
    left_ = size_;
    filter_ = line_end_filter();
    converted_.clear();
    at_ = 0;
    return true;
  }

  result<std::size_t> read(std::span<char> out) final {
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left_));
    if (room == 0) return std::size_t{0};
    auto got = ends_ == line_ends::keep ? read_raw(out.first(room)) : read_converted(out.first(room));
    if (!got) return got;
    if (*got == 0) return too_short();
    left_ -= *got;
    if (left_ == 0 && at_ == converted_.size()) {
      // Found before the last octets are handed out, so that the server never gets a message that was cut off.
      auto more = has_more();
      if (!more) return more.error();
      if (*more) return too_long();
    } else if (left_ == 0) {
      return too_long();
    }
    return got;
  }

 protected:
  /// 0: the end.
  virtual result<std::size_t> read_raw(std::span<char> out) = 0;
  /// Whether octets are left, as far as that can be said without waiting.
  virtual result<bool> has_more() = 0;
  /// To where it began; false where that is not possible.
  virtual bool go_back() = 0;

 private:
  result<std::size_t> read_converted(std::span<char> out) {
    if (at_ == converted_.size()) {
      raw_.resize(piece);
      auto got = read_raw(raw_);
      if (!got || *got == 0) return got;
      converted_.resize(2 * *got);
      converted_.resize(filter_.convert({raw_.data(), *got}, converted_.data()));
      at_ = 0;
    }
    const auto n = std::min(out.size(), converted_.size() - at_);
    std::memcpy(out.data(), converted_.data() + at_, n);
    at_ += n;
    return n;
  }

  std::uint64_t size_;
  std::uint64_t left_;
  line_ends ends_;
  line_end_filter filter_;
  std::vector<char> raw_, converted_;
  std::size_t at_ = 0;
};

class string_source final : public literal_source {
 public:
  explicit string_source(std::string octets) : octets_(std::move(octets)) {}
  [[nodiscard]] std::uint64_t size() const override { return octets_.size(); }
  bool rewind() override {
    at_ = 0;
    return true;
  }
  result<std::size_t> read(std::span<char> out) override {
    const auto n = std::min(out.size(), octets_.size() - at_);
    std::memcpy(out.data(), octets_.data() + at_, n);
    at_ += n;
    return n;
  }

 private:
  std::string octets_;
  std::size_t at_ = 0;
};

result<std::size_t> read_fd(int fd, std::span<char> out) {
  while (true) {
    const auto n = ::read(fd, out.data(), out.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd wait{fd, POLLIN, 0};
      if (::poll(&wait, 1, -1) < 0 && errno != EINTR) return read_failed(errno);
    } else if (errno != EINTR) {
      return read_failed(errno);
    }
  }
}

class fd_source final : public sized_source {
 public:
  fd_source(int fd, std::uint64_t size, line_ends ends)
      : sized_source(size, ends), fd_(fd), start_(::lseek(fd, 0, SEEK_CUR)) {}

 protected:
  result<std::size_t> read_raw(std::span<char> out) override { return read_fd(fd_, out); }
  result<bool> has_more() override {
    pollfd ready{fd_, POLLIN, 0};
    if (::poll(&ready, 1, 0) <= 0 || (ready.revents & POLLIN) == 0) return false;
    char extra = 0;
    auto got = read_fd(fd_, {&extra, 1});
    if (!got) return got.error();
    return *got != 0;
  }
  bool go_back() override { return start_ >= 0 && ::lseek(fd_, start_, SEEK_SET) >= 0; }

 private:
  int fd_;
  off_t start_;  // -1: not a file
};

class stream_source final : public sized_source {
 public:
  stream_source(std::istream& in, std::uint64_t size, line_ends ends)
      : sized_source(size, ends), in_(in), start_(position(in)) {}

 protected:
  result<std::size_t> read_raw(std::span<char> out) override {
    try {
      constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::streamsize>::max());
      in_.read(out.data(), static_cast<std::streamsize>(std::min(out.size(), most)));
    } catch (const std::ios_base::failure&) {  // the stream's owner may have switched its exceptions on
      if (!in_.eof()) return read_failed(0);
    }
    if (in_.bad()) return read_failed(0);
    return static_cast<std::size_t>(in_.gcount());
  }
  result<bool> has_more() override {
    try {
      return in_.good() && in_.peek() != std::istream::traits_type::eof();
    } catch (const std::ios_base::failure&) {
      return false;
    }
  }
  bool go_back() override {
    if (start_ == std::istream::pos_type(-1)) return false;
    try {
      in_.clear();
      return static_cast<bool>(in_.seekg(start_));
    } catch (const std::ios_base::failure&) {
      return false;
    }
  }

 private:
  static std::istream::pos_type position(std::istream& in) {
    try {
      return in.tellg();
    } catch (const std::ios_base::failure&) {
      return {-1};
    }
  }
  std::istream& in_;
  std::istream::pos_type start_;
};

error cannot_position(int error_number) {
  return error(errc::invalid_argument, "the source of the message is no file that can be positioned")
      .set_system_error(error_number);
}

}  // namespace

std::shared_ptr<literal_source> source_from_string(std::string octets, line_ends ends) {
  if (ends == line_ends::to_crlf) {
    line_end_filter counting;
    const auto size = static_cast<std::size_t>(counting.count(octets));
    if (size != octets.size()) {
      std::string with_crlf(2 * octets.size(), '\0');
      with_crlf.resize(line_end_filter().convert(octets, with_crlf.data()));
      octets = std::move(with_crlf);
    }
  }
  return std::make_shared<string_source>(std::move(octets));
}

std::shared_ptr<literal_source> source_from_fd(int fd, std::uint64_t size) {
  return std::make_shared<fd_source>(fd, size, line_ends::keep);
}

std::shared_ptr<literal_source> source_from_stream(std::istream& in, std::uint64_t size) {
  return std::make_shared<stream_source>(in, size, line_ends::keep);
}

result<std::shared_ptr<literal_source>> source_from_file(int fd, line_ends ends) {
  struct stat facts{};
  if (::fstat(fd, &facts) != 0) return read_failed(errno).set_fatal(false);
  const auto start = ::lseek(fd, 0, SEEK_CUR);
  if (start < 0 || !S_ISREG(facts.st_mode)) return cannot_position(start < 0 ? errno : 0);
  std::uint64_t size = facts.st_size > start ? static_cast<std::uint64_t>(facts.st_size - start) : 0;
  if (ends == line_ends::to_crlf) {
    line_end_filter counting;
    std::vector<char> buffer(piece);
    size = 0;
    while (true) {
      auto got = read_fd(fd, buffer);
      if (!got) return got.error().set_fatal(false);
      if (*got == 0) break;
      size += counting.count({buffer.data(), *got});
    }
    if (::lseek(fd, start, SEEK_SET) < 0) return cannot_position(errno);
  }
  return std::shared_ptr<literal_source>(std::make_shared<fd_source>(fd, size, ends));
}

result<std::shared_ptr<literal_source>> source_from_seekable(std::istream& in, line_ends ends) {
  try {
    const auto start = in.tellg();
    if (start == std::istream::pos_type(-1)) return cannot_position(0);
    line_end_filter counting;
    std::vector<char> buffer(piece);
    std::uint64_t size = 0;
    while (in.good()) {
      in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      const std::string_view got(buffer.data(), static_cast<std::size_t>(in.gcount()));
      size += ends == line_ends::to_crlf ? counting.count(got) : got.size();
    }
    if (in.bad()) return read_failed(0).set_fatal(false);
    in.clear();
    if (!in.seekg(start)) return cannot_position(0);
    return std::shared_ptr<literal_source>(std::make_shared<stream_source>(in, size, ends));
  } catch (const std::ios_base::failure&) {  // the stream's owner may have switched its exceptions on
    return cannot_position(0);
  }
}

}  // namespace imapxx::inline v0
