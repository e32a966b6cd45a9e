#pragma once

#include <string_view>
#include <vector>

namespace imapxx::testserver::detail {

struct sample_message {
  std::string_view mailbox;
  std::string_view flags;
  std::string_view date;
  std::string_view text;
};

const std::vector<sample_message>& sample_messages();

}  // namespace imapxx::testserver::detail
