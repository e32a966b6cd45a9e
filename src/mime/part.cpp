#include <imapxx/command.hpp>
#include <imapxx/mime/message.hpp>

#include "base/ascii.hpp"
#include "mime/charset.hpp"
#include "mime/header_text.hpp"
#include "mime/naming.hpp"
#include "mime/selection.hpp"
#include "mime/tree.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::mime {
namespace {

constexpr std::size_t piece_octets = 65536;

}  // namespace

std::size_t headers::size() const noexcept { return node_->fields.size(); }

header headers::at(std::size_t index) const {
  const auto& f = node_->fields[index];
  return {tree_, f.name, f.value};
}

std::size_t headers::count(std::string_view name) const noexcept {
  std::size_t n = 0;
  for (const auto& f : node_->fields) n += base::iequals(f.name, name) ? 1U : 0U;
  return n;
}

std::optional<header> headers::find(std::string_view name) const {
  const auto* f = node_->find(name);
  return f == nullptr ? std::nullopt : std::optional(header(tree_, f->name, f->value));
}

std::vector<header> headers::find_all(std::string_view name) const {
  std::vector<header> out;
  for (const auto& f : node_->fields) {
    if (base::iequals(f.name, name)) out.push_back(header(tree_, f.name, f.value));
  }
  return out;
}

std::optional<std::string> headers::get(std::string_view name) const {
  const auto* f = node_->find(name);
  return f == nullptr ? std::nullopt : std::optional(decode_header(f->value));
}

std::vector<std::string> headers::get_all(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& h : find_all(name)) out.push_back(h.text());
  return out;
}

std::string headers::operator[](std::string_view name) const { return get(name).value_or(std::string()); }

std::string_view headers::raw() const noexcept { return node_->raw_header; }

const content_type& part::content_type() const noexcept { return node_->type; }

std::optional<disposition> part::disposition() const {
  const auto* f = node_->find("Content-Disposition");
  return f == nullptr ? std::nullopt : std::optional(mime::disposition::parse(f->value));
}

transfer_encoding part::encoding() const noexcept { return node_->encoding; }

std::string part::content_id() const {
  const auto* f = node_->find("Content-ID");
  if (f == nullptr) return {};
  const auto text = unfold(f->value);
  auto id = trim(text);
  if (!id.empty() && id.front() == '<') id.remove_prefix(1);
  if (!id.empty() && id.back() == '>') id.remove_suffix(1);
  return std::string(id);
}

std::optional<std::string> part::raw_filename() const {
  const auto d = disposition();
  return name_of(d ? &*d : nullptr, content_type());
}

std::string part::filename() const {
  return safe_filename(raw_filename().value_or(std::string()), fallback_filename(number(), content_type()));
}

bool part::is_multipart() const noexcept { return node_->kind == detail::node_kind::multipart; }
bool part::is_message() const noexcept { return node_->kind == detail::node_kind::message; }

bool part::is_attachment() const {
  const auto d = disposition();
  part_facts facts;
  facts.type = &content_type();
  facts.container = is_multipart();
  facts.disposition = d ? &*d : nullptr;
  facts.named = raw_filename().has_value();
  facts.in_related = node_->parent != nullptr && node_->parent->type.is("multipart", "related");
  return decide_attachment(facts);
}

std::vector<part> part::children() const {
  std::vector<part> out;
  out.reserve(node_->children.size());
  for (const auto* child : node_->children) out.push_back(part(tree_, child));
  return out;
}

std::vector<part> part::walk() const {
  std::vector<part> out;
  out.reserve(node_->subtree_end - node_->index);
  for (auto i = node_->index; i < node_->subtree_end; ++i) out.push_back(part(tree_, &tree_->nodes[i]));
  return out;
}

std::vector<part> part::attachments() const {
  std::vector<part> out;
  for (auto i = node_->index; i < node_->subtree_end;) {
    part p(tree_, &tree_->nodes[i]);
    const bool attached = p.is_attachment();
    i = attached ? p.node_->subtree_end : i + 1;
    if (attached) out.push_back(std::move(p));
  }
  return out;
}

std::optional<part> part::best_text() const {
  std::optional<part> html;
  for (auto i = node_->index; i < node_->subtree_end;) {
    part p(tree_, &tree_->nodes[i]);
    if (const auto d = p.disposition(); d && d->is_attachment()) {
      i = p.node_->subtree_end;
      continue;
    }
    i = p.node_->kind == detail::node_kind::status ? p.node_->subtree_end : i + 1;
    if (p.content_type().is("text", "plain") && !p.is_attachment()) return p;
    if (!html && p.content_type().is("text", "html") && !p.is_attachment()) html = std::move(p);
  }
  return html;
}

std::size_t part::depth() const noexcept { return node_->depth; }
const std::string& part::number() const noexcept { return node_->number; }

std::optional<part> part::find(std::string_view number) const {
  for (auto i = node_->index; i < node_->subtree_end; ++i) {
    const auto& n = tree_->nodes[i];
    if (n.parent != nullptr && n.parent->kind == detail::node_kind::status) continue;  // has no number
    if (base::iequals(n.number, number)) return part(tree_, &tree_->nodes[i]);
  }
  return std::nullopt;
}

std::optional<message> part::message() const {
  if (!is_message()) return std::nullopt;
  return mime::message(part(tree_, node_->children.front()));
}

std::string_view part::raw() const noexcept { return node_->raw; }
std::string_view part::raw_header() const noexcept { return node_->raw_header; }
std::string_view part::raw_body() const noexcept { return node_->raw_body; }

std::string part::content() const {
  if (node_->encoding == transfer_encoding::identity || is_multipart()) return std::string(raw_body());
  std::string out;
  transfer_decoder decoder(node_->encoding);
  decoder.feed(node_->raw_body, out);
  decoder.finish(out);
  return out;
}

bool part::decode(const std::function<bool(std::string_view)>& piece) const {
  transfer_decoder decoder(is_multipart() ? transfer_encoding::identity : node_->encoding);
  std::string buffer;
  for (auto rest = node_->raw_body; !rest.empty(); rest.remove_prefix(std::min(piece_octets, rest.size()))) {
    buffer.clear();
    decoder.feed(rest.substr(0, piece_octets), buffer);
    if (!buffer.empty() && !piece(buffer)) return false;
  }
  buffer.clear();
  decoder.finish(buffer);
  return buffer.empty() || piece(buffer);
}

result<void> part::decode_to(body_sink& sink) const {
  body_info info;
  info.size = node_->raw_body.size();
  if (auto begun = sink.begin(info); !begun) return begun;
  result<void> last;
  const auto write = [&](std::string_view octets) {
    last = sink.write(octets);
    return last.has_value();
  };
  if (!decode(write)) return last;
  return sink.end(info);
}

std::string part::text() const {
  if (is_multipart() || is_message()) return {};
  return to_utf8(content(), content_type().charset().value_or(std::string()));
}

}  // namespace imapxx::inline v0::mime
