#include "words.hpp"

#include "exit_code.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <string_view>

namespace imapxx::cli {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

struct flag_word {
  std::string_view name;
  search_key (*make)();
};
constexpr std::array flag_words = {
    flag_word{"all", search_key::all},
    flag_word{"answered", search_key::answered},
    flag_word{"unanswered", search_key::unanswered},
    flag_word{"deleted", search_key::deleted},
    flag_word{"undeleted", search_key::undeleted},
    flag_word{"draft", search_key::draft},
    flag_word{"undraft", search_key::undraft},
    flag_word{"flagged", search_key::flagged},
    flag_word{"unflagged", search_key::unflagged},
    flag_word{"seen", search_key::seen},
    flag_word{"unseen", search_key::unseen},
    flag_word{"read", search_key::seen},
    flag_word{"unread", search_key::unseen},
    flag_word{"recent", search_key::recent},
    flag_word{"new", search_key::new_},
    flag_word{"old", search_key::old},
    flag_word{"savedatesupported", search_key::save_date_supported},
    flag_word{"$", search_key::saved_result},
};

struct context {
  std::chrono::year_month_day today;
};

date day_of(const std::string& text, const context& c) {
  using namespace std::chrono;
  const auto word = lower(text);
  if (word == "today") return c.today;
  if (word == "yesterday") return year_month_day(sys_days(c.today) - days(1));
  if (word.size() > 1 && (word.back() == 'd' || word.back() == 'w')) {
    int n = 0;
    const auto* end = word.data() + word.size() - 1;
    if (const auto [at, ec] = std::from_chars(word.data(), end, n);
        ec == std::errc() && at == end && n >= 0 && n < 400'000)
      return year_month_day(sys_days(c.today) - days(word.back() == 'w' ? n * 7 : n));
  }
  auto parsed = date::try_parse(text);
  if (!parsed)
    throw usage_error("not a day: " + text, "write 2026-02-01, 1-Feb-2026, today, yesterday, or 7d for a week ago");
  return *parsed;
}

std::uint64_t number_with_unit(const std::string& text, std::string_view units, std::span<const std::uint64_t> factors,
                               const char* example) {
  std::uint64_t n = 0;
  const auto* end = text.data() + text.size();
  const auto [at, ec] = std::from_chars(text.data(), end, n);
  std::uint64_t factor = 1;
  bool good = ec == std::errc() && !text.empty();
  if (good && at != end) {
    const auto unit = units.find(lower(std::string_view(at, 1))[0]);
    // "1M", "1MB" and "1MiB" all mean the same to people.
    const auto tail = lower(std::string_view(at + 1, static_cast<std::size_t>(end - at - 1)));
    good = unit != std::string_view::npos && (tail.empty() || (factors.size() == 4 && (tail == "b" || tail == "ib")));
    if (good) factor = factors[unit];
  }
  if (!good || n > UINT64_MAX / factor) throw usage_error("not a number: " + text, std::string("write ") + example);
  return n * factor;
}

std::uint64_t octets(const std::string& text) {
  static constexpr std::array<std::uint64_t, 4> factors = {1ULL << 10U, 1ULL << 20U, 1ULL << 30U, 1ULL << 40U};
  return number_with_unit(text, "kmgt", factors, "1500, 20K, 1M or 2G");
}

std::uint32_t seconds(const std::string& text) {
  static constexpr std::array<std::uint64_t, 5> factors = {1, 60, 3600, 86400, 604800};
  const auto n = number_with_unit(text, "smhdw", factors, "3600, 90m, 12h, 3d or 2w");
  if (n == 0 || n > 0xFFFFFFFFU) throw usage_error("not an interval: " + text);
  return static_cast<std::uint32_t>(n);
}

std::uint64_t plain_number(const std::string& text) {
  return number_with_unit(text, "", std::span<const std::uint64_t>(), "a number");
}

flag flag_of(const std::string& text) {
  flag f(text);
  if (!f.is_valid() || f.is_system())
    throw usage_error("not a keyword: " + text,
                      "write a word such as $Work; system flags have words of their own: seen, flagged ...");
  return f;
}

template <class Set>
Set set_of(const std::string& text) {
  auto s = Set::try_parse(text);
  if (!s) throw usage_error("not a set of numbers: " + text, "write 1:5,9,20:*");
  return *s;
}

using maker = std::function<search_key(const std::string&, const context&)>;
struct value_word {
  std::string_view name;
  maker make;
};

maker of_text(search_key (*make)(std::string_view)) {
  return [make](const std::string& v, const context&) { return make(v); };
}
maker of_day(search_key (*make)(const date&)) {
  return [make](const std::string& v, const context& c) { return make(day_of(v, c)); };
}
maker of_octets(search_key (*make)(std::uint64_t)) {
  return [make](const std::string& v, const context&) { return make(octets(v)); };
}
maker of_seconds(search_key (*make)(std::uint32_t)) {
  return [make](const std::string& v, const context&) { return make(seconds(v)); };
}

// header:Name=value; without = the field must be there.
search_key header(const std::string& v, const context&) {
  const auto equals = v.find('=');
  const auto name = v.substr(0, equals);
  return search_key::header(name, equals == std::string::npos ? std::string() : v.substr(equals + 1));
}

search_key is_flag(const std::string& v, const context&) {
  const auto word = lower(v);
  const auto* found = std::find_if(flag_words.begin(), flag_words.end(), [&](const auto& f) { return f.name == word; });
  if (found == flag_words.end())
    throw usage_error("no such state: is:" + v, "write is:seen, is:unread, is:flagged ...");
  return found->make();
}

const std::vector<value_word>& value_words() {
  static const std::vector<value_word> words = {
      {"from", of_text(search_key::from)},
      {"to", of_text(search_key::to)},
      {"cc", of_text(search_key::cc)},
      {"bcc", of_text(search_key::bcc)},
      {"subject", of_text(search_key::subject)},
      {"body", of_text(search_key::body)},
      {"text", of_text(search_key::text)},
      {"header", header},
      {"is", is_flag},
      {"before", of_day(search_key::before)},
      {"on", of_day(search_key::on)},
      {"since", of_day(search_key::since)},
      {"sentbefore", of_day(search_key::sent_before)},
      {"senton", of_day(search_key::sent_on)},
      {"sentsince", of_day(search_key::sent_since)},
      {"savedbefore", of_day(search_key::saved_before)},
      {"savedon", of_day(search_key::saved_on)},
      {"savedsince", of_day(search_key::saved_since)},
      {"older", of_seconds(search_key::older)},
      {"younger", of_seconds(search_key::younger)},
      {"larger", of_octets(search_key::larger)},
      {"smaller", of_octets(search_key::smaller)},
      {"keyword", [](const std::string& v, const context&) { return search_key::keyword(flag_of(v)); }},
      {"unkeyword", [](const std::string& v, const context&) { return search_key::unkeyword(flag_of(v)); }},
      {"uid", [](const std::string& v, const context&) { return search_key::uid(set_of<uid_set>(v)); }},
      {"seq", [](const std::string& v, const context&) { return search_key::seq(set_of<seq_set>(v)); }},
      {"modseq", [](const std::string& v, const context&) { return search_key::modseq(plain_number(v)); }},
      {"emailid", of_text(search_key::emailid)},
      {"threadid", of_text(search_key::threadid)},
      {"x-gm-raw", of_text(search_key::gm_raw)},
      {"gmail", of_text(search_key::gm_raw)},
  };
  return words;
}

const value_word* find_value_word(std::string_view name) {
  const auto wanted = lower(name);
  const auto& all = value_words();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& w) { return w.name == wanted; });
  return found == all.end() ? nullptr : &*found;
}

