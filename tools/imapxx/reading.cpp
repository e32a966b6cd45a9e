#include "reading.hpp"

#include <imapxx/display.hpp>
#include <imapxx/mime.hpp>

#include "display.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace imapxx::cli {
namespace {

constexpr std::array<const char*, 6> shown_fields = {"Date", "From", "To", "Cc", "Reply-To", "Subject"};

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

std::optional<text_part> text_part::of(const fetch_row& row) {
  const auto structure = row.bodystructure();
  if (!structure) return {};
  const auto best = mime::best_text(*structure);
  if (!best) return {};
  text_part p;
  p.number_ = best->number;
  p.octets_ = best->part->octets;
  const auto* charset = best->part->parameters.find("charset");
  const auto* flowed = best->part->parameters.find("format");
  p.header_ =
      fmt::format("Content-Type: {}/{}", word_or(best->part->type, "text"), word_or(best->part->subtype, "plain"));
  if (charset != nullptr) p.header_ += "; charset=\"" + word_or(*charset, "utf-8") + "\"";
  if (flowed != nullptr) p.header_ += "; format=\"" + word_or(*flowed, "fixed") + "\"";
  p.header_ += "\r\nContent-Transfer-Encoding: " + word_or(best->part->encoding, "8bit") + "\r\n\r\n";
  return p;
}

fetch_items text_part::items() const {
  fetch_items items;
  items.uid();
  if (octets_ > octets_max) {
    items.body_peek(number_, 0, octets_max);
  } else {
    items.body_peek(number_);
  }
  return items;
}

std::string text_part::decode(const fetch_row& answer) const {
  auto body = first_section(answer);
  if (!body) return {};
  const bool cut = body->size() < octets_;
  auto text = mime::readable_text(mime::message(header_ + *body).root());
  if (cut) text += fmt::format("\n[... the first {} of {} octets; --raw shows all]\n", octets_max, octets_);
  return text;
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
      out.attachments += fmt::format("[{}] {} ({}, {} octets)\n", a.number, escape_for_display(mime::filename(a)),
                                     escape_for_display(mime::type_of(*a.part).essence()), human_size(a.part->octets));
  }
  return out;
}

}  // namespace imapxx::cli
