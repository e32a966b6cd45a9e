#include "core/start_operation.hpp"

#include <imapxx/commands/enable.hpp>
#include <imapxx/commands/id.hpp>
#include <imapxx/commands/select.hpp>
#include <imapxx/commands/simple.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0::core {

namespace {

bool is_ascii(const mailbox_name& name) { return std::none_of(name.utf8().begin(), name.utf8().end(), base::is_8bit); }

}  // namespace

start_operation::start_operation(credentials who, start_plan plan, std::shared_ptr<const server_facts> known,
                                 bool enable_rev2)
    : login_operation(std::move(who), enable_rev2), wanted_(std::move(plan)), known_(std::move(known)) {}

result<void> start_operation::check_plan() const {
  if (!wanted_.uids && wanted_.newest == 0) return {};
  if (!wanted_.mailbox) return error(errc::invalid_argument, "FETCH without a mailbox to fetch from");
  if (wanted_.uids && wanted_.uids->empty()) return error(errc::invalid_argument, "a set of messages is empty");
  if (wanted_.items.empty()) return error(errc::invalid_argument, "FETCH needs an item");
  return {};
}

void start_operation::start(operation_host& host, time_point now) {
  if (auto ok = check_plan(); !ok) return finish(ok.error());
  const auto& session = host.protocol();
  if (session.capabilities_known()) {
    result_.facts.before_login = session.info().capabilities;
  } else if (known_) {
    result_.facts.before_login = known_->before_login;
  }
  // PREAUTH: there is nothing to log in to.
  if (session.state() == session_state::authenticated) return on_logged_in(host);
  login_operation::start(host, now);
}

void start_operation::on_sent(operation_host& host, bool one_step) {
  ++attempt_;
  rest_sent_ = false;
  asks_capability_ = false;
  assumed_exists_.reset();
  // Before the log-in, a list of capabilities need not be whole: what is remembered of later is better.
  if (result_.facts.before_login.empty()) result_.facts.before_login = host.protocol().info().capabilities;
  const auto& caps = known_ && !known_->after_login.empty() ? known_->after_login : result_.facts.before_login;
  if (!one_step || !wanted_.may_go_ahead) return;
  // ENABLE changes how names are written, and must stand in front of SELECT.
  if (wants_rev2() && (!caps.imap4rev2() || (wanted_.mailbox && !is_ascii(*wanted_.mailbox)))) return;
  rest_sent_ = true;
  if (known_ && !known_->told_at_login) {
    asks_capability_ = true;
    follow(host, std::make_unique<capability>(), [this](operation_host&, completion& c) {
      if (c.failure) fail(c.failure);
    });
  }
  send_rest(host, caps);
}

void start_operation::follow(operation_host& host, std::unique_ptr<command> cmd, handler then, bool ahead) {
  ++under_way_;
  auto when_done = [this, mine = attempt_, then = std::move(then)](operation_host& h, completion& c) {
    --under_way_;
    if (c.failure.is_fatal()) {
      fail(c.failure);
    } else if (mine == attempt_ && !failure_) {
      then(h, c);
    }
    look_whether_done(h);
  };
  if (ahead) return run_ahead(host, std::move(cmd), std::move(when_done));
  run(host, std::move(cmd), std::move(when_done));
}

void start_operation::send_rest(operation_host& host, const capability_set& caps) {
  send_enable(host, caps);
  send_id(host, caps);
  if (!wanted_.mailbox) return;
  send_select(host);
  if (wanted_.uids) return send_uid_fetch(host);
  if (is_known_mailbox() && wanted_.newest != 0 && !wanted_.items.sets_seen() && known_->exists != 0) {
    assumed_exists_ = known_->exists;
    send_fetch(host, known_->exists, true);
  }
}

bool start_operation::is_known_mailbox() const {
  return known_ && known_->mailbox && wanted_.mailbox && *known_->mailbox == *wanted_.mailbox;
}

void start_operation::send_enable(operation_host& host, const capability_set& caps) {
  if (!wants_rev2() || !caps.imap4rev2()) return;
  // A NO leaves the session as it was.
  follow(host, std::make_unique<imapxx::v0::enable>("IMAP4rev2"), [](operation_host&, completion&) {});
}

void start_operation::send_id(operation_host& host, const capability_set& caps) {
  if (!wanted_.id || !caps.contains("ID")) return;
  follow(host, std::make_unique<imapxx::v0::id>(*wanted_.id), [this](operation_host&, completion& c) {
    if (!c.failure) result_.server_id = static_cast<imapxx::v0::id&>(*c.cmd).take_result();
  });
}

void start_operation::send_select(operation_host& host) {
  std::unique_ptr<command> cmd;
  if (wanted_.read_only) {
    cmd = std::make_unique<examine>(*wanted_.mailbox);
  } else {
    cmd = std::make_unique<select>(*wanted_.mailbox);
  }
  follow(host, std::move(cmd), [this](operation_host& h, completion& c) { on_selected(h, c); });
}

