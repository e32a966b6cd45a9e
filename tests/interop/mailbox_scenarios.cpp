// Mailboxes: LIST, CREATE, STATUS, SELECT and their kin.
#include "interop/live.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace imapxx::interop {
namespace {

const list_entry* find(const std::vector<list_entry>& all, const mailbox_name& name) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& e) { return e.name == name; });
  return at == all.end() ? nullptr : &*at;
}

SCENARIO(list_holds_inbox_and_the_separator, "") {
  const auto all = l.c().list();
  const auto* inbox = find(all, "INBOX");
  ASSERT_NE(inbox, nullptr);
  EXPECT_TRUE(inbox->selectable());
  EXPECT_EQ(find(all, l.box())->separator, l.separator());
}

SCENARIO(namespaces, "NAMESPACE") {
  const auto n = l.c().namespaces();
  ASSERT_FALSE(n.personal.empty());
  EXPECT_EQ(n.personal.front().separator, l.separator());
}

SCENARIO(create_and_delete, "") {
  const auto name = l.other("made");
  l.c().create(name);
  EXPECT_NE(find(l.c().list("", name), name), nullptr);
  l.c().delete_mailbox(name);
  const auto after = l.c().list("", name);
  EXPECT_TRUE(find(after, name) == nullptr || !find(after, name)->selectable());
}

SCENARIO(create_existing_is_no, "") { EXPECT_EQ(l.c().try_run(create(l.box())).error().code(), errc::no); }
SCENARIO(delete_missing_is_no, "") {
  EXPECT_EQ(l.c().try_run(delete_mailbox(l.other("missing"))).error().code(), errc::no);
}

SCENARIO(rename_mailbox, "") {
  const auto from = l.other("from"), to = l.other("to");
  l.c().create(from);
  l.c().append(from, messages()[0]);
  l.c().rename(from, to);
  EXPECT_EQ(l.c().status(to, status_items().messages()).messages, 1U);
  EXPECT_FALSE(l.c().try_run(status(from, status_items().messages())));
}

SCENARIO(subscribe_and_lsub, "") {
  l.c().subscribe(l.box());
  EXPECT_NE(find(l.c().lsub(), l.box()), nullptr);
  l.c().unsubscribe(l.box());
  EXPECT_EQ(find(l.c().lsub(), l.box()), nullptr);
}

SCENARIO(names_beyond_ascii, "") {
  const auto name = l.other("Entw\xC3\xBCrfe & \xE6\x97\xA5\xE6\x9C\xAC");
  l.c().create(name);
  const auto all = l.c().list();
  const auto* found = find(all, name);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->name.utf8(), name.utf8());
  EXPECT_NE(found->name.raw().find("&APw-"), std::string_view::npos);
  EXPECT_EQ(l.c().select(found->name).exists, 0U);
  l.c().select(l.box());
}

SCENARIO(names_with_quotes_and_blanks, "") {
  const auto name = l.other("a \"quoted\" name");
  const auto made = l.c().try_run(create(name));
  if (!made) {
    EXPECT_EQ(made.error().code(),
              errc::no);  // a server may forbid the character, but it must have understood the argument
    return;
  }
  EXPECT_NE(find(l.c().list(), name), nullptr);
}

SCENARIO(hierarchy, "") {
  const mailbox_name parent = l.other("parent");
  const mailbox_name child(parent.utf8() + l.separator() + "child");
  l.c().create(parent);
  l.c().create(child);
  const auto below = l.c().list("", mailbox_name(parent.utf8() + l.separator() + "%"));
  ASSERT_EQ(below.size(), 1U);
  EXPECT_EQ(below[0].name, child);
  EXPECT_EQ(child.split(l.separator()).back(), "child");
  l.c().delete_mailbox(child);
}

SCENARIO(list_extended_subscribed, "LIST-EXTENDED|IMAP4rev2") {
  l.c().subscribe(l.box());
  const auto found = l.c().run(list("", "*").subscribed().return_children());
  const auto* e = find(found, l.box());
  ASSERT_NE(e, nullptr);
  EXPECT_TRUE(e->has("\\Subscribed"));
  l.c().unsubscribe(l.box());
}

SCENARIO(list_status, "LIST-STATUS|IMAP4rev2") {
  const auto found = l.c().run(list("", l.box()).return_status(status_items().messages().uidnext()));
  ASSERT_EQ(found.size(), 1U);
  ASSERT_TRUE(found[0].status);
  EXPECT_EQ(found[0].status->messages, messages().size());
}

