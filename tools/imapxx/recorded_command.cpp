#include "recorded_command.hpp"

#include "raw_command.hpp"
#include "trace_file.hpp"

#include <algorithm>
#include <cstdint>

namespace imapxx::cli {
namespace {

constexpr std::string_view redacted = "<redacted>";

// A message whose octets the trace does not have: as many others.
class filler final : public literal_source {
 public:
  explicit filler(std::uint64_t size) : size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  result<std::size_t> read(std::span<char> out) override {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - sent_));
    std::fill_n(out.begin(), n, 'x');
    sent_ += n;
    return n;
  }

 private:
  std::uint64_t size_, sent_ = 0;
};

std::string name_of(std::string_view text) {
  auto end = std::min(text.find_first_of(" \r"), text.size());
  if (text.substr(0, end) == "UID") end = std::min(text.find_first_of(" \r", end + 1), text.size());
  return std::string(text.substr(0, end));
}

// As a session's trace shows it.
std::string shown(const wire::encoder& e) {
  std::string out;
  for (const auto& s : e.segments())
    out += s.type == wire::segment::kind::source ? elided_octets(s.source->size())
                                                 : std::string(e.text().substr(s.begin, s.end - s.begin));
  return out;
}

}  // namespace

recorded_command::recorded_command(std::string text, std::deque<std::string> answers, bool checked,
                                   std::shared_ptr<findings> to)
    : text_(std::move(text)),
      answers_(std::move(answers)),
      traits_(raw_command::traits_for(name_of(text_))),
      findings_(std::move(to)) {
  if (!checked) return;
  auto typed = typed_command(text_);
  typed_ = std::move(typed.cmd);
  comparable_ = typed.complete;
}

const command_traits& recorded_command::traits() const noexcept { return typed_ ? typed_->traits() : traits_; }

result<void> recorded_command::check(const session_info& info) const {
  return typed_ ? typed_->check(info) : result<void>();
}

void recorded_command::prepare(const submit_context& context) {
  if (typed_) typed_->prepare(context);
}

void recorded_command::compare(const wire::encode_context& context) {
  wire::encoder own(context);
  typed_->encode(own);
  if (!comparable_) return;
  const std::string now = own.failure() ? std::string(own.failure().message()) : shown(own);
  if (now != text_) findings_->written_otherwise = now;
}

void recorded_command::encode(wire::encoder& out) {
  if (typed_) compare(out.context());
  const auto hidden = text_.find(redacted);
  if (hidden == std::string::npos) return write(out, text_);
  write(out, std::string_view(text_).substr(0, hidden));
  out.begin_secret().raw(redacted).end_secret();
  write(out, std::string_view(text_).substr(hidden + redacted.size()));
}

void recorded_command::write(wire::encoder& out, std::string_view text) const {
  while (!text.empty()) {
    const auto line_end = std::min(text.find("\r\n"), text.size());
    recorded_literal l;
    const auto line = text.substr(0, line_end);
    if (line_end == text.size() || !ends_in_literal(line, l)) {
      out.raw(line);
      return;
    }
    const auto header = line.rfind('{');
    const bool binary = header != 0 && line[header - 1] == '~';
    const bool wait = !line.ends_with("+}");
    out.raw(line.substr(0, header - (binary ? 1U : 0U)));
    text.remove_prefix(line_end + 2);
    const auto mark = elided_octets(l.size);
    if (text.starts_with(mark)) {
      out.literal_as(std::make_shared<filler>(l.size), wait, binary);
      text.remove_prefix(mark.size());
      continue;
    }
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(l.size, text.size()));
    out.literal_as(text.substr(0, n), wait, binary);
    text.remove_prefix(n);
  }
}

bool recorded_command::on_response(response& r) { return typed_ ? typed_->on_response(r) : true; }
bool recorded_command::on_fetch(const fetch_row& row) { return typed_ ? typed_->on_fetch(row) : true; }
bool recorded_command::claims(const fetch_row& row) const { return typed_ ? typed_->claims(row) : true; }
bool recorded_command::wants_section(const body_info& info) const noexcept {
  return typed_ ? typed_->wants_section(info) : true;
}

result<std::optional<secret>> recorded_command::on_continuation(std::string_view text) {
  if (typed_) return typed_->on_continuation(text);
  if (traits_.name != "AUTHENTICATE") return std::optional<secret>();
  if (answers_.empty()) return std::optional<secret>(secret("*"));
  secret next(answers_.front());
  answers_.pop_front();
  return std::optional<secret>(std::move(next));
}

result<void> recorded_command::on_complete(const status_response& status) {
  return typed_ ? typed_->on_complete(status) : result<void>();
}

}  // namespace imapxx::cli
