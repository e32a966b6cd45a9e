#include <imapxx/display.hpp>
#include <imapxx/download.hpp>
#include <imapxx/mime.hpp>

#include "attachments.hpp"
#include "commands.hpp"
#include "connection.hpp"
#include "items.hpp"
#include "json.hpp"
#include "mail_files.hpp"
#include "mail_record.hpp"
#include "partial_fetch.hpp"
#include "reading.hpp"
#include "windows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

namespace imapxx::cli {
namespace {

// Not with SEARCH UID, because some servers (Courier) find nothing for `*` there.
uid_set uids_of(const fetch_results& rows) {
  std::vector<std::uint32_t> uids;
  uids.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows.uid(i) != 0) uids.push_back(rows.uid(i));
  return uid_set::from_numbers(uids);
}

// The messages of the command line that exist, as UIDs: what --seq names must keep its meaning while others expunge.
uid_set wanted_uids(connection& c, const common_args& common, const std::string& text, partial_fetch& part) {
  if (c->mailbox().exists == 0) return {};
  const auto items = fetch_items().uid();
  return uids_of(common.by_sequence ? c->fetch(parse_seqs(text), items) : part.rows(parse_uids(text), items));
}

bool has_bodies(const fetch_items& items) {
  return std::any_of(items.entries().begin(), items.entries().end(), [](const auto& e) {
    return e.kind == fetch_item::body_section || e.kind == fetch_item::binary || e.kind == fetch_item::rfc822_header;
  });
}

void print_row(const fetch_row& row, const common_args& common, output& out) {
  if (common.json) {
    out.json_line(to_json(row));
    return;
  }
  out.trusted(out.look().bold(fmt::format("UID {}", row.uid().value_or(0))) + "\n");
  for (const auto& item : row.items()) {
    if (item.kind == fetch_item::uid) continue;
    const bool body = item.kind == fetch_item::body_section || item.kind == fetch_item::binary ||
                      item.kind == fetch_item::rfc822_header;
    if (!body) out.line(fmt::format("  {} {}", item.name, item.value));
  }
  for (const auto& s : row.to_data().sections) {
    out.line(fmt::format("  {} {} octets", s.section.to_string().empty() ? "BODY[]" : s.section.to_string(),
                         s.data ? s.data->size() : 0));
    if (s.data) out.text(*s.data);
  }
}

void print_items(partial_fetch& part, const common_args& common, const fetch_args& args, const uid_set& uids,
                 output& out) {
  auto items = parse_items(args.items);
  items.uid();
  in_windows(uids, has_bodies(items) ? window_of_bodies : window_of_rows, [&](const uid_set& some) {
    for (const auto row : part.rows(some, items)) print_row(row, common, out);
    out.flush();
  });
}

// --- reading -------------------------------------------------------------------------------------------------------

// A message whose structure the server could not tell.
unstructured_message without_structure(partial_fetch& part, std::uint32_t uid) {
  const auto rows = part.rows(uid_set(uid), fetch_items().uid().body_peek("", 0, readable_parts::octets_max));
  for (const auto row : rows)
    for (const auto& s : row.to_data().sections)
      if (s.data) return read_unstructured(*s.data);
  return {};
}

void print_message(const fetch_row& row, const unstructured_message& body, const common_args& common, output& out) {
  if (common.json) {
    out.json_line(to_json(row, body.text));
    return;
  }
  const auto message = readable(row);
  std::string flags;
  for (const auto& f : row.flags().value_or(flag_list())) flags += " " + escape_for_display(f.name());
  out.trusted(out.look().bold(fmt::format("--- UID {}, {} octets{}", row.uid().value_or(0),
                                          human_size(row.rfc822_size().value_or(0)), flags)) +
              "\n");
  out.trusted(message.headers + "\n");
  if (!body.text.empty()) out.text(body.text);
  const auto& attachments = body.attachments.empty() ? message.attachments : body.attachments;
  if (!attachments.empty()) out.trusted("\n" + out.look().cyan(attachments));
  out.trusted("\n");
}

void print_messages(connection& c, partial_fetch& part, const common_args& common, const uid_set& uids, output& out) {
  auto items = reading_items();
  if (common.json) items = fetch_items().uid().flags().internaldate().rfc822_size().envelope().bodystructure();
  in_windows(uids, window_of_bodies, [&](const uid_set& some) {
    const auto rows = part.rows(some, items);
    std::vector<readable_parts> parts(rows.size());
    std::vector<std::optional<ticket<fetch>>> answers(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (const auto structure = rows[i].bodystructure()) parts[i] = readable_parts::of(*structure);
      if (!parts[i].empty() && rows.uid(i) != 0)
        answers[i].emplace(c->submit(fetch(uid_set(rows.uid(i)), parts[i].items())));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      unstructured_message body;
      if (answers[i]) {
        const auto got = answers[i]->try_wait();
        if (!got && got.error().code() != errc::no) throw_error(got.error());
        if (!got) part.missing(rows.uid(i), got.error());
        if (got && !got->empty()) body.text = parts[i].decode((*got)[0]);
      } else if (!rows[i].bodystructure() && rows.uid(i) != 0) {
        body = without_structure(part, rows.uid(i));
      }
      print_message(rows[i], body, common, out);
    }
    out.flush();
  });
}

// --- saving --------------------------------------------------------------------------------------------------------

class raw_sink final : public guarded_sink {
 public:
  raw_sink(output& out, std::function<void()> give_up) : guarded_sink(std::move(give_up)), out_(out) {}

