#include "explain.hpp"

#include <imapxx/display.hpp>

#include <chrono>
#include <string_view>

namespace imapxx::cli {
namespace {

bool in_login(const error& e) { return e.where() == phase::authenticate; }

std::string hint_for_refusal(const error& e) {
  if (const auto wait = e.retry_after())
    return "the server is busy: try again in " +
           std::to_string(std::chrono::ceil<std::chrono::seconds>(*wait).count()) + " seconds";
  const auto code = e.response_code().substr(0, e.response_code().find(' '));
  if (e.is_temporary())
    return in_login(e) ? "try again later: this says nothing about the password" : "try again later";
  if (code == "TRYCREATE") return "the destination does not exist: imapxx mkdir makes it";
  if (code == "NONEXISTENT") return "imapxx ls shows which mailboxes there are";
  if (code == "OVERQUOTA") return "the quota of this account is used up";
  if (code == "AUTHENTICATIONFAILED" || (in_login(e) && code.empty()))
    return "check user name and password; a user name with @ is written user%40example.org@host in the URL";
  if (code == "PRIVACYREQUIRED") return "the server wants TLS: use imaps:// or drop --plain";
  if (code == "NOPERM") return "this account may not do that";
  if (code == "ALREADYEXISTS") return "imapxx ls shows which mailboxes there are";
  if (e.code() == errc::bad) return "--trace FILE shows what was sent and what the server said";
  return {};
}

}  // namespace

exit_code code_of(const error& e) noexcept {
  switch (e.code()) {
    case errc::success: return exit_code::ok;
    case errc::invalid_argument: return exit_code::usage;
    case errc::login_disabled:
    case errc::plaintext_refused:
    case errc::no_mechanism:
    case errc::authentication_failed: return exit_code::login;
    case errc::no:
    case errc::bad: return in_login(e) ? exit_code::login : exit_code::refused;
    case errc::capability_required:
    case errc::mailbox_changed:
    case errc::unsafe_fallback: return exit_code::refused;
    case errc::outcome_unknown: return exit_code::connection;
    case errc::timeout:
    case errc::bye:
    case errc::closed:
    case errc::io:
    case errc::resolve:
    case errc::connect:
    case errc::tls_handshake:
    case errc::tls_certificate:
    case errc::starttls_refused:
    case errc::starttls_injection:
    case errc::preauth_without_tls: return exit_code::connection;
    case errc::unparsed:
    case errc::incomplete_result:
    case errc::invalid_greeting:
    case errc::framing_lost:
    case errc::limit_exceeded:
    case errc::protocol_error: return exit_code::protocol;
    case errc::aborted_by_caller: return exit_code::local;
    case errc::cancelled: return exit_code::interrupted;
    case errc::wrong_state:
    case errc::busy:
    case errc::out_of_memory:
    case errc::internal_error: break;
  }
  return exit_code::internal;
}

namespace {

// What to do about a connection that is gone, with what is known of the command that it took along.
std::string hint_for_loss(const error& e) {
  if (e.is_safe_to_retry()) return "run the command again";
  if (e.command().empty()) return "try again later";
  return "nobody knows whether the server has carried out " + escape_for_display(e.command()) +
         ": look before you run the command again";
}

}  // namespace

std::string hint_for(const error& e) {
  switch (e.code()) {
    case errc::no:
    case errc::bad: return hint_for_refusal(e);
    case errc::invalid_argument: return "nothing was sent; correct the argument";
    case errc::authentication_failed: return "check the password; --auth chooses another mechanism";
    case errc::login_disabled: return "the server wants TLS before a password: use imaps:// or drop --plain";
    case errc::plaintext_refused: return "use imaps://, or imap:// without --plain";
    case errc::no_mechanism: return "imapxx caps shows what the server offers (AUTH=...); --auth chooses one";
    case errc::capability_required: return "imapxx caps shows what the server offers";
    case errc::unsafe_fallback: return "nothing was changed; imapxx caps shows what the server offers";
    case errc::aborted_by_caller: return "is there room on the disk, and may the file be written?";
    case errc::mailbox_changed: return "imapxx search and imapxx fetch show which messages there are now";
    case errc::outcome_unknown: return "look into the mailbox before you run the command again";
    case errc::resolve: return "is the host name right?";
    case errc::connect:
      return "are host and port right? imaps:// uses port 993 and imap:// port 143 unless the URL says otherwise";
    case errc::tls_certificate:
      return "if the server's authority is one of your own, name its file with --ca-file; --insecure switches the "
             "check off, and with it all protection";
    case errc::tls_handshake: return "does the server speak TLS on this port? imap:// uses STARTTLS on port 143";
    case errc::starttls_refused:
      return "use imaps:// if the server has a TLS port; --plain only on loopback or in a tunnel";
    case errc::starttls_injection:
    case errc::preauth_without_tls:
      return "somebody on the way may have changed what the server says; no password was sent. Use imaps:// if the "
             "server has a TLS port, and tell who runs it";
    case errc::invalid_greeting: return "is this an IMAP server? A TLS port needs imaps://";
    case errc::timeout: return hint_for_loss(e) + "; --timeout SECONDS allows more";
    case errc::bye:
    case errc::closed:
    case errc::io: return hint_for_loss(e);
    case errc::framing_lost:
    case errc::protocol_error:
    case errc::unparsed:
    case errc::incomplete_result:
    case errc::limit_exceeded: return "--trace FILE shows what the server sent";
    case errc::out_of_memory: return "name fewer messages, or save them with fetch -o";
    case errc::wrong_state:
    case errc::busy:
    case errc::internal_error: return "this is a bug in imapxx; please report it with a --trace";
    case errc::success:
    case errc::cancelled: break;
  }
  return {};
}

}  // namespace imapxx::cli
