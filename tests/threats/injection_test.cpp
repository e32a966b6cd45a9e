// Whatever a caller gives as an argument is one argument of one command to the server, or a clear error before anything
// is sent: threat 20 (docs/threats.md), with the embedded server's own parser as the judge.
#include <imapxx/commands.hpp>
#include <imapxx/display.hpp>

#include "../testserver/src/text.hpp"
#include "threats/front.hpp"
#include "threats/hostile_text.hpp"
#include "threats/injection_places.hpp"
#include "threats/strings_per_place.hpp"

#include <gtest/gtest.h>

#include <array>
#include <exception>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace imapxx::threats {
namespace {

struct tally {
  std::size_t sent = 0;
  std::size_t refused = 0;
};

bool is_of_the_caller(const error& why) {
  return why.code() == errc::invalid_argument || why.code() == errc::capability_required ||
         why.code() == errc::no_mechanism;
}

/// What is wrong with a refusal; empty when nothing is.
std::string judge_refusal(const place& p, const std::string& text, const error& why) {
  if (!is_of_the_caller(why) || std::string_view(why.what()).empty()) return std::string("refused with ") + why.what();
  // INBOX cannot be deleted (RFC 9051 section 6.3.5).
  if (std::string_view(p.sends) == "DELETE" && server_side::iequals(text, "INBOX")) return {};
  return must_be_sent(p.what, text) ? std::string("refused although it can be sent: ") + why.what() : std::string();
}

/// What is wrong with the one command that the server saw; empty when nothing is.
std::string judge_command(const place& p, const std::string& text, server_end& peer, server_end::command& c) {
  if (!peer.wrong.empty()) return peer.wrong;
  if (c.head.name != p.sends) return "another command: " + c.head.name;
  try {
    const auto got = p.read(peer, c, text);
    if (c.head.name != "AUTHENTICATE") c.arguments.end();
    if (!same_argument(p, text, got)) return "the server read " + escape_for_display(got);
  } catch (const server_side::command_failure& f) {
    return "the server does not understand: " + f.text;
  }
  return peer.wrong;
}

std::string judge(const place& p, const std::string& text, wire_session& client, tally& counts) {
  server_end peer([&client](std::string_view octets) { client.feed(octets); }, [&client] { return client.output(); });
  error why;
  command_id id = 0;
  try {
    if (auto cmd = p.make(text); !cmd) {
      why = cmd.error();
    } else if (auto submitted = client.protocol.submit(std::move(*cmd)); !submitted) {
      why = submitted.error();
    } else {
      id = *submitted;
    }
  } catch (const error& e) {  // values that check themselves
    why = e;
  }
  client.collect();
  auto seen = peer.next();
  // What is found only while it is written completes the command.
  if (!why && client.done(id)) why = client.failures[id];
  if (why) {
    ++counts.refused;
    return seen ? "sent, and refused" : judge_refusal(p, text, why);
  }
  ++counts.sent;
  if (!seen) return "neither sent nor refused";
  auto problem = judge_command(p, text, peer, *seen);
  if (!problem.empty()) return problem;
  client.feed(seen->head.tag + " NO done\r\n");
  if (!client.done(id) || client.protocol.closed()) return "the command is not over";
  if (!peer.left_over().empty()) return "octets behind the command";
  client.failures.clear();
  client.finished.clear();
  return {};
}

/// The next command of this client is its own, too.
std::string judge_next(wire_session& client) {
  server_end peer([&client](std::string_view octets) { client.feed(octets); }, [&client] { return client.output(); });
  client.submit(noop());
  const auto seen = peer.next();
  if (!seen || !peer.wrong.empty() || seen->head.name != "NOOP") return "no NOOP";
  client.feed(seen->head.tag + " OK done\r\n");
  return peer.left_over().empty() ? std::string() : "octets behind NOOP";
}

std::string show(const place& p, std::uint64_t at, std::uint64_t number, const std::string& text) {
  return std::string(p.name) + ", hostile_text(" + std::to_string(injection_seed) + ", " + std::to_string(at) + ", " +
         std::to_string(number) + "): \"" + escape_for_display(text.substr(0, 200)) + "\"";
}

TEST(injection, r20_every_argument_is_one_argument_to_the_server) {
  constexpr std::array<std::string_view, 3> literals = {"", "LITERAL-", "LITERAL+"};
  constexpr std::size_t texts_of_a_client = 50;
  const auto& places = injection_places();
  const auto strings = strings_per_place();
  std::set<std::string_view> names;
  tally total;
  for (std::size_t at = 0; at < places.size(); ++at) {
    const auto& p = places[at];
    names.insert(p.name);
    tally counts;
    std::unique_ptr<wire_session> client;
    for (std::size_t n = 0; n < strings; ++n) {
      if (n % texts_of_a_client == 0) client = client_in(p.where, literals[n / texts_of_a_client % literals.size()]);
      const auto text = hostile_text(injection_seed, at, n).make();
      auto problem = judge(p, text, *client, counts);
      if (problem.empty() && (n + 1) % texts_of_a_client == 0) problem = judge_next(*client);
      ASSERT_EQ(problem, "") << show(p, at, n, text);
    }
    // A place that refuses all, or nothing, is not tested.
    EXPECT_GT(counts.sent, strings / 20) << p.name;
    EXPECT_GT(counts.refused, 0U) << p.name;
    total.sent += counts.sent;
    total.refused += counts.refused;
  }
  EXPECT_EQ(names.size(), places.size());
  EXPECT_GE(places.size(), 40U);
  RecordProperty("places", static_cast<int>(places.size()));
  RecordProperty("sent", static_cast<int>(total.sent));
  RecordProperty("refused", static_cast<int>(total.refused));
}

// --- the complete server, over a socket

class injection_network : public threat {
 protected:
  /// As `judge`, but what the server received tells, and how many commands it counted.
  std::string judge_on_socket(const ts::server& server, const place& p, const std::string& text, tally& counts) {
    const auto before = server.command_count();
    const auto octets_before = server.received(0).size();
    error why;
    try {
      if (auto cmd = p.make(text); !cmd) {
        why = cmd.error();
      } else if (auto done = client->run(any_command(std::shared_ptr<command>(std::move(*cmd)))); !done) {
        why = done.error();
      }
    } catch (const error& e) {
      why = e;
    }
    // Nothing waits in the client that would go out with the next command.
    if (auto more = client->run(noop()); !more) return std::string("the next command failed: ") + more.error().what();
    const auto commands = server.command_count() - before - 1;
    auto octets = server.received(0).substr(octets_before);
    server_end peer([](std::string_view) {}, [&octets] { return std::exchange(octets, {}); });
    peer.recorded = true;
    auto seen = peer.next();
    if (!seen) return "the server received nothing";
    if (is_of_the_caller(why)) {
      ++counts.refused;
      return commands == 0 && seen->head.name == "NOOP" ? judge_refusal(p, text, why) : "sent, and refused";
    }
    ++counts.sent;
    if (why && why.code() != errc::no) return std::string("failed with ") + why.what();
    if (commands != 1) return std::to_string(commands) + " commands";
    if (auto problem = judge_command(p, text, peer, *seen); !problem.empty()) return problem;
    const auto next = peer.next();
    return next && next->head.name == "NOOP" && peer.left_over().empty() ? std::string() : "octets behind the command";
  }
};

TEST_P(injection_network, r20_the_complete_server_reads_the_same_arguments) {
  // Commands that the embedded server has, which leave the mailbox selected and the user logged in.
  const std::set<std::string_view> sampled = {"LOGIN user",
                                              "LOGIN password",
                                              "CREATE",
                                              "DELETE",
                                              "RENAME from",
                                              "RENAME to",
                                              "SUBSCRIBE",
                                              "UNSUBSCRIBE",
                                              "LIST reference",
                                              "LIST pattern",
                                              "LSUB reference",
                                              "LSUB pattern",
                                              "STATUS",
                                              "UID COPY",
                                              "COPY",
                                              "APPEND flag",
                                              "APPEND message",
                                              "STORE flag",
                                              "SEARCH SUBJECT",
                                              "SEARCH BODY",
                                              "SEARCH NOT SUBJECT",
                                              "SEARCH HEADER name",
                                              "SEARCH KEYWORD",
                                              "SEARCH HEADER value",
                                              "FETCH header field",
                                              "ID field",
                                              "ID value"};
  const auto strings = sampled_strings_per_place();
  const running server(account().mailbox("ann", "b").add_capability("LITERAL+").transcript_limit(64U << 20U));
  ASSERT_FALSE(client->connect(to(server.server, security::plain)));
  tally counts;
  std::size_t places = 0;
  bool logged_in = false;
  for (std::size_t at = 0; at < injection_places().size(); ++at) {
    const auto& p = injection_places()[at];
    if (!sampled.contains(p.name)) continue;
    ++places;
    if (!logged_in && p.where != situation::greeted) {
      logged_in = true;
      ASSERT_FALSE(client->log_in(ann()));
      ASSERT_TRUE(client->run(append("INBOX", "Subject: x\r\n\r\nx\r\n")));
      ASSERT_TRUE(client->run(select("INBOX")));
    }
    for (std::size_t n = 0; n < strings; ++n) {
      const auto text = hostile_text(injection_seed, at, n).make();
      ASSERT_EQ(judge_on_socket(server.server, p, text, counts), "") << show(p, at, n, text);
    }
  }
  EXPECT_EQ(places, sampled.size());
  EXPECT_GT(counts.sent, counts.refused / 4);
}

INSTANTIATE_TEST_SUITE_P(drivers, injection_network, testing::ValuesIn(drivers()),
                         [](const auto& d) { return std::string(d.param.name); });

}  // namespace
}  // namespace imapxx::threats
