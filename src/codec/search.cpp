// SEARCH, SORT, ESEARCH, THREAD
#include "base/ascii.hpp"
#include "base/big_block.hpp"
#include "base/swar.hpp"
#include "codec/family.hpp"

#include <algorithm>

namespace imapxx::inline v0::codec {
namespace {

// The plain numbers at the start of the text, "2 84 882": a mailbox may give millions of them. Stops behind the last
// one that is so simple.
void read_plain_numbers(lexer& in, std::vector<message_number>& numbers) {
  constexpr std::size_t most_digits = 10;
  const auto text = in.rest();
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size() && text[at] != '0'; at = done + 1) {
    std::uint64_t n = 0;
    std::size_t end = at;
    for (; end < text.size() && end - at <= most_digits && base::is_digit(text[end]); ++end) {
      n = n * 10 + static_cast<std::uint64_t>(text[end] - '0');
    }
    if (end == at || n > 0xFFFFFFFFU || (end < text.size() && text[end] != ' ')) break;
    numbers.push_back(static_cast<message_number>(n));
    done = end;
  }
  in.skip(done);
}

// Room for one more range, and for as many as the text will give if it goes on as it began: a list that doubles again
// and again touches all of its memory three times.
void make_room(std::vector<number_range>& ranges, std::size_t octets_done, std::size_t octets_in_all) {
  constexpr std::size_t octets_of_a_number = 2;
  constexpr std::size_t few = 4096;
  const auto left = octets_in_all - octets_done;
  const auto size = ranges.size();
  auto wanted = std::max<std::size_t>(2 * size, 16);
  if (size >= few) {
    const auto expected = static_cast<double>(left) / static_cast<double>(octets_done) * static_cast<double>(size);
    wanted = size + few + static_cast<std::size_t>(expected * 1.02);
  }
  wanted = std::min(wanted, size + left / octets_of_a_number + 1);
  wanted = base::filling_pages(wanted * sizeof(number_range)) / sizeof(number_range);
  ranges.reserve(wanted);
  base::expect_use(ranges.data(), ranges.capacity() * sizeof(number_range));
}

// The same for a set: ascending numbers without repetition, which is what servers send. Stops behind the last one that
// is so simple.
void read_ascending_numbers(lexer& in, std::vector<number_range>& ranges) {
  const auto text = in.rest();
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = begin;
  const char* done = begin;
  message_number last = 0;
  while (at != end) {
    const char* behind = at;
    const auto number = base::read_nz_number(at, end, behind);
    if (number <= last || (behind != end && *behind != ' ')) break;
    if (number - last == 1 && !ranges.empty()) {
      ranges.back().last = number;
    } else {
      if (ranges.size() == ranges.capacity()) make_room(ranges, static_cast<std::size_t>(at - begin), text.size());
      ranges.emplace_back(number, number);
    }
    last = number;
    done = behind;
    at = behind == end ? end : behind + 1;
  }
  in.skip(static_cast<std::size_t>(done - begin));
}

// *(SP nz-number) [SP search-sort-mod-seq]; search-sort-mod-seq = "(" "MODSEQ" SP mod-sequence-value ")" (RFC 7162
// section 7)
bool read_numbers(lexer& in, bool first, std::vector<message_number>& numbers, std::optional<std::uint64_t>& modseq) {
  while (!in.at_end()) {
    if (!first && !gap(in)) {
      in.fail("nz-number");
      return false;
    }
    if (in.at_end()) {
      tolerate(quirk::g03);
      break;
    }
    first = false;
    if (open(in)) {
      std::uint64_t n = 0;
      const bool named = in.keyword("MODSEQ");
      (void)gap(in);
      if (!named || read_number(in, n) == number_read::none || !close(in)) {
        in.fail("search-sort-mod-seq");
        return false;
      }
      modseq = n;
      continue;
    }
    std::uint32_t n = 0;
    if (!read_number32(in, n)) {
      in.fail("nz-number");
      return false;
    }
    if (n == 0) {
      tolerate(quirk::q07);
    } else {
      numbers.push_back(n);
    }
  }
  return true;
}

bool read_list(lexer& in, std::vector<message_number>& numbers, std::optional<std::uint64_t>& modseq) {
  const auto left = in.rest();
  numbers.reserve(static_cast<std::size_t>(std::count(left.begin(), left.end(), ' ')) + 1);
  read_plain_numbers(in, numbers);
  return read_numbers(in, numbers.empty(), numbers, modseq);
}

uid_set to_set(std::vector<message_number> numbers) {
  if (!std::is_sorted(numbers.begin(), numbers.end())) std::sort(numbers.begin(), numbers.end());
  uid_set out;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    bool repeated = false;
    while (end < numbers.size() && numbers[end] - numbers[end - 1] <= 1) {
      repeated = repeated || numbers[end] == numbers[end - 1];
      ++end;
    }
    if (repeated) tolerate(quirk::q07);
    out.insert(numbers[i], numbers[end - 1]);
    i = end;
  }
  return out;
}

