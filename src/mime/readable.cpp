#include <imapxx/display.hpp>
#include <imapxx/mime/message.hpp>

#include "base/utf8.hpp"
#include "mime/header_text.hpp"

#include <array>
#include <string>
#include <utility>

namespace imapxx::inline v0::mime {
namespace {

constexpr std::array<std::string_view, 6> fields = {"From", "To", "Cc", "Date", "Subject", "Reply-To"};

// Line breaks become '\n'; controls, which a terminal would obey, and what is no UTF-8 become U+FFFD.
std::string plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto c = base::utf8_first(text);
    if (c.length == 0) {
      out.append("\xEF\xBF\xBD");
      text.remove_prefix(1);
      continue;
    }
    const bool line_end = c.value == '\n' || (c.value == '\r' && (text.size() < 2 || text[1] != '\n'));
    if (line_end) {
      out.push_back('\n');
    } else if (c.value >= 0x20 ? c.value < 0x7F || c.value >= 0xA0 : c.value == '\t') {
      out.append(text.substr(0, c.length));
    } else if (c.value != '\r' && c.value != '\f') {
      out.append("\xEF\xBF\xBD");
    }
    text.remove_prefix(c.length);
  }
  return out;
}

std::string size_text(std::size_t octets) {
  if (octets < 1024) return std::to_string(octets) + (octets == 1 ? " octet" : " octets");
  if (octets < 1024 * 1024) return std::to_string((octets + 1023) / 1024) + " KiB";
  const auto tenths = (octets * 10 + 512 * 1024) / (1024 * 1024);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB";
}

std::size_t decoded_size(const part& p) {
  std::size_t size = 0;
  p.decode([&size](std::string_view piece) {
    size += piece.size();
    return true;
  });
  return size;
}

class renderer {
 public:
  void message(const mime::message& m) {
    for (const auto name : fields) {
      for (const auto& h : m.headers().find_all(name)) {
        out_.append(name).append(": ").append(escape_for_display(h.text())).append("\n");
      }
    }
    if (!out_.empty() && out_.back() == '\n') gap();
    body(m.root());
  }
  void body(const part& p) {
    if (p.is_message()) return nested(p);
    if (p.is_multipart()) return multipart(p);
    if (!is_shown(p)) return;
    const auto text = p.text();
    block(plain(p.content_type().is("text", "html") ? html_to_text(text) : text));
  }
  void attachments(const part& root) {
    const auto all = root.attachments();
    if (all.empty()) return;
    gap();
    out_.append("Attachments:\n");
    for (const auto& a : all) {
      out_.append("  ").append(a.number()).append("  ").append(a.filename()).append("  (");
      out_.append(escape_for_display(a.content_type().essence())).append(", ").append(size_text(decoded_size(a)));
      out_.append(")\n");
    }
  }
  std::string finish() { return std::move(out_); }

 private:
  // A multipart in which no part was found is shown as it stands.
  static bool is_shown(const part& p) {
    if (const auto d = p.disposition(); d && d->is_attachment()) return false;
    const auto& type = p.content_type();
    return type.is("text") || type.is("multipart") || type.is("message");
  }

  void nested(const part& p) {
    gap();
    out_.append("---------- message ").append(p.number()).append(" ----------\n");
    message(*p.message());
    gap();
    out_.append("---------- end of message ").append(p.number()).append(" ----------\n");
  }

  void multipart(const part& p) {
    const auto parts = p.children();
    if (p.content_type().is("multipart", "alternative")) {
      body(choose(parts));
    } else if (p.content_type().is("multipart", "related")) {
      body(start_of(p, parts));
    } else {
      for (const auto& child : parts) body(child);
    }
  }

  // RFC 2046 section 5.1.4 orders alternatives by richness; for reading, plain text is the best of them.
  static const part& choose(const std::vector<part>& parts) {
    const part* html = nullptr;
    for (const auto& p : parts) {
      const auto best = p.best_text();
      if (best && best->content_type().is("text", "plain")) return p;
      if (best && html == nullptr) html = &p;
    }
    return html != nullptr ? *html : parts.back();
  }

  // RFC 2387 section 3.2.
  static const part& start_of(const part& related, const std::vector<part>& parts) {
    auto start = related.content_type().parameter("start").value_or("");
    if (start.size() > 2 && start.front() == '<') start = start.substr(1, start.size() - 2);
    for (const auto& p : parts) {
      if (!start.empty() && p.content_id() == start) return p;
    }
    return parts.front();
  }

  void gap() {
    while (!out_.empty() && out_.back() == '\n') out_.pop_back();
    if (!out_.empty()) out_.append("\n\n");
  }
  void block(const std::string& text) {
    if (trim(text).empty()) return;
    gap();
    out_.append(text);
    if (out_.back() != '\n') out_.push_back('\n');
  }

  std::string out_;
};

}  // namespace

std::string readable_text(const message& m) {
  renderer r;
  r.message(m);
  r.attachments(m.root());
  return r.finish();
}

std::string readable_text(const part& p) {
  renderer r;
  r.body(p);
  return r.finish();
}

}  // namespace imapxx::inline v0::mime
