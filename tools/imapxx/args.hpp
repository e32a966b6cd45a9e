// The command line as plain values. Only args.cpp knows the library that reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace imapxx::cli {

/// Options that every subcommand understands.
struct common_args {
  std::string url;
  std::string user;
  bool starttls = false;
  bool plain = false;
  bool insecure = false;
  std::string ca_file;
  std::string cert;
  std::string key;
  double timeout = 0;  ///< seconds; 0: the library's
  unsigned retry = 0;  ///< attempts after a lost connection
  std::string trace;
  std::string password_command;
  std::string password_file;
  std::string token_command;
  std::vector<std::string> mechanisms;
  bool json = false;
  bool by_sequence = false;
  bool dry_run = false;
  bool verbose = false;
};

struct caps_args {};
struct ls_args {
  std::vector<std::string> patterns;
  bool details = false, subscribed = false, tree = false, flat = false;
};
struct status_args {
  std::vector<std::string> mailboxes;
};
struct search_args {
  std::vector<std::string> words;
  bool count = false, as_set = false;
};
struct fetch_args {
  std::string numbers;
  std::string items;
  std::string directory;
  bool raw = false, force = false, text = false, attachments = false, sync = false;
};
struct append_args {
  std::vector<std::string> files;
  std::vector<std::string> flags;
  std::string date;
  bool keep_line_ends = false;
};
struct store_args {
  std::string numbers;
  std::vector<std::string> changes;
};
struct copy_args {
  std::string numbers;
  std::string destination;
  bool move = false;
};
struct expunge_args {
  std::string numbers;
  bool all = false;
};
struct mkdir_args {
  std::vector<std::string> mailboxes;
};
struct rmdir_args {
  std::vector<std::string> mailboxes;
  bool force = false;
};
struct rename_args {
  std::string to;
};
struct subscribe_args {
  std::vector<std::string> mailboxes;
  bool off = false;
};
struct idle_args {
  double seconds = 0;  ///< 0: until interrupted
};
struct shell_args {
  std::string tag = "A1";
  std::string decode = "off";
  std::string history;
  double keep_alive = 540;  ///< seconds; 0: never
  bool exit_on_error = false;
};
struct serve_args {
  std::uint16_t port = 0;
  std::string address;
  bool tls = false, starttls = false;
  std::vector<std::string> users;
  std::vector<std::string> eml, maildir, mbox;
  std::string ca_out;
};
struct demo_args {};
struct decode_args {
  bool utf8 = false;
};
struct anonymise_args {
  std::string file;  ///< "" or "-": standard input
};
struct replay_args {
  std::string file;
  bool as_recorded = false;
};

using command_args =
    std::variant<caps_args, ls_args, status_args, search_args, fetch_args, append_args, store_args, copy_args,
                 expunge_args, mkdir_args, rmdir_args, rename_args, subscribe_args, idle_args, shell_args, serve_args,
                 demo_args, decode_args, anonymise_args, replay_args>;

struct arguments {
  common_args common;
  command_args command;
};

/// Reads the command line. When it asked for help or the version, or is wrong, `done` holds the exit code, and `text`
/// what to print (on standard output when the code is 0).
struct parsed {
  std::optional<int> done;
  std::string text;
  arguments args;
};
[[nodiscard]] parsed parse_arguments(const std::vector<std::string>& words);

}  // namespace imapxx::cli
