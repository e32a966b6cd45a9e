#pragma once

#include <imapxx/testserver/faults.hpp>

#include "transport.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace imapxx::testserver::detail {

/// Carries out the faults of one connection on what is written.
class fault_filter {
 public:
  explicit fault_filter(faults plan) : plan_(std::move(plan)), used_(plan_.rules().size()) {}

  const faults& plan() const { return plan_; }

  enum class result { sent, cut, stalled };

  /// Rewrites whole responses: literal sizes and replacements.
  std::string rewrite(std::string_view data) const;
  /// Writes in pieces; `sent` hears of each piece just before it leaves, so that a client that has an answer finds it
  /// in the log.
  result write(transport& to, std::string_view data, const std::function<void(std::string_view)>& sent);

  /// First rule for this command that applies now, or nullptr.
  const command_rule* match(const std::string& command);

 private:
  struct use {
    unsigned seen = 0;
    unsigned applied = 0;
  };
  faults plan_;
  std::vector<use> used_;
  std::uint64_t total_ = 0;
};

}  // namespace imapxx::testserver::detail
