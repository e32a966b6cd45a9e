#include "shell.hpp"

#include <imapxx/display.hpp>
#include <imapxx/mime.hpp>

#include "credentials.hpp"
#include "explain.hpp"
#include "interrupt.hpp"
#include "json.hpp"
#include "octets.hpp"
#include "readable_json.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <utility>

namespace imapxx::cli {
namespace {

// What a server may be silent for while a command runs, when --timeout does not say.
constexpr auto usual_patience = std::chrono::seconds(120);

std::chrono::milliseconds patience(const common_args& common) {
  if (common.timeout <= 0) return usual_patience;
  return std::chrono::milliseconds(static_cast<std::int64_t>(common.timeout * 1000));
}

// "A0001": tags A0001, A0002 ...
void set_tags(session_options& options, const std::string& wanted) {
  const auto letters = wanted.find_last_not_of("0123456789") + 1;
  const auto digits = wanted.substr(letters);
  constexpr std::size_t most_letters = 16;
  constexpr std::size_t most_digits = 9;
  const bool good = letters > 0 && letters <= most_letters && digits.size() <= most_digits &&
                    std::all_of(wanted.begin(), wanted.end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                    });
  if (!good) throw usage_error("--tag needs letters, and perhaps the first number behind them", "such as --tag A0001");
  options.tag_prefix(wanted.substr(0, letters), digits.size());
  std::uint32_t first = 1;
  if (!digits.empty()) std::from_chars(digits.data(), digits.data() + digits.size(), first);
  options.first_tag(first);
}

// A file as the octets of a literal: read while it is sent.
class file_source final : public literal_source {
 public:
  /// \param sent called whenever a part of it leaves
  file_source(const std::string& path, std::function<void()> sent)
      : file_(path, std::ios::binary), path_(path), sent_(std::move(sent)) {
    file_.seekg(0, std::ios::end);
    const auto end = file_.tellg();
    if (!file_ || end < 0) throw local_error("cannot read " + path);
    size_ = static_cast<std::uint64_t>(end);
    file_.seekg(0);
  }
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  result<std::size_t> read(std::span<char> out) override {
    sent_();
    file_.read(out.data(), static_cast<std::streamsize>(out.size()));
    if (file_.bad()) return error(errc::io, "cannot read " + path_);
    return static_cast<std::size_t>(file_.gcount());
  }

 private:
  std::ifstream file_;
  std::string path_;
  std::function<void()> sent_;
  std::uint64_t size_ = 0;
};

std::string file_with_crlf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw local_error("cannot read " + path);
  std::string text;
  for (char c = 0; file.get(c);) {
    if (c == '\n' && !text.ends_with('\r')) text += '\r';
    text += c;
  }
  return text;
}

bool is_quotable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

shell::shell(const common_args& common, const shell_args& args, output& out)
    : common_(common), args_(args), out_(out), url_(checked_url(common)), trace_(common) {
  if (args.decode == "on" || args.decode == "readable") view_ = view::readable;
  if (args.decode == "json") view_ = view::json;
  sent_at_ = progress_at_ = clock::now();
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_ < 0) throw local_error("eventfd");
}

shell::~shell() {
  interrupt_.reset();
  idle_.reset();
  client_.reset();
  source_.reset();
  if (wake_ >= 0) ::close(wake_);
}

void shell::connect() {
  auto options = options_for(common_, url_, *this, {});
  auto& session = options.session_settings;
  set_tags(session, args_.tag);
  // Both are the shell's own: a person may take longer over an answer, and keep-alive is to be seen.
  session.timeouts.stall = std::chrono::milliseconds(0);
  session.timeouts.idle_refresh = std::chrono::milliseconds(0);
  client_ = std::make_unique<client>(std::move(options));
  interrupt_ = std::make_unique<on_interrupt>([this] {
    // First, so that whoever hears of the cancellation finds it there and takes it away: left for the next line, it
    // would end the shell.
    const std::uint64_t one = 1;
    (void)!::write(wake_, &one, sizeof one);  // full: it wakes anyway
    client_->cancel();
  });
}

