// Any command of the client, written and read by the embedded server's own parser: the arguments are the same.
#include <imapxx/commands.hpp>

#include "../testserver/src/arguments.hpp"
#include "../testserver/src/command_line.hpp"
#include "../testserver/src/commands.hpp"
#include "../testserver/src/content.hpp"
#include "../testserver/src/date_time.hpp"
#include "../testserver/src/dispatcher.hpp"
#include "../testserver/src/fetch_items.hpp"
#include "../testserver/src/search_program.hpp"
#include "../testserver/src/text.hpp"
#include "support/choices.hpp"
#include "support/client_end.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzz_commands {
namespace fuzz = imapxx::fuzz;
namespace server = imapxx::testserver::detail;
using fuzz::choices;
using fuzz::require;
using fuzz::require_equal;

/// What one side means, and the other: the sides are compared as values of this.
using check = std::function<void(server::arguments&)>;

inline std::vector<server::command_piece> pieces_of(std::string_view octets) {
  std::vector<server::command_piece> out;
  for (;;) {
    const auto end = octets.find("\r\n");
    require(end != std::string_view::npos, "a line without end");
    std::string line(octets.substr(0, end));
    octets.remove_prefix(end + 2);
    const auto literal = server::find_literal(line);
    if (literal) line.resize(literal->position);
    out.push_back({line, false, false});
    if (!literal) break;
    require(literal->size <= octets.size(), "a literal that is too long");
    out.push_back({std::string(octets.substr(0, static_cast<std::size_t>(literal->size))), true, literal->binary});
    octets.remove_prefix(static_cast<std::size_t>(literal->size));
  }
  require(octets.empty(), "more than one command");
  return out;
}

inline void read_back(const std::string& sent, std::string_view name, const check& arguments_are) {
  if (sent.empty()) return;
  server::arguments args(pieces_of(sent));
  try {
    const auto head = server::read_head(args);
    require_equal(head.name, name, "another command");
    if (!args.at_end()) args.space();
    arguments_are(args);
    args.end();
  } catch (const server::command_failure& f) {
    require_equal(sent, f.text, "the server does not understand");
  }
}

/// The embedded server's session, of which only the capabilities matter.
class offline_server final : public server::client_io {
 public:
  offline_server() : store_('/', 1), session_(store_, config(), *this) {}
  server::session& session() { return session_; }

 private:
  static const server::server_config& config() {
    static const server::server_config c = [] {
      server::server_config made;
      made.capabilities = {"IMAP4rev1", "WITHIN", "CONDSTORE", "STATUS=SIZE", "SEARCHRES"};
      return made;
    }();
    return c;
  }
  bool read_line(std::string&) override { return false; }
  void flush(std::string&) override {}
  bool wait_for_event(bool&) override { return false; }
  bool start_tls() override { return false; }
  server::channel_binding binding() override { return {}; }

  server::memory_store store_;
  server::session session_;
};

// --- search keys: a tree of conditions, of which each side says for which of 64 imagined messages it holds
using holds = std::uint64_t;

inline holds leaf(std::string_view words) {
  std::uint64_t h = 1469598103934665603U;
  for (const char c : words) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return h ^ (h >> 29U);
}

struct condition {
  imapxx::search_key key;
  holds in = ~holds{0};
};

inline std::string utf8_text(choices& c) {
  static constexpr std::string_view texts[] = {"",    "tea",   "a \"b\" \\ c", "\xC3\xA4", "\xE2\x82\xAC{3}",
                                               "NIL", "a\r\nb"};
  if (c.of(3) == 0) return std::string(c.one_of(texts));
  std::string out(c.text(24));
  for (char& ch : out)
    if (ch == '\0' || static_cast<unsigned char>(ch) > 127) ch = '?';
  return out;
}

inline imapxx::uid_set set_of(choices& c) {
  imapxx::uid_set out;
  for (auto n = c.of(4) + 1; n > 0; --n) {
    const auto first = c.number();
    out.insert(first, c.yes() ? first : c.number());
  }
  return out;
}

/// A set as a text that does not depend on who wrote it: whether it holds the numbers at its edges.
inline std::string shown(const server::number_ranges& got, const imapxx::uid_set& asked) {
  for (const auto& r : asked.ranges())
    for (const auto n : {r.first, r.last}) {
      require(got.contains(n, imapxx::number_set_star), "a number is missing");
      if (n > 1 && !asked.contains(n - 1)) require(!got.contains(n - 1, 0xFFFFFFFFU), "a number too many");
      if (n < 0xFFFFFFFFU && !asked.contains(n + 1)) require(!got.contains(n + 1, 0xFFFFFFFFU), "a number too many");
    }
  return asked.to_string();
}

