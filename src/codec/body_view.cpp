#include <imapxx/model/body_structure_view.hpp>

#include "base/ascii.hpp"
#include "codec/exact_reader.hpp"
#include "codec/fetch.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace imapxx::inline v0 {

using codec::exact_reader;

namespace {

bool same_word(text_view text, std::string_view word) {
  return text.escaped() ? base::iequals(text.to_string(), word) : base::iequals(text.raw(), word);
}

// body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
bool read_parameters(exact_reader& in, parameter_list_view& out) noexcept {
  out = parameter_list_view();
  if (in.nil()) return true;
  if (!in.octet('(')) return false;
  const auto begin = in.position();
  std::size_t count = 0;
  text_view one;
  do {
    if (!in.string(one) || !in.octet(' ') || !in.string(one)) return false;
    ++count;
  } while (in.octet(' '));
  out = parameter_list_view(in.since_with_end(begin), count);
  return in.octet(')');
}

}  // namespace

void parameter_view::read_next(std::string_view& rest, const owned_type*& owned) noexcept {
  if (owned != nullptr) {
    name = text_view(owned->first);
    value = text_view(owned->second);
    ++owned;
    return;
  }
  exact_reader in(rest);
  (void)in.octet(' ');
  (void)in.string(name);
  (void)in.octet(' ');
  (void)in.string(value);
  rest = in.rest();
}

text_view parameter_list_view::find(std::string_view name) const {
  for (const auto& p : *this) {
    if (same_word(p.name, name)) return p.value;
  }
  return {};
}

body_parameters parameter_list_view::to_owned() const {
  body_parameters out;
  out.items.reserve(size());
  for (const auto& p : *this) out.items.emplace_back(p.name.to_string(), p.value.to_string());
  return out;
}

/// Reads one part and the places of those below it, which it skips.
class body_structure_view::part_reader {
 public:
  part_reader(exact_reader& in, body_structure_view& out) noexcept : in_(in), out_(out) {}

  /// body = "(" (body-type-1part / body-type-mpart) ")"
  bool read() noexcept {
    if (!in_.octet('(')) return false;
    return (in_.peek() == '(' ? read_multipart() : read_leaf()) && in_.octet(')');
  }

 private:
  // body-type-mpart = 1*body SP media-subtype [SP body-fld-param [SP body-ext…]]
  bool read_multipart() noexcept {
    const auto begin = in_.position();
    while (in_.peek() == '(') {
      if (!in_.skip_list()) return false;
      ++out_.child_count_;
    }
    out_.children_ = in_.since(begin);
    out_.type_ = text_view("multipart");
    out_.encoding_ = text_view("");
    if (!in_.octet(' ') || !in_.string(out_.subtype_)) return false;
    if (!in_.octet(' ')) return true;
    out_.extension_data_ = true;
    if (!read_parameters(in_, out_.parameters_)) return false;
    return !in_.octet(' ') || read_extensions();
  }

  // body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
  bool read_leaf() noexcept {
    const bool fields = in_.string(out_.type_) && in_.octet(' ') && in_.string(out_.subtype_) && in_.octet(' ') &&
                        read_parameters(in_, out_.parameters_) && in_.octet(' ') && in_.nstring(out_.id_) &&
                        in_.octet(' ') && in_.nstring(out_.description_) && in_.octet(' ') && read_encoding() &&
                        in_.octet(' ') && in_.number(out_.octets_);
    if (!fields || out_.type_.escaped() || out_.subtype_.escaped()) return false;
    const auto is = [this](std::string_view t) { return base::iequals(out_.type_.raw(), t); };
    const auto has = [this](std::string_view s) { return base::iequals(out_.subtype_.raw(), s); };
    if (is("multipart")) return false;
    if (is("message") && (has("rfc822") || has("global"))) {
      if (!read_message()) return false;
    } else if (is("text") && !(in_.octet(' ') && read_lines())) {
      return false;
    }
    if (!in_.octet(' ')) return true;
    out_.extension_data_ = true;
    if (!in_.nstring(out_.md5_)) return false;
    return !in_.octet(' ') || read_extensions();
  }

