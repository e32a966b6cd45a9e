// Saving messages as files: streamed, never overwriting, never following a link.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/sink.hpp>

#include "display.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace imapxx::cli {

/// What became of one message.
enum class save_result : std::uint8_t { saved, existed, differs };

/// A directory that receives UID.eml files, or attachments. Each is written without a name, or under a temporary one
/// where the file system knows no such files, and gets its own only when it is complete.
class mail_directory {
 public:
  /// Opens the directory, making it when it is missing. \throws failure (local)
  mail_directory(const std::string& path, bool replace);
  ~mail_directory();
  mail_directory(const mail_directory&) = delete;
  mail_directory& operator=(const mail_directory&) = delete;

  /// Octets of the file of this message; nullopt when there is none (a link or a directory counts as one of size 0).
  [[nodiscard]] std::optional<std::uint64_t> existing(std::uint32_t uid) const;
  [[nodiscard]] std::string path_of(std::uint32_t uid) const;
  [[nodiscard]] std::string path_of(const std::string& name) const;
  [[nodiscard]] bool replaces() const noexcept { return replace_; }
  /// Files are forced to the disk before they get their names. Default: no.
  void sync(bool yes) noexcept { sync_ = yes; }
  [[nodiscard]] int descriptor() const noexcept { return fd_; }
  /// The name of this message's file within the directory.
  [[nodiscard]] static std::string name_of(std::uint32_t uid);
  /// Removes what killed processes have left of files under construction; those of living ones are locked.
  void remove_abandoned();

  /// A file under construction.
  class file {
   public:
    explicit file(mail_directory& directory);
    ~file();
    file(file&& other) noexcept;
    file& operator=(file&&) = delete;
    void write(std::string_view octets);
    /// Gives it the name of this message. \return false when that name is taken
    [[nodiscard]] bool commit(std::uint32_t uid);
    /// Gives it `name`, which must be safe, or with a number ("name-2.txt") when that is taken. A directory that
    /// replaces takes names of files that were there before, but never one that it gave itself.
    /// \return the name
    std::string commit_numbered(const std::string& name);
    [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }

   private:
    [[nodiscard]] bool name_it(const std::string& target);
    [[nodiscard]] bool link_as(const std::string& target);
    void rename_to(const std::string& target);
    void complete(const std::string& shown);
    mail_directory* directory_;
    std::string name_;  // the temporary one, if it has one
    int fd_ = -1;
    std::uint64_t octets_ = 0;
  };

 private:
  std::string path_;
  int fd_ = -1;
  bool replace_;
  bool sync_ = false;
  bool unnamed_files_;
  [[nodiscard]] bool is_taken(const std::string& name) const;
  [[nodiscard]] std::string temporary_name();
  std::uint64_t made_ = 0;
  // By commit_numbered: all names, and how far each was counted.
  std::set<std::string> given_;
  std::map<std::string, unsigned> last_number_;
};

/// A sink that may throw into its own `write_octets`: what it throws ends the command and is thrown again by `rethrow`.
class guarded_sink : public body_sink {
 public:
  /// \param give_up called once at the first exception, to end the transfer at once
  explicit guarded_sink(std::function<void()> give_up) : give_up_(std::move(give_up)) {}
  result<void> begin(const body_info& info) final;
  result<void> write(std::string_view octets) final;
  result<void> end(const body_info& info) final;
  void rethrow() const;

 protected:
  virtual void open(const body_info&) {}
  virtual void put(std::string_view octets) = 0;
  virtual void close(const body_info&) {}

 private:
  template <class Action>
  result<void> guard(Action&& action);
  std::function<void()> give_up_;
  std::exception_ptr failed_;
};

/// The sink of a FETCH of whole messages into a directory. The UID may come after the body: such files get their name
/// in `settle`.
class saving_sink final : public guarded_sink {
 public:
  using report = std::function<void(std::uint32_t uid, std::uint64_t octets, save_result)>;
  saving_sink(mail_directory& directory, progress& bar, report tell, std::function<void()> give_up);
  /// Names the file of the message with this sequence number, when it has none yet.
  void settle(std::uint32_t seq, std::uint32_t uid);

 private:
  void open(const body_info& info) override;
  void put(std::string_view octets) override;
  void close(const body_info& info) override;
  void commit(mail_directory::file& f, std::uint32_t uid);
  mail_directory& directory_;
  progress& bar_;
  report tell_;
  std::optional<mail_directory::file> open_;
  std::map<std::uint32_t, mail_directory::file> nameless_;
};

}  // namespace imapxx::cli
