/// \file
/// A framer as a driver uses it, and what comes out of it, as text.
#pragma once

#include "wire/framer.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::wire_test {

using wire::frame;
using wire::frame_kind;
using wire::framer;
using wire::literal_mode;

using frames = std::vector<std::string>;
using policy = std::function<literal_mode(const frame&)>;

inline literal_mode collect_all(const frame& /*begin*/) { return literal_mode::collect; }
inline literal_mode stream_all(const frame& /*begin*/) { return literal_mode::stream; }

// Feeds a framer as a driver does and writes down what comes out: "R text", "B size" ("B8" for literal8), "L octets"
// (pieces joined), "E",
// "! errc limit".
class feeder {
 public:
  feeder(const limits& l, policy decide) : framer_(l), decide_(std::move(decide)) {}

  void feed(std::string_view bytes) {
    // A new block each time, as after growing: a view that is kept too long is found by the address sanitizer.
    pending_ = std::string(pending_).append(bytes);
    while (step()) {
    }
  }
  [[nodiscard]] const frames& seen() const { return seen_; }
  [[nodiscard]] bool idle() const { return framer_.idle(); }
  [[nodiscard]] std::size_t held() const { return pending_.size(); }

 private:
  bool step() {
    const frame f = framer_.next(pending_);
    EXPECT_LE(f.consumed, pending_.size());
    switch (f.kind) {
      case frame_kind::incomplete:
        EXPECT_GE(f.wanted, 1U);
        pending_.erase(0, f.consumed);
        return false;
      case frame_kind::invalid:
        note("! " + std::string(to_string(framer_.failure().code())) + " " +
             std::string(framer_.failure().limit_name()));
        return false;
      case frame_kind::response: note("R " + std::string(f.text)); break;
      case frame_kind::literal_begin:
        seen_.push_back((f.literal8 ? "B8 " : "B ") + std::to_string(f.literal_size) + " after " + std::string(f.text));
        framer_.decide(decide_(f));
        break;
      case frame_kind::literal_bytes:
        EXPECT_FALSE(f.text.empty());
        if (seen_.back().starts_with("L ")) {
          seen_.back() += f.text;
        } else {
          seen_.push_back("L " + std::string(f.text));
        }
        break;
      case frame_kind::literal_end:
        EXPECT_TRUE(f.text.empty());
        seen_.emplace_back("E");
        break;
    }
    pending_.erase(0, f.consumed);
    return true;
  }
  void note(std::string text) {
    if (!text.starts_with('!') || seen_.empty() || seen_.back() != text) seen_.push_back(std::move(text));
  }

  framer framer_;
  policy decide_;
  std::string pending_;
  frames seen_;
};

inline frames cut_whole(std::string_view input, const policy& decide = collect_all, const limits& l = {}) {
  feeder f(l, decide);
  f.feed(input);
  return f.seen();
}

// Whole, byte by byte, and at every split point.
inline void expect_frames(std::string_view input, const frames& expected, const policy& decide = collect_all,
                          const limits& l = {}) {
  EXPECT_EQ(cut_whole(input, decide, l), expected) << "whole";
  feeder bytes(l, decide);
  for (char c : input) bytes.feed({&c, 1});
  EXPECT_EQ(bytes.seen(), expected) << "byte by byte";
  for (std::size_t at = 1; at < input.size(); ++at) {
    feeder two(l, decide);
    two.feed(input.substr(0, at));
    two.feed(input.substr(at));
    ASSERT_EQ(two.seen(), expected) << "split at " << at;
  }
}

}  // namespace imapxx::wire_test
