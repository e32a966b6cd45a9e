#include "args.hpp"

#include <imapxx/version.hpp>

#include <CLI/CLI.hpp>

#include <functional>
#include <map>
#include <memory>
#include <sstream>

namespace imapxx::cli {
namespace {

// `-seen` (search) and `-\Seen` (store) look like options. A byte that no argument can start with by accident hides
// them from the parser.
constexpr char hidden = '\x01';

bool looks_negated(std::string_view word) {
  return word.size() > 2 && word[0] == '-' && word[1] != '-' && !(word[1] >= '0' && word[1] <= '9');
}

std::vector<std::string> hide_negations(std::vector<std::string> words) {
  bool wanted = false;
  for (auto& w : words) {
    if (w == "--") break;
    if (wanted && looks_negated(w)) w.insert(w.begin(), hidden);
    if (w == "search" || w == "store") wanted = true;
  }
  return words;
}

void reveal(std::vector<std::string>& words) {
  for (auto& w : words)
    if (!w.empty() && w.front() == hidden) w.erase(0, 1);
}

constexpr const char* url_help = "imaps://user@host[:port]/mailbox (imap:// means STARTTLS, or no TLS with --plain)";
constexpr const char* numbers_help = "UIDs such as 1:5,9,20:* (sequence numbers with --seq)";

constexpr const char* footer =
    "Passwords come from --password-command, --password-file, the variable IMAPXX_PASSWORD, ~/.netrc, or a prompt;\n"
    "never from the command line.\n"
    "Exit codes: 0 done; 1 nothing found, or refused by the server; 2 wrong usage; 3 connection or TLS; 4 login;\n"
    "5 protocol; 6 local file; 130 interrupted.\n"
    "`imapxx COMMAND --help` shows examples. Manual: imapxx(1).";

void add_common(CLI::App& app, common_args& c) {
  const char* tls = "Connection";
  app.add_flag("--starttls", c.starttls, "require STARTTLS (the default for imap://)")->group(tls);
  app.add_flag("--plain", c.plain, "no TLS at all: only for loopback and tunnels")->group(tls);
  app.add_option("--ca-file", c.ca_file, "PEM file of the authorities to trust, instead of the system's")
      ->type_name("FILE")
      ->group(tls);
  app.add_flag("--insecure", c.insecure, "do not verify the server's certificate")->group(tls);
  app.add_option("--cert", c.cert, "client certificate, PEM")->type_name("FILE")->group(tls);
  app.add_option("--key", c.key, "its private key, PEM")->type_name("FILE")->group(tls);
  app.add_option("--retry", c.retry,
                 "connect again up to N times when the connection is lost, and go on (docs/reconnect.md)")
      ->type_name("N")
      ->check(CLI::Range(0U, 1000U))
      ->group(tls);
  app.add_option("--timeout", c.timeout, "seconds for each phase: connect, handshake, command")
      ->check(CLI::PositiveNumber)
      ->type_name("SECONDS")
      ->group(tls);
  const char* login = "Login";
  app.add_option("-u,--user", c.user, "user name, when it is not in the URL")->type_name("NAME")->group(login);
  app.add_option("--password-command", c.password_command, "shell command that prints the password")
      ->type_name("COMMAND")
      ->group(login);
  app.add_option("--password-file", c.password_file, "file whose first line is the password")
      ->type_name("FILE")
      ->group(login);
  app.add_option("--token-command", c.token_command, "shell command that prints an OAuth 2.0 access token")
      ->type_name("COMMAND")
      ->group(login);
  app.add_option("--auth", c.mechanisms, "SASL mechanism to use, such as SCRAM-SHA-256; LOGIN-COMMAND for LOGIN")
      ->type_name("MECHANISM")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(login);
  const char* output = "Output";
  app.add_flag("--json", c.json, "one JSON object a line, in the shapes of `imapxx decode`")->group(output);
  app.add_flag("--seq", c.by_sequence, "numbers are sequence numbers, not UIDs")->group(output);
  app.add_flag("--dry-run", c.dry_run, "say what would be sent, and change nothing")->group(output);
  app.add_option("--trace", c.trace, "write the protocol to this file, secrets redacted (- for standard error)")
      ->type_name("FILE")
      ->group(output);
  app.add_flag("-v,--verbose", c.verbose, "say more on standard error")->group(output);
}

// One subcommand under construction: its values live in the shared_ptr until the parse is over.
class builder {
 public:
  builder(CLI::App& app, arguments& out) : app_(app), out_(out) {}

