#include "core/resolve_append.hpp"

#include <imapxx/commands/fetch.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace imapxx::inline v0::core {
namespace {

// A header that is longer than this is not looked through for its Message-ID.
constexpr std::size_t most_header = std::size_t{256} << 10U;

}  // namespace

std::string message_id(std::string_view header) {
  constexpr std::string_view name = "message-id:";
  std::string out;
  bool mine = false;
  while (!header.empty()) {
    const auto line = header.substr(0, header.find('\n'));
    header.remove_prefix(std::min(line.size() + 1, header.size()));
    if (line.empty() || line == "\r") break;
    const bool folded = line.front() == ' ' || line.front() == '\t';
    if (mine && !folded) break;
    if (!folded) mine = line.size() >= name.size() && base::iequals(line.substr(0, name.size()), name);
    if (!mine) continue;
    for (const char c : folded ? line : line.substr(name.size())) {
      if (c != ' ' && c != '\t' && c != '\r') out += c;
    }
  }
  return out;
}

/// Knows how much of the message the session has taken: what it has not taken cannot be on the server.
class append_guard::counted_source final : public literal_source {
 public:
  explicit counted_source(std::shared_ptr<literal_source> inner) : inner_(std::move(inner)) {}
  [[nodiscard]] std::uint64_t size() const override { return inner_->size(); }
  result<std::size_t> read(std::span<char> out) override {
    auto got = inner_->read(out);
    broken_ = broken_ || !got;
    if (got) taken_ += *got;
    return got;
  }
  bool rewind() override {
    if (taken_ != 0 && !inner_->rewind()) return false;
    taken_ = 0;
    return true;
  }
  [[nodiscard]] bool exhausted() const { return taken_ >= size(); }
  [[nodiscard]] bool broken() const noexcept { return broken_; }

 private:
  std::shared_ptr<literal_source> inner_;
  std::uint64_t taken_ = 0;
  bool broken_ = false;
};

/// Compares a body with the message as it comes. Servers may change line ends, so CR does not count.
class append_guard::comparison final : public body_sink {
 public:
  explicit comparison(std::shared_ptr<literal_source> with) : with_(std::move(with)) {}
  result<void> begin(const body_info&) override {
    equal_ = with_->rewind();
    return {};
  }
  result<void> write(std::string_view octets) override {
    for (const char c : octets) {
      if (!equal_) break;
      if (c != '\r') equal_ = next() == c;
    }
    return {};
  }
  result<void> end(const body_info&) override {
    equal_ = equal_ && !next();
    complete_ = true;
    return {};
  }
  [[nodiscard]] bool same() const noexcept { return complete_ && equal_; }

 private:
  std::optional<char> next() {
    for (;;) {
      if (at_ == filled_) {
        auto got = with_->read(block_);
        at_ = 0;
        filled_ = got ? *got : 0;
        if (filled_ == 0) return std::nullopt;
      }
      if (block_[at_++] != '\r') return block_[at_ - 1];
    }
  }
  std::shared_ptr<literal_source> with_;
  std::array<char, 4096> block_{};
  std::size_t at_ = 0, filled_ = 0;
  bool equal_ = false, complete_ = false;
};

append_guard::append_guard(guard_host& around, const append& cmd)
    : arrival_guard(around, cmd.traits().name), cmd_(cmd), source_(std::make_shared<counted_source>(cmd.message())) {
  cmd_.use(source_);
}

void append_guard::start(operation_host& host, time_point now) {
  now_ = now;
  record(host);
}

void append_guard::send(operation_host& host) {
  if (!std::exchange(first_, false) && !source_->rewind()) return finish(error(loss_).set_command(name_));
  stage_ = stage::sending;
  sent_ = false;
  run(host, std::make_unique<append>(cmd_), [this](operation_host&, completion& c) {
    if (!c.failure.is_fatal()) return finish(c.failure);
    loss_ = c.failure;
    // A source that fails while it is read ends the connection, and would do so again.
    if (c.failure.code() == errc::aborted_by_caller || source_->broken()) finish(c.failure);
  });
}

bool append_guard::can_send_again() { return source_->rewind(); }
bool append_guard::surely_incomplete() const { return !source_->exhausted(); }

std::string append_guard::own_message_id() {
  if (!source_->rewind()) return {};
  std::string header;
  std::array<char, 4096> block{};
  while (header.size() < most_header && header.find("\n\r\n") == std::string::npos &&
         header.find("\n\n") == std::string::npos) {
    auto got = source_->read(block);
    if (!got || *got == 0) break;
    header.append(block.data(), *got);
  }
  return message_id(header);
}

void append_guard::judge(operation_host& host) {
  same_.clear();
  to_compare_.clear();
  similar_ = 0;
  if (!arrived_.empty() && !source_->rewind()) {
    return conclude_unknown(host, "messages arrived, and the message cannot be read again to compare them");
  }
  const auto mine = arrived_.empty() ? std::string() : own_message_id();
  for (const auto& a : arrived_) {
    if (message_id(a.identity) != mine) continue;
    const bool same_size = a.size == source_->size();
    if (same_size && !mine.empty()) {
      same_.push_back(a.uid);
    } else if (same_size || !mine.empty()) {
      to_compare_.push_back(a.uid);
    }
  }
  compare_next(host);
}

void append_guard::compare_next(operation_host& host) {
  if (to_compare_.empty()) return decide(host);
  const auto uid = to_compare_.back();
  to_compare_.pop_back();
  auto sink = std::make_shared<comparison>(source_);
  auto cmd = std::make_unique<fetch>(uid_set(uid), fetch_items().body_peek());
  cmd->to(sink);
  run(host, std::move(cmd), [this, sink, uid](operation_host& h, completion& c) {
    if (c.failure.is_fatal()) return;
    if (sink->same()) {
      same_.push_back(uid);
    } else {
      ++similar_;
    }
    compare_next(h);
  });
}

void append_guard::decide(operation_host& host) {
  if (same_.size() > 1) {
    return conclude_unknown(host, std::to_string(same_.size()) + " identical messages arrived, with the UIDs " +
                                      uid_set::from_numbers(same_).to_string());
  }
  if (same_.size() == 1) {
    status_response s;
    s.code.kind = code::appenduid;
    s.code.number = uidvalidity_.value_or(0);
    s.code.uids.emplace_back(same_.front(), same_.front());
    return conclude(host, std::move(s));
  }
  if (similar_ != 0) return conclude_unknown(host, "a message with this Message-ID arrived, but its content differs");
  if (gap_) return conclude_unknown(host, "a message arrived and has gone again");
  if (believe_absence(host)) send_again(host);
}

}  // namespace imapxx::inline v0::core
