#include "core/fetch_operation.hpp"

#include <imapxx/commands/search.hpp>

#include "commands/support.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

namespace imapxx::inline v0::core {

void fetch_operation::start(operation_host& host, time_point) {
  if (!cmd_.by_uid()) return finish(error(errc::invalid_argument, "messages are fetched again by UID only"));
  if (cmd_.has_sink()) return finish(error(errc::invalid_argument, "a sink would get octets twice"));
  if (most_commands_ == 0) return finish(error(errc::invalid_argument, "at least one command is needed"));
  result_.messages.expect(1, true, host.protocol().options().limits.nesting);
  fetch_part(host, std::get<uid_set>(cmd_.messages()));
}

void fetch_operation::fetch_part(operation_host& host, uid_set part) {
  ++result_.commands;
  auto cmd = std::make_unique<fetch>(cmd_);
  cmd->use(part);
  run(host, std::move(cmd), [this, part = std::move(part)](operation_host& h, completion& c) {
    // RFC 9051 section 7.1: NO is about this command. BAD, limits and lost connections are about more than a message,
    // and a server that is asked to wait would refuse the halves as well.
    const bool refused = c.failure.code() == errc::no && !c.failure.is_fatal() && !c.failure.retry_after();
    if (c.failure && !refused) return finish(c.failure);
    // Of a single message nothing more will come: what came of it is kept.
    const auto came = take_rows(h, static_cast<fetch&>(*c.cmd), !refused || part.size() == 1);
    if (!came) return finish(came.error());
    if (!refused || (part - *came).empty()) return fetch_next(h);
    if (!looked_up_) return look_up(h, part, *came, c.failure);
    divide(part - *came, c.failure);
    fetch_next(h);
  });
}

// Each command keeps to the limits of what is collected; all of them together shall, too.
// \return the messages of which all came
result<uid_set> fetch_operation::take_rows(operation_host& host, fetch& from, bool halves_too) {
  const auto& limits = host.protocol().options().limits;
  const auto rows = from.take_result();
  std::vector<number_range> came;
  for (std::size_t i = 0; i != rows.size(); ++i) {
    const bool complete = rows.uid(i) != 0 && rows.is_complete(i);
    if (!complete && !halves_too) continue;
    if (complete) came.emplace_back(rows.uid(i), rows.uid(i));
    if (result_.messages.size() == limits.collected_responses)
      return commands::over_limit("collected_responses", limits.collected_responses);
    if (rows.text(i).size() > limits.collected_octets - std::min(result_.messages.octets(), limits.collected_octets))
      return commands::over_limit("collected_octets", limits.collected_octets);
    (void)result_.messages.add(rows[i], rows.is_complete(i) ? 1 : 0);
  }
  return uid_set::from_ranges(std::move(came));
}

void fetch_operation::fetch_next(operation_host& host) {
  if (!to_fetch_.empty() && result_.commands < most_commands_) {
    auto part = std::move(to_fetch_.back());
    to_fetch_.pop_back();
    return fetch_part(host, std::move(part));
  }
  for (const auto& left : to_fetch_) result_.not_asked |= left;
  result_.messages.finish();
  finish();
}

// Half of a set such as 1:* may hold no message; and those that are gone are no reason to ask again (F-10). From the
// first to the last: what is left of a set can be too long for a line.
void fetch_operation::look_up(operation_host& host, uid_set part, uid_set came, const error& why) {
  const auto all = uid_set::range(part.ranges().front().first, part.ranges().back().last);
  run(host, std::make_unique<uid_search>(search_key::uid(all)),
      [this, part = std::move(part), came = std::move(came), why](operation_host& h, completion& c) {
        if (c.failure) return finish(c.failure.is_fatal() ? c.failure : why);
        looked_up_ = true;
        const uid_set found = static_cast<uid_search&>(*c.cmd).take_result().numbers();
        auto there = found & part;
        if (part.ranges().back().first == number_set_star && !found.empty()) there.insert(found.ranges().back().last);
        divide(there - came, why);
        fetch_next(h);
      });
}

void fetch_operation::divide(const uid_set& missing, const error& why) {
  const auto count = missing.size();
  if (count == 0) return;
  if (count == 1) {
    refused_message one;
    one.uid = *missing.begin();
    one.why = why;
    result_.refused.push_back(std::move(one));
    return;
  }
  std::vector<number_range> first;
  auto left = count / 2;
  auto second = missing;
  for (const auto& r : missing.ranges()) {
    if (left == 0) break;
    const auto here = std::min<decltype(left)>(left, std::uint64_t{r.last} - r.first + 1);
    first.emplace_back(r.first, static_cast<message_number>(r.first + here - 1));
    left -= here;
  }
  auto half = uid_set::from_ranges(std::move(first));
  second -= half;
  to_fetch_.push_back(std::move(second));
  to_fetch_.push_back(std::move(half));
}

std::vector<std::string> fetch_operation::plan(const session_info&) const {
  return {"UID FETCH", "if the server refuses that: UID SEARCH of what is missing, then UID FETCH of its halves"};
}

}  // namespace imapxx::inline v0::core
