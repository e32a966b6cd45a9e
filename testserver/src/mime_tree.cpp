#include "mime_tree.hpp"

#include "text.hpp"

#include <algorithm>

namespace imapxx::testserver::detail {

bool mime_part::is_type(std::string_view wanted) const { return iequals(type, wanted); }

const header_field* mime_part::first_field(std::string_view name) const {
  auto it = std::find_if(fields.begin(), fields.end(), [&](const header_field& f) { return iequals(f.name, name); });
  return it == fields.end() ? nullptr : &*it;
}

const header_field* mime_part::last_field(std::string_view name) const {
  auto it = std::find_if(fields.rbegin(), fields.rend(), [&](const header_field& f) { return iequals(f.name, name); });
  return it == fields.rend() ? nullptr : &*it;
}

std::size_t count_lines(std::string_view s) { return static_cast<std::size_t>(std::count(s.begin(), s.end(), '\n')); }

namespace {

constexpr std::size_t max_depth = 100;
constexpr std::size_t max_parts = 10000;
constexpr std::size_t max_boundary = 80;

/// Why a part ended: at which boundary line, or at the end of the message.
struct part_end {
  std::size_t content_end = 0;
  std::size_t next = 0;      ///< behind the boundary line
  std::size_t level = npos;  ///< index of the boundary in the stack; npos: end of message
  bool closing = false;      ///< the line ended with "--"
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

class mime_parser {
 public:
  explicit mime_parser(std::string_view raw) : raw_(raw) {}

  part_end parse(mime_part& part, std::size_t begin, std::size_t depth, const mime_part* multipart) {
    ++parts_;
    part_end end;
    bool ended = read_header(part, begin, end);
    part.fields = split_header(part.header(raw_));
    read_type(part, multipart);
    if (!ended) end = parse_body(part, depth);
    part.body_end = std::max(part.body_begin, end.content_end);
    return end;
  }

 private:
  /// Returns true when a boundary line ended the part inside its header.
  bool read_header(mime_part& part, std::size_t begin, part_end& end) {
    part.header_begin = begin;
    for (std::size_t pos = begin; pos < raw_.size();) {
      if (match_boundary(pos, end)) {
        // The header loses the line end to the boundary, the parts around it keep it: sizes as Dovecot counts them.
        part.header_end = without_line_end(begin, pos);
        part.body_begin = pos;
        end.content_end = pos;
        return true;
      }
      auto lf = raw_.find('\n', pos);
      auto next = lf == std::string_view::npos ? raw_.size() : lf + 1;
      auto line = raw_.substr(pos, next - pos);
      pos = next;
      if (line == "\r\n" || line == "\n") {
        part.body_begin = part.header_end = pos;
        return false;
      }
    }
    part.body_begin = part.header_end = raw_.size();
    return false;
  }

  /// A type without a slash stands alone; with anything else behind it the field means nothing, as for Dovecot.
  static void read_type_value(mime_part& part, std::string_view value) {
    rfc822_cursor in(value);
    in.skip();
    in.mime_token(part.type);
    bool good = in.at_end();
    if (in.at('/') && !part.type.empty()) {
      in.advance();
      in.skip();
      good = in.mime_token(part.subtype) != rfc822_cursor::state::bad && (in.at_end() || in.at(';'));
      if (good) part.parameters = parse_parameters(in);
    }
    if (good) return;
    part.type.clear();
    part.subtype.clear();
  }

  static void read_type(mime_part& part, const mime_part* multipart) {
    if (const header_field* f = part.first_field("Content-Type")) {
      part.has_content_type = true;
      read_type_value(part, f->value);
    } else if (multipart != nullptr && iequals(multipart->subtype, "digest"))
      part.message = true;
    part.mime = part.has_content_type || part.first_field("MIME-Version") != nullptr ||
                (multipart != nullptr && multipart->mime);
    part.multipart = part.is_type("multipart");
    part.message = part.message || (part.is_type("message") && iequals(part.subtype, "rfc822"));
  }

  part_end parse_body(mime_part& part, std::size_t depth) {
    if (part.multipart && depth < max_depth) {
      auto it = std::find_if(part.parameters.begin(), part.parameters.end(),
                             [](const parameter& p) { return iequals(p.name, "boundary"); });
      if (it != part.parameters.end() && !it->value.empty())
        return parse_multipart(part, it->value.substr(0, max_boundary), depth);
    }
    if (part.message && depth < max_depth) {
      part.children.push_back(std::make_unique<mime_part>());
      return parse(*part.children.back(), part.body_begin, depth + 1, nullptr);
    }
    return find_boundary(part.body_begin);
  }

  part_end parse_multipart(mime_part& part, const std::string& boundary, std::size_t depth) {
    auto level = boundaries_.size();
    boundaries_.push_back(boundary);
    part_end end = find_boundary(part.body_begin);
    while (end.level == level && !end.closing && parts_ < max_parts) {
      part.children.push_back(std::make_unique<mime_part>());
      end = parse(*part.children.back(), end.next, depth + 1, &part);
    }
    boundaries_.resize(level);
    if (end.level == level) end = find_boundary(end.next);  // the epilogue
    return end;
  }

  /// The line end ahead of a boundary belongs to it (RFC 2046, 5.1.1).
  std::size_t without_line_end(std::size_t begin, std::size_t pos) const {
    if (pos > begin) --pos;
    if (pos > begin && raw_[pos - 1] == '\r') --pos;
    return pos;
  }

  /// First boundary line at or behind `pos`, which is the start of a line.
  part_end find_boundary(std::size_t pos) const {
    part_end end;
    if (boundaries_.empty()) pos = raw_.size();
    for (auto begin = pos; pos < raw_.size();) {
      if (match_boundary(pos, end)) {
        end.content_end = without_line_end(begin, pos);
        return end;
      }
      auto lf = raw_.find('\n', pos);
      pos = lf == std::string_view::npos ? raw_.size() : lf + 1;
    }
    end.content_end = raw_.size();
    end.next = raw_.size();
    end.level = part_end::npos;
    return end;
  }

  /// RFC 2046, 5.1.1: trailing text is tolerated, the longest boundary that fits wins, of equals the innermost.
  bool match_boundary(std::size_t pos, part_end& end) const {
    auto line = raw_.substr(pos);
    if (boundaries_.empty() || line.substr(0, 2) != "--") return false;
    line.remove_prefix(2);
    std::size_t best = part_end::npos;
    for (std::size_t i = boundaries_.size(); i-- > 0;)
      if (line.substr(0, boundaries_[i].size()) == boundaries_[i] &&
          (best == part_end::npos || boundaries_[i].size() > boundaries_[best].size()))
        best = i;
    if (best == part_end::npos) return false;
    end.level = best;
    end.closing = line.substr(boundaries_[best].size(), 2) == "--";
    auto lf = raw_.find('\n', pos);
    end.next = lf == std::string_view::npos ? raw_.size() : lf + 1;
    return true;
  }

  std::string_view raw_;
  std::vector<std::string> boundaries_;
  std::size_t parts_ = 0;
};

}  // namespace

std::unique_ptr<mime_part> parse_mime(std::string_view raw) {
  auto root = std::make_unique<mime_part>();
  mime_parser(raw).parse(*root, 0, 0, nullptr);
  return root;
}

}  // namespace imapxx::testserver::detail
