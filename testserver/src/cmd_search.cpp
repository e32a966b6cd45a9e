#include "commands.hpp"
#include "content.hpp"
#include "search_program.hpp"
#include "text.hpp"

#include <algorithm>
#include <chrono>

namespace imapxx::testserver::detail {

namespace {

struct search_request {
  bool extended = false;
  bool min = false;
  bool max = false;
  bool all = false;
  bool count = false;
  bool save = false;
  std::string charset;
};

void read_return_options(session& s, arguments& args, search_request& r) {
  r.extended = true;
  args.space();
  args.expect('(');
  while (!args.accept(')')) {
    auto option = to_upper(args.atom());
    bool& wanted = option == "MIN"     ? r.min
                   : option == "MAX"   ? r.max
                   : option == "COUNT" ? r.count
                   : option == "SAVE"  ? r.save
                                       : r.all;
    if (option == "SAVE" ? !s.can("SEARCHRES") && !s.can("IMAP4rev2") : &wanted == &r.all && option != "ALL")
      fail_bad("Unknown search return option " + option);
    wanted = true;
    args.accept_space();
  }
  r.all = r.all || (!r.min && !r.max && !r.count && !r.save);
  args.space();
}

search_request read_options(session& s, arguments& args) {
  search_request r;
  args.space();
  auto probe = args;
  auto peek_word = [&probe]() -> std::string {
    if (probe.at_end() || probe.at_literal() || is_digit(probe.peek()) ||
        std::string_view("(*$\"").find(probe.peek()) != std::string_view::npos)
      return {};
    return to_upper(probe.atom());
  };
  auto word = peek_word();
  if (word == "RETURN" && (s.can("ESEARCH") || s.can("IMAP4rev2"))) {
    args.atom();
    read_return_options(s, args, r);
    probe = args;
    word = peek_word();
  }
  if (word == "CHARSET") {
    args.atom();
    args.space();
    r.charset = args.astring();
    args.space();
    if (!charset_to_utf8("x", r.charset)) fail_no("BADCHARSET (US-ASCII UTF-8)", "Unknown charset");
  }
  return r;
}

struct search_result {
  std::vector<std::uint32_t> numbers;  ///< sequence numbers or UIDs
  std::vector<std::uint32_t> uids;
  std::uint64_t modseq = 0;
};

void write_plain(session& s, const search_result& found, bool with_modseq) {
  s.out += "* SEARCH";
  for (auto n : found.numbers) s.out += ' ' + std::to_string(n);
  if (with_modseq && !found.numbers.empty()) s.out += " (MODSEQ " + std::to_string(found.modseq) + ')';
  s.out += "\r\n";
}

void write_extended(session& s, const search_request& r, const search_result& found, bool uid, bool with_modseq) {
  if (!r.min && !r.max && !r.count && !r.all) return;
  s.out += "* ESEARCH (TAG ";
  append_string(s.out, s.tag);
  s.out += uid ? ") UID" : ")";
  if (!found.numbers.empty()) {
    if (r.min) s.out += " MIN " + std::to_string(found.numbers.front());
    if (r.max) s.out += " MAX " + std::to_string(found.numbers.back());
    if (r.all) s.out += " ALL " + compress_set(found.numbers);
  }
  if (r.count) s.out += " COUNT " + std::to_string(found.numbers.size());
  if (with_modseq && !found.numbers.empty()) s.out += " MODSEQ " + std::to_string(found.modseq);
  s.out += "\r\n";
}

/// RFC 5182, 2.1: with MIN and MAX only these are saved.
std::vector<std::uint32_t> saved_result(const search_request& r, const std::vector<std::uint32_t>& uids) {
  if (uids.empty() || r.all || r.count || (!r.min && !r.max)) return uids;
  std::vector<std::uint32_t> saved;
  if (r.min) saved.push_back(uids.front());
  if (r.max && (saved.empty() || saved.back() != uids.back())) saved.push_back(uids.back());
  return saved;
}

}  // namespace

reply cmd_search(session& s, arguments& args, bool uid) {
  auto& v = s.selected();
  auto r = read_options(s, args);
  search_key key;
  try {
    key = read_search(s, args, r.charset);
  } catch (const command_failure& f) {
    if (f.status == "NO" && r.save) v.saved.clear();
    throw;
  }
  bool with_modseq = uses_modseq(key);
  auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  search_result found;
  {
    auto lock = s.store.lock();
    if (with_modseq) s.enable_condstore();
    for (std::uint32_t n = 1; n <= v.entries.size(); ++n) {
      const stored_message& m = *v.entries[n - 1].message;
      if (m.expunged || !matches(key, v, n, now)) continue;
      found.numbers.push_back(uid ? m.uid : n);
      found.uids.push_back(m.uid);
      found.modseq = std::max(found.modseq, m.modseq);
    }
  }
  if (r.save) v.saved = saved_result(r, found.uids);
  r.all = r.all || !r.extended;
  if (r.extended || s.rev2)
    write_extended(s, r, found, uid, with_modseq);
  else
    write_plain(s, found, with_modseq);
  return ok(uid ? "UID SEARCH completed" : "SEARCH completed");
}

}  // namespace imapxx::testserver::detail
