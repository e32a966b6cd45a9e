#include <imapxx/model/envelope.hpp>

#include <utility>

namespace imapxx::inline v0 {

std::string address::addr_spec() const {
  std::string out = mailbox.value_or("");
  if (host && !host->empty()) out.append("@").append(*host);
  return out;
}

std::vector<address_group> to_groups(const address_list& flat) {
  std::vector<address_group> out;
  bool in_group = false;
  bool in_run = false;  // of addresses outside of groups
  for (std::size_t i = 0; i < flat.size(); ++i) {
    const auto& a = flat[i];
    // Courier 5 loses the group's name and writes "" instead of NIL at its end.
    const bool nameless_end = in_group && a.is_group_start() && a.mailbox->empty();
    if (a.is_group_end() || nameless_end) {
      in_group = in_run = false;
      continue;
    }
    // A start with nothing behind it starts no group: some servers send names without a host (E-16).
    if (a.is_group_start() && i + 1 < flat.size()) {
      out.push_back({a.mailbox, {}});
      in_group = true;
      in_run = false;
      continue;
    }
    if (!in_group && !in_run) {
      out.emplace_back();
      in_run = true;
    }
    out.back().members.push_back(a);
  }
  return out;
}

}  // namespace imapxx::inline v0
