#pragma once

#include <imapxx/testserver/export.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace imapxx::testserver {

/// What happens when a command arrives; made by `when`.
class IMAPXX_TESTSERVER_API command_rule {
 public:
  enum class action { before, instead, after, drop, stall };

  /// `command` as it is sent: "FETCH", "UID FETCH", "NOOP"; "*" is every command.
  explicit command_rule(std::string command);
  /// Raw octets ahead of the normal answer; "$tag" is replaced by the command's tag.
  command_rule& send_before(std::string raw);
  /// Raw octets in place of the answer; the command is not executed.
  command_rule& send_instead(std::string raw);
  /// Raw octets behind the tagged answer.
  command_rule& send_after(std::string raw);
  /// Closes the connection instead of answering.
  command_rule& drop();
  /// Never answers.
  command_rule& stall();
  /// How often the rule applies; always by default.
  command_rule& times(unsigned n);
  /// How many matching commands pass before it applies.
  command_rule& skip(unsigned n);

  const std::string& command() const { return command_; }
  action what() const { return action_; }
  const std::string& raw() const { return raw_; }
  unsigned limit() const { return limit_; }
  unsigned skipped() const { return skip_; }

 private:
  command_rule& set(action what, std::string raw);

  std::string command_;
  std::string raw_;
  action action_ = action::before;
  unsigned limit_ = std::numeric_limits<unsigned>::max();
  unsigned skip_ = 0;
};

/// `when("FETCH").send_instead("* BYE\r\n")`
inline command_rule when(std::string command) { return command_rule(std::move(command)); }

/// How a connection misbehaves. Offsets count the octets sent to the client, before encryption.
class IMAPXX_TESTSERVER_API faults {
 public:
  faults() = default;

  /// Waits before each write.
  faults& delay(std::chrono::milliseconds time);
  /// Writes at most `n` octets at once (each its own TCP segment or TLS record).
  faults& split(std::size_t n);
  /// Closes the connection when `n` octets were sent.
  faults& cut_after(std::uint64_t n);
  /// Sends nothing any more after `n` octets, but stays connected.
  faults& stall_after(std::uint64_t n);
  /// Closes the connection when the k-th command (1 is the first) has arrived, without an answer.
  faults& drop_at_command(unsigned k);
  /// Adds `difference` to the size each literal announces, but sends the octets as they are.
  faults& lie_about_literals(int difference);
  /// Replaces each occurrence of `from` in what is sent, within one write.
  faults& replace(std::string from, std::string to);
  /// These raw octets are the greeting.
  faults& greeting(std::string raw);
  /// Plain octets sent in one write with the OK of STARTTLS (response injection).
  faults& after_starttls(std::string raw);
  faults& add(command_rule rule);

  std::chrono::milliseconds delay() const { return delay_; }
  std::size_t split() const { return split_; }
  std::uint64_t cut_after() const { return cut_after_; }
  std::uint64_t stall_after() const { return stall_after_; }
  unsigned drop_at_command() const { return drop_at_; }
  int literal_difference() const { return literal_difference_; }
  const std::vector<std::pair<std::string, std::string>>& replacements() const { return replacements_; }
  const std::string& greeting() const { return greeting_; }
  bool has_greeting() const { return has_greeting_; }
  const std::string& after_starttls() const { return after_starttls_; }
  const std::vector<command_rule>& rules() const { return rules_; }

  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

 private:
  std::chrono::milliseconds delay_{0};
  std::size_t split_ = 0;
  std::uint64_t cut_after_ = never;
  std::uint64_t stall_after_ = never;
  unsigned drop_at_ = 0;
  int literal_difference_ = 0;
  std::vector<std::pair<std::string, std::string>> replacements_;
  std::string greeting_;
  bool has_greeting_ = false;
  std::string after_starttls_;
  std::vector<command_rule> rules_;
};

}  // namespace imapxx::testserver
