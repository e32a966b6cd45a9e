// libetpan beside imapxx: its own client calls, results freed within the measured time.
#include "peer.hpp"

#include <unistd.h>

#include <memory>

#include <libetpan/libetpan.h>

namespace {

using bench::peer_work;
using bench::require;

mailimap_fetch_type* items_of(const std::string& work) {
  auto* type = mailimap_fetch_type_new_fetch_att_list_empty();
  const auto add = [type](mailimap_fetch_att* item) { mailimap_fetch_type_new_fetch_att_list_add(type, item); };
  if (work == "flags") {
    add(mailimap_fetch_att_new_uid());
    add(mailimap_fetch_att_new_flags());
  } else if (work == "envelopes") {
    add(mailimap_fetch_att_new_envelope());
    add(mailimap_fetch_att_new_bodystructure());
    add(mailimap_fetch_att_new_internaldate());
    add(mailimap_fetch_att_new_rfc822_size());
  } else {
    add(mailimap_fetch_att_new_body_peek_section(mailimap_section_new(nullptr)));
  }
  return type;
}

// The octets of the body in a row; nullptr: there is none.
const mailimap_msg_att_body_section* body_of(mailimap_msg_att* row) {
  for (auto* c = clist_begin(row->att_list); c != nullptr; c = clist_next(c)) {
    const auto* item = static_cast<const mailimap_msg_att_item*>(clist_content(c));
    if (item->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC) continue;
    const auto* value = item->att_data.att_static;
    if (value->att_type == MAILIMAP_MSG_ATT_BODY_SECTION) return value->att_data.att_body_section;
  }
  return nullptr;
}

std::uint64_t fetch(mailimap* session, const peer_work& work) {
  auto* set = mailimap_set_new_interval(1, 0);
  auto* type = items_of(work.name);
  clist* rows = nullptr;
  require(mailimap_uid_fetch(session, set, type, &rows) == MAILIMAP_NO_ERROR, "FETCH failed");
  std::uint64_t count = 0;
  const int target = bench::open_target(work.name == "literal");
  for (auto* c = clist_begin(rows); c != nullptr; c = clist_next(c)) {
    auto* row = static_cast<mailimap_msg_att*>(clist_content(c));
    if (target < 0) {
      ++count;
      continue;
    }
    const auto* body = body_of(row);
    require(body != nullptr, "no body");
    require(::write(target, body->sec_body_part, body->sec_length) == static_cast<ssize_t>(body->sec_length),
            "cannot write");
    count += body->sec_length >> 20U;
  }
  mailimap_fetch_list_free(rows);
  mailimap_fetch_type_free(type);
  mailimap_set_free(set);
  return count;
}

std::uint64_t search(mailimap* session) {
  auto* key = mailimap_search_key_new_all();
  clist* numbers = nullptr;
  require(mailimap_uid_search(session, nullptr, key, &numbers) == MAILIMAP_NO_ERROR, "SEARCH failed");
  const auto count = static_cast<std::uint64_t>(clist_count(numbers));
  mailimap_search_result_free(numbers);
  mailimap_search_key_free(key);
  return count;
}

void append_each(mailimap* session, std::uint64_t messages) {
  for (std::uint64_t i = 0; i < messages; ++i) {
    const auto text = bench::small_message(i);
    require(mailimap_append(session, "latency-append", nullptr, nullptr, text.data(), text.size()) == MAILIMAP_NO_ERROR,
            "APPEND failed");
  }
}

void store_each(mailimap* session, std::uint64_t messages) {
  for (std::uint64_t uid = 1; uid <= messages; ++uid) {
    auto* set = mailimap_set_new_single(static_cast<std::uint32_t>(uid));
    auto* flags = mailimap_flag_list_new_empty();
    mailimap_flag_list_add(flags, mailimap_flag_new_flagged());
    auto* change = mailimap_store_att_flags_new_add_flags_silent(flags);
    require(mailimap_uid_store(session, set, change) == MAILIMAP_NO_ERROR, "STORE failed");
    mailimap_store_att_flags_free(change);
    mailimap_set_free(set);
  }
}

bench::figures write(mailimap* session, const peer_work& work) {
  if (work.name == "store") require(mailimap_select(session, "latency-store") == MAILIMAP_NO_ERROR, "cannot select");
  const bench::stopwatch watch;
  work.name == "store" ? store_each(session, work.messages) : append_each(session, work.messages);
  return watch.stop();
}

bench::figures run(const peer_work& work) {
  if (work.name == "base64") return {};  // it decodes nothing on the way
  const std::unique_ptr<mailimap, void (*)(mailimap*)> session(mailimap_new(0, nullptr), mailimap_free);
  const int code = work.tls ? mailimap_ssl_connect(session.get(), "127.0.0.1", work.port)
                            : mailimap_socket_connect(session.get(), "127.0.0.1", work.port);
  require(code == MAILIMAP_NO_ERROR_NON_AUTHENTICATED, "cannot connect");
  require(mailimap_login(session.get(), bench::user().c_str(), bench::password().c_str()) == MAILIMAP_NO_ERROR,
          "cannot log in");
  if (work.name == "append" || work.name == "store") return write(session.get(), work);
  require(mailimap_examine(session.get(), "INBOX") == MAILIMAP_NO_ERROR, "cannot open INBOX");
  const bench::stopwatch watch;
  const auto got = work.name == "search" ? search(session.get()) : fetch(session.get(), work);
  const auto f = watch.stop();
  require(got == work.messages, "another number of answers than was sent");
  return f;
}

}  // namespace

int main(int argc, char** argv) { return bench::peer_main(argc, argv, run); }
