#include <imapxx/limits.hpp>

#include "commands.hpp"
#include "connection.hpp"
#include "json.hpp"
#include "words.hpp"

#include <chrono>
#include <ctime>

namespace imapxx::cli {
namespace {

std::chrono::year_month_day local_day() {
  using namespace std::chrono;
  const auto now = system_clock::to_time_t(system_clock::now());
  std::tm parts{};
  localtime_r(&now, &parts);
  return year(parts.tm_year + 1900) / month(static_cast<unsigned>(parts.tm_mon + 1)) /
         day(static_cast<unsigned>(parts.tm_mday));
}

// A search finds no more messages than the mailbox holds (but for UIDs that no longer exist, in ranges that a server
// drew together); a set such as 1:4294967295 would be printed for hours.
template <class Set>
void check_size(const Set& found, connection& c) {
  if (found.size() > c->mailbox().exists && found.size() > limits().collected_responses)
    throw failure(exit_code::protocol, "the server found more messages than the mailbox holds",
                  "--trace FILE shows what the server sent");
}

template <class Set>
void print(const Set& found, const common_args& common, const search_args& args, output& out) {
  if (common.json) {
    // The shape holds a set of UIDs for both kinds; it is told apart by the command line, as in IMAP.
    search_response r;
    for (const auto& range : found.ranges()) r.numbers.insert(range.first, range.last);
    r.modseq = found.modseq;
    out.json_line(to_json(response(std::move(r))));
  } else if (args.count) {
    out.trusted(std::to_string(found.size()) + "\n");
  } else if (args.as_set) {
    if (!found.empty()) out.trusted(found.to_string() + "\n");
  } else {
    for (const auto n : found) out.trusted(std::to_string(n) + "\n");
  }
}

}  // namespace

exit_code run(const common_args& common, const search_args& args, output& out) {
  auto key = parse_words(args.words, local_day());
  if (common.verbose) complain("SEARCH " + key.to_string());
  connection c(common, connection::opening());
  c.open();
  bool any = false;
  if (common.by_sequence) {
    const auto found = c->search(std::move(key));
    any = !found.empty();
    check_size(found, c);
    print(found, common, args, out);
  } else {
    const auto found = c->uid_search(std::move(key));
    any = !found.empty();
    check_size(found, c);
    print(found, common, args, out);
  }
  out.flush();
  c.close();
  return any ? exit_code::ok : exit_code::refused;
}

}  // namespace imapxx::cli
