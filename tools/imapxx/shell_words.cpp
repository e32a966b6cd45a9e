#include "shell_words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace imapxx::cli {
namespace {

char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

constexpr auto any = states::any;
constexpr auto early = states::not_authenticated;
constexpr auto late = states::authenticated;
constexpr auto open = states::selected;

constexpr std::array commands = {
    shell_word{"CAPABILITY", any, "", "what the server offers"},
    shell_word{"NOOP", any, "", "nothing; the server may tell what is new"},
    shell_word{"LOGOUT", any, "", "ends the session"},
    shell_word{"ID", any, "NIL | (name value ...)", "who is who"},
    shell_word{"LOGIN", early, "user password", "log in"},
    shell_word{"AUTHENTICATE", early, "mechanism [initial-response]", "log in by SASL; answers are asked for"},
    shell_word{"ENABLE", late, "capability ...", "switch extensions on"},
    shell_word{"SELECT", late, "mailbox", "open a mailbox"},
    shell_word{"EXAMINE", late, "mailbox", "open a mailbox, read-only"},
    shell_word{"CREATE", late, "mailbox", "make a mailbox"},
    shell_word{"DELETE", late, "mailbox", "remove a mailbox"},
    shell_word{"RENAME", late, "mailbox new-name", "rename a mailbox"},
    shell_word{"SUBSCRIBE", late, "mailbox", "add a name to the subscribed ones"},
    shell_word{"UNSUBSCRIBE", late, "mailbox", "take a name from the subscribed ones"},
    shell_word{"LIST", late, "reference pattern", "mailboxes; * in a pattern is anything, % one level"},
    shell_word{"LSUB", late, "reference pattern", "subscribed names (not in IMAP4rev2)"},
    shell_word{"NAMESPACE", late, "", "where whose mailboxes are"},
    shell_word{"STATUS", late, "mailbox (item ...)", "numbers about a mailbox that is not open"},
    shell_word{"APPEND", late, "mailbox [(flag ...)] [\"date-time\"] {n}", "add a message"},
    shell_word{"IDLE", late, "", "wait for news; Enter or DONE ends it"},
    shell_word{"GETQUOTA", late, "root", "limits of a quota root"},
    shell_word{"GETQUOTAROOT", late, "mailbox", "quota roots of a mailbox"},
    shell_word{"GETACL", late, "mailbox", "who may do what"},
    shell_word{"MYRIGHTS", late, "mailbox", "what I may do"},
    shell_word{"CHECK", open, "", "checkpoint (not in IMAP4rev2)"},
    shell_word{"CLOSE", open, "", "remove messages marked \\Deleted, and close"},
    shell_word{"UNSELECT", open, "", "close, and remove nothing"},
    shell_word{"EXPUNGE", open, "", "remove messages marked \\Deleted"},
    shell_word{"SEARCH", open, "[CHARSET name] key ...", "find messages, by sequence number"},
    shell_word{"FETCH", open, "numbers items", "data of messages"},
    shell_word{"STORE", open, "numbers FLAGS|+FLAGS|-FLAGS[.SILENT] (flag ...)", "change flags"},
    shell_word{"COPY", open, "numbers mailbox", "copy messages"},
    shell_word{"MOVE", open, "numbers mailbox", "move messages"},
    shell_word{"SORT", open, "(criterion ...) charset key ...", "find messages, in order"},
    shell_word{"THREAD", open, "algorithm charset key ...", "find conversations"},
    shell_word{"UID FETCH", open, "uids items", "data of messages, named by UID"},
    shell_word{"UID SEARCH", open, "[CHARSET name] key ...", "find messages; answers with UIDs"},
    shell_word{"UID STORE", open, "uids FLAGS|+FLAGS|-FLAGS[.SILENT] (flag ...)", "change flags, by UID"},
    shell_word{"UID COPY", open, "uids mailbox", "copy messages, by UID"},
    shell_word{"UID MOVE", open, "uids mailbox", "move messages, by UID"},
    shell_word{"UID EXPUNGE", open, "uids", "remove those of the messages that are marked \\Deleted"},
    shell_word{"UID SORT", open, "(criterion ...) charset key ...", "find messages, in order; answers with UIDs"},
    shell_word{"UID THREAD", open, "algorithm charset key ...", "find conversations; answers with UIDs"},
};

constexpr std::array directives = {
    shell_directive{":help", "[command]", "this text, or what is known of a command"},
    shell_directive{":login", "", "log in with the options' and the URL's credentials"},
    shell_directive{":decode", "on|off|json", "show each response decoded, too: readable, or as JSON"},
    shell_directive{":base64", "on|off|text",
                    "AUTHENTICATE: encode what is typed; in a dialogue, encode this text once"},
    shell_directive{":crlf", "on|off", "line ends typed into a literal are CRLF (on a terminal on, in scripts off)"},
    shell_directive{":state", "", "state, mailbox and capabilities, as the client sees them"},
    shell_directive{":tls", "", "how the connection is protected"},
    shell_directive{":wait", "seconds", "wait until the server says something, not longer than this"},
    shell_directive{":quit", "", "LOGOUT, and the end"},
};

constexpr std::array<std::string_view, 20> fetch_words = {"ALL",
                                                          "FAST",
                                                          "FULL",
                                                          "BODY",
                                                          "BODY[",
                                                          "BODY[HEADER]",
                                                          "BODY[TEXT]",
                                                          "BODY.PEEK[",
                                                          "BODY.PEEK[HEADER]",
                                                          "BODY.PEEK[HEADER.FIELDS (",
                                                          "BODYSTRUCTURE",
                                                          "ENVELOPE",
                                                          "FLAGS",
                                                          "INTERNALDATE",
                                                          "MODSEQ",
                                                          "RFC822",
                                                          "RFC822.HEADER",
                                                          "RFC822.SIZE",
                                                          "RFC822.TEXT",
                                                          "UID"};
constexpr std::array<std::string_view, 37> search_words = {
    "ALL",     "ANSWERED",  "BCC",       "BEFORE", "BODY",    "CC",         "CHARSET",    "DELETED",
    "DRAFT",   "FLAGGED",   "FROM",      "HEADER", "KEYWORD", "LARGER",     "NEW",        "NOT",
    "OLD",     "ON",        "OR",        "RECENT", "SEEN",    "SENTBEFORE", "SENTON",     "SENTSINCE",
    "SINCE",   "SMALLER",   "SUBJECT",   "TEXT",   "TO",      "UID",        "UNANSWERED", "UNDELETED",
    "UNDRAFT", "UNFLAGGED", "UNKEYWORD", "UNSEEN", "US-ASCII"};
constexpr std::array<std::string_view, 8> status_words = {"DELETED", "HIGHESTMODSEQ", "MESSAGES",    "RECENT",
                                                          "SIZE",    "UIDNEXT",       "UIDVALIDITY", "UNSEEN"};
constexpr std::array<std::string_view, 11> store_words = {"+FLAGS",  "+FLAGS.SILENT", "-FLAGS",     "-FLAGS.SILENT",
                                                          "FLAGS",   "FLAGS.SILENT",  "\\Answered", "\\Deleted",
                                                          "\\Draft", "\\Flagged",     "\\Seen"};
constexpr std::array<std::string_view, 5> flag_words = {"\\Answered", "\\Deleted", "\\Draft", "\\Flagged", "\\Seen"};
constexpr std::array<std::string_view, 9> mechanisms = {
    "CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "LOGIN", "OAUTHBEARER", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2"};
constexpr std::array<std::string_view, 4> switches = {"off", "on", "json", "readable"};

struct word_at {
  std::size_t begin, end;
};

// Words of a line: blanks separate, quotes keep together.
std::vector<word_at> words_of(std::string_view line) {
  std::vector<word_at> found;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == ' ') {
      ++i;
      continue;
    }
    const auto begin = i;
    bool quoted = false;
    for (; i < line.size() && (quoted || line[i] != ' '); ++i) {
      if (line[i] == '\\' && quoted && i + 1 < line.size()) {
        ++i;
      } else if (line[i] == '"') {
        quoted = !quoted;
      }
    }
    found.push_back({begin, i});
  }
  return found;
}

