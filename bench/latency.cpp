// How many round trips things take, against a real server behind a proxy with 50 ms round trips; and how long many
// small commands take without it. The server is named by the environment, as for the interop tests:
//   tests/interop/with_server.sh run dovecot STATE_DIR build/bench/bench/latency [--rounds N] [--only WHAT] [--write
//   docs/performance.md] [--peer NAME=COMMAND]...
// WHAT is `trips`, `writes`, `append` or `store`; peers are other clients, which write one by one (bench/peers.py
// --writes).
#include <imapxx/asio.hpp>
#include <imapxx/client.hpp>

#include "delaying_proxy.hpp"
#include "report.hpp"
#include "small_message.hpp"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using namespace std::chrono_literals;
using imapxx::fetch_items;
using imapxx::uid_set;

constexpr auto round_trip = 50ms;
constexpr int many = 500;
constexpr int messages_to_append = 2000;
constexpr int messages_to_store = 10'000;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    std::fprintf(stderr, "latency: no server: %s is not set\n", name);
    std::exit(77);
  }
  return value;
}

constexpr const char* user_name = "user8";
constexpr const char* user_password = "pass";

// One step, as most accounts on the net have it; SCRAM takes two round trips more.
imapxx::credentials user() { return imapxx::credentials(user_name, imapxx::secret(user_password)).mechanism("PLAIN"); }

imapxx::connect_options options(std::uint16_t port) {
  return imapxx::connect_options("localhost", imapxx::security::tls, port)
      .tls(imapxx::tls_options().ca_file(environment("IMAPXX_CA_FILE")));
}

std::uint16_t server_port() { return static_cast<std::uint16_t>(std::stoi(environment("IMAPXX_TLS_PORT"))); }

double seconds(const std::function<void()>& work) {
  const auto start = clock_type::now();
  work();
  return std::chrono::duration<double>(clock_type::now() - start).count();
}

/// What a piece of work took, by the clock and in round trips.
struct taken {
  double seconds = 0;
  unsigned trips = 0;
};

taken median_of_taken(int rounds, const std::function<taken()>& measure) {
  std::vector<taken> all;
  for (int i = 0; i < rounds; ++i) all.push_back(measure());
  std::sort(all.begin(), all.end(), [](const taken& a, const taken& b) { return a.seconds < b.seconds; });
  return all[all.size() / 2];
}

const bench::delaying_proxy* proxy = nullptr;

/// On a connection that there is already.
taken measured(const std::function<void()>& work) {
  const auto before = proxy->round_trips();
  taken t;
  t.seconds = seconds(work);
  t.trips = proxy->round_trips() - before;
  return t;
}

std::vector<imapxx::append_message> small_messages(int n) {
  std::vector<imapxx::append_message> all;
  for (int i = 0; i < n; ++i) all.emplace_back(bench::small_message(static_cast<std::uint64_t>(i)));
  return all;
}

std::string folder(int i) { return "latency-" + std::to_string(i); }

void empty(imapxx::client& c, const char* mailbox) {
  (void)c.try_run(imapxx::delete_mailbox(mailbox));
  c.create(mailbox);
}

/// A mailbox of 500 messages, and 500 mailboxes.
void prepare(imapxx::client& c) {
  empty(c, "latency");
  (void)c.append_messages("latency", small_messages(many));
  std::vector<imapxx::ticket<imapxx::create>> made;
  for (int i = 0; i < many; ++i) made.push_back(c.submit(imapxx::create(folder(i))));
  for (auto& t : made) (void)t.try_wait();  // they may be there already
}

void clean_up(imapxx::client& c) {
  if (c.state() == imapxx::session_state::selected) c.unselect();
  for (const char* name : {"latency", "latency-append", "latency-store"}) (void)c.try_run(imapxx::delete_mailbox(name));
  std::vector<imapxx::ticket<imapxx::delete_mailbox>> gone;
  for (int i = 0; i < many; ++i) gone.push_back(c.submit(imapxx::delete_mailbox(folder(i))));
  for (auto& t : gone) (void)t.try_wait();
}

