// Reads the same octets again and again, and looks at every value: what `bench/safety_cost.py` counts instructions of,
// in builds with the checks and without.
//
//   safety_cost KIND ROUNDS     flags, messages, search, mailboxes
#include <imapxx/response.hpp>

#include "samples.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace imapxx;

std::string flags_rows() {
  std::string out;
  for (int n = 1; n <= 500; ++n)
    out +=
        "* " + std::to_string(n) + " FETCH (UID " + std::to_string(1000 + n) + " FLAGS (\\Seen \\Answered $Work))\r\n";
  return out;
}

std::string messages() {
  std::string out;
  for (int n = 1; n <= 100; ++n)
    out += "* " + std::to_string(n) + " FETCH (UID " + std::to_string(1000 + n) + " " +
           std::string(bench::message_items) + " BODY[HEADER] {16}\r\nSubject: x\r\n\r\n\r\n)\r\n";
  return out;
}

std::string numbers() {
  std::string out = "* SEARCH";
  for (int n = 1; n <= 5000; ++n) out += ' ' + std::to_string(3 * n);
  return out + "\r\n* ESEARCH (TAG \"A1\") UID ALL 1:4,9,12:300,4711\r\n";
}

std::string mailboxes() {
  std::string out;
  for (int n = 1; n <= 200; ++n) {
    const auto name = "\"Archive/2026/" + std::to_string(n) + "\"";
    out += "* LIST (\\HasNoChildren \\Subscribed) \"/\" " + name + "\r\n* STATUS " + name +
           " (MESSAGES 231 UIDNEXT 44292 UNSEEN 3)\r\n";
  }
  return out;
}

// What a caller would look at, so that it is read.
std::size_t looked_at(const response& r) {
  if (const auto* row = std::get_if<fetch_response>(&r)) {
    const auto data = row->row.to_data();
    return data.flags.value_or(flag_list()).size() + (data.envelope ? data.envelope->from.size() : 0);
  }
  return r.index();
}

std::size_t read_all(std::string_view octets) {
  response_reader reader;
  std::size_t sum = 0;
  response r;
  while (!octets.empty()) {
    const auto piece = octets.substr(0, 16384);
    reader.feed(piece);
    octets.remove_prefix(piece.size());
    while (reader.next(r) == read_status::complete) sum += looked_at(r);
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc == 3 ? argv[1] : "";
  const auto octets = kind == "flags"       ? flags_rows()
                      : kind == "messages"  ? messages()
                      : kind == "search"    ? numbers()
                      : kind == "mailboxes" ? mailboxes()
                                            : std::string();
  if (octets.empty()) return 2;
  std::size_t sum = 0;
  for (auto rounds = std::strtoul(argv[2], nullptr, 10); rounds > 0; --rounds) sum += read_all(octets);
  std::printf("%zu\n", sum);
  return 0;
}
