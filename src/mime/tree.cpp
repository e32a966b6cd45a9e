#include "mime/tree.hpp"

#include "mime/header_text.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>

namespace imapxx::inline v0::mime::detail {
namespace {

constexpr auto npos = std::string_view::npos;

/// Lines of a buffer, up to a line that is a boundary of a multipart around (RFC 2046 section 5.1.1).
class line_reader {
 public:
  explicit line_reader(std::string_view text) : text_(text) {}

  struct line {
    std::size_t begin = 0;
    std::string_view text;  // without its line break
  };
  struct stop {
    std::size_t begin = 0;
    std::size_t next = 0;
    std::size_t level = 0;  // 0 is the end of the buffer
    bool closes = false;
  };

  /// False at a boundary and at the end; then `stopped` is set.
  bool next(line& out) {
    if (stopped_) return false;
    if (at_ >= text_.size()) {
      stopped_ = stop{text_.size(), text_.size(), 0, true};
      return false;
    }
    const void* found = std::memchr(text_.data() + at_, '\n', text_.size() - at_);
    const auto end =
        found == nullptr ? text_.size() : static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
    out.begin = at_;
    out.text = text_.substr(at_, end - at_);
    if (!out.text.empty() && out.text.back() == '\r' && found != nullptr) out.text.remove_suffix(1);
    const auto after = std::min(end + 1, text_.size());
    if (!levels_.empty() && out.text.substr(0, 2) == "--" && match(out.text.substr(2), after)) return false;
    at_ = after;
    return true;
  }
  void skip() {
    for (line ignored; next(ignored);) {
    }
  }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  void go_back(std::size_t position) noexcept { at_ = position; }
  [[nodiscard]] const std::optional<stop>& stopped() const noexcept { return stopped_; }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] bool in_multipart() const noexcept { return !levels_.empty(); }
  /// Goes on behind a boundary.
  void pass_boundary() {
    at_ = stopped_->next;
    stopped_.reset();
  }
  /// Returns the boundary's level, to be given to `pop`.
  std::size_t push(const std::string& boundary) {
    levels_.push_back(boundary);
    auto& top = innermost_[boundary];
    hidden_.push_back(top);
    top = levels_.size();
    return levels_.size();
  }
  void pop() {
    innermost_[levels_.back()] = hidden_.back();
    if (hidden_.back() == 0) innermost_.erase(levels_.back());
    levels_.pop_back();
    hidden_.pop_back();
  }

 private:
  bool match(std::string_view rest, std::size_t after) {
    while (!rest.empty() && (rest.back() == ' ' || rest.back() == '\t')) rest.remove_suffix(1);
    const auto separates = level_of(rest);
    const auto closes =
        rest.size() >= 2 && rest.substr(rest.size() - 2) == "--" ? level_of(rest.substr(0, rest.size() - 2)) : 0;
    if (separates == 0 && closes == 0) return false;
    stopped_ = stop{at_, after, std::max(separates, closes), closes > separates};
    return true;
  }
  [[nodiscard]] std::size_t level_of(std::string_view boundary) const {
    const auto found = innermost_.find(std::string(boundary));
    return found == innermost_.end() ? 0 : found->second;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<stop> stopped_;
  std::vector<std::string> levels_;
  std::vector<std::size_t> hidden_;
  std::unordered_map<std::string, std::size_t> innermost_;
};

/// How a part's number follows from where it stands (RFC 9051 section 6.4.5.1).
struct place {
  std::string prefix;  // of the multipart, or the number of the message/rfc822 around
  bool body_of_message = false;
  bool in_digest = false;
};

class parser {
 public:
  explicit parser(tree& t) : tree_(t) {}

