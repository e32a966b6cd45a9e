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
  bool open = false;    // inside a named group
  bool extend = false;  // the last element is a run of addresses outside groups
  for (const auto& a : flat) {
    if (a.is_group_start()) {
      out.push_back({a.mailbox, {}});
      open = true;
      extend = false;
    } else if (a.is_group_end()) {
      open = false;
      extend = false;
    } else {
      if (!open && !extend) {
        out.push_back({});
        extend = true;
      }
      out.back().members.push_back(a);
    }
  }
  return out;
}

}  // namespace imapxx::inline v0
