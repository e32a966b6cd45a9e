#include "core/shared_options.hpp"

#include <imapxx/event.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <vector>

namespace imapxx::core {
namespace {

using namespace std::chrono_literals;

connect_options usual() {
  connect_options o("mail.example.org", security::tls);
  o.tls_settings.context.reset();  // one of its own in each set of options
  return o;
}

TEST(shared_options, equal_options_are_held_once) {
  const auto first = shared_options(usual());
  EXPECT_EQ(first, shared_options(usual()));
  EXPECT_EQ(first->host_name, "mail.example.org");
}

TEST(shared_options, whoever_asks_gets_what_he_gave) {
  class listener final : public observer {
  } hears;
  const std::vector<std::function<void(connect_options&)>> changes = {
      [](auto& o) { o.host_name = "mail.example.com"; },
      [](auto& o) { o.port_number = 1993; },
      [](auto& o) { o.mode = security::plain; },
      [](auto& o) { o.command_argv = {"ssh", "mail.example.org", "imapd"}; },
      [](auto& o) { o.tls_settings.verify = false; },
      [](auto& o) { o.tls_settings.ca_file_path = "/etc/ca.pem"; },
      [](auto& o) { o.tls_settings.expected_name = "other.example.org"; },
      [](auto& o) { o.tls_settings.context = tls_options().context; },
      [](auto& o) { o.session_settings.limits.nesting = 3; },
      [](auto& o) { o.session_settings.limits.drain_octets = 3; },
      [](auto& o) { o.session_settings.timeouts.connect = 3ms; },
      [](auto& o) { o.session_settings.timeouts.idle_refresh = 3ms; },
      [&](auto& o) { o.session_settings.observer = &hears; },
      [](auto& o) { o.session_settings.tag_letters = "B"; },
      [](auto& o) { o.session_settings.rev2 = !o.session_settings.rev2; },
      [](auto& o) { o.session_settings.window = 3; },
      [](auto& o) { o.reconnecting.attempts(1); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto one = shared_options(usual());
    auto other = usual();
    changes[i](other);
    EXPECT_NE(one, shared_options(other)) << i;
  }
}

TEST(shared_options, those_that_reconnect_are_nobody_elses) {
  auto one = usual();
  one.reconnect(reconnect_policy().attempts(3));
  const auto first = shared_options(one);
  EXPECT_NE(first, shared_options(one));
}

TEST(shared_options, are_let_go_with_the_last_who_holds_them) {
  auto context = tls_options().context;
  const std::weak_ptr<tls_context> still_there = context;
  auto o = usual();
  o.tls_settings.context = std::move(context);
  auto held = shared_options(std::move(o));
  EXPECT_FALSE(still_there.expired());
  held.reset();
  EXPECT_TRUE(still_there.expired());
}

}  // namespace
}  // namespace imapxx::core
