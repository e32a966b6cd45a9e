#include <imapxx/display.hpp>
#include <imapxx/mime.hpp>

#include "attachments.hpp"
#include "commands.hpp"
#include "connection.hpp"
#include "items.hpp"
#include "json.hpp"
#include "mail_files.hpp"
#include "reading.hpp"
#include "windows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace imapxx::cli {
namespace {

template <class Set>
uid_set existing(connection& c, const Set& wanted) {
  // Not with SEARCH UID, because some servers (Courier) find nothing for `*` there.
  const auto rows = c->fetch(wanted, fetch_items().uid());
  std::vector<std::uint32_t> uids;
  uids.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows.uid(i) != 0) uids.push_back(rows.uid(i));
  return uid_set::from_numbers(uids);
}

// The messages of the command line that exist, as UIDs: what --seq names must keep its meaning while others expunge.
uid_set wanted_uids(connection& c, const common_args& common, const std::string& text) {
  if (c->mailbox().exists == 0) return {};
  return common.by_sequence ? existing(c, parse_seqs(text)) : existing(c, parse_uids(text));
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

void print_items(connection& c, const common_args& common, const fetch_args& args, const uid_set& uids, output& out) {
  auto items = parse_items(args.items);
  items.uid();
  in_windows(uids, has_bodies(items) ? window_of_bodies : window_of_rows, [&](const uid_set& some) {
    for (const auto row : c->fetch(some, items)) print_row(row, common, out);
    out.flush();
  });
}

// --- reading -------------------------------------------------------------------------------------------------------

// A message whose structure the server could not tell.
unstructured_message without_structure(client& c, std::uint32_t uid) {
  auto rows = c.fetch(uid_set(uid), fetch_items().uid().body_peek("", 0, readable_parts::octets_max));
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

void print_messages(connection& c, const common_args& common, const uid_set& uids, output& out) {
  auto items = reading_items();
  if (common.json) items = fetch_items().uid().flags().internaldate().rfc822_size().envelope().bodystructure();
  in_windows(uids, window_of_bodies, [&](const uid_set& some) {
    const auto rows = c->fetch(some, items);
    std::vector<readable_parts> parts(rows.size());
    std::vector<std::optional<ticket<fetch>>> answers(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (const auto structure = rows[i].bodystructure()) parts[i] = readable_parts::of(*structure);
      if (!parts[i].empty()) answers[i].emplace(c->submit(fetch(uid_set(rows.uid(i)), parts[i].items())));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      unstructured_message body;
      if (answers[i]) {
        const auto got = answers[i]->wait();
        if (!got.empty()) body.text = parts[i].decode(got[0]);
      } else if (!rows[i].bodystructure()) {
        body = without_structure(*c, rows.uid(i));
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

class saver {
 public:
  saver(const common_args& common, const fetch_args& args, output& out)
      : common_(common), out_(out), directory_(args.directory, args.force) {}

  exit_code save(connection& c, const uid_set& uids) {
    const auto wanted = not_yet_there(c, uids);
    progress bar(wanted.size(), octets_);
    const auto sink = std::make_shared<saving_sink>(
        directory_, bar, [this](std::uint32_t uid, std::uint64_t octets, save_result r) { tell(uid, octets, r); },
        [&c] { c->cancel(); });
    in_windows(wanted, wanted.size(), [&](const uid_set& some) {
      const auto rows = run_into(c, some, sink);
      for (std::size_t i = 0; i < rows.size(); ++i) sink->settle(rows.seq(i), rows.uid(i));
    });
    if (!common_.json)
      complain(fmt::format("{} saved, {} there already, {} not replaced", saved_, existed_, different_));
    return different_ == 0 ? exit_code::ok : exit_code::refused;
  }

 private:
  uid_set not_yet_there(connection& c, const uid_set& uids) {
    uid_set wanted;
    in_windows(uids, window_of_rows, [&](const uid_set& some) {
      for (const auto row : c->fetch(some, fetch_items().uid().rfc822_size())) {
        const auto uid = row.uid().value_or(0);
        const auto size = row.rfc822_size().value_or(0);
        const auto there = directory_.replaces() ? std::nullopt : directory_.existing(uid);
        if (there) {
          tell(uid, *there, *there == size ? save_result::existed : save_result::differs);
        } else {
          wanted.insert(uid);
          octets_ += size;
        }
      }
    });
    return wanted;
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
  std::uint64_t octets_ = 0, saved_ = 0, existed_ = 0, different_ = 0;
};

}  // namespace

exit_code run(const common_args& common, const fetch_args& args, output& out) {
  if (common.dry_run) complain("fetch changes nothing on the server, with or without --dry-run");
  if (!args.items.empty()) (void)parse_items(args.items);  // a mistake there is found before the password is asked for
  const auto url = checked_url(common);
  const auto text = number_text(args.numbers, url, args.directory.empty() ? nullptr : "1:*");
  (void)parse_uids(text);
  connection c(common);
  c.open();
  const auto uids = wanted_uids(c, common, text);
  auto code = exit_code::ok;
  if (args.attachments) {
    code = save_attachments(c, common, args, uids, out);
  } else if (!args.directory.empty()) {
    code = saver(common, args, out).save(c, uids);
  } else if (args.raw) {
    const auto sink = std::make_shared<raw_sink>(out, [&c] { c->cancel(); });
    in_windows(uids, uids.size(), [&](const uid_set& some) { run_into(c, some, sink); });
  } else if (!args.items.empty()) {
    print_items(c, common, args, uids, out);
  } else {
    print_messages(c, common, uids, out);
  }
  out.flush();
  if (uids.empty()) {
    complain("no such message");
    code = exit_code::refused;
  }
  c.close();
  return code;
}

}  // namespace imapxx::cli