// search-correlator = "(" "TAG" SP tag-string *(SP name SP value) ")" (RFC 9051, RFC 7377)
bool read_correlator(input& i, esearch& out) {
  auto& in = i.in;
  if (!open(in)) return true;
  for (bool first = true; !close(in); first = false) {
    if (!first) (void)gap(in);
    const auto name = in.atom();
    (void)gap(in);
    if (!name) return false;
    if (base::iequals(*name, "TAG")) {
      if (!read_text(in, out.tag)) return false;
    } else {
      const auto value = in.any_value(i.options.nesting);
      if (!value || at_limit(in, out.others.size(), i.options.list_elements)) return false;
      out.others.emplace_back(*name, *value);
    }
  }
  return true;
}

bool read_small(lexer& in, std::optional<message_number>& out) {
  std::uint32_t n = 0;
  if (!read_number32(in, n)) return false;
  if (n != 0) out = n;
  return true;
}

bool read_large(lexer& in, std::optional<std::uint64_t>& out) {
  std::uint64_t n = 0;
  const auto read = read_number(in, n);
  if (read == number_read::value) out = n;
  return read != number_read::none;
}

std::string_view word(lexer& in) {
  const auto rest = in.rest();
  const auto n = std::min(rest.find_first_of(" ()"), rest.size());
  in.skip(n);
  return rest.substr(0, n);
}

bool read_all(input& i, esearch& out) {
  const auto text = word(i.in);
  out.all_present = true;
  if (text.empty() || base::iequals(text, "NIL")) return true;
  if (out.uid) {
    auto set = uid_set::try_parse(text, i.options.set_ranges);
    if (!set) return fail_set(i.in, set.error(), "sequence-set");
    out.all_uids = std::move(*set);
    return true;
  }
  auto set = seq_set::try_parse(text, i.options.set_ranges);
  if (!set) return fail_set(i.in, set.error(), "sequence-set");
  out.all_seq = std::move(*set);
  return true;
}

// search-return-data = name SP value; PARTIAL's value is "(" range SP (set / nil) ")" (RFC 9394)
bool read_return_item(input& i, esearch& out) {
  auto& in = i.in;
  const auto name = in.atom();
  if (!name) return false;
  (void)gap(in);
  if (base::iequals(*name, "MIN")) return read_small(in, out.min);
  if (base::iequals(*name, "MAX")) return read_small(in, out.max);
  if (base::iequals(*name, "COUNT")) return read_large(in, out.count);
  if (base::iequals(*name, "MODSEQ")) return read_large(in, out.modseq);
  if (base::iequals(*name, "ALL")) return read_all(i, out);
  if (base::iequals(*name, "PARTIAL") && open(in)) {
    const auto range = word(in);
    (void)gap(in);
    out.partial.emplace(range, word(in));
    return close(in);
  }
  const auto value = in.any_value(i.options.nesting);
  if (!value || at_limit(in, out.others.size(), i.options.list_elements)) return false;
  out.others.emplace_back(*name, *value);
  return true;
}

}  // namespace