exit_code shell::run() {
  connect();
  if (::isatty(STDIN_FILENO) == 1 && out_.terminal()) {
    source_ = std::make_unique<terminal_source>(
        STDIN_FILENO, STDOUT_FILENO,
        [this](std::string_view line, std::size_t& from) {
          words_.state = client_->state();
          return completions(line, words_, from);
        },
        args_.history);
    note(client_->tls() ? client_->tls_description() : std::string("no TLS"));
    note(":help shows what can be typed, :quit ends");
  } else {
    source_ = std::make_unique<script_source>(STDIN_FILENO);
  }
  source_->wait = [this](int fd) { await_input(fd); };
  auto code = exit_code::ok;
  while (client_->connected() && client_->state() != session_state::logout) {
    auto line = source_->line(prompt());
    if (!line) break;
    const auto done = obey(*line);
    secret::wipe(*line);
    if (source_->is_terminal()) continue;
    if (code == exit_code::ok) code = done;
    if (done != exit_code::ok && args_.exit_on_error) break;
  }
  quit();
  return code;
}

void shell::quit() {
  if (client_->connected() && client_->state() != session_state::logout) transact("LOGOUT", {raw_piece{"LOGOUT"}});
  client_->close();
}

// --- lines
// ---------------------------------------------------------------------------------------------------------------

exit_code shell::obey(const std::string& line) {
  const auto first = first_word(line);
  if (first.empty() || first.starts_with('#')) return exit_code::ok;
  try {
    return first.starts_with(':') ? direct(line) : send(line.substr(line.find_first_not_of(' ')));
  } catch (const failure& f) {
    complain(std::string("imapxx: ") + f.what());
    if (!f.hint().empty()) complain("  try: " + f.hint());
    return f.code();
  } catch (const error& e) {
    if (e.is_fatal() || (e.code() == errc::cancelled && !source_->is_terminal())) throw;
    complain(std::string("imapxx: ") + e.what());
    if (const auto hint = hint_for(e); !hint.empty()) complain("  try: " + hint);
    if (e.code() == errc::cancelled) {
      std::uint64_t signals = 0;
      (void)!::read(wake_, &signals, sizeof signals);
      forget_interrupt();
    }
    return code_of(e);
  }
}

exit_code shell::send(const std::string& typed) {
  auto line = typed;
  // Completion leaves a blank behind what it found.
  if (source_->is_terminal()) line.erase(line.find_last_not_of(' ') + 1);
  if (has_own_tag(line))
    throw usage_error("the shell puts the tag in front itself", "leave it out; --tag chooses how it looks");
  const auto name = command_name(line);
  if (name == "STARTTLS")
    throw usage_error("STARTTLS belongs to the connection", "imap:// without --plain begins with it");
  if (name == "COMPRESS") throw usage_error("COMPRESS would make the rest unreadable");
  source_->remember(line.substr(0, credentials_at(line)));
  if (name == "LOGIN" && source_->is_terminal()) ask_for_password(line);
  auto pieces = collect(std::move(line), name);
  if (name == "IDLE") return idle(std::move(pieces));
  return transact(name, std::move(pieces));
}

// LOGIN with a user name alone.
void shell::ask_for_password(std::string& line) {
  if (argument(line, 0).empty() || !argument(line, 1).empty() || find_literal(line)) return;
  auto password = source_->line("Password: ", true);
  if (!password) throw usage_error("no password");
  if (is_quotable(*password)) {
    line += " \"";
    for (const char c : *password) {
      if (c == '"' || c == '\\') line += '\\';
      line += c;
    }
    line += '"';
    secret::wipe(*password);
    return;
  }
  secret::wipe(*password);
  throw usage_error("this password needs a literal", "LOGIN name {n}, and the password as n octets");
}

// The line with its literals, which are read before anything is sent: what a script means must not depend on what the
// server answers.
std::vector<raw_piece> shell::collect(std::string line, const std::string& name) {
  std::vector<raw_piece> pieces;
  const bool hidden = name == "LOGIN" || name == "AUTHENTICATE";
  for (;;) {
    const auto literal = find_literal(line);
    auto& p = pieces.emplace_back();
    p.text = literal ? line.substr(0, literal->at) : line;
    secret::wipe(line);
    if (!literal) return pieces;
    p.wait = literal->wait;
    p.binary = literal->binary;
    p.literal = raw_piece::form::octets;
    if (!literal->file.empty() && !literal->crlf) {
      p.literal = raw_piece::form::file;
      p.source = std::make_shared<file_source>(literal->file, [this] { progress_at_ = clock::now(); });
      p.file_name = literal->file;
    } else if (literal->crlf) {
      p.octets = file_with_crlf(literal->file);
    } else {
      constexpr std::uint64_t most = std::uint64_t{64} << 20U;
      if (literal->octets > most) throw usage_error("a literal of more than 64 MiB", "send it from a file: {<file}");
      if (!source_->octets(literal->octets, p.octets, hidden)) throw usage_error("the input ends inside a literal");
    }
    // A file's name is complete; behind typed octets the line goes on.
    auto rest = literal->file.empty() ? source_->line("rest of the line> ", hidden) : std::optional<std::string>("");
    line = rest.value_or("");
  }
}

