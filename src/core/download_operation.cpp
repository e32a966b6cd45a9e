#include "core/download_operation.hpp"

#include <imapxx/error.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace imapxx::inline v0::core {
namespace {

constexpr std::uint64_t journal_octets_least = std::uint64_t{64} << 10U;
constexpr std::uint64_t window_octets_most = std::uint64_t{1} << 30U;
// Commands outstanding at once: less than any server is known to refuse (quirk S-19), and room for the caller's own.
constexpr std::size_t commands_at_once = 16;
// The first piece, when nothing is known of the server. A server that ignores partial FETCH then sends the body twice
// at most.
constexpr std::uint64_t probe_octets = std::uint64_t{64} << 10U;

std::chrono::microseconds between(time_point a, time_point b) {
  return std::chrono::duration_cast<std::chrono::microseconds>(b - a);
}

std::uint64_t in_time(std::uint64_t octets_per_second, std::chrono::microseconds t) {
  return static_cast<std::uint64_t>(static_cast<double>(octets_per_second) * static_cast<double>(t.count()) / 1e6);
}

// RFC 5322 section 2.2, less what would have to be quoted: the section goes out as it is written.
bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c <= '~' && std::string_view("()\"{\\:*%]").find(c) == std::string_view::npos;
  });
}

error refuse(std::string_view why) { return error(errc::invalid_argument, why); }

}  // namespace

void download_window::round_trip(std::chrono::microseconds t) {
  round_trip_ = std::max(t, std::chrono::microseconds(1));
  if (fixed_ == 0) octets_ = std::clamp(in_time(assumed_octets_per_second, round_trip_), least, most);
}

// Twice what the link holds: one half is on the way while the other is being read.
void download_window::rate(std::uint64_t octets, std::chrono::microseconds t) {
  if (fixed_ != 0 || round_trip_.count() == 0 || t < round_trip_) return;
  const auto held =
      static_cast<double>(octets) / static_cast<double>(t.count()) * static_cast<double>(round_trip_.count());
  octets_ = std::clamp(static_cast<std::uint64_t>(std::min(2 * held, static_cast<double>(most))), least, most);
}

std::uint64_t download_window::octets() const noexcept { return octets_; }

std::uint64_t download_window::piece() const noexcept {
  return std::max<std::uint64_t>(std::min(cap_, std::max(octets_ / pieces, least_piece)), 1);
}

download_operation::download_operation(download what) : what_(std::move(what)), window_(what_.window_octets) {}

download_operation::~download_operation() {
  if (transfer_) {
    transfer_->detach();
    transfer_->on_first = nullptr;
  }
}

result<void> download_operation::check() {
  if (what_.uid == 0) return refuse("a download needs a UID");
  if (static_cast<int>(what_.sink != nullptr) + static_cast<int>(what_.file_name.has_value()) != 1)
    return refuse("a download needs a sink, a descriptor or a file: one of them");
  if (what_.file_name && what_.offset != 0) return refuse("a download to a file finds out by itself where to go on");
  if (what_.journal_octets < journal_octets_least)
    return refuse("a download's journal takes at least 64 KiB at a time");
  if (what_.window_octets != 0 &&
      (what_.window_octets < download_window::least_piece || what_.window_octets > window_octets_most))
    return refuse("a download's window takes 64 KiB to 1 GiB");
  auto sec = section::try_parse(what_.section_spec, what_.is_binary ? section::item::binary : section::item::body);
  if (!sec) return sec.error();
  if (what_.is_binary && sec->what != section::text::all)
    return refuse("a server decodes parts, not headers: BINARY takes a part number");
  for (const auto& field : sec->fields) {
    if (!is_field_name(field)) return refuse("a download's section names a field that no header can have");
  }
  body_ = std::move(*sec);
  return {};
}

body_info download_operation::about() const {
  body_info info;
  info.uid = what_.uid;
  info.section = body_;
  info.size = what_.length.value_or(0);
  return info;
}

result<void> download_operation::open_target(const operation_host& host) {
  std::uint64_t offset = what_.offset;
  if (what_.file_name) {
    download_file::settings s;
    s.directory = what_.file_directory;
    s.name = *what_.file_name;
    s.replaces = what_.replaces;
    s.syncs = what_.syncs;
    s.journal_octets = what_.journal_octets;
    file_.emplace(std::move(s));
    const auto& mailbox = host.protocol().mailbox();
    download_journal body;
    body.uidvalidity = mailbox.uidvalidity.value_or(0);
    body.uid = what_.uid;
    body.mailbox = mailbox.name.utf8();
    body.section = (what_.is_binary ? "BINARY[" : "BODY[") + body_.to_string() + "]";
    body.length = what_.length;
    if (auto ok = file_->open(body); !ok) return ok;
    offset = file_->offset();
    if (!what_.length && offset != 0) what_.length = file_->length();
    result_.restarted = file_->restarted();
  }
  transfer_ = std::make_shared<download_transfer>([this](std::string_view octets) { return deliver(octets); });
  transfer_->start_at(offset);
  transfer_->set_length(what_.length);
  result_.resumed_at = planned_ = offset;
  return {};
}

