#pragma once

#include "message.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::testserver::detail {

namespace flag {
constexpr unsigned answered = 1;
constexpr unsigned flagged = 2;
constexpr unsigned deleted = 4;
constexpr unsigned seen = 8;
constexpr unsigned draft = 16;
constexpr unsigned all = 31;
}  // namespace flag

/// System flags as bits, keywords as text; keywords compare without case.
struct flag_set {
  unsigned bits = 0;
  std::vector<std::string> keywords;

  bool has_keyword(std::string_view name) const;
  void add(const flag_set& other);
  void remove(const flag_set& other);
  bool operator==(const flag_set& other) const;
  /// Adds one flag by its name; false for an unknown system flag. \Recent is ignored.
  bool add_name(std::string_view name);
  /// Without parentheses: \Answered \Seen $Forwarded
  std::string text(bool recent = false) const;
};

struct stored_message {
  std::uint32_t uid = 0;
  std::shared_ptr<const message_content> content;
  std::int64_t date = 0;
  flag_set flags;
  std::uint64_t modseq = 0;
  bool expunged = false;
};

using message_ptr = std::shared_ptr<stored_message>;

struct mailbox {
  std::string name;  ///< UTF-8
  bool selectable = true;
  bool deleted = false;
  std::string special_use;  ///< \Sent …, or empty
  std::uint32_t uid_validity = 0;
  std::uint32_t uid_next = 1;
  std::uint32_t first_recent = 1;
  std::uint64_t highest_modseq = 1;
  std::vector<message_ptr> messages;
  std::vector<std::string> keywords;

  message_ptr find(std::uint32_t uid) const;
};

using mailbox_ptr = std::shared_ptr<mailbox>;

struct user_account {
  std::string name;
  std::string password;
  std::vector<std::string> tokens;
  std::map<std::string, mailbox_ptr> mailboxes;
  std::set<std::string> subscriptions;
};

using user_ptr = std::shared_ptr<user_account>;

/// Told about each change while the store is locked; must only set a flag or wake a thread.
class store_watcher {
 public:
  virtual ~store_watcher() = default;
  virtual void mailbox_changed(const mailbox& box) = 0;
};

/// All users and messages. Everything below needs the lock, but what an immutable message_content gives.
class memory_store {
 public:
  explicit memory_store(char separator, std::uint32_t first_uid_validity)
      : separator_(separator), next_uid_validity_(first_uid_validity) {}

  std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }
  char separator() const { return separator_; }

  user_ptr add_user(const std::string& name, const std::string& password);
  user_ptr find_user(std::string_view name) const;

  /// INBOX in any case; nullptr when it does not exist.
  mailbox_ptr find_mailbox(const user_account& user, std::string_view name) const;
  /// Creates missing parents as \Noselect; nullptr when a selectable mailbox of that name exists.
  mailbox_ptr create_mailbox(user_account& user, std::string_view name);
  void remove_mailbox(user_account& user, const mailbox_ptr& box);
  void rename_mailbox(user_account& user, const mailbox_ptr& box, const std::string& to);
  bool has_children(const user_account& user, const mailbox& box) const;
  std::string canonical_name(std::string_view name) const;

  message_ptr append(mailbox& box, std::shared_ptr<const message_content> content, const flag_set& flags,
                     std::int64_t date);
  void set_flags(mailbox& box, stored_message& message, const flag_set& flags);
  void expunge(mailbox& box, const message_ptr& message);

  void add_watcher(store_watcher& watcher);
  void remove_watcher(store_watcher& watcher);

 private:
  void learn_keywords(mailbox& box, const flag_set& flags);
  void changed(const mailbox& box);
  mailbox_ptr make_mailbox(user_account& user, const std::string& name, bool selectable);

  char separator_;
  std::uint32_t next_uid_validity_;
  std::mutex mutex_;
  std::map<std::string, user_ptr, std::less<>> users_;
  std::vector<store_watcher*> watchers_;
};

}  // namespace imapxx::testserver::detail
