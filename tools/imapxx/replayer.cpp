#include "replayer.hpp"

#include <imapxx/commands/idle.hpp>

#include "json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace imapxx::cli {
namespace {

using source = trace_record::source;

session_options options_for_replay(observer& heard) {
  session_options o;
  o.first_tag(1).observe(&heard).max_in_flight(1000);
  return o;
}

// A tag begins every line of the client, but DONE and the lines of a SASL dialogue.
std::pair<std::string_view, std::string_view> split_tag(std::string_view text) noexcept {
  const auto end = std::min(text.find(' '), text.size());
  return {text.substr(0, end), text.substr(std::min(end + 1, text.size()))};
}

bool is_done(std::string_view text) noexcept { return text == "DONE" || text == "done"; }

// The octets of the wire: literals that were streamed are filled up.
std::string wire_octets(std::string_view text) {
  std::string out;
  for (auto at = text.find("!}\r\n"); at != std::string_view::npos; at = text.find("!}\r\n")) {
    recorded_literal l;
    const auto head = text.substr(0, at + 2);
    out += text.substr(0, at);
    if (!ends_in_literal(head, l)) {
      out += '!';
      text.remove_prefix(at + 1);
      continue;
    }
    constexpr std::uint64_t most = std::uint64_t{1} << 30U;
    out += "}\r\n";
    out.append(static_cast<std::size_t>(std::min(l.size, most)), 'x');
    text.remove_prefix(at + 4);
  }
  out += text;
  return out + "\r\n";
}

}  // namespace

replayer::replayer(const std::vector<trace_record>& records, bool as_recorded)
    : records_(records), as_recorded_(as_recorded), session_(options_for_replay(*this)) {
  const bool starttls = std::any_of(records.begin(), records.end(), [](const auto& r) {
    return r.from == source::client && split_tag(r.text).second == "STARTTLS";
  });
  session_.set_tls(!starttls);
}

replay_report replayer::run() {
  judge_responses();
  for (std::size_t i = 0; i < records_.size() && !report_.ended; ++i) {
    line_ = records_[i].line;
    if (records_[i].from == source::client) client_line(i);
    if (records_[i].from == source::server) server_line(records_[i]);
  }
  for (const auto& e : expected_) differ(e.line, "the client has not sent this");
  return std::move(report_);
}

void replayer::differ(std::size_t line, std::string what) { report_.differences.push_back({line, std::move(what)}); }

// --- the responses by themselves, as `imapxx decode` sees them

void replayer::judge_responses() {
  reset_leniency();
  for (const auto& r : records_)
    if (r.from == source::server) judge(wire_octets(r.text), r.line);
  for (const auto& l : leniency()) report_.tolerated[std::string(l.quirk)] += l.count;
}

void replayer::judge(std::string_view text, std::size_t line) {
  response_reader reader;
  reader.feed(text);
  response r;
  const auto status = reader.next(r);
  if (status != read_status::complete) {
    ++report_.responses[status == read_status::invalid ? "invalid" : "incomplete"];
    report_.unparsed.push_back(
        {line, status == read_status::invalid ? std::string(reader.failure().message()) : "incomplete"});
    return;
  }
  const auto seen = nlohmann::json::parse(to_json(r));
  const auto kind = seen.at("kind").get<std::string>();
  ++report_.responses[kind];
  // Octets that are no UTF-8 are objects.
  const auto word = [](const nlohmann::json& j, const char* name) {
    const auto found = j.find(name);
    if (found == j.end()) return std::string();
    return found->is_string() ? found->get<std::string>() : found->dump();
  };
  const auto remark = [&](const nlohmann::json& item) {
    report_.unparsed.push_back(
        {line, fmt::format("{}: {} at octet {}", word(item, "name"), word(item, "reason"), word(item, "offset"))});
  };
  if (kind == "unparsed") remark(seen);
  if (kind == "unknown") report_.unknown.push_back({line, word(seen, "name")});
  if (const auto items = seen.find("unparsed"); items != seen.end() && items->is_array())
    for (const auto& item : *items) remark(item);
}

// --- the session

void replayer::client_line(std::size_t at) {
  const auto& r = records_[at];
  if (dialogue_lines_ != 0) {
    --dialogue_lines_;
    return;
  }
  if (is_done(r.text)) {
    expected_.push_back({"DONE", r.line});
    for (const auto& [id, c] : running_)
      if (c.text == "IDLE") session_.end_idle(id);
    return settle();
  }
  submit(r, at);
  settle();
}

std::deque<std::string> replayer::dialogue_after(std::size_t at) const {
  std::deque<std::string> lines;
  const auto tag = std::string(split_tag(records_[at].text).first) + " ";
  for (std::size_t i = at + 1; i < records_.size(); ++i) {
    if (records_[i].from == source::server && records_[i].text.starts_with(tag)) break;
    if (records_[i].from == source::client) lines.push_back(records_[i].text);
  }
  return lines;
}