  bool read_encoding() noexcept {
    if (!in_.string(out_.encoding_)) return false;
    const auto raw = out_.encoding_.raw();
    return !out_.encoding_.escaped() && !raw.empty() && raw.front() != ' ' && raw.back() != ' ';
  }

  bool read_lines() noexcept {
    std::uint64_t n = 0;
    if (!in_.number(n)) return false;
    out_.lines_ = n;
    return true;
  }

  // SP envelope SP body SP body-fld-lines
  bool read_message() noexcept {
    if (!in_.octet(' ')) return false;
    envelope_view e;
    const auto size = e.read(in_.rest());
    if (size == 0 || e.spaces_between_addresses() != 0) return false;
    out_.envelope_ = in_.rest().substr(0, size);
    in_.skip(size);
    if (!in_.octet(' ')) return false;
    const auto begin = in_.position();
    if (!in_.skip_list()) return false;
    out_.children_ = in_.since(begin);
    out_.child_count_ = 1;
    return in_.octet(' ') && read_lines();
  }

  // body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]; what may come behind them is left to the tree.
  bool read_extensions() noexcept {
    if (!read_disposition()) return false;
    if (!in_.octet(' ')) return true;
    if (!read_languages()) return false;
    return !in_.octet(' ') || in_.nstring(out_.location_);
  }

  // body-fld-dsp = "(" string SP body-fld-param ")" / nil
  bool read_disposition() noexcept {
    if (in_.nil()) return true;
    return in_.octet('(') && in_.string(out_.disposition_) && !out_.disposition_.escaped() &&
           !codec::is_language_tag(out_.disposition_.raw()) && in_.octet(' ') &&
           read_parameters(in_, out_.disposition_parameters_) && in_.octet(')');
  }

  // body-fld-lang = nstring / "(" string *(SP string) ")"
  bool read_languages() noexcept {
    auto begin = in_.position();
    text_view one;
    if (!in_.octet('(')) {
      if (!in_.nstring(one)) return false;
      if (one) out_.languages_ = in_.since_with_end(begin);
      return true;
    }
    begin = in_.position();
    if (!in_.string(one)) return false;
    // Without a disposition, a list that does not begin as languages do may be one (quirk B-07).
    if (!out_.disposition_ && (one.escaped() || !codec::is_language_tag(one.raw()))) return false;
    while (in_.octet(' ')) {
      if (!in_.string(one)) return false;
    }
    out_.languages_ = in_.since_with_end(begin);
    return in_.octet(')');
  }

  exact_reader& in_;
  body_structure_view& out_;
};

std::size_t body_structure_view::read(std::string_view text) noexcept {
  if (text.size() > codec::most_octets_of_exact_value) return 0;
  exact_reader in(text);
  if (!part_reader(in, *this).read()) return 0;
  // All parts below are looked at, so that none turns out to be odd when it is come to. What is left of each list of
  // parts that was begun lies on a stack of fixed size.
  constexpr std::size_t deepest = 24;
  std::array<std::string_view, deepest> open;
  std::size_t depth = 0;
  open[depth++] = children_;
  while (depth != 0) {
    auto& parts = open[depth - 1];
    if (parts.empty()) {
      --depth;
      continue;
    }
    exact_reader inside(parts);
    body_structure_view part;
    if (!part_reader(inside, part).read()) return 0;
    parts = inside.rest();
    if (part.children_.empty()) continue;
    if (depth == deepest) return 0;
    open[depth++] = part.children_;
  }
  return in.position();
}

body_structure_view::body_structure_view(const body_structure& value,
                                         std::shared_ptr<const body_structure> kept) noexcept
    : type_(std::string_view(value.type)),
      subtype_(std::string_view(value.subtype)),
      id_(text_view::of(value.id)),
      description_(text_view::of(value.description)),
      encoding_(std::string_view(value.encoding)),
      md5_(text_view::of(value.md5)),
      disposition_(value.disposition ? text_view(std::string_view(value.disposition->type)) : text_view()),
      location_(text_view::of(value.location)),
      parameters_(value.parameters),
      disposition_parameters_(value.disposition ? parameter_list_view(value.disposition->parameters)
                                                : parameter_list_view()),
      child_count_(value.children.size()),
      octets_(value.octets),
      lines_(value.lines),
      octets_known_(value.octets_known),
      extension_data_(value.extension_data),
      owned_(&value),
      kept_(std::move(kept)) {}

