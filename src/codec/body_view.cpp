#include <imapxx/model/body_structure_view.hpp>

#include "base/ascii.hpp"
#include "codec/exact_reader.hpp"
#include "codec/fetch.hpp"
#include "codec/keep.hpp"

#include <array>
#include <memory>
#include <utility>

namespace imapxx::inline v0 {

using codec::exact_reader;

namespace {

bool same_word(text_view text, std::string_view word) {
  return text.escaped() ? base::iequals(text.to_string(), word) : base::iequals(text.raw(), word);
}

// body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
exact_reader read_parameters(exact_reader in, parameter_list_view& out) noexcept {
  out = parameter_list_view();
  if (in.nil()) return in;
  if (!in.octet('(')) return exact_reader::failed();
  const char* const begin = in.position();
  std::size_t count = 0;
  text_view one;
  do {
    if (!in.string(one) || !in.octet(' ') || !in.string(one)) return exact_reader::failed();
    ++count;
  } while (in.octet(' '));
  out = parameter_list_view(in.since_with_end(begin), count);
  return in.octet(')') ? in : exact_reader::failed();
}

void keep(const parameter_list_view& from, body_parameters& to) {
  if (from.empty()) return;
  to.items.reserve(from.size());
  for (const auto& p : from) {
    auto& [name, value] = to.items.emplace_back();
    codec::keep(p.name, name);
    codec::keep(p.value, value);
  }
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
  keep(*this, out);
  return out;
}

/// Reads the fields of one part, each function from where the one before has ended. Nothing but the disposition is
/// looked at again, so that one view can serve for many parts of which only the end is wanted.
class body_structure_view::part_reader {
 public:
  enum class part : std::uint8_t { leaf, multipart, message };

  /// What stands behind the first parenthesis of a part, up to the parts below it or to the part's extension data.
  static exact_reader begin(exact_reader in, body_structure_view& out, part& what) noexcept {
    if (!in.octet('(')) return exact_reader::failed();
    what = part::multipart;
    return in.peek() == '(' ? in : begin_single(in, out, what);
  }
  /// What stands behind the parts below, or behind `begin`, with the parenthesis.
  static exact_reader end(exact_reader in, body_structure_view& out, part what) noexcept {
    if (what == part::multipart) {
      in = end_multipart(in, out);
    } else {
      if (what == part::message && !(in.octet(' ') && read_lines(in, out))) return exact_reader::failed();
      if (in.octet(' ')) in = in.nstring(out.md5_) ? read_extensions(in, out) : exact_reader::failed();
    }
    return in && in.octet(')') ? in : exact_reader::failed();
  }
  /// One part; those below it are passed over.
  static exact_reader read(exact_reader in, body_structure_view& out) noexcept {
    part what{};
    in = begin(in, out, what);
    if (!in) return in;
    if (what != part::leaf) {
      const char* const first = in.position();
      do {
        if (!in.skip_list()) return exact_reader::failed();
        ++out.child_count_;
      } while (what == part::multipart && in.peek() == '(');
      out.children_ = in.since(first);
    }
    return end(in, out, what);
  }
  /// One part and all below it, none of which turns out to be odd when it is come to.
  static exact_reader read_all(exact_reader in, body_structure_view& out) noexcept;
  /// The same into a value that is as if made anew.
  static exact_reader read_all(exact_reader in, body_structure& out);

  /// Forgets what stands in some parts only.
  static void clear(body_structure_view& out) noexcept {
    // Not `out = body_structure_view()`: that makes all of it elsewhere and copies it.
    out.type_ = out.subtype_ = out.id_ = out.description_ = out.encoding_ = text_view();
    out.md5_ = out.disposition_ = out.location_ = text_view();
    out.parameters_ = out.disposition_parameters_ = parameter_list_view();
    out.children_ = out.languages_ = out.envelope_ = std::string_view();
    out.child_count_ = 0;
    out.octets_ = 0;
    out.lines_.reset();
    out.extension_data_ = false;
  }
  /// What `begin` has read of a single part, and `end` of a multipart.
  static void keep_fields(const body_structure_view& from, body_structure& to) {
    codec::keep(from.type_, to.type);
    codec::keep(from.subtype_, to.subtype);
    keep(from.parameters_, to.parameters);
    codec::keep(from.id_, to.id);
    codec::keep(from.description_, to.description);
    codec::keep(from.encoding_, to.encoding);
    to.octets = from.octets_;
    to.octets_known = from.octets_known_;
    if (from.envelope_.empty()) return;
    to.nested_envelope = std::make_unique<envelope>();
    std::size_t spaces = 0;
    (void)codec::read_exact_envelope(from.envelope_, *to.nested_envelope, spaces);
  }
  /// What may stand behind the fields.
  static void keep_end(const body_structure_view& from, body_structure& to) {
    to.lines = from.lines_;
    to.extension_data = from.extension_data_;
    if (!from.extension_data_) return;
    codec::keep(from.md5_, to.md5);
    if (from.disposition_.has_value()) {
      auto& d = to.disposition.emplace();
      codec::keep(from.disposition_, d.type);
      keep(from.disposition_parameters_, d.parameters);
    }
    if (!from.languages_.empty()) to.languages = from.languages();
    codec::keep(from.location_, to.location);
  }