bool begins_like(std::string_view word, std::string_view typed) noexcept {
  return word.size() >= typed.size() && same_word(word.substr(0, typed.size()), typed);
}

template <class Words>
void offer(std::vector<std::string>& to, const Words& words, std::string_view typed) {
  for (const std::string_view w : words)
    if (begins_like(w, typed)) to.emplace_back(w);
}

bool takes_mailbox_first(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 14> names = {"SELECT",    "EXAMINE",     "CREATE", "DELETE",    "RENAME",
                                                      "SUBSCRIBE", "UNSUBSCRIBE", "STATUS", "APPEND",    "GETQUOTAROOT",
                                                      "GETACL",    "MYRIGHTS",    "SETACL", "LISTRIGHTS"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Arguments, by the command and their number.
void offer_arguments(std::vector<std::string>& to, std::string_view name, std::size_t number, std::string_view typed,
                     const completion_context& context) {
  const auto base = name.starts_with("UID ") ? name.substr(4) : name;
  if (takes_mailbox_first(base) && (number == 0 || base == "RENAME")) return offer(to, context.mailboxes, typed);
  if ((base == "COPY" || base == "MOVE") && number == 1) return offer(to, context.mailboxes, typed);
  if (base == "FETCH" && number > 0) return offer(to, fetch_words, typed);
  if (base == "SEARCH" || base == "SORT" || base == "THREAD") return offer(to, search_words, typed);
  if (base == "STATUS") return offer(to, status_words, typed);
  if (base == "STORE" && number > 0) return offer(to, store_words, typed);
  if (base == "APPEND") return offer(to, flag_words, typed);
  if (base == "AUTHENTICATE" && number == 0) return offer(to, mechanisms, typed);
}

std::optional<std::uint64_t> number_of(std::string_view digits) {
  std::uint64_t n = 0;
  const auto* end = digits.data() + digits.size();
  const auto [at, why] = std::from_chars(digits.data(), end, n);
  if (digits.empty() || why != std::errc() || at != end ||
      n > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return {};
  return n;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char u = upper(c);
  return u >= 'A' && u <= 'F' ? u - 'A' + 10 : -1;
}

}  // namespace

std::span<const shell_word> shell_commands() noexcept { return commands; }
std::span<const shell_directive> shell_directives() noexcept { return directives; }

const shell_word* find_shell_command(std::string_view name) noexcept {
  const auto* found =
      std::find_if(commands.begin(), commands.end(), [&](const shell_word& w) { return same_word(w.name, name); });
  return found == commands.end() ? nullptr : found;
}

bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return upper(x) == upper(y); });
}

