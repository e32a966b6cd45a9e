// From the text of a command to the library's object for it.
#include <imapxx/commands.hpp>

#include "exit_code.hpp"
#include "items.hpp"
#include "recorded_command.hpp"
#include "trace_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace imapxx::cli {
namespace {

// Reads the arguments of a command. What it cannot read makes it fail for good.
class arguments_of {
 public:
  explicit arguments_of(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const noexcept { return rest_.empty() && !failed_; }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
  std::string_view word() {
    blank();
    const auto end = std::min(rest_.find(' '), rest_.size());
    failed_ = failed_ || end == 0;
    return take(end);
  }
  // "(...)", without the parentheses
  std::string_view list() {
    blank();
    const auto end = rest_.find(')');
    if (!rest_.starts_with('(') || end == std::string_view::npos) {
      failed_ = true;
      return {};
    }
    return take(end + 1).substr(1, end - 1);
  }
  [[nodiscard]] bool at_list() const noexcept { return rest_.starts_with(" ("); }
  std::string astring() {
    blank();
    if (!rest_.starts_with('"')) {
      recorded_literal l;
      const auto line_end = rest_.find("\r\n");
      if (rest_.starts_with('{') && line_end != std::string_view::npos &&
          ends_in_literal(rest_.substr(0, line_end), l)) {
        (void)take(line_end + 2);
        return std::string(take(static_cast<std::size_t>(std::min<std::uint64_t>(l.size, rest_.size()))));
      }
      return std::string(word());
    }
    std::string out;
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] != '"'; ++at) {
      if (rest_[at] == '\\') ++at;
      if (at < rest_.size()) out += rest_[at];
    }
    failed_ = failed_ || at >= rest_.size();
    (void)take(std::min(at + 1, rest_.size()));
    return out;
  }
  mailbox_name mailbox() { return mailbox_name::from_wire(astring()); }

