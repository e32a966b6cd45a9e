/// \file
/// Commands whose shorter form some servers offer and do not know, and what says the same in plain IMAP4rev1
/// (docs/QUIRKS.md L-10, L-12, Q-05, Q-05a, P-16a).
#pragma once

#include <imapxx/commands/list.hpp>
#include <imapxx/commands/search.hpp>
#include <imapxx/commands/store.hpp>

#include "core/operation.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace imapxx::inline v0::core {

/// LIST with options; else LIST for each pattern, LSUB and STATUS.
class list_operation final : public operation {
 public:
  explicit list_operation(list cmd) : cmd_(std::move(cmd)) {}
  void start(operation_host& host, time_point now) override;
  [[nodiscard]] std::vector<std::string> plan(const session_info& info) const override;
  [[nodiscard]] std::vector<list_entry> take_result() { return std::move(found_); }

 private:
  [[nodiscard]] bool must_hold_inbox() const;
  void begin_plain(operation_host& host);
  void list_next(operation_host& host);
  void subscribed_next(operation_host& host);
  void select_found();
  void count_next(operation_host& host);

  list cmd_;
  std::vector<list_entry> found_;
  detail::list_collector collected_;
  std::unordered_map<std::string, std::size_t> by_name_;  // in `found_`
  std::size_t next_ = 0;
};

/// SEARCH RETURN; else SEARCH, and what RETURN would have said is worked out from the numbers. `Search` is `search` or
/// `uid_search`.
template <class Search>
class search_operation final : public operation {
 public:
  explicit search_operation(Search cmd) : cmd_(std::move(cmd)) {}
  void start(operation_host& host, time_point now) override;
  [[nodiscard]] std::vector<std::string> plan(const session_info& info) const override;
  [[nodiscard]] typename Search::result_type take_result() { return std::move(found_); }

 private:
  [[nodiscard]] bool complete();
  void work_out();
  void search_plainly(operation_host& host);

  Search cmd_;
  typename Search::result_type found_;
};
extern template class search_operation<search>;
extern template class search_operation<uid_search>;

/// STORE, without `.SILENT` where that is refused.
class store_operation final : public operation {
 public:
  explicit store_operation(store cmd) : cmd_(std::move(cmd)) {}
  void start(operation_host& host, time_point now) override;
  [[nodiscard]] std::vector<std::string> plan(const session_info& info) const override;
  [[nodiscard]] store_result take_result() { return std::move(result_); }

 private:
  store cmd_;
  store_result result_;
};

}  // namespace imapxx::inline v0::core
