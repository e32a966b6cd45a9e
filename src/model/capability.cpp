#include <imapxx/model/capability.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>

namespace imapxx::inline v0 {
namespace {

constexpr std::size_t few_names = 64;

// Registered names, and some that are common without; an octet, one more than the index, stands for each. Sorted.
constexpr std::array<std::string_view, 101> common_names = {
    "ACL",
    "ANNOTATE-EXPERIMENT-1",
    "APPENDLIMIT",
    "AUTH=ANONYMOUS",
    "AUTH=CRAM-MD5",
    "AUTH=DIGEST-MD5",
    "AUTH=EXTERNAL",
    "AUTH=GSSAPI",
    "AUTH=LOGIN",
    "AUTH=NTLM",
    "AUTH=OAUTHBEARER",
    "AUTH=PLAIN",
    "AUTH=SCRAM-SHA-1",
    "AUTH=SCRAM-SHA-1-PLUS",
    "AUTH=SCRAM-SHA-256",
    "AUTH=SCRAM-SHA-256-PLUS",
    "AUTH=XOAUTH2",
    "BINARY",
    "CATENATE",
    "CHILDREN",
    "COMPRESS=DEFLATE",
    "CONDSTORE",
    "CONTEXT=SEARCH",
    "CONTEXT=SORT",
    "CONVERT",
    "CREATE-SPECIAL-USE",
    "ENABLE",
    "ESEARCH",
    "ESORT",
    "FILTERS",
    "I18NLEVEL=1",
    "I18NLEVEL=2",
    "ID",
    "IDLE",
    "IMAP4",
    "IMAP4rev1",
    "IMAP4rev2",
    "INPROGRESS",
    "JMAPACCESS",
    "LANGUAGE",
    "LIST-EXTENDED",
    "LIST-METADATA",
    "LIST-MYRIGHTS",
    "LIST-STATUS",
    "LITERAL+",
    "LITERAL-",
    "LOGIN-REFERRALS",
    "LOGINDISABLED",
    "MAILBOX-REFERRALS",
    "MESSAGELIMIT",
    "METADATA",
    "METADATA-SERVER",
    "MOVE",
    "MULTIAPPEND",
    "MULTISEARCH",
    "NAMESPACE",
    "NOTIFY",
    "OBJECTID",
    "PARTIAL",
    "PREVIEW",
    "PREVIEW=FUZZY",
    "QRESYNC",
    "QUOTA",
    "QUOTA=RES-ANNOTATION-STORAGE",
    "QUOTA=RES-MAILBOX",
    "QUOTA=RES-MESSAGE",
    "QUOTA=RES-STORAGE",
    "QUOTASET",
    "REPLACE",
    "RIGHTS=kxte",
    "RIGHTS=kxten",
    "SASL-IR",
    "SAVEDATE",
    "SAVELIMIT",
    "SEARCH=FUZZY",
    "SEARCHRES",
    "SNIPPET=FUZZY",
    "SORT",
    "SORT=DISPLAY",
    "SPECIAL-USE",
    "STARTTLS",
    "STATUS=SIZE",
    "THREAD=ORDEREDSUBJECT",
    "THREAD=REFERENCES",
    "THREAD=REFS",
    "UIDBATCHES",
    "UIDONLY",
    "UIDPLUS",
    "UNAUTHENTICATE",
    "UNSELECT",
    "URL-PARTIAL",
    "URLAUTH",
    "URLAUTH=BINARY",
    "UTF8=ACCEPT",
    "UTF8=ONLY",
    "WITHIN",
    "X-GM-EXT-1",
    "X-NETSCAPE",
    "XAPPLEPUSHSERVICE",
    "XLIST",
    "XYMHIGHESTMODSEQ",
};
static_assert(common_names.size() < 256 && std::is_sorted(common_names.begin(), common_names.end()));

using length = std::uint32_t;

// Takes the first name off.
std::string_view take(std::string_view& packed) noexcept {
  const auto code = static_cast<unsigned char>(packed.front());
  packed.remove_prefix(1);
  if (code != 0) return common_names[code - 1U];
  length n = 0;
  std::memcpy(&n, packed.data(), sizeof n);
  const auto name = packed.substr(sizeof n, n);
  packed.remove_prefix(sizeof n + n);
  return name;
}

template <class Wanted>
bool any_name(std::string_view packed, Wanted&& wanted) {
  while (!packed.empty()) {
    if (wanted(take(packed))) return true;
  }
  return false;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    const auto begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return out;
    text.remove_prefix(begin);
    const auto end = std::min(text.find(' '), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

}  // namespace

capability_set::capability_set(std::string_view names) {
  const auto all = words(names);
  if (all.size() <= few_names) {
    for (const auto name : all) insert(name);
    return;
  }
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto c = base::icompare(all[a], all[b]);
    return c == 0 ? a < b : c < 0;
  });
  std::vector<char> repeated(all.size(), 0);
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (base::iequals(all[order[i]], all[order[i - 1]])) repeated[order[i]] = 1;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (repeated[i] == 0) append(all[i]);
  }
}

void capability_set::append(std::string_view name) {
  const auto* const common = std::lower_bound(common_names.begin(), common_names.end(), name);
  if (common != common_names.end() && *common == name) {
    names_ += static_cast<char>(common - common_names.begin() + 1);
    return;
  }
  const auto n = static_cast<length>(name.size());
  std::array<char, 1 + sizeof n> head{};
  std::memcpy(head.data() + 1, &n, sizeof n);
  names_.append(head.data(), head.size()).append(name.substr(0, n));
}

void capability_set::insert(std::string_view name) {
  if (!name.empty() && !contains(name)) append(name);
}

void capability_set::erase(std::string_view name) {
  capability_set kept;
  for (const auto n : names()) {
    if (!base::iequals(n, name)) kept.append(n);
  }
  *this = std::move(kept);
}

bool capability_set::contains(std::string_view name) const noexcept {
  return any_name(names_, [&](std::string_view n) { return base::iequals(n, name); });
}

std::size_t capability_set::size() const noexcept {
  std::size_t n = 0;
  (void)any_name(names_, [&](std::string_view) { return ++n == 0; });
  return n;
}

std::vector<std::string_view> capability_set::names() const {
  std::vector<std::string_view> out;
  out.reserve(names_.size());
  (void)any_name(names_, [&](std::string_view n) { return out.push_back(n), false; });
  return out;
}

std::vector<std::string> capability_set::values(std::string_view key) const {
  std::vector<std::string> out;
  (void)any_name(names_, [&](std::string_view name) {
    if (name.size() > key.size() && name[key.size()] == '=' && base::iequals(name.substr(0, key.size()), key)) {
      out.push_back(base::to_upper(name.substr(key.size() + 1)));
    }
    return false;
  });
  return out;
}

std::optional<std::string> capability_set::value(std::string_view key) const {
  auto all = values(key);
  if (all.empty()) return std::nullopt;
  return std::move(all.front());
}

std::string capability_set::to_string() const {
  std::string out;
  (void)any_name(names_, [&](std::string_view name) {
    if (!out.empty()) out += ' ';
    out += name;
    return false;
  });
  return out;
}

bool capability_set::imap4rev1() const noexcept { return contains("IMAP4rev1"); }
bool capability_set::imap4rev2() const noexcept { return contains("IMAP4rev2"); }

}  // namespace imapxx::inline v0
