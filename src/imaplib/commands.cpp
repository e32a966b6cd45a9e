#include "base/ascii.hpp"
#include "imaplib/impl.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace imapxx::inline v0::imaplib {
namespace {

using args = std::vector<wire_argument>;

// Every CRLF, lone CR and lone LF becomes CRLF.
std::string with_crlf(std::string_view message) {
  std::string out;
  out.reserve(message.size() + message.size() / 32);
  for (std::size_t i = 0; i < message.size(); ++i) {
    const char c = message[i];
    if (c != '\r' && c != '\n') {
      out += c;
      continue;
    }
    out += CRLF;
    if (c == '\r' && i + 1 < message.size() && message[i + 1] == '\n') ++i;
  }
  return out;
}

wire_argument word(std::string_view text) { return {std::string(text), false}; }

}  // namespace

std::map<std::string, std::vector<std::string>, std::less<>> python_commands() {
  const std::vector<std::string> any = {"NONAUTH", "AUTH", "SELECTED", "LOGOUT"};
  const std::vector<std::string> in = {"AUTH", "SELECTED"};
  const std::vector<std::string> selected = {"SELECTED"};
  const std::vector<std::string> before = {"NONAUTH"};
  std::map<std::string, std::vector<std::string>, std::less<>> table;
  for (const auto* name : {"CAPABILITY", "LOGOUT", "NOOP", "ID"}) table[name] = any;
  for (const auto* name : {"AUTHENTICATE", "LOGIN", "STARTTLS"}) table[name] = before;
  for (const auto* name : {"ENABLE", "PROXYAUTH"}) table[name] = {"AUTH"};
  for (const auto* name : {"APPEND",        "CREATE",    "DELETE",       "DELETEACL",  "EXAMINE", "GETACL",
                           "GETANNOTATION", "GETQUOTA",  "GETQUOTAROOT", "IDLE",       "LIST",    "LSUB",
                           "MYRIGHTS",      "NAMESPACE", "RENAME",       "SELECT",     "SETACL",  "SETANNOTATION",
                           "SETQUOTA",      "STATUS",    "SUBSCRIBE",    "UNSUBSCRIBE"})
    table[name] = in;
  for (const auto* name : {"CHECK", "CLOSE", "COPY", "EXPUNGE", "FETCH", "MOVE", "PARTIAL", "SEARCH", "SORT", "STORE",
                           "THREAD", "UID", "UNSELECT"})
    table[name] = selected;
  return table;
}

reply IMAP4::append(const argument& mailbox, const argument& flags, const argument& date_time, const argument& message,
                    const keywords& kw) {
  auto& i = *impl_;
  i.require_p16("append", &kw);
  args a = {i.mailbox(mailbox.falsy() ? argument("INBOX") : mailbox)};
  if (!flags.falsy()) a.push_back(i.in_parentheses(flags, true));
  if (!date_time.falsy()) {
    if (date_time.what() == argument::kind::number || date_time.what() == argument::kind::boolean) {
      a.push_back(word(Time2Internaldate(date_time.number())));
    } else if (date_time.what() == argument::kind::str) {
      a.push_back(word(Time2Internaldate(std::string_view(date_time.text()))));
    } else {
      throw std::invalid_argument("date_time not of a known type");
    }
  }
  if (message.what() != argument::kind::bytes) throw std::invalid_argument("the message must be bytes");
  auto text = kw.translate ? with_crlf(message.text()) : message.text();
  if (!i.utf8) return i.simple_with_literal("APPEND", a, "", std::move(text), "");
  if (!i.quotes()) return i.simple_with_literal("APPEND", a, "", "UTF8 (" + text + ")", "");
  return i.simple_with_literal("APPEND", a, "UTF8 (~", std::move(text), ")");
}

reply IMAP4::capability() { return impl_->untagged(impl_->simple("CAPABILITY", {}), "CAPABILITY"); }
reply IMAP4::check() { return impl_->simple("CHECK", {}); }

// Python leaves the selected state whatever the server says.
reply IMAP4::impl::leave_mailbox(std::string_view name) {
  require_state(name);
  const struct leaving {
    std::string& state;
    ~leaving() {
      if (state == "SELECTED") state = "AUTH";
    }
  } on_the_way_out{state};
  return simple(name, {});
}

reply IMAP4::close() { return impl_->leave_mailbox("CLOSE"); }
reply IMAP4::unselect() { return impl_->leave_mailbox("UNSELECT"); }