  void entity(line_reader& in, node* parent, place where) {
    auto& n = tree_.nodes.emplace_back();
    n.index = tree_.nodes.size() - 1;
    n.parent = parent;
    n.depth = parent == nullptr ? 0 : parent->depth + 1;
    if (parent != nullptr) parent->children.push_back(&n);
    const auto begin = in.position();
    read_header(in, n);
    const auto body = in.position();
    classify(n, where.in_digest);
    auto below = number(n, std::move(where));
    if (n.type.is("multipart")) {
      multipart(in, n, below);
    } else if (holds_message(n)) {
      message(in, n);
    }
    in.skip();
    cut(in, n, begin, body);
    if (n.kind == node_kind::leaf && holds_message(n) && n.encoding != transfer_encoding::identity) encoded_message(n);
    if (n.kind == node_kind::leaf && holds_status(n)) status(n);
    n.subtree_end = tree_.nodes.size();
  }

 private:
  using line = line_reader::line;

  static bool holds_message(const node& n) { return n.type.is("message", "rfc822") || n.type.is("message", "global"); }

  static bool holds_status(const node& n) {
    return n.type.is("message", "delivery-status") || n.type.is("message", "global-delivery-status");
  }

  void read_header(line_reader& in, node& n) {
    const auto begin = in.position();
    line l;
    bool in_field = false;
    for (auto before = begin; in.next(l); before = in.position()) {
      if (l.text.empty()) break;
      const bool room = in.position() - begin <= header_octets_max;
      if (!room) tree_.truncated = true;
      if (l.text.front() == ' ' || l.text.front() == '\t') {
        if (in_field && room) extend(n.fields.back(), l);
        continue;
      }
      in_field = false;
      if (l.text.substr(0, 5) == "From ") continue;  // the envelope line of mbox files
      const auto colon = name_end(l.text);
      if (colon == npos) {
        in.go_back(before);  // the empty line is missing; the body begins here
        break;
      }
      in_field = room && add(n, l, colon);
    }
    n.raw_header = in.text().substr(begin, in.position() - begin);
  }

