#include <imapxx/error.hpp>
#include <imapxx/model/search_key.hpp>
#include <imapxx/wire/encoder.hpp>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <iterator>

namespace imapxx::inline v0 {
namespace {

// The order in which keys that stand side by side are written.
constexpr std::uint8_t rank_set = 0;
constexpr std::uint8_t rank_flag = 1;
constexpr std::uint8_t rank_date = 2;
constexpr std::uint8_t rank_text = 3;

[[noreturn]] void refuse(std::string_view why) { throw_error(error(errc::invalid_argument, why)); }

std::string words(std::string_view first, std::uint64_t number) {
  return std::string(first).append(" ").append(std::to_string(number));
}

}  // namespace

search_key::search_key() = default;

search_key search_key::make(std::uint8_t rank, std::string_view text, const char* capability) {
  search_key key;
  term t;
  t.rank = rank;
  t.pieces.push_back({std::string(text), false});
  key.terms_.push_back(std::move(t));
  if (capability != nullptr) key.capabilities_.push_back(capability);
  return key;
}

search_key search_key::with_text(std::string_view first, std::string_view text, const char* capability) {
  if (!base::is_utf8(text)) refuse("a search text must be UTF-8");
  auto key = make(rank_text, std::string(first).append(" "), capability);
  key.terms_.front().pieces.push_back({std::string(text), true});
  return key;
}

search_key search_key::with_date(std::string_view first, const date& d, const char* capability) {
  return make(rank_date, std::string(first).append(" ").append(d.to_string()), capability);
}

search_key search_key::answered() { return make(rank_flag, "ANSWERED"); }
search_key search_key::unanswered() { return make(rank_flag, "UNANSWERED"); }
search_key search_key::deleted() { return make(rank_flag, "DELETED"); }
search_key search_key::undeleted() { return make(rank_flag, "UNDELETED"); }
search_key search_key::draft() { return make(rank_flag, "DRAFT"); }
search_key search_key::undraft() { return make(rank_flag, "UNDRAFT"); }
search_key search_key::flagged() { return make(rank_flag, "FLAGGED"); }
search_key search_key::unflagged() { return make(rank_flag, "UNFLAGGED"); }
search_key search_key::seen() { return make(rank_flag, "SEEN"); }
search_key search_key::unseen() { return make(rank_flag, "UNSEEN"); }
search_key search_key::recent() { return make(rank_flag, "RECENT"); }
search_key search_key::new_() { return make(rank_flag, "NEW"); }
search_key search_key::old() { return make(rank_flag, "OLD"); }

search_key search_key::keyword(const flag& f) {
  if (!f.is_valid() || f.is_system()) refuse("KEYWORD needs a keyword, not a system flag");
  return make(rank_flag, std::string("KEYWORD ").append(f.name()));
}

search_key search_key::unkeyword(const flag& f) {
  if (!f.is_valid() || f.is_system()) refuse("UNKEYWORD needs a keyword, not a system flag");
  return make(rank_flag, std::string("UNKEYWORD ").append(f.name()));
}

search_key search_key::bcc(std::string_view t) { return with_text("BCC", t); }
search_key search_key::body(std::string_view t) { return with_text("BODY", t); }
search_key search_key::cc(std::string_view t) { return with_text("CC", t); }
search_key search_key::from(std::string_view t) { return with_text("FROM", t); }
search_key search_key::subject(std::string_view t) { return with_text("SUBJECT", t); }
search_key search_key::text(std::string_view t) { return with_text("TEXT", t); }
search_key search_key::to(std::string_view t) { return with_text("TO", t); }

search_key search_key::header(std::string_view name, std::string_view value) {
  // RFC 5322 section 3.6.8: printable ASCII without colon.
  const auto is_field_char = [](char c) { return c > ' ' && c < 0x7f && c != ':'; };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_field_char)) refuse("not the name of a header field");
  if (!base::is_utf8(value)) refuse("a search text must be UTF-8");
  auto key = wire::is_atom(name) ? make(rank_text, std::string("HEADER ").append(name)) : with_text("HEADER", name);
  auto& pieces = key.terms_.front().pieces;
  pieces.push_back({" ", false});
  pieces.push_back({std::string(value), true});
  return key;
}