result<void> download_operation::deliver(std::string_view octets) {
  if (file_) {
    if (auto ok = file_->write(octets); !ok) return ok;
  } else {
    if (!std::exchange(began_, true)) {
      if (auto ok = what_.sink->begin(about()); !ok) return ok;
    }
    if (auto ok = what_.sink->write(octets); !ok) return ok;
  }
  if (what_.progress) what_.progress(transfer_->next(), what_.length);
  return {};
}

bool download_operation::wants_windows(operation_host& host) const {
  if (what_.method != download_way::automatic) return what_.method == download_way::windows;
  if (host.habits().no_partial_fetch) return false;
  if (transfer_->next() != 0) return true;
  const auto& trip = host.habits().round_trip;
  return trip && *trip > download_window::short_round_trip;
}

void download_operation::start(operation_host& host, time_point now) {
  if (auto ok = check(); !ok) return finish(ok.error());
  if (host.protocol().state() != session_state::selected)
    return finish(error(errc::wrong_state, "a download needs a selected mailbox"));
  if (auto ok = open_target(host); !ok) return finish(ok.error());
  asked_at_ = now;
  transfer_->on_first = [this, &host] {
    first_at_ = host.now();
    result_.round_trip = between(asked_at_, first_at_);
    window_.round_trip(*result_.round_trip);
  };
  if (const auto& trip = host.habits().round_trip) window_.round_trip(*trip);
  windows_ = wants_windows(host);
  if (!windows_) return ask_whole(host);
  result_.way = download_way::windows;
  to_be_probed_ = !host.habits().partial_fetch_works;
  // The size is the message's: of a part nothing is asked.
  const bool of_message = body_.part.empty() && body_.what == section::text::all && !what_.is_binary;
  if (of_message && !submit(host, std::nullopt, true)) return;
  ask_pieces(host);
}

// --- asking

bool download_operation::submit(operation_host& host, std::optional<download_piece> piece, bool with_size) {
  auto id = host.submit(std::make_unique<download_fetch>(what_.uid, body_, piece, with_size, transfer_));
  if (!id) {
    fail(host, id.error());
    return false;
  }
  size_asked_ = size_asked_ || with_size;
  ++result_.commands;
  outstanding_.emplace(*id, piece.value_or(download_piece()));
  if (piece) on_the_way_ += piece->count;
  return true;
}

void download_operation::ask_whole(operation_host& host) {
  windows_ = false;
  tried_whole_ = true;
  result_.way = download_way::one_literal;
  const bool of_message = body_.part.empty() && body_.what == section::text::all && !what_.is_binary;
  (void)submit(host, download_piece(), of_message && !size_asked_);
}

// One octet more than the rest: a full answer then tells that the announced length was too small.
std::uint64_t download_operation::next_count() const {
  auto count = window_.piece();
  if (to_be_probed_) count = planned_ == at_flight_ ? probe_octets : std::max(window_.octets(), 2 * probe_octets);
  if (what_.length && planned_ <= *what_.length) count = std::min(count, *what_.length - planned_ + 1);
  return count;
}

void download_operation::ask_pieces(operation_host& host) {
  if (what_.length && transfer_->next() > *what_.length) {  // quirk F-17: the announced length was too small
    what_.length.reset();
    transfer_->set_length(std::nullopt);
  }
  if (on_the_way_ == 0) at_flight_ = planned_ = transfer_->next();
  while (outstanding_.size() < commands_at_once && on_the_way_ < window_.octets()) {
    if (what_.length && planned_ > *what_.length) return;  // everything, and the octet behind it
    if (to_be_probed_ && planned_ - at_flight_ > probe_octets) return;
    download_piece piece;
    piece.origin = planned_;
    piece.count = next_count();
    if (!submit(host, piece, false)) return;
    planned_ += piece.count;
  }
}

// --- answers

