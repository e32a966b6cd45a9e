#include "base/ascii.hpp"
#include "imaplib/impl.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <utility>

namespace imapxx::inline v0::imaplib {
namespace {

// Octets of a literal that one `read` asks for: whole messages need not be in one piece.
constexpr std::uint64_t literal_piece = std::uint64_t{256} << 10U;

bytes random_tag_prefix() {
  constexpr std::int64_t first = 4096;
  constexpr std::int64_t last = 65535;
  std::random_device source;
  return Int2AP(std::uniform_int_distribution<std::int64_t>(first, last)(source));
}

session_options options_of(const settings& how, observer* o, const bytes& tags) {
  session_options s;
  s.use_limits(how.limits).observe(o).tag_prefix(tags).first_tag(0).max_in_flight(1);
  return s;
}

std::string join(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const auto& w : words) {
    if (!out.empty()) out += between;
    out += w;
  }
  return out;
}

bool stands_alone(std::string_view name) {
  return name == "STARTTLS" || name == "AUTHENTICATE" || name == "IDLE" || name == "LOGOUT" || name == "LOGIN";
}

bool selects(std::string_view name) {
  return name == "SELECT" || name == "EXAMINE" || name == "CLOSE" || name == "UNSELECT";
}

std::string in_command(std::string_view name) {
  return name.empty() ? std::string() : "command: " + std::string(name) + " => ";
}

}  // namespace

IMAP4::impl::impl(IMAP4& object, settings how_to)
    : self(object),
      how(std::move(how_to)),
      debug(how.debug_level.value_or(Debug())),
      protocol(),
      tagpre(random_tag_prefix()),
      commands(python_commands()) {
  protocol = session(options_of(how, this, tagpre));
}

void IMAP4::impl::require_state(std::string_view name) {
  const auto found = commands.find(name);
  if (found == commands.end()) throw imaplib::error("Unknown IMAP4 command: '" + base::to_lower(name) + "'");
  const auto& states = found->second;
  if (std::find(states.begin(), states.end(), state) != states.end()) return;
  throw imaplib::error("command " + std::string(name) + " illegal in state " + state + ", only allowed in states " +
                       join(states, ", "));
}

void IMAP4::impl::before_sending() {
  for (const auto* type : {"OK", "NO", "BAD"}) unread.erase(type);
  const auto read_only = unread.find("READ-ONLY");
  if (read_only == unread.end() || is_readonly || read_only_told) return;
  // Told once. Python tells it again at every command from then on, LOGOUT included.
  read_only_told = true;
  throw imaplib::readonly("mailbox status changed to READ-ONLY");
}

std::unique_ptr<raw_command> IMAP4::impl::make(std::string_view name, const std::vector<wire_argument>& args) const {
  auto cmd = std::make_unique<raw_command>(std::string(name));
  if (stands_alone(name)) cmd->alone();
  if (selects(name)) cmd->selects();
  std::string text;
  for (const auto& a : args) {
    if (a.absent) continue;
    if (!a.refused.empty()) throw std::invalid_argument(a.refused);
    if (a.octets.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      throw std::invalid_argument("NUL, CR and LF not allowed in commands");
    }
    text += ' ';
    if (!a.is_secret) {
      text += a.octets;
      continue;
    }
    cmd->text(std::exchange(text, {}));
    cmd->hidden(secret(a.octets));
  }
  if (!text.empty()) cmd->text(text);
  return cmd;
}

reply IMAP4::impl::simple(std::string_view name, const std::vector<wire_argument>& args) {
  require_state(name);
  before_sending();
  return run(make(name, args), name);
}

reply IMAP4::impl::simple_with_literal(std::string_view name, const std::vector<wire_argument>& args,
                                       std::string_view before, std::string literal, std::string_view after) {
  require_state(name);
  before_sending();
  auto cmd = make(name, args);
  cmd->text(" " + std::string(before)).literal(std::move(literal));
  if (!after.empty()) cmd->text(after);
  return run(std::move(cmd), name);
}

std::string_view IMAP4::impl::named_in_errors(std::string_view command) const {
  if (command == "AUTHENTICATE" || sending_failed || (command == "APPEND" && !prompted)) return {};
  return command;
}

command_id IMAP4::impl::submit(std::unique_ptr<raw_command> cmd) {
  auto id = protocol.submit(std::move(cmd));
  if (!id) lost(id.error(), {});
  const auto tag = tagpre + std::to_string(tagnum++);
  tags[*id] = tag;
  tagged[tag] = std::nullopt;
  return *id;
}

IMAP4::impl::outcome IMAP4::impl::take_outcome(command_id id) {
  auto o = std::move(outcomes.extract(id).mapped());
  tagged.erase(o.tag);
  return o;
}

bool IMAP4::impl::offers(std::string_view capability) const {
  return std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end();
}

reply IMAP4::impl::run(std::unique_ptr<raw_command> cmd, std::string_view name) {
  const bool logout = name == "LOGOUT";
  const auto id = submit(std::move(cmd));
  prompted = false;
  sending_failed = false;
  try {
    drive([&] { return outcomes.contains(id) || (logout && unread.contains("BYE")); });
  } catch (const imaplib::abort& e) {
    print_ring();
    throw imaplib::abort(in_command(named_in_errors(name)) + e.what());
  } catch (const imaplib::error& e) {
    throw imaplib::error(in_command(named_in_errors(name)) + e.what());
  }
  if (callback_failure) std::rethrow_exception(std::exchange(callback_failure, nullptr));
  if (logout && unread.contains("BYE")) return {"BYE", take("BYE")};
  auto done = take_outcome(id);
  if (!done.answer) lost(done.failure, named_in_errors(name));
  if (done.answer->typ == "BAD") {
    throw imaplib::error(std::string(name) + " command error: BAD " + datum(done.answer->data).repr());
  }
  return std::move(*done.answer);
}

