#include "connection.hpp"

#include <imapxx/display.hpp>
#include <imapxx/version.hpp>

#include "credentials.hpp"
#include "exit_code.hpp"
#include "interrupt.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace imapxx::cli {
namespace {

// What happens after a loss, for the person who waits.
void tell(const reconnect_event& e) {
  using kind = reconnect_event::kind;
  switch (e.what) {
    case kind::lost: return complain(fmt::format("connection lost: {}", e.why.what()));
    case kind::waiting:
      if (e.attempt > 1) complain(fmt::format("no connection: {}", e.why.what()));
      return complain(fmt::format("attempt {} in {:.1f} s", e.attempt, static_cast<double>(e.delay.count()) / 1000));
    case kind::connected: return complain("connected again");
    case kind::repeating: return complain(fmt::format("{}: sent again", e.command));
    case kind::resolved: return complain(fmt::format("{}: had been carried out; not sent again", e.command));
    case kind::not_done: return complain(fmt::format("{}: had not been carried out; sent again", e.command));
    case kind::unknown: return complain(fmt::format("{}: nobody can tell whether it was carried out", e.command));
    case kind::gave_up: return complain("giving up");
  }
}

}  // namespace

connect_options options_for(const common_args& args, const imap_url& url, observer& heard, const std::string& ca_pem) {
  const auto protection = url.tls ? security::tls : (args.plain ? security::plain : security::starttls);
  tls_options tls;
  if (!args.ca_file.empty()) tls.ca_file(args.ca_file);
  if (!ca_pem.empty()) tls.ca_pem(ca_pem);
  if (args.insecure) tls.insecure_no_verification();
  if (!args.cert.empty()) tls.certificate(args.cert, args.key.empty() ? args.cert : args.key);
  session_options session;
  session.observe(&heard);
  if (args.timeout > 0) {
    const auto ms = std::chrono::milliseconds(static_cast<std::int64_t>(args.timeout * 1000));
    timeouts t;
    t.connect = t.greeting = t.handshake = t.command = t.stall = ms;
    session.use_timeouts(t);
  }
  connect_options options(url.host, protection, url.port);
  options.tls(std::move(tls)).session(std::move(session));
  if (args.retry > 0) options.reconnect(reconnect_policy().attempts(args.retry).notify(tell));
  return options;
}

listener::listener(const common_args& args) : verbose_(args.verbose) {
  if (args.trace.empty()) return;
  if (args.trace == "-") {
    trace_fd_ = ::dup(STDERR_FILENO);
    return;
  }
  constexpr mode_t only_me = 0600;  // the mail itself stands in it
  trace_fd_ = ::open(args.trace.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, only_me);
  if (trace_fd_ < 0) throw local_error("--trace " + args.trace + ": " + std::strerror(errno));
  on_trace(trace_direction::note, std::string("imapxx ") + version_string() + ", trace 1");
}

listener::~listener() {
  if (trace_fd_ >= 0) ::close(trace_fd_);
}

void listener::on_mailbox_event(const mailbox_event& e) {
  if (event) event(e);
}

void listener::on_alert(std::string_view text) { complain("the server says: " + std::string(text)); }

void listener::on_unparsed(const unparsed_item& u) {
  if (verbose_) complain(fmt::format("ignored a malformed {} ({} at octet {})", u.name, u.reason, u.offset));
}

bool listener::wants_trace() const noexcept { return trace_fd_ >= 0 || trace; }

void listener::on_trace(trace_direction d, std::string_view text) {
  if (trace) trace(d, text);
  if (trace_fd_ < 0) return;
  const auto now = std::chrono::system_clock::now();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  const char* who = d == trace_direction::sent ? "C: " : (d == trace_direction::received ? "S: " : "-- ");
  const auto line = fmt::format("{:%H:%M:%S}.{:03} {}{}\n", fmt::localtime(std::chrono::system_clock::to_time_t(now)),
                                ms, who, ::isatty(trace_fd_) == 1 ? escape_lines(text) : std::string(text));
  if (::write(trace_fd_, line.data(), line.size()) < 0) {
    complain(std::string("--trace: ") + std::strerror(errno));
    ::close(std::exchange(trace_fd_, -1));
  }
}