reply IMAP4::copy(const argument& message_set, const argument& new_mailbox, const keywords& kw) {
  auto& i = *impl_;
  i.require_p16("copy", &kw);
  const args a = {i.message_set(message_set), i.mailbox(new_mailbox)};
  return kw.by_uid ? i.simple("UID", {word("COPY"), a[0], a[1]}) : i.simple("COPY", a);
}

reply IMAP4::move(const argument& message_set, const argument& new_mailbox, const keywords& kw) {
  auto& i = *impl_;
  i.require_p16("move");
  const args a = {i.message_set(message_set), i.mailbox(new_mailbox)};
  return kw.by_uid ? i.simple("UID", {word("MOVE"), a[0], a[1]}) : i.simple("MOVE", a);
}

reply IMAP4::create(const argument& mailbox) { return impl_->simple("CREATE", {impl_->mailbox(mailbox)}); }
reply IMAP4::delete_(const argument& mailbox) { return impl_->simple("DELETE", {impl_->mailbox(mailbox)}); }
reply IMAP4::subscribe(const argument& mailbox) { return impl_->simple("SUBSCRIBE", {impl_->mailbox(mailbox)}); }
reply IMAP4::unsubscribe(const argument& mailbox) { return impl_->simple("UNSUBSCRIBE", {impl_->mailbox(mailbox)}); }

reply IMAP4::rename(const argument& old_mailbox, const argument& new_mailbox) {
  return impl_->simple("RENAME", {impl_->mailbox(old_mailbox), impl_->mailbox(new_mailbox)});
}

reply IMAP4::enable(const argument& capability) {
  auto& i = *impl_;
  if (!i.offers("ENABLE")) throw imaplib::error("Server does not support ENABLE");
  auto r = i.simple("ENABLE", {i.plain(capability)});
  if (r.typ == "OK" && base::to_upper(capability.text()).find("UTF8=ACCEPT") != std::string::npos) i.utf8 = true;
  return r;
}

reply IMAP4::expunge(const argument& message_set, const keywords& kw) {
  auto& i = *impl_;
  i.require_p16("expunge", &kw);
  if (message_set.is_none() && !kw.by_uid) return i.untagged(i.simple("EXPUNGE", {}), "EXPUNGE");
  i.require_p16("expunge");
  if (message_set.is_none() != !kw.by_uid)
    throw imaplib::error("a message set goes with uid, and uid with a message set");
  return i.untagged(i.simple("UID", {word("EXPUNGE"), i.message_set(message_set)}), "EXPUNGE");
}

reply IMAP4::fetch(const argument& message_set, const argument& message_parts, const keywords& kw) {
  auto& i = *impl_;
  i.require_p16("fetch", &kw);
  const auto parts = kw.has_params ? i.criteria({message_parts}, kw, None).front() : wire_argument();
  const args a = {i.message_set(message_set), i.fetch_parts(kw.has_params ? argument(parts.octets) : message_parts)};
  auto r = kw.by_uid ? i.simple("UID", {word("FETCH"), a[0], a[1]}) : i.simple("FETCH", a);
  return i.untagged(std::move(r), "FETCH");
}

reply IMAP4::partial(const argument& message_num, const argument& message_part, const argument& start,
                     const argument& length) {
  auto& i = *impl_;
  auto r = i.simple("PARTIAL", {i.plain(message_num), i.plain(message_part), i.plain(start), i.plain(length)});
  return i.untagged(std::move(r), "FETCH");
}

reply IMAP4::store(const argument& message_set, const argument& command, const argument& flags, const keywords& kw) {
  auto& i = *impl_;
  i.require_p16("store", &kw);
  const args a = {i.message_set(message_set), i.plain(command), i.in_parentheses(flags, true)};
  auto r = kw.by_uid ? i.simple("UID", {word("STORE"), a[0], a[1], a[2]}) : i.simple("STORE", a);
  return i.untagged(std::move(r), "FETCH");
}

reply IMAP4::getacl(const argument& mailbox) {
  return impl_->untagged(impl_->simple("GETACL", {impl_->mailbox(mailbox)}), "ACL");
}
reply IMAP4::setacl(const argument& mailbox, const argument& who, const argument& what) {
  return impl_->simple("SETACL", {impl_->mailbox(mailbox), impl_->astring(who), impl_->astring(what)});
}
reply IMAP4::deleteacl(const argument& mailbox, const argument& who) {
  return impl_->simple("DELETEACL", {impl_->mailbox(mailbox), impl_->astring(who)});
}
reply IMAP4::myrights(const argument& mailbox) {
  return impl_->untagged(impl_->simple("MYRIGHTS", {impl_->mailbox(mailbox)}), "MYRIGHTS");
}