const flag_word* find_flag_word(std::string_view name) {
  const auto wanted = lower(name);
  const auto* found =
      std::find_if(flag_words.begin(), flag_words.end(), [&](const auto& w) { return w.name == wanted; });
  return found == flag_words.end() ? nullptr : found;
}

// "from" of "from:x" or "-from:x", when it is a known key.
std::optional<std::string_view> key_of(std::string_view word) {
  if (!word.empty() && word.front() == '-') word.remove_prefix(1);
  const auto colon = word.find(':');
  if (colon == std::string_view::npos || find_value_word(word.substr(0, colon)) == nullptr) return {};
  return word.substr(0, colon);
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// One argument, cut at spaces; quotes hold a value together, wherever in a word they begin.
void tokenize(std::string_view text, std::vector<search_token>& out) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (is_space(text[i])) {
      ++i;
    } else if (text[i] == '(' || text[i] == ')') {
      out.push_back({std::string(1, text[i++]), false});
    } else {
      search_token token;
      token.quoted = text[i] == '"';
      bool inside = false;
      for (; i < text.size() && (inside || (!is_space(text[i]) && text[i] != ')' && text[i] != '(')); ++i) {
        if (text[i] == '"') {
          inside = !inside;
        } else {
          if (inside && text[i] == '\\' && i + 1 < text.size()) ++i;
          token.text += text[i];
        }
      }
      if (inside) throw usage_error("a quotation mark is open: " + std::string(text));
      out.push_back(std::move(token));
    }
  }
}

// subject:"a b" reaches us as `subject:a b` when the shell took the quotes away.
bool is_one_condition(const std::string& argument) {
  if (!key_of(argument) || argument.find('"') != std::string::npos) return false;
  std::size_t at = argument.find_first_of(" \t");
  while (at != std::string::npos) {
    const auto start = argument.find_first_not_of(" \t", at);
    if (start == std::string::npos) break;
    at = argument.find_first_of(" \t", start);
    const auto word = std::string_view(argument).substr(start, at == std::string::npos ? at : at - start);
    if (key_of(word)) return false;
    const bool state = word.size() > 4 && find_flag_word(word) != nullptr;
    if (state)
      throw usage_error(
          "unclear whether \"" + std::string(word) + "\" is part of the value or a condition: " + argument,
          "give each condition as an argument of its own, or quote the value: '" + std::string(*key_of(argument)) +
              ":\"...\"'");
  }
  return true;
}

