#include "connection.hpp"

#include "dispatcher.hpp"
#include "text.hpp"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace imapxx::testserver::detail {

namespace {

constexpr std::size_t max_line = 64 * 1024;
constexpr std::uint64_t max_argument_literal = 1024 * 1024;
constexpr std::uint64_t max_message = 1024ULL * 1024 * 1024;
constexpr std::uint64_t literal_minus_limit = 4096;  // RFC 7888, section 5

}  // namespace

connection::connection(server_core& core, unique_fd fd, faults plan)
    : core_(core),
      transport_(std::move(fd), -1),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      faults_(std::move(plan)),
      log_(core.config.transcript_limit),
      session_(core.store, core.config, *this) {
  transport_.set_wake(wake_.get());
  auto lock = core_.store.lock();
  core_.store.add_watcher(*this);
}

connection::~connection() { finish(); }

/// Gives the descriptors back; the log stays readable as long as the server lives.
void connection::finish() {
  {
    auto lock = core_.store.lock();
    core_.store.remove_watcher(*this);
    session_.unselect();
  }
  std::lock_guard guard(end_mutex_);
  transport_.release();
  wake_.reset();
  finished_ = true;
}

void connection::shut_down() {
  std::lock_guard guard(end_mutex_);
  if (!finished_) ::shutdown(transport_.fd(), SHUT_RDWR);
}

void connection::mailbox_changed(const mailbox& box) {
  if (watched_ != &box) return;
  std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);  // cannot fail: the counter never fills
}

void connection::run() {
  if (core_.config.security != tls_mode::implicit || start_tls()) serve();
  flush(session_.out);
  transport_.close();
  finish();
}

void connection::serve() {
  greet();
  std::vector<command_piece> pieces;
  while (open_ && session_.state != phase::logout && read_command(pieces)) one_command(std::move(pieces));
}

void connection::greet() {
  if (!core_.config.preauth_user.empty()) {
    auto lock = core_.store.lock();
    if (auto user = core_.store.find_user(core_.config.preauth_user)) session_.authenticated_as(user);
  }
  if (faults_.plan().has_greeting())
    session_.out += faults_.plan().greeting();
  else
    session_.untagged((session_.user ? "PREAUTH [" : "OK [") + session_.capability_text() + "] " +
                      core_.config.greeting);
  flush(session_.out);
}

bool connection::start_tls() {
  if (!session_.out.empty()) session_.out += faults_.plan().after_starttls();
  flush(session_.out);
  // What a client sends behind STARTTLS in the clear must not be taken for protected (RFC 3501, 6.2.1).
  in_.clear();
  in_pos_ = 0;
  if (!open_ || !transport_.start_tls(core_.identity.context.get())) {
    open_ = false;
    return false;
  }
  session_.tls = true;
  return true;
}

bool connection::fill() {
  if (in_pos_ == in_.size()) {
    in_.clear();
    in_pos_ = 0;
  }
  auto before = in_.size();
  if (!open_ || transport_.receive(in_, false) != transport::result::data) return open_ = false;
  log_.add(true, std::string_view(in_).substr(before));
  return true;
}

