#include <imapxx/model/date_time.hpp>
#include <imapxx/model/flag.hpp>
#include <imapxx/model/mailbox_name.hpp>
#include <imapxx/secret.hpp>
#include <imapxx/wire/encoder.hpp>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "wire/characters.hpp"
#include "wire/literal_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace imapxx::inline v0 {

literal_source::~literal_source() = default;
bool literal_source::rewind() { return false; }

namespace wire {

namespace {
// Longer strings go as literals: some servers read a line into a small buffer.
constexpr std::size_t longest_quoted = 997;
// RFC 7888 section 5. Also the bound for sources under LITERAL+: a big message should wait for the server's consent
// (quirk X-07).
constexpr std::uint64_t longest_unasked_literal = 4096;

bool has_line_end_or_nul(std::string_view text) noexcept {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

// Text of ours that ends like a literal's header would make the server swallow what follows.
bool ends_like_literal(std::string_view text) noexcept {
  if (!text.ends_with('}')) return false;
  const auto brace = text.rfind('{');
  return brace != std::string_view::npos && read_literal_header(text.substr(brace)).kind != literal_header::form::none;
}

bool all_of(std::string_view text, bool (*belongs)(char) noexcept) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), belongs);
}

bool is_nil(std::string_view text) noexcept { return base::iequals(text, "NIL"); }

error invalid(std::string_view message) { return error(errc::invalid_argument, message); }
}  // namespace

bool is_atom(std::string_view text) noexcept { return all_of(text, is_atom_char); }

bool is_quotable(std::string_view text, bool utf8) noexcept {
  if (has_line_end_or_nul(text)) return false;
  return utf8 ? base::is_utf8(text) : std::none_of(text.begin(), text.end(), base::is_8bit);
}

encoder::encoder(const encode_context& context) : context_(context) {}

encoder::~encoder() {
  if (has_secret_) secret::wipe(text_);
}

void encoder::open_segment(bool wait_before) {
  segment s;
  s.begin = s.end = text_.size();
  s.wait_before = wait_before;
  s.secret = secret_;
  segments_.push_back(std::move(s));
}

encoder& encoder::put(std::string_view bytes) {
  if (failure_ || bytes.empty()) return *this;
  const bool fits =
      !segments_.empty() && segments_.back().type == segment::kind::bytes && segments_.back().secret == secret_;
  if (!fits) open_segment(false);
  if (has_secret_ && text_.capacity() - text_.size() < bytes.size()) grow_secretly(bytes.size());
  text_ += bytes;
  segments_.back().end = text_.size();
  return *this;
}

// A string that grows by itself would leave its old octets in freed memory.
void encoder::grow_secretly(std::size_t more) {
  std::string bigger;
  bigger.reserve(2 * text_.size() + more);
  bigger = text_;
  secret::wipe(text_);
  text_ = std::move(bigger);
}

encoder& encoder::put_line(std::string_view bytes) {
  if (!failure_) line_octets_ += bytes.size();
  return put(bytes);
}

encoder& encoder::fail(error e) {
  if (!failure_) failure_ = std::move(e);
  return *this;
}

encoder& encoder::raw(std::string_view trusted) {
  if (has_line_end_or_nul(trusted)) return fail(invalid("a line break or NUL in the text of a command"));
  if (ends_like_literal(trusted)) return fail(invalid("the text of a command ends like the header of a literal"));
  return put_line(trusted);
}

encoder& encoder::atom(std::string_view text) {
  if (!is_atom(text)) return fail(invalid("not an atom"));
  return put_line(text);
}

