/// \file
/// Protection that protects nothing, and takes and gives as little as it likes.
#pragma once

#include "filter/filter.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace imapxx::core {

using filter::stream_filter;

inline constexpr std::string_view hello = "SERVER-HELLO;";
inline constexpr char end_mark = '\x04';
inline constexpr char broken_mark = '\x15';

/// Plain text behind a handshake: `hello` is awaited, and answered with octets of its own. One octet stands for the
/// proper end, one for damage.
class odd_filter final : public stream_filter {
 public:
  explicit odd_filter(std::size_t most_held, std::size_t most_waiting = 64)
      : most_held_(most_held), most_waiting_(most_waiting) {}

  status handshake() override {
    if (!std::exchange(greeted_, true)) output_ += "CLIENT-HELLO;";
    const auto n = std::min(held_.size(), hello.size() - heard_);
    if (std::string_view(held_).substr(0, n) != hello.substr(heard_, n)) {
      failure_ = error(errc::tls_handshake, "not a hello");
      return status::failed;
    }
    heard_ += n;
    held_.erase(0, n);
    return heard_ == hello.size() ? status::ok : status::want_input;
  }
  std::size_t put_network(std::string_view bytes) override {
    const auto n = std::min(bytes.size(), most_held_ - held_.size());
    held_ += bytes.substr(0, n);
    return n;
  }
  void network_closed() override { ended_ = true; }
  [[nodiscard]] std::string_view network_output() const override { return output_; }
  void network_sent(std::size_t n) override { output_.erase(0, n); }
  status read(std::span<char> out, std::size_t& n) override {
    n = std::min({out.size(), held_.size(), held_.find_first_of(std::string{end_mark, broken_mark})});
    std::copy_n(held_.begin(), n, out.begin());
    if (n == 0 && !held_.empty()) {
      failure_ = error(errc::closed, "damaged");
      return held_.front() == end_mark ? status::closed : status::failed;
    }
    held_.erase(0, n);
    if (n != 0) return status::ok;
    failure_ = error(errc::closed, "cut off");
    return ended_ ? status::failed : status::want_input;
  }
  std::size_t write(std::string_view plain) override {
    const auto n = std::min(plain.size(), most_waiting_ - std::min(most_waiting_, output_.size()));
    output_ += plain.substr(0, n);
    return n;
  }
  void shutdown() override { output_ += end_mark; }
  [[nodiscard]] const error& failure() const override { return failure_; }
  [[nodiscard]] filter::protection info() const override {
    filter::protection p;
    p.tls = heard_ == hello.size();
    p.tls_exporter = "exporter";
    p.tls_unique = "unique";
    return p;
  }

 private:
  std::size_t most_held_, most_waiting_;
  std::string held_, output_;
  std::size_t heard_ = 0;
  bool greeted_ = false, ended_ = false;
  error failure_;
};

}  // namespace imapxx::core