class parser {
 public:
  parser(std::vector<search_token> tokens, const context& c) : tokens_(std::move(tokens)), context_(c) {}

  search_key everything() {
    auto key = sequence();
    if (at_ < tokens_.size()) throw usage_error("a parenthesis closes that was not opened");
    return key;
  }

 private:
  [[nodiscard]] bool at_word(std::string_view word) const {
    return at_ < tokens_.size() && !tokens_[at_].quoted && tokens_[at_].text == word;
  }
  [[nodiscard]] bool at_end() const { return at_ >= tokens_.size() || at_word(")"); }

  search_key sequence() {
    std::vector<search_key> keys;
    while (!at_end()) keys.push_back(alternatives());
    return search_key::all_of(std::move(keys));
  }

  search_key alternatives() {
    std::vector<search_key> keys;
    keys.push_back(condition());
    while (at_word("or")) {
      ++at_;
      keys.push_back(condition());
    }
    return keys.size() == 1 ? std::move(keys.front()) : search_key::any_of(std::move(keys));
  }

  const std::string& take(const char* why) {
    if (at_ >= tokens_.size()) throw usage_error(std::string("the search ends where ") + why + " should follow");
    return tokens_[at_++].text;
  }

  search_key condition() {
    constexpr int deepest = 100;
    if (at_end()) throw usage_error("a condition is missing");
    if (++depth_ > deepest) throw usage_error("the search is nested too deeply");
    auto key = condition_here();
    --depth_;
    return key;
  }

  search_key condition_here() {
    if (tokens_[at_].quoted) return bare_word(tokens_[at_].text);
    const auto word = tokens_[at_].text;
    if (word == "(") {
      ++at_;
      auto key = sequence();
      if (!at_word(")")) throw usage_error("a parenthesis is open");
      ++at_;
      return key;
    }
    const auto small = lower(word);
    if (small == "not" || word == "-" || word == "!") {
      ++at_;
      return !condition();
    }
    if (word.size() > 1 && (word.front() == '-' || word.front() == '!')) {
      tokens_[at_].text.erase(0, 1);
      return !condition();
    }
    if (word == "OR") {
      ++at_;
      auto first = condition();
      return std::move(first) || condition();
    }
    if (small == "or")
      throw usage_error("`or` stands between two conditions", "OR in capitals is IMAP's own form, in front of them");
    if (small == "fuzzy") {
      ++at_;
      return search_key::fuzzy(condition());
    }
    return key_with_value(word);
  }

  search_key key_with_value(const std::string& word) {
    if (const auto key = key_of(word); key && word.front() != '-') {
      const auto& found = *find_value_word(*key);
      auto value = word.substr(key->size() + 1);
      ++at_;
      if (value.empty())
        throw usage_error("a value is missing behind " + word, "write " + std::string(found.name) + ":value");
      return found.make(value, context_);
    }
    if (const auto* flag = find_flag_word(word)) {
      ++at_;
      return flag->make();
    }
    if (lower(word) == "header") {
      ++at_;
      const auto name = take("a field's name");
      return search_key::header(name, take("a value"));
    }
    if (lower(word) == "modseq") return raw_modseq();
    if (const auto* found = find_value_word(word); found != nullptr && found->name != "is" && found->name != "gmail") {
      ++at_;
      return found->make(take("a value"), context_);
    }
    if (auto set = seq_set::try_parse(word); set) {
      ++at_;
      return search_key::seq(*set);
    }
    return bare_word(word);
  }

  // MODSEQ n, or MODSEQ "/flags/\\Seen" all n
  search_key raw_modseq() {
    ++at_;
    auto value = take("a mod-sequence");
    if (value.rfind("/flags/", 0) != 0) return search_key::modseq(plain_number(value));
    const flag f(value.substr(7));
    const auto kind = lower(take("priv, shared or all"));
    const auto entry =
        kind == "priv" ? modseq_entry::priv : (kind == "shared" ? modseq_entry::shared : modseq_entry::all);
    return search_key::modseq(plain_number(take("a mod-sequence")), f, entry);
  }

  [[noreturn]] static search_key bare_word(const std::string& word) {
    throw usage_error("not a search condition: " + word, "for a word anywhere in the message write text:" + word +
                                                             "; a value with spaces is quoted: subject:\"a b\"");
  }

  std::vector<search_token> tokens_;
  const context& context_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::vector<search_token> split_words(const std::vector<std::string>& words) {
  std::vector<search_token> tokens;
  for (const auto& w : words) {
    if (is_one_condition(w)) {
      tokens.push_back({w, false});
    } else {
      tokenize(w, tokens);
    }
  }
  return tokens;
}

search_key parse_words(const std::vector<std::string>& words, std::chrono::year_month_day today) {
  const context c{today};
  try {
    return parser(split_words(words), c).everything();
  } catch (const error& e) {
    // The library refused a value: not UTF-8, an interval of nothing, a field name that is none.
    throw usage_error(std::string("the search: ") + std::string(e.message()));
  }
}

}  // namespace imapxx::cli
