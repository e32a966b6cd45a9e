#include "commands/support.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

namespace imapxx::inline v0::commands {
namespace {

// Calls `f` with what the two kinds of set share.
template <class F>
auto with_ranges(const message_set& set, F f) {
  return std::visit([&](const auto& s) { return f(static_cast<const imapxx::v0::detail::number_ranges&>(s)); }, set);
}

}  // namespace

bool offers(const capability_set& have, std::string_view alternatives) noexcept {
  while (!alternatives.empty()) {
    const auto bar = alternatives.find('|');
    const auto name = alternatives.substr(0, bar);
    if (have.contains(name) || (name == "IMAP4rev2" && have.imap4rev2())) return true;
    if (bar == std::string_view::npos) break;
    alternatives.remove_prefix(bar + 1);
  }
  return false;
}

result<void> require(const session_info& info, std::string_view alternatives, std::string_view what) {
  if (offers(info.capabilities, alternatives)) return {};
  std::string message(what);
  message += " needs a server with ";
  for (char c : alternatives) {
    if (c == '|') {
      message += " or ";
    } else {
      message += c;
    }
  }
  return error(errc::capability_required, message);
}

result<void> check_name(const mailbox_name& name) {
  if (name.empty()) return error(errc::invalid_argument, "a mailbox name is empty");
  if (!name.is_valid()) return error(errc::invalid_argument, "a mailbox name holds CR, LF, NUL or invalid UTF-8");
  return {};
}

result<void> check_flags(const flag_list& flags) {
  for (const auto& f : flags) {
    if (!f.is_valid()) return error(errc::invalid_argument, "a flag is no atom");
    if (f == flag(flags::recent)) return error(errc::invalid_argument, "\\Recent is the server's to set");
  }
  return {};
}

result<void> check_set(const message_set& set) {
  if (with_ranges(set, [](const auto& s) { return s.empty(); })) {
    return error(errc::invalid_argument, "a set of messages is empty");
  }
  return {};
}

void encode_set(wire::encoder& out, const message_set& set) {
  std::visit([&](const auto& s) { out.set(s); }, set);
}

bool asks_for(const message_set& set, std::uint32_t number) noexcept {
  return with_ranges(set, [number](const auto& s) noexcept {
    if (s.contains(number)) return true;
    // `*` alone: whatever is last. It cannot lie below what was asked for besides.
    const auto ranges = s.ranges();
    if (ranges.empty() || ranges.back().first != number_set_star) return false;
    return ranges.size() == 1 || number > ranges[ranges.size() - 2].last;
  });
}

std::vector<message_set> split_set(const message_set& set, std::size_t line_octets, std::size_t most) {
  // "4294967295:4294967295,"
  constexpr std::size_t longest_range = 22;
  const auto divide = [&](const auto& whole) {
    using set_type = std::decay_t<decltype(whole)>;
    std::vector<message_set> parts;
    const auto others = line_octets - std::min(whole.to_string().size(), line_octets);
    if (line_octets <= most || others + longest_range > most) return parts;
    const auto room = most - others;
    set_type part;
    std::size_t octets = 0;
    for (const auto& r : whole.ranges()) {
      set_type one;
      one.insert(r.first, r.last);
      const auto size = one.to_string().size() + 1;
      if (octets + size > room) {
        parts.emplace_back(std::exchange(part, set_type()));
        octets = 0;
      }
      part.insert(r.first, r.last);
      octets += size;
    }
    parts.emplace_back(std::move(part));
    return parts;
  };
  return std::visit(divide, set);
}

error over_limit(std::string_view name, std::uint64_t value) {
  return error(errc::limit_exceeded, "the answer to one command is larger than allowed")
      .set_limit(name, value)
      .set_fatal(false);
}

error no_answer(std::string_view command, std::string_view what) {
  std::string message = "the server completed the command without ";
  message += what;
  return error(errc::incomplete_result, message).set_command(command);
}

}  // namespace imapxx::inline v0::commands