 private:
  void blank() {
    if (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  std::string_view take(std::size_t n) {
    const auto taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }
  std::string_view rest_;
  bool failed_ = false;
};

using made = std::unique_ptr<command>;

template <class C, class... A>
made make(A&&... a) {
  return std::make_unique<C>(std::forward<A>(a)...);
}

// `use` with the set as UIDs or as sequence numbers.
template <class Use>
made with_set(bool uid, std::string_view text, const Use& use) {
  if (uid) {
    const auto set = uid_set::try_parse(text);
    return set ? use(*set) : nullptr;
  }
  const auto set = seq_set::try_parse(text);
  return set ? use(*set) : nullptr;
}

std::optional<std::uint64_t> modifier(arguments_of& a, std::string_view name) {
  if (!a.at_list()) return {};
  arguments_of inside(a.list());
  if (inside.word() != name) return {};
  std::uint64_t n = 0;
  for (const char c : inside.word()) n = n * 10 + static_cast<std::uint64_t>(c - '0');
  return n;
}

made fetching(arguments_of& a, bool uid) {
  const auto set = a.word();
  auto items = a.rest();
  std::optional<std::uint64_t> since;
  if (const auto at = items.find(" (CHANGEDSINCE "); at != std::string_view::npos) {
    arguments_of behind(items.substr(at));
    since = modifier(behind, "CHANGEDSINCE");
    items = items.substr(0, at);
  }
  try {
    const auto wanted = parse_items(items);
    return with_set(uid, set, [&](const auto& s) {
      auto f = std::make_unique<fetch>(s, wanted);
      if (since) f->changed_since(*since);
      return f;
    });
  } catch (const failure&) {
    return nullptr;
  } catch (const error&) {
    return nullptr;
  }
}

made storing(arguments_of& a, bool uid) {
  const auto set = a.word();
  const auto unchanged = modifier(a, "UNCHANGEDSINCE");
  auto item = a.word();
  const auto mode = item.starts_with('+')   ? store_mode::add
                    : item.starts_with('-') ? store_mode::remove
                                            : store_mode::replace;
  const bool silent = item.ends_with(".SILENT");
  flag_list flags;
  arguments_of names(a.list());
  while (!names.done() && !names.failed()) flags.insert(flag(names.word()));
  return with_set(uid, set, [&](const auto& s) {
    auto c = std::make_unique<store>(s, mode, flags);
    c->silent(silent);
    if (unchanged) c->unchanged_since(*unchanged);
    return c;
  });
}

template <class C>
made to_mailbox(arguments_of& a, bool uid) {
  const auto set = a.word();
  auto to = a.mailbox();
  return with_set(uid, set, [&](const auto& s) { return std::make_unique<C>(s, to); });
}

made status_of(arguments_of& a) {
  auto name = a.mailbox();
  arguments_of inside(a.list());
  status_items items;
  while (!inside.done() && !inside.failed()) {
    const auto word = inside.word();
    if (word == "MESSAGES") items.messages();
    if (word == "RECENT") items.recent();
    if (word == "UIDNEXT") items.uidnext();
    if (word == "UIDVALIDITY") items.uidvalidity();
    if (word == "UNSEEN") items.unseen();
    if (word == "SIZE") items.size();
    if (word == "HIGHESTMODSEQ") items.highestmodseq();
  }
  return make<status>(std::move(name), items);
}

template <class C>
made opening(arguments_of& a) {
  auto c = std::make_unique<C>(a.mailbox());
  if (a.at_list() && a.list() == "CONDSTORE") c->condstore();
  return c;
}

made of_mailbox(std::string_view name, arguments_of& a) {
  if (name == "SELECT") return opening<select>(a);
  if (name == "EXAMINE") return opening<examine>(a);
  if (name == "CREATE") return make<create>(a.mailbox());
  if (name == "DELETE") return make<delete_mailbox>(a.mailbox());
  if (name == "SUBSCRIBE") return make<subscribe>(a.mailbox());
  if (name == "UNSUBSCRIBE") return make<unsubscribe>(a.mailbox());
  if (name == "STATUS") return status_of(a);
  if (name != "RENAME" && name != "LIST" && name != "LSUB") return nullptr;
  auto first = a.mailbox();
  auto second = a.mailbox();
  if (name == "RENAME") return make<rename>(std::move(first), std::move(second));
  if (name == "LSUB") return make<lsub>(std::move(first), std::move(second));
  return make<list>(std::move(first), std::move(second));
}

made of_messages(std::string_view name, arguments_of& a, bool uid) {
  if (name == "FETCH") return fetching(a, uid);
  if (name == "STORE") return storing(a, uid);
  if (name == "COPY") return to_mailbox<copy>(a, uid);
  if (name == "MOVE") return to_mailbox<move>(a, uid);
  if (name != "EXPUNGE" || !uid) return nullptr;
  const auto set = uid_set::try_parse(a.word());
  return set ? make<uid_expunge>(*set) : nullptr;
}

made without_arguments(std::string_view name) {
  if (name == "CAPABILITY") return make<capability>();
  if (name == "NOOP") return make<noop>();
  if (name == "CHECK") return make<check>();
  if (name == "CLOSE") return make<close>();
  if (name == "UNSELECT") return make<unselect>();
  if (name == "EXPUNGE") return make<expunge>();
  if (name == "IDLE") return make<idle>();
  if (name == "LOGOUT") return make<logout>();
  if (name == "STARTTLS") return make<starttls>();
  return nullptr;
}

// Those whose arguments are not read: the answers do not depend on them.
made of_any_arguments(std::string_view name, bool uid) {
  if (name == "SEARCH") return uid ? make<uid_search>(search_key::all()) : make<search>(search_key::all());
  if (name == "ENABLE") return make<enable>("CONDSTORE");
  if (name == "ID") return make<id>(id_fields());
  if (name == "APPEND") return make<append>(mailbox_name("INBOX"), std::string("\r\n"));
  return nullptr;
}

}  // namespace

typed_text typed_command(std::string_view text) {
  arguments_of a(text);
  auto name = a.word();
  const bool uid = name == "UID";
  if (uid) name = a.word();
  typed_text t;
  if (a.done() && !uid) {
    t.cmd = without_arguments(name);
    t.complete = t.cmd != nullptr;
    return t;
  }
  t.cmd = uid ? nullptr : of_mailbox(name, a);
  if (t.cmd == nullptr) t.cmd = of_messages(name, a, uid);
  const bool fetches = name == "FETCH";
  t.complete = t.cmd != nullptr && (a.done() || fetches);
  if (a.failed()) t.cmd = nullptr;
  if (t.cmd == nullptr) {
    t.cmd = of_any_arguments(name, uid);
    t.complete = false;
  }
  return t;
}

}  // namespace imapxx::cli
