#pragma once

#include "arguments.hpp"
#include "memory_store.hpp"
#include "sasl.hpp"
#include "server_config.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::testserver::detail {

/// What command handlers need of the network; one thread uses it.
class client_io {
 public:
  virtual ~client_io() = default;
  /// A line without its end; false when the client is gone.
  virtual bool read_line(std::string& line) = 0;
  virtual void flush(std::string& out) = 0;
  /// Until the mailbox changes or the client sends something; false when the client is gone.
  virtual bool wait_for_event(bool& client_data) = 0;
  virtual bool start_tls() = 0;
  virtual channel_binding binding() = 0;
};

struct view_entry {
  message_ptr message;
  std::uint64_t told_modseq = 0;
  bool recent = false;
};

/// A selected mailbox as this client knows it: sequence numbers are positions in `entries`.
struct mailbox_view {
  mailbox_ptr box;
  bool read_only = false;
  bool condstore = false;
  std::vector<view_entry> entries;
  std::uint64_t synced = 0;
  std::uint32_t last_uid = 0;
  std::size_t told_keywords = 0;
  std::size_t told_recent = 0;
  std::vector<std::uint32_t> saved;  ///< UIDs of the last SEARCH RETURN (SAVE)

  std::uint32_t sequence_of(std::uint32_t uid) const;
  std::size_t count_recent() const;
};

enum class phase { not_authenticated, authenticated, selected, logout };

struct reply {
  std::string status = "OK";
  std::string code;
  std::string text;
};

inline reply ok(std::string text, std::string code = {}) { return {"OK", std::move(code), std::move(text)}; }

class session {
 public:
  session(memory_store& store_ref, const server_config& config_ref, client_io& io_ref)
      : store(store_ref), config(config_ref), io(io_ref) {}

  memory_store& store;
  const server_config& config;
  client_io& io;

  phase state = phase::not_authenticated;
  bool tls = false;
  bool rev2 = false;
  bool condstore = false;
  bool utf8 = false;
  user_ptr user;
  std::optional<mailbox_view> view;
  std::string tag;
  std::string out;
  std::string login_text;  ///< mechanism and user of the last log-in

  void untagged(std::string_view line);
  void flush_if_large();
  std::string capability_text() const;
  bool can(std::string_view capability) const { return config.has(capability); }

  /// Mailbox name from the wire to UTF-8; fails the command when it is not valid.
  std::string mailbox_name(std::string_view wire) const;
  /// And back, ready as an astring.
  void append_mailbox(std::string& to, std::string_view name) const;

  /// Both throw NONEXISTENT or TRYCREATE; need the store's lock.
  mailbox_ptr require_mailbox(const std::string& name, bool try_create = false) const;
  mailbox_view& selected();
  mailbox_view& selected_writable();

  void authenticated_as(user_ptr who);
  void select(const mailbox_ptr& box, bool read_only);
  void unselect();
  /// Tells the client what changed since the last time; `expunges` when the command permits EXPUNGE.
  void sync(bool expunges);
  void append_flags(const view_entry& entry);
  /// FLAGS and PERMANENTFLAGS when a keyword is new to this client; needs the lock.
  void tell_keywords() { send_keywords(selected()); }
  void enable_condstore();

  /// Messages a set names, in sequence order; needs the lock. Unknown sequence numbers fail the command.
  std::vector<std::uint32_t> resolve(const number_ranges& set, bool uid);

 private:
  void send_expunges(mailbox_view& v);
  void take_new_messages(mailbox_view& v);
  void send_flag_changes(mailbox_view& v);
  void send_keywords(mailbox_view& v);
  void send_recent(mailbox_view& v);
};

std::string flags_line(const mailbox& box);
std::string permanent_flags(const mailbox& box, bool read_only);

}  // namespace imapxx::testserver::detail
