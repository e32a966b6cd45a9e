#include "threats/server_end.hpp"

#include "../testserver/src/command_line.hpp"

#include <utility>

namespace imapxx::threats {
namespace {

class nobody final : public server_side::client_io {
 public:
  bool read_line(std::string&) override { return false; }
  void flush(std::string&) override {}
  bool wait_for_event(bool&) override { return false; }
  bool start_tls() override { return false; }
  server_side::channel_binding binding() override { return {}; }
};

struct offline {
  offline() : store('/', 1), session(store, config, io) { config.capabilities = {"IMAP4rev1", "WITHIN", "CONDSTORE"}; }
  nobody io;
  server_side::server_config config;
  server_side::memory_store store;
  server_side::session session;
};

}  // namespace

server_side::session& offline_session() {
  static offline one;
  return one.session;
}

// Up to the first LF, as the server does; stricter than it in what may stand in front of it.
std::optional<std::string> server_end::cut_line() {
  const auto end = in_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = in_.substr(0, end);
  in_.erase(0, end + 1);
  if (line.empty() || line.back() != '\r') {
    wrong = "a line that does not end in CRLF";
  } else {
    line.pop_back();
    if (line.find_first_of(std::string_view("\r\0", 2)) != std::string::npos) wrong = "CR or NUL within a line";
  }
  return line;
}

std::string server_end::line() {
  in_ += hear_();
  auto got = cut_line();
  if (!got) wrong = "no line, or only a part of one";
  return std::move(got).value_or(std::string());
}

std::optional<server_end::command> server_end::next() {
  in_ += hear_();
  if (in_.empty()) return std::nullopt;
  command c;
  for (;;) {
    auto text = line();
    if (!wrong.empty()) return c;
    const auto literal = server_side::find_literal(text);
    if (literal) text.resize(literal->position);
    c.pieces.push_back({text, false, false});
    if (!literal) break;
    if (literal->synchronizing) {
      if (!in_.empty() && !recorded) wrong = "octets of a literal before the server consented";
      say_("+ OK\r\n");
    }
    in_ += hear_();
    if (in_.size() < literal->size) wrong = "fewer octets than were announced";
    if (!wrong.empty()) return c;
    c.pieces.push_back({in_.substr(0, static_cast<std::size_t>(literal->size)), true, literal->binary});
    in_.erase(0, static_cast<std::size_t>(literal->size));
  }
  c.arguments = server_side::arguments(c.pieces);
  try {
    c.head = server_side::read_head(c.arguments);
    if (!c.arguments.at_end()) c.arguments.space();
  } catch (const server_side::command_failure& f) {
    wrong = f.text;
  }
  return c;
}

std::string server_end::left_over() {
  in_ += hear_();
  return std::exchange(in_, {});
}

}  // namespace imapxx::threats