bool download_operation::on_completed(operation_host& host, session_event& e) {
  const auto at = outstanding_.find(e.id);
  if (e.id == 0 || at == outstanding_.end()) return false;
  const auto asked = at->second;
  on_the_way_ -= asked.count;
  outstanding_.erase(at);
  if (done()) return true;
  const bool refused = e.failure.code() == errc::no || e.failure.code() == errc::bad;
  if (e.failure && (!refused || e.failure.is_fatal())) {
    fail(host, e.failure);
    return true;
  }
  if (e.failure && !trouble_) trouble_ = e.failure;
  gap_ = gap_ || (asked.count != 0 && asked.origin + asked.count > transfer_->next());
  if (e.finished) learn(host, static_cast<const download_fetch&>(*e.finished));
  if (!done()) go_on(host);
  return true;
}

void download_operation::learn(operation_host& host, const download_fetch& done) {
  found_ = found_ || done.found();
  saw_nil_ = saw_nil_ || done.is_nil();
  auto& habits = host.habits();
  if (transfer_->ignores_partial()) habits.no_partial_fetch = true;
  if (transfer_->honours_partial()) {
    habits.partial_fetch_works = true;
    to_be_probed_ = false;
  }
  measure(host);
  if (!done.size() || std::exchange(size_known_, true)) return;
  result_.announced = done.size();
  what_.length = done.size();
  transfer_->set_length(what_.length);
  if (!file_ || result_.way == download_way::one_literal) return;
  const auto emptied = file_->announced(*done.size());
  if (!emptied) return fail(host, emptied.error());
  if (*emptied) {
    // Another message than the one that was begun, in spite of UIDVALIDITY: what is on the way is of no use.
    result_.restarted = file_->restarted();
    result_.resumed_at = 0;
    transfer_->start_at(0);
  }
}

void download_operation::measure(operation_host& host) {
  if (transfer_->on_first) return;  // nothing has come
  window_.rate(transfer_->received(), between(first_at_, host.now()));
}

void download_operation::go_on(operation_host& host) {
  if (transfer_->complete()) {
    // The pieces behind the end come as nothing, and are not waited for; but a server that sends everything for each is
    // heard out, because to drop it all may cost the connection.
    if (transfer_->ignores_partial() && !outstanding_.empty()) return;
    give_up(host);
    return finish_or_fail();
  }
  const bool stuck = transfer_->confused() || trouble_ || transfer_->ignores_partial();
  if (windows_ && !stuck && !gap_) ask_pieces(host);
  if (done() || !outstanding_.empty()) return;
  if (!windows_) return finish_or_fail();
  // Nothing is on the way: what came must lead on, or partial FETCH is of no use here.
  if (stuck || transfer_->next() == at_flight_) {
    if (tried_whole_) return finish_or_fail();
    trouble_ = {};
    return ask_whole(host);
  }
  if (transfer_->longest_short() != 0) window_.cap_piece(transfer_->longest_short());
  gap_ = false;
  ask_pieces(host);
}

void download_operation::finish_or_fail() {
  result_.received = transfer_->received();
  result_.octets = transfer_->next();
  if (!transfer_->complete()) {
    if (trouble_) return finish(trouble_);
    if (saw_nil_ && result_.octets == 0 && !what_.is_binary && what_.length.value_or(0) == 0) {
      // An empty body, said in another way.
    } else {
      return finish(error(errc::incomplete_result, found_ ? "the server did not send the whole body"
                                                          : "there is no message with this UID (any more)"));
    }
  }
  if (file_) {
    if (auto ok = file_->finish(); !ok) return finish(ok.error());
    return finish();
  }
  if (!began_) {
    if (auto ok = what_.sink->begin(about()); !ok) return finish(ok.error());
  }
  auto info = about();
  info.size = result_.octets;
  if (auto ok = what_.sink->end(info); !ok) return finish(ok.error());
  finish();
}

void download_operation::fail(operation_host& host, const error& why) {
  transfer_->detach();
  give_up(host);
  finish(why);
}

void download_operation::give_up(operation_host& host) noexcept {
  for (const auto& [id, piece] : outstanding_) host.abandon(id);
  outstanding_.clear();
  on_the_way_ = 0;
}

std::vector<std::string> download_operation::plan(const session_info&) const {
  const auto n = std::to_string(what_.uid);
  const auto item = (what_.is_binary ? "BINARY.PEEK[" : "BODY.PEEK[") + what_.section_spec + "]";
  if (what_.method != download_way::windows) return {"UID FETCH " + n + " (UID RFC822.SIZE " + item + ")"};
  return {"UID FETCH " + n + " (UID RFC822.SIZE)",
          "UID FETCH " + n + " (UID " + item + "<origin.count>), several at once"};
}

}  // namespace imapxx::inline v0::core