  // The place of the colon behind a field name (RFC 5322 section 2.2, blanks before the colon as in section 4.5).
  static std::size_t name_end(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == npos) return npos;
    auto end = colon;
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '\t')) --end;
    for (const char c : text.substr(0, end)) {
      if (c <= ' ' || c > '~') return npos;
    }
    return colon;
  }

  bool add(node& n, const line& l, std::size_t colon) {
    if (tree_.fields >= header_fields_max) {
      tree_.truncated = true;
      return false;
    }
    if (colon == 0) return false;  // a value without a name
    ++tree_.fields;
    auto name = l.text.substr(0, colon);
    name = name.substr(0, name.find_last_not_of(" \t") + 1);
    n.fields.push_back({name, l.text.substr(colon + 1)});
    return true;
  }

  static void extend(field& f, const line& l) {
    const char* end = l.text.data() + l.text.size();
    f.value = {f.value.data(), static_cast<std::size_t>(end - f.value.data())};
  }

  static void classify(node& n, bool in_digest) {
    if (const auto* f = n.find("Content-Type")) {
      n.type = content_type::parse(f->value);
    } else if (in_digest) {
      n.type = content_type("message", "rfc822");
    }
    if (const auto* f = n.find("Content-Transfer-Encoding")) n.encoding = parse_transfer_encoding(f->value);
  }

  // Returns where the parts of `n` stand.
  static place number(node& n, place where) {
    const bool multi = n.type.is("multipart");
    place below;
    below.in_digest = n.type.is("multipart", "digest");
    if (!where.body_of_message) {
      n.number = where.prefix;
    } else if (multi) {
      n.number = where.prefix.empty() ? "" : where.prefix + ".TEXT";
      below.prefix = std::move(where.prefix);
      return below;
    } else {
      n.number = where.prefix.empty() ? "1" : where.prefix + ".1";
    }
    below.prefix = n.number;
    return below;
  }

  bool may_go_deeper(const node& n) {
    if (n.depth < nesting_max && tree_.nodes.size() < parts_max) return true;
    tree_.truncated = true;
    return false;
  }

  void multipart(line_reader& in, node& n, const place& below) {
    auto boundary = n.type.parameter("boundary").value_or("");
    boundary.erase(boundary.find_last_not_of(" \t\r\n") + 1);
    if (boundary.empty() || !may_go_deeper(n)) return;
    const auto level = in.push(boundary);
    in.skip();
    std::size_t count = 0;
    while (in.stopped()->level == level && !in.stopped()->closes && may_go_deeper(n)) {
      in.pass_boundary();
      n.kind = node_kind::multipart;
      auto where = below;
      where.prefix += (where.prefix.empty() ? "" : ".") + std::to_string(++count);
      entity(in, &n, std::move(where));
    }
    const bool mine = in.stopped()->level == level;
    in.pop();
    if (mine) in.pass_boundary();  // what follows is the epilogue
  }

  void message(line_reader& in, node& n) {
    if (n.encoding != transfer_encoding::identity || !may_go_deeper(n)) return;
    n.kind = node_kind::message;
    entity(in, &n, {n.number, true, false});
  }

  // RFC 2046 section 5.2.1 forbids it, and it happens.
  void encoded_message(node& n) {
    if (!may_go_deeper(n)) return;
    n.kind = node_kind::message;
    line_reader in(decoded(n));
    entity(in, &n, {n.number, true, false});
  }

  // Fields of the message, then fields of each recipient, with empty lines between (RFC 3464 section 2.1). FETCH has no
  // number for such a block.
  void status(node& n) {
    const auto text = n.encoding == transfer_encoding::identity ? n.raw_body : decoded(n);
    line_reader in(text);
    line l;
    for (auto begin = in.position(); in.next(l); begin = in.position()) {
      if (l.text.empty()) continue;
      if (!may_go_deeper(n)) return;
      in.go_back(begin);
      n.kind = node_kind::status;
      status_block(in, n, begin);
    }
  }

  void status_block(line_reader& in, node& parent, std::size_t begin) {
    auto& n = tree_.nodes.emplace_back();
    n.index = tree_.nodes.size() - 1;
    n.subtree_end = tree_.nodes.size();
    n.parent = &parent;
    n.depth = parent.depth + 1;
    parent.children.push_back(&n);
    read_header(in, n);
    const auto body = in.position();
    auto end = body;
    // What is no field belongs to the block up to the next empty line.
    if (!ends_with_empty_line(n.raw_header)) {
      for (line l; in.next(l) && !l.text.empty();) end = in.position();
    }
    n.raw_body = in.text().substr(body, end - body);
    n.raw = in.text().substr(begin, end - begin);
  }

  static bool ends_with_empty_line(std::string_view header) {
    return header.ends_with("\n\n") || header.ends_with("\n\r\n") || header == "\n" || header == "\r\n";
  }

  std::string_view decoded(const node& n) {
    std::string octets;
    transfer_decoder decoder(n.encoding);
    decoder.feed(n.raw_body, octets);
    decoder.finish(octets);
    return tree_.buffers.emplace_back(std::move(octets));
  }

  // The line break before a boundary belongs to the boundary, also to one that is missing at the message's end.
  static void cut(const line_reader& in, node& n, std::size_t begin, std::size_t body) {
    auto end = in.stopped()->begin;
    const auto text = in.text();
    // A multipart without parts has no text of its own that could end there.
    const bool partless = n.kind == node_kind::leaf && n.type.is("multipart");
    if (!partless && in.in_multipart() && end > body && text[end - 1] == '\n') {
      --end;
      if (end > body && text[end - 1] == '\r') --end;
    }
    n.raw_body = text.substr(body, end - body);
    n.raw = text.substr(begin, end - begin);
  }

  tree& tree_;
};

}  // namespace

std::shared_ptr<const tree> parse(std::string octets) {
  auto out = std::make_shared<tree>();
  line_reader in(out->buffers.emplace_back(std::move(octets)));
  parser(*out).entity(in, nullptr, {"", true, false});
  return out;
}

}  // namespace imapxx::inline v0::mime::detail