void start_operation::on_selected(operation_host& host, completion& c) {
  if (c.failure) {
    select_failure_ = c.failure;
    // A server that refuses it only because it came early: once more, in its turn.
    if (!logged_in_ || !rest_sent_ || !not_understood(c.failure)) return;
    rest_sent_ = false;
    assumed_exists_.reset();
    send_select(host);
    if (wanted_.uids) send_uid_fetch(host);
    return;
  }
  result_.mailbox = static_cast<open_mailbox&>(*c.cmd).take_result();
  const auto exists = result_.mailbox->exists;
  // The FETCH on its way may be the right one.
  if (wanted_.newest != 0 && exists != 0 && assumed_exists_ != exists) {
    result_.repeated = assumed_exists_.has_value();
    assumed_exists_.reset();
    // In its turn: where it overlaps with the wrong one, their answers could not be told apart.
    send_fetch(host, exists, false);
  }
  if (std::exchange(misses_capability_, false)) send_capability(host);
}

// Behind a FETCH, never in front of it: it may bring EXPUNGE.
void start_operation::send_capability(operation_host& host) {
  follow(
      host, std::make_unique<capability>(),
      [this](operation_host&, completion& c) {
        // Nothing works, although the log-in did (quirk A-01a): the server's text says why.
        if (c.failure) fail(error(c.failure).set_phase(phase::authenticate));
      },
      false);
}

void start_operation::send_fetch(operation_host& host, std::uint32_t exists, bool ahead) {
  const auto first = exists >= wanted_.newest ? exists - wanted_.newest + 1 : 1;
  auto cmd = std::make_unique<imapxx::v0::fetch>(seq_set::range(first, exists), wanted_.items);
  follow(
      host, std::move(cmd),
      [this, exists](operation_host& h, completion& c) {
        on_fetched(h, c, !result_.mailbox || result_.mailbox->exists != exists);
      },
      ahead);
}

void start_operation::send_uid_fetch(operation_host& host) {
  auto cmd = std::make_unique<imapxx::v0::fetch>(*wanted_.uids, wanted_.items);
  follow(host, std::move(cmd), [this](operation_host& h, completion& c) { on_fetched(h, c, !result_.mailbox); });
}

/// `useless`: it built on a number of messages that was wrong, or on a SELECT that failed.
void start_operation::on_fetched(operation_host&, completion& c, bool useless) {
  if (useless) return;
  if (c.failure) return fail(c.failure);
  result_.messages = static_cast<imapxx::v0::fetch&>(*c.cmd).take_result();
}

void start_operation::on_logged_in(operation_host& host) {
  logged_in_ = login_over_ = true;
  const auto& session = host.protocol();
  result_.facts.told_at_login = session.capabilities_known();
  if (rest_sent_) {
    const bool missing = !session.capabilities_known() && !asks_capability_;
    if (missing && wanted_.mailbox) misses_capability_ = true;
    if (missing && !wanted_.mailbox) send_capability(host);
    return look_whether_done(host);
  }
  const auto send = [this](operation_host& h) {
    ++under_way_;  // one that is refused at once must not be the last
    send_rest(h, h.protocol().info().capabilities);
    --under_way_;
    look_whether_done(h);
  };
  if (session.capabilities_known()) return send(host);
  run(host, std::make_unique<capability>(), [this, send](operation_host& h, completion& c) {
    if (c.failure) return finish(error(c.failure).set_phase(phase::authenticate));
    send(h);
  });
}

void start_operation::on_failed(operation_host& host, const error& why) {
  login_over_ = true;
  failure_ = why;
  look_whether_done(host);
}

void start_operation::fail(const error& why) {
  if (!failure_) failure_ = why;
}

void start_operation::look_whether_done(operation_host& host) {
  if (!login_over_ || under_way_ != 0 || done()) return;
  if (!failure_ && wanted_.mailbox && !result_.mailbox) failure_ = select_failure_;
  if (failure_) return finish(failure_);
  if (std::exchange(misses_capability_, false)) return send_capability(host);
  auto& facts = result_.facts;
  facts.after_login = host.protocol().info().capabilities;
  if (result_.mailbox) {
    facts.mailbox = wanted_.mailbox;
    facts.uidvalidity = result_.mailbox->uidvalidity;
    facts.exists = result_.mailbox->exists;
  }
  finish();
}

std::vector<std::string> start_operation::plan(const session_info& info) const {
  auto lines = login_operation::plan(info);
  if (wants_rev2()) lines.emplace_back("ENABLE IMAP4rev2, where it is offered");
  if (wanted_.id) lines.emplace_back("ID, where it is offered");
  if (wanted_.mailbox) lines.emplace_back(wanted_.read_only ? "EXAMINE" : "SELECT");
  if (wanted_.uids) lines.emplace_back("UID FETCH");
  if (wanted_.newest != 0) lines.emplace_back("FETCH of the newest messages");
  return lines;
}

}  // namespace imapxx::inline v0::core