SCENARIO(list_with_numbers_on_any_server, "") {
  l.c().subscribe(l.box());
  const auto found =
      l.c().list_mailboxes(list("", l.box()).return_subscribed().return_status(status_items().messages()));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].has("\\Subscribed"));
  ASSERT_TRUE(found[0].status);
  EXPECT_EQ(found[0].status->messages, messages().size());
  const auto subscribed = l.c().list_mailboxes(list("", "*").subscribed());
  EXPECT_NE(find(subscribed, l.box()), nullptr);
  l.c().unsubscribe(l.box());
}

SCENARIO(special_use, "SPECIAL-USE LIST-EXTENDED|IMAP4rev2") {
  const auto found = l.c().run(list("", "*").return_special_use());
  EXPECT_FALSE(found.empty());
}

SCENARIO(status_counts, "") {
  const auto uids = l.uids();
  l.c().store(uid_set(uids[0]), store_mode::add, flag_list(flags::seen));
  l.c().close_mailbox();
  const auto s = l.c().status(l.box(), status_items().messages().unseen().uidnext().uidvalidity());
  EXPECT_EQ(s.messages, uids.size());
  EXPECT_EQ(s.unseen, uids.size() - 1);
  EXPECT_GT(s.uidnext, uids.back());
  EXPECT_GT(s.uidvalidity, 0U);
}

SCENARIO(status_size, "STATUS=SIZE|IMAP4rev2") {
  std::uint64_t total = 0;
  for (const auto& m : messages()) total += m.size();
  EXPECT_EQ(l.c().status(l.box(), status_items().size()).size, total);
}

SCENARIO(mailbox_id, "OBJECTID") {
  const auto opened = l.c().select(l.box());
  ASSERT_TRUE(opened.mailboxid);
  const auto s = l.c().status(l.box(), status_items().messages().mailboxid());
  EXPECT_EQ(s.messages, messages().size());
  const auto listed = l.c().status("INBOX", status_items().messages().mailboxid());
  EXPECT_TRUE(listed.messages);
  if (live_server::get().name() == "cyrus") {
    // Quirk U-07a: octets of the server's memory, which can look like anything.
    EXPECT_TRUE(s.mailboxid || (!s.unparsed.empty() && s.unparsed[0].name == "MAILBOXID"));
    EXPECT_TRUE(listed.mailboxid || (!listed.unparsed.empty() && listed.unparsed[0].name == "MAILBOXID"));
  } else {
    EXPECT_EQ(s.mailboxid, opened.mailboxid);
    EXPECT_TRUE(listed.mailboxid);
  }
}

SCENARIO(select_fills_the_view, "") {
  const auto v = l.c().select(l.box());
  EXPECT_EQ(v.exists, messages().size());
  EXPECT_FALSE(v.read_only);
  ASSERT_TRUE(v.uidvalidity);
  if (v.uidnext) {  // optional in RFC 3501 section 6.3.1
    EXPECT_GT(*v.uidnext, l.uids().back());
  }
  EXPECT_TRUE(v.flags.contains(flags::seen));
  EXPECT_EQ(l.c().mailbox().exists, v.exists);
  EXPECT_EQ(l.c().mailbox().uidvalidity, v.uidvalidity);
}

SCENARIO(examine_is_read_only, "") {
  const auto v = l.c().examine(l.box());
  EXPECT_TRUE(v.read_only);
  (void)l.c().fetch(seq_set(1), fetch_items().body_section(""));
  EXPECT_FALSE(l.c().fetch(seq_set(1), fetch_items().flags())[0].has_flag("\\Seen"));
  (void)l.c().try_run(store(seq_set(1), store_mode::add, flag_list(flags::deleted)));
  l.c().select(l.box());
  EXPECT_FALSE(l.c().fetch(seq_set(1), fetch_items().flags())[0].has_flag("\\Deleted"));
}

SCENARIO(select_missing_leaves_nothing_selected, "") {
  const auto missing = l.other("missing");
  EXPECT_EQ(l.c().try_run(select(missing)).error().code(), errc::no);
  EXPECT_EQ(l.c().state(), session_state::authenticated);
  EXPECT_EQ(l.c().try_run(fetch(seq_set(1), fetch_items().flags())).error().code(), errc::wrong_state);
}

SCENARIO(close_expunges, "") {
  l.c().store(seq_set(1), store_mode::add, flag_list(flags::deleted));
  l.c().close_mailbox();
  EXPECT_EQ(l.c().state(), session_state::authenticated);
  EXPECT_EQ(l.c().select(l.box()).exists, messages().size() - 1);
}

SCENARIO(unselect_does_not_expunge, "UNSELECT|IMAP4rev2") {
  l.c().store(seq_set(1), store_mode::add, flag_list(flags::deleted));
  l.c().unselect();
  EXPECT_EQ(l.c().select(l.box()).exists, messages().size());
}

SCENARIO(check_command, "") { l.c().check(); }

}  // namespace
}  // namespace imapxx::interop
