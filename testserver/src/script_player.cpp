#include "script_player.hpp"

#include <sys/socket.h>

#include <cstdlib>

namespace imapxx::testserver {

script& script::add(action what, std::string text) {
  steps_.emplace_back(what, std::move(text));
  return *this;
}

script& script::pause(std::chrono::milliseconds time) { return add(action::pause, std::to_string(time.count())); }

script& script::exchange(std::string command, std::string untagged) {
  return expect_command(std::move(command)).send(std::move(untagged) + "$tag OK done\r\n");
}

namespace detail {

script_player::script_player(script steps, unique_fd fd, bool implicit_tls, ssl_ctx_st* context)
    : script_(std::move(steps)), transport_(std::move(fd), -1), implicit_tls_(implicit_tls), context_(context) {}

void script_player::run() {
  bool good = !implicit_tls_ || transport_.start_tls(context_);
  if (!good) mismatch("a TLS handshake", "none");
  for (const auto& step : script_.steps())
    if (!good || !(good = play(step))) break;
  transport_.close();
  std::lock_guard guard(mutex_);
  finished_ = true;
}

void script_player::shut_down() { ::shutdown(transport_.fd(), SHUT_RDWR); }

bool script_player::finished() const {
  std::lock_guard guard(mutex_);
  return finished_;
}

std::string script_player::received() const {
  std::lock_guard guard(mutex_);
  return received_;
}

std::vector<std::string> script_player::errors() const {
  std::lock_guard guard(mutex_);
  return errors_;
}

bool script_player::mismatch(const std::string& expected, const std::string& got) {
  std::lock_guard guard(mutex_);
  errors_.push_back("expected " + expected + ", got " + got);
  return false;
}

bool script_player::fill() {
  std::string more;
  if (transport_.receive(more, false) != transport::result::data) return false;
  in_ += more;
  std::lock_guard guard(mutex_);
  received_ += more;
  return true;
}

bool script_player::take_line(std::string& line) {
  auto lf = in_.find('\n');
  while (lf == std::string::npos) {
    if (!fill()) return false;
    lf = in_.find('\n');
  }
  line = in_.substr(0, lf);
  in_.erase(0, lf + 1);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

bool script_player::take_octets(std::size_t n, std::string& octets) {
  while (in_.size() < n)
    if (!fill()) return false;
  octets = in_.substr(0, n);
  in_.erase(0, n);
  return true;
}

bool script_player::expect_command(const std::string& wanted) {
  std::string line;
  if (!take_line(line)) return mismatch('"' + wanted + '"', "end of stream");
  auto space = line.find(' ');
  if (space == std::string::npos || line.substr(space + 1) != wanted)
    return mismatch("\"" + wanted + "\" behind a tag", '"' + line + '"');
  tag_ = line.substr(0, space);
  return true;
}

bool script_player::send(std::string raw) {
  for (auto pos = raw.find("$tag"); pos != std::string::npos; pos = raw.find("$tag", pos + tag_.size()))
    raw.replace(pos, 4, tag_);
  return transport_.send(raw);
}

bool script_player::play(const std::pair<script::action, std::string>& step) {
  using action = script::action;
  const auto& [what, text] = step;
  std::string got;
  switch (what) {
    case action::send: return send(text);
    case action::line:
      if (!take_line(got)) return mismatch('"' + text + '"', "end of stream");
      return got == text || mismatch('"' + text + '"', '"' + got + '"');
    case action::command: return expect_command(text);
    case action::any_line: return take_line(got) || mismatch("a line", "end of stream");
    case action::octets:
      if (!take_octets(text.size(), got)) return mismatch(std::to_string(text.size()) + " octets", "end of stream");
      return got == text || mismatch('"' + text + '"', '"' + got + '"');
    case action::start_tls: return transport_.start_tls(context_) || mismatch("a TLS handshake", "none");
    case action::pause: return transport_.pause(std::chrono::milliseconds(std::strtol(text.c_str(), nullptr, 10)));
    case action::close: return false;
    case action::stall: break;
  }
  while (fill()) in_.clear();
  return false;
}

}  // namespace detail

}  // namespace imapxx::testserver
