#include <imapxx/testserver/faults.hpp>

#include "fault_filter.hpp"
#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver {

command_rule::command_rule(std::string command) : command_(std::move(command)) {}

command_rule& command_rule::set(action what, std::string raw) {
  action_ = what;
  raw_ = std::move(raw);
  return *this;
}

command_rule& command_rule::send_before(std::string raw) { return set(action::before, std::move(raw)); }

command_rule& command_rule::send_instead(std::string raw) { return set(action::instead, std::move(raw)); }

command_rule& command_rule::send_after(std::string raw) { return set(action::after, std::move(raw)); }

command_rule& command_rule::drop() { return set(action::drop, {}); }

command_rule& command_rule::stall() { return set(action::stall, {}); }

command_rule& command_rule::times(unsigned n) {
  limit_ = n;
  return *this;
}

command_rule& command_rule::skip(unsigned n) {
  skip_ = n;
  return *this;
}

faults& faults::delay(std::chrono::milliseconds time) {
  delay_ = time;
  return *this;
}

faults& faults::split(std::size_t n) {
  split_ = n;
  return *this;
}

faults& faults::cut_after(std::uint64_t n) {
  cut_after_ = n;
  return *this;
}

faults& faults::stall_after(std::uint64_t n) {
  stall_after_ = n;
  return *this;
}

faults& faults::drop_at_command(unsigned k) {
  drop_at_ = k;
  return *this;
}

faults& faults::lie_about_literals(int difference) {
  literal_difference_ = difference;
  return *this;
}

faults& faults::replace(std::string from, std::string to) {
  replacements_.emplace_back(std::move(from), std::move(to));
  return *this;
}

faults& faults::greeting(std::string raw) {
  greeting_ = std::move(raw);
  has_greeting_ = true;
  return *this;
}

faults& faults::after_starttls(std::string raw) {
  after_starttls_ = std::move(raw);
  return *this;
}

faults& faults::add(command_rule rule) {
  rules_.push_back(std::move(rule));
  return *this;
}

namespace detail {

namespace {

/// Adds to each announced literal size; `data` starts between responses.
std::string change_literal_sizes(std::string_view data, int difference) {
  std::string out;
  while (!data.empty()) {
    auto end = data.find("\r\n");
    if (end == std::string_view::npos) return out.append(data);
    auto line = data.substr(0, end);
    data.remove_prefix(end + 2);
    auto open = line.rfind('{');
    auto size = open == std::string_view::npos || line.back() != '}'
                    ? std::nullopt
                    : parse_number(line.substr(open + 1, line.size() - open - 2));
    if (!size) {
      out.append(line).append("\r\n");
      continue;
    }
    auto lie = std::max<std::int64_t>(0, static_cast<std::int64_t>(*size) + difference);
    out.append(line.substr(0, open)).append("{" + std::to_string(lie) + "}\r\n");
    out.append(data.substr(0, *size));
    data.remove_prefix(std::min<std::size_t>(*size, data.size()));
  }
  return out;
}

}  // namespace

std::string fault_filter::rewrite(std::string_view data) const {
  std::string out =
      plan_.literal_difference() == 0 ? std::string(data) : change_literal_sizes(data, plan_.literal_difference());
  for (const auto& [from, to] : plan_.replacements())
    for (auto pos = out.find(from); !from.empty() && pos != std::string::npos; pos = out.find(from, pos + to.size()))
      out.replace(pos, from.size(), to);
  return out;
}

fault_filter::result fault_filter::write(transport& to, std::string_view data,
                                         const std::function<void(std::string_view)>& sent) {
  while (!data.empty()) {
    if (total_ >= plan_.cut_after()) return result::cut;
    if (total_ >= plan_.stall_after()) return result::stalled;
    auto n = plan_.split() == 0 ? data.size() : std::min(plan_.split(), data.size());
    n = std::min<std::uint64_t>(n, std::min(plan_.cut_after(), plan_.stall_after()) - total_);
    if (plan_.delay().count() > 0 && !to.pause(plan_.delay())) return result::cut;
    auto part = data.substr(0, n);
    sent(part);
    if (!to.send(part)) return result::cut;
    total_ += n;
    data.remove_prefix(n);
  }
  return total_ >= plan_.cut_after() ? result::cut : result::sent;
}

const command_rule* fault_filter::match(const std::string& command) {
  for (std::size_t i = 0; i < used_.size(); ++i) {
    const command_rule& rule = plan_.rules()[i];
    if (rule.command() != "*" && !iequals(rule.command(), command)) continue;
    use& u = used_[i];
    if (u.seen++ < rule.skipped() || u.applied >= rule.limit()) continue;
    ++u.applied;
    return &rule;
  }
  return nullptr;
}

}  // namespace detail

}  // namespace imapxx::testserver
