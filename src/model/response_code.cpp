#include <imapxx/model/response_code.hpp>

namespace imapxx::inline v0 {

std::string_view to_string(code c) noexcept {
  switch (c) {
    case code::none:
    case code::other: return "";
    case code::alert: return "ALERT";
    case code::badcharset: return "BADCHARSET";
    case code::capability: return "CAPABILITY";
    case code::parse: return "PARSE";
    case code::permanentflags: return "PERMANENTFLAGS";
    case code::read_only: return "READ-ONLY";
    case code::read_write: return "READ-WRITE";
    case code::trycreate: return "TRYCREATE";
    case code::uidnext: return "UIDNEXT";
    case code::uidvalidity: return "UIDVALIDITY";
    case code::unseen: return "UNSEEN";
    case code::newname: return "NEWNAME";
    case code::unavailable: return "UNAVAILABLE";
    case code::authenticationfailed: return "AUTHENTICATIONFAILED";
    case code::authorizationfailed: return "AUTHORIZATIONFAILED";
    case code::expired: return "EXPIRED";
    case code::privacyrequired: return "PRIVACYREQUIRED";
    case code::contactadmin: return "CONTACTADMIN";
    case code::noperm: return "NOPERM";
    case code::inuse: return "INUSE";
    case code::expungeissued: return "EXPUNGEISSUED";
    case code::corruption: return "CORRUPTION";
    case code::servererror: return "SERVERBUG";
    case code::clientbug: return "CLIENTBUG";
    case code::cannot: return "CANNOT";
    case code::limit: return "LIMIT";
    case code::overquota: return "OVERQUOTA";
    case code::alreadyexists: return "ALREADYEXISTS";
    case code::nonexistent: return "NONEXISTENT";
    case code::appenduid: return "APPENDUID";
    case code::copyuid: return "COPYUID";
    case code::uidnotsticky: return "UIDNOTSTICKY";
    case code::closed: return "CLOSED";
    case code::haschildren: return "HASCHILDREN";
    case code::unknown_cte: return "UNKNOWN-CTE";
    case code::highestmodseq: return "HIGHESTMODSEQ";
    case code::nomodseq: return "NOMODSEQ";
    case code::modified: return "MODIFIED";
    case code::notsaved: return "NOTSAVED";
    case code::noupdate: return "NOUPDATE";
    case code::metadata: return "METADATA";
    case code::notificationoverflow: return "NOTIFICATIONOVERFLOW";
    case code::badevent: return "BADEVENT";
    case code::badurl: return "BADURL";
    case code::toobig: return "TOOBIG";
    case code::urlmech: return "URLMECH";
    case code::compressionactive: return "COMPRESSIONACTIVE";
    case code::useattr: return "USEATTR";
    case code::referral: return "REFERRAL";
    case code::undefined_filter: return "UNDEFINED-FILTER";
    case code::badcomparator: return "BADCOMPARATOR";
    case code::maxconvertmessages: return "MAXCONVERTMESSAGES";
    case code::maxconvertparts: return "MAXCONVERTPARTS";
    case code::tempfail: return "TEMPFAIL";
    case code::objectid_mailbox: return "MAILBOXID";
    case code::overquota_soft: return "OVERQUOTASOFT";
    case code::toomany: return "TOOMANY";
    case code::uidrequired: return "UIDREQUIRED";
    case code::messagelimit: return "MESSAGELIMIT";
    case code::inprogress: return "INPROGRESS";
    case code::webalert: return "WEBALERT";
    case code::throttled: return "THROTTLED";
  }
  return "";
}

}  // namespace imapxx::inline v0