// mailbox-data =/ "SEARCH" *(SP nz-number) [SP search-sort-mod-seq]
bool parse_search(input& i, response& out) {
  const auto start = i.in.position();
  search_response r;
  std::vector<number_range> ranges;
  std::vector<message_number> others;
  read_ascending_numbers(i.in, ranges);
  {
    base::tentative_leniency counted;
    if (!read_numbers(i.in, ranges.empty(), others, r.modseq)) return false;
    if (others.empty()) {
      counted.keep();
      r.numbers = uid_set::from_ranges(std::move(ranges));
      out = std::move(r);
      return true;
    }
  }
  // Numbers out of order, or repeated.
  i.in.seek(start);
  others.clear();
  if (!read_list(i.in, others, r.modseq)) return false;
  r.numbers = to_set(std::move(others));
  out = std::move(r);
  return true;
}

// sort-data = "SORT" *(SP nz-number) [SP search-sort-mod-seq] (RFC 5256 section 5)
bool parse_sort(input& i, response& out) {
  sort_response r;
  if (!read_list(i.in, r.numbers, r.modseq)) return false;
  out = std::move(r);
  return true;
}

// esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
bool parse_esearch(input& i, response& out) {
  esearch_response r;
  auto& in = i.in;
  if (!read_correlator(i, r.value)) {
    in.fail("search-correlator");
    return false;
  }
  in.spaces();
  r.value.uid = in.keyword("UID");
  in.spaces();
  const bool listed = in.peek() == '(' && open(in);
  if (listed) tolerate(quirk::q06);
  while (!in.at_end() && !(listed && close(in))) {
    if (!read_return_item(i, r.value)) {
      in.fail("search-return-data");
      return false;
    }
    if (!in.at_end() && in.peek() != ')') (void)gap(in);
  }
  out = std::move(r);
  return true;
}

namespace {

/// Builds threads without recursion: messages of open lists lie on a stack, each the parent of what comes behind it.
class thread_builder {
 public:
  void open() {
    if (!marks_.empty() && stack_.size() == marks_.back()) stack_.emplace_back();  // a missing parent
    marks_.push_back(stack_.size());
  }
  void add(message_number n) { stack_.emplace_back(n); }
  void close() {
    if (stack_.size() == marks_.back()) tolerate(quirk::q17);
    while (stack_.size() > marks_.back()) {
      auto node = std::move(stack_.back());
      stack_.pop_back();
      const bool top = stack_.empty();
      (top ? threads_ : stack_.back().children).push_back(std::move(node));
    }
    marks_.pop_back();
  }
  [[nodiscard]] std::size_t depth() const noexcept { return marks_.size(); }
  [[nodiscard]] std::vector<thread_node> take() { return std::move(threads_); }

 private:
  std::vector<thread_node> stack_;
  std::vector<std::size_t> marks_;
  std::vector<thread_node> threads_;
};

}  // namespace

// thread-data = "THREAD" [SP 1*thread-list]; thread-list = "(" (thread-members / thread-nested) ")" (RFC 5256 section
// 5)
bool parse_thread(input& i, response& out) {
  thread_builder build;
  auto& in = i.in;
  std::size_t count = 0;
  while (!in.at_end()) {
    if (in.spaces()) continue;
    std::uint32_t n = 0;
    if (in.literal_char('(')) {
      if (build.depth() == i.options.nesting) {
        in.fail(limit_nesting);
        return false;
      }
      build.open();
    } else if (build.depth() > 0 && in.literal_char(')')) {
      build.close();
    } else if (build.depth() > 0 && count < i.options.set_ranges && read_number32(in, n)) {
      ++count;
      if (n == 0) {
        tolerate(quirk::q17);
      } else {
        build.add(n);
      }
    } else {
      in.fail(count == i.options.set_ranges ? limit_set_ranges : "thread-list");
      return false;
    }
  }
  if (build.depth() != 0) {
    in.fail("thread-list");
    return false;
  }
  out = thread_response{build.take()};
  return true;
}

}  // namespace imapxx::inline v0::codec