  template <class Args>
  CLI::App& command(const std::string& name, const std::string& what, const std::string& examples,
                    const std::function<void(CLI::App&, Args&)>& define, bool needs_url = true) {
    auto* sub = app_.add_subcommand(name, what);
    auto args = std::make_shared<Args>();
    if (needs_url) sub->add_option("URL", out_.common.url, url_help)->required();
    if (define) define(*sub, *args);
    sub->fallthrough();
    sub->footer("Examples:\n" + examples + "Options of all commands: imapxx --help");
    sub->callback([this, args] { out_.command = std::move(*args); });
    return *sub;
  }

 private:
  CLI::App& app_;
  arguments& out_;
};

CLI::Option* numbers(CLI::App& app, std::string& into, bool required) {
  auto* o = app.add_option("NUMBERS", into, numbers_help);
  return required ? o->required() : o;
}

void reading_commands(builder& b) {
  b.command<caps_args>("caps", "what the server offers, before and after the login",
                       "  imapxx caps imaps://ann@mail.example.org\n", {});
  b.command<ls_args>(
      "ls", "list mailboxes as a tree; -l with counts and sizes",
      "  imapxx ls imaps://ann@mail.example.org\n"
      "  imapxx ls -l imaps://ann@mail.example.org 'Lists/*'\n",
      [](CLI::App& s, ls_args& a) {
        s.add_option("PATTERN", a.patterns, "names to list; * any octets, % within one level");
        s.add_flag("-l,--long", a.details, "messages, unseen messages and octets of each mailbox");
        s.add_flag("--subscribed", a.subscribed, "only subscribed names");
        auto* tree = s.add_flag("--tree", a.tree, "as a tree, also when not on a terminal");
        s.add_flag("--flat", a.flat, "full names, one a line (the default when not on a terminal)")->excludes(tree);
      });
  b.command<status_args>("status", "numbers about mailboxes, without opening them",
                         "  imapxx status imaps://ann@mail.example.org/INBOX\n"
                         "  imapxx status imaps://ann@mail.example.org INBOX Archive\n",
                         [](CLI::App& s, status_args& a) { s.add_option("MAILBOX", a.mailboxes, "names"); });
  b.command<search_args>(
      "search", "find messages and print their numbers",
      "  imapxx search imaps://ann@mail.example.org/INBOX from:example.org since:2026-01-01 unseen\n"
      "  imapxx search imaps://ann@mail.example.org/INBOX subject:\"annual report\" larger:1M -seen\n"
      "  imapxx search imaps://ann@mail.example.org/INBOX from:bob or from:eve\n"
      "  imapxx search imaps://ann@mail.example.org/INBOX 'OR FROM bob SUBJECT \"tea\" SINCE 1-Feb-2026'\n",
      [](CLI::App& s, search_args& a) {
        s.add_option("WORDS", a.words, "conditions, all of which must hold (none: every message)");
        s.add_flag("--count", a.count, "print only how many");
        s.add_flag("--set", a.as_set, "print one set such as 1:5,9 that other commands take");
      });
  b.command<fetch_args>(
      "fetch", "show or save messages; never changes anything on the server",
      "  imapxx fetch imaps://ann@mail.example.org/INBOX 1:5\n"
      "  imapxx fetch -o mail/ imaps://ann@mail.example.org/INBOX\n"
      "  imapxx fetch --attachments -o files/ imaps://ann@mail.example.org/INBOX 1:5\n"
      "  imapxx fetch --raw imaps://ann@mail.example.org/INBOX 42 > 42.eml\n"
      "  imapxx fetch --items 'FLAGS ENVELOPE' --json imaps://ann@mail.example.org/INBOX '*'\n",
      [](CLI::App& s, fetch_args& a) {
        numbers(s, a.numbers, false);
        auto* items =
            s.add_option("--items", a.items, "FETCH items instead, such as 'FLAGS BODY[HEADER]'")->type_name("ITEMS");
        auto* dir = s.add_option("-o,--output", a.directory, "save each message as UID.eml in this directory")
                        ->type_name("DIR");
        auto* raw =
            s.add_flag("--raw", a.raw, "the messages' octets on standard output")->excludes(items)->excludes(dir);
        s.add_flag("--text", a.text, "as a person reads it: fields, text, names of attachments (the default)")
            ->excludes(items)
            ->excludes(dir)
            ->excludes(raw);
        s.add_flag("--attachments", a.attachments, "with -o: save the attachments instead of the messages")->needs(dir);
        s.add_flag("--force", a.force, "with -o: replace files that exist")->needs(dir);
        s.add_flag("--sync", a.sync, "with -o: force each file to the disk before it gets its name")->needs(dir);
        dir->excludes(items);
      });
  b.command<idle_args>(
      "idle", "print changes of a mailbox as they happen, until interrupted",
      "  imapxx idle imaps://ann@mail.example.org/INBOX\n"
      "  imapxx idle --for 600 --json imaps://ann@mail.example.org/INBOX\n",
      [](CLI::App& s, idle_args& a) {
        s.add_option("--for", a.seconds, "end after so many seconds")->type_name("SECONDS")->check(CLI::PositiveNumber);
      });
}

void shell_command(builder& b) {
  b.command<shell_args>(
      "shell", "type IMAP commands and see what the server says; runs scripts, too",
      "  imapxx shell imaps://ann@mail.example.org\n"
      "  imapxx shell --exit-on-error imaps://ann@mail.example.org < commands.txt\n",
      [](CLI::App& s, shell_args& a) {
        constexpr double longest = 1740;  // servers may end a quiet session after 30 minutes
        s.add_option("--tag", a.tag, "how tags look: letters, and perhaps the first number (default A1)")
            ->type_name("TAG");
        s.add_option("--decode", a.decode, "show each response decoded, too: on (readable), json, or off")
            ->type_name("HOW")
            ->check(CLI::IsMember({"on", "readable", "json", "off"}));
        s.add_flag("-e,--exit-on-error", a.exit_on_error, "in a script: end at the first NO, BAD or wrong line");
        s.add_option("--keep-alive", a.keep_alive,
                     "NOOP after so many quiet seconds, at most 1740 (default 540; 0: never)")
            ->type_name("SECONDS")
            ->check(CLI::Range(0.0, longest));
        s.add_option("--history", a.history, "file that keeps what was typed, without credentials")->type_name("FILE");
      });
}

void writing_commands(builder& b) {
  b.command<append_args>(
      "append", "add messages to a mailbox, from files or standard input",
      "  imapxx append imaps://ann@mail.example.org/Archive letter.eml --flags seen\n"
      "  imapxx append imaps://ann@mail.example.org/Drafts --flags draft < letter.eml\n",
      [](CLI::App& s, append_args& a) {
        s.add_option("FILE", a.files, "message files; - or none: standard input");
        s.add_option("--flags", a.flags, "flags of the new messages, such as seen,flagged,$Work")
            ->type_name("FLAGS")
            ->allow_extra_args(false)
            ->delimiter(',');
        s.add_option("--date", a.date, "internal date: 2026-02-01 or '1-Feb-2026 12:00:00 +0100'")->type_name("DATE");
        s.add_flag("--keep-line-ends", a.keep_line_ends, "send LF as it is, instead of as CRLF");
      });
  b.command<store_args>(
      "store", "change the flags of messages",
      "  imapxx store imaps://ann@mail.example.org/INBOX 1:5 +seen -flagged\n"
      "  imapxx store imaps://ann@mail.example.org/INBOX 7 '=\\Answered,$Work'\n",
      [](CLI::App& s, store_args& a) {
        numbers(s, a.numbers, true);
        s.add_option("CHANGE", a.changes, "+FLAG adds, -FLAG removes, =FLAG,FLAG replaces all")->required();
      });
  const auto copying = [](bool move) {
    return [move](CLI::App& s, copy_args& a) {
      a.move = move;
      numbers(s, a.numbers, true);
      s.add_option("DESTINATION", a.destination, "name of a mailbox on the same server")->required();
    };
  };
  b.command<copy_args>("cp", "copy messages to another mailbox",
                       "  imapxx cp imaps://ann@mail.example.org/INBOX 1:5 Archive\n", copying(false));
  b.command<copy_args>("mv", "move messages to another mailbox; never loses one",
                       "  imapxx mv imaps://ann@mail.example.org/INBOX 1:5 Archive\n"
                       "  imapxx mv --dry-run imaps://ann@mail.example.org/INBOX 1:5 Archive\n",
                       copying(true));
  b.command<expunge_args>(
      "expunge", "remove messages that are marked \\Deleted",
      "  imapxx expunge imaps://ann@mail.example.org/INBOX 17,19\n"
      "  imapxx expunge --all imaps://ann@mail.example.org/INBOX\n",
      [](CLI::App& s, expunge_args& a) {
        auto* n = s.add_option("UIDS", a.numbers, "only these, if they are marked");
        s.add_flag("--all", a.all, "all marked messages, also those another client marked")->excludes(n);
      });
}

void mailbox_commands(builder& b) {
  b.command<mkdir_args>("mkdir", "make mailboxes",
                        "  imapxx mkdir imaps://ann@mail.example.org/Archive/2026\n"
                        "  imapxx mkdir imaps://ann@mail.example.org Work Private\n",
                        [](CLI::App& s, mkdir_args& a) { s.add_option("MAILBOX", a.mailboxes, "names"); });
  b.command<rmdir_args>("rmdir", "remove mailboxes; refuses those with messages unless --force is given",
                        "  imapxx rmdir imaps://ann@mail.example.org/Archive/2026\n", [](CLI::App& s, rmdir_args& a) {
                          s.add_option("MAILBOX", a.mailboxes, "names");
                          s.add_flag("--force", a.force, "remove the messages as well");
                        });
  b.command<rename_args>("rename", "give a mailbox another name",
                         "  imapxx rename imaps://ann@mail.example.org/Old New\n",
                         [](CLI::App& s, rename_args& a) { s.add_option("NEW", a.to, "the new name")->required(); });
  const auto names = [](CLI::App& s, subscribe_args& a) { s.add_option("MAILBOX", a.mailboxes, "names"); };
  b.command<subscribe_args>("subscribe", "add names to the subscribed ones; --off takes them away",
                            "  imapxx subscribe imaps://ann@mail.example.org/Lists/dev\n"
                            "  imapxx subscribe --off imaps://ann@mail.example.org/Lists/dev\n",
                            [names](CLI::App& s, subscribe_args& a) {
                              names(s, a);
                              s.add_flag("--off", a.off, "unsubscribe");
                            });
  b.command<subscribe_args>("unsubscribe", "take names from the subscribed ones",
                            "  imapxx unsubscribe imaps://ann@mail.example.org/Lists/dev\n",
                            [names](CLI::App& s, subscribe_args& a) {
                              names(s, a);
                              a.off = true;
                            });
}

void local_commands(builder& b) {
  b.command<serve_args>(
      "serve", "run the embedded IMAP server: for tests and demos, not a mail host",
      "  imapxx serve --tls --port 9930 --user ann:secret --maildir ~/Maildir\n"
      "  imapxx serve --eml samples/ --mbox archive.mbox\n",
      [](CLI::App& s, serve_args& a) {
        s.add_option("--port", a.port, "0, the default, takes a free one")->type_name("PORT");
        s.add_option("--address", a.address, "address to listen on (default 127.0.0.1)")->type_name("IP");
        auto* tls = s.add_flag("--tls", a.tls, "TLS from the first octet, with a certificate made at the start");
        s.add_option("--user", a.users, "an account; may be repeated (default demo:demo)")
            ->type_name("NAME:PASSWORD")
            ->expected(1)
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        s.add_option("--eml", a.eml, "a .eml file or a directory of them, into INBOX")
            ->type_name("PATH")
            ->expected(1)
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        s.add_option("--maildir", a.maildir, "a Maildir with its folders")
            ->type_name("DIR")
            ->expected(1)
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        s.add_option("--mbox", a.mbox, "an mbox file, into INBOX")
            ->type_name("FILE")
            ->expected(1)
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        s.add_option("--ca-out", a.ca_out, "where to write the certificate authority (default: a temporary file)")
            ->type_name("FILE");
        s.add_flag("--starttls", a.starttls, "offer STARTTLS")->excludes(tls);
      },
      false);
  b.command<demo_args>("demo", "show a whole IMAP session with the embedded server, or with the server of $IMAP_URL",
                       "  imapxx demo\n  IMAP_URL=imaps://ann@mail.example.org/INBOX imapxx demo\n", {}, false);
  b.command<decode_args>(
      "decode", "read raw server octets on standard input, write one JSON object a response",
      "  printf '* 3 EXISTS\\r\\n' | imapxx decode\n",
      [](CLI::App& s, decode_args& a) {
        s.add_flag("--utf8", a.utf8, "mailbox names are UTF-8 (UTF8=ACCEPT or IMAP4rev2 enabled)");
      },
      false);
  const char* trace_help = "a file that --trace wrote; - or none: standard input";
  b.command<anonymise_args>(
      "anonymise", "take every word of content out of a trace, and keep its grammar and lengths",
      "  imapxx anonymise session.trace > report.trace\n",
      [trace_help](CLI::App& s, anonymise_args& a) { s.add_option("FILE", a.file, trace_help); }, false);
  b.command<replay_args>(
      "replay", "play a trace's server to the client, offline, and say what it makes of it",
      "  imapxx replay report.trace\n  imapxx replay --json report.trace\n",
      [trace_help](CLI::App& s, replay_args& a) {
        s.add_option("FILE", a.file, trace_help);
        s.add_flag("--as-recorded", a.as_recorded, "a command that imapxx would write otherwise is no difference");
      },
      false);
}

void reveal_all(command_args& command) {
  if (auto* s = std::get_if<search_args>(&command)) reveal(s->words);
  if (auto* s = std::get_if<store_args>(&command)) reveal(s->changes);
}

}  // namespace

parsed parse_arguments(const std::vector<std::string>& words) {
  parsed result;
  CLI::App app("IMAP from the command line: list, search, read, save and file mail.", "imapxx");
  app.set_version_flag("--version", std::string("imapxx ") + version_string());
  app.require_subcommand(1);
  app.footer(footer);
  app.get_formatter()->column_width(28);
  add_common(app, result.args.common);
  builder b(app, result.args);
  reading_commands(b);
  shell_command(b);
  writing_commands(b);
  mailbox_commands(b);
  local_commands(b);
  // CLI11 takes them from the back.
  auto hidden_words = hide_negations(words);
  std::vector<std::string> reversed(hidden_words.rbegin(), hidden_words.rend());
  try {
    app.parse(reversed);
    reveal_all(result.args.command);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out, err;
    const int code = app.exit(e, out, err);
    result.done = code == 0 ? 0 : 2;
    result.text = code == 0 ? out.str() : err.str();
  }
  return result;
}

}  // namespace imapxx::cli
