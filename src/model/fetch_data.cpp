#include <imapxx/model/fetch_data.hpp>

namespace imapxx::inline v0 {

std::string_view to_string(fetch_item i) noexcept {
  switch (i) {
    case fetch_item::uid: return "UID";
    case fetch_item::flags: return "FLAGS";
    case fetch_item::internaldate: return "INTERNALDATE";
    case fetch_item::rfc822_size: return "RFC822.SIZE";
    case fetch_item::envelope: return "ENVELOPE";
    case fetch_item::body:
    case fetch_item::body_section: return "BODY";
    case fetch_item::bodystructure: return "BODYSTRUCTURE";
    case fetch_item::binary: return "BINARY";
    case fetch_item::binary_size: return "BINARY.SIZE";
    case fetch_item::rfc822: return "RFC822";
    case fetch_item::rfc822_header: return "RFC822.HEADER";
    case fetch_item::rfc822_text: return "RFC822.TEXT";
    case fetch_item::modseq: return "MODSEQ";
    case fetch_item::emailid: return "EMAILID";
    case fetch_item::threadid: return "THREADID";
    case fetch_item::savedate: return "SAVEDATE";
    case fetch_item::preview: return "PREVIEW";
    case fetch_item::gm_msgid: return "X-GM-MSGID";
    case fetch_item::gm_thrid: return "X-GM-THRID";
    case fetch_item::gm_labels: return "X-GM-LABELS";
    case fetch_item::annotation: return "ANNOTATION";
    case fetch_item::other: break;
  }
  return "";
}

const fetched_section* fetch_data::find(const imapxx::v0::section& wanted) const noexcept {
  for (const auto& s : sections) {
    if (wanted.matches(s.section)) return &s;
  }
  return nullptr;
}

}  // namespace imapxx::inline v0