std::string_view first_word(std::string_view line) noexcept {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return line.substr(0, line.find(' '));
}

std::string command_name(std::string_view line) {
  const auto words = words_of(line);
  std::string name;
  for (std::size_t i = 0; i < words.size() && i < 2; ++i) {
    if (i == 1 && name != "UID") break;
    if (i == 1) name += ' ';
    for (const char c : line.substr(words[i].begin, words[i].end - words[i].begin)) name += upper(c);
  }
  return name;
}

bool has_own_tag(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 2) return false;
  const auto first = line.substr(words[0].begin, words[0].end - words[0].begin);
  if (find_shell_command(first) != nullptr || same_word(first, "UID")) return false;
  const auto rest = line.substr(words[1].begin);
  return find_shell_command(first_word(rest)) != nullptr || same_word(first_word(rest), "UID");
}

std::size_t invisible_from(std::string_view line) noexcept {
  const auto first = first_word(line);
  if (!same_word(first, "LOGIN") && !same_word(first, "AUTHENTICATE")) return line.size();
  auto at = static_cast<std::size_t>(first.data() + first.size() - line.data());
  // Behind the user name, or the mechanism.
  at = std::min(line.find_first_not_of(' ', at), line.size());
  bool quoted = false;
  for (; at < line.size() && (quoted || line[at] != ' '); ++at) {
    if (line[at] == '\\' && quoted && at + 1 < line.size()) {
      ++at;
    } else if (line[at] == '"') {
      quoted = !quoted;
    }
  }
  return std::min(line.find_first_not_of(' ', at), line.size());
}

