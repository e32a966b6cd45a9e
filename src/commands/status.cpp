#include <imapxx/commands/status.hpp>

#include "commands/support.hpp"

#include <array>
#include <string_view>
#include <variant>

namespace imapxx::inline v0 {
namespace {

struct item {
  std::string_view name;
  std::string_view needs;  // empty: every server has it
};
// In the order of the bits of `status_items`.
constexpr std::array<item, 10> all_items{{{"MESSAGES", {}},
                                          {"RECENT", {}},
                                          {"UIDNEXT", {}},
                                          {"UIDVALIDITY", {}},
                                          {"UNSEEN", {}},
                                          {"DELETED", "IMAP4rev2|QUOTA=RES-MESSAGE"},
                                          {"SIZE", "STATUS=SIZE|IMAP4rev2"},
                                          {"HIGHESTMODSEQ", "CONDSTORE|QRESYNC"},
                                          {"APPENDLIMIT", "APPENDLIMIT"},
                                          {"MAILBOXID", "OBJECTID"}}};

// A server may spell the name otherwise than the command did: UTF-8 instead of UTF-7 (or the reverse), INBOX in any
// case.
bool same_mailbox(const mailbox_name& a, const mailbox_name& b) {
  return a == b || (a.decoded() && b.decoded() && a.utf8() == b.utf8());
}

}  // namespace

result<void> status_items::check(const session_info& info) const {
  if (empty()) return error(errc::invalid_argument, "STATUS needs an item");
  for (std::size_t i = 0; i < all_items.size(); ++i) {
    if ((bits_ & (1U << i)) == 0 || all_items[i].needs.empty()) continue;
    // APPENDLIMIT is announced with a value or without (RFC 7889 section 2).
    if (all_items[i].name == "APPENDLIMIT" && info.capabilities.value("APPENDLIMIT")) continue;
    std::string what = "the STATUS item ";
    what += all_items[i].name;
    if (auto ok = commands::require(info, all_items[i].needs, what); !ok) return ok;
  }
  return {};
}

// "(" status-att *(SP status-att) ")"
void status_items::encode(wire::encoder& out) const {
  out.begin_list();
  bool first = true;
  for (std::size_t i = 0; i < all_items.size(); ++i) {
    if ((bits_ & (1U << i)) == 0) continue;
    if (!first) out.sp();
    first = false;
    out.raw(all_items[i].name);
  }
  out.end_list();
}

constexpr command_traits status::traits_v =
    command_traits("STATUS", states::authenticated).answered_by(answer::status).repeatable<status>();
const command_traits& status::traits() const noexcept { return traits_v; }

status::status(mailbox_name name, status_items items) : name_(std::move(name)), items_(items) {}

result<void> status::check(const session_info& info) const {
  if (auto ok = commands::check_name(name_); !ok) return ok;
  return items_.check(info);
}

void status::encode(wire::encoder& out) {
  out.raw(traits_v.name).sp().mailbox(name_).sp();
  items_.encode(out);
}

bool status::on_response(response& r) {
  auto* s = std::get_if<status_data>(&r);
  if (s == nullptr || !same_mailbox(name_, s->status.mailbox)) return false;
  found_ = std::move(s->status);
  answered_ = true;
  return true;
}

result<void> status::on_complete(const status_response& s) {
  if (auto ok = command::on_complete(s); !ok) return ok;
  if (!answered_) return commands::no_answer(traits_v.name, "a STATUS response for the mailbox");
  return {};
}

}  // namespace imapxx::inline v0
