// The interactive console: typed commands in, the protocol out.
#pragma once

#include <imapxx/client.hpp>

#include "args.hpp"
#include "connection.hpp"
#include "exit_code.hpp"
#include "output.hpp"
#include "raw_command.hpp"
#include "shell_source.hpp"
#include "shell_words.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapxx::cli {

/// One session. All output goes through `show`, which knows of the row that is being edited.
class shell final : public observer, private raw_command::handler {
 public:
  shell(const common_args& common, const shell_args& args, output& out);
  ~shell() override;
  shell(const shell&) = delete;
  shell& operator=(const shell&) = delete;

  /// Connects, and obeys until the input or the session ends. \throws error, failure
  exit_code run();

 private:
  enum class view { off, readable, json };
  using clock = std::chrono::steady_clock;

  // --- observer: what goes over the wire
  void on_raw(std::string_view response) override;
  void on_trace(trace_direction d, std::string_view text) override;
  void on_unparsed(const unparsed_item& u) override;
  [[nodiscard]] bool wants_trace() const noexcept override { return true; }
  void received(std::string_view response);
  // --- raw_command::handler
  void written(std::string_view lines, bool waits) override;
  std::optional<secret> answer(std::string_view challenge) override;
  void listed(const list_entry& entry) override;

  // --- lines
  void connect();
  exit_code obey(const std::string& line);
  exit_code send(const std::string& line);
  [[nodiscard]] std::vector<raw_piece> collect(std::string line, const std::string& name);
  void ask_for_password(std::string& line);
  exit_code transact(const std::string& name, std::vector<raw_piece> pieces);
  exit_code idle(std::vector<raw_piece> pieces);
  void begin_idle();
  void end_idle();
  void quit();
  // --- directives
  exit_code direct(std::string_view line);
  void help(std::string_view about);
  void show_state();
  exit_code log_in();
  void wait_for_news(std::string_view seconds);
  static bool switched(std::string_view word, bool& which);

  // --- waiting
  void drive(const std::function<bool()>& done);
  void await_input(int fd);
  void keep_alive();
  [[nodiscard]] std::string prompt() const;

  // --- showing
  void show(std::string_view mark, std::string_view lines);
  void note(std::string_view text);
  void show_decoded(std::string_view response);

  const common_args& common_;
  const shell_args& args_;
  output& out_;
  imap_url url_;
  listener trace_;
  int wake_ = -1;
  std::unique_ptr<shell_source> source_;
  std::unique_ptr<client> client_;
  std::unique_ptr<class on_interrupt> interrupt_;
  std::optional<ticket<raw_command>> idle_;
  std::vector<raw_piece> idle_pieces_;
  completion_context words_;
  std::string mailbox_;
  view view_ = view::off;
  bool encode_answers_ = false;
  bool in_dialogue_ = false;
  bool own_line_ = false;          ///< the next sent trace line is a typed command's, which was shown already
  std::vector<std::string> held_;  ///< lines of a command that leave after the server's `+`
  bool go_ahead_ = false;
  std::string_view challenge_;  ///< between on_raw and on_trace
  status_kind last_status_ = status_kind::ok;
  std::uint64_t responses_ = 0;
  clock::time_point sent_at_;
  clock::time_point progress_at_;
};

}  // namespace imapxx::cli
