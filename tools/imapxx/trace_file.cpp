#include "trace_file.hpp"

#include "exit_code.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

namespace imapxx::cli {
namespace {

using source = trace_record::source;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Octets of the trace as records. Only `{n}` CRLF announces a literal: a record ends with a bare LF.
class reader {
 public:
  reader(std::string_view all, const std::string& file) : all_(all), file_(file) {}

  std::vector<trace_record> run() {
    std::vector<trace_record> records;
    while (at_ < all_.size()) {
      if (all_[at_] == '#' || all_[at_] == '\n' || all_[at_] == '\r') {
        (void)line();
        continue;
      }
      auto r = head();
      if (!text(r)) break;
      records.push_back(std::move(r));
    }
    return records;
  }

 private:
  // With its line end.
  std::string_view line() {
    const auto end = all_.find('\n', at_);
    const auto found = all_.substr(at_, end == std::string_view::npos ? end : end - at_ + 1);
    at_ += found.size();
    ++line_;
    return found;
  }
  trace_record head() {
    trace_record r;
    r.line = line_;
    auto rest = all_.substr(at_);
    std::size_t n = 0;
    while (n < rest.size() && (is_digit(rest[n]) || rest[n] == ':' || rest[n] == '.' || rest[n] == '+')) ++n;
    if (n != 0 && n < rest.size() && rest[n] == ' ') {
      r.time = rest.substr(0, n);
      rest.remove_prefix(n + 1);
    }
    if (rest.starts_with("C: ")) {
      r.from = source::client;
    } else if (rest.starts_with("S: ")) {
      r.from = source::server;
    } else if (!rest.starts_with("-- ")) {
      throw local_error(fmt::format("{}, line {}: not a line of a trace", file_, line_),
                        "lines begin with C:, S: or --, perhaps behind a time; --trace FILE records them");
    }
    at_ = all_.size() - rest.size() + 3;
    return r;
  }
  // \return false when the file ends inside the record
  bool text(trace_record& r) {
    for (;;) {
      auto piece = line();
      if (!piece.ends_with('\n')) return false;
      if (!piece.ends_with("\r\n")) {
        piece.remove_suffix(1);
        r.text += piece;
        return true;
      }
      recorded_literal literal;
      if (!ends_in_literal(piece.substr(0, piece.size() - 2), literal)) {
        r.text += piece.substr(0, piece.size() - 2);  // a trace whose line ends were made CRLF
        return true;
      }
      r.text += piece;
      if (!literal.elided && !octets(r, literal.size)) return false;
    }
  }
  bool octets(trace_record& r, std::uint64_t size) {
    auto rest = all_.substr(at_);
    const auto mark = elided_octets(size);
    if (r.from == source::client && rest.starts_with(mark)) {
      rest = rest.substr(0, mark.size());
    } else if (rest.size() < size) {
      return false;
    } else {
      rest = rest.substr(0, static_cast<std::size_t>(size));
    }
    for (const char c : rest) line_ += c == '\n' ? 1U : 0U;
    r.text += rest;
    at_ += rest.size();
    return true;
  }

  std::string_view all_;
  const std::string& file_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

bool ends_in_literal(std::string_view text, recorded_literal& found) noexcept {
  if (!text.ends_with('}')) return false;
  const auto open = text.rfind('{');
  if (open == std::string_view::npos) return false;
  auto inside = text.substr(open + 1, text.size() - open - 2);
  found.elided = inside.ends_with('!');
  if (inside.ends_with('!') || inside.ends_with('+')) inside.remove_suffix(1);
  const auto* end = inside.data() + inside.size();
  const auto read = std::from_chars(inside.data(), end, found.size);
  return !inside.empty() && read.ec == std::errc() && read.ptr == end;
}

std::string elided_octets(std::uint64_t size) { return fmt::format("<{} octets>", size); }

std::vector<trace_record> read_trace(std::string_view octets, const std::string& file) {
  return reader(octets, file).run();
}

std::string to_line(const trace_record& r) {
  const char* who = r.from == source::client ? "C: " : (r.from == source::server ? "S: " : "-- ");
  return r.time + (r.time.empty() ? "" : " ") + who + r.text + "\n";
}

std::string read_whole(const std::string& file) {
  const bool standard = file.empty() || file == "-";
  const int fd = standard ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw local_error(file + ": " + std::strerror(errno));
  std::string all;
  std::array<char, 65536> piece{};
  for (;;) {
    const auto n = ::read(fd, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    const int why = errno;
    if (n <= 0) ::close(fd);
    if (n < 0) throw local_error((standard ? "standard input" : file) + ": " + std::strerror(why));
    if (n == 0) return all;
    all.append(piece.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace imapxx::cli