void replayer::submit(const trace_record& r, std::size_t at) {
  const auto [tag, text] = split_tag(r.text);
  std::deque<std::string> answers;
  if (text.starts_with("AUTHENTICATE ")) answers = dialogue_after(at);
  dialogue_lines_ = answers.size();
  running c{std::string(tag), std::string(text), r.line, std::make_shared<recorded_command::findings>()};
  expected_.push_back({c.text, r.line});
  for (const auto& a : answers) expected_.push_back({a, r.line});
  ++report_.commands;
  own_tags_[c.recorded_tag] = "A" + std::to_string(report_.commands);
  auto made = std::make_unique<recorded_command>(c.text, answers, true, c.found);
  auto id = session_.submit(std::move(made));
  if (!id) {
    differ(r.line, fmt::format("the client would not send this: {}", id.error().what()));
    id = session_.submit(std::make_unique<recorded_command>(c.text, answers, false, c.found));
  }
  if (id) running_.emplace(*id, std::move(c));
}

std::string replayer::with_own_tag(std::string_view text) const {
  constexpr std::string_view correlator = "* ESEARCH (TAG \"";
  if (text.starts_with(correlator)) {
    const auto end = text.find('"', correlator.size());
    const auto tag = text.substr(correlator.size(), end - correlator.size());
    const auto own = own_tags_.find(std::string(tag));
    if (own != own_tags_.end()) return std::string(correlator) + own->second + std::string(text.substr(end));
  }
  const auto [tag, rest] = split_tag(text);
  const auto own = own_tags_.find(std::string(tag));
  return own == own_tags_.end() ? std::string(text) : own->second + " " + std::string(rest);
}

void replayer::server_line(const trace_record& r) {
  settle();
  const auto tag = std::string(split_tag(r.text).first);
  if (own_tags_.contains(tag) && !expected_.empty() && expected_.front().line < r.line) {
    const auto late = std::find_if(running_.begin(), running_.end(), [&](const auto& c) {
      return c.second.recorded_tag == tag && c.second.line >= expected_.front().line;
    });
    if (late != running_.end())
      differ(expected_.front().line, "the client has not sent this before the answer to it came");
  }
  feed(wire_octets(with_own_tag(r.text)));
}

void replayer::feed(std::string_view octets) {
  while (!octets.empty() && !session_.closed()) {
    const auto room = session_.input_buffer();
    const auto n = std::min(room.size(), octets.size());
    std::memcpy(room.data(), octets.data(), n);
    session_.input_received(n);
    octets.remove_prefix(n);
    collect();
  }
  settle();
}

// Everything that waits leaves, and what comes of it is looked at.
void replayer::settle() {
  for (auto piece = session_.output(); !piece.empty(); piece = session_.output()) {
    session_.output_sent(piece.size());
    collect();
  }
  collect();
}

void replayer::collect() {
  using kind = session_event::kind;
  for (auto e = session_.next(); e.what != kind::none; e = session_.next()) {
    if (e.what == kind::completed) completed(e);
    if (e.what == kind::closed && e.failure && e.failure.code() != errc::bye && !report_.ended)
      report_.ended = trace_remark{line_, e.failure.what()};
  }
}

void replayer::completed(const session_event& e) {
  const auto found = running_.find(e.id);
  if (found == running_.end()) return;
  const auto c = found->second;
  running_.erase(found);
  if (!e.failure || e.failure.code() == errc::no || e.failure.code() == errc::bad ||
      e.failure.code() == errc::authentication_failed) {
    ++report_.completed;
    if (e.failure) ++report_.refused;
    if (c.text == "STARTTLS" && !e.failure)
      if (auto ok = session_.tls_started(); !ok) report_.failures.push_back({line_, ok.error().what()});
    return;
  }
  if (e.failure.is_fatal() || session_.closed()) return;  // told when the session ends
  if (e.status == nullptr) {
    return differ(c.line, fmt::format("the client would not send this: {}", e.failure.what()));
  }
  ++report_.completed;
  report_.failures.push_back({c.line, e.failure.what()});
}

void replayer::on_trace(trace_direction d, std::string_view text) {
  if (d != trace_direction::sent) return;
  const bool untagged = !expected_.empty() && text == expected_.front().text;
  compare_sent(untagged ? text : split_tag(text).second);
}

void replayer::compare_sent(std::string_view text) {
  if (!as_recorded_)
    for (auto& [id, c] : running_) {
      if (c.compared || !c.found->written_otherwise) continue;
      c.compared = true;
      differ(c.line, "the client writes " + *c.found->written_otherwise);
    }
  if (!expected_.empty() && expected_.front().text == text) {
    expected_.pop_front();
    return;
  }
  const auto later = std::find_if(expected_.begin(), expected_.end(), [&](const auto& e) { return e.text == text; });
  if (later == expected_.end()) return differ(line_, fmt::format("the client sends {} here", text));
  differ(later->line, "the client sends this before what stands above it");
  expected_.erase(later);
}

}  // namespace imapxx::cli
