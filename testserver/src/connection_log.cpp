#include "connection.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

void connection_log::add(bool from_client, std::string_view data) {
  std::lock_guard guard(mutex_);
  data = data.substr(0, limit_ - std::min(limit_, size_));
  if (data.empty()) return;
  size_ += data.size();
  if (!chunks_.empty() && chunks_.back().from_client == from_client)
    chunks_.back().data += data;
  else
    chunks_.push_back({from_client, std::string(data)});
}

void connection_log::set_login(std::string text) {
  std::lock_guard guard(mutex_);
  login_ = std::move(text);
}

std::string connection_log::login() const {
  std::lock_guard guard(mutex_);
  return login_;
}

std::vector<std::string> connection_log::lines() const {
  std::lock_guard guard(mutex_);
  std::vector<std::string> result;
  // Lines of both directions are put together apart, for a line may arrive in several pieces.
  std::string partial[2];
  for (const chunk& c : chunks_) {
    std::string& line = partial[c.from_client ? 1 : 0];
    for (char ch : c.data) {
      if (ch != '\n') {
        line.push_back(ch);
        continue;
      }
      if (!line.empty() && line.back() == '\r') line.pop_back();
      result.push_back((c.from_client ? "C: " : "S: ") + line);
      line.clear();
    }
  }
  for (bool from_client : {true, false})
    if (!partial[from_client ? 1 : 0].empty())
      result.push_back((from_client ? "C: " : "S: ") + partial[from_client ? 1 : 0]);
  return result;
}

std::string connection_log::bytes(bool from_client) const {
  std::lock_guard guard(mutex_);
  std::string result;
  for (const chunk& c : chunks_)
    if (c.from_client == from_client) result += c.data;
  return result;
}

}  // namespace imapxx::testserver::detail
