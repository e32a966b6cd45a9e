#include "memory_store.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>

namespace imapxx::testserver::detail {

namespace {

struct flag_name {
  unsigned bit;
  std::string_view name;
};

constexpr std::array<flag_name, 5> system_flags = {{{flag::answered, "\\Answered"},
                                                    {flag::flagged, "\\Flagged"},
                                                    {flag::deleted, "\\Deleted"},
                                                    {flag::seen, "\\Seen"},
                                                    {flag::draft, "\\Draft"}}};

auto keyword_position(const std::vector<std::string>& list, std::string_view name) {
  return std::find_if(list.begin(), list.end(), [&](const std::string& k) { return iequals(k, name); });
}

}  // namespace

bool flag_set::has_keyword(std::string_view name) const { return keyword_position(keywords, name) != keywords.end(); }

void flag_set::add(const flag_set& other) {
  bits |= other.bits;
  for (const std::string& k : other.keywords)
    if (!has_keyword(k)) keywords.push_back(k);
}

void flag_set::remove(const flag_set& other) {
  bits &= ~other.bits;
  std::erase_if(keywords, [&](const std::string& k) { return other.has_keyword(k); });
}

bool flag_set::operator==(const flag_set& other) const {
  return bits == other.bits && keywords.size() == other.keywords.size() &&
         std::all_of(keywords.begin(), keywords.end(), [&](const std::string& k) { return other.has_keyword(k); });
}

bool flag_set::add_name(std::string_view name) {
  if (name.empty()) return false;
  if (name[0] != '\\') {
    if (!has_keyword(name)) keywords.emplace_back(name);
    return true;
  }
  if (iequals(name, "\\Recent")) return true;
  for (const flag_name& f : system_flags)
    if (iequals(f.name, name)) {
      bits |= f.bit;
      return true;
    }
  return false;
}

std::string flag_set::text(bool recent) const {
  std::string out;
  auto put = [&out](std::string_view name) {
    if (!out.empty()) out += ' ';
    out += name;
  };
  for (const flag_name& f : system_flags)
    if ((bits & f.bit) != 0) put(f.name);
  if (recent) put("\\Recent");
  for (const std::string& k : keywords) put(k);
  return out;
}

message_ptr mailbox::find(std::uint32_t uid) const {
  auto it = std::lower_bound(messages.begin(), messages.end(), uid,
                             [](const message_ptr& m, std::uint32_t wanted) { return m->uid < wanted; });
  return it != messages.end() && (*it)->uid == uid ? *it : nullptr;
}

user_ptr memory_store::add_user(const std::string& name, const std::string& password) {
  user_ptr& user = users_[name];
  if (!user) {
    user = std::make_shared<user_account>();
    user->name = name;
    make_mailbox(*user, "INBOX", true);
  }
  user->password = password;
  return user;
}

user_ptr memory_store::find_user(std::string_view name) const {
  auto it = users_.find(name);
  return it == users_.end() ? nullptr : it->second;
}

std::string memory_store::canonical_name(std::string_view name) const {
  // INBOX is INBOX in any case, also as a parent (RFC 3501, 5.1).
  if (iequals(name, "INBOX")) return "INBOX";
  if (istarts_with(name, std::string("INBOX") + separator_)) return "INBOX" + std::string(name.substr(5));
  return std::string(name);
}

mailbox_ptr memory_store::find_mailbox(const user_account& user, std::string_view name) const {
  auto it = user.mailboxes.find(canonical_name(name));
  return it == user.mailboxes.end() ? nullptr : it->second;
}

mailbox_ptr memory_store::make_mailbox(user_account& user, const std::string& name, bool selectable) {
  auto box = std::make_shared<mailbox>();
  box->name = name;
  box->selectable = selectable;
  box->uid_validity = next_uid_validity_++;
  user.mailboxes[name] = box;
  return box;
}

mailbox_ptr memory_store::create_mailbox(user_account& user, std::string_view name) {
  auto full = canonical_name(name);
  for (auto pos = full.find(separator_); pos != std::string::npos; pos = full.find(separator_, pos + 1))
    if (pos > 0 && !find_mailbox(user, full.substr(0, pos))) make_mailbox(user, full.substr(0, pos), false);
  auto existing = find_mailbox(user, full);
  if (existing && existing->selectable) return nullptr;
  if (existing) {
    existing->selectable = true;
    existing->uid_validity = next_uid_validity_++;
    return existing;
  }
  return make_mailbox(user, full, true);
}

bool memory_store::has_children(const user_account& user, const mailbox& box) const {
  auto prefix = box.name + separator_;
  auto it = user.mailboxes.lower_bound(prefix);
  return it != user.mailboxes.end() && it->first.compare(0, prefix.size(), prefix) == 0;
}

void memory_store::remove_mailbox(user_account& user, const mailbox_ptr& box) {
  if (has_children(user, *box)) {
    // RFC 3501, 6.3.4: the name stays, without messages, for its inferiors.
    auto stub = std::make_shared<mailbox>(*box);
    stub->selectable = false;
    stub->messages.clear();
    stub->special_use.clear();
    user.mailboxes[box->name] = stub;
  } else
    user.mailboxes.erase(box->name);
  box->deleted = true;
  changed(*box);
}

void memory_store::rename_mailbox(user_account& user, const mailbox_ptr& box, const std::string& to) {
  for (auto pos = to.find(separator_); pos != std::string::npos; pos = to.find(separator_, pos + 1))
    if (pos > 0 && !find_mailbox(user, to.substr(0, pos))) make_mailbox(user, to.substr(0, pos), false);
  auto prefix = box->name + separator_;
  std::vector<mailbox_ptr> moved = {box};
  for (const auto& [name, other] : user.mailboxes)
    if (name.compare(0, prefix.size(), prefix) == 0) moved.push_back(other);
  auto old_length = box->name.size();
  for (const mailbox_ptr& m : moved) {
    user.mailboxes.erase(m->name);
    m->name = to + m->name.substr(old_length);
    user.mailboxes[m->name] = m;
  }
}

void memory_store::learn_keywords(mailbox& box, const flag_set& flags) {
  for (const std::string& k : flags.keywords)
    if (keyword_position(box.keywords, k) == box.keywords.end()) box.keywords.push_back(k);
}

message_ptr memory_store::append(mailbox& box, std::shared_ptr<const message_content> content, const flag_set& flags,
                                 std::int64_t date) {
  auto m = std::make_shared<stored_message>();
  m->uid = box.uid_next++;
  m->content = std::move(content);
  m->date = date;
  m->flags = flags;
  m->modseq = ++box.highest_modseq;
  learn_keywords(box, flags);
  box.messages.push_back(m);
  changed(box);
  return m;
}

void memory_store::set_flags(mailbox& box, stored_message& message, const flag_set& flags) {
  if (message.flags == flags) return;
  message.flags = flags;
  message.modseq = ++box.highest_modseq;
  learn_keywords(box, flags);
  changed(box);
}

void memory_store::expunge(mailbox& box, const message_ptr& message) {
  auto it = std::find(box.messages.begin(), box.messages.end(), message);
  if (it == box.messages.end()) return;
  box.messages.erase(it);
  message->expunged = true;
  ++box.highest_modseq;
  changed(box);
}

void memory_store::changed(const mailbox& box) {
  for (store_watcher* w : watchers_) w->mailbox_changed(box);
}

void memory_store::add_watcher(store_watcher& watcher) { watchers_.push_back(&watcher); }

void memory_store::remove_watcher(store_watcher& watcher) { std::erase(watchers_, &watcher); }

}  // namespace imapxx::testserver::detail
