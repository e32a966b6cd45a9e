// Random commands, submitted at random times, against a model of a server that works on everything it has received at
// once and answers in every order that RFC 9051 section 5.5 leaves to it. Each answer carries values that were made for
// its command alone: whatever is credited to another one is noticed.
#include <imapxx/session.hpp>

#include "unit/core/session_harness.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace imapxx {
namespace {

using test::session_test;
using randomness = std::mt19937;

std::uint32_t below(randomness& random, std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); }

/// What the server has said to one command, in a form that the command's result can be compared with.
using said = std::multiset<std::string>;

/// A line as the server understands it, and what it still has to say.
struct task {
  std::string tag;
  std::vector<std::string> words;
  std::vector<std::string> lines;  // untagged, in an order of the server's choice
  bool started = false;
  bool by_number = false;  // FETCH, STORE, SEARCH: no EXPUNGE while one of them is under way
};

class model_server {
 public:
  model_server(randomness& random, std::map<std::string, said>& answers) : random_(random), answers_(answers) {
    for (std::uint32_t i = 1; i <= 12; ++i) uids_.push_back(i * 3);
  }

  void receive(const std::string& text) {
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      line.pop_back();
      task t;
      std::istringstream words(line);
      words >> t.tag;
      for (std::string w; words >> w;) t.words.push_back(w);
      t.by_number = t.words[0] == "FETCH" || t.words[0] == "STORE" || t.words[0] == "SEARCH";
      tasks_.push_back(std::move(t));
    }
  }
  [[nodiscard]] bool busy() const { return !tasks_.empty(); }

  /// One thing that it may say now.
  std::string say() {
    std::vector<std::size_t> able;
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      if (may_go_on(i)) able.push_back(i);
    }
    if (able.empty()) return {};
    const auto at = able[below(random_, static_cast<std::uint32_t>(able.size()))];
    auto& t = tasks_[at];
    if (!t.started) start(t);
    if (!t.lines.empty()) {
      const auto n = below(random_, static_cast<std::uint32_t>(t.lines.size()));
      auto line = std::move(t.lines[n]);
      t.lines.erase(t.lines.begin() + n);
      return line;
    }
    std::string out;
    if (t.words[0] == "UID" && t.words[1] == "MOVE") out = expunge(t);
    out += t.tag + " OK done\r\n";
    tasks_.erase(tasks_.begin() + static_cast<std::ptrdiff_t>(at));
    return out;
  }

 private:
  // "The server MUST execute commands to completion in the order given" where one would affect the other: here, where
  // MOVE renumbers under FETCH, STORE and SEARCH, or takes away what they are about.
  [[nodiscard]] bool may_go_on(std::size_t at) const {
    const bool moves = tasks_[at].words.size() > 1 && tasks_[at].words[1] == "MOVE";
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      const bool other_moves = tasks_[i].words.size() > 1 && tasks_[i].words[1] == "MOVE";
      if (i < at && (moves || other_moves)) return false;
      if (i != at && moves && tasks_[i].by_number && tasks_[i].started) return false;
    }
    return true;
  }

  std::uint32_t seq_of(std::uint32_t uid) const {
    return static_cast<std::uint32_t>(std::find(uids_.begin(), uids_.end(), uid) - uids_.begin()) + 1;
  }

  std::vector<std::uint32_t> named(const task& t, bool uid) const {
    std::vector<std::uint32_t> found;
    const auto& text = t.words[uid ? 2 : 1];
    for (const auto u : uids_) {
      const bool in = uid ? uid_set::parse(text).contains(u) : seq_set::parse(text).contains(seq_of(u));
      if (in) found.push_back(u);
    }
    return found;
  }

  void start(task& t) {
    t.started = true;
    const bool uid = t.words[0] == "UID";
    const auto& name = t.words[uid ? 1 : 0];
    auto& mine = answers_[t.tag];
    const std::string mark = "k" + t.tag;
    if (name == "FETCH" || name == "STORE") {
      const bool flags_asked = name == "STORE" || t.words.back().find("FLAGS") != std::string::npos;
      for (const auto u : named(t, uid)) {
        // Sizes and keywords that only this command can have been told.
        const auto value =
            flags_asked ? "FLAGS (" + mark + ")" : "RFC822.SIZE " + t.tag.substr(1) + std::to_string(100 + u);
        mine.insert(std::to_string(u) + " " + value);
        t.lines.push_back("* " + std::to_string(seq_of(u)) + " FETCH (UID " + std::to_string(u) + " " + value +
                          ")\r\n");
      }
    } else if (name == "STATUS") {
      mine.insert(t.tag.substr(1));
      t.lines.push_back("* STATUS " + t.words[1] + " (MESSAGES " + t.tag.substr(1) + ")\r\n");
    } else if (name == "LIST") {
      mine.insert("box" + t.tag);
      t.lines.push_back("* LIST () \"/\" box" + t.tag + "\r\n");
    } else if (name == "SEARCH") {
      const bool tagged = t.words[uid ? 2 : 1] == "RETURN";
      const auto number = t.tag.substr(1);
      mine.insert(number);
      t.lines.push_back(tagged ? "* ESEARCH (TAG \"" + t.tag + "\")" + (uid ? " UID" : "") + " ALL " + number + "\r\n"
                               : "* SEARCH " + number + "\r\n");
    } else if (name == "MOVE") {
      const auto gone = named(t, true);
      for (const auto u : gone) {
        mine.insert(std::to_string(u));
        const auto text = std::to_string(u);
        t.lines.push_back("* OK [COPYUID 1 " + text + " " + t.tag.substr(1) + text + "] moved\r\n");
      }
    }
    if (below(random_, 4) == 0) t.lines.push_back("* OK still here\r\n");
  }

  std::string expunge(const task& t) {
    std::string out;
    for (const auto u : named(t, true)) {
      out += "* " + std::to_string(seq_of(u)) + " EXPUNGE\r\n";
      uids_.erase(std::find(uids_.begin(), uids_.end(), u));
    }
    return out;
  }

  randomness& random_;
  std::map<std::string, said>& answers_;
  std::vector<std::uint32_t> uids_;
  std::vector<task> tasks_;
};

