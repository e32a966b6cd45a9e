#include "imaplib/params.hpp"

#include <imapxx/wire/encoder.hpp>

#include "base/ascii.hpp"
#include "imaplib/quote.hpp"

#include <algorithm>
#include <stdexcept>

namespace imapxx::inline v0::imaplib {
namespace {

std::string message_number(const argument& a) {
  if (a.is_none()) return "*";
  if (a.what() == argument::kind::str && a.text() == "*") return "*";
  if (a.what() == argument::kind::number && a.number() > 0) return std::to_string(a.number());
  throw std::invalid_argument("not a message number: " + a.repr());
}

std::string checked_and_quoted(std::string_view text) {
  if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    throw std::invalid_argument("NUL, CR and LF cannot stand in a value");
  return quote(text);
}

std::string value_text(const argument& a) {
  switch (a.what()) {
    case argument::kind::number: return std::to_string(a.number());
    case argument::kind::str:
    case argument::kind::bytes: return wire::is_atom(a.text()) ? a.text() : checked_and_quoted(a.text());
    case argument::kind::list: {
      std::string out = "(";
      for (const auto& item : a.items()) out += (out.size() > 1 ? " " : "") + value_text(item);
      return out + ")";
    }
    default: throw std::invalid_argument("no value that can stand for a '?': " + a.repr());
  }
}

std::string flag_text(const argument& a) {
  if (a.what() == argument::kind::list) {
    std::string out = "(";
    for (const auto& item : a.items()) out += (out.size() > 1 ? " " : "") + flag_text(item);
    return out + ")";
  }
  const std::string_view flag = a.text();
  const auto name = flag.starts_with('\\') ? flag.substr(1) : flag;
  const bool text = a.what() == argument::kind::str || a.what() == argument::kind::bytes;
  if (!text || !wire::is_atom(name)) throw std::invalid_argument("not a flag: " + a.repr());
  return std::string(flag);
}

}  // namespace

std::string sequence_set(const argument& a) {
  switch (a.what()) {
    case argument::kind::str:
    case argument::kind::bytes: return a.text();
    case argument::kind::number: return message_number(a);
    case argument::kind::list: break;
    default: throw std::invalid_argument("not a message set: " + a.repr());
  }
  std::string out;
  for (const auto& item : a.items()) {
    if (!out.empty()) out += ',';
    if (item.what() != argument::kind::list) {
      if (item.what() != argument::kind::number) throw std::invalid_argument("not a message number: " + item.repr());
      out += message_number(item);
      continue;
    }
    if (item.items().size() != 2) throw std::invalid_argument("not a pair of message numbers: " + item.repr());
    out += message_number(item.items()[0]) + ":" + message_number(item.items()[1]);
  }
  if (out.empty()) throw std::invalid_argument("an empty message set");
  return out;
}

const argument& parameters::next() {
  if (used_ == values_.size()) throw std::invalid_argument("fewer values than places for them");
  return values_[used_++];
}

argument parameters::substitute(const argument& text) {
  if (text.what() != argument::kind::str && text.what() != argument::kind::bytes) return text;
  std::string out;
  const auto& in = text.text();
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] != '?') {
      out += in[i];
      continue;
    }
    const char after = i + 1 < in.size() ? in[i + 1] : '\0';
    switch (after) {
      case '?': out += '?'; break;
      case 'f': out += flag_text(next()); break;
      case 's': out += sequence_set(next()); break;
      default: out += value_text(next()); continue;
    }
    ++i;
  }
  if (text.what() == argument::kind::bytes) return bytes(out);
  return out;
}

void parameters::require_all_used() const {
  if (used_ != values_.size()) throw std::invalid_argument("more values than places for them");
}

}  // namespace imapxx::inline v0::imaplib