search_key search_key::before(const date& d) { return with_date("BEFORE", d); }
search_key search_key::on(const date& d) { return with_date("ON", d); }
search_key search_key::since(const date& d) { return with_date("SINCE", d); }
search_key search_key::sent_before(const date& d) { return with_date("SENTBEFORE", d); }
search_key search_key::sent_on(const date& d) { return with_date("SENTON", d); }
search_key search_key::sent_since(const date& d) { return with_date("SENTSINCE", d); }
search_key search_key::saved_before(const date& d) { return with_date("SAVEDBEFORE", d, "SAVEDATE"); }
search_key search_key::saved_on(const date& d) { return with_date("SAVEDON", d, "SAVEDATE"); }
search_key search_key::saved_since(const date& d) { return with_date("SAVEDSINCE", d, "SAVEDATE"); }
search_key search_key::save_date_supported() { return make(rank_flag, "SAVEDATESUPPORTED", "SAVEDATE"); }

search_key search_key::older(std::uint32_t seconds) {
  if (seconds == 0) refuse("OLDER needs at least one second");
  return make(rank_date, words("OLDER", seconds), "WITHIN");
}

search_key search_key::younger(std::uint32_t seconds) {
  if (seconds == 0) refuse("YOUNGER needs at least one second");
  return make(rank_date, words("YOUNGER", seconds), "WITHIN");
}

search_key search_key::larger(std::uint64_t octets) { return make(rank_date, words("LARGER", octets)); }
search_key search_key::smaller(std::uint64_t octets) { return make(rank_date, words("SMALLER", octets)); }

search_key search_key::uid(const uid_set& set) {
  if (set.empty()) refuse("an empty UID set finds nothing");
  return make(rank_set, "UID " + set.to_string());
}

search_key search_key::seq(const seq_set& set) {
  if (set.empty()) refuse("an empty sequence set finds nothing");
  return make(rank_set, set.to_string());
}

search_key search_key::saved_result() { return make(rank_set, "$", "SEARCHRES"); }
search_key search_key::modseq(std::uint64_t value) { return make(rank_flag, words("MODSEQ", value), "CONDSTORE"); }

search_key search_key::modseq(std::uint64_t value, const flag& f, modseq_entry kind) {
  if (!f.is_valid()) refuse("MODSEQ needs a flag");
  // RFC 7162 section 7, entry-flag-name: the backslash of a system flag is itself quoted.
  std::string text = "MODSEQ \"/flags/";
  if (f.is_system()) text += '\\';
  text.append(f.name()).append("\" ");
  text += kind == modseq_entry::all ? "all" : kind == modseq_entry::priv ? "priv" : "shared";
  return make(rank_flag, words(text, value), "CONDSTORE");
}

// RFC 8474 section 7: an object identifier is no string.
search_key search_key::emailid(std::string_view id) {
  if (!wire::is_atom(id)) refuse("EMAILID needs an object identifier");
  return make(rank_text, std::string("EMAILID ").append(id), "OBJECTID");
}

search_key search_key::threadid(std::string_view id) {
  if (!wire::is_atom(id)) refuse("THREADID needs an object identifier");
  return make(rank_text, std::string("THREADID ").append(id), "OBJECTID");
}

search_key search_key::gm_raw(std::string_view query) { return with_text("X-GM-RAW", query, "X-GM-EXT-1"); }

search_key search_key::fuzzy(search_key key) {
  static constexpr const char* needed[] = {"SEARCH=FUZZY"};
  key.need(needed);
  return prefixed("FUZZY ", std::move(key));
}

void search_key::need(std::span<const char* const> capabilities) {
  capabilities_.insert(capabilities_.end(), capabilities.begin(), capabilities.end());
}

// One key as OR and NOT take it: in parentheses unless it is a single one.
std::vector<search_key::piece> search_key::group(search_key key) {
  if (key.terms_.empty()) return {{"ALL", false}};
  if (key.terms_.size() == 1) return std::move(key.terms_.front().pieces);
  std::vector<piece> out;
  out.push_back({"(", false});
  for (const auto* t : key.in_order()) {
    if (out.size() > 1) out.push_back({" ", false});
    out.insert(out.end(), t->pieces.begin(), t->pieces.end());
  }
  out.push_back({")", false});
  return out;
}

search_key search_key::prefixed(std::string_view word, search_key key) {
  search_key out;
  out.capabilities_ = std::move(key.capabilities_);
  term t;
  if (key.terms_.empty()) t.rank = rank_flag;
  for (const auto& part : key.terms_) t.rank = std::max(t.rank, part.rank);
  t.pieces = group(std::move(key));
  t.pieces.insert(t.pieces.begin(), piece{std::string(word), false});
  out.terms_.push_back(std::move(t));
  return out;
}

