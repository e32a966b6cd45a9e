#include "address.hpp"

#include "header.hpp"
#include "text.hpp"

namespace imapxx::testserver::detail {

namespace {

using state = rfc822_cursor::state;

class address_parser {
 public:
  explicit address_parser(std::string_view value) : in_(value) {}

  std::vector<address> run() {
    if (in_.skip() != state::more) return {};
    for (;;) {
      one_address();
      if (!in_.at(',')) break;
      in_.advance();
      if (in_.skip() != state::more) break;
    }
    return std::move(list_);
  }

 private:
  void one_address() {
    auto start = in_.position();
    if (group()) return;
    in_.rewind(start);
    mailbox();
  }

  bool group() {
    std::string name;
    if (!in_.at(':') && (in_.phrase(name) != state::more || !in_.at(':'))) return false;
    in_.advance();
    address begin;
    begin.mailbox = name;
    list_.push_back(begin);
    if (in_.skip() == state::more && !in_.at(';')) {
      for (;;) {
        mailbox();
        if (!in_.at(',')) break;
        in_.advance();
        if (in_.skip() != state::more) break;
      }
    }
    if (in_.at(';')) {
      in_.advance();
      in_.skip();
    }
    list_.emplace_back();
    return true;
  }

  void mailbox() {
    address a;
    auto start = in_.position();
    if (!name_addr(a)) {
      in_.rewind(start);
      a = address();
      addr_spec(a);
    }
    if (!a.mailbox) a.mailbox = "MISSING_MAILBOX";
    if (!a.host) a.host = "MISSING_DOMAIN";
    list_.push_back(std::move(a));
  }

  bool name_addr(address& a) {
    std::string name;
    if (!in_.at('<') && in_.phrase(name) != state::more) return false;
    if (!in_.at('<')) return false;
    if (!name.empty()) a.name = name;
    if (!angle_addr(a)) a.host = "SYNTAX_ERROR";
    return true;
  }

  bool angle_addr(address& a) {
    in_.advance();
    if (in_.skip() != state::more) return false;
    if (in_.at('@')) {
      std::string route;
      if (!domain_list(route)) return false;
      bool good = in_.at(':');
      a.route = good ? route : "INVALID_ROUTE";
      if (good) in_.advance();
      if (in_.skip() != state::more) return false;
    }
    if (!in_.at('>')) {
      if (local_part(a) != state::more) return false;
      if (in_.at('@') && domain(a) != state::more) return false;
    }
    if (!in_.at('>')) return false;
    in_.advance();
    return in_.skip() != state::bad;
  }

  bool domain_list(std::string& out) {
    while (in_.at('@')) {
      if (!out.empty()) out.push_back(',');
      out.push_back('@');
      if (in_.domain(out) != state::more) return false;
      while (in_.skip() == state::more && in_.at(',')) in_.advance();
    }
    return !in_.at_end();
  }

  state local_part(address& a) {
    std::string s;
    auto r = in_.at('"') ? in_.quoted_string(s) : in_.dot_atom(s, true);
    if (r != state::bad) a.mailbox = s;
    return r;
  }

  state domain(address& a) {
    std::string s;
    auto r = in_.domain(s);
    if (r != state::bad) a.host = s;
    return r;
  }

  /// A bare `user` is a mailbox without a domain; followed by anything else it is a display name without an address.
  void addr_spec(address& a) {
    in_.forget_comment();
    bool quoted = in_.at('"');
    auto r = local_part(a);
    bool with_domain = r != state::end && in_.at('@');
    if (with_domain) {
      domain(a);
    } else if (r == state::bad) {
      a.mailbox.reset();
      return;
    }
    if (!in_.last_comment().empty()) {
      a.name = std::string(in_.last_comment());
    } else if (!with_domain) {
      std::string rest;
      in_.phrase(rest);
      if (rest.empty() && !quoted) return;
      a.name = a.mailbox.value_or("") + (rest.empty() ? "" : " ") + rest;
      a.mailbox.reset();
    }
  }

  rfc822_cursor in_;
  std::vector<address> list_;
};

}  // namespace

std::vector<address> parse_addresses(std::string_view value) { return address_parser(value).run(); }

namespace {

/// As a word, or in quotes when it has to be; dots are free in a local part only (RFC 5322, 3.2.3 and 3.2.5).
void append_word(std::string& out, const std::string& text, bool dots) {
  bool plain = true;
  for (char c : text) {
    bool special =
        static_cast<unsigned char>(c) <= ' ' || std::string_view("()<>[]:;@\\,\"").find(c) != std::string_view::npos;
    plain = plain && !special && (dots || c != '.');
  }
  if (plain) {
    out += text;
    return;
  }
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\' || c == '\'') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

std::string format_addresses(const std::vector<address>& list) {
  std::string out;
  bool first = true;
  for (const address& a : list) {
    bool group_begin = a.mailbox && !a.host;
    bool group_end = !a.mailbox;
    if (group_end) {
      out += ';';
      continue;
    }
    if (!first) out += ", ";
    first = group_begin;
    if (group_begin) {
      append_word(out, *a.mailbox, false);
      out += ": ";
      continue;
    }
    std::string spec;
    append_word(spec, *a.mailbox, true);
    spec += '@' + a.host.value_or("");
    if (!a.name && !a.route) {
      out += spec;
      continue;
    }
    if (a.name) {
      append_word(out, *a.name, false);
      out += ' ';
    }
    out += '<' + (a.route ? *a.route + ':' : std::string()) + spec + '>';
  }
  return out;
}

}  // namespace imapxx::testserver::detail
