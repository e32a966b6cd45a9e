#include "mime/naming.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mime/charset.hpp"

#include <array>

namespace imapxx::inline v0::mime {
namespace {

constexpr auto npos = std::string_view::npos;

// Controls, marks that reorder or hide text ("gpj.exe" shown as "exe.jpg"), line separators, the byte order mark.
bool is_harmful(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xE0000 && c <= 0xE007F);
}

// Reserved by Windows, and what a shell makes something of.
bool is_reserved(char32_t c) noexcept {
  return c < 0x80 && std::string_view("<>:\"|?*$`").find(static_cast<char>(c)) != npos;
}

std::string clean(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const auto c = base::utf8_first(name);
    if (c.length == 0) {
      name.remove_prefix(1);
      out.push_back('_');
      continue;
    }
    if (is_reserved(c.value)) {
      out.push_back('_');
    } else if (!is_harmful(c.value)) {
      out.append(name.substr(0, c.length));
    }
    name.remove_prefix(c.length);
  }
  return out;
}

bool is_device(std::string_view name) {
  name = base::trim_spaces(name.substr(0, name.find('.')));
  constexpr std::array<std::string_view, 4> plain = {"CON", "PRN", "AUX", "NUL"};
  for (const auto device : plain) {
    if (base::iequals(name, device)) return true;
  }
  return name.size() == 4 && (base::istarts_with(name, "COM") || base::istarts_with(name, "LPT")) &&
         base::is_digit(name[3]);
}

// Cut in the middle, so that the extension stays.
std::string shorten(const std::string& name) {
  if (name.size() <= filename_octets_max) return name;
  const auto dot = name.rfind('.');
  const auto extension = dot == npos || name.size() - dot > 20 ? std::string() : name.substr(dot);
  auto end = filename_octets_max - extension.size();
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
  auto stem = name.substr(0, end);
  while (!stem.empty() && (stem.back() == ' ' || stem.back() == '.')) stem.pop_back();
  return stem + extension;
}

std::string sanitise(std::string_view name) {
  auto out = clean(name.substr(0, 16 * filename_octets_max));
  out.erase(0, std::min(out.find_first_not_of(" .-~"), out.size()));
  out.erase(out.find_last_not_of(" .") + 1);
  if (is_device(out)) out.insert(0, 1, '_');
  return shorten(out);
}

std::string_view extension_of(const content_type& type) {
  struct row {
    std::string_view essence;
    std::string_view extension;
  };
  static constexpr std::array<row, 22> table = {{{"text/plain", ".txt"},
                                                 {"text/html", ".html"},
                                                 {"text/calendar", ".ics"},
                                                 {"text/csv", ".csv"},
                                                 {"text/vcard", ".vcf"},
                                                 {"text/xml", ".xml"},
                                                 {"message/rfc822", ".eml"},
                                                 {"message/global", ".eml"},
                                                 {"message/delivery-status", ".txt"},
                                                 {"image/jpeg", ".jpg"},
                                                 {"image/png", ".png"},
                                                 {"image/gif", ".gif"},
                                                 {"image/svg+xml", ".svg"},
                                                 {"image/webp", ".webp"},
                                                 {"audio/mpeg", ".mp3"},
                                                 {"video/mp4", ".mp4"},
                                                 {"application/pdf", ".pdf"},
                                                 {"application/zip", ".zip"},
                                                 {"application/json", ".json"},
                                                 {"application/xml", ".xml"},
                                                 {"application/pgp-signature", ".asc"},
                                                 {"application/pkcs7-signature", ".p7s"}}};
  const auto essence = type.essence();
  for (const auto& r : table) {
    if (r.essence == essence) return r.extension;
  }
  return type.is("text") ? ".txt" : ".bin";
}

}  // namespace

std::string safe_filename(std::string_view name, std::string_view fallback) {
  // The base name, of whichever system the path is; a name that ends in a separator has its last component there.
  while (!name.empty() && (name.back() == '/' || name.back() == '\\')) name.remove_suffix(1);
  const auto slash = name.find_last_of("/\\");
  if (slash != npos) name.remove_prefix(slash + 1);
  auto out = sanitise(name);
  if (!out.empty()) return out;
  if (!fallback.empty()) return safe_filename(fallback, {});
  return "attachment";
}

std::optional<std::string> name_of(const disposition* d, const content_type& type) {
  if (d != nullptr) {
    if (const auto* name = d->parameters().find("filename"); name != nullptr && !name->empty()) return *name;
  }
  if (const auto* name = type.parameters().find("name"); name != nullptr && !name->empty()) return *name;
  return std::nullopt;
}

std::string fallback_filename(std::string_view number, const content_type& type) {
  std::string out = "part";
  if (!number.empty()) out.append("-").append(number);
  return out.append(extension_of(type));
}

}  // namespace imapxx::inline v0::mime
