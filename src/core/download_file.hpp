/// \file
/// The file of a download: a part and a journal until it is complete, then the file itself.
#pragma once

#include <imapxx/download.hpp>
#include <imapxx/result.hpp>

#include "filter/digest.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace imapxx::inline v0::core {

/// A descriptor that is closed with its owner.
class owned_fd {
 public:
  owned_fd() = default;
  explicit owned_fd(int fd) noexcept : fd_(fd) {}
  ~owned_fd() { reset(); }
  owned_fd(const owned_fd&) = delete;
  owned_fd& operator=(const owned_fd&) = delete;
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

/// Calling protocol: `open`, `write` in order, then `finish`; destroyed without `finish`, it leaves the part and an
/// entry of the journal behind, so that a later one goes on from there.
///
/// Crashes: an entry of the journal is written only when the octets it counts are on the disk (fdatasync), as a new
/// file that is synchronised and renamed over the old one; the directory is synchronised after each rename. Whenever
/// the process or the machine stops, there is the old entry, the new one or none, and what it says is checked against
/// the part before it is used.
class download_file {
 public:
  /// How it shall be, of a `download`.
  class settings {
   public:
    settings() = default;
    int directory = -1;
    std::string name;
    bool replaces = false;
    bool syncs = true;
    std::uint64_t journal_octets = download::default_journal_octets;
  };

  explicit download_file(settings s);
  ~download_file();
  download_file(const download_file&) = delete;
  download_file& operator=(const download_file&) = delete;

  /// Opens the part, making it when it is missing, and finds out how much of it can be kept. Errors: io
  /// \param body what is to be downloaded; offset and hash do not matter
  result<void> open(const download_journal& body);
  /// Octets that are there already.
  [[nodiscard]] std::uint64_t offset() const noexcept { return written_; }
  [[nodiscard]] download_restart restarted() const noexcept { return restarted_; }
  /// The length that the kept part was promised to have; the server must still say so.
  [[nodiscard]] const std::optional<std::uint64_t>& length() const noexcept { return body_.length; }
  /// The server's word about the length. Another one than before empties the part. \return whether it did
  result<bool> announced(std::uint64_t length);

  result<void> write(std::string_view octets);
  /// Gives the file its name. Errors: io (EEXIST when it is taken)
  result<void> finish();

 private:
  [[nodiscard]] std::string part_name() const { return settings_.name + ".part"; }
  [[nodiscard]] std::string journal_name() const { return settings_.name + ".journal"; }
  [[nodiscard]] bool is_taken() const;
  result<void> open_directory();
  result<void> resume(std::string_view entry);
  [[nodiscard]] download_restart judge(const result<download_journal>& j);
  [[nodiscard]] bool hash_fits(const download_journal& j);
  [[nodiscard]] result<std::string> read_journal() const;
  result<void> start_anew();
  result<void> write_entry();
  result<void> write_synchronised(const std::string& name, std::string_view text) const;
  result<void> give_name();

  settings settings_;
  download_journal body_;
  owned_fd directory_;
  owned_fd part_;
  filter::sha256 hash_;
  std::uint64_t written_ = 0;
  std::uint64_t in_journal_ = 0;
  download_restart restarted_ = download_restart::none;
  bool has_journal_ = false;
  bool broken_ = false;
  bool ready_ = false;  ///< open, and what is there understood: the destructor may decide about it
};

}  // namespace imapxx::inline v0::core