imapxx::start_plan newest() { return imapxx::start_plan().open("latency").fetch_newest(50, fetch_items().envelope()); }

taken start_up(const imapxx::connect_options& o, imapxx::server_facts* facts = nullptr) {
  taken t;
  const auto begun = clock_type::now();
  imapxx::client c(o);
  const auto r = c.start(user(), newest());
  t.seconds = std::chrono::duration<double>(clock_type::now() - begun).count();
  t.trips = proxy->round_trips();
  if (r.messages.size() != 50) throw std::runtime_error("50 messages were expected");
  if (facts != nullptr) *facts = r.facts;
  return t;
}

taken start_up_step_by_step(const imapxx::connect_options& o) {
  taken t;
  const auto begun = clock_type::now();
  imapxx::client c(o, user());
  const auto box = c.select("latency");
  (void)c.fetch(imapxx::seq_set::range(box.exists - 49, box.exists), fetch_items().envelope());
  t.seconds = std::chrono::duration<double>(clock_type::now() - begun).count();
  t.trips = proxy->round_trips();
  return t;
}

taken fetch_each(std::uint16_t port) {
  imapxx::client c(options(port), user());
  c.select("latency");
  const auto uids = c.uid_search(imapxx::search_key::all());
  return measured([&] {
    std::vector<imapxx::ticket<imapxx::fetch>> asked;
    for (const auto uid : uids) asked.push_back(c.submit(imapxx::fetch(uid_set(uid), fetch_items().envelope())));
    for (auto& t : asked) (void)t.wait();
  });
}

taken fetch_each_in_coroutines(std::uint16_t port) {
  asio::io_context context;
  imapxx::async_client c(context, options(port));
  taken t;
  unsigned before = 0;
  int left = 0;
  clock_type::time_point begun;
  const auto one = [&](std::uint32_t uid) -> asio::awaitable<void> {
    const uid_set set(uid);
    const auto items = fetch_items().envelope();
    (void)co_await c.fetch(set, items);
    if (--left != 0) co_return;
    t.seconds = std::chrono::duration<double>(clock_type::now() - begun).count();
    t.trips = proxy->round_trips() - before;
  };
  const auto all = [&]() -> asio::awaitable<void> {
    co_await c.async_connect(user());
    const imapxx::mailbox_name box("latency");
    (void)co_await c.select(box);
    const auto key = imapxx::search_key::all();
    const auto uids = co_await c.uid_search(key);
    begun = clock_type::now();
    before = proxy->round_trips();
    left = static_cast<int>(uids.size());
    for (const auto uid : uids) asio::co_spawn(context, one(uid), asio::detached);
  };
  asio::co_spawn(context, all(), asio::detached);
  context.run();
  return t;
}

taken status_of_each(std::uint16_t port) {
  imapxx::client c(options(port), user());
  return measured([&] {
    std::vector<imapxx::ticket<imapxx::status>> asked;
    for (int i = 0; i < many; ++i)
      asked.push_back(c.submit(imapxx::status(folder(i), imapxx::status_items().messages().unseen())));
    for (auto& t : asked) (void)t.wait();
  });
}

std::string table_of_round_trips(std::uint16_t port, int rounds) {
  std::string out = "| at a round trip of 50 ms | round trips, counted | time / 50 ms | goal |\n|---|---|---|---|\n";
  const auto row = [&](const char* what, const char* goal, const std::function<taken()>& work) {
    const auto t = median_of_taken(rounds, work);
    char line[256];
    std::snprintf(line, sizeof line, "| %s | %u | %.1f | %s |\n", what, t.trips,
                  t.seconds / std::chrono::duration<double>(round_trip).count(), goal);
    out += line;
  };
  const auto base = options(port);
  imapxx::server_facts known;
  row("connect, TLS, log in, SELECT, 50 newest envelopes: step by step", "",
      [&] { return start_up_step_by_step(base); });
  row("the same with `client::start`, first contact", "4.3", [&] { return start_up(base, &known); });
  auto again = base;
  again.remember(known);
  row("the same, with `connect_options::remember`", "3.3", [&] { return start_up(again); });
  auto stale = known;
  stale.exists -= 7;
  auto wrong = base;
  wrong.remember(stale);
  row("the same, the remembered count being wrong", "", [&] { return start_up(wrong); });
  row("500 one-message FETCHes, `submit`", "6", [&] { return fetch_each(port); });
  row("500 one-message FETCHes, 500 coroutines", "6", [&] { return fetch_each_in_coroutines(port); });
  row("STATUS of 500 mailboxes, `submit`", "6", [&] { return status_of_each(port); });
  return out;
}