 private:
  void put(std::string_view octets) override { out_.raw(octets); }
  output& out_;
};

// Runs the fetch; what the sink threw counts more than the error that followed from it.
fetch_results run_into(connection& c, const uid_set& uids, const std::shared_ptr<guarded_sink>& sink) {
  fetch command(uids, fetch_items().uid().body_peek());
  command.to(sink);
  auto rows = c->try_run(std::move(command));
  sink->rethrow();
  if (!rows) throw_error(rows.error());
  return std::move(*rows);
}

// From this size on a message is downloaded by itself, with a journal, so that an interruption costs little.
constexpr std::uint64_t big_octets = std::uint64_t{8} << 20U;

// On servers that announce wrong sizes, so many messages may be reported as different after a crash.
constexpr std::size_t odd_sizes_at_once = 256;

class saver {
 public:
  saver(const common_args& common, const fetch_args& args, output& out)
      : common_(common), out_(out), directory_(args.directory, args.force) {
    directory_.sync(args.sync);
    directory_.remove_abandoned();
  }

  exit_code save(connection& c, partial_fetch& part, const uid_set& uids) {
    open_record(c);
    look_around(part, uids);
    progress bar(small_.size() + big_.size(), octets_);
    try {
      save_small(c, bar);
      for (const auto& [uid, size] : big_) save_big(c, bar, uid, size);
    } catch (...) {
      (void)record_.write(directory_.descriptor());  // what was saved is saved
      throw;
    }
    write_record();
    if (!common_.json)
      complain(fmt::format("{} saved, {} there already, {} not replaced", saved_, existed_, different_));
    return different_ == 0 ? exit_code::ok : exit_code::refused;
  }

 private:
  // UIDs say nothing without their UIDVALIDITY: files of another one are of other messages.
  void open_record(connection& c) {
    mail_record now;
    now.uidvalidity = c->mailbox().uidvalidity.value_or(0);
    now.mailbox = escape_for_display(c->mailbox().name.utf8());
    auto before = mail_record::read(directory_.descriptor());
    const bool other = before && (before->uidvalidity != now.uidvalidity || before->mailbox != now.mailbox);
    if (other && !directory_.replaces()) {
      throw local_error(fmt::format("{} holds messages of {} with UIDVALIDITY {}, and this is {} with UIDVALIDITY {}",
                                    directory_.path_of(std::string()), before->mailbox, before->uidvalidity,
                                    now.mailbox, now.uidvalidity),
                        "take another directory, or --force to replace files of the same numbers");
    }
    record_ = before && !other ? std::move(*before) : std::move(now);
    write_record();
  }

  void write_record() {
    if (!record_.write(directory_.descriptor()))
      throw local_error(directory_.path_of(std::string(mail_record::file_name)) + ": " + std::strerror(errno));
  }

  [[nodiscard]] bool is_whole(std::uint32_t uid, std::uint64_t octets, std::uint64_t announced) const {
    const auto odd = record_.odd_sizes.find(uid);
    return octets == (odd != record_.odd_sizes.end() ? odd->second : announced);
  }

  void look_around(partial_fetch& part, const uid_set& uids) {
    in_windows(uids, window_of_rows, [&](const uid_set& some) {
      for (const auto row : part.rows(some, fetch_items().uid().rfc822_size())) {
        const auto uid = row.uid().value_or(0);
        if (uid == 0) continue;  // a half of a row
        const auto size = row.rfc822_size().value_or(0);
        const auto there = directory_.replaces() ? std::nullopt : directory_.existing(uid);
        if (there) {
          tell(uid, *there, is_whole(uid, *there, size) ? save_result::existed : save_result::differs);
          continue;
        }
        octets_ += size;
        if (size >= big_octets) {
          big_.emplace(uid, size);
        } else {
          small_.insert(uid);
          sizes_[uid] = size;
        }
      }
    });
  }

