/// \file
/// What both drivers do in the end-to-end benchmark: the same commands, and the same use of each row.
#pragma once

#include <imapxx/commands/fetch.hpp>
#include <imapxx/mime/transfer.hpp>
#include <imapxx/model/body_structure_view.hpp>
#include <imapxx/model/envelope_view.hpp>
#include <imapxx/options.hpp>
#include <imapxx/sink.hpp>

#include "measure.hpp"

#include <unistd.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

[[nodiscard]] inline imapxx::connect_options options_for(std::uint16_t port, const contender& who) {
  imapxx::connect_options options("127.0.0.1", who.tls ? imapxx::security::tls : imapxx::security::plain, port);
  options.tls(imapxx::tls_options().insecure_no_verification());
  return options;
}

[[nodiscard]] inline imapxx::fetch_items items_for(const question& q) {
  if (q.what == workload::flags) return imapxx::fetch_items().flags();
  if (q.what == workload::envelopes)
    return imapxx::fetch_items().envelope().bodystructure().internaldate().rfc822_size();
  return q.what == workload::base64 ? imapxx::fetch_items().body_peek("1") : imapxx::fetch_items().body_peek();
}

[[nodiscard]] inline imapxx::fetch fetch_for(const question& q) {
  return imapxx::fetch(imapxx::uid_set::all(), items_for(q));
}

/// Looks at texts, addresses and parts. \return 1 when all were there
[[nodiscard]] inline std::uint64_t use_views(const imapxx::fetch_row& row) {
  const auto envelope = imapxx::envelope_view::of(row);
  const auto structure = imapxx::body_structure_view::of(row);
  if (!envelope || !structure || !row.internaldate() || !row.rfc822_size()) return 0;
  std::size_t addresses = 0;
  for (const auto* list : {&envelope->from(), &envelope->to(), &envelope->cc()}) {
    for (const auto& one : *list) addresses += one.mailbox && one.host ? 1U : 0U;
  }
  std::uint64_t octets = 0;
  for (const auto& part : structure->children()) octets += part.octets();
  return envelope->subject() && envelope->message_id() && addresses == 4 && octets == 4164 ? 1U : 0U;
}

/// Looks at every value of a row. \return 1 when all were there
[[nodiscard]] inline std::uint64_t use(const question& q, const imapxx::fetch_row& row) {
  if (q.what == workload::envelopes) return use_views(row);
  const auto flags = row.flags_view();
  if (!row.uid() || !flags) return 0;
  std::uint64_t seen = 0;
  for (const auto flag : *flags) seen += flag == imapxx::flags::seen ? 1U : 0U;
  return seen;
}

/// Where bodies go, and how many octets came.
class target {
 public:
  explicit target(const contender& who) : fd_(open_target(who.to_file)) {}
  [[nodiscard]] std::shared_ptr<imapxx::body_sink> sink(const question& q) {
    if (fd_ < 0) {
      return imapxx::sink_to([this](const imapxx::body_info&, std::string_view octets) {
        octets_ += octets.size();
        return true;
      });
    }
    auto to_file = imapxx::sink_to_fd(fd_);
    return q.what == workload::base64 ? imapxx::mime::sink_decoding(to_file, "base64") : to_file;
  }
  [[nodiscard]] std::uint64_t octets() const {
    return fd_ < 0 ? octets_ : static_cast<std::uint64_t>(::lseek(fd_, 0, SEEK_CUR));
  }

 private:
  int fd_;
  std::uint64_t octets_ = 0;
};

inline void expect(std::uint64_t got, std::uint64_t expected) {
  if (got != expected)
    throw std::runtime_error("the library lost something: " + std::to_string(got) + " of " + std::to_string(expected));
}

}  // namespace bench