double append_all(imapxx::client& c, bool at_once) {
  empty(c, "latency-append");
  auto messages = small_messages(messages_to_append);
  return seconds([&] {
    if (at_once) {
      (void)c.append_messages("latency-append", std::move(messages));
      return;
    }
    for (auto& m : messages) (void)c.run(imapxx::append("latency-append", std::move(m)));
  });
}

enum class manner { sequential, submitted, one_set };

void remove_flags(imapxx::client& c) {
  (void)c.run(imapxx::store(uid_set::all(), imapxx::store_mode::replace, {}).silent());
}

double store_all(imapxx::client& c, manner how) {
  const auto uids = c.uid_search(imapxx::search_key::all());
  const imapxx::flag_list flags(imapxx::flags::flagged);
  remove_flags(c);
  return seconds([&] {
    if (how == manner::one_set) {
      (void)c.run(imapxx::store(uids.numbers(), imapxx::store_mode::add, flags).silent());
      return;
    }
    std::vector<imapxx::ticket<imapxx::store>> asked;
    for (const auto uid : uids) {
      imapxx::store cmd(uid_set(uid), imapxx::store_mode::add, flags);
      if (how == manner::sequential) {
        (void)c.run(std::move(cmd));
      } else {
        asked.push_back(c.submit(std::move(cmd)));
      }
    }
    for (auto& t : asked) (void)t.wait();
  });
}

/// Another client, and what it took.
struct peer {
  std::string name, command;
  std::vector<double> append{}, store{};
};

double run_peer(const peer& p, const char* work, int messages) {
  const auto line = p.command + " " + environment("IMAPXX_TLS_PORT") + " " + work + " 1 " + std::to_string(messages);
  std::FILE* out = ::popen(line.c_str(), "r");
  if (out == nullptr) throw std::runtime_error("cannot start " + p.name);
  double ms = 0, cpu_ms = 0, mib = 0;
  const bool told = std::fscanf(out, "%lf %lf %lf", &ms, &cpu_ms, &mib) == 3;
  if (::pclose(out) != 0 || !told) throw std::runtime_error(p.name + " failed at " + work);
  return ms / 1000;
}

