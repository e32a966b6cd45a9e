// What the wiki page on IMAP4 describes, point by point (docs/seed-checklist.md), against the real servers: the states,
// the numbers, every search key, every FETCH item.
#include "interop/live.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace imapxx::interop {
namespace {

using key = search_key;

SCENARIO(states_from_connect_to_logout, "") {
  client c(live_server::get().options());
  EXPECT_EQ(c.state(), session_state::not_authenticated);
  EXPECT_EQ(c.try_run(list("", "*")).error().code(), errc::wrong_state);
  c.authenticate_as(live_server::user());
  EXPECT_EQ(c.state(), session_state::authenticated);
  EXPECT_EQ(c.try_run(search(key::all())).error().code(), errc::wrong_state);
  EXPECT_EQ(c.examine(l.box()).exists, messages().size());
  EXPECT_EQ(c.state(), session_state::selected);
  EXPECT_EQ(c.search(key::all()).numbers(), seq_set::range(1, static_cast<std::uint32_t>(messages().size())));
  EXPECT_EQ(c.fetch(seq_set(1), fetch_items().body_peek("")).size(), 1U);
  EXPECT_EQ(c.state(), session_state::selected);
  c.close_mailbox();
  EXPECT_EQ(c.state(), session_state::authenticated);
  EXPECT_EQ(c.status(l.box(), status_items().messages()).messages, messages().size());
  c.noop();
  (void)c.run(capability());
  c.run(imapxx::logout());
  EXPECT_EQ(c.state(), session_state::logout);
}

SCENARIO(select_tells_all_that_the_page_lists, "") {
  const auto v = l.c().select(l.box());
  EXPECT_EQ(v.exists, messages().size());
  EXPECT_LE(v.recent, v.exists);
  for (const auto& f : {flags::seen, flags::answered, flags::flagged, flags::deleted, flags::draft}) {
    EXPECT_TRUE(v.flags.contains(f)) << f;
    EXPECT_TRUE(v.may_store(f)) << f;
  }
  ASSERT_TRUE(v.permanent_flags);
  ASSERT_TRUE(v.uidvalidity);
  EXPECT_GT(*v.uidvalidity, 0U);
  if (v.unseen) {  // only RFC 3501 demands it
    EXPECT_EQ(*v.unseen, 1U);
  }
  if (v.uidnext) {
    EXPECT_GT(*v.uidnext, l.uids().back());
  }
  const auto e = l.c().examine(l.box());
  EXPECT_EQ(e.exists, messages().size());  // the number of messages, not the first unseen one
  EXPECT_TRUE(e.read_only);
  for (const auto& f : {flags::seen, flags::deleted}) EXPECT_FALSE(e.permanent_flags && e.may_store(f)) << f;
}

SCENARIO(patterns_star_and_percent, "") {
  const auto parent = l.other("tree");
  const mailbox_name child(parent.utf8() + l.separator() + "leaf");
  l.c().create(parent);
  l.c().create(child);
  const auto names = [&](const std::string& pattern) {
    std::vector<std::string> out;
    for (const auto& e : l.c().list("", mailbox_name(pattern))) out.push_back(e.name.utf8());
    std::sort(out.begin(), out.end());
    return out;
  };
  const auto stem = parent.utf8().substr(0, parent.utf8().size() - 2);
  EXPECT_EQ(names(stem + "*"), (std::vector<std::string>{parent.utf8(), child.utf8()}));
  EXPECT_EQ(names(stem + "%"), std::vector<std::string>{parent.utf8()});
  EXPECT_EQ(names(stem + "%" + l.separator() + "%"), std::vector<std::string>{child.utf8()});
  l.c().delete_mailbox(child);
}

SCENARIO(created_is_not_subscribed, "") {
  const auto is_listed = [&](const std::vector<list_entry>& all) {
    return std::any_of(all.begin(), all.end(), [&](const auto& e) { return e.name == l.box(); });
  };
  EXPECT_TRUE(is_listed(l.c().list()));
  EXPECT_FALSE(is_listed(l.c().lsub()));
  l.c().subscribe(l.box());
  EXPECT_TRUE(is_listed(l.c().lsub()));
  if (l.has("LIST-EXTENDED") || l.has("IMAP4rev2")) {
    EXPECT_TRUE(is_listed(l.c().run(list("", "*").subscribed())));
  }
  l.c().unsubscribe(l.box());
  EXPECT_FALSE(is_listed(l.c().lsub()));
  EXPECT_TRUE(is_listed(l.c().list()));
}

SCENARIO(numbers_map_both_ways, "") {
  const auto uids = l.uids();
  EXPECT_TRUE(std::is_sorted(uids.begin(), uids.end()));
  // UID to sequence number: SEARCH UID; sequence number to UID: FETCH (UID), or UID SEARCH.
  EXPECT_EQ(l.c().search(key::uid(uid_set(uids[2]))).numbers(), seq_set(3));
  EXPECT_EQ(l.c().fetch(seq_set(3), fetch_items().uid())[0].uid(), uids[2]);
  EXPECT_EQ(l.c().uid_search(key::seq(seq_set(3))).numbers(), uid_set(uids[2]));
  // Sequence numbers move up behind an expunged message; UIDs stay.
  l.c().store(seq_set(1), store_mode::add, flag_list(flags::deleted));
  l.c().expunge();
  EXPECT_EQ(l.c().search(key::uid(uid_set(uids[2]))).numbers(), seq_set(2));
  EXPECT_EQ(l.uids(), std::vector<std::uint32_t>(uids.begin() + 1, uids.end()));
  // They stay in another session as well, while UIDVALIDITY does.
  const auto other = l.another();
  EXPECT_EQ(other->examine(l.box()).uidvalidity, l.c().mailbox().uidvalidity);
  EXPECT_EQ(other->fetch(seq_set(2), fetch_items().uid())[0].uid(), uids[2]);
  other->close();
}

SCENARIO(a_mailbox_made_anew_has_another_uidvalidity_or_higher_uids, "") {
  const auto name = l.other("anew");
  l.c().create(name);
  l.c().append(name, messages()[0]);
  const auto before = l.c().status(name, status_items().uidvalidity().uidnext());
  l.c().delete_mailbox(name);
  l.c().create(name);
  const auto after = l.c().status(name, status_items().uidvalidity().uidnext());
  ASSERT_TRUE(before.uidvalidity && after.uidvalidity);
  EXPECT_TRUE(*after.uidvalidity > *before.uidvalidity || after.uidnext >= before.uidnext);
}

/// The state that the table of search keys speaks of.
void mark(live& l) {
  l.c().store(seq_set(1), store_mode::add, flag_list::of(flags::seen, flags::answered));
  l.c().store(seq_set(2), store_mode::add, flag_list::of(flags::flagged, flags::draft, flags::deleted));
  l.c().run(append(l.box(),
                   "Date: Sun, 23 Jan 1994 10:00:00 +0000\r\nFrom: Smith <smith@example.org>\r\n"
                   "To: zoe@example.org\r\nBcc: hidden@example.org\r\nSubject: old letter\r\n\r\nink and paper\r\n")
                .date(*date_time::parse("23-Jan-1994 10:00:00 +0000"))
                .flags(flag_list(flags::flagged)));
  l.c().noop();
}

SCENARIO(search_every_key, "") {
  mark(l);
  ASSERT_EQ(l.c().mailbox().exists, 5U);
  const auto uids = l.uids();
  const date arrived(1994, 1, 23);
  const std::pair<key, seq_set> table[] = {
      {key::all(), seq_set::range(1, 5)},
      {key::to("ann@example.org"), seq_set::range(2, 4)},
      {key::from("Smith"), seq_set(5)},
      {key::cc("dave"), seq_set(2)},
      {key::bcc("hidden"), seq_set(5)},
      {key::subject("tea"), seq_set(1)},
      {key::subject("kettle"), seq_set()},  // of the Subject field, not of the text
      {key::body("kettle"), seq_set(1)},
      {key::body("Plain tea"), seq_set()},
      {key::text("kettle"), seq_set(1)},
      {key::text("PLAIN TEA"), seq_set(1)},
      {key::text("green"), seq_set(4)},        // any header field
      {key::from("*example.org"), seq_set()},  // there are no wildcards
      {key::header("Message-ID", "two@example"), seq_set(2)},
      {key::answered(), seq_set(1)},
      {key::unanswered(), seq_set::range(2, 5)},
      {key::deleted(), seq_set(2)},
      {key::undeleted(), seq_set::of(1, 3, 4, 5)},
      {key::draft(), seq_set(2)},
      {key::undraft(), seq_set::of(1, 3, 4, 5)},
      {key::flagged(), seq_set::of(2, 5)},
      {key::unflagged(), seq_set::of(1, 3, 4)},
      {key::seen(), seq_set(1)},
      {key::unseen(), seq_set::range(2, 5)},
      {key::before(date(1994, 1, 24)), seq_set(5)},
      {key::before(arrived), seq_set()},  // earlier than the day
      {key::on(arrived), seq_set(5)},
      {key::since(arrived), seq_set::range(1, 5)},  // the day or later
      {key::since(date(1994, 2, 1)), seq_set::range(1, 4)},
      {key::sent_before(date(2026, 2, 3)) && key::seq(seq_set::of(1, 2, 4, 5)), seq_set::of(1, 5)},
      {key::sent_on(date(2026, 2, 3)) && key::seq(seq_set::of(1, 2, 4, 5)), seq_set(2)},
      {key::sent_since(date(2026, 2, 3)) && key::seq(seq_set::of(1, 2, 4, 5)), seq_set::of(2, 4)},
      {key::larger(100'000), seq_set(4)},
      {key::smaller(100'000), seq_set::of(1, 2, 3, 5)},
      {key::larger(0), seq_set::range(1, 5)},
      {key::uid(uid_set::of(uids[0], uids[4])), seq_set::of(1, 5)},
      {key::seq(seq_set::range(2, 3)), seq_set::range(2, 3)},
      {key::from("ann") || key::from("carol"), seq_set::of(1, 3)},
      {!key::from("ann"), seq_set::range(2, 5)},
      {key::flagged() && key::draft(), seq_set(2)},
      {key::flagged() && key::since(date(1994, 2, 1)) && !key::from("Smith"), seq_set(2)},
  };
  for (const auto& [wanted, found] : table) EXPECT_EQ(l.c().search(wanted).numbers(), found) << wanted.to_string();
  // Recent is what no session has seen before: which that is, is the server's business; what the words mean, is not.
  const auto recent = l.c().search(key::recent()).numbers();
  EXPECT_EQ(l.c().search(key::new_()).numbers(), l.c().search(key::recent() && key::unseen()).numbers());
  EXPECT_EQ(l.c().search(key::old()).numbers(), l.c().search(!key::recent()).numbers());
  EXPECT_EQ(l.c().search(key::old()).size() + recent.size(), 5U);
}

SCENARIO(search_keywords_both_ways, "") {
  if (!l.c().mailbox().may_store("$Work")) GTEST_SKIP() << "no keywords in this mailbox";
  l.c().store(seq_set(3), store_mode::add, flag_list("$Work"));
  EXPECT_EQ(l.c().search(key::keyword("$Work")).numbers(), seq_set(3));
  EXPECT_EQ(l.c().search(key::unkeyword("$Work")).numbers(), seq_set::of(1, 2, 4));
}

SCENARIO(fetch_every_item, "") {
  const auto& m = messages()[1];
  const auto split = m.find("\r\n\r\n") + 4;
  const auto get = [&](fetch_items items) { return l.c().fetch(seq_set(2), std::move(items)); };
  const auto text = [&](fetch_items items, std::string_view name) {
    const auto rows = get(std::move(items));
    return rows.empty() ? std::string("no row") : rows[0].section(section::parse(name)).value_or("nothing");
  };
  const auto seen = [&] { return get(fetch_items().flags())[0].has_flag("\\Seen"); };
  EXPECT_TRUE(get(fetch_items().bodystructure())[0].bodystructure()->is("multipart", "mixed"));
  EXPECT_TRUE(get(fetch_items().body())[0].bodystructure()->is("multipart", "mixed"));
  EXPECT_EQ(get(fetch_items().envelope())[0].envelope()->message_id, "<two@example.com>");
  EXPECT_TRUE(get(fetch_items().internaldate())[0].internaldate());
  EXPECT_EQ(get(fetch_items().rfc822_size())[0].rfc822_size(), m.size());
  EXPECT_EQ(get(fetch_items().uid())[0].uid(), l.uids()[1]);
  // Without \Seen: PEEK, and RFC822.HEADER, which is BODY.PEEK[HEADER].
  EXPECT_EQ(text(fetch_items().body_peek("2"), "2"), "AAECAwQFBgcICQoLDA0ODw==");
  EXPECT_EQ(text(fetch_items().body_peek("HEADER"), "HEADER"), m.substr(0, split));
  EXPECT_EQ(text(fetch_items().rfc822_header(), "HEADER"), m.substr(0, split));
  auto partial = section();
  partial.origin = 5;
  EXPECT_EQ(get(fetch_items().body_peek("", 5, 10))[0].section(partial), m.substr(5, 10));
  EXPECT_FALSE(seen());
  // With \Seen: BODY[...], RFC822, RFC822.TEXT.
  const std::pair<fetch_items, std::string_view> marking[] = {{fetch_items().body_section("1"), "1"},
                                                              {fetch_items().rfc822(), ""},
                                                              {fetch_items().rfc822_text(), "TEXT"},
                                                              {fetch_items().body_section("", 0, 9), ""}};
  for (const auto& [items, name] : marking) {
    l.c().store(seq_set(2), store_mode::remove, flag_list(flags::seen));
    ASSERT_FALSE(seen());
    (void)get(items);
    // Courier 5 forgets it for RFC822.TEXT.
    const bool forgets = name == "TEXT" && live_server::get().name() == "courier";
    EXPECT_TRUE(seen() || forgets) << name;
  }
  EXPECT_EQ(text(fetch_items().rfc822(), ""), m);
  EXPECT_EQ(text(fetch_items().rfc822_text(), "TEXT"), m.substr(split));
  for (const auto& [macro, has_envelope, has_body] : {std::tuple{fetch_items().fast(), false, false},
                                                      {fetch_items().all(), true, false},
                                                      {fetch_items().full(), true, true}}) {
    const auto rows = get(macro);
    EXPECT_TRUE(rows[0].flags() && rows[0].internaldate() && rows[0].rfc822_size());
    EXPECT_EQ(rows[0].envelope().has_value(), has_envelope);
    EXPECT_EQ(rows[0].bodystructure().has_value(), has_body);
  }
}

SCENARIO(fetch_the_examples_of_the_page, "") {
  // FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])
  const auto wanted = section::parse("HEADER.FIELDS (DATE FROM)");
  const auto rows = l.c().fetch(seq_set::range(2, 4), fetch_items().flags().body_section("HEADER.FIELDS (DATE FROM)"));
  ASSERT_EQ(rows.size(), 3U);
  for (const auto row : rows) {
    const auto text = row.section(wanted);
    ASSERT_TRUE(text && row.flags());
    EXPECT_NE(text->find("Date: "), std::string::npos);
    EXPECT_NE(text->find("From: "), std::string::npos);
    EXPECT_EQ(text->find("Subject"), std::string::npos);
    EXPECT_TRUE(text->ends_with("\r\n\r\n"));
  }
  // FETCH 1,3 BODY[2.MIME], of messages that have a second part
  const auto parts = l.c().fetch(seq_set::of(2, 3), fetch_items().body_section("2.MIME"));
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_NE(parts[0].section(section::parse("2.MIME"))->find("application/octet-stream"), std::string::npos);
  EXPECT_NE(parts[1].section(section::parse("2.MIME"))->find("message/rfc822"), std::string::npos);
  // UID FETCH takes UIDs, and tells them; the item UID asks for them.
  const auto uid = l.uids()[1];
  EXPECT_EQ(l.c().fetch(uid_set(uid), fetch_items().flags())[0].uid(), uid);
}

}  // namespace
}  // namespace imapxx::interop