reply IMAP4::getannotation(const argument& mailbox, const argument& entry, const argument& attribute) {
  auto& i = *impl_;
  return i.untagged(i.simple("GETANNOTATION", {i.mailbox(mailbox), i.plain(entry), i.plain(attribute)}), "ANNOTATION");
}

reply IMAP4::setannotation_with(const std::vector<argument>& arguments) {
  auto& i = *impl_;
  args a;
  for (const auto& x : arguments) {
    if (x.is_none()) continue;
    a.push_back(a.empty() ? i.mailbox(x) : i.plain(x));
  }
  return i.untagged(i.simple("SETANNOTATION", a), "ANNOTATION");
}

reply IMAP4::getquota(const argument& root) {
  return impl_->untagged(impl_->simple("GETQUOTA", {impl_->astring(root)}), "QUOTA");
}
reply IMAP4::setquota(const argument& root, const argument& limits) {
  return impl_->untagged(impl_->simple("SETQUOTA", {impl_->astring(root), impl_->in_parentheses(limits)}), "QUOTA");
}

reply IMAP4::getquotaroot(const argument& mailbox) {
  auto& i = *impl_;
  const auto r = i.simple("GETQUOTAROOT", {i.mailbox(mailbox)});
  auto quota = i.untagged(r, "QUOTA");
  auto root = i.untagged(r, "QUOTAROOT");
  return {r.typ, {datum(std::move(root.data)), datum(std::move(quota.data))}};
}

reply IMAP4::id(const std::vector<std::pair<std::string, argument>>& fields) {
  auto& i = *impl_;
  i.require_p16("id");
  std::string text = fields.empty() ? "NIL" : "(";
  for (const auto& [name, value] : fields) {
    if (text.size() > 1) text += ' ';
    text += i.quoted_secret(name).octets + " " + (value.is_none() ? "NIL" : i.quoted_secret(value).octets);
  }
  if (!fields.empty()) text += ')';
  return i.untagged(i.simple("ID", {word(text)}), "ID");
}

reply IMAP4::list(const argument& directory, const argument& pattern) {
  return impl_->untagged(impl_->simple("LIST", {impl_->mailbox(directory), impl_->mailbox(pattern, true)}), "LIST");
}
reply IMAP4::lsub(const argument& directory, const argument& pattern) {
  return impl_->untagged(impl_->simple("LSUB", {impl_->mailbox(directory), impl_->mailbox(pattern, true)}), "LSUB");
}
reply IMAP4::namespace_() { return impl_->untagged(impl_->simple("NAMESPACE", {}), "NAMESPACE"); }

reply IMAP4::noop() {
  impl_->dump_untagged(3);
  return impl_->simple("NOOP", {});
}

reply IMAP4::recent() {
  auto r = impl_->untagged({"OK", {}}, "RECENT");
  if (!r.data.empty() && !r.data.back().octets().empty()) return r;
  return impl_->untagged(noop(), "RECENT");
}

reply IMAP4::response(std::string_view code) { return {std::string(code), impl_->take(base::to_upper(code))}; }

reply IMAP4::select(const argument& mailbox, bool read_only) {
  auto& i = *impl_;
  i.unread.clear();
  i.is_readonly = read_only;
  auto r = i.simple(read_only ? "EXAMINE" : "SELECT", {i.mailbox(mailbox)});
  if (r.typ != "OK") {
    i.state = "AUTH";
    return r;
  }
  i.state = "SELECTED";
  if (i.unread.contains("READ-ONLY") && !read_only) {
    i.dump_untagged(1);
    i.read_only_told = true;
    throw imaplib::readonly((i.quotes() ? mailbox.repr() : mailbox.text()) + " is not writable");
  }
  const auto exists = i.unread.find("EXISTS");
  return {std::move(r.typ), exists == i.unread.end() ? std::vector<datum>{datum()} : exists->second};
}

reply IMAP4::status(const argument& mailbox, const argument& names) {
  return impl_->untagged(impl_->simple("STATUS", {impl_->mailbox(mailbox), impl_->in_parentheses(names)}), "STATUS");
}

