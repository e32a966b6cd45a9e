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

}  // namespace

append::append(mailbox_name mailbox, std::string message)
    : mailbox_(std::move(mailbox)), binary_(message.find('\0') != std::string::npos) {
  source_ = source_from_string(std::move(message));
}

append::append(mailbox_name mailbox, std::shared_ptr<literal_source> message)
    : mailbox_(std::move(mailbox)), source_(std::move(message)) {}

append& append::flags(flag_list list) {
  flags_ = std::move(list);
  return *this;
}

append& append::date(date_time internal_date) {
  date_ = internal_date;
  return *this;
}

append& append::binary(bool on) {
  binary_ = on;
  return *this;
}

result<void> append::check(const session_info& info) const {
  if (auto ok = commands::check_name(mailbox_); !ok) return ok;
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

// append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal
void append::encode(wire::encoder& out) {
  out.raw(traits_v.name).sp().mailbox(mailbox_).sp();
  if (!flags_.empty()) out.flags(flags_).sp();
  if (date_) out.date_time_text(*date_).sp();
  out.literal(source_, binary_);
}

result<void> append::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  if (status.code.kind != code::appenduid || status.code.number == 0 || status.code.uids.empty()) return {};
  result_.uidvalidity = static_cast<std::uint32_t>(status.code.number);
  for (const auto& r : status.code.uids) result_.uids.insert(r.first, r.last);
  return {};
}

// The source stays: a literal that has begun must be finished. The session drops the command when it is over.
void append::abandon() noexcept { result_ = append_result(); }

}  // namespace imapxx::inline v0
