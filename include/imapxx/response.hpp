/// \file
/// Every server response as a typed value, and `response_reader`, which turns bytes into responses without a session.
#pragma once

#include <imapxx/error.hpp>
#include <imapxx/export.hpp>
#include <imapxx/limits.hpp>
#include <imapxx/model/capability.hpp>
#include <imapxx/model/extensions.hpp>
#include <imapxx/model/fetch_data.hpp>
#include <imapxx/model/mailbox.hpp>
#include <imapxx/model/response_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace imapxx::inline v0 {

enum class status_kind : std::uint8_t { ok, no, bad, bye, preauth };
[[nodiscard]] IMAPXX_API std::string_view to_string(status_kind k) noexcept;  ///< "OK" …

/// OK, NO, BAD, BYE, PREAUTH (RFC 9051 section 7.1). `tag` is empty for untagged ones.
struct status_response {
  status_kind kind = status_kind::ok;
  std::string tag;
  response_code code;
  std::string text;  ///< human-readable, untrusted
  bool tag_missing =
      false;  ///< the line began with a blank in place of the tag: perhaps the reply to the only command in flight
};
struct capability_response {
  capability_set capabilities;
};
struct enabled_response {
  capability_set capabilities;
};
struct list_response {
  list_entry entry;
  bool lsub = false;
  bool xlist = false;
};
struct namespace_response {
  namespaces value;
};
struct status_data {
  mailbox_status status;
};  ///< untagged STATUS
/// SEARCH: numbers as a set (their order has no meaning); whether they are UIDs only the command knows. `modseq` by RFC
/// 7162.
struct search_response {
  uid_set numbers;
  std::optional<std::uint64_t> modseq;
};
struct sort_response {
  std::vector<message_number> numbers;
  std::optional<std::uint64_t> modseq;
};
struct esearch_response {
  esearch value;
};
struct thread_response {
  std::vector<thread_node> threads;
};
struct flags_response {
  flag_list flags;
};
struct exists_response {
  std::uint32_t count = 0;
};
struct recent_response {
  std::uint32_t count = 0;
};
struct expunge_response {
  std::uint32_t seq = 0;
};
struct vanished_response {
  uid_set uids;
  bool earlier = false;
};
struct id_response {
  id_fields fields;
};
struct quota_response {
  quota value;
};
struct quota_root_response {
  quota_root value;
};
struct acl_response {
  acl value;
};
struct list_rights_response {
  list_rights value;
};
struct my_rights_response {
  my_rights value;
};
struct metadata_response {
  metadata value;
};
struct annotation_response {
  annotation value;
};
/// FETCH (or UIDFETCH): the cut row, a view like everything in it. `row.to_data()` makes an owning value.
struct fetch_response {
  fetch_row row;
};
/// `+`: challenge or go-ahead (RFC 9051 section 7.6).
struct continuation_response {
  response_code code;
  std::string text;
};
/// Well-formed, but no response that this version knows. `text` is all behind the name.
struct unknown_response {
  std::string name;
  std::optional<std::uint64_t> number;
  std::string text;
};
/// Malformed: delivered with its bytes and the reason, and never a reason to end the connection.
struct unparsed_response {
  unparsed_item item;
};

/// One response of the server. All alternatives own their data except `fetch_response` (see `fetch_row`).
using response =
    std::variant<status_response, capability_response, enabled_response, list_response, namespace_response, status_data,
                 search_response, sort_response, esearch_response, thread_response, flags_response, exists_response,
                 recent_response, expunge_response, vanished_response, id_response, quota_response, quota_root_response,
                 acl_response, list_rights_response, my_rights_response, metadata_response, annotation_response,
                 fetch_response, continuation_response, unknown_response, unparsed_response>;

/// What must be known to read a response rightly.
class parse_options {
 public:
  parse_options() = default;
  bool utf8 = false;         ///< UTF8=ACCEPT or IMAP4rev2 enabled: mailbox names are UTF-8
  std::size_t nesting = 64;  ///< limits::nesting
  std::size_t set_ranges = 1'000'000;
  std::size_t list_elements = 10'000;
};

/// Parses one framed response (without its final CRLF, literals inline as `{n}` CRLF octets). Never fails: see
/// `unknown_response`, `unparsed_response`. The `fetch_row` inside points into `text`. Each leniency that was needed is
/// counted in `leniency()` of this thread.
[[nodiscard]] IMAPXX_API response parse_response(std::string_view text, const parse_options& options = {});

/// What `response_reader::next` found.
enum class read_status : std::uint8_t {
  complete,    ///< a response was read
  incomplete,  ///< more bytes are needed
  invalid      ///< framing is lost: `failure()`; nothing more can be read
};

/// Bytes in, responses out, without a session and without I/O. Literals are collected, up to
/// `limits::body_in_memory_octets`. Not thread-safe.
class IMAPXX_API response_reader {
 public:
  explicit response_reader(const limits& l = {}, const parse_options& options = {});
  ~response_reader();
  response_reader(response_reader&&) noexcept;
  response_reader& operator=(response_reader&&) noexcept;

  /// Adds bytes as they come from the network, cut anywhere.
  void feed(std::string_view bytes);
  /// The next response. Views in it live until the next call of `next` or `feed`.
  [[nodiscard]] read_status next(response& out);
  /// The exact octets of the response that `next` returned last, without the final CRLF.
  [[nodiscard]] std::string_view raw() const noexcept;
  [[nodiscard]] const error& failure() const noexcept;
  /// Whether the input may end here: nothing of a response is pending.
  [[nodiscard]] bool at_boundary() const noexcept;

 private:
  struct IMAPXX_LOCAL impl;
  std::unique_ptr<impl> impl_;
};

/// How often each named tolerance (an id of docs/QUIRKS.md) was needed in this thread since `reset_leniency()`.
class leniency_count {
 public:
  std::string_view quirk;
  std::uint64_t count = 0;
};
[[nodiscard]] IMAPXX_API std::vector<leniency_count> leniency();
IMAPXX_API void reset_leniency();

}  // namespace imapxx::inline v0