bool connection::read_line(std::string& line) {
  line.clear();
  for (;;) {
    auto lf = in_.find('\n', in_pos_);
    auto end = lf == std::string::npos ? in_.size() : lf;
    line.append(in_, in_pos_, end - in_pos_);
    in_pos_ = lf == std::string::npos ? end : end + 1;
    if (lf != std::string::npos) break;
    if (line.size() > max_line) {
      session_.untagged("BYE Command line too long.");
      flush(session_.out);
      return open_ = false;
    }
    if (!fill()) return false;
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

bool connection::read_octets(std::size_t n, std::string& to) {
  to.clear();
  to.reserve(std::min<std::size_t>(n, 16 * 1024 * 1024));
  for (;;) {
    auto part = std::min(n - to.size(), in_.size() - in_pos_);
    to.append(in_, in_pos_, part);
    in_pos_ += part;
    if (to.size() == n) return true;
    if (!fill()) return false;
  }
}

void connection::refuse(const std::vector<command_piece>& pieces, const std::string& answer) {
  auto tag = pieces.front().text.substr(0, pieces.front().text.find(' '));
  session_.out += tag + ' ' + answer + "\r\n";
  flush(session_.out);
  refused_ = true;
}

bool connection::accept_literal(const literal_announcement& a, const std::vector<command_piece>& pieces) {
  auto text = std::string_view(pieces.front().text);
  auto name = text.substr(std::min(text.size(), text.find(' ') + 1));
  bool append = istarts_with(name, "APPEND ");
  auto limit =
      append ? (core_.config.append_limit != 0 ? core_.config.append_limit : max_message) : max_argument_literal;
  const auto& config = core_.config;
  bool plus = config.has("LITERAL+");
  bool minus = config.has("LITERAL-") || config.has("IMAP4rev2");
  bool allowed = a.synchronizing || plus || (minus && a.size <= literal_minus_limit);
  if (a.size <= limit && allowed && (!a.binary || append)) {
    if (!a.synchronizing) return true;
    if (append && session_.user) try {
        auto probe = pieces;
        arguments args(std::move(probe));
        read_head(args);
        args.space();
        auto mailbox = session_.mailbox_name(args.astring());
        auto lock = core_.store.lock();
        session_.require_mailbox(mailbox, true);
      } catch (const command_failure& f) {
        if (f.status == "NO") {
          refuse(pieces, "NO " + (f.code.empty() ? "" : '[' + f.code + "] ") + f.text);
          return false;
        }
      }
    session_.out += "+ OK\r\n";
    flush(session_.out);
    return open_;
  }
  std::string swallowed;
  constexpr std::uint64_t most_swallowed = 64ULL * 1024 * 1024;
  if (!a.synchronizing && a.size > most_swallowed) {
    session_.untagged("BYE Literal too big.");
    flush(session_.out);
    return open_ = false;
  }
  std::string rest;
  if (!a.synchronizing && (!read_octets(static_cast<std::size_t>(a.size), swallowed) || !read_line(rest))) return false;
  refuse(pieces, a.size > limit ? "NO [TOOBIG] Literal too big." : "BAD Literal not accepted.");
  return false;
}

bool connection::read_command(std::vector<command_piece>& pieces) {
  pieces.clear();
  refused_ = false;
  std::string line;
  std::size_t total = 0;
  for (;;) {
    if (!read_line(line)) return false;
    total += line.size();
    auto literal = find_literal(line);
    if (literal) line.resize(literal->position);
    pieces.push_back({line, false, false});
    if (!literal) return true;
    if (!accept_literal(*literal, pieces)) {
      pieces.clear();
      return refused_ && open_;
    }
    command_piece piece{{}, true, literal->binary};
    if (!read_octets(static_cast<std::size_t>(literal->size), piece.text)) return false;
    pieces.push_back(std::move(piece));
    if (total > max_line) return open_ = false;
  }
}

void connection::one_command(std::vector<command_piece> pieces) {
  if (pieces.empty()) return;
  ++core_.commands;
  if (++commands_ == faults_.plan().drop_at_command()) {
    open_ = false;
    return;
  }
  arguments args(std::move(pieces));
  command_head head;
  try {
    head = read_head(args);
  } catch (const command_failure& f) {
    session_.out += (head.tag.empty() ? "*" : head.tag) + ' ' + f.status + ' ' + f.text + "\r\n";
    flush(session_.out);
    return;
  }
  session_.tag = head.tag;
  const command_rule* rule = faults_.match(head.name);
  using action = command_rule::action;
  if (rule != nullptr && rule->what() != action::after) raw_reply(*rule);
  if (open_ && (rule == nullptr || rule->what() == action::before || rule->what() == action::after)) {
    dispatch(session_, head, args);
    if (rule != nullptr && rule->what() == action::after) raw_reply(*rule);
  }
  if (session_.user && log_.login().empty()) log_.set_login(session_.login_text);
  flush(session_.out);
}

void connection::raw_reply(const command_rule& rule) {
  if (rule.what() == command_rule::action::drop)
    open_ = false;
  else if (rule.what() == command_rule::action::stall)
    stall();
  auto raw = rule.raw();
  for (auto pos = raw.find("$tag"); pos != std::string::npos; pos = raw.find("$tag", pos + session_.tag.size()))
    raw.replace(pos, 4, session_.tag);
  session_.out += raw;
}

void connection::stall() {
  session_.out.clear();
  std::string ignored;
  while (transport_.receive(ignored, false) == transport::result::data) {
    log_.add(true, ignored);
    ignored.clear();
  }
  open_ = false;
}

void connection::flush(std::string& out) {
  if (out.empty() || !open_) {
    out.clear();
    return;
  }
  auto data = std::move(out);
  out.clear();
  const faults& plan = faults_.plan();
  bool plain_plan = plan.literal_difference() == 0 && plan.replacements().empty();
  auto r = faults_.write(transport_, plain_plan ? data : faults_.rewrite(data),
                         [this](std::string_view part) { log_.add(false, part); });
  if (r == fault_filter::result::stalled)
    stall();
  else if (r == fault_filter::result::cut)
    open_ = false;
}

bool connection::wait_for_event(bool& client_data) {
  client_data = in_pos_ < in_.size();
  if (client_data) return true;
  {
    auto lock = core_.store.lock();
    watched_ = session_.view ? session_.view->box.get() : nullptr;
    if (session_.view && (session_.view->synced != session_.view->box->highest_modseq || session_.view->box->deleted))
      return true;
  }
  in_.clear();
  in_pos_ = 0;
  auto r = transport_.receive(in_, true);
  if (r == transport::result::woken) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
    return true;
  }
  client_data = true;
  if (r != transport::result::data) return open_ = false;
  log_.add(true, in_);
  return true;
}

}  // namespace imapxx::testserver::detail