inline condition leaf_condition(choices& c) {
  using imapxx::search_key;
  const imapxx::date day(static_cast<int>(1970 + c.of(80)), static_cast<unsigned>(c.of(12) + 1),
                         static_cast<unsigned>(c.of(28) + 1));
  const auto days = std::to_string(
      server::days_from_civil(int(day.ymd().year()), unsigned(day.ymd().month()), unsigned(day.ymd().day())));
  const auto number = c.number64() & 0xFFFFFFFFU;
  const auto text = utf8_text(c);
  const auto form = server::search_form(text);
  switch (c.of(16)) {
    case 0: return {search_key::seen(), leaf("set 8")};
    case 1: return {search_key::unflagged(), leaf("unset 2")};
    case 2: return {search_key::keyword("$Work"), leaf("keyword $Work")};
    case 3: return {search_key::before(day), leaf("before " + days)};
    case 4: return {search_key::sent_since(day), leaf("sent_since " + days)};
    case 5: return {search_key::larger(number), leaf("larger " + std::to_string(number))};
    case 6:
      return {search_key::older(static_cast<std::uint32_t>(number) | 1U), leaf("older " + std::to_string(number | 1U))};
    case 7: return {search_key::subject(text), leaf("SUBJECT " + form)};
    case 8: return {search_key::from(text), leaf("FROM " + form)};
    case 9: return {search_key::header("X-List", text), leaf("X-List " + form)};
    case 10: return {search_key::body(text), leaf("body " + form)};
    case 11: return {search_key::text(text), leaf("text " + form)};
    case 12: return {search_key::modseq(number | 1U), leaf("modseq " + std::to_string(number | 1U))};
    case 13: return {search_key::on(day), leaf("on " + days)};
    case 14: return {search_key::recent(), leaf("recent")};
    default: return {search_key::all(), ~holds{0}};
  }
}

inline condition any_condition(choices& c, unsigned depth) {
  if (depth == 0 || c.of(3) == 0) return leaf_condition(c);
  auto a = any_condition(c, depth - 1);
  switch (c.of(4)) {
    case 0: return {!a.key, ~a.in};
    case 1: {
      auto b = any_condition(c, depth - 1);
      return {a.key && b.key, a.in & b.in};
    }
    case 2: {
      auto b = any_condition(c, depth - 1);
      return {a.key || b.key, a.in | b.in};
    }
    default: {
      std::vector<imapxx::search_key> keys = {a.key};
      for (auto n = c.of(4); n > 0; --n) {
        auto b = any_condition(c, depth - 1);
        keys.push_back(b.key);
        a.in |= b.in;
      }
      return {imapxx::search_key::any_of(std::move(keys)), a.in};
    }
  }
}

// What the server read, for the same messages.
inline holds of(const server::search_key& k) {
  using kind = server::search_key::kind;
  const auto number = std::to_string(k.number);
  const auto day = std::to_string(k.day);
  switch (k.what) {
    case kind::all_of: {
      holds all = ~holds{0};
      for (const auto& child : k.children) all &= of(child);
      return all;
    }
    case kind::any_of: {
      holds any = 0;
      for (const auto& child : k.children) any |= of(child);
      return any;
    }
    case kind::negated: return ~of(k.children.front());
    case kind::everything: return ~holds{0};
    case kind::flag_set: return leaf("set " + number);
    case kind::flag_unset: return leaf("unset " + number);
    case kind::keyword: return leaf("keyword " + k.value);
    case kind::before: return leaf("before " + day);
    case kind::on: return leaf("on " + day);
    case kind::sent_since: return leaf("sent_since " + day);
    case kind::larger: return leaf("larger " + number);
    case kind::older: return leaf("older " + number);
    case kind::body: return leaf("body " + k.value);
    case kind::text: return leaf("text " + k.value);
    case kind::header:
    case kind::header_key: return leaf(k.field + ' ' + k.value);
    case kind::modseq: return leaf("modseq " + number);
    case kind::recent: return leaf("recent");
    default: require(false, "a key that nobody wrote"); return 0;
  }
}

inline void search(choices& c, fuzz::client_end& client) {
  const auto asked = any_condition(c, 3);
  const bool by_uid = c.yes();
  const auto arguments_are = [&](server::arguments& args) {
    std::string charset;
    if (args.at('C')) {  // no key of ours begins with it
      require_equal(args.atom(), "CHARSET", "an unknown key");
      args.space();
      charset = args.astring();
      args.space();
    }
    require(charset.empty() || charset == "UTF-8", "charset");
    offline_server s;
    require(of(server::read_search(s.session(), args, charset)) == asked.in, "another condition");
  };
  if (by_uid) {
    read_back(client.sent(imapxx::uid_search(asked.key)), "UID SEARCH", arguments_are);
  } else {
    read_back(client.sent(imapxx::search(asked.key)), "SEARCH", arguments_are);
  }
}

