// Plays scripts through imapxx::imaplib: reads one job as JSON from each line, answers with one line. player.py is the
// same for Python's imaplib; the two must mean the same by every call.
#include <imapxx/error.hpp>
#include <imapxx/imaplib.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace imaplib = imapxx::imaplib;
using imaplib::argument;
using imaplib::bytes;
using imaplib::IMAP4;
using imaplib::reply;
using nlohmann::json;

/// Characters up to U+00FF as octets.
bytes latin1(const std::string& utf8) {
  bytes out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x80) {
      out += utf8[i];
    } else {
      out += static_cast<char>(((c & 0x03U) << 6U) | (static_cast<unsigned char>(utf8[++i]) & 0x3FU));
    }
  }
  return out;
}

argument to_argument(const json& value) {  // NOLINT(misc-no-recursion): as deep as the script's author nested it
  if (value.is_null()) return {};
  if (value.is_boolean()) return argument(value.get<bool>());
  if (value.is_number_integer()) return argument(value.get<std::int64_t>());
  if (value.is_string()) return argument(value.get<std::string>());
  if (value.is_object()) return argument(latin1(value.at("b").get<std::string>()));
  std::vector<argument> items;
  for (const auto& item : value) items.push_back(to_argument(item));
  return argument(std::move(items));
}

std::vector<argument> to_arguments(const json& values) {
  std::vector<argument> out;
  for (const auto& value : values) out.push_back(to_argument(value));
  return out;
}

imaplib::timeout_t to_timeout(const json& value) {
  if (value.is_null()) return std::nullopt;
  return std::chrono::duration<double>(value.get<double>());
}

template <class T>
std::string joined(const std::vector<T>& items, const std::function<std::string(const T&)>& print) {
  std::string out;
  for (const T& item : items) out += (out.empty() ? "" : ", ") + print(item);
  return out;
}

std::string repr_of(const std::vector<reply>& items) {
  return "[" + joined<reply>(items, [](const reply& r) { return r.repr(); }) + "]";
}

std::string repr_of_untagged(IMAP4& m) {
  std::string out;
  for (const auto& [type, items] : m.untagged_responses()) {
    out += (out.empty() ? "" : ", ") + argument(type).repr() + ": [" +
           joined<imaplib::datum>(items, [](const imaplib::datum& d) { return d.repr(); }) + "]";
  }
  return "{" + out + "}";
}

std::string attribute(IMAP4& m, const std::string& name) {
  if (name == "untagged_responses") return repr_of_untagged(m);
  if (name == "capabilities") {
    const auto& all = m.capabilities();
    return "(" + joined<std::string>(all, [](const std::string& c) { return argument(c).repr(); }) +
           (all.size() == 1 ? ",)" : ")");
  }
  const std::map<std::string, argument> simple = {{"PROTOCOL_VERSION", m.PROTOCOL_VERSION()},
                                                  {"utf8_enabled", m.utf8_enabled()},
                                                  {"is_readonly", m.is_readonly()},
                                                  {"welcome", m.welcome()},
                                                  {"state", m.state()},
                                                  {"tagnum", m.tagnum()},
                                                  {"continuation_response", m.continuation_response()}};
  return simple.at(name).repr();
}

/// Calls `f` with the arguments behind the first `skip` ones, each as an argument of its own.
template <std::size_t Most = 6, class F, class... A>
reply spread(const std::vector<argument>& args, std::size_t at, const F& f, const A&... so_far) {
  if constexpr (sizeof...(A) > Most) {
    throw std::logic_error("too many arguments for this runner");
  } else {
    if (at >= args.size()) return f(so_far...);
    return spread<Most>(args, at + 1, f, so_far..., args[at]);
  }
}

using arguments = std::vector<argument>;
using method = std::function<reply(IMAP4&, const arguments&)>;

template <class... P>
method plain(reply (IMAP4::*f)(P...)) {
  return [f](IMAP4& m, const arguments& a) {
    if (a.size() != sizeof...(P)) throw std::invalid_argument("number of arguments");
    return
        [&]<std::size_t... I>(std::index_sequence<I...>) { return (m.*f)(a[I]...); }(std::index_sequence_for<P...>());
  };
}
/// Methods with keywords behind their `N` arguments.
template <std::size_t N, class F>
method with_keywords(F f) {
  return [f](IMAP4& m, const arguments& a) {
    if (a.size() != N) throw std::invalid_argument("number of arguments");
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return (m.*f)(a[I]..., imaplib::keywords());
    }(std::make_index_sequence<N>());
  };
}

