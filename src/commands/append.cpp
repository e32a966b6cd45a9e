#include <imapxx/commands/append.hpp>

#include "commands/support.hpp"

#include <charconv>
#include <string_view>
#include <utility>

namespace imapxx::inline v0 {
namespace {

std::optional<std::uint64_t> append_limit(const capability_set& have) {
  const auto text = have.value("APPENDLIMIT");
  std::uint64_t n = 0;
  if (!text || text->empty()) return std::nullopt;
  const auto [stop, ec] = std::from_chars(text->data(), text->data() + text->size(), n);
  if (ec != std::errc() || stop != text->data() + text->size()) return std::nullopt;
  return n;
}

// APPENDUID, of one message or of several (RFC 4315 section 3, RFC 3502).
append_result result_of(const response_code& c) {
  append_result r;
  if (c.kind != code::appenduid || c.number == 0 || c.uids.empty()) return r;
  r.uidvalidity = static_cast<std::uint32_t>(c.number);
  for (const auto& range : c.uids) r.uids.insert(range.first, range.last);
  return r;
}

}  // namespace

append_message::append_message(std::string message) : binary_(message.find('\0') != std::string::npos) {
  source_ = source_from_string(std::move(message));
}

append_message::append_message(std::shared_ptr<literal_source> message) : source_(std::move(message)) {}

append_message& append_message::flags(flag_list list) {
  flags_ = std::move(list);
  return *this;
}

append_message& append_message::date(date_time internal_date) {
  date_ = internal_date;
  return *this;
}

append_message& append_message::binary(bool on) {
  binary_ = on;
  return *this;
}

result<void> append_message::check(const session_info& info) const {
  if (auto ok = commands::check_flags(flags_); !ok) return ok;
  if (!source_) return error(errc::invalid_argument, "APPEND needs a message");
  if (source_->size() == 0) return error(errc::invalid_argument, "the message is empty");
  if (binary_ && !commands::offers(info.capabilities, "BINARY")) {
    return error(errc::invalid_argument,
                 "the message needs literal8 (it holds NUL), and the server does not offer BINARY");
  }
  if (const auto most = append_limit(info.capabilities); most && source_->size() > *most) {
    return error(errc::invalid_argument, "the message is larger than the server's APPENDLIMIT");
  }
  return {};
}

void append_message::encode(wire::encoder& out) const {
  out.sp();
  if (!flags_.empty()) out.flags(flags_).sp();
  if (date_) out.date_time_text(*date_).sp();
  out.literal(source_, binary_);
}

constexpr command_traits append::traits_v = command_traits("APPEND", states::authenticated).without_total_deadline();
const command_traits& append::traits() const noexcept { return traits_v; }

append::append(mailbox_name mailbox, std::string message)
    : mailbox_(std::move(mailbox)), message_(std::move(message)) {}

append::append(mailbox_name mailbox, std::shared_ptr<literal_source> message)
    : mailbox_(std::move(mailbox)), message_(std::move(message)) {}

append::append(mailbox_name mailbox, append_message message)
    : mailbox_(std::move(mailbox)), message_(std::move(message)) {}

append& append::flags(flag_list list) {
  message_.flags(std::move(list));
  return *this;
}

append& append::date(date_time internal_date) {
  message_.date(internal_date);
  return *this;
}

append& append::binary(bool on) {
  message_.binary(on);
  return *this;
}

result<void> append::check(const session_info& info) const {
  if (auto ok = commands::check_name(mailbox_); !ok) return ok;
  return message_.check(info);
}

// append = "APPEND" SP mailbox append-message
void append::encode(wire::encoder& out) {
  out.raw(traits_v.name).sp().mailbox(mailbox_);
  message_.encode(out);
}

result<void> append::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  result_ = result_of(status.code);
  return {};
}

constexpr command_traits multiappend::traits_v =
    command_traits("APPEND", states::authenticated).needs("MULTIAPPEND").without_total_deadline();
const command_traits& multiappend::traits() const noexcept { return traits_v; }

multiappend::multiappend(mailbox_name mailbox, std::vector<append_message> messages)
    : mailbox_(std::move(mailbox)), messages_(std::move(messages)) {}

result<void> multiappend::check(const session_info& info) const {
  if (auto ok = commands::check_name(mailbox_); !ok) return ok;
  if (messages_.empty()) return error(errc::invalid_argument, "APPEND needs a message");
  for (const auto& m : messages_) {
    if (auto ok = m.check(info); !ok) return ok;
  }
  return {};
}

// append = "APPEND" SP mailbox 1*append-message
void multiappend::encode(wire::encoder& out) {
  out.raw(traits_v.name).sp().mailbox(mailbox_);
  for (const auto& m : messages_) m.encode(out);
}

result<void> multiappend::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  result_ = result_of(status.code);
  return {};
}

void multiappend::abandon() noexcept { result_ = append_result(); }

// The source stays: a literal that has begun must be finished. The session drops the command when it is over.
void append::abandon() noexcept { result_ = append_result(); }

}  // namespace imapxx::inline v0