std::optional<body_structure_view> body_structure_view::of(const fetch_row& row) {
  std::optional<body_structure_view> out;
  const auto* item = row.find(fetch_item::bodystructure);
  if (item == nullptr) item = row.find(fetch_item::body);
  if (item == nullptr) return out;
  // Envelopes within it count their octets above 127 (quirk E-13) where all are read.
  if (!base::has_8bit(item->value)) {
    if (const auto end = out.emplace().read(item->value); end != 0 && end == item->value.size()) return out;
  }
  out.reset();
  if (auto value = row.bodystructure()) {
    auto kept = std::make_shared<const body_structure>(std::move(*value));
    const auto& root = *kept;
    out.emplace(root, std::move(kept));
  }
  return out;
}

std::optional<envelope_view> body_structure_view::nested_envelope() const {
  if (owned_ != nullptr)
    return owned_->nested_envelope ? std::optional<envelope_view>(*owned_->nested_envelope) : std::nullopt;
  if (envelope_.empty()) return std::nullopt;
  envelope_view out;
  (void)out.read(envelope_);
  return out;
}

body_part_list_view body_structure_view::children() const noexcept {
  if (owned_ != nullptr) return {{owned_->children.data(), child_count_}, kept_};
  return {{children_, child_count_}, nullptr};
}

std::vector<std::string> body_structure_view::languages() const {
  if (owned_ != nullptr) return owned_->languages;
  std::vector<std::string> out;
  if (languages_.empty()) return out;
  exact_reader in(languages_);
  text_view one;
  while (in.string(one)) {
    out.push_back(one.to_string());
    if (!in.octet(' ')) break;
  }
  return out;
}

bool body_structure_view::is_multipart() const { return same_word(type_, "multipart"); }

bool body_structure_view::is(std::string_view t, std::string_view s) const {
  return same_word(type_, t) && (s == "*" || same_word(subtype_, s));
}

body_structure body_structure_view::to_owned() const {
  if (owned_ != nullptr) return *owned_;
  struct pending {
    body_structure_view from;
    body_structure* to;
  };
  body_structure root;
  std::vector<pending> todo{{*this, &root}};
  while (!todo.empty()) {
    const auto from = std::move(todo.back().from);
    auto& to = *todo.back().to;
    todo.pop_back();
    to.type = from.type_.to_string();
    to.subtype = from.subtype_.to_string();
    to.parameters = from.parameters_.to_owned();
    to.id = from.id_.to_owned();
    to.description = from.description_.to_owned();
    to.encoding = from.encoding_.to_string();
    to.octets = from.octets_;
    to.octets_known = from.octets_known_;
    to.lines = from.lines_;
    if (const auto e = from.nested_envelope()) to.nested_envelope = std::make_unique<envelope>(e->to_owned());
    to.extension_data = from.extension_data_;
    to.md5 = from.md5_.to_owned();
    if (from.disposition_)
      to.disposition = body_disposition{from.disposition_.to_string(), from.disposition_parameters_.to_owned()};
    to.languages = from.languages();
    to.location = from.location_.to_owned();
    to.children.resize(from.child_count_);
    auto* child = to.children.data();
    for (const auto& part : from.children()) todo.push_back({part, child++});
  }
  return root;
}

void body_structure_view::read_next(std::string_view& rest, const body_structure*& owned) noexcept {
  if (owned != nullptr) {
    *this = body_structure_view(*owned, std::move(kept_));
    ++owned;
    return;
  }
  *this = body_structure_view();
  exact_reader in(rest);
  (void)part_reader(in, *this).read();
  rest = in.rest();
}

}  // namespace imapxx::inline v0
