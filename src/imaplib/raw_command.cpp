#include "imaplib/raw_command.hpp"

namespace imapxx::inline v0::imaplib {
namespace {

constexpr answer every_answer = static_cast<answer>(0xFFFFFFFFU);
constexpr state_set every_state = states::any | state_set(session_state::logout);

}  // namespace

raw_command::raw_command(std::string name) : name_(std::move(name)), traits_(name_, every_state) {
  traits_.answered_by(every_answer).without_total_deadline();
}

raw_command& raw_command::text(std::string_view octets) {
  piece p;
  p.octets = octets;
  pieces_.push_back(std::move(p));
  return *this;
}

raw_command& raw_command::hidden(secret octets) {
  piece p;
  p.what = piece::kind::hidden;
  p.hidden = std::move(octets);
  pieces_.push_back(std::move(p));
  return *this;
}

raw_command& raw_command::literal(std::string octets) {
  piece p;
  p.what = piece::kind::literal;
  p.octets = std::move(octets);
  pieces_.push_back(std::move(p));
  return *this;
}

raw_command& raw_command::answer_with(dialogue d) {
  dialogue_ = std::move(d);
  return *this;
}

raw_command& raw_command::alone() {
  traits_.exclusive();
  return *this;
}

raw_command& raw_command::selects() {
  traits_.selects();
  return *this;
}

void raw_command::encode(wire::encoder& out) {
  out.raw(name_);
  for (const auto& p : pieces_) {
    switch (p.what) {
      case piece::kind::text: out.raw(p.octets); break;
      case piece::kind::hidden: out.begin_secret().raw(p.hidden.expose()).end_secret(); break;
      case piece::kind::literal: out.literal_as(p.octets, true); break;
    }
  }
}

result<std::optional<secret>> raw_command::on_continuation(std::string_view challenge) {
  if (!dialogue_) return std::optional<secret>();
  return dialogue_(challenge);
}

// NO and BAD are results here.
result<void> raw_command::on_complete(const status_response& s) {
  static_cast<void>(s);
  return {};
}

}  // namespace imapxx::inline v0::imaplib