exit_code shell::transact(const std::string& name, std::vector<raw_piece> pieces) {
  if (name == "LIST" || name == "LSUB") words_.mailboxes.clear();
  const auto first_argument = std::string(argument(pieces.front().text, 0));
  auto t = client_->submit(raw_command(name, std::move(pieces), *this));
  drive([&] { return t.ready(); });
  own_line_ = false;
  held_.clear();
  const auto answer = t.try_wait().value();
  const bool ok = answer.status == status_kind::ok;
  if (name == "SELECT" || name == "EXAMINE") mailbox_ = ok ? first_argument : std::string();
  if (ok) return exit_code::ok;
  return name == "LOGIN" || name == "AUTHENTICATE" ? exit_code::login : exit_code::refused;
}

void shell::begin_idle() {
  go_ahead_ = false;
  idle_.emplace(client_->submit(raw_command("IDLE", idle_pieces_, *this)));
  drive([&] { return go_ahead_ || idle_->ready(); });
  own_line_ = false;
}

// Whoever lets go of an IDLE ends it: the client sends DONE.
void shell::end_idle() {
  if (!idle_) return;
  const bool over = idle_->ready();
  auto left = std::move(idle_);
  idle_.reset();
  if (over) return (void)left->try_wait().value();
  left.reset();
  drive([&] { return client_->protocol().commands_outstanding() == 0; });
}

exit_code shell::idle(std::vector<raw_piece> pieces) {
  idle_pieces_ = std::move(pieces);
  begin_idle();
  auto code = exit_code::ok;
  while (!idle_->ready()) {
    const auto line = source_->line("Enter or DONE ends IDLE> ");
    if (!line || line->empty() || same_word(first_word(*line), "DONE")) break;
    if (first_word(*line).starts_with('#')) continue;
    if (first_word(*line).starts_with(':')) {
      code = obey(*line);
      continue;
    }
    complain("imapxx: IDLE is under way: DONE or an empty line ends it");
    code = exit_code::usage;
  }
  last_status_ = status_kind::ok;
  end_idle();
  return last_status_ == status_kind::ok ? code : exit_code::refused;
}

// --- waiting
// -------------------------------------------------------------------------------------------------------------

void shell::drive(const std::function<bool()>& done) {
  const auto limit = patience(common_);
  constexpr auto slice = std::chrono::milliseconds(200);
  progress_at_ = clock::now();
  while (!done()) {
    try {
      if (client_->poll(std::min<std::chrono::milliseconds>(slice, limit))) progress_at_ = clock::now();
    } catch (const error& e) {
      if (done()) return;
      if (e.code() != errc::cancelled) throw;
      throw error(error(e).set_fatal(!client_->connected()));
    }
    if (!done() && clock::now() - progress_at_ > limit)
      throw error(error(errc::timeout, "the server did not answer in time").set_phase(phase::command).set_fatal(true));
  }
}

void shell::await_input(int fd) {
  const auto every = std::chrono::milliseconds(static_cast<std::int64_t>(args_.keep_alive * 1000));
  for (;;) {
    int timeout = -1;
    if (every.count() > 0 && !in_dialogue_) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(sent_at_ + every - clock::now()).count();
      if (left <= 0) {
        keep_alive();
        continue;
      }
      timeout = static_cast<int>(left) + 1;
    }
    // While the session waits for our answer to a challenge it must not be called.
    std::array<pollfd, 3> on{pollfd{fd, POLLIN, 0}, pollfd{wake_, POLLIN, 0},
                             pollfd{in_dialogue_ ? -1 : client_->native_handle(), POLLIN, 0}};
    const int n = ::poll(on.data(), on.size(), timeout);
    if (n < 0 && errno != EINTR) throw local_error("poll");
    if (n <= 0) continue;
    if (on[1].revents != 0) throw error(error(errc::cancelled, "interrupted").set_fatal(true));
    if (on[2].revents != 0) (void)client_->poll(std::chrono::milliseconds(0));
    if (on[0].revents != 0) return;
  }
}

void shell::keep_alive() {
  if (!idle_) {
    transact("NOOP", {raw_piece{"NOOP"}});
  } else if (!idle_->ready()) {
    end_idle();
    begin_idle();
  }
  sent_at_ = clock::now();
}