double middle(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

std::string head_of_writes(const std::vector<peer>& peers) {
  std::string head = "| on loopback, without delay | seconds | of one by one |", line = "|---|---|---|";
  for (const auto& p : peers) {
    head += " of " + p.name + " |";
    line += "---|";
  }
  return head + "\n" + line + "\n";
}

/// What one kind of command took in each of the ways, and the peers one by one.
struct ways {
  const std::vector<peer>& peers;
  std::vector<double> peer::* theirs;
  std::vector<double> one_by_one{};

  [[nodiscard]] std::string row(const std::string& what, const std::vector<double>& times) const {
    auto out = "| " + what + " |";
    const auto cell = [&out](int digits, double number) {
      char text[64];
      std::snprintf(text, sizeof text, " %.*f |", digits, number);
      out += text;
    };
    cell(2, middle(times));
    cell(3, middle(times) / middle(one_by_one));
    for (const auto& p : peers) cell(3, middle(times) / middle(p.*theirs));
    return out + "\n";
  }
  [[nodiscard]] std::string sequential(const std::string& what) const {
    auto out = row(what + ", one by one", one_by_one);
    for (const auto& p : peers) out += row("the same, " + p.name, p.*theirs);
    return out;
  }
};

/// All ways in turn, `rounds` times.
std::string table_of_appends(imapxx::client& c, int rounds, std::vector<peer>& peers) {
  ways w{peers, &peer::append};
  std::vector<double> at_once;
  for (int i = 0; i < rounds; ++i) {
    w.one_by_one.push_back(append_all(c, false));
    for (auto& p : peers) {
      empty(c, "latency-append");
      p.append.push_back(run_peer(p, "append", messages_to_append));
    }
    at_once.push_back(append_all(c, true));
  }
  return w.sequential("2,000 small APPENDs") + w.row("`append_messages` (MULTIAPPEND)", at_once);
}

std::string table_of_stores(imapxx::client& c, int rounds, std::vector<peer>& peers) {
  empty(c, "latency-store");
  (void)c.append_messages("latency-store", small_messages(messages_to_store));
  c.select("latency-store");
  ways w{peers, &peer::store};
  std::vector<double> submitted, one_set;
  for (int i = 0; i < rounds; ++i) {
    w.one_by_one.push_back(store_all(c, manner::sequential));
    for (auto& p : peers) {
      remove_flags(c);
      p.store.push_back(run_peer(p, "store", messages_to_store));
    }
    submitted.push_back(store_all(c, manner::submitted));
    one_set.push_back(store_all(c, manner::one_set));
  }
  return w.sequential("10,000 STOREs") + w.row("one command each, `submit`", submitted) +
         w.row("10,000 messages, one STORE", one_set);
}

}  // namespace

int main(int argc, char** argv) try {
  int rounds = 3;
  std::string file, only;
  std::vector<peer> peers;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i], value = argv[i + 1];
    if (option == "--rounds") rounds = std::max(1, std::atoi(argv[i + 1]));
    if (option == "--write") file = value;
    if (option == "--only") only = value;
    if (option == "--peer") {
      const auto equals = std::min(value.find('='), value.size() - 1);
      peers.push_back({std::string(value.substr(0, equals)), std::string(value.substr(equals + 1))});
    }
  }
  ::setenv("IMAPXX_PEER_USER", user_name, 1);
  ::setenv("IMAPXX_PEER_PASSWORD", user_password, 1);
  {
    imapxx::client c(options(server_port()), user());
    prepare(c);
  }
  const auto tell = [&](std::string_view section, const std::string& text) {
    std::puts(text.c_str());
    std::fflush(stdout);
    if (!file.empty() && !bench::write_section(file, section, text)) throw std::runtime_error("cannot write " + file);
  };
  const auto medians = "Medians of " + std::to_string(rounds) + ".\n\n";
  if (only.empty() || only == "trips") {
    const bench::delaying_proxy delayed(server_port(), round_trip);
    proxy = &delayed;
    tell("latency", "## Round trips\n\n`make bench`: " + environment("IMAPXX_SERVER") +
                        " on the same machine, TLS 1.3, behind a proxy that delays each direction by 25 ms; TCP's own\n"
                        "round trip is not counted. What is counted does not depend on how busy the machine is; the "
                        "time does. " +
                        medians + table_of_round_trips(delayed.port(), rounds));
    proxy = nullptr;
  }
  if (only != "trips") {
    imapxx::client c(options(server_port()), user());
    auto table = head_of_writes(peers);
    if (only != "store") table += table_of_appends(c, rounds, peers);
    if (only != "append") table += table_of_stores(c, rounds, peers);
    tell("writes", std::string("## Many small commands\n\n`make bench") + (peers.empty() ? "" : "-peers") +
                       "`: " + environment("IMAPXX_SERVER") + " on the same machine, over TLS, all ways in turn. " +
                       medians + table);
  }
  {
    imapxx::client c(options(server_port()), user());
    clean_up(c);
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "latency: %s\n", e.what());
  return 1;
}