inline std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& s : list) out += s + " | ";
  return out;
}

inline void fetch(choices& c, fuzz::client_end& client) {
  using kind = server::fetch_item::kind;
  const auto set = set_of(c);
  imapxx::fetch_items items;
  std::vector<std::string> expected;
  const auto add = [&](kind what, const std::string& label) { expected.push_back(std::to_string(int(what)) + label); };
  for (auto n = c.of(5) + 1; n > 0; --n) {
    switch (c.of(9)) {
      case 0: items.uid(), add(kind::uid, ""); break;
      case 1: items.flags(), add(kind::flags, ""); break;
      case 2: items.envelope(), add(kind::envelope, ""); break;
      case 3: items.bodystructure(), add(kind::body_structure, ""); break;
      case 4: items.body_peek("1.2.HEADER"), add(kind::section, "peek BODY[1.2.HEADER]"); break;
      case 5: {
        const auto origin = c.number();
        const auto count = c.number();
        items.body_section("TEXT", origin, count);
        add(kind::section, "BODY[TEXT]<" + std::to_string(origin) + ">" + std::to_string(count));
        break;
      }
      case 6: {
        const auto name = c.word("ABCxyz-", 1, 8);
        items.header_fields(name, "From");
        add(kind::section, "peek BODY[HEADER.FIELDS (" + server::to_upper(name) + " FROM)]");
        break;
      }
      case 7: items.binary_size("3"), add(kind::binary_size, "peek BINARY.SIZE[3]"); break;
      default: items.modseq(), add(kind::modseq, ""); break;
    }
  }
  add(kind::uid, "");  // UID FETCH always asks for it
  std::sort(expected.begin(), expected.end());
  expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
  read_back(client.sent(imapxx::fetch(set, items)), "UID FETCH", [&](server::arguments& args) {
    (void)shown(args.sequence_set(), set);
    args.space();
    std::vector<std::string> got;
    for (const auto& i : server::read_fetch_items(args)) {
      const bool section = i.what == kind::section || i.what == kind::binary_size;
      got.push_back(std::to_string(int(i.what)) + (section && i.peek ? "peek " : "") + (section ? i.label : "") +
                    (i.partial ? std::to_string(i.length) : ""));
    }
    std::sort(got.begin(), got.end());
    require_equal(joined(got), joined(expected), "other items");
  });
}

inline imapxx::flag_list flags_of(choices& c) {
  imapxx::flag_list out;
  static constexpr std::string_view names[] = {"\\Seen", "\\Deleted", "\\Draft", "\\Answered", "\\Flagged", "$Junk"};
  for (auto n = c.of(4); n > 0; --n)
    out.insert(imapxx::flag(c.yes() ? std::string(c.one_of(names)) : c.word("$Work+-]:", 1, 6)));
  return out;
}

inline bool same(const server::flag_set& got, const imapxx::flag_list& asked) {
  server::flag_set expected;
  for (const auto& f : asked) expected.add_name(f.name());
  return got == expected;
}

inline void store(choices& c, fuzz::client_end& client) {
  const auto set = set_of(c);
  const auto flags = flags_of(c);
  const auto mode = static_cast<imapxx::store_mode>(c.of(3));
  static constexpr std::string_view marks[] = {"+", "-", ""};
  imapxx::store cmd(set, mode, flags);
  const bool silent = c.yes();
  cmd.silent(silent);
  std::optional<std::uint64_t> since;
  if (c.yes()) cmd.unchanged_since(since.emplace(c.number64()));
  read_back(client.sent(std::move(cmd)), "UID STORE", [&](server::arguments& args) {
    (void)shown(args.sequence_set(), set);
    args.space();
    require(args.at('(') == since.has_value(), "UNCHANGEDSINCE");
    if (since) {
      args.expect('(');
      require_equal(args.atom(), "UNCHANGEDSINCE", "modifier");
      args.space();
      require(args.number() == *since, "UNCHANGEDSINCE");
      args.expect(')');
      args.space();
    }
    const std::string item = std::string(marks[static_cast<int>(mode)]) + "FLAGS" + (silent ? ".SILENT" : "");
    require_equal(args.atom(), item, "item");
    args.space();
    require(same(server::read_flag_list(args), flags), "other flags");
  });
}

inline std::string mailbox_text(choices& c) {
  static constexpr std::string_view names[] = {"INBOX",       "inbox", "Sent Items", "a/b",
                                               "~peter/mail", "&",     "NIL",        "\xE5\x8F\xB0\xE5\x8C\x97",
                                               "a\"b\\c",     "{3}",   "%*",         ""};
  return c.of(3) == 0 ? std::string(c.one_of(names)) : std::string(c.text(20));
}

