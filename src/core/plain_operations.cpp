#include "core/plain_operations.hpp"

#include <imapxx/commands/status.hpp>

#include <algorithm>
#include <memory>
#include <string>

namespace imapxx::inline v0::core {
namespace {

bool has_special_use(const list_entry& e) {
  for (const char* use :
       {"\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Important", "\\Junk", "\\Sent", "\\Trash"}) {
    if (e.has(use)) return true;
  }
  return false;
}

std::string key_of(const mailbox_name& name) { return name.is_inbox() ? "INBOX" : std::string(name.raw()); }

}  // namespace

void list_operation::start(operation_host& host, time_point) {
  const auto& info = host.protocol().info();
  if (const auto& items = cmd_.returns_status()) {
    if (auto ok = items->check(info); !ok) return finish(ok.error());
  }
  const auto ok = cmd_.check(info);
  if (!ok && ok.error().code() != errc::capability_required) return finish(ok.error());
  if (!ok || (cmd_.extended() && host.habits().no_list_options)) return begin_plain(host);
  run(host, std::make_unique<list>(cmd_), [this](operation_host& h, completion& c) {
    if (cmd_.extended() && not_understood(c.failure)) return begin_plain(h);
    if (c.failure) return finish(c.failure);
    found_ = static_cast<list&>(*c.cmd).take_result();
    if (cmd_.extended() && found_.empty() && must_hold_inbox()) return begin_plain(h);
    finish();
  });
}

// INBOX always exists: an empty answer to what it must be among is none (L-12).
bool list_operation::must_hold_inbox() const {
  if (cmd_.selects_any() || !cmd_.reference().empty()) return false;
  return std::any_of(cmd_.patterns().begin(), cmd_.patterns().end(),
                     [](const mailbox_name& p) { return p.is_inbox() || p.raw() == "*" || p.raw() == "%"; });
}

void list_operation::begin_plain(operation_host& host) {
  const auto& limits = host.protocol().options().limits;
  collected_.bound(limits.collected_responses, limits.collected_octets);
  next_ = 0;
  list_next(host);
}

void list_operation::list_next(operation_host& host) {
  if (next_ == cmd_.patterns().size()) {
    if (collected_.failure()) return finish(collected_.failure());
    host.habits().no_list_options = true;
    found_ = collected_.take();
    for (std::size_t i = 0; i < found_.size(); ++i) by_name_.emplace(key_of(found_[i].name), i);
    next_ = 0;
    return subscribed_next(host);
  }
  auto plain = std::make_unique<list>(cmd_.reference(), cmd_.patterns()[next_++]);
  run_or_fail(host, std::move(plain), [this](operation_host& h, completion& c) {
    for (auto& e : static_cast<list&>(*c.cmd).take_result()) collected_.add(std::move(e));
    list_next(h);
  });
}

void list_operation::subscribed_next(operation_host& host) {
  const bool wanted = cmd_.selects_subscribed() || cmd_.returns_subscribed();
  if (!wanted || next_ == cmd_.patterns().size()) {
    select_found();
    next_ = 0;
    return count_next(host);
  }
  auto plain = std::make_unique<lsub>(cmd_.reference(), cmd_.patterns()[next_++]);
  run_or_fail(host, std::move(plain), [this](operation_host& h, completion& c) {
    for (auto& e : static_cast<lsub&>(*c.cmd).take_result()) {
      // RFC 3501 section 6.3.9: \Noselect tells of subscribed names below this one.
      if (e.has("\\Noselect")) continue;
      const auto [at, is_new] = by_name_.try_emplace(key_of(e.name), found_.size());
      if (!is_new) {
        found_[at->second].attributes.insert(flag("\\Subscribed"));
      } else if (cmd_.selects_subscribed()) {
        e.attributes = flag_list::of("\\Subscribed", "\\NonExistent");
        found_.push_back(std::move(e));
      } else {
        by_name_.erase(at);
      }
    }
    subscribed_next(h);
  });
}

void list_operation::select_found() {
  std::erase_if(found_, [this](const list_entry& e) {
    return (cmd_.selects_subscribed() && !e.has("\\Subscribed")) || (cmd_.selects_special_use() && !has_special_use(e));
  });
}

void list_operation::count_next(operation_host& host) {
  if (!cmd_.returns_status()) return finish();
  // Names that cannot be sent back are passed over here, so that `run` never calls back at once: this may be a long
  // list.
  const auto& items = *cmd_.returns_status();
  const auto& info = host.protocol().info();
  while (next_ < found_.size() && (!found_[next_].selectable() || !status(found_[next_].name, items).check(info)))
    ++next_;
  if (next_ == found_.size()) return finish();
  auto numbers = std::make_unique<status>(found_[next_].name, items);
  run(host, std::move(numbers), [this](operation_host& h, completion& c) {
    if (c.failure.is_fatal() || c.status == nullptr) return finish(c.failure);
    // As in LIST-STATUS: a mailbox that cannot be opened has no numbers (RFC 5819 section 2).
    if (!c.failure) found_[next_].status = static_cast<status&>(*c.cmd).take_result();
    ++next_;
    count_next(h);
  });
}

std::vector<std::string> list_operation::plan(const session_info&) const {
  if (!cmd_.extended()) return {"LIST"};
  std::vector<std::string> lines{"LIST with options", "if the server does not understand that: LIST for each pattern"};
  if (cmd_.selects_subscribed() || cmd_.returns_subscribed()) lines.emplace_back("then LSUB for each pattern");
  if (cmd_.returns_status()) lines.emplace_back("then STATUS of each mailbox");
  return lines;
}

template <class Search>
void search_operation<Search>::start(operation_host& host, time_point) {
  const auto& wanted = cmd_.returns();
  const bool has_plain_form = !wanted.empty() && !wanted.has_save();
  const auto& caps = host.protocol().info().capabilities;
  const bool offered = caps.contains("ESEARCH") || caps.imap4rev2();
  if (has_plain_form && (!offered || host.habits().no_esearch)) return search_plainly(host);
  run(host, std::make_unique<Search>(cmd_), [this, has_plain_form](operation_host& h, completion& c) {
    if (has_plain_form && not_understood(c.failure)) return search_plainly(h);
    if (c.failure) return finish(c.failure);
    found_ = static_cast<Search&>(*c.cmd).take_result();
    if (has_plain_form && !complete()) return search_plainly(h);
    finish();
  });
}

// Whether the answer holds what was asked for, or all numbers, from which the rest follows.
template <class Search>
bool search_operation<Search>::complete() {
  const auto& wanted = cmd_.returns();
  const bool missing = (wanted.has_min() && !found_.min) || (wanted.has_max() && !found_.max) ||
                       (wanted.has_all() && found_.empty()) || (wanted.has_count() && !found_.count);
  if (!missing) return true;
  if (!found_.empty()) {
    work_out();
    return true;
  }
  // RFC 4731 section 3.1: where nothing matches, only COUNT is sent.
  const bool nothing_found = wanted.has_count() ? found_.count == std::uint64_t{0}
                                                : !found_.min && !found_.max && found_.count.value_or(0) == 0;
  return nothing_found;
}

template <class Search>
void search_operation<Search>::work_out() {
  const auto& wanted = cmd_.returns();
  if (wanted.has_count()) found_.count = found_.size();
  if (!found_.empty()) {
    if (wanted.has_min()) found_.min = found_.ranges().front().first;
    if (wanted.has_max()) found_.max = found_.ranges().back().last;
  }
  if (wanted.has_all()) return;
  typename Search::result_type without_numbers;
  without_numbers.min = found_.min;
  without_numbers.max = found_.max;
  without_numbers.count = found_.count;
  without_numbers.modseq = found_.modseq;
  found_ = std::move(without_numbers);
}

template <class Search>
void search_operation<Search>::search_plainly(operation_host& host) {
  auto plain = std::make_unique<Search>(cmd_);
  plain->returning({});
  run_or_fail(host, std::move(plain), [this](operation_host& h, completion& c) {
    h.habits().no_esearch = true;
    found_ = static_cast<Search&>(*c.cmd).take_result();
    work_out();
    finish();
  });
}

template <class Search>
std::vector<std::string> search_operation<Search>::plan(const session_info&) const {
  const std::string name(cmd_.traits().name);
  if (cmd_.returns().empty()) return {name};
  if (cmd_.returns().has_save()) return {name + " RETURN"};
  return {name + " RETURN", "if the server does not do that: " + name};
}

template class search_operation<search>;
template class search_operation<uid_search>;

void store_operation::start(operation_host& host, time_point) {
  run_store(host, cmd_, [this](operation_host&, completion& c) {
    if (c.failure) return finish(c.failure);
    result_ = static_cast<store&>(*c.cmd).take_result();
    finish();
  });
}

std::vector<std::string> store_operation::plan(const session_info&) const {
  const std::string name(cmd_.traits().name);
  if (!cmd_.is_silent()) return {name};
  return {name + " with .SILENT", "if the server does not understand that: " + name};
}

}  // namespace imapxx::inline v0::core