imap_url checked_url(const common_args& args) {
  auto url = parse_url(args.url);
  if (url.tls && args.starttls)
    throw usage_error("imaps:// is TLS from the first octet and needs no --starttls", "write imap:// for STARTTLS");
  if (url.tls && args.plain) throw usage_error("imaps:// and --plain contradict one another", "write imap://");
  if (args.plain && args.starttls) throw usage_error("--plain and --starttls contradict one another");
  if (args.cert.empty() && !args.key.empty()) throw usage_error("--key needs --cert");
  return url;
}

connection::connection(const common_args& args) : connection(args, without_login{}) { log_in(); }

connection::connection(const common_args& args, opening how) : connection(args, without_login{}) {
  if (client_->state() != session_state::not_authenticated) return;  // PREAUTH
  start_plan plan;
  how.writing ? plan.open(mailbox()) : plan.examine(mailbox());
  opened_ = client_->start(find_credentials(args_, url_), std::move(plan)).mailbox;
  opened_for_writing_ = how.writing;
}

connection::connection(const common_args& args, without_login, std::function<void(trace_direction, std::string_view)> t,
                       const std::string& ca_pem)
    : args_(args), url_(checked_url(args)), listener_(args) {
  listener_.trace = std::move(t);
  connect(ca_pem);
}

connection::~connection() {
  interrupt_.reset();
  client_.reset();
}

void connection::connect(const std::string& ca_pem) {
  client_ = std::make_unique<client>(options_for(args_, url_, listener_, ca_pem));
  interrupt_ = std::make_unique<on_interrupt>([c = client_.get()] { c->cancel(); });
  if (args_.verbose)
    complain(fmt::format("connected to {}{}", url_.address(),
                         client_->tls() ? ", " + client_->tls_description() : std::string(", no TLS")));
}

void connection::log_in() {
  if (client_->state() != session_state::not_authenticated) return;  // PREAUTH
  log_in(find_credentials(args_, url_));
}

void connection::log_in(const credentials& who) {
  if (client_->state() == session_state::not_authenticated) client_->authenticate_as(who);
}

mailbox_name connection::mailbox() const {
  return url_.mailbox.empty() ? mailbox_name("INBOX") : mailbox_name(url_.mailbox);
}

std::vector<mailbox_name> connection::named(const std::vector<std::string>& arguments) const {
  std::vector<mailbox_name> names(arguments.begin(), arguments.end());
  if (names.empty() && !url_.mailbox.empty()) names.emplace_back(url_.mailbox);
  if (names.empty()) throw usage_error("no mailbox is named", "give its name, or put it behind the host in the URL");
  return names;
}

mailbox_view connection::open(bool writing) {
  mailbox_view view;
  if (opened_ && opened_for_writing_ == writing) {
    view = *std::exchange(opened_, std::nullopt);
  } else {
    view = writing ? client_->select(mailbox()) : client_->examine(mailbox());
  }
  if (url_.uidvalidity != 0 && view.uidvalidity && *view.uidvalidity != url_.uidvalidity)
    throw failure(exit_code::refused,
                  fmt::format("the mailbox has UIDVALIDITY {}, not {}: its UIDs mean other messages now",
                              *view.uidvalidity, url_.uidvalidity));
  return view;
}

void connection::close() noexcept { client_->close(); }

std::string number_text(const std::string& argument, const imap_url& url, const char* otherwise) {
  if (!argument.empty()) return argument;
  if (!url.uids.empty()) return url.uids;
  if (otherwise != nullptr) return otherwise;
  throw usage_error("no messages are named", "give numbers such as 1:5,9");
}

uid_set parse_uids(const std::string& text) {
  auto set = uid_set::try_parse(text);
  if (!set) throw usage_error("not a set of message numbers: " + text, "write 1:5,9,20:*");
  return *set;
}

seq_set parse_seqs(const std::string& text) {
  auto set = seq_set::try_parse(text);
  if (!set) throw usage_error("not a set of message numbers: " + text, "write 1:5,9,20:*");
  return *set;
}

}  // namespace imapxx::cli
