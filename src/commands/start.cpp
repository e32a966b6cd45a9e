#include <imapxx/start.hpp>

namespace imapxx::inline v0 {

start_plan::start_plan() = default;

start_plan& start_plan::open(mailbox_name name) {
  mailbox = std::move(name);
  read_only = false;
  return *this;
}

start_plan& start_plan::examine(mailbox_name name) {
  mailbox = std::move(name);
  read_only = true;
  return *this;
}

start_plan& start_plan::fetch_newest(std::uint32_t count, fetch_items what) {
  newest = count;
  uids.reset();
  items = std::move(what);
  return *this;
}

start_plan& start_plan::fetch(uid_set messages, fetch_items what) {
  uids = std::move(messages);
  newest = 0;
  items = std::move(what);
  return *this;
}

start_plan& start_plan::identify(id_fields fields) {
  id = std::move(fields);
  return *this;
}

start_plan& start_plan::ahead(bool yes) {
  may_go_ahead = yes;
  return *this;
}

}  // namespace imapxx::inline v0