  void save_small(connection& c, progress& bar) {
    const auto sink = std::make_shared<saving_sink>(
        directory_, bar, [this](std::uint32_t uid, std::uint64_t octets, save_result r) { keep(uid, octets, r); },
        [&c] { c->cancel(); });
    in_windows(small_, small_.size(), [&](const uid_set& some) {
      const auto rows = run_into(c, some, sink);
      for (std::size_t i = 0; i < rows.size(); ++i) sink->settle(rows.seq(i), rows.uid(i));
    });
  }

  void keep(std::uint32_t uid, std::uint64_t octets, save_result r) {
    const auto announced = sizes_.find(uid);
    if (r == save_result::saved && announced != sizes_.end() && announced->second != octets) {
      record_.odd_sizes[uid] = octets;
      if (record_.odd_sizes.size() % odd_sizes_at_once == 0) write_record();
    }
    tell(uid, octets, r);
  }

  void save_big(connection& c, progress& bar, std::uint32_t uid, std::uint64_t size) {
    std::uint64_t shown = 0;
    download what(uid);
    what.to_file_at(directory_.descriptor(), mail_directory::name_of(uid)).replace(directory_.replaces());
    what.expected(size).on_progress([&](std::uint64_t done, std::optional<std::uint64_t>) {
      bar.add_octets(done - std::min(shown, done));
      shown = done;
    });
    const auto r = c->download_message(std::move(what));
    bar.add_message();
    if (r.restarted != download_restart::none)
      complain(fmt::format("{}: begun again: {}", directory_.path_of(uid), to_string(r.restarted)));
    if (r.resumed_at != 0)
      complain(fmt::format("{}: continued at {}", directory_.path_of(uid), human_size(r.resumed_at)));
    if (r.octets != size) record_.odd_sizes[uid] = r.octets;
    tell(uid, r.octets, save_result::saved);
  }

  void tell(std::uint32_t uid, std::uint64_t octets, save_result r) {
    const auto path = directory_.path_of(uid);
    const char* word = r == save_result::saved ? "saved" : (r == save_result::existed ? "existed" : "differs");
    saved_ += r == save_result::saved ? 1U : 0U;
    existed_ += r == save_result::existed ? 1U : 0U;
    different_ += r == save_result::differs ? 1U : 0U;
    if (r == save_result::differs && !common_.json)
      complain(path + " exists with another size; it stays as it is (--force replaces it)");
    if (common_.json) out_.json_line(json_saved(uid, path, octets, word));
  }

  const common_args& common_;
  output& out_;
  mail_directory directory_;
  mail_record record_;
  uid_set small_;
  std::map<std::uint32_t, std::uint64_t> sizes_;  // of small_
  std::map<std::uint32_t, std::uint64_t> big_;
  std::uint64_t octets_ = 0, saved_ = 0, existed_ = 0, different_ = 0;
};

}  // namespace

exit_code run(const common_args& common, const fetch_args& args, output& out) {
  if (common.dry_run) complain("fetch changes nothing on the server, with or without --dry-run");
  if (!args.items.empty()) (void)parse_items(args.items);  // a mistake there is found before the password is asked for
  const auto url = checked_url(common);
  const auto text = number_text(args.numbers, url, args.directory.empty() ? nullptr : "1:*");
  (void)parse_uids(text);
  connection c(common, connection::opening());
  c.open();
  partial_fetch part(c);
  const auto uids = wanted_uids(c, common, text, part);
  auto code = exit_code::ok;
  if (args.attachments) {
    code = save_attachments(c, common, args, uids, out);
  } else if (!args.directory.empty()) {
    code = saver(common, args, out).save(c, part, uids);
  } else if (args.raw) {
    const auto sink = std::make_shared<raw_sink>(out, [&c] { c->cancel(); });
    in_windows(uids, uids.size(), [&](const uid_set& some) { run_into(c, some, sink); });
  } else if (!args.items.empty()) {
    print_items(part, common, args, uids, out);
  } else {
    print_messages(c, part, common, uids, out);
  }
  out.flush();
  if (uids.empty()) {
    complain("no such message");
    code = exit_code::refused;
  }
  c.close();
  return code == exit_code::ok ? part.code() : code;
}

}  // namespace imapxx::cli
