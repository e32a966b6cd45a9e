#include "base/ascii.hpp"
#include "imaplib/impl.hpp"
#include "wire/literal_header.hpp"

#include <utility>

namespace imapxx::inline v0::imaplib {
namespace {

bool is_type_char(char c) { return base::is_alpha(c) || c == '-'; }

}  // namespace

std::vector<datum> pieces_of(std::string_view data) {
  std::vector<datum> out;
  for (;;) {
    const auto line_end = data.find('\n');
    if (line_end == std::string_view::npos) break;
    const auto header_end = line_end != 0 && data[line_end - 1] == '\r' ? line_end - 1 : line_end;
    const auto text = data.substr(0, header_end);
    const auto brace = text.rfind('{');
    if (brace == std::string_view::npos) break;
    const auto header = wire::read_literal_header(text.substr(brace));
    const auto size = header.kind == wire::literal_header::form::plain ? header.size : 0;
    const auto literal = data.substr(line_end + 1).substr(0, static_cast<std::size_t>(size));
    out.emplace_back(bytes(text), bytes(literal));
    data.remove_prefix(line_end + 1 + literal.size());
  }
  out.emplace_back(bytes(data));
  return out;
}

// The session hands out the raw text first and the trace behind it; a log reads better the other way round, so the text
// waits for its trace.
void IMAP4::impl::on_raw(std::string_view text) { untraced = bytes(text); }

void IMAP4::impl::file_response(std::string_view text) {
  if (!greeted && welcome.is_none()) {
    welcome = text.starts_with("+") && !quotes() ? datum() : datum(bytes(text));
  }
  if (text.starts_with(tagpre) && text.size() > tagpre.size() && base::is_digit(text[tagpre.size()])) {
    const auto space = text.find(' ');
    raw_tagged = bytes(space == std::string_view::npos ? std::string_view() : text.substr(space + 1));
    const auto word = raw_tagged->find(' ');
    const bool coded = word != bytes::npos && file_code(std::string_view(*raw_tagged).substr(word + 1));
    const auto typ = raw_tagged->substr(0, word);
    if (typ != "OK" && !coded)
      say(1, typ + " response: " + bytes(word == bytes::npos ? "" : raw_tagged->substr(word + 1)).repr());
    return;
  }
  if (text.starts_with("+")) {
    prompted = true;
    continuation = bytes(text.substr(text.starts_with("+ ") ? 2 : 1));
    return;
  }
  if (text.starts_with("* ")) file_untagged(text.substr(2));
}

void IMAP4::impl::file_untagged(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && base::is_digit(text[at])) ++at;
  std::string number(text.substr(0, at));
  if (at != 0) {
    while (at < text.size() && text[at] == ' ') ++at;
  }
  const auto begin = at;
  while (at < text.size() && is_type_char(text[at])) ++at;
  auto type = base::to_upper(text.substr(begin, at - begin));
  if (type.empty()) return;
  std::string_view rest = text.substr(at);
  if (rest.starts_with(" ")) {
    rest.remove_prefix(1);
  } else if (!rest.empty()) {
    rest = {};
  }
  auto items = pieces_of(rest);
  if (!number.empty()) {
    const auto with_number = [&](const bytes& b) {
      return bytes(rest.empty() && items.size() == 1 ? number : number + " " + b);
    };
    auto& first = items.front();
    first = first.is_pair() ? datum(with_number(first[0]), first[1]) : datum(with_number(first.octets()));
  }
  const bool status = type == "OK" || type == "NO" || type == "BAD";
  const auto last_text = items.back().octets();
  file(type, std::move(items));
  const bool coded = status && file_code(last_text);
  if ((type == "NO" || type == "BAD" || type == "BYE") && !coded) say(1, type + " response: " + last_text.repr());
}

// `[CODE data] text`: Python takes everything up to the last bracket for data, on purpose (flags may hold `]`).
bool IMAP4::impl::file_code(std::string_view text) {
  if (!text.starts_with("[")) return false;
  std::size_t at = 1;
  while (at < text.size() && (base::is_upper(text[at]) || text[at] == '-')) ++at;
  if (at == 1 || at == text.size()) return false;
  auto name = std::string(text.substr(1, at - 1));
  const auto last = text.rfind(']');
  if (text[at] == ' ' && last != std::string_view::npos && last > at) {
    file(std::move(name), {bytes(text.substr(at + 1, last - at - 1))});
    return true;
  }
  if (text[at] != ']') return false;
  file(std::move(name), {bytes()});
  return true;
}

void IMAP4::impl::file(std::string type, std::vector<datum> items) {
  if (capturing) {
    captured.push_back(reply{std::move(type), std::move(items)});
    return;
  }
  if (type == "READ-ONLY") read_only_told = false;
  auto& kept = unread[type];
  for (auto& i : items) {
    if (debug >= 5)
      say(5, "untagged_responses[" + type + "] " + std::to_string(kept.size()) + " += [\"" + i.repr() + "\"]");
    kept.push_back(std::move(i));
  }
}

std::vector<datum> IMAP4::impl::take(std::string_view name) {
  const auto found = unread.find(name);
  if (found == unread.end()) return {datum()};
  auto data = std::move(found->second);
  unread.erase(found);
  say(5, "untagged_responses[" + std::string(name) + "] => " + datum(data).repr());
  return data;
}

reply IMAP4::impl::untagged(reply r, std::string_view name) {
  if (r.typ == "NO") return r;
  return {std::move(r.typ), take(name)};
}

void IMAP4::impl::learn_capabilities(const bytes& line) {
  capabilities.clear();
  for (const auto& word : line.split()) capabilities.push_back(base::to_upper(word));
}

void IMAP4::impl::get_capabilities() {
  const auto answer = untagged(simple("CAPABILITY", {}), "CAPABILITY");
  if (answer.data.empty() || answer.data.back().is_none()) throw imaplib::error("no CAPABILITY response from server");
  learn_capabilities(answer.data.back());
}

// After log-in, where RFC 9051 section 6.2.2 lets them change.
void IMAP4::impl::refresh_capabilities() {
  if (!quotes()) return;
  if (unread.contains("CAPABILITY")) return learn_capabilities(take("CAPABILITY").back());
  get_capabilities();
}

}  // namespace imapxx::inline v0::imaplib
