#include "url.hpp"

#include "exit_code.hpp"

#include <algorithm>
#include <charconv>

namespace imapxx::cli {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view text, std::string_view what) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      throw usage_error("the " + std::string(what) + " in the URL has a % without two hexadecimal digits",
                        "write % itself as %25");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  const bool control = std::any_of(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (control || out.find('\x7f') != std::string::npos)
    throw usage_error("the " + std::string(what) + " in the URL holds a control character");
  return out;
}

std::string percent_encode(std::string_view text, std::string_view also_safe) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (alnum || std::string_view("-._~").find(c) != std::string_view::npos ||
        also_safe.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
  }
  return out;
}

bool equal_nocase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool starts_nocase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equal_nocase(text.substr(0, prefix.size()), prefix);
}

std::uint32_t parse_number(std::string_view text, std::uint32_t max, const char* what) {
  std::uint32_t n = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec != std::errc() || end != text.data() + text.size() || n == 0 || n > max)
    throw usage_error(std::string("the URL has no valid ") + what + ": " + std::string(text));
  return n;
}

// user[;AUTH=mechanism]
void parse_user(std::string_view text, imap_url& url) {
  const auto semicolon = text.find(';');
  auto user = text.substr(0, semicolon);
  if (user.find(':') != std::string_view::npos)
    throw usage_error("a password does not belong in a URL, where other users of this machine can read it",
                      "use --password-command, --password-file, IMAPXX_PASSWORD or ~/.netrc; a colon that is part of "
                      "the user name is written %3A");
  url.user = percent_decode(user, "user name");
  if (semicolon == std::string_view::npos) return;
  const auto parameter = text.substr(semicolon + 1);
  if (!starts_nocase(parameter, "AUTH="))
    throw usage_error("unknown parameter behind the user name in the URL: " + std::string(parameter));
  const auto mechanism = percent_decode(parameter.substr(5), "mechanism");
  if (mechanism != "*") url.mechanism = mechanism;
}

// host, host:port, [v6], [v6]:port
void parse_host(std::string_view text, imap_url& url) {
  std::string_view port;
  bool has_port = false;
  if (!text.empty() && text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string_view::npos) throw usage_error("the URL has a [ without ] around its IPv6 address");
    url.host = std::string(text.substr(1, end - 1));
    // A zone such as fe80::1%eth0 is written %25eth0 (RFC 6874); the bare form is what people paste.
    if (const auto zone = url.host.find("%25"); zone != std::string::npos) url.host.erase(zone + 1, 2);
    const auto rest = text.substr(end + 1);
    has_port = !rest.empty();
    if (has_port && rest.front() != ':') throw usage_error("the URL has something behind ] that is no port");
    if (has_port) port = rest.substr(1);
  } else {
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos)
      throw usage_error("an IPv6 address stands in brackets: imaps://[::1]/");
    has_port = colon != std::string_view::npos;
    url.host = percent_decode(text.substr(0, colon), "host");
    if (has_port) port = text.substr(colon + 1);
  }
  if (url.host.empty()) throw usage_error("the URL names no host", "write imaps://user@host/mailbox");
  if (has_port && !port.empty()) url.port = static_cast<std::uint16_t>(parse_number(port, 65535, "port"));
}

// mailbox[;UIDVALIDITY=n][/;UID=set], also without the slash in front of the semicolon
void parse_path(std::string_view text, imap_url& url) {
  auto mailbox = text.substr(0, text.find(';'));
  auto parameters = text.substr(mailbox.size());
  if (!mailbox.empty() && mailbox.back() == '/') mailbox.remove_suffix(1);
  url.mailbox = percent_decode(mailbox, "mailbox");
  while (!parameters.empty()) {
    parameters.remove_prefix(1);
    auto one = parameters.substr(0, parameters.find(';'));
    parameters.remove_prefix(one.size());
    if (!one.empty() && one.back() == '/') one.remove_suffix(1);
    if (starts_nocase(one, "UIDVALIDITY=")) {
      url.uidvalidity = parse_number(one.substr(12), 0xFFFFFFFFU, "UIDVALIDITY");
    } else if (starts_nocase(one, "UID=")) {
      url.uids = percent_decode(one.substr(4), "UID");
    } else {
      throw usage_error("unknown parameter in the URL: ;" + std::string(one),
                        "a semicolon that is part of the mailbox name is written %3B");
    }
  }
}

}  // namespace

imap_url parse_url(std::string_view text) {
  imap_url url;
  if (starts_nocase(text, "imaps://")) {
    url.tls = true;
    text.remove_prefix(8);
  } else if (starts_nocase(text, "imap://")) {
    text.remove_prefix(7);
  } else {
    throw usage_error("not an IMAP URL: " + std::string(text), "write imaps://user@host/mailbox");
  }
  const auto slash = text.find('/');
  auto authority = text.substr(0, slash);
  // The last @: people write user@domain@host.
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    parse_user(authority.substr(0, at), url);
    authority.remove_prefix(at + 1);
  }
  parse_host(authority, url);
  if (slash != std::string_view::npos) parse_path(text.substr(slash + 1), url);
  return url;
}

std::string imap_url::address() const {
  std::string out = host.find(':') != std::string::npos ? "[" + host + "]" : host;
  if (port != 0) out += ":" + std::to_string(port);
  return out;
}

std::string to_string(const imap_url& url) {
  std::string out = url.tls ? "imaps://" : "imap://";
  if (!url.user.empty()) out += percent_encode(url.user, "") + "@";
  out += url.address() + "/" + percent_encode(url.mailbox, "/");
  return out;
}

}  // namespace imapxx::cli
