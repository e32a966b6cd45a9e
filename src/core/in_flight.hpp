/// \file
/// The commands between `submit` and their tagged response.
#pragma once

#include <imapxx/session.hpp>

#include "base/fifo.hpp"
#include "core/pipeline_rules.hpp"
#include "core/secret_echo.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::inline v0::core {

/// Where a command stands. A command goes through these in order; `parked` ones wait for the server's `+` in the middle
/// of being written.
enum class command_stage : std::uint8_t {
  waiting,  ///< submitted, nothing has left; may be dropped without a trace
  writing,  ///< its octets are being moved to the output
  parked,   ///< a synchronizing literal: the next octet leaves after `+`
  written   ///< all of it is in the output; the tagged response is awaited
};

/// One command in flight, with everything that is known of it.
struct in_flight_command {
  in_flight_command(command_id command_number, std::unique_ptr<command> c, bool stream)
      : id(command_number), cmd(std::move(c)), traits(&cmd->traits()), scope(cmd->scope()), streaming(stream) {}

  command_id id;
  std::unique_ptr<command> cmd;
  const command_traits* traits;
  command_scope scope;
  bool streaming;
  bool ahead = false;  ///< need not wait for the log-in or SELECT in front of it (`session_gate::submit_ahead`)
  bool abandoned = false;
  bool idling = false;           ///< IDLE: the server said `+`
  bool end_idle_wanted = false;  ///< IDLE: DONE is to be sent as soon as it may
  bool done_sent = false;
  bool continued = false;  ///< the server's last `+` was answered
  command_stage stage = command_stage::waiting;
  std::string tag;  ///< of the last line that was begun
  /// Lines before that, of a command that was divided, while they are not answered: their tags, and where they end in
  /// the output stream.
  std::vector<std::pair<std::string, std::uint64_t>> earlier_lines;
  std::size_t part = 0, parts = 1;
  bool last_line_answered = false;
  std::unique_ptr<wire::encoder> encoded;  ///< until all of it is written
  std::size_t segment = 0;                 ///< the next one to write
  std::uint64_t source_octets = 0;         ///< written of the present source segment
  std::uint64_t stream_end = 0;            ///< position in the output stream behind its last octet, once `written`
  std::uint64_t drained_octets = 0;        ///< received for nobody since it was abandoned
  std::unique_ptr<status_response> early;  ///< NO or BAD that came before all of it was written
  secret_echo echo;                        ///< what must not be repeated in traces and errors
  error failure;                           ///< of a sink: reported at the tagged response instead of its OK

  [[nodiscard]] planned plan() const noexcept { return {*traits, scope}; }
  [[nodiscard]] bool outstanding() const noexcept { return stage != command_stage::waiting; }
  [[nodiscard]] bool answered_by(answer a) const noexcept { return outstanding() && (traits->answers & a); }
};

using in_flight_list = base::fifo<std::unique_ptr<in_flight_command>>;

}  // namespace imapxx::inline v0::core