encoder& encoder::number(std::uint64_t n) {
  std::array<char, 20> digits{};
  const auto* end = std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr;
  return put_line({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

encoder& encoder::quoted(std::string_view text) {
  if (!is_quotable(text, context_.utf8)) return fail(invalid("a text that cannot be quoted"));
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
  put_line(out);
  // A quoted text may be a password, and this copy of it is ours.
  if (secret_) secret::wipe(out);
  return *this;
}

encoder& encoder::string(std::string_view text) {
  if (text.size() > longest_quoted || !is_quotable(text, context_.utf8)) return literal(text);
  return quoted(text);
}

encoder& encoder::astring(std::string_view text) {
  if (text.size() <= longest_quoted && all_of(text, is_astring_char) && !is_nil(text)) return put_line(text);
  return string(text);
}

encoder& encoder::nstring(const std::string* text) { return text == nullptr ? raw("NIL") : string(*text); }

encoder& encoder::list_mailbox(std::string_view pattern) {
  if (pattern.size() <= longest_quoted && all_of(pattern, is_list_char) && !is_nil(pattern)) return put_line(pattern);
  return string(pattern);
}

encoder& encoder::mailbox(const mailbox_name& name) {
  if (!name.is_valid()) return fail(invalid("an empty mailbox name, or one with a line break, NUL or invalid UTF-8"));
  // A name that cannot be decoded is only known by the server's own octets.
  return astring(context_.utf8 && name.decoded() ? std::string_view(name.utf8()) : name.raw());
}

encoder& encoder::set(const seq_set& s) {
  if (s.empty()) return fail(invalid("an empty set of messages"));
  return put_line(s.to_string());
}

encoder& encoder::set(const uid_set& s) {
  if (s.empty()) return fail(invalid("an empty set of messages"));
  return put_line(s.to_string());
}

encoder& encoder::flag_name(std::string_view f) {
  const auto name = f.starts_with('\\') ? f.substr(1) : f;
  if (!is_atom(name)) return fail(invalid("not the name of a flag"));
  return put_line(f);
}

encoder& encoder::flags(const flag_list& list) {
  begin_list();
  bool first = true;
  for (const auto& f : list) {
    if (!first) sp();
    first = false;
    flag_name(f.name());
  }
  return end_list();
}

encoder& encoder::date_text(const date& d) { return raw(d.to_string()); }

encoder& encoder::date_time_text(const date_time& d) { return quoted(d.to_imap()); }

bool encoder::begin_literal(std::uint64_t size, bool literal8, bool big_may_go_unasked) {
  // Also in literal8 (RFC 7888 section 6).
  const bool unasked =
      context_.literals != literal_support::synchronizing && (size <= longest_unasked_literal || big_may_go_unasked);
  return open_literal(size, literal8, unasked);
}

// Writes the header and opens the segment behind it. The segment exists even for an empty literal: what follows must
// wait, too.
bool encoder::open_literal(std::uint64_t size, bool literal8, bool unasked) {
  if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    fail(invalid("a literal of more than 2^63-1 octets"));
  }
  if (failure_) return false;
  const std::string header = (literal8 ? "~{" : "{") + std::to_string(size) + (unasked ? "+}\r\n" : "}\r\n");
  put_line(header);
  if (!unasked) open_segment(true);
  return true;
}

encoder& encoder::literal(std::string_view octets, bool binary) {
  const bool nul = octets.find('\0') != std::string_view::npos;
  if (nul && !binary) return fail(invalid("NUL in a string"));
  if (nul && !context_.binary) return fail(error(errc::capability_required, "a text with NUL needs BINARY"));
  const bool plus = context_.literals == literal_support::plus;
  if (begin_literal(octets.size(), binary && context_.binary, plus)) put(octets);
  return *this;
}

encoder& encoder::literal(std::shared_ptr<literal_source> source, bool binary) {
  if (!source) return fail(invalid("no source for a literal"));
  if (binary && !context_.binary) return fail(error(errc::capability_required, "literal8 needs BINARY"));
  return begin_literal(source->size(), binary, false) ? put_source(std::move(source)) : *this;
}

encoder& encoder::literal_as(std::string_view octets, bool wait, bool binary) {
  if (!binary && octets.find('\0') != std::string_view::npos) return fail(invalid("NUL in a string"));
  if (open_literal(octets.size(), binary, !wait)) put(octets);
  return *this;
}

encoder& encoder::literal_as(std::shared_ptr<literal_source> source, bool wait, bool binary) {
  if (!source) return fail(invalid("no source for a literal"));
  return open_literal(source->size(), binary, !wait) ? put_source(std::move(source)) : *this;
}

encoder& encoder::put_source(std::shared_ptr<literal_source> source) {
  const bool waiting = segments_.back().type == segment::kind::bytes && segments_.back().wait_before &&
                       segments_.back().begin == segments_.back().end;
  if (!waiting) open_segment(false);
  segments_.back().type = segment::kind::source;
  segments_.back().source = std::move(source);
  return *this;
}

encoder& encoder::begin_secret() {
  secret_ = true;
  has_secret_ = true;
  return *this;
}

encoder& encoder::end_secret() {
  secret_ = false;
  return *this;
}

}  // namespace wire
}  // namespace imapxx::inline v0