search_key operator&&(search_key a, search_key b) {
  std::move(b.terms_.begin(), b.terms_.end(), std::back_inserter(a.terms_));
  a.need(b.capabilities_);
  return a;
}

search_key operator||(search_key a, search_key b) {
  std::uint8_t rank = 0;
  for (const auto& t : b.terms_) rank = std::max(rank, t.rank);
  const auto needed = b.capabilities_;
  auto second = search_key::group(std::move(b));
  auto out = search_key::prefixed("OR ", std::move(a));
  auto& t = out.terms_.front();
  t.rank = std::max(t.rank, rank);
  t.pieces.push_back({" ", false});
  std::move(second.begin(), second.end(), std::back_inserter(t.pieces));
  out.need(needed);
  return out;
}

search_key operator!(search_key a) { return search_key::prefixed("NOT ", std::move(a)); }

search_key search_key::all_of(std::vector<search_key> keys) {
  search_key out;
  for (auto& key : keys) out = std::move(out) && std::move(key);
  return out;
}

search_key search_key::any_of(std::vector<search_key> keys) {
  if (keys.empty()) return !all();
  // Pairs of neighbours, then pairs of pairs: a server that parses recursively sees a depth of log2(n).
  while (keys.size() > 1) {
    std::vector<search_key> next;
    next.reserve((keys.size() + 1) / 2);
    for (std::size_t i = 0; i + 1 < keys.size(); i += 2) {
      next.push_back(std::move(keys[i]) || std::move(keys[i + 1]));
    }
    if (keys.size() % 2 == 1) next.push_back(std::move(keys.back()));
    keys = std::move(next);
  }
  return std::move(keys.front());
}

std::vector<const search_key::term*> search_key::in_order() const {
  std::vector<const term*> order;
  order.reserve(terms_.size());
  for (const auto& t : terms_) order.push_back(&t);
  // The terms stand in one vector: among equals, their addresses are their order.
  std::sort(order.begin(), order.end(),
            [](const term* a, const term* b) { return a->rank == b->rank ? a < b : a->rank < b->rank; });
  return order;
}

void search_key::encode(wire::encoder& out) const {
  if (terms_.empty()) {
    out.raw("ALL");
    return;
  }
  bool first = true;
  for (const auto* t : in_order()) {
    if (!first) out.sp();
    first = false;
    for (const auto& p : t->pieces) {
      // Quoted also where an atom would do, as the examples of RFC 9051 section 6.4.4 are.
      if (p.text) {
        out.string(p.octets);
      } else {
        out.raw(p.octets);
      }
    }
  }
}

bool search_key::needs_charset() const noexcept {
  for (const auto& t : terms_) {
    for (const auto& p : t.pieces) {
      if (std::any_of(p.octets.begin(), p.octets.end(), base::is_8bit)) return true;
    }
  }
  return false;
}

bool search_key::names_sequence_numbers() const noexcept {
  // Of all keys, only a sequence set has no word in front.
  const auto is_set = [](const piece& p) {
    return !p.text && !p.octets.empty() && (base::is_digit(p.octets.front()) || p.octets.front() == '*');
  };
  return std::any_of(terms_.begin(), terms_.end(),
                     [&](const term& t) { return std::any_of(t.pieces.begin(), t.pieces.end(), is_set); });
}

bool search_key::connection_bound() const noexcept {
  const auto is_saved = [](const piece& p) { return !p.text && p.octets.starts_with('$'); };
  return names_sequence_numbers() || std::any_of(terms_.begin(), terms_.end(), [&](const term& t) {
           return std::any_of(t.pieces.begin(), t.pieces.end(), is_saved);
         });
}

std::vector<std::string> search_key::required_capabilities() const {
  std::vector<std::string> out(capabilities_.begin(), capabilities_.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string search_key::to_string() const {
  if (terms_.empty()) return "ALL";
  std::string out;
  for (const auto* t : in_order()) {
    if (!out.empty()) out += ' ';
    for (const auto& p : t->pieces) {
      if (!p.text) {
        out += p.octets;
        continue;
      }
      out += '"';
      for (const char c : p.octets) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
      out += '"';
    }
  }
  return out;
}

}  // namespace imapxx::inline v0
