#include "core/download_transfer.hpp"

#include <imapxx/wire/lexer.hpp>

#include "codec/fetch.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::core {

body_sink* download_transfer::answer(const download_piece& asked, const body_info&) noexcept {
  asked_ = asked;
  return this;
}

// Where in the body the literal stands. Quirk F-18: some servers leave the origin out and send everything, some leave
// it out because it is 0, some answer `<n.m>`.
void download_transfer::place(const body_info& info) noexcept {
  size_ = info.size;
  dropping_ = confused_ && !asked_.whole();
  is_whole_ = false;
  at_ = info.section.origin.value_or(0);
  if (asked_.whole()) {
    is_whole_ = at_ == 0;
  } else if (info.section.origin) {
    if (*info.section.origin == asked_.origin) honours_partial_ = true;
  } else if (length_ && size_ == *length_) {
    is_whole_ = ignores_partial_ = asked_.origin != 0 || size_ > asked_.count;
    if (!is_whole_) at_ = asked_.origin;
  } else if (asked_.origin == 0 && size_ <= asked_.count) {
    at_ = 0;
  } else if (size_ > asked_.count) {
    is_whole_ = ignores_partial_ = true;
  } else {
    confused_ = dropping_ = true;  // a piece of it, or all of it
  }
  if (at_ > next_) dropping_ = true;
}

result<void> download_transfer::begin(const body_info& info) {
  if (on_first) std::exchange(on_first, nullptr)();
  place(info);
  return {};
}

result<void> download_transfer::write(std::string_view octets) {
  received_ += octets.size();
  const auto from = std::exchange(at_, at_ + octets.size());
  if (dropping_ || complete_ || !to_ || at_ <= next_) return {};
  octets.remove_prefix(static_cast<std::size_t>(next_ - from));
  next_ += octets.size();
  auto ok = to_(octets);
  if (!ok) to_ = nullptr;  // what follows would stand in the wrong place
  return ok;
}

result<void> download_transfer::end(const body_info&) {
  if (dropping_ || complete_) return {};
  if (is_whole_) {
    // A whole that is shorter than what is there already is no end of it.
    if (at_ == next_) complete_ = true;
    return {};
  }
  if (size_ >= asked_.count || at_ != next_) return {};  // not less than asked for, or all known before
  if (size_ == 0 || (length_ && at_ == *length_)) {
    complete_ = true;
  } else {
    longest_short_ = std::max(longest_short_, size_);
  }
  return {};
}

download_fetch::download_fetch(std::uint32_t uid, const section& body, std::optional<download_piece> piece,
                               bool with_size, std::shared_ptr<download_transfer> to)
    : uid_(uid), message_(uid), body_(body), piece_(piece), with_size_(with_size), to_(std::move(to)) {
  if (piece_ && !piece_->whole()) body_.origin = piece_->origin;
}

// RFC 9051 section 9: fetch-att = "BODY.PEEK" section [partial] / "BINARY.PEEK" section-binary [partial]
// partial = "<" number64 "." nz-number64 ">"
void download_fetch::encode(wire::encoder& out) {
  out.raw("UID FETCH ").number(uid_).raw(" (UID");
  if (with_size_) out.raw(" RFC822.SIZE");
  if (piece_) {
    out.raw(body_.kind == section::item::binary ? " BINARY.PEEK[" : " BODY.PEEK[").raw(body_.to_string()).raw("]");
    if (!piece_->whole()) out.raw("<").number(piece_->origin).raw(".").number(piece_->count).raw(">");
  }
  out.raw(")");
}

bool download_fetch::brings_body(const fetch_row& row) const {
  if (!piece_) return false;
  return std::any_of(row.items().begin(), row.items().end(), [this](const auto& i) {
    const auto came = codec::section_of(i.kind, i.name);
    return came && body_.matches(*came);
  });
}

bool download_fetch::claims(const fetch_row& row) const noexcept {
  if (row.uid() && *row.uid() != uid_) return false;
  try {
    return brings_body(row) || (with_size_ && row.uid() && !size_ && row.rfc822_size());
  } catch (...) {  // out of memory: the next step will notice, too
    return false;
  }
}

bool download_fetch::on_fetch(const fetch_row& row) {
  if (!claims(row)) return false;
  found_ = true;
  if (with_size_ && !size_) size_ = row.rfc822_size();
  for (const auto& i : row.items()) {
    const auto came = codec::section_of(i.kind, i.name);
    if (!came || !body_.matches(*came)) continue;
    wire::lexer in(i.value);
    const auto value = in.nastring();
    nil_ = nil_ || (value && value->is_nil());
  }
  return true;
}

body_sink* download_fetch::on_body(const body_info& info) {
  if (!to_ || !piece_ || !wants_section(info)) return nullptr;
  return to_->answer(*piece_, info);
}

bool download_fetch::wants_section(const body_info& info) const noexcept {
  return piece_ && (!info.uid || *info.uid == uid_) && body_.matches(info.section);
}

}  // namespace imapxx::inline v0::core
