/// \file
/// The sessions that were recorded from real servers (tests/fixtures/sessions), as lists of commands: what recorded
/// them, and what replays them.
#pragma once

#include <imapxx/commands.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace imapxx::test {

struct recorded_scenario {
  const char* name;
  bool selects;  ///< begins with SELECT of the mailbox that the recorder filled
  std::vector<std::function<std::unique_ptr<command>()>> commands;
};

/// `box` is the mailbox's wire name on the server in question.
inline std::vector<recorded_scenario> recorded_scenarios(const std::string& box) {
  const auto make = [](auto cmd) {
    using C = decltype(cmd);
    auto shared = std::make_shared<C>(std::move(cmd));
    return std::function<std::unique_ptr<command>()>([shared] { return std::make_unique<C>(*shared); });
  };
  const mailbox_name mailbox(box);
  return {
      {"list",
       false,
       {make(list("", "*")), make(lsub("", "*")), make(status(mailbox, status_items().messages().unseen().uidnext())),
        make(noop())}},
      {"fetch",
       true,
       {make(fetch(uid_set::all(), fetch_items().flags().envelope().internaldate().rfc822_size())),
        make(fetch(seq_set(2), fetch_items().bodystructure()))}},
      {"bodies",
       true,
       {make(fetch(uid_set::all(), fetch_items().body_peek(""))),
        make(fetch(seq_set(2), fetch_items().body_peek("1").body_peek("2").header_fields("Subject", "From")))}},
      {"search",
       true,
       {make(uid_search(search_key::all())), make(search(search_key::from("ann"))),
        make(search(search_key::subject("gr\xC3\xBC\xC3\x9F"
                                        "e")))}},
      {"store",
       true,
       {make(store(seq_set(1), store_mode::add, flag_list(flags::flagged))),
        make(store(seq_set::range(1, 2), store_mode::replace, flag_list(flags::seen))), make(check())}},
      {"append",
       true,
       {[mailbox]() -> std::unique_ptr<command> {  // made anew each time: a message source is read once
          auto cmd = std::make_unique<append>(mailbox, std::string("Subject: recorded\r\n\r\nbody with a line\r\n"));
          cmd->flags(flag_list(flags::draft));
          return cmd;
        },
        make(noop()), make(fetch(uid_set::all(), fetch_items().flags()))}},
      {"expunge",
       true,
       {make(store(seq_set(1), store_mode::add, flag_list(flags::deleted))), make(expunge()), make(close()),
        make(select("nope"))}},
  };
}

}  // namespace imapxx::test
