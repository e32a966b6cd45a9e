#include "raw_client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

raw_client::~raw_client() {
  if (fd_ >= 0) ::close(fd_);
}

void raw_client::send(std::string_view raw) const {
  while (!raw.empty()) {
    auto n = ::send(fd_, raw.data(), raw.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    raw.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool raw_client::fill() {
  std::array<char, 4096> buffer;
  pollfd p = {fd_, POLLIN, 0};
  constexpr int patience_ms = 10000;
  if (::poll(&p, 1, patience_ms) <= 0) return false;
  auto n = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (n <= 0) return false;
  in_.append(buffer.data(), static_cast<std::size_t>(n));
  return true;
}

std::string raw_client::response() {
  std::string out;
  for (;;) {
    auto end = in_.find("\r\n");
    while (end == std::string::npos) {
      if (!fill()) return "<closed>";
      end = in_.find("\r\n");
    }
    out += in_.substr(0, end);
    in_.erase(0, end + 2);
    auto open = out.rfind('{');
    if (out.empty() || out.back() != '}' || open == std::string::npos) return out;
    auto size = static_cast<std::size_t>(std::strtoul(out.c_str() + open + 1, nullptr, 10));
    while (in_.size() < size)
      if (!fill()) return "<closed>";
    out += "\r\n" + in_.substr(0, size);
    in_.erase(0, size);
  }
}

std::vector<std::string> raw_client::command(std::string_view text) {
  std::string tag("t");
  tag += std::to_string(++tag_);
  send(tag + ' ' + std::string(text) + "\r\n");
  std::vector<std::string> all;
  for (;;) {
    all.push_back(response());
    if (all.back() == "<closed>" || all.back().rfind(tag + ' ', 0) == 0) return all;
    if (all.back().rfind("+", 0) == 0) return all;
  }
}

std::vector<std::string> raw_client::data(std::string_view text) {
  auto all = command(text);
  if (all.back().find(" OK") == std::string::npos) return {"failed: " + all.back()};
  all.pop_back();
  return all;
}

std::string raw_client::status(std::string_view text) {
  auto last = command(text).back();
  auto space = last.find(' ');
  return last[0] == 't' && space != std::string::npos ? last.substr(space + 1) : last;
}

std::string raw_client::rest() {
  while (fill()) {
  }
  return std::move(in_);
}

bool raw_client::quiet() const {
  pollfd p = {fd_, POLLIN, 0};
  constexpr int a_moment_ms = 30;
  return in_.empty() && ::poll(&p, 1, a_moment_ms) == 0;
}

void raw_client::shut_write() const { ::shutdown(fd_, SHUT_WR); }

imapxx::testserver::server_options plain_options() {
  imapxx::testserver::server_options options;
  options.user("user1", "pass").user("user2", "pass");
  return options;
}

raw_client logged_in(imapxx::testserver::server& to) {
  raw_client client(to);
  client.response();
  client.command("LOGIN user1 pass");
  return client;
}

raw_client selected(imapxx::testserver::server& to) {
  auto client = logged_in(to);
  client.command("SELECT INBOX");
  return client;
}
