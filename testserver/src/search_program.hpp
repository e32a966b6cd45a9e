#pragma once

#include "arguments.hpp"
#include "memory_store.hpp"
#include "session.hpp"

#include <string>
#include <vector>

namespace imapxx::testserver::detail {

/// One search key; the keys of a list are its children (RFC 3501, 6.4.4; RFC 9051, 6.4.4; RFC 5032; RFC 7162).
struct search_key {
  enum class kind {
    all_of,
    any_of,
    negated,
    everything,
    sequence,
    uid,
    flag_set,
    flag_unset,
    keyword,
    unkeyword,
    recent,
    not_recent,
    fresh,
    before,
    on,
    since,
    sent_before,
    sent_on,
    sent_since,
    larger,
    smaller,
    older,
    younger,
    body,
    text,
    header,
    header_key,  ///< FROM, SUBJECT …
    modseq
  };
  kind what = kind::everything;
  std::vector<search_key> children;
  number_ranges set;
  std::uint64_t number = 0;
  std::int64_t day = 0;
  std::string field;
  std::string value;  ///< in search form; of a keyword, as written
};

/// All keys up to the end of the command, as one all_of.
search_key read_search(session& s, arguments& args, const std::string& charset);

/// Does the message at `sequence` of the view match? Needs the store's lock.
bool matches(const search_key& key, const mailbox_view& view, std::uint32_t sequence, std::int64_t now);

bool uses_modseq(const search_key& key);

}  // namespace imapxx::testserver::detail
