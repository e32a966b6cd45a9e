// Any octets as responses: no sanitizer report; the same responses however the octets are cut; every value can be
// looked at; both ways of cutting a row see the same.
#include <imapxx/response.hpp>

#include "support/choices.hpp"
#include "support/cut_both_ways.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz_response {

// The readers of single values see what the value of the whole row says, where an item stands there once.
inline void require_same_values(const imapxx::fetch_row& row, const imapxx::fetch_data& data) {
  using imapxx::fetch_item;
  const auto once = [&row](fetch_item kind) {
    return std::count_if(row.items().begin(), row.items().end(), [=](const auto& i) { return i.kind == kind; }) == 1;
  };
  using imapxx::fuzz::require;
  if (once(fetch_item::flags)) {
    require(row.flags() == data.flags, "other flags");
    // A view knows flags with a space between each two; the list, which is told apart more leniently, may have others.
    const auto as_sent =
        std::find_if(row.items().begin(), row.items().end(), [](const auto& i) { return i.kind == fetch_item::flags; });
    if (data.flags && as_sent->value == data.flags->to_string())
      require(row.has_flag("\\Seen") == data.flags->contains(imapxx::flags::seen), "another flag");
  }
  if (once(fetch_item::internaldate)) require(row.internaldate() == data.internaldate, "another date");
  if (once(fetch_item::rfc822_size)) require(row.rfc822_size() == data.rfc822_size, "another size");
  if (once(fetch_item::modseq)) require(row.modseq() == data.modseq, "another mod-sequence");
  for (const auto& s : data.sections) {
    const auto view = row.section_view(s.section);
    const auto* const first = data.find(s.section);
    if (view && first != nullptr && first->data) require(*view == *first->data, "another section");
  }
}

// What was read, as far as it can be compared: the kind of each response and its octets.
inline std::vector<std::string> read_all(std::string_view input, std::size_t chunk) {
  imapxx::limits l;
  l.line_octets = 4000;
  l.response_octets = 20'000;
  imapxx::response_reader reader(l);
  std::vector<std::string> out;
  imapxx::response r;
  imapxx::fuzz::row_comparison rows;
  for (std::size_t at = 0; at < input.size(); at += chunk) {
    reader.feed(input.substr(at, chunk));
    for (;;) {
      const auto status = reader.next(r);
      if (status == imapxx::read_status::incomplete) break;
      if (status == imapxx::read_status::invalid) {
        out.emplace_back("invalid");
        return out;
      }
      out.push_back(std::to_string(r.index()) + std::string(reader.raw()));
      if (const auto* f = std::get_if<imapxx::fetch_response>(&r)) {
        const auto data = f->row.to_data();
        (void)f->row.unparsed();
        imapxx::fuzz::require_same_cut(f->row.text());
        imapxx::fuzz::require_same_cut(f->row.text(), 2);
        imapxx::fuzz::require_same_response(reader.raw(), f->row);
        rows.add(reader.raw());
        require_same_values(f->row, data);
        (void)f->row.bodystructure();
        for (const auto& s : data.sections) (void)f->row.section(s.section);
        if (data.bodystructure && !(*data.bodystructure == imapxx::body_structure(*data.bodystructure))) std::abort();
      }
    }
  }
  return out;
}

}  // namespace fuzz_response

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = fuzz_response::read_all(input, size + 1);
  if (fuzz_response::read_all(input, 1) != whole || fuzz_response::read_all(input, 13) != whole) std::abort();
  imapxx::parse_options utf8;
  utf8.utf8 = true;
  (void)imapxx::parse_response(input, utf8);
  return 0;
}