bool IMAP4::impl::report_event() {
  auto e = protocol.next();
  if (e.what == session_event::kind::none) return false;
  handle(e);
  return true;
}

void IMAP4::impl::move_octets() {
  const auto out = protocol.output();
  if (out.empty()) return read_more();
  try {
    self.send(out);
  } catch (const imapxx::v0::error& failed) {
    sending_failed = true;
    throw imaplib::abort("socket error: " + std::string(failed.message()));
  }
  protocol.output_sent(out.size());
}

void IMAP4::impl::read_more() {
  const auto missing = protocol.literal_octets_missing();
  bytes got;
  try {
    got = missing != 0 ? self.read(static_cast<std::size_t>(std::min(missing, literal_piece))) : self.readline();
  } catch (const imaplib::error& e) {
    // The line limit: where the next response begins is not known any more.
    protocol.expire(imapxx::v0::error(errc::framing_lost, e.what()));
    throw;
  }
  if (missing == 0 && !got.empty() && got.back() != '\n') unterminated = got;
  feed(got);
  if (got.empty() || !unterminated.empty()) protocol.input_closed(imapxx::v0::error());
}

void IMAP4::impl::feed(std::string_view octets) {
  while (!octets.empty()) {
    const auto room = protocol.input_buffer();
    const auto n = std::min(room.size(), octets.size());
    if (n == 0) return;  // the session is over
    std::copy_n(octets.begin(), n, room.begin());
    protocol.input_received(n);
    octets.remove_prefix(n);
  }
}

void IMAP4::impl::handle(session_event& e) {
  switch (e.what) {
    case session_event::kind::greeting: greeted = true; break;
    case session_event::kind::continuation: idle_accepted = true; break;
    case session_event::kind::completed: {
      outcome o;
      o.failure = e.failure;
      if (e.status != nullptr) {
        const auto line = raw_tagged ? *std::exchange(raw_tagged, std::nullopt) : bytes(e.status->text);
        const auto space = line.find(' ');
        o.answer =
            reply{base::to_upper(line.substr(0, space)), {bytes(space == bytes::npos ? "" : line.substr(space + 1))}};
        tagged[tags[e.id]] = o.answer;
      }
      o.tag = tags.extract(e.id).mapped();
      outcomes[e.id] = std::move(o);
      break;
    }
    case session_event::kind::closed: over = e.failure; break;
    default: break;
  }
}

void IMAP4::impl::lost(const imapxx::v0::error& why, std::string_view name) {
  const auto prefix = in_command(name);
  switch (why.code()) {
    case errc::invalid_argument: throw std::invalid_argument(std::string(why.message()));
    case errc::bye: {
      const auto bye = unread.find("BYE");
      throw imaplib::abort(prefix + (bye != unread.end() && !bye->second.empty()
                                         ? bye->second.back().decode()
                                         : escape_for_display(why.server_text())));
    }
    case errc::closed:
      print_ring();
      if (!unterminated.empty())
        throw imaplib::abort(prefix + "socket error: unterminated line: " + bytes(unterminated).repr());
      throw imaplib::abort(prefix + "socket error: EOF");
    case errc::timeout: throw imapxx::v0::error(why);
    default: print_ring(); throw imaplib::abort(prefix + why.what());
  }
}

void IMAP4::impl::connect() {
  say(1, "new IMAP4 connection, tag=" + tagpre.repr());
  drive([&] { return greeted || over; });
  if (over) {
    const auto line = welcome.decode();
    if (over->code() == errc::closed) lost(*over, {});
    if (line.starts_with("*") || line.starts_with("+")) {
      throw imaplib::error(quotes() ? "invalid greeting: " + line : line);
    }
    if (prompted) throw imaplib::error("None");  // Python 3.11 does not remember such a line
    if (!line.empty()) throw imaplib::abort("unexpected response: " + welcome.repr());
    lost(*over, {});
  }
  state = unread.contains("PREAUTH") ? "AUTH" : "NONAUTH";
  if (!quotes() || !unread.contains("CAPABILITY"))
    get_capabilities();
  else
    learn_capabilities(take("CAPABILITY").back());
  std::vector<std::string> shown;
  shown.reserve(capabilities.size());
  for (const auto& c : capabilities) shown.push_back(argument(c).repr());
  say(3, "CAPABILITIES: (" + join(shown, ", ") + (shown.size() == 1 ? ",)" : ")"));
  for (const auto* version : {"IMAP4REV1", "IMAP4"}) {
    if (!offers(version)) continue;
    protocol_version = version;
    return;
  }
  throw imaplib::error("server not IMAP4 compliant");
}

void IMAP4::impl::tls_started() {
  if (received_at != received.size()) {
    imapxx::v0::error why(errc::starttls_injection, "octets were sent in the clear behind the answer to STARTTLS");
    protocol.expire(why.set_phase(phase::starttls));
    throw imaplib::abort(why.what());
  }
  if (auto clean = protocol.tls_started(); !clean) throw imaplib::abort(clean.error().what());
  if (!transport) throw imaplib::error("there is no transport of the library's to start TLS on");
  auto secured = tls_stream(std::move(transport), how.tls_settings, host, io_deadline());
  if (!secured) {
    protocol.expire(secured.error());
    throw imapxx::v0::error(secured.error());
  }
  transport = std::move(secured).value();
  tls = true;
  protocol.set_tls(true);
}

deadline_point IMAP4::impl::io_deadline() const {
  deadline_point at = read_until;
  if (!timeout) return at;
  const auto limit = std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::nanoseconds>(*timeout);
  return at ? std::min(*at, limit) : limit;
}

}  // namespace imapxx::inline v0::imaplib