// The server's reading of a name: modified UTF-7, as the client knows its octets.
inline void require_name(const std::string& got, const imapxx::mailbox_name& asked) {
  if (asked.is_inbox()) {
    require(server::iequals(got, "INBOX"), "INBOX");
  } else {
    require_equal(got, asked.raw(), "another mailbox");
    require_equal(server::utf7_decode(got).value_or("?"), asked.utf8(), "another mailbox");
  }
}

inline void names(choices& c, fuzz::client_end& client) {
  const imapxx::mailbox_name a(mailbox_text(c));
  const imapxx::mailbox_name b(mailbox_text(c));
  const auto one = [&a](server::arguments& args) { require_name(args.astring(), a); };
  const auto two = [&a, &b](server::arguments& args) {
    require_name(args.astring(), a);
    args.space();
    require_name(args.astring(), b);
  };
  switch (c.of(7)) {
    case 0: return read_back(client.sent(imapxx::create(a)), "CREATE", one);
    case 1: return read_back(client.sent(imapxx::delete_mailbox(a)), "DELETE", one);
    case 2: return read_back(client.sent(imapxx::rename(a, b)), "RENAME", two);
    case 3: return read_back(client.sent(imapxx::subscribe(a)), "SUBSCRIBE", one);
    case 4: return read_back(client.sent(imapxx::examine(a)), "EXAMINE", one);
    case 5:
      return read_back(
          client.sent(imapxx::status(a, imapxx::status_items().messages().uidnext())), "STATUS",
          [&](server::arguments& args) {
            require_name(args.astring(), a);
            args.space();
            offline_server s;
            require(server::read_status_items(s.session(), args) == std::vector<std::string>{"MESSAGES", "UIDNEXT"},
                    "other items");
          });
    default:
      return read_back(client.sent(imapxx::list(a, b)), "LIST", [&](server::arguments& args) {
        require_equal(args.astring(), a.raw(), "another reference");
        args.space();
        require_equal(args.list_pattern(), b.raw(), "another pattern");
      });
  }
}

inline void copies(choices& c, fuzz::client_end& client) {
  const auto set = set_of(c);
  const imapxx::mailbox_name to(mailbox_text(c));
  const auto arguments_are = [&](server::arguments& args) {
    (void)shown(args.sequence_set(), set);
    args.space();
    require_name(args.astring(), to);
  };
  if (c.yes()) {
    read_back(client.sent(imapxx::copy(set, to)), "UID COPY", arguments_are);
  } else {
    read_back(client.sent(imapxx::move(set, to)), "UID MOVE", arguments_are);
  }
}

inline void append(choices& c, fuzz::client_end& client) {
  const imapxx::mailbox_name to(mailbox_text(c));
  const auto flags = flags_of(c);
  std::optional<imapxx::date_time> date;
  if (c.yes())
    date.emplace(std::chrono::sys_seconds(std::chrono::seconds(c.number())), static_cast<int>(c.of(200)) * 7 - 700);
  const std::string message(c.text(200));
  imapxx::append cmd(to, message);
  cmd.flags(flags);
  if (date) cmd.date(*date);
  read_back(client.sent(std::move(cmd)), "APPEND", [&](server::arguments& args) {
    require_name(args.astring(), to);
    args.space();
    if (args.at('(')) {
      require(same(server::read_flag_list(args), flags), "other flags");
      args.space();
    } else {
      require(flags.empty(), "no flags");
    }
    require(args.at('"') == date.has_value(), "date");
    if (date) {
      require(server::parse_date_time(args.string()) == date->utc().time_since_epoch().count(), "another date");
      args.space();
    }
    require(args.literal_is_binary() == (message.find('\0') != std::string::npos), "literal8");
    require_equal(args.literal(), message, "another message");
  });
}

inline void id(choices& c, fuzz::client_end& client) {
  const std::string name(c.text(12));
  const std::string value(c.text(40));
  read_back(client.sent(std::move(imapxx::id().field(name, value))), "ID", [&](server::arguments& args) {
    args.expect('(');
    require_equal(args.string(), name, "another field");
    args.space();
    bool null = false;
    require_equal(args.nstring(null), value, "another value");
    require(!null, "NIL");
    args.expect(')');
  });
}

}  // namespace fuzz_commands

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz_commands::choices c({reinterpret_cast<const char*>(data), size});
  static constexpr std::string_view literals[] = {"LITERAL+", "LITERAL-", ""};
  imapxx::fuzz::client_end client(c.one_of(literals));
  switch (c.of(8)) {
    case 0:
    case 1: fuzz_commands::search(c, client); break;
    case 2: fuzz_commands::fetch(c, client); break;
    case 3: fuzz_commands::store(c, client); break;
    case 4: fuzz_commands::names(c, client); break;
    case 5: fuzz_commands::copies(c, client); break;
    case 6: fuzz_commands::append(c, client); break;
    default: fuzz_commands::id(c, client); break;
  }
  return 0;
}
