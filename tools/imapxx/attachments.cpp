#include "attachments.hpp"

#include <imapxx/mime.hpp>

#include "json.hpp"
#include "mail_files.hpp"
#include "windows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace imapxx::cli {
namespace {

// Parts asked for at once: hides the latency of many small ones.
constexpr std::size_t parts_at_once = 8;

/// What is known of an attachment before it is there.
struct wanted_part {
  std::uint32_t uid = 0;
  std::string number;
  std::string name;
  std::string type;
  std::string encoding;
};

/// One part into a file that has no name yet.
class part_sink final : public guarded_sink {
 public:
  part_sink(mail_directory& directory, std::function<void()> give_up)
      : guarded_sink(std::move(give_up)), directory_(directory) {}
  /// The file, when the part came to its end.
  [[nodiscard]] mail_directory::file* complete() noexcept { return complete_ ? &*file_ : nullptr; }

 private:
  void open(const body_info&) override {
    complete_ = false;
    file_.reset();
    file_.emplace(directory_);
  }
  void put(std::string_view octets) override { file_->write(octets); }
  void close(const body_info&) override { complete_ = true; }

  mail_directory& directory_;
  std::optional<mail_directory::file> file_;
  bool complete_ = false;
};

struct pending_part {
  wanted_part part;
  std::shared_ptr<part_sink> sink;
  ticket<fetch> answer;
};

// A server that says NO to one part may still give the message.
void throw_unless_refused(const error& e) {
  if (e.code() != errc::no && e.code() != errc::bad) throw_error(e);
}

class attachment_saver {
 public:
  attachment_saver(connection& c, const common_args& common, const fetch_args& args, output& out)
      : c_(c), common_(common), out_(out), directory_(args.directory, args.force) {}

  exit_code save(const uid_set& uids) {
    in_windows(uids, window_of_rows, [this](const uid_set& some) {
      // What is refused here may still come as a whole.
      const auto rows = c_->fetch_messages(fetch(some, fetch_items().uid().bodystructure())).messages;
      for (const auto uid : some) {
        const auto row = rows.find_uid(uid);
        one_message(uid, row ? row->bodystructure() : std::nullopt);
      }
      settle(0);
      out_.flush();
    });
    if (!common_.json) {
      complain(fmt::format("{} attachments saved", saved_) +
               (missing_ == 0 ? "" : fmt::format(", {} could not be fetched", missing_)));
    }
    return missing_ == 0 ? exit_code::ok : exit_code::refused;
  }

 private:
  void one_message(std::uint32_t uid, const std::optional<body_structure>& structure) {
    if (!structure) {
      settle(0);  // so that files come in the order of the messages
      from_whole_message(uid, {});
      return;
    }
    for (const auto& a : mime::attachments(*structure)) {
      settle(parts_at_once - 1);
      wanted_part part{uid, a.number, mime::filename(a), mime::type_of(*a.part).essence(), a.part->encoding};
      auto sink = std::make_shared<part_sink>(directory_, [this] { c_->cancel(); });
      fetch command(uid_set(uid), fetch_items().uid().body_peek(part.number));
      command.to(mime::sink_decoding(sink, part.encoding));
      auto answer = c_->submit(std::move(command));
      pending_.push_back({std::move(part), std::move(sink), std::move(answer)});
    }
  }

  // Waits until at most `left` parts are on their way.
  void settle(std::size_t left) {
    while (pending_.size() > left) {
      auto first = std::move(pending_.front());
      pending_.pop_front();
      const auto done = first.answer.try_wait();
      first.sink->rethrow();
      if (!done) throw_unless_refused(done.error());
      if (auto* file = first.sink->complete(); done && file != nullptr) {
        commit(first.part, *file);
      } else {
        from_whole_message(first.part.uid, first.part.number);
      }
    }
  }

  // With `number`, that attachment only.
  void from_whole_message(std::uint32_t uid, const std::string& number) {
    const auto whole = std::make_shared<mime::message_parser>();
    const auto done = c_->try_run(fetch(uid_set(uid), fetch_items().uid().body_peek()).to(whole));
    if (!done) throw_unless_refused(done.error());
    bool found = false;
    if (done && !done->empty()) {
      const auto message = whole->finish();
      for (const auto& a : message.attachments()) {
        if (!number.empty() && a.number() != number) continue;
        found = true;
        mail_directory::file file(directory_);
        a.decode([&file](std::string_view octets) {
          file.write(octets);
          return true;
        });
        commit({uid, a.number(), a.filename(), a.content_type().essence(), {}}, file);
      }
      found = found || number.empty();
    }
    if (found) return;
    ++missing_;
    complain(number.empty() ? fmt::format("message {} could not be fetched", uid)
                            : fmt::format("part {} of message {} could not be fetched", number, uid));
  }

  void commit(const wanted_part& part, mail_directory::file& file) {
    const auto octets = file.octets();
    const auto path = directory_.path_of(file.commit_numbered(part.name));
    ++saved_;
    if (common_.json) {
      out_.json_line(json_saved_part(part.uid, part.number, part.type, path, octets));
    } else {
      out_.line(path);
    }
  }

  connection& c_;
  const common_args& common_;
  output& out_;
  mail_directory directory_;
  std::deque<pending_part> pending_;
  std::uint64_t saved_ = 0, missing_ = 0;
};

}  // namespace

exit_code save_attachments(connection& c, const common_args& common, const fetch_args& args, const uid_set& uids,
                           output& out) {
  return attachment_saver(c, common, args, out).save(uids);
}

}  // namespace imapxx::cli