 private:
  // The parts that were begun and not ended are on a stack of fixed size.
  static constexpr std::size_t deepest = 24;

  // A place for the part at `in`. There is room for as many as come: most multiparts have two, and where there are more
  // the rest is counted.
  static body_structure& add_child(exact_reader in, part of, body_structure& parent) {
    constexpr std::size_t usual = 2;
    auto& children = parent.children;
    if (children.empty()) {
      children.reserve(of == part::multipart ? usual : 1);
    } else if (children.size() == usual) {
      std::size_t more = 0;
      while (in.skip_list()) ++more;
      children.reserve(usual + more);
    }
    return children.emplace_back();
  }

  // The end of body-type-mpart: SP media-subtype [SP body-fld-param [SP body-ext…]]
  static exact_reader end_multipart(exact_reader in, body_structure_view& out) noexcept {
    out.type_ = text_view("multipart");
    out.encoding_ = text_view("");
    if (!in.octet(' ') || !in.string(out.subtype_)) return exact_reader::failed();
    if (!in.octet(' ')) return in;
    in = read_parameters(in, out.parameters_);
    if (!in) return in;
    return read_extensions(in, out);
  }

  // body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
  static exact_reader begin_single(exact_reader in, body_structure_view& out, part& what) noexcept {
    if (!in.string(out.type_) || !in.octet(' ') || !in.string(out.subtype_) || !in.octet(' '))
      return exact_reader::failed();
    in = read_parameters(in, out.parameters_);
    const bool fields = in && in.octet(' ') && in.nstring(out.id_) && in.octet(' ') && in.nstring(out.description_) &&
                        in.octet(' ') && in.string(out.encoding_) && in.octet(' ') && in.number(out.octets_);
    if (!fields || !is_plain_encoding(out.encoding_) || out.type_.escaped() || out.subtype_.escaped())
      return exact_reader::failed();
    what = part::leaf;
    const auto is = [&out](std::string_view t) { return base::iequals(out.type_.raw(), t); };
    const auto has = [&out](std::string_view s) { return base::iequals(out.subtype_.raw(), s); };
    if (is("multipart")) return exact_reader::failed();
    if (is("message") && (has("rfc822") || has("global"))) {
      what = part::message;
      return in.octet(' ') ? read_envelope(in, out) : exact_reader::failed();
    }
    return !is("text") || (in.octet(' ') && read_lines(in, out)) ? in : exact_reader::failed();
  }

  // The middle of body-type-msg: envelope SP body
  static exact_reader read_envelope(exact_reader in, body_structure_view& out) noexcept {
    envelope_view e;
    const auto size = e.read(in.rest());
    if (size == 0 || e.spaces_between_addresses() != 0) return exact_reader::failed();
    out.envelope_ = in.rest().substr(0, size);
    in.skip(size);
    return in.octet(' ') ? in : exact_reader::failed();
  }

  static bool is_plain_encoding(text_view encoding) noexcept {
    const auto raw = encoding.raw();
    return !encoding.escaped() && !raw.empty() && raw.front() != ' ' && raw.back() != ' ';
  }

  static bool read_lines(exact_reader& in, body_structure_view& out) noexcept {
    std::uint64_t n = 0;
    if (!in.number(n)) return false;
    out.lines_ = n;
    return true;
  }

  // [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]]; what may come behind them is left to the tree.
  static exact_reader read_extensions(exact_reader in, body_structure_view& out) noexcept {
    out.extension_data_ = true;
    if (!in.octet(' ')) return in;
    in = read_disposition(in, out);
    if (!in || !in.octet(' ')) return in;
    in = read_languages(in, out);
    if (!in || !in.octet(' ')) return in;
    return in.nstring(out.location_) ? in : exact_reader::failed();
  }