const std::map<std::string, method>& methods() {
  static const std::map<std::string, method> table = {
      {"append", with_keywords<4>(&IMAP4::append)},
      {"capability", plain(&IMAP4::capability)},
      {"check", plain(&IMAP4::check)},
      {"close", plain(&IMAP4::close)},
      {"copy", with_keywords<2>(&IMAP4::copy)},
      {"create", plain(&IMAP4::create)},
      {"delete", plain(&IMAP4::delete_)},
      {"deleteacl", plain(&IMAP4::deleteacl)},
      {"enable", plain(&IMAP4::enable)},
      {"expunge", [](IMAP4& m, const arguments&) { return m.expunge(); }},
      {"fetch", with_keywords<2>(&IMAP4::fetch)},
      {"getacl", plain(&IMAP4::getacl)},
      {"getannotation", plain(&IMAP4::getannotation)},
      {"getquota", plain(&IMAP4::getquota)},
      {"getquotaroot", plain(&IMAP4::getquotaroot)},
      {"list",
       [](IMAP4& m, const arguments& a) {
         return spread<2>(a, 0, [&m](const auto&... args) -> reply { return m.list(args...); });
       }},
      {"login", plain(&IMAP4::login)},
      {"login_cram_md5", plain(&IMAP4::login_cram_md5)},
      {"logout", plain(&IMAP4::logout)},
      {"lsub",
       [](IMAP4& m, const arguments& a) {
         return spread<2>(a, 0, [&m](const auto&... args) -> reply { return m.lsub(args...); });
       }},
      {"myrights", plain(&IMAP4::myrights)},
      {"namespace", plain(&IMAP4::namespace_)},
      {"noop", plain(&IMAP4::noop)},
      {"partial", plain(&IMAP4::partial)},
      {"proxyauth", plain(&IMAP4::proxyauth)},
      {"recent", plain(&IMAP4::recent)},
      {"rename", plain(&IMAP4::rename)},
      {"response", [](IMAP4& m, const arguments& a) { return m.response(a.at(0).text()); }},
      {"search",
       [](IMAP4& m, const arguments& a) {
         return spread(a, 1, [&](const auto&... rest) { return m.search(a.at(0), rest...); });
       }},
      {"select",
       [](IMAP4& m, const arguments& a) {
         return m.select(a.empty() ? argument("INBOX") : a[0], a.size() > 1 && !a[1].falsy());
       }},
      {"setacl", plain(&IMAP4::setacl)},
      {"setannotation",
       [](IMAP4& m, const arguments& a) {
         return spread(a, 0, [&m](const auto&... args) { return m.setannotation(args...); });
       }},
      {"setquota", plain(&IMAP4::setquota)},
      {"sort",
       [](IMAP4& m, const arguments& a) {
         return spread(a, 2, [&](const auto&... rest) { return m.sort(a.at(0), a.at(1), rest...); });
       }},
      {"starttls", [](IMAP4& m, const arguments&) { return m.starttls(); }},
      {"status", plain(&IMAP4::status)},
      {"store", with_keywords<3>(&IMAP4::store)},
      {"subscribe", plain(&IMAP4::subscribe)},
      {"thread",
       [](IMAP4& m, const arguments& a) {
         return spread(a, 2, [&](const auto&... rest) { return m.thread(a.at(0), a.at(1), rest...); });
       }},
      {"uid",
       [](IMAP4& m, const arguments& a) {
         return spread(a, 1, [&](const auto&... rest) { return m.uid(a.at(0).text(), rest...); });
       }},
      {"unselect", plain(&IMAP4::unselect)},
      {"unsubscribe", plain(&IMAP4::unsubscribe)},
      {"xatom",
       [](IMAP4& m, const arguments& a) {
         return spread(a, 1, [&](const auto&... rest) { return m.xatom(a.at(0).text(), rest...); });
       }},
  };
  return table;
}

std::string authenticate(IMAP4& m, const json& args) {
  std::vector<bytes> challenges;
  auto left = to_arguments(args.at(1));
  const auto after = [&challenges] {
    return " after [" + joined<bytes>(challenges, [](const bytes& c) { return c.repr(); }) + "]";
  };
  try {
    const auto got = m.authenticate(args.at(0).get<std::string>(), [&](const bytes& challenge) {
      challenges.push_back(challenge);
      if (left.empty()) throw std::invalid_argument("no answer left");
      const argument answer = left.front();
      left.erase(left.begin());
      return answer;
    });
    return got.repr() + after();
  } catch (const imaplib::abort& e) {
    throw imaplib::abort(e.what() + after());
  } catch (const imaplib::error& e) {
    throw imaplib::error(e.what() + after());
  }
}

/// Runs `body` within IDLE; an exception of `done` replaces one of the body, as in a with statement.
std::string idle(IMAP4& m, const json& duration, const std::function<std::string(imaplib::Idler&)>& body) {
  auto idler = m.idle(to_timeout(duration));
  std::string result;
  std::exception_ptr failure;
  try {
    result = body(idler);
  } catch (...) {
    failure = std::current_exception();
  }
  try {
    idler.done();
  } catch (const imapxx::error&) {
    if (!failure) throw;
  }
  if (failure) std::rethrow_exception(failure);
  return result;
}