std::string shell::prompt() const {
  switch (client_->state()) {
    case session_state::selected:
      return escape_for_display(mailbox_) + (client_->mailbox().read_only ? " (read-only)> " : "> ");
    case session_state::authenticated: return "logged in> ";
    default: return "not logged in> ";
  }
}

// --- the wire
// ------------------------------------------------------------------------------------------------------------

// The trace has what servers repeat of secrets cut out; of a challenge it shows nothing, which the person who has to
// answer it must see.
void shell::on_raw(std::string_view response) {
  challenge_ = response.starts_with('+') ? response : std::string_view();
}

void shell::received(std::string_view response) {
  ++responses_;
  show("S: ", response);
  const bool goes_on = response.starts_with('+');
  go_ahead_ = go_ahead_ || goes_on;
  const auto name = response.substr(0, response.find(' '));
  if (name != "*" && !goes_on) {
    const auto parsed = parse_response(response);
    if (const auto* s = std::get_if<status_response>(&parsed); s != nullptr && !s->tag.empty()) last_status_ = s->kind;
  }
  if (view_ != view::off) show_decoded(response);
  if (goes_on && !held_.empty()) {
    const auto lines = std::move(held_.front());
    held_.erase(held_.begin());
    show("C: ", lines);
  }
}

void shell::on_trace(trace_direction d, std::string_view text) {
  trace_.on_trace(d, text);
  if (d == trace_direction::received) received(challenge_.empty() ? text : std::exchange(challenge_, {}));
  if (d != trace_direction::sent) return;
  sent_at_ = clock::now();
  if (!std::exchange(own_line_, false)) show("C: ", text);
}

void shell::on_unparsed(const unparsed_item& u) { note(fmt::format("malformed: {} at octet {}", u.reason, u.offset)); }

void shell::written(std::string_view lines, bool waits) {
  own_line_ = true;
  if (waits || !held_.empty()) {
    held_.emplace_back(lines);
  } else {
    show("C: ", lines);
  }
}

void shell::listed(const list_entry& entry) {
  auto name = typed_form(entry.name.raw());
  auto& known = words_.mailboxes;
  if (!name.empty() && std::find(known.begin(), known.end(), name) == known.end()) known.push_back(std::move(name));
}

std::optional<secret> shell::answer(std::string_view challenge) {
  struct dialogue {
    shell& s;
    explicit dialogue(shell& of) : s(of) { s.in_dialogue_ = true; }
    ~dialogue() {
      s.in_dialogue_ = false;
      s.progress_at_ = clock::now();
    }
  } const guard(*this);
  if (view_ != view::off && !challenge.empty()) {
    mime::transfer_decoder decoder(mime::transfer_encoding::base64);
    std::string text;
    decoder.feed(challenge, text);
    decoder.finish(text);
    show("D: ", "challenge: " + text);
  }
  auto line = source_->line(encode_answers_ ? "answer (text)> " : "answer (base64)> ", true);
  if (!line) return secret("*");
  const bool once = line->starts_with(":base64 ");
  if ((!once && !encode_answers_) || *line == "*") return secret(std::move(*line));
  const auto text = unescaped(once ? std::string_view(*line).substr(8) : std::string_view(*line));
  secret::wipe(*line);
  if (!text) {
    complain("imapxx: \\ stands for \\0, \\n, \\r, \\\\ or \\xHH; the dialogue is cancelled");
    return secret("*");
  }
  return secret(base64(*text));
}

// --- showing
// -------------------------------------------------------------------------------------------------------------

void shell::show(std::string_view mark, std::string_view lines) {
  if (source_) source_->clear();
  for (;;) {
    const auto end = lines.find('\n');
    auto line = lines.substr(0, end);
    if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
    const auto shown = std::string(mark) + escape_for_display(line);
    const auto& look = out_.look();
    out_.trusted(mark == "C: " ? look.cyan(shown)
                               : (mark == "D: " ? look.green(shown) : (mark == "-- " ? look.dim(shown) : shown)));
    out_.trusted("\n");
    if (end == std::string_view::npos) break;
    lines.remove_prefix(end + 1);
  }
  out_.flush();
  if (source_) source_->redraw();
}

void shell::note(std::string_view text) { show("-- ", text); }

void shell::show_decoded(std::string_view response) {
  parse_options how;
  how.utf8 = client_ && client_->protocol().info().utf8;
  const auto json = to_json(parse_response(response, how));
  if (view_ == view::json) return show("D: ", json);
  for (const auto& line : readable_lines(json)) show("D: ", line);
}

}  // namespace imapxx::cli