  // body-fld-dsp = "(" string SP body-fld-param ")" / nil
  static exact_reader read_disposition(exact_reader in, body_structure_view& out) noexcept {
    out.disposition_ = text_view();
    if (in.nil()) return in;
    if (!in.octet('(') || !in.string(out.disposition_) || out.disposition_.escaped() ||
        codec::is_language_tag(out.disposition_.raw()) || !in.octet(' '))
      return exact_reader::failed();
    in = read_parameters(in, out.disposition_parameters_);
    return in && in.octet(')') ? in : exact_reader::failed();
  }

  // body-fld-lang = nstring / "(" string *(SP string) ")"
  static exact_reader read_languages(exact_reader in, body_structure_view& out) noexcept {
    const char* begin = in.position();
    text_view one;
    if (!in.octet('(')) {
      if (!in.nstring(one)) return exact_reader::failed();
      if (one) out.languages_ = in.since_with_end(begin);
      return in;
    }
    begin = in.position();
    if (!in.string(one)) return exact_reader::failed();
    // Without a disposition, a list that does not begin as languages do may be one (quirk B-07).
    if (!out.disposition_ && (one.escaped() || !codec::is_language_tag(one.raw()))) return exact_reader::failed();
    while (in.octet(' ')) {
      if (!in.string(one)) return exact_reader::failed();
    }
    out.languages_ = in.since_with_end(begin);
    return in.octet(')') ? in : exact_reader::failed();
  }
};

exact_reader body_structure_view::part_reader::read_all(exact_reader in, body_structure_view& out) noexcept {
  std::array<part, deepest> open{};  // the first is `out`, any other `passed`
  std::size_t depth = 0;
  const char* first = nullptr;  // of the parts below `out`
  body_structure_view passed;
  for (;;) {
    part what{};
    in = begin(in, depth == 0 ? out : passed, what);
    if (!in) return in;
    if (depth == 1) ++out.child_count_;
    if (what != part::leaf) {
      if (depth == deepest) return exact_reader::failed();
      if (depth == 0) first = in.position();
      open[depth++] = what;
      continue;
    }
    in = end(in, depth == 0 ? out : passed, what);
    // What ends with it.
    while (in && depth != 0 && (open[depth - 1] == part::message || in.peek() != '(')) {
      --depth;
      if (depth == 0) out.children_ = in.since(first);
      in = end(in, depth == 0 ? out : passed, open[depth]);
    }
    if (!in || depth == 0) return in;
  }
}

exact_reader body_structure_view::part_reader::read_all(exact_reader in, body_structure& out) {
  struct open_part {
    part what;
    body_structure* to;
  };
  std::array<open_part, deepest> open{};
  std::size_t depth = 0;
  body_structure* to = &out;
  body_structure_view seen;
  for (;;) {
    part what{};
    in = begin(in, seen, what);
    if (!in) return in;
    if (what != part::multipart) keep_fields(seen, *to);
    if (what != part::leaf) {
      if (depth == deepest) return exact_reader::failed();
      open[depth++] = {what, to};
      to = &add_child(in, what, *to);
      clear(seen);
      continue;
    }
    in = end(in, seen, what);
    if (!in) return in;
    keep_end(seen, *to);
    clear(seen);
    // What ends with it.
    while (depth != 0 && (open[depth - 1].what == part::message || in.peek() != '(')) {
      const auto& ended = open[--depth];
      in = end(in, seen, ended.what);
      if (!in) return in;
      if (ended.what == part::multipart) keep_fields(seen, *ended.to);
      keep_end(seen, *ended.to);
      clear(seen);
      if (ended.to->children.size() == 1) ended.to->children.shrink_to_fit();
    }
    if (depth == 0) return in;
    to = &add_child(in, open[depth - 1].what, *open[depth - 1].to);
  }
}

std::size_t codec::read_exact_body(std::string_view text, body_structure& out) {
  if (text.size() > most_octets_of_exact_value) return 0;
  const auto in = body_structure_view::part_reader::read_all(exact_reader(text), out);
  return in ? static_cast<std::size_t>(in.position() - text.data()) : 0;
}

std::size_t body_structure_view::read(std::string_view text) noexcept {
  if (text.size() > codec::most_octets_of_exact_value) return 0;
  const auto in = part_reader::read_all(exact_reader(text), *this);
  return in ? static_cast<std::size_t>(in.position() - text.data()) : 0;
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
    part_reader::keep_fields(from, to);
    part_reader::keep_end(from, to);
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
  part_reader::clear(*this);
  rest = part_reader::read(exact_reader(rest), *this).rest();
}

}  // namespace imapxx::inline v0
