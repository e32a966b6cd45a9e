// Commands within a loop that reads a big mailbox: every body arrives whole, in bounded memory.
#include <imapxx/client.hpp>

#include "interop/live.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace imapxx::interop {
namespace {

constexpr std::size_t message_octets = 100'000;
constexpr std::uint64_t memory_octets = std::uint64_t{32} << 20U;

std::string message_of(unsigned number) {
  std::string text = "Subject: number " + std::to_string(number) + "\r\n\r\n";
  while (text.size() < message_octets) {
    text += std::to_string(number * 2654435761U + text.size()) + std::string(50 + number % 17, 'x') + "\r\n";
  }
  return text;
}

/// A line of /proc/self/status, in octets.
std::uint64_t status(std::string_view name) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name)) return std::strtoull(line.c_str() + name.size() + 1, nullptr, 10) * 1024;
  }
  return 0;
}

/// Whether the peak of resident memory can be told: the kernel resets it on demand, and no sanitizer adds its own.
bool reset_peak() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return false;
#endif
#endif
  std::ofstream out("/proc/self/clear_refs");
  out << '5';
  out.flush();
  return out.good();
}

// The server's own memory must not count.
unsigned messages_on(const live_server& server) {
  constexpr unsigned soak = 10'000;
  constexpr unsigned usual = 400;     // more than the memory that is allowed
  constexpr unsigned elsewhere = 30;  // in this process
  if (server.name() != "dovecot") return elsewhere;
  const char* on = std::getenv("IMAPXX_SOAK");
  return on != nullptr && std::string_view(on) == "1" ? soak : usual;
}

SCENARIO(fetch_loop_over_a_big_mailbox_with_commands_inside, "MOVE|IMAP4rev2") {
  const auto& server = live_server::get();
  if (server.name() != "dovecot" && !server.embedded()) GTEST_SKIP() << "only where many messages are made quickly";
  const auto count = messages_on(server);
  const auto from = l.other("source");
  const auto to = l.other("target");
  l.c().create(from);
  l.c().create(to);
  for (unsigned n = 0; n < count; ++n) l.c().append(from, message_of(n));
  l.c().select(from);
  ASSERT_EQ(l.c().mailbox().exists, count);

  const bool measured = reset_peak() && !server.embedded();
  const auto before = status("VmRSS:");
  unsigned bodies = 0;
  unsigned moved = 0;
  std::string body;
  auto s = l.c().stream(fetch(uid_set::all(), fetch_items().body_peek()));
  while (const auto* e = s.next()) {
    if (e->what == fetch_event::kind::body_begin) body.clear();
    if (e->what == fetch_event::kind::body_chunk) body += e->chunk;
    if (e->what == fetch_event::kind::body_end) {
      ASSERT_TRUE(body == message_of(bodies)) << "message " << bodies;
      ++bodies;
    }
    if (e->what != fetch_event::kind::row) continue;
    const auto uid = e->row->uid().value();
    if (bodies % 7 == 1) {
      const auto got = l.c().fetch(uid_set(uid), fetch_items().uid().rfc822_size());
      ASSERT_EQ(got.size(), 1U);
    }
    if (bodies % 11 == 1) l.c().store(uid_set(uid), store_mode::add, flag_list(flags::flagged));
    if (bodies % 5 == 1) {
      l.c().move_messages(uid_set(uid), to);
      ++moved;
    }
  }
  EXPECT_EQ(bodies, count);
  if (measured) {
    EXPECT_LE(status("VmHWM:"), before + memory_octets);
  }
  l.c().noop();
  EXPECT_EQ(l.c().mailbox().exists, count - moved);
  EXPECT_EQ(l.c().status(to, status_items().messages()).messages, moved);
}

}  // namespace
}  // namespace imapxx::interop
