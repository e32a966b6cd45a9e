#include <imapxx/response.hpp>

#include "commands.hpp"
#include "json.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace imapxx::cli {
namespace {

// Remembers the octets that no response has claimed yet, to say where the input broke.
class pending_input {
 public:
  void add(std::string_view bytes) { bytes_ += bytes; }
  // The response just read, with the line end behind it.
  void consume(std::string_view raw) {
    const auto at = bytes_.find(raw, start_);
    if (at == std::string::npos) return;
    start_ = at + raw.size();
    if (start_ < bytes_.size() && bytes_[start_] == '\r') ++start_;
    if (start_ < bytes_.size() && bytes_[start_] == '\n') ++start_;
  }
  void trim() {
    dropped_ += start_;
    bytes_.erase(0, start_);
    start_ = 0;
  }
  [[nodiscard]] std::uint64_t offset() const noexcept { return dropped_ + start_; }
  [[nodiscard]] std::string_view rest() const noexcept { return std::string_view(bytes_).substr(start_); }

 private:
  std::string bytes_;
  std::size_t start_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace

exit_code run(const common_args&, const decode_args& args, output& out) {
  parse_options options;
  options.utf8 = args.utf8;
  response_reader reader(limits(), options);
  pending_input pending;
  response r;
  std::array<char, 65536> piece{};
  for (;;) {
    const auto n = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw local_error(std::string("standard input: ") + std::strerror(errno));
    if (n == 0) break;
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(n));
    reader.feed(bytes);
    pending.add(bytes);
    auto status = reader.next(r);
    for (; status == read_status::complete; status = reader.next(r)) {
      out.json_line(to_json(r));
      pending.consume(reader.raw());
    }
    if (status == read_status::invalid) {
      out.json_line(json_invalid(pending.offset(), reader.failure().message()));
      out.flush();
      return exit_code::protocol;
    }
    pending.trim();
    out.flush();  // a reader at the other end of a pipe sees each response as soon as it is complete
  }
  if (!reader.at_boundary()) {
    out.json_line(json_incomplete(pending.offset(), pending.rest()));
    out.flush();
    return exit_code::protocol;
  }
  return exit_code::ok;
}

}  // namespace imapxx::cli
