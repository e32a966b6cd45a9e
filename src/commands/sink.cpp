#include <imapxx/command.hpp>
#include <imapxx/sink.hpp>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <limits>
#include <ostream>
#include <utility>

namespace imapxx::inline v0 {
namespace {

error write_failed(int error_number) {
  return error(errc::io, "a message body could not be written").set_system_error(error_number).set_fatal(false);
}

class fd_sink final : public body_sink {
 public:
  explicit fd_sink(int fd) noexcept : fd_(fd) {}

  result<void> write(std::string_view octets) override {
    while (!octets.empty()) {
      const auto n = ::write(fd_, octets.data(), octets.size());
      if (n >= 0) {
        octets.remove_prefix(static_cast<std::size_t>(n));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        pollfd wait{fd_, POLLOUT, 0};
        if (::poll(&wait, 1, -1) < 0 && errno != EINTR && errno != EAGAIN) return write_failed(errno);
      } else if (errno != EINTR) {
        return write_failed(errno);
      }
    }
    return {};
  }

 private:
  int fd_;
};

class stream_sink final : public body_sink {
 public:
  explicit stream_sink(std::ostream& out) noexcept : out_(out) {}

  result<void> write(std::string_view octets) override {
    try {
      constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::streamsize>::max());
      while (!octets.empty() && out_.good()) {
        const auto n = std::min(octets.size(), most);
        out_.write(octets.data(), static_cast<std::streamsize>(n));
        octets.remove_prefix(n);
      }
    } catch (const std::ios_base::failure&) {  // the stream's owner may have switched its exceptions on
      return error(errc::io, "a stream refused a message body").set_fatal(false);
    }
    if (!out_.good()) return error(errc::io, "a stream refused a message body").set_fatal(false);
    return {};
  }

 private:
  std::ostream& out_;
};

class function_sink final : public body_sink {
 public:
  explicit function_sink(std::function<bool(const body_info&, std::string_view)> piece) : piece_(std::move(piece)) {}

  result<void> begin(const body_info& info) override {
    info_ = info;
    return {};
  }
  result<void> write(std::string_view octets) override {
    if (piece_ && piece_(info_, octets)) return {};
    return error(errc::aborted_by_caller, "the body's receiver refused to go on").set_fatal(false);
  }

 private:
  std::function<bool(const body_info&, std::string_view)> piece_;
  body_info info_;
};

}  // namespace

body_sink::~body_sink() = default;

result<void> body_sink::begin(const body_info&) { return {}; }

result<void> body_sink::end(const body_info&) { return {}; }

std::shared_ptr<body_sink> sink_to_fd(int fd) { return std::make_shared<fd_sink>(fd); }

std::shared_ptr<body_sink> sink_to_stream(std::ostream& out) { return std::make_shared<stream_sink>(out); }

std::shared_ptr<body_sink> sink_to(std::function<bool(const body_info&, std::string_view)> piece) {
  return std::make_shared<function_sink>(std::move(piece));
}

}  // namespace imapxx::inline v0
