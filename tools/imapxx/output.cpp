#include "output.hpp"

#include <imapxx/display.hpp>

#include "exit_code.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace imapxx::cli {

void output::line(std::string_view untrusted) {
  trusted(escape_for_display(untrusted));
  trusted("\n");
}

void output::text(std::string_view untrusted) {
  if (terminal()) {
    trusted(escape_lines(untrusted));
  } else {
    trusted(untrusted);
  }
  if (untrusted.empty() || untrusted.back() != '\n') trusted("\n");
}

void output::json_line(std::string_view json) {
  trusted(json);
  trusted("\n");
}

void output::trusted(std::string_view text) {
  constexpr std::size_t enough = std::size_t{64} << 10U;
  pending_ += text;
  if (pending_.size() >= enough) flush();
}

void output::flush() {
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const auto n = ::write(fd_, rest.data(), rest.size());
    if (n > 0) {
      rest.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      // Whoever shares the terminal or the pipe has made it non-blocking.
      pollfd wait{fd_, POLLOUT, 0};
      if (::poll(&wait, 1, -1) >= 0 || errno == EINTR || errno == EAGAIN) continue;
    }
    const int why = errno;
    pending_.clear();
    if (why == EPIPE) throw reader_gone();
    throw local_error(std::string("standard output: ") + std::strerror(why));
  }
  pending_.clear();
}

}  // namespace imapxx::cli
