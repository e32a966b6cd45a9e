/// \file
/// One message, or one part of it, brought over in the way that suits the link, and continued after an interruption.
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/result.hpp>
#include <imapxx/sink.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imapxx::inline v0 {

/// How the octets are asked for.
enum class download_way : std::uint8_t {
  automatic,    ///< one literal when the round trip is short or nothing is known of it, else windows
  one_literal,  ///< `BODY.PEEK[]`: one command and one literal
  windows       ///< several `BODY.PEEK[]<origin.count>` at once, as many octets as the link holds
};

/// Why a download that had begun earlier started from the first octet again.
enum class download_restart : std::uint8_t {
  none,
  unreadable,   ///< the journal is missing though a part is there, or says nothing that can be used
  uidvalidity,  ///< the mailbox has another UIDVALIDITY: the UID may name another message (RFC 9051 section 2.3.1.1)
  other_body,   ///< the journal is about another mailbox, UID or section
  length,       ///< the server announces another length now
  content       ///< the part is shorter than the journal says, or its hash does not fit
};
[[nodiscard]] IMAPXX_API std::string_view to_string(download_restart r) noexcept;

/// What is remembered of an unfinished download: enough to continue it on any connection and in any process, and to
/// notice when that must not be done. Owning value.
class IMAPXX_API download_journal {
 public:
  download_journal() = default;
  std::uint32_t uidvalidity = 0;  ///< 0: the server told none, and nothing is ever continued
  std::uint32_t uid = 0;
  std::string mailbox;                  ///< its name in UTF-8
  std::string section;                  ///< "BODY[]", "BINARY[1.2]"
  std::optional<std::uint64_t> length;  ///< what the server announced; only a hint (docs/QUIRKS.md F-17)
  std::uint64_t offset = 0;             ///< octets that are on the disk
  std::string sha256;                   ///< of these octets; 64 lower-case hexadecimal digits

  /// One line for each field, names and order fixed.
  [[nodiscard]] std::string to_string() const;
  /// Errors: unparsed
  [[nodiscard]] static result<download_journal> parse(std::string_view text);
  friend bool operator==(const download_journal&, const download_journal&) = default;
};

/// What to download and where to. Needs a selected mailbox; `\Seen` is never set. RFC 9051 section 6.4.5 (partial
/// FETCH); RFC 3516 for `binary`.
///
/// Memory stays below 1 MiB whatever the message's size. Exactly one of `to`, `to_fd` and `to_file` is needed. See
/// docs/downloads.md.
/// Errors: invalid_argument (no UID, no target, two, a section that is none), wrong_state, capability_required
/// (`binary` without BINARY or IMAP4rev2), no and bad, incomplete_result (there is no such message, or it was expunged
/// meanwhile), io (the file), the sink's, and those of the connection. After an error of a `to_file` download what has
/// come is kept for the next attempt.
class IMAPXX_API download {
 public:
  /// Octets between two entries of the journal, and so what may have to be fetched twice after a crash.
  static constexpr std::uint64_t default_journal_octets = std::uint64_t{4} << 20U;

  explicit download(std::uint32_t uid);

  /// A part instead of the whole message: "1.2", "HEADER", "2.MIME" ... as in `fetch_items::body_peek`.
  download& section(std::string_view spec);
  /// The part decoded by the server (`BINARY.PEEK`); `section` must be a part number or empty. Servers that cannot
  /// decode a part refuse (docs/QUIRKS.md F-25): fetch it without `binary` and decode it with `mime::part`.
  download& binary(bool yes = true);

  /// Octets go to a sink: `begin` and `end` once each, `write` in order and without repetition.
  download& to(std::shared_ptr<body_sink> sink);
  /// Octets go to a descriptor, which stays the caller's.
  download& to_fd(int fd);
  /// A file that has this name only when it is complete. Until then its octets are in `PATH.part` and the journal, from
  /// `journal_every` octets on, in `PATH.journal`; both are used by the next download to the same path and removed by
  /// its success. Links are not followed. Only one download at a time writes to a path (errc::io, EWOULDBLOCK).
  download& to_file(std::string path);
  /// The same for a name within an open directory, which stays the caller's.
  download& to_file_at(int directory, std::string name);
  /// Whether a file that is there already is replaced (at the end, by a rename) or is an error (errc::io, EEXIST; the
  /// default).
  download& replace(bool yes = true);
  /// Whether file and directory are forced to the disk before the name is given (fsync). Default true. The journal
  /// always is.
  download& sync(bool yes = true);
  /// See `default_journal_octets`. At least 64 KiB.
  download& journal_every(std::uint64_t octets);

  /// For `to` and `to_fd`: so many octets are there already, and are not delivered again.
  download& from(std::uint64_t offset);
  /// How long it is, as far as the caller knows (RFC822.SIZE of an earlier FETCH): saves asking for what lies beyond.
  download& expected(std::uint64_t octets);
  download& way(download_way w);
  /// Octets that may be on the way at once with `windows`; 0, the default, has them follow from the round trip and the
  /// rate. Otherwise 64 KiB ... 1 GiB.
  download& window(std::uint64_t octets);
  /// Called while octets arrive: how many are there, of how many (when that is known). It must not use the client.
  download& on_progress(std::function<void(std::uint64_t, std::optional<std::uint64_t>)> tell);

  std::uint32_t uid;
  std::string section_spec;
  bool is_binary = false;
  std::shared_ptr<body_sink> sink;
  std::optional<std::string> file_name;
  int file_directory = -1;  ///< -1: the working directory
  bool replaces = false;
  bool syncs = true;
  std::uint64_t journal_octets = default_journal_octets;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
  download_way method = download_way::automatic;
  std::uint64_t window_octets = 0;
  std::function<void(std::uint64_t, std::optional<std::uint64_t>)> progress;
};

/// How a download went.
class download_result {
 public:
  download_result() = default;
  std::uint64_t octets = 0;                      ///< of the whole body
  std::uint64_t resumed_at = 0;                  ///< so many of them were there before
  std::uint64_t received = 0;                    ///< octets that came over the wire, repeated ones included
  std::uint64_t commands = 0;                    ///< FETCH commands that were sent
  std::optional<std::uint64_t> announced;        ///< RFC822.SIZE; differs from `octets` on servers that guess (F-17)
  download_way way = download_way::one_literal;  ///< how it was done in the end
  download_restart restarted = download_restart::none;
  std::optional<std::chrono::microseconds> round_trip;  ///< from the first command to the first octet of its answer
  /// Whether the server announced another size than it sent.
  [[nodiscard]] bool size_differs() const noexcept { return announced && *announced != octets; }
};

}  // namespace imapxx::inline v0