std::string play(IMAP4& m, const std::string& name, const json& args) {
  if (name == "=") return attribute(m, args.at(0).get<std::string>());
  if (name == "authenticate") return authenticate(m, args);
  if (name == "idle") {
    return idle(m, args.at(1), [&args](imaplib::Idler& idler) {
      std::vector<reply> items;
      for (const reply& item : idler) {
        items.push_back(item);
        if (!args.at(0).is_null() && items.size() == args.at(0).get<std::size_t>()) break;
      }
      return repr_of(items);
    });
  }
  if (name == "idle_burst") {
    return idle(m, args.at(1), [&args](imaplib::Idler& idler) {
      return repr_of(idler.burst(std::chrono::duration<double>(args.at(0).get<double>())));
    });
  }
  return methods().at(name)(m, to_arguments(args)).repr();
}

std::string guarded(const std::function<std::string()>& call) {
  try {
    return call();
  } catch (const imaplib::readonly& e) {
    return std::string("readonly: ") + e.what();
  } catch (const imaplib::abort& e) {
    return std::string("abort: ") + e.what();
  } catch (const imaplib::error& e) {
    return std::string("error: ") + e.what();
  } catch (const std::invalid_argument&) {
    return "invalid";
  } catch (const imapxx::error& e) {
    return e.code() == imapxx::errc::limit_exceeded ? std::string("limit: ") + e.what() : "OSError";
  } catch (const std::exception& e) {
    return std::string("exception: ") + e.what();
  }
}

/// The class, but its debug output goes to `lines`.
template <class Base>
class traced final : public Base {
 public:
  traced(const json& job, const imaplib::settings& how, std::vector<std::string>& lines)
      : Base(typename Base::connect_later{}, how), lines_(&lines) {
    this->connect(job.at("host").get<std::string>(), job.at("port").get<std::uint16_t>(),
                  to_timeout(job.value("timeout", json())));
  }
  void _mesg(std::string_view text) override { lines_->emplace_back(text); }

 private:
  std::vector<std::string>* lines_;
};

std::unique_ptr<IMAP4> connect(const json& job, std::vector<std::string>& lines) {
  imaplib::settings how;
  how.behave_like(job.at("profile") == "p11" ? imaplib::compat::p11 : imaplib::compat::p15);
  how.debug(job.value("debug", 0));
  imapxx::tls_options tls;
  if (job.contains("ca")) tls.ca_file(job.at("ca").get<std::string>());
  how.tls(tls);
  const std::string transport = job.value("transport", "plain");
  if (transport == "stream") return std::make_unique<imaplib::IMAP4_stream>(job.at("command").get<std::string>(), how);
  if (transport == "tls") return std::make_unique<traced<imaplib::IMAP4_SSL>>(job, how, lines);
  return std::make_unique<traced<IMAP4>>(job, how, lines);
}

// As in player.py: in tags, and alone in quotes.
std::string without_tag(const std::string& text, const std::string& tag) {
  if (tag.empty()) return text;
  const std::regex tags("(^|[^A-Za-z0-9])" + tag + "(?=[0-9])");
  const std::regex quoted("'" + tag + "'");
  return std::regex_replace(std::regex_replace(text, tags, "$1TTTT"), quoted, "'TTTT'");
}

json run(const json& job) {
  std::vector<std::string> lines;
  std::unique_ptr<IMAP4> m;
  json results = json::array();
  const auto note = [&](const std::string& result) {
    const std::string tag = m ? std::string(m->tagpre()) : std::string();
    results.push_back({{"result", without_tag(result, tag)}, {"state", m ? m->state() : ""}});
  };
  note(guarded([&] {
    m = connect(job, lines);
    return std::string("connected");
  }));
  if (!m) return {{"results", results}, {"untagged", ""}, {"log", lines}};
  for (const auto& call : job.at("calls")) {
    const auto name = call.at(0).get<std::string>();
    note(guarded([&] { return play(*m, name, call.at(1)); }));
  }
  const std::string untagged = repr_of_untagged(*m);
  for (auto& line : lines) line = without_tag(line, m->tagpre());
  m->debug(0);
  {
    const imaplib::with scope(*m);
  }
  m.reset();
  return {{"results", results}, {"untagged", untagged}, {"log", lines}};
}

}  // namespace

int main() {
  std::string line;
  for (int c = std::getchar(); c != EOF; c = std::getchar()) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    const std::string answer = run(json::parse(line)).dump(-1, ' ', true, json::error_handler_t::replace);
    std::printf("%s\n", answer.c_str());
    std::fflush(stdout);
    line.clear();
  }
  return 0;
}
