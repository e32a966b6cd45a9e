/// \file
/// One value of a response, as the library understands it.
#pragma once

#include <imapxx/model/fetch_data.hpp>
#include <imapxx/response.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace imapxx::test {

/// Lists and sets of two at most.
inline parse_options small_limits() {
  parse_options o;
  o.list_elements = 2;
  o.set_ranges = 2;
  return o;
}

/// How often a quirk was tolerated in this thread since `reset_leniency`.
inline std::uint64_t counted(std::string_view quirk) {
  for (const auto& c : leniency()) {
    if (c.quirk == quirk) return c.count;
  }
  return 0;
}

/// The code within the brackets of an untagged OK; its text must be left as it is.
inline response_code code_of(const std::string& inside, const parse_options& options = {}) {
  const auto text = "* OK [" + inside + "] text";
  const auto r = parse_response(text, options);
  const auto* s = std::get_if<status_response>(&r);
  EXPECT_NE(s, nullptr) << text;
  if (s == nullptr) return {};
  EXPECT_EQ(s->text, "text") << text;
  return s->code;
}

inline mailbox_status status_of(const std::string& list, const parse_options& options = {}) {
  const auto text = "* STATUS a " + list;
  const auto r = parse_response(text, options);
  const auto* s = std::get_if<status_data>(&r);
  EXPECT_NE(s, nullptr) << text;
  return s != nullptr ? s->status : mailbox_status();
}

/// A FETCH row of these items, between others that must be understood all the same.
inline fetch_data data_of(const std::string& items) {
  const auto text = "* 1 FETCH (UID 9 " + items + " X-GM-THRID 3)";
  const auto r = parse_response(text);
  const auto* f = std::get_if<fetch_response>(&r);
  EXPECT_NE(f, nullptr) << text;
  if (f == nullptr) return {};
  auto d = f->row.to_data();
  EXPECT_EQ(d.uid, 9U) << text;
  EXPECT_EQ(d.gm_thrid, 3U) << text;
  return d;
}

}  // namespace imapxx::test
