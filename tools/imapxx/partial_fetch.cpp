#include "partial_fetch.hpp"

#include "display.hpp"

#include <fmt/format.h>

#include <utility>

namespace imapxx::cli {

fetch_results partial_fetch::rows(const uid_set& uids, const fetch_items& items) {
  auto got = c_->fetch_messages(fetch(uids, items));
  for (const auto& one : got.refused) missing(one.uid, one.why);
  if (!got.not_asked.empty()) {
    any_missing_ = true;
    complain(fmt::format("messages {} were not asked for: the server refuses too many", got.not_asked.to_string()));
  }
  return std::move(got.messages);
}

void partial_fetch::missing(std::uint32_t uid, const error& why) {
  any_missing_ = true;
  complain(fmt::format("message {} could not be fetched: {}", uid, why.what()));
}

}  // namespace imapxx::cli