/// A random command, and how to compare its result.
class asked {
 public:
  command_id id = 0;
  std::function<said(command&)> result;
};

uid_set some_uids(randomness& random) {
  uid_set s;
  for (auto n = 1 + below(random, 3); n > 0; --n) {
    const auto first = 1 + below(random, 36);
    s.insert(first, std::min<std::uint32_t>(36, first + below(random, 6)));
  }
  return s;
}

said rows_of(const fetch_results& rows, const fetch_items& items) {
  said all;
  for (const auto& r : rows) {
    const auto value = items.has(fetch_item::flags) ? "FLAGS " + r.flags()->to_string()
                                                    : "RFC822.SIZE " + std::to_string(r.rfc822_size().value_or(0));
    all.insert(std::to_string(r.uid().value_or(0)) + " " + value);
  }
  return all;
}

template <class C>
asked ask(session_test& t, C cmd, std::function<said(C&)> read) {
  asked a;
  a.id = t.submit(std::move(cmd));
  a.result = [read = std::move(read)](command& c) { return read(static_cast<C&>(c)); };
  return a;
}

asked random_command(session_test& t, randomness& random) {
  const auto items = below(random, 2) == 0 ? fetch_items().uid().flags() : fetch_items().uid().rfc822_size();
  switch (below(random, 8)) {
    case 0:
    case 1:
      return ask<fetch>(t, fetch(some_uids(random), items),
                        [items](fetch& c) { return rows_of(c.take_result(), items); });
    case 2:
      return ask<fetch>(t, fetch(seq_set(1 + below(random, 3)), items),
                        [items](fetch& c) { return rows_of(c.take_result(), items); });
    case 3:
      return ask<store>(t, store(some_uids(random), store_mode::add, flag_list::of(flags::seen)), [](store& c) {
        said all;
        for (const auto& m : c.take_result().messages)
          all.insert(std::to_string(m.uid.value_or(0)) + " FLAGS " + m.flags.to_string());
        return all;
      });
    case 4:
      return ask<status>(t, status("m" + std::to_string(below(random, 4)), status_items().messages()),
                         [](status& c) { return said{std::to_string(c.take_result().messages.value_or(0))}; });
    case 5:
      return ask<list>(t, list("", "*"), [](list& c) {
        said all;
        for (const auto& e : c.take_result()) all.insert(e.name.utf8());
        return all;
      });
    case 6: {
      auto cmd = uid_search(search_key::seen());
      if (below(random, 3) != 0) cmd.returning(search_return().all());
      return ask<uid_search>(t, std::move(cmd), [](uid_search& c) { return said{c.take_result().to_string()}; });
    }
    default:
      return ask<move>(t, move(uid_set(3 * (1 + below(random, 12))), "x"), [](move& c) {
        said all;
        for (const auto& r : c.take_result().sources) all.insert(std::to_string(r.first));
        return all;
      });
  }
}

void play(std::uint32_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  randomness random(seed);
  session_test t;
  t.selected(12, "IMAP4rev1 ESEARCH MOVE");
  std::map<std::string, said> answers;  // by tag
  model_server server(random, answers);
  std::vector<asked> commands;
  const auto wanted = 3 + below(random, 12);
  for (int rounds = 0; commands.size() < wanted || t.protocol.commands_outstanding() != 0; ++rounds) {
    ASSERT_LT(rounds, 100'000) << "something waits for ever";
    if (commands.size() < wanted && below(random, 3) == 0) commands.push_back(random_command(t, random));
    if (below(random, 2) == 0) server.receive(t.output());
    const auto line = server.say();
    if (!line.empty()) t.feed(line);
    if (line.empty() && commands.size() == wanted) server.receive(t.output());
    ASSERT_FALSE(t.protocol.closed());
  }
  std::size_t finished = 0;
  for (auto& e : t.events) {
    if (e.what != session_event::kind::completed) continue;
    ++finished;
    EXPECT_FALSE(e.failure) << e.failure.what();
    const auto a = std::find_if(commands.begin(), commands.end(), [&e](const asked& c) { return c.id == e.id; });
    ASSERT_EQ(a->result(*e.finished), answers[e.tag]) << e.tag;
  }
  ASSERT_EQ(finished, commands.size());
}

TEST(interleaving, nothing_is_credited_to_the_wrong_command) {
  const auto runs = std::getenv("IMAPXX_SOAK") != nullptr ? 100'000U : 1'000U;
  for (std::uint32_t seed = 1; seed <= runs && !testing::Test::HasFatalFailure(); ++seed) play(seed);
}

}  // namespace
}  // namespace imapxx
