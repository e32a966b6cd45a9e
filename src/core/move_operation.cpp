#include "core/move_operation.hpp"

#include <imapxx/commands/expunge.hpp>
#include <imapxx/commands/search.hpp>
#include <imapxx/commands/store.hpp>

namespace imapxx::inline v0::core {

void move_operation::start(operation_host& host, time_point) {
  const auto& caps = host.protocol().info().capabilities;
  if (caps.contains("MOVE") || caps.imap4rev2()) {
    auto cmd = seqs_ ? std::make_unique<imapxx::v0::move>(*seqs_, to_) : std::make_unique<imapxx::v0::move>(uids_, to_);
    return run_or_fail(host, std::move(cmd), [this](operation_host&, completion& c) {
      result_.method = move_method::move;
      result_.copied = static_cast<imapxx::v0::move&>(*c.cmd).take_result();
      finish();
    });
  }
  if (!seqs_) return copy_then_mark(host);
  // Sequence numbers may change between the commands that follow, UIDs cannot.
  run_or_fail(host, std::make_unique<uid_search>(search_key::seq(*seqs_)), [this](operation_host& h, completion& c) {
    uids_ = static_cast<uid_search&>(*c.cmd).take_result().numbers();
    if (uids_.empty()) return finish(error(errc::invalid_argument, "there are no such messages"));
    copy_then_mark(h);
  });
}

void move_operation::copy_then_mark(operation_host& host) {
  run_or_fail(host, std::make_unique<copy>(uids_, to_), [this](operation_host& h, completion& c) {
    result_.copied = static_cast<copy&>(*c.cmd).take_result();
    mark(h);
  });
}

void move_operation::mark(operation_host& host) {
  store cmd(uids_, store_mode::add, flag_list(flags::deleted));
  cmd.silent();
  run_store(host, std::move(cmd), [this](operation_host& h, completion& c) {
    if (c.failure) return finish(c.failure);
    expunge(h);
  });
}

void move_operation::expunge(operation_host& host) {
  if (!host.protocol().info().capabilities.contains("UIDPLUS")) {
    result_.method = move_method::copy_mark;
    return finish();
  }
  run_or_fail(host, std::make_unique<uid_expunge>(uids_), [this](operation_host&, completion&) {
    result_.method = move_method::copy_uid_expunge;
    finish();
  });
}

std::vector<std::string> move_operation::plan(const session_info& info) const {
  const std::string prefix = seqs_ ? "" : "UID ";
  if (info.capabilities.contains("MOVE") || info.capabilities.imap4rev2())
    return {prefix + "MOVE: each message is in exactly one of the two mailboxes at any time"};
  std::vector<std::string> lines;
  if (seqs_) lines.emplace_back("UID SEARCH: sequence numbers could change between the following commands");
  lines.emplace_back("UID COPY: all messages or none");
  lines.emplace_back("UID STORE +FLAGS.SILENT (\\Deleted)");
  lines.emplace_back(info.capabilities.contains("UIDPLUS")
                         ? "UID EXPUNGE of exactly these messages"
                         : "nothing more: the originals stay, marked, because EXPUNGE would remove others too");
  return lines;
}

}  // namespace imapxx::inline v0::core
