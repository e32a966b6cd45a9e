#include "support/core/recordings.hpp"

#include "support/paths.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>

namespace imapxx::test {
namespace {

namespace fs = std::filesystem;
using kind = session_event::kind;

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char c = text[++i];
      out += c == 'r' ? '\r' : c == 'n' ? '\n' : c;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<recorded_piece> load(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::vector<recorded_piece> all;
  for (std::string line; std::getline(in, line);) {
    if (line.size() < 3) continue;
    all.push_back({line.starts_with("S: "), unescaped(std::string_view(line).substr(3))});
  }
  return all;
}

}  // namespace

std::string recording::sent() const {
  std::string all;
  for (const auto& p : pieces) all += p.from_server ? std::string() : p.octets;
  return all;
}

std::string escape_recorded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out;
}

const char* recorded_box(std::string_view server) {
  return server.starts_with("courier") ? "INBOX.recorded" : "recorded";
}

const std::vector<recording>& recordings() {
  static const std::vector<recording> all = [] {
    std::vector<recording> found;
    for (const auto& entry : fs::directory_iterator(fixture_dir() / "sessions")) {
      const auto stem = entry.path().stem().string();
      const std::string box = recorded_box(stem);
      for (auto& s : recorded_scenarios(box)) {
        if (!stem.ends_with(std::string("-") + s.name)) continue;
        recording r{entry.path(), s, box, load(entry.path()), 0};
        for (const auto& p : r.pieces) r.server_octets += p.from_server ? p.octets.size() : 0;
        found.push_back(std::move(r));
      }
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
    return found;
  }();
  return all;
}

std::vector<std::function<std::unique_ptr<command>()>> recorded_commands(const recorded_scenario& s,
                                                                         const std::string& box) {
  std::vector<std::function<std::unique_ptr<command>()>> all = {[]() -> std::unique_ptr<command> {
    auto l = std::make_unique<login>("user4", secret("pass"));
    l->allow_plaintext();
    return l;
  }};
  if (s.selects) {
    all.emplace_back([box]() -> std::unique_ptr<command> { return std::make_unique<select>(mailbox_name(box)); });
  }
  all.insert(all.end(), s.commands.begin(), s.commands.end());
  return all;
}

recorded_client::recorded_client(const recorded_scenario& s, const std::string& box)
    : commands_(recorded_commands(s, box)), protocol_([] {
        session_options o;
        o.first_tag(1);
        return o;
      }()) {}

void recorded_client::feed(std::string_view octets) {
  while (!octets.empty()) {
    auto room = protocol_.input_buffer();
    const auto n = std::min(room.size(), octets.size());
    std::memcpy(room.data(), octets.data(), n);
    protocol_.input_received(n);
    octets.remove_prefix(n);
    collect();
  }
}

void recorded_client::collect() {
  for (auto e = protocol_.next(); e.what != kind::none; e = protocol_.next()) {
    if (e.what == kind::greeting) submit_next();
    if (e.what == kind::completed) {
      ++completed_;
      last_failure_ = e.failure;
      if (e.failure && e.failure.code() != errc::no) first_error_ = first_error_ ? first_error_ : e.failure;
      if (!protocol_.closed()) submit_next();
    }
    if (e.what == kind::closed) ++closed_;
  }
}

std::string recorded_client::take_output() {
  std::string out;
  for (auto piece = protocol_.output(); !piece.empty(); piece = protocol_.output()) {
    out += piece;
    protocol_.output_sent(piece.size());
    collect();
  }
  return out;
}

void recorded_client::submit_next() {
  if (next_ == total()) return;
  if (protocol_.submit(commands_[next_++]())) ++submitted_;
}

std::string play(const recording& r, recorded_client& c, std::size_t cut, std::size_t chunk,
                 const std::function<void(const std::string&)>& waits) {
  std::string sent;
  std::size_t expected = 0, played = 0;
  for (const auto& p : r.pieces) {
    if (!p.from_server) {
      expected += p.octets.size();
      continue;
    }
    sent += c.take_output();
    if (sent.size() < expected && played < cut && !c.protocol().closed()) {
      if (waits) waits(sent);
      return sent;
    }
    for (std::size_t at = 0; at < p.octets.size() && played < cut;) {
      const auto n = std::min({chunk, p.octets.size() - at, cut - played});
      c.feed(std::string_view(p.octets).substr(at, n));
      at += n;
      played += n;
    }
    if (played == cut) break;
  }
  sent += c.take_output();
  return sent;
}

}  // namespace imapxx::test
