/// \file
/// A server made of rules, for downloads: what RFC 9051 section 6.4.5 says, and what servers do instead.
#pragma once

#include "core/download_operation.hpp"
#include "unit/core/session_harness.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::core {

/// Octets that look like nothing.
inline std::string body_of(std::size_t octets) {
  std::string body(octets, ' ');
  std::uint32_t state = 12345;
  for (auto& c : body) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>('!' + (state >> 24U) % 90U);
  }
  return body;
}

/// One FETCH of a download as it was sent.
struct asked {
  std::string tag;
  bool size = false;
  bool body = false;
  std::string item;
  std::optional<std::uint64_t> origin;
  std::uint64_t count = 0;
};

inline std::uint64_t number_at(std::string_view text) {
  std::uint64_t n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

inline asked understand(const std::string& line) {
  asked a;
  a.tag = line.substr(0, line.find(' '));
  EXPECT_EQ(line.substr(a.tag.size(), 14), " UID FETCH 5 (");
  a.size = line.find("RFC822.SIZE") != std::string::npos;
  const auto item = line.find(".PEEK[");
  a.body = item != std::string::npos;
  if (!a.body) return a;
  a.item = line.substr(line.rfind(' ') + 1);
  a.item.pop_back();
  if (const auto open = a.item.find('<'); open != std::string::npos) {
    a.origin = number_at(std::string_view(a.item).substr(open + 1));
    a.count = number_at(std::string_view(a.item).substr(a.item.find('.', open) + 1));
    a.item.resize(open);
  }
  a.item.erase(a.item.find(".PEEK"), 5);
  return a;
}

/// How the server answers; by default as the RFC says.
struct server_rules {
  std::optional<std::uint64_t> size;                   ///< RFC822.SIZE, when it is a lie
  bool ignores_partial = false;                        ///< sends everything, without origin
  bool echoes_length = false;                          ///< BODY[]<0.1024>
  bool no_origin_for_zero = false;                     ///< BODY[] {1024} for <0.1024>
  bool no_origin = false;                              ///< never says where a piece stands
  std::uint64_t cap = UINT64_MAX;                      ///< sends no more at once
  bool refuses_partial = false;                        ///< BAD
  bool nothing_past_end = false;                       ///< OK without FETCH data
  bool ignores_count = false;                          ///< from the origin to the end
  bool uid_last = false;                               ///< UID behind the body
  bool gone = false;                                   ///< no such message
  std::string refusal;                                 ///< not empty: what every FETCH of a body is answered with
  std::function<std::string(const asked&)> otherwise;  ///< not empty: the untagged data
};

/// Session, server and clock.
class model final : public operation_host {
 public:
  explicit model(std::string b, server_rules r = {}, std::string_view capabilities = "IMAP4rev1 BINARY",
                 bool is_selected = true)
      : body(std::move(b)), rules(std::move(r)) {
    if (is_selected) {
      t_.selected(10, capabilities);
    } else {
      t_.authenticated(capabilities);
    }
  }
  result<command_id> submit(std::unique_ptr<command> cmd) override { return t_.protocol.submit(std::move(cmd)); }
  void abandon(command_id id) noexcept override { t_.protocol.abandon(id); }
  void end_idle(command_id) override {}
  result<void> start_tls() override { return {}; }
  [[nodiscard]] time_point now() const override { return clock; }
  [[nodiscard]] const session& protocol() const override { return t_.protocol; }
  [[nodiscard]] sasl_context sasl() const override { return {}; }
  [[nodiscard]] bool tls() const override { return false; }

  /// Until the operation is over or `flights` were answered; all that is sent at once is one flight.
  void play(operation& op, int flights_at_most = 1000) {
    if (!started_) op.start(*this, clock);
    started_ = true;
    for (; !op.done() && flights_at_most > 0; --flights_at_most) {
      auto lines = flight();
      ASSERT_FALSE(lines.empty()) << "it waits for nothing";
      ++flights;
      clock += round_trip;
      for (const auto& line : lines) {
        const auto a = understand(line);
        commands.push_back(a);
        clock += std::chrono::microseconds(1);
        feed(op, answer(a) + a.tag + " " + outcome(a) + "\r\n");
      }
    }
  }

  /// The connection ends in the middle of what is under way.
  void hang_up(operation& op) {
    t_.protocol.input_closed(error());
    for (auto e = t_.protocol.next(); e.what != session_event::kind::closed; e = t_.protocol.next()) {
      ASSERT_NE(e.what, session_event::kind::none);
      if (e.what == session_event::kind::completed) (void)op.on_completed(*this, e);
    }
  }

  std::string body;
  server_rules rules;
  time_point clock{std::chrono::hours(1)};
  std::chrono::microseconds round_trip{std::chrono::milliseconds(50)};
  std::vector<asked> commands;
  int flights = 0;
  std::uint64_t sent = 0;  ///< octets of bodies

 private:
  std::vector<std::string> flight() {
    std::vector<std::string> lines;
    auto text = t_.output();
    for (std::size_t end = text.find("\r\n"); end != std::string::npos; end = text.find("\r\n")) {
      lines.push_back(text.substr(0, end));
      text.erase(0, end + 2);
    }
    EXPECT_EQ(text, "");
    return lines;
  }

  [[nodiscard]] std::string outcome(const asked& a) const {
    if (a.body && !rules.refusal.empty()) return rules.refusal;
    return rules.refuses_partial && a.origin ? "BAD no" : "OK done";
  }

  std::string answer(const asked& a) {
    if (rules.gone || (a.body && !rules.refusal.empty())) return {};
    if (rules.otherwise) {
      if (auto text = rules.otherwise(a); !text.empty()) return text;
    }
    std::string row = "* 2 FETCH (";
    if (!rules.uid_last) row += "UID 5";
    if (a.size) row += " RFC822.SIZE " + std::to_string(rules.size.value_or(body.size()));
    if (a.body) {
      if (rules.refuses_partial && a.origin) return {};
      const auto from = std::min<std::uint64_t>(a.origin.value_or(0), body.size());
      if (rules.nothing_past_end && a.origin && from == body.size()) return {};
      auto n = a.origin && !rules.ignores_count ? std::min(a.count, rules.cap) : UINT64_MAX;
      auto piece = rules.ignores_partial ? body : body.substr(from, n);
      row += (row.back() == '(' ? "" : " ") + a.item;
      const bool says_origin =
          a.origin && !rules.ignores_partial && !rules.no_origin && !(rules.no_origin_for_zero && *a.origin == 0);
      if (says_origin) {
        row += '<' + std::to_string(*a.origin);
        if (rules.echoes_length) row += '.' + std::to_string(a.count);
        row += '>';
      }
      row += " {" + std::to_string(piece.size()) + "}\r\n" + piece;
      sent += piece.size();
    }
    if (rules.uid_last) row += " UID 5";
    return row + ")\r\n";
  }

  void feed(operation& op, std::string_view bytes) {
    while (!bytes.empty()) {
      auto room = t_.protocol.input_buffer();
      const auto n = std::min(room.size(), bytes.size());
      std::copy_n(bytes.begin(), n, room.begin());
      t_.protocol.input_received(n);
      bytes.remove_prefix(n);
      for (auto e = t_.protocol.next(); e.what != session_event::kind::none; e = t_.protocol.next()) {
        if (e.what == session_event::kind::completed) (void)op.on_completed(*this, e);
        ASSERT_NE(e.what, session_event::kind::closed) << e.failure.what();
      }
    }
  }

  test::session_test t_;
  bool started_ = false;
};

/// A target that remembers.
struct collected {
  std::shared_ptr<body_sink> sink = sink_to([this](const body_info&, std::string_view octets) {
    text += octets;
    return text.size() <= stop_at;
  });
  std::string text;
  std::size_t stop_at = SIZE_MAX;
};

inline download to(const collected& c) { return download(5).to(c.sink); }
inline download in_windows(const collected& c) { return to(c).way(download_way::windows); }

}  // namespace imapxx::core
