#include <imapxx/commands/select.hpp>

#include "commands/support.hpp"

#include <optional>
#include <variant>

namespace imapxx::inline v0 {

mailbox_view::mailbox_view(const mailbox_view&) = default;
mailbox_view::mailbox_view(mailbox_view&&) noexcept = default;
mailbox_view& mailbox_view::operator=(const mailbox_view&) = default;
mailbox_view& mailbox_view::operator=(mailbox_view&&) noexcept = default;
mailbox_view::~mailbox_view() = default;

bool mailbox_view::may_store(const flag& f) const noexcept {
  if (read_only) return false;
  if (!permanent_flags) return true;
  if (permanent_flags->contains(f)) return true;
  return !f.is_system() && permanent_flags->contains(flag("\\*"));
}

bool mailbox_view::learn(const response_code& c) {
  // Zero means that the server does not know (quirks S-01, S-02, S-04, S-20).
  const auto number = c.number == 0 ? std::nullopt : std::optional(static_cast<std::uint32_t>(c.number));
  switch (c.kind) {
    case code::uidvalidity: uidvalidity = number; break;
    case code::uidnext: uidnext = number; break;
    case code::unseen: unseen = number; break;
    case code::highestmodseq: highestmodseq = c.number == 0 ? std::nullopt : std::optional(c.number); break;
    case code::nomodseq: highestmodseq.reset(); break;
    case code::permanentflags: permanent_flags = c.flags; break;
    case code::uidnotsticky: uid_not_sticky = true; break;
    case code::read_only: read_only = true; break;
    case code::read_write: read_only = false; break;
    case code::objectid_mailbox:
      if (!c.strings.empty()) mailboxid = c.strings.front();
      break;
    default: return false;
  }
  return true;
}

open_mailbox::open_mailbox(const open_mailbox&) = default;
open_mailbox::open_mailbox(open_mailbox&&) noexcept = default;
open_mailbox& open_mailbox::operator=(const open_mailbox&) = default;
open_mailbox& open_mailbox::operator=(open_mailbox&&) noexcept = default;
open_mailbox::~open_mailbox() = default;

open_mailbox::open_mailbox(mailbox_name name, bool read_only) : name_(std::move(name)), read_only_(read_only) {}

result<void> open_mailbox::check(const session_info& info) const {
  if (condstore_) {
    if (auto ok = commands::require(info, "CONDSTORE|QRESYNC", "opening a mailbox with CONDSTORE"); !ok) return ok;
  }
  return commands::check_name(name_);
}

// select = "SELECT" SP mailbox [select-params] (RFC 4466)
void open_mailbox::encode(wire::encoder& out) {
  view_ = mailbox_view();
  view_.name = name_;
  view_.read_only = read_only_;
  out.raw(traits().name).sp().mailbox(name_);
  if (condstore_) out.raw(" (CONDSTORE)");
}

bool open_mailbox::on_response(response& r) {
  if (auto* f = std::get_if<flags_response>(&r)) {
    view_.flags = std::move(f->flags);
    return true;
  }
  if (const auto* e = std::get_if<exists_response>(&r)) {
    view_.exists = e->count;
    return true;
  }
  if (const auto* n = std::get_if<recent_response>(&r)) {
    view_.recent = n->count;
    return true;
  }
  const auto* s = std::get_if<status_response>(&r);
  if (s == nullptr) return false;
  if (s->code.kind == code::closed) {
    // What came so far was about the mailbox that was selected before (RFC 9051 section 7.1).
    const auto name = std::move(view_.name);
    view_ = mailbox_view();
    view_.name = name;
    view_.read_only = read_only_;
    return true;
  }
  return view_.learn(s->code);
}

result<void> open_mailbox::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  (void)view_.learn(status.code);
  return {};
}

constexpr command_traits select::traits_v =
    command_traits("SELECT", states::authenticated).answered_by(answer::mailbox).selects().repeatable<select>();
const command_traits& select::traits() const noexcept { return traits_v; }

select::select(mailbox_name name) : open_mailbox(std::move(name), false) {}

select& select::condstore(bool on) {
  condstore_ = on;
  return *this;
}

constexpr command_traits examine::traits_v =
    command_traits("EXAMINE", states::authenticated).answered_by(answer::mailbox).selects().repeatable<examine>();
const command_traits& examine::traits() const noexcept { return traits_v; }

examine::examine(mailbox_name name) : open_mailbox(std::move(name), true) {}

examine& examine::condstore(bool on) {
  condstore_ = on;
  return *this;
}

constexpr command_traits close::traits_v = command_traits("CLOSE", states::selected).selects();
const command_traits& close::traits() const noexcept { return traits_v; }

close::close() = default;

void close::encode(wire::encoder& out) { out.raw(traits_v.name); }

constexpr command_traits unselect::traits_v =
    command_traits("UNSELECT", states::selected).needs("UNSELECT|IMAP4rev2").selects();
const command_traits& unselect::traits() const noexcept { return traits_v; }

unselect::unselect() = default;

void unselect::encode(wire::encoder& out) { out.raw(traits_v.name); }

}  // namespace imapxx::inline v0