reply IMAP4::search_with(const argument& charset, const split_args& rest) {
  auto& i = *impl_;
  i.require_p16("search", &rest.second);
  args a;
  if (rest.second.by_uid) a.push_back(word("SEARCH"));
  if (i.quotes() ? !charset.is_none() : !charset.falsy()) {
    if (i.utf8) throw imaplib::error("Non-None charset not valid in UTF8 mode");
    a.push_back(word("CHARSET"));
    a.push_back(i.astring(charset));
  }
  for (auto& c : i.criteria(rest.first, rest.second, charset)) a.push_back(std::move(c));
  return i.untagged(i.simple(rest.second.by_uid ? "UID" : "SEARCH", a), "SEARCH");
}

reply IMAP4::sort_with(const argument& criteria, const argument& charset, const split_args& rest) {
  auto& i = *impl_;
  i.require_p16("sort", &rest.second);
  args a;
  if (rest.second.by_uid) a.push_back(word("SORT"));
  a.push_back(i.in_parentheses(criteria, true));
  if (!charset.is_none()) a.push_back(i.astring(charset));
  for (auto& c : i.criteria(rest.first, rest.second, charset)) a.push_back(std::move(c));
  return i.untagged(i.simple(rest.second.by_uid ? "UID" : "SORT", a), "SORT");
}

reply IMAP4::thread_with(const argument& algorithm, const argument& charset, const split_args& rest) {
  auto& i = *impl_;
  i.require_p16("thread", &rest.second);
  args a;
  if (rest.second.by_uid) a.push_back(word("THREAD"));
  a.push_back(i.plain(algorithm));
  if (!charset.is_none()) a.push_back(i.astring(charset));
  for (auto& c : i.criteria(rest.first, rest.second, charset)) a.push_back(std::move(c));
  return i.untagged(i.simple(rest.second.by_uid ? "UID" : "THREAD", a), "THREAD");
}

reply IMAP4::uid_with(std::string_view command, const split_args& rest) {
  auto& i = *impl_;
  i.require_p16("uid", &rest.second);
  const auto name = base::to_upper(command);
  if (!i.commands.contains(name))
    throw imaplib::error("Unknown IMAP4 UID command: " + (i.quotes() ? argument(name).repr() : name));
  i.require_state(name);
  const auto& in = rest.first;
  const auto exactly = [&](std::size_t n) {
    if (in.size() != n) throw std::invalid_argument("UID " + name + " takes " + std::to_string(n) + " arguments");
  };
  args a = {word(name)};
  if (!i.quotes()) {
    for (const auto& x : in) i.add(a, x);
  } else if (name == "FETCH") {
    exactly(2);
    a.push_back(i.message_set(in[0]));
    a.push_back(i.fetch_parts(in[1]));
  } else if (name == "COPY" || name == "MOVE") {
    exactly(2);
    a.push_back(i.message_set(in[0]));
    a.push_back(i.mailbox(in[1]));
  } else if (name == "STORE") {
    exactly(3);
    a.push_back(i.message_set(in[0]));
    a.push_back(i.plain(in[1]));
    a.push_back(i.in_parentheses(in[2]));
  } else if (name == "SORT" || name == "THREAD") {
    if (in.size() < 2) throw std::invalid_argument("UID " + name + " takes at least 2 arguments");
    a.push_back(name == "SORT" ? i.in_parentheses(in[0]) : i.plain(in[0]));
    a.push_back(i.astring(in[1]));
    for (auto& c : i.criteria({in.begin() + 2, in.end()}, rest.second, in[1])) a.push_back(std::move(c));
  } else {
    for (auto& c : i.criteria(in, rest.second, None)) a.push_back(std::move(c));
  }
  auto r = i.simple("UID", a);
  return i.untagged(std::move(r), name == "SEARCH" || name == "SORT" || name == "THREAD" ? name : "FETCH");
}

reply IMAP4::xatom_with(std::string_view name, const std::vector<argument>& arguments) {
  auto& i = *impl_;
  const auto upper = base::to_upper(name);
  if (upper.empty() ||
      !std::all_of(upper.begin(), upper.end(), [](char c) { return base::is_alnum(c) || c == '-' || c == '.'; }))
    throw std::invalid_argument("not the name of a command");
  i.commands.try_emplace(upper, std::vector<std::string>{i.state});
  args a;
  for (const auto& x : arguments) i.add(a, x);
  return i.simple(upper, a);
}

}  // namespace imapxx::inline v0::imaplib
