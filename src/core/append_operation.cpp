#include "core/append_operation.hpp"

#include <memory>

namespace imapxx::inline v0::core {

void append_operation::start(operation_host& host, time_point) {
  const auto& info = host.protocol().info();
  const multiappend all(mailbox_, messages_);
  // A message that cannot be sent is found before the first one is.
  if (auto ok = all.check(info); !ok) return finish(ok.error().set_command("APPEND"));
  if (messages_.size() == 1 || !info.capabilities.contains("MULTIAPPEND")) return append_next(host);
  run_or_fail(host, std::make_unique<multiappend>(all), [this](operation_host&, completion& c) {
    on_all(static_cast<multiappend&>(*c.cmd).take_result());
    finish();
  });
}

void append_operation::on_all(const append_result& added) {
  result_.at_once = true;
  result_.uidvalidity = added.uidvalidity;
  result_.uids.resize(messages_.size());
  // A number of UIDs that does not fit says nothing about any message.
  if (added.uids.size() != messages_.size()) return;
  std::size_t i = 0;
  for (const auto uid : added.uids) result_.uids[i++] = uid;
}

void append_operation::append_next(operation_host& host) {
  if (next_ == messages_.size()) return finish();
  auto one = std::make_unique<append>(mailbox_, std::move(messages_[next_++]));
  run(host, std::move(one), [this](operation_host& h, completion& c) {
    if (c.failure) {
      if (result_.uids.empty()) return finish(c.failure);
      result_.failure = c.failure;
      return finish();
    }
    const auto added = static_cast<append&>(*c.cmd).take_result();
    result_.uidvalidity = added.uidvalidity;
    result_.uids.push_back(added.uid());
    append_next(h);
  });
}

std::vector<std::string> append_operation::plan(const session_info& info) const {
  if (messages_.size() > 1 && info.capabilities.contains("MULTIAPPEND"))
    return {"APPEND of all messages in one command: all or none"};
  return {"APPEND for each message, until one fails"};
}

}  // namespace imapxx::inline v0::core