std::string_view argument(std::string_view line, std::size_t n) {
  const auto words = words_of(line);
  const std::size_t skip = command_name(line).starts_with("UID ") ? 2 : 1;
  if (words.size() <= n + skip) return {};
  const auto w = words[n + skip];
  return line.substr(w.begin, w.end - w.begin);
}

std::optional<literal_announcement> find_literal(std::string_view line) {
  if (!line.ends_with('}')) return {};
  literal_announcement found;
  auto inside = line.substr(0, line.size() - 1);
  if (inside.ends_with('+')) {
    found.wait = false;
    inside.remove_suffix(1);
  }
  for (const std::string_view mark : {"{<", "{crlf<"}) {
    const auto at = inside.rfind(mark);
    if (at == std::string_view::npos || at + mark.size() == inside.size()) continue;
    found.at = at;
    found.crlf = mark.size() > 2;
    found.file = inside.substr(at + mark.size());
  }
  if (found.file.empty()) {
    const auto brace = inside.rfind('{');
    if (brace == std::string_view::npos) return {};
    const auto n = number_of(inside.substr(brace + 1));
    if (!n) return {};
    found.at = brace;
    found.octets = *n;
  }
  if (found.at > 0 && line[found.at - 1] == '~') {
    found.binary = true;
    --found.at;
  }
  return found;
}

std::vector<std::string> completions(std::string_view line, const completion_context& context, std::size_t& from) {
  std::vector<std::string> found;
  const auto words = words_of(line);
  const bool new_word = words.empty() || words.back().end != line.size();
  from = new_word ? line.size() : words.back().begin;
  const auto number = words.size() - (new_word ? 0 : 1);  // of the word that is being typed
  if (line.starts_with(':')) {
    if (number == 0) {
      for (const auto& d : directives)
        if (begins_like(d.name, line)) found.emplace_back(d.name);
    } else if (first_word(line) == ":help") {
      for (const auto& c : commands)
        if (begins_like(c.name, line.substr(from))) found.emplace_back(c.name);
    } else if (first_word(line) == ":decode" || first_word(line) == ":base64" || first_word(line) == ":crlf") {
      offer(found, switches, line.substr(from));
    }
    return found;
  }
  const bool behind_uid = number == 1 && same_word(line.substr(words[0].begin, words[0].end - words[0].begin), "UID");
  if (number == 0 || behind_uid) {
    for (const auto& c : commands) {
      if (!c.states.contains(context.state)) continue;
      if (behind_uid != c.name.starts_with("UID ")) {
        if (!behind_uid && c.name == "UID FETCH" && begins_like("UID", line.substr(from))) found.emplace_back("UID");
        continue;
      }
      const auto name = behind_uid ? c.name.substr(4) : c.name;
      if (begins_like(name, line.substr(from))) found.emplace_back(name);
    }
    return found;
  }
  const auto name = command_name(line);
  // Behind an opening parenthesis a word begins anew.
  const auto paren = line.find_first_not_of('(', from);
  if (paren != std::string_view::npos) from = paren;
  if (paren == std::string_view::npos) from = line.size();
  const std::size_t before = name.starts_with("UID ") ? 2 : 1;
  offer_arguments(found, name, number - before, line.substr(from), context);
  return found;
}

std::string typed_form(std::string_view raw_name) {
  constexpr std::string_view special = "(){%*\"\\ ";
  bool bare = !raw_name.empty() && !same_word(raw_name, "NIL");
  for (const char c : raw_name) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7F) return {};
    if (octet > 0x7F || special.find(c) != std::string_view::npos) bare = false;
  }
  if (bare) return std::string(raw_name);
  std::string quoted = "\"";
  for (const char c : raw_name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char c = ++i < text.size() ? text[i] : ' ';
    if (c == 'x' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else if (c == '0' || c == 'n' || c == 'r' || c == '\\') {
      out += c == '0' ? '\0' : (c == 'n' ? '\n' : (c == 'r' ? '\r' : '\\'));
    } else {
      return {};
    }
  }
  return out;
}

}  // namespace imapxx::cli
