#include "content.hpp"
#include "date_time.hpp"
#include "search_program.hpp"
#include "text.hpp"

#include <array>

namespace imapxx::testserver::detail {

namespace {

using kind = search_key::kind;

constexpr unsigned max_depth = 100;

struct simple_key {
  std::string_view name;
  kind what;
  unsigned number;
};

constexpr std::array<simple_key, 14> simple_keys = {{{"ALL", kind::everything, 0},
                                                     {"ANSWERED", kind::flag_set, flag::answered},
                                                     {"DELETED", kind::flag_set, flag::deleted},
                                                     {"DRAFT", kind::flag_set, flag::draft},
                                                     {"FLAGGED", kind::flag_set, flag::flagged},
                                                     {"SEEN", kind::flag_set, flag::seen},
                                                     {"UNANSWERED", kind::flag_unset, flag::answered},
                                                     {"UNDELETED", kind::flag_unset, flag::deleted},
                                                     {"UNDRAFT", kind::flag_unset, flag::draft},
                                                     {"UNFLAGGED", kind::flag_unset, flag::flagged},
                                                     {"UNSEEN", kind::flag_unset, flag::seen},
                                                     {"RECENT", kind::recent, 0},
                                                     {"OLD", kind::not_recent, 0},
                                                     {"NEW", kind::fresh, 0}}};

struct named_key {
  std::string_view name;
  kind what;
};

constexpr std::array<named_key, 6> date_keys = {{{"BEFORE", kind::before},
                                                 {"ON", kind::on},
                                                 {"SINCE", kind::since},
                                                 {"SENTBEFORE", kind::sent_before},
                                                 {"SENTON", kind::sent_on},
                                                 {"SENTSINCE", kind::sent_since}}};
constexpr std::array<named_key, 4> number_keys = {
    {{"LARGER", kind::larger}, {"SMALLER", kind::smaller}, {"OLDER", kind::older}, {"YOUNGER", kind::younger}}};
constexpr std::array<named_key, 2> keyword_keys = {{{"KEYWORD", kind::keyword}, {"UNKEYWORD", kind::unkeyword}}};
constexpr std::array<std::string_view, 5> header_keys = {"BCC", "CC", "FROM", "SUBJECT", "TO"};

template <std::size_t N>
const named_key* find_named(const std::array<named_key, N>& table, std::string_view name) {
  for (const named_key& k : table)
    if (k.name == name) return &k;
  return nullptr;
}

class search_reader {
 public:
  search_reader(session& s, arguments& args, std::string charset) : s_(s), args_(args), charset_(std::move(charset)) {}

  search_key list(bool until_parenthesis) {
    if (++depth_ > max_depth) fail_bad("Search is nested too deeply");
    search_key all;
    all.what = kind::all_of;
    do all.children.push_back(one());
    while (until_parenthesis ? !args_.accept(')') && (args_.space(), true) : !args_.at_end() && (args_.space(), true));
    --depth_;
    return all;
  }

 private:
  search_key one() {
    if (args_.accept('(')) return list(true);
    if (is_digit(args_.peek()) || args_.at('*') || args_.at('$')) {
      search_key key;
      key.what = kind::sequence;
      key.set = args_.sequence_set();
      return key;
    }
    return named(to_upper(args_.atom()));
  }

  search_key named(const std::string& name) {
    search_key key;
    for (const simple_key& k : simple_keys)
      if (k.name == name) {
        key.what = k.what;
        key.number = k.number;
        return key;
      }
    if (++depth_ > max_depth) fail_bad("Search is nested too deeply");
    args_.space();
    with_argument(name, key);
    --depth_;
    return key;
  }

  void with_argument(const std::string& name, search_key& key) {
    if (name == "NOT")
      combine(key, kind::negated, 1);
    else if (name == "OR")
      combine(key, kind::any_of, 2);
    else if (name == "UID") {
      key.what = kind::uid;
      key.set = args_.sequence_set();
    } else if (name == "BODY" || name == "TEXT") {
      key.what = name == "BODY" ? kind::body : kind::text;
      key.value = text();
    } else if (name == "HEADER") {
      auto field = args_.astring();
      args_.space();
      header(key, field);
    } else if (name == "MODSEQ" && s_.can("CONDSTORE"))
      modseq(key);
    else if (!other_argument(name, key))
      fail_bad("Unknown argument " + name);
  }

  bool other_argument(const std::string& name, search_key& key) {
    if (const named_key* k = find_named(date_keys, name)) {
      key.what = k->what;
      auto day = parse_date(args_.at('"') ? args_.string() : args_.atom());
      if (!day) fail_bad("Invalid search date");
      key.day = *day;
      return true;
    }
    if (const named_key* k = find_named(number_keys, name)) {
      key.what = k->what;
      bool within = k->what == kind::older || k->what == kind::younger;
      if (within && !s_.can("WITHIN")) return false;
      key.number = args_.number();
      if (within && key.number == 0) fail_bad("Invalid interval");
      return true;
    }
    if (const named_key* k = find_named(keyword_keys, name)) {
      key.what = k->what;
      key.value = args_.atom();
      return true;
    }
    for (std::string_view field : header_keys)
      if (field == name) {
        header(key, std::string(field));
        key.what = kind::header_key;
        return true;
      }
    return false;
  }

  void combine(search_key& key, kind what, int operands) {
    key.what = what;
    for (int i = 0; i < operands; ++i) {
      if (i > 0) args_.space();
      key.children.push_back(one());
    }
  }

  void header(search_key& key, const std::string& field) {
    key.what = kind::header;
    key.field = field;
    key.value = text();
  }

  /// MODSEQ ["/flags/\\seen" all] 42
  void modseq(search_key& key) {
    key.what = kind::modseq;
    if (args_.at('"')) {
      args_.string();
      args_.space();
      args_.atom();
      args_.space();
    }
    key.number = args_.number();
  }

  std::string text() {
    auto utf8 = charset_to_utf8(args_.astring(), charset_);
    if (!utf8) fail_no("BADCHARSET", "Unknown charset");
    return search_form(*utf8);
  }

  session& s_;
  arguments& args_;
  std::string charset_;
  unsigned depth_ = 0;
};

}  // namespace

search_key read_search(session& s, arguments& args, const std::string& charset) {
  return search_reader(s, args, charset).list(false);
}

bool uses_modseq(const search_key& key) {
  if (key.what == kind::modseq) return true;
  for (const search_key& child : key.children)
    if (uses_modseq(child)) return true;
  return false;
}

}  // namespace imapxx::testserver::detail
