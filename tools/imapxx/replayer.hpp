// Plays the server's part of a trace to a session, and compares what the session does with the client's part.
#pragma once

#include <imapxx/session.hpp>

#include "recorded_command.hpp"
#include "trace_file.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imapxx::cli {

/// Something about a line of the trace.
struct trace_remark {
  std::size_t line = 0;
  std::string what;
};

/// What came out.
struct replay_report {
  std::map<std::string, std::size_t> responses;  ///< by kind, in the words of `imapxx decode`
  std::vector<trace_remark> unparsed;            ///< responses, and items of responses
  std::vector<trace_remark> unknown;
  std::map<std::string, std::uint64_t> tolerated;  ///< by id of docs/QUIRKS.md
  std::size_t commands = 0, completed = 0, refused = 0;
  std::vector<trace_remark> differences;  ///< the client does not do what the trace says it did
  std::vector<trace_remark> failures;     ///< commands that failed although the server did not refuse them
  std::optional<trace_remark> ended;      ///< the client gave the connection up
};

/// One replay of one trace. Nothing is sent anywhere.
class replayer final : private observer {
 public:
  /// \param as_recorded do not compare how the library would write the commands
  replayer(const std::vector<trace_record>& records, bool as_recorded);
  [[nodiscard]] replay_report run();

 private:
  struct running {
    std::string recorded_tag, text;
    std::size_t line = 0;
    std::shared_ptr<recorded_command::findings> found;
    bool compared = false;
  };
  /// A line that the client has yet to send.
  struct expectation {
    std::string text;
    std::size_t line = 0;
  };

  [[nodiscard]] bool wants_trace() const noexcept override { return true; }
  void on_trace(trace_direction d, std::string_view text) override;

  void judge_responses();
  void judge(std::string_view text, std::size_t line);
  void client_line(std::size_t at);
  void server_line(const trace_record& r);
  void submit(const trace_record& r, std::size_t at);
  [[nodiscard]] std::deque<std::string> dialogue_after(std::size_t at) const;
  void feed(std::string_view octets);
  void settle();
  void collect();
  void completed(const session_event& e);
  void compare_sent(std::string_view text);
  void differ(std::size_t line, std::string what);
  [[nodiscard]] std::string with_own_tag(std::string_view text) const;

  const std::vector<trace_record>& records_;
  bool as_recorded_;
  replay_report report_;
  session session_;
  std::map<command_id, running> running_;
  std::map<std::string, std::string> own_tags_;  // by the trace's
  std::deque<expectation> expected_;
  std::size_t dialogue_lines_ = 0;  // of AUTHENTICATE, yet to come in the trace
  std::size_t line_ = 0;
};

}  // namespace imapxx::cli
