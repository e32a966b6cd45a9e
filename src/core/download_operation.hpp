/// \file
/// A download: one literal, or a window of pipelined partial FETCHes (RFC 9051 section 6.4.5), continued where an
/// earlier one stopped.
#pragma once

#include <imapxx/download.hpp>

#include "core/download_file.hpp"
#include "core/download_transfer.hpp"
#include "core/operation.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imapxx::inline v0::core {

/// How many octets are to be on the way, and in what pieces. Pure arithmetic on what was measured.
class download_window {
 public:
  // A round trip below this counts as short: one literal loses nothing that a person would notice.
  static constexpr std::chrono::microseconds short_round_trip{20'000};
  // What the first window assumes of a link nothing is known of: 2 Gbit/s. Too much costs nothing but a longer answer
  // to drain when the caller gives up; too little costs round trips.
  static constexpr std::uint64_t assumed_octets_per_second = std::uint64_t{256} << 20U;
  static constexpr std::uint64_t least = std::uint64_t{256} << 10U;
  static constexpr std::uint64_t most = std::uint64_t{64} << 20U;
  static constexpr std::uint64_t least_piece = std::uint64_t{64} << 10U;
  // Pieces of one window: enough that there is always one on the way when the next is asked for.
  static constexpr std::uint64_t pieces = 8;

  /// \param fixed octets that the caller wants, 0 for none
  explicit download_window(std::uint64_t fixed = 0) : fixed_(fixed), octets_(fixed != 0 ? fixed : least) {}
  void round_trip(std::chrono::microseconds t);
  /// `octets` came within `t`.
  void rate(std::uint64_t octets, std::chrono::microseconds t);
  /// The server never sends more than this in one answer.
  void cap_piece(std::uint64_t octets) noexcept { cap_ = octets; }
  [[nodiscard]] std::uint64_t octets() const noexcept;
  [[nodiscard]] std::uint64_t piece() const noexcept;

 private:
  std::uint64_t fixed_;
  std::uint64_t octets_;
  std::uint64_t cap_ = most;
  std::chrono::microseconds round_trip_{0};
};

class download_operation final : public operation {
 public:
  explicit download_operation(download what);
  ~download_operation() override;
  void start(operation_host& host, time_point now) override;
  bool on_completed(operation_host& host, session_event& e) override;
  void give_up(operation_host& host) noexcept override;
  [[nodiscard]] std::vector<std::string> plan(const session_info& info) const override;
  [[nodiscard]] download_result take_result() { return result_; }

 private:
  [[nodiscard]] result<void> check();
  result<void> open_target(const operation_host& host);
  result<void> deliver(std::string_view octets);
  [[nodiscard]] body_info about() const;
  [[nodiscard]] bool wants_windows(operation_host& host) const;

  void ask_whole(operation_host& host);
  void ask_pieces(operation_host& host);
  [[nodiscard]] std::uint64_t next_count() const;
  bool submit(operation_host& host, std::optional<download_piece> piece, bool with_size);
  void learn(operation_host& host, const download_fetch& done);
  void measure(operation_host& host);
  void go_on(operation_host& host);
  void finish_or_fail();
  void fail(operation_host& host, const error& why);

  download what_;
  section body_;
  std::shared_ptr<download_transfer> transfer_;
  std::optional<download_file> file_;
  download_window window_;
  download_result result_;
  std::map<command_id, download_piece> outstanding_;
  std::uint64_t on_the_way_ = 0;  ///< octets asked for and not answered yet
  std::uint64_t planned_ = 0;     ///< octets asked for so far, from the start of the body
  std::uint64_t at_flight_ = 0;   ///< delivered when the present pieces were begun
  time_point asked_at_, first_at_;
  error trouble_;  ///< the first refusal
  bool windows_ = false;
  bool tried_whole_ = false;
  bool began_ = false;
  bool found_ = false;
  bool saw_nil_ = false;
  bool size_asked_ = false;
  bool size_known_ = false;
  bool gap_ = false;           ///< an answer did not bring all that was asked for
  bool to_be_probed_ = false;  ///< whether the server knows partial FETCH is not known yet
};

}  // namespace imapxx::inline v0::core
