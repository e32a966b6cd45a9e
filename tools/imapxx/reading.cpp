#include "reading.hpp"

#include <imapxx/display.hpp>
#include <imapxx/mime.hpp>

#include "display.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

namespace imapxx::cli {
namespace {

constexpr std::array<const char*, 6> shown_fields = {"Date", "From", "To", "Cc", "Reply-To", "Subject"};

// Each is one item of a FETCH.
constexpr std::size_t parts_max = 16;

std::string attachment_line(const std::string& number, const std::string& name, const std::string& type,
                            std::uint64_t octets) {
  return fmt::format("[{}] {} ({}, {} octets)\n", number, escape_for_display(name), escape_for_display(type),
                     human_size(octets));
}

// What the server says of a part goes into a header that we parse again: only harmless words are taken over.
std::string word_or(const std::string& word, const char* otherwise) {
  const bool harmless = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_.+:").find(c) != std::string_view::npos;
  });
  return harmless ? word : otherwise;
}

std::optional<std::string> first_section(const fetch_row& row) {
  for (auto& s : row.to_data().sections)
    if (s.data) return std::move(s.data);
  return {};
}

}  // namespace

fetch_items reading_items() {
  fetch_items items;
  items.uid().flags().rfc822_size().bodystructure().header_fields("Date", "From", "To", "Cc", "Reply-To", "Subject");
  return items;
}

// Goes through the structure as `mime::readable_text` goes through a message.
class readable_parts::collector {
 public:
  explicit collector(readable_parts& out) : out_(out) {}
  // As deep as the structure, whose depth was bounded when it was read.
  void run(const body_structure& root) {
    for (const auto& p : walk(root)) numbers_.emplace(p.part, p.number);
    collect(root);
  }

 private:
  void collect(const body_structure& p) {
    if (p.is_multipart()) return multipart(p);
    if (mime::is_attachment(p)) return;
    if (p.is_message()) {
      nested(p);
    } else if (p.is("text") || p.is("message")) {
      add(p);
    }
  }
  void multipart(const body_structure& p) {
    if (p.children.empty()) return;
    if (p.is("multipart", "alternative")) return collect(plainest(p.children));
    if (p.is("multipart", "related")) return collect(start_of(p));
    for (const auto& child : p.children) collect(child);
  }
  static const body_structure& plainest(const std::vector<body_structure>& all) {
    const body_structure* html = nullptr;
    for (const auto& p : all) {
      const auto best = mime::best_text(p);
      if (best && best->part->is("text", "plain")) return p;
      if (best && html == nullptr) html = &p;
    }
    return html != nullptr ? *html : all.back();
  }
  static const body_structure& start_of(const body_structure& related) {
    const auto* start = related.parameters.find("start");
    for (const auto& p : related.children)
      if (start != nullptr && p.id == *start) return p;
    return related.children.front();
  }
  void nested(const body_structure& p) {
    std::string head = fmt::format("---------- message {} ----------\n", numbers_[&p]);
    if (p.nested_envelope != nullptr) {
      const auto& e = *p.nested_envelope;
      for (const auto& a : e.from)
        head += fmt::format("From: {} <{}>\n", escape_for_display(mime::decode_header(a.name.value_or(""))),
                            escape_for_display(a.addr_spec()));
      if (e.date) head += "Date: " + escape_for_display(*e.date) + "\n";
      if (e.subject) head += "Subject: " + escape_for_display(mime::decode_header(*e.subject)) + "\n";
    }
    heading(std::move(head));
    for (const auto& child : p.children) collect(child);
    heading(fmt::format("---------- end of message {} ----------\n", numbers_[&p]));
  }
  void heading(std::string text) {
    out_.parts_.emplace_back();
    out_.parts_.back().heading = std::move(text);
  }
  void add(const body_structure& p) {
    if (++fetched_ > parts_max) {
      out_.more_ = true;
      return;
    }
    one part;
    part.number = numbers_[&p];
    part.octets = p.octets;
    const auto* charset = p.parameters.find("charset");
    const auto* flowed = p.parameters.find("format");
    part.header = fmt::format("Content-Type: {}/{}", word_or(p.type, "text"), word_or(p.subtype, "plain"));
    if (charset != nullptr) part.header += "; charset=\"" + word_or(*charset, "utf-8") + "\"";
    if (flowed != nullptr) part.header += "; format=\"" + word_or(*flowed, "fixed") + "\"";
    part.header += "\r\nContent-Transfer-Encoding: " + word_or(p.encoding, "8bit") + "\r\n\r\n";
    out_.parts_.push_back(std::move(part));
  }

  readable_parts& out_;
  std::unordered_map<const body_structure*, std::string> numbers_;
  std::size_t fetched_ = 0;
};

bool readable_parts::empty() const noexcept {
  return std::all_of(parts_.begin(), parts_.end(), [](const auto& p) { return p.number.empty(); });
}

readable_parts readable_parts::of(const body_structure& structure) {
  readable_parts out;
  collector(out).run(structure);
  return out;
}

fetch_items readable_parts::items() const {
  fetch_items items;
  items.uid();
  for (const auto& p : parts_) {
    if (p.number.empty()) continue;
    if (p.octets > octets_max) {
      items.body_peek(p.number, 0, octets_max);
    } else {
      items.body_peek(p.number);
    }
  }
  return items;
}

std::string readable_parts::decode(const fetch_row& answer) const {
  const auto sections = answer.to_data().sections;
  std::string out;
  for (const auto& p : parts_) {
    if (!out.empty()) out += "\n";
    out += p.heading;
    if (p.number.empty()) continue;
    const auto body = std::find_if(sections.begin(), sections.end(), [&](const auto& s) {
      return s.data && s.section.kind == section::item::body && s.section.to_string() == p.number;
    });
    if (body == sections.end()) continue;
    out += mime::readable_text(mime::message(p.header + *body->data).root());
    if (body->data->size() < p.octets)
      out += fmt::format("\n[... the first {} of {} octets; --raw shows all]\n", octets_max, p.octets);
  }
  if (more_) out += "\n[... and more; --raw shows all]\n";
  return out;
}

unstructured_message read_unstructured(const std::string& octets) {
  const mime::message m(octets);
  unstructured_message out;
  out.text = mime::readable_text(m.root());
  for (const auto& a : m.attachments())
    out.attachments += attachment_line(a.number(), a.filename(), a.content_type().essence(), a.raw_body().size());
  return out;
}

readable_message readable(const fetch_row& row) {
  readable_message out;
  if (const auto header = first_section(row)) {
    const auto fields = mime::message(*header).headers();
    for (const auto* name : shown_fields)
      for (const auto& text : fields.get_all(name))
        out.headers += fmt::format("{}: {}\n", name, escape_for_display(text));
  }
  if (const auto structure = row.bodystructure()) {
    for (const auto& a : mime::attachments(*structure))
      out.attachments += attachment_line(a.number, mime::filename(a), mime::type_of(*a.part).essence(), a.part->octets);
  }
  return out;
}

}  // namespace imapxx::cli
