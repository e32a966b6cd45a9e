#include "fetch_items.hpp"

#include "text.hpp"

namespace imapxx::testserver::detail {

namespace {

using kind = fetch_item::kind;

fetch_item simple(kind what, std::string label) {
  fetch_item item;
  item.what = what;
  item.label = std::move(label);
  return item;
}

fetch_item rfc822(section_spec::kind what, std::string label, bool peek) {
  auto item = simple(kind::section, std::move(label));
  item.section.what = what;
  item.peek = peek;
  return item;
}

unsigned part_number(std::string_view digits) {
  constexpr std::uint64_t largest = 100000;
  auto n = parse_number(digits);
  if (!n || *n == 0 || *n > largest) fail_bad("Invalid part number");
  return static_cast<unsigned>(*n);
}

void read_section_name(arguments& args, section_spec& section, std::string_view name) {
  using what = section_spec::kind;
  if (name == "HEADER")
    section.what = what::header;
  else if (name == "TEXT")
    section.what = what::text;
  else if (name == "MIME" && !section.path.empty())
    section.what = what::mime;
  else if (name == "HEADER.FIELDS" || name == "HEADER.FIELDS.NOT") {
    section.what = name == "HEADER.FIELDS" ? what::header_fields : what::header_fields_not;
    args.space();
    args.expect('(');
    do section.fields.push_back(to_upper(args.astring()));
    while (args.accept_space());
    args.expect(')');
  } else
    fail_bad("Invalid section " + std::string(name));
}

void read_partial(arguments& args, fetch_item& item) {
  if (!args.accept('<')) return;
  item.partial = true;
  item.offset = args.number();
  args.expect('.');
  item.length = args.number();
  args.expect('>');
  if (item.length == 0) fail_bad("Invalid partial range");
  item.label += '<' + std::to_string(item.offset) + '>';
}

fetch_item read_binary(arguments& args, const std::string& name) {
  fetch_item item;
  item.what = name == "BINARY.SIZE" ? kind::binary_size : kind::binary;
  item.peek = name != "BINARY";
  item.section = read_section(args);
  if (item.section.what != section_spec::kind::whole) fail_bad("BINARY takes part numbers only");
  item.label = (item.what == kind::binary ? "BINARY[" : "BINARY.SIZE[") + section_label(item.section) + ']';
  if (item.what == kind::binary) read_partial(args, item);
  return item;
}

fetch_item read_item(arguments& args) {
  auto name = to_upper(args.word("(){%*\"\\[]<"));
  if (args.accept('[')) {
    if (istarts_with(name, "BINARY") && (name == "BINARY" || name == "BINARY.PEEK" || name == "BINARY.SIZE"))
      return read_binary(args, name);
    if (name != "BODY" && name != "BODY.PEEK") fail_bad("Unknown data item " + name);
    fetch_item item;
    item.what = kind::section;
    item.peek = name == "BODY.PEEK";
    item.section = read_section(args);
    item.label = "BODY[" + section_label(item.section) + ']';
    read_partial(args, item);
    return item;
  }
  struct known {
    std::string_view name;
    kind what;
  };
  constexpr known table[] = {{"FLAGS", kind::flags},      {"INTERNALDATE", kind::internal_date},
                             {"RFC822.SIZE", kind::size}, {"ENVELOPE", kind::envelope},
                             {"BODY", kind::body},        {"BODYSTRUCTURE", kind::body_structure},
                             {"UID", kind::uid},          {"MODSEQ", kind::modseq}};
  for (const known& k : table)
    if (name == k.name) return simple(k.what, name);
  if (name == "RFC822") return rfc822(section_spec::kind::whole, name, false);
  if (name == "RFC822.HEADER") return rfc822(section_spec::kind::header, name, true);
  if (name == "RFC822.TEXT") return rfc822(section_spec::kind::text, name, false);
  fail_bad("Unknown data item " + name);
}

std::vector<fetch_item> macro(std::string_view name) {
  std::vector<fetch_item> items;
  if (name != "FAST" && name != "ALL" && name != "FULL") return items;
  items = {simple(kind::flags, "FLAGS"), simple(kind::internal_date, "INTERNALDATE"),
           simple(kind::size, "RFC822.SIZE")};
  if (name != "FAST") items.push_back(simple(kind::envelope, "ENVELOPE"));
  if (name == "FULL") items.push_back(simple(kind::body, "BODY"));
  return items;
}

}  // namespace

section_spec read_section(arguments& args) {
  section_spec section;
  while (!args.at(']')) {
    std::string digits;
    while (is_digit(args.peek())) {
      digits.push_back(args.peek());
      args.expect(args.peek());
    }
    if (digits.empty()) {
      read_section_name(args, section, to_upper(args.word("(){%*\"\\[]")));
      break;
    }
    section.path.push_back(part_number(digits));
    if (!args.accept('.')) break;
    if (args.at(']')) fail_bad("Invalid section");
  }
  args.expect(']');
  return section;
}

std::string section_label(const section_spec& section) {
  using what = section_spec::kind;
  std::string label;
  for (unsigned n : section.path) label += (label.empty() ? "" : ".") + std::to_string(n);
  if (section.what == what::whole) return label;
  if (!label.empty()) label += '.';
  if (section.what == what::header) return label + "HEADER";
  if (section.what == what::mime) return label + "MIME";
  if (section.what == what::text) return label + "TEXT";
  label += section.what == what::header_fields ? "HEADER.FIELDS (" : "HEADER.FIELDS.NOT (";
  for (const std::string& f : section.fields) {
    if (label.back() != '(') label += ' ';
    append_astring(label, f);
  }
  return label + ')';
}

std::vector<fetch_item> read_fetch_items(arguments& args) {
  std::vector<fetch_item> items;
  if (args.accept('(')) {
    do items.push_back(read_item(args));
    while (args.accept_space());
    args.expect(')');
    return items;
  }
  auto probe = args;
  items = macro(to_upper(probe.word("(){%*\"\\[]<")));
  if (!items.empty())
    args = probe;
  else
    items.push_back(read_item(args));
  return items;
}

}  // namespace imapxx::testserver::detail
