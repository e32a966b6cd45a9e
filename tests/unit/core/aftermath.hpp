/// \file
/// A loss, and what the mailboxes say afterwards: for the tests of commands that must be carried out exactly once.
#pragma once

#include "unit/core/lossy.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace imapxx::core {

inline constexpr std::string_view numbers_of_a = "STATUS a (UIDNEXT UIDVALIDITY)";

inline std::string numbers(int uidnext, int uidvalidity = 9) {
  return "* STATUS a (UIDNEXT " + std::to_string(uidnext) + " UIDVALIDITY " + std::to_string(uidvalidity) +
         ")\r\n$ OK\r\n";
}

/// FETCH data as it is asked for before and after a loss.
inline std::string message(int number, int uid, int size, const std::string& id) {
  const auto header = "Message-ID: <" + id + ">\r\n\r\n";
  return "* " + std::to_string(number) + " FETCH (UID " + std::to_string(uid) + " RFC822.SIZE " + std::to_string(size) +
         " BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)] {" + std::to_string(header.size()) + "}\r\n" + header +
         ")\r\n";
}

inline void answer_fetch(lossy& t, std::string_view set, const std::string& reply) {
  ASSERT_TRUE(t.output().starts_with("$ UID FETCH " + std::string(set) + " "));
  t.feed(reply);
}

/// The connection is lost, another one is made, and the mailbox is selected again.
inline void come_back(lossy& t, std::string_view uidvalidity = "7") {
  t.lose();
  t.wait();
  t.connect();
  t.answer("SELECT INBOX", lossy::mailbox(uidvalidity));
}

}  // namespace imapxx::core
