#include <imapxx/mime/structure.hpp>

#include "base/ascii.hpp"
#include "mime/naming.hpp"
#include "mime/selection.hpp"

#include <cstddef>
#include <utility>

namespace imapxx::inline v0::mime {
namespace {

std::optional<disposition> disposition_of(const body_structure& part) {
  if (!part.disposition) return std::nullopt;
  return disposition(part.disposition->type, parameters::decode(part.disposition->parameters.items));
}

bool decide(const body_structure& part, bool in_related) {
  const auto type = type_of(part);
  const auto d = disposition_of(part);
  part_facts facts;
  facts.type = &type;
  facts.disposition = d ? &*d : nullptr;
  facts.named = name_of(facts.disposition, type).has_value();
  facts.in_related = in_related;
  return decide_attachment(facts);
}

/// `walk` with what stands around each part: its parent, and where the parts below it end.
class listing {
 public:
  explicit listing(const body_structure& root) : parts_(walk(root)) {}
  [[nodiscard]] std::size_t size() const noexcept { return parts_.size(); }
  [[nodiscard]] const body_part& operator[](std::size_t i) const noexcept { return parts_[i]; }
  [[nodiscard]] std::size_t behind(std::size_t i) const noexcept {
    auto next = i + 1;
    while (next < parts_.size() && parts_[next].depth > parts_[i].depth) ++next;
    return next;
  }
  /// In document order: keeps the way from the root to part `i`.
  bool enter_in_related(std::size_t i) {
    const auto depth = parts_[i].depth;
    way_.resize(depth);
    const bool related = depth > 0 && way_.back()->is("multipart", "related");
    way_.push_back(parts_[i].part);
    return related;
  }

 private:
  std::vector<body_part> parts_;
  std::vector<const body_structure*> way_;
};

}  // namespace

content_type type_of(const body_structure& part) {
  return {part.type, part.subtype, parameters::decode(part.parameters.items)};
}

std::optional<std::string> raw_filename(const body_structure& part) {
  const auto d = disposition_of(part);
  return name_of(d ? &*d : nullptr, type_of(part));
}

std::string filename(const body_structure& part, std::string_view number) {
  return safe_filename(raw_filename(part).value_or(std::string()), fallback_filename(number, type_of(part)));
}

bool is_attachment(const body_structure& part) { return decide(part, false); }

std::vector<body_part> attachments(const body_structure& root) {
  listing all(root);
  std::vector<body_part> out;
  for (std::size_t i = 0; i < all.size();) {
    if (decide(*all[i].part, all.enter_in_related(i))) {
      out.push_back(all[i]);
      i = all.behind(i);
    } else {
      ++i;
    }
  }
  return out;
}

std::optional<body_part> best_text(const body_structure& root) {
  listing all(root);
  std::optional<body_part> html;
  for (std::size_t i = 0; i < all.size();) {
    const auto& part = *all[i].part;
    if (const auto d = disposition_of(part); d && d->is_attachment()) {
      i = all.behind(i);
      continue;
    }
    if (part.is("text", "plain") && !decide(part, false)) return all[i];
    if (!html && part.is("text", "html") && !decide(part, false)) html = all[i];
    ++i;
  }
  return html;
}

}  // namespace imapxx::inline v0::mime
