#include <imapxx/testserver/sample.hpp>

#include "sample_messages.hpp"

namespace imapxx::testserver {

void load_sample(server& to, const std::string& user) {
  to.create_mailbox(user, "Drafts", "\\Drafts");
  to.create_mailbox(user, "Sent", "\\Sent");
  to.create_mailbox(user, "Trash", "\\Trash");
  to.create_mailbox(user, "Archive", "\\Archive");
  to.create_mailbox(user, "Archive/2025");
  to.create_mailbox(user, "Projects/Garden");
  to.create_mailbox(user, "Entwürfe & Pläne");
  to.create_mailbox(user, "日本語");
  for (const detail::sample_message& m : detail::sample_messages())
    to.append(user, std::string(m.mailbox), m.text, m.flags, m.date);
}

}  // namespace imapxx::testserver
