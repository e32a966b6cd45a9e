#include "vocabulary.hpp"

#include <algorithm>
#include <array>

namespace imapxx::cli {
namespace {

// Each is sorted.
// clang-format off
constexpr auto protocol_words = std::to_array<std::string_view>({
    "ACL", "ALERT", "ALL", "ALREADYEXISTS", "ANNOTATE", "ANNOTATION", "ANNOTATIONS", "ANONYMOUS", "ANSWERED",
    "APPEND", "APPENDUID", "ARRIVAL", "AUTHENTICATE", "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "BAD",
    "BADCHARSET", "BADCOMPARATOR", "BADEVENT", "BADURL", "BCC", "BEFORE", "BINARY", "BINARY.PEEK", "BINARY.SIZE",
    "BODY", "BODY.PEEK", "BODYPART", "BODYSTRUCTURE", "BYE", "CANNOT", "CAPABILITY", "CATENATE", "CC", "CHANGEDSINCE",
    "CHARSET", "CHECK", "CHILDINFO", "CHILDREN", "CLIENTBUG", "CLOSE", "CLOSED", "COMPRESS", "COMPRESSIONACTIVE",
    "CONDSTORE", "CONTACTADMIN", "CONVERT", "COPY", "COPYUID", "CORRUPTION", "COUNT", "CRAM-MD5", "CREATE", "DATE",
    "DEFLATE", "DELETE", "DELETEACL", "DELETED", "DELETED-STORAGE", "DEPTH", "DIGEST-MD5", "DISPLAY", "DISPLAYFROM",
    "DISPLAYTO", "DONE", "DOWNGRADED", "DRAFT", "EARLIER", "EMAILID", "ENABLE", "ENABLED", "ENVELOPE", "ESEARCH",
    "EXAMINE", "EXISTS", "EXPIRED", "EXPUNGE", "EXPUNGEISSUED", "EXTERNAL", "FAST", "FETCH", "FILTER", "FLAGGED",
    "FLAGS", "FLAGS.SILENT", "FROM", "FULL", "FUZZY", "GETACL", "GETMETADATA", "GETQUOTA", "GETQUOTAROOT", "GSSAPI",
    "HASCHILDREN", "HEADER", "HEADER.FIELDS", "HEADER.FIELDS.NOT", "HIGHESTMODSEQ", "ID", "IDLE", "IMAP4REV1",
    "IMAP4REV2", "INFINITY", "INPROGRESS", "INTERNALDATE", "INUSE", "JMAPACCESS", "KEYWORD", "LARGER", "LAST", "LAZY",
    "LIMIT", "LIST", "LIST-EXTENDED", "LISTRIGHTS", "LITERAL+", "LITERAL-", "LOGIN", "LOGOUT", "LONGENTRIES", "LSUB",
    "MAILBOXES", "MAILBOXID", "MAX", "MAXSIZE", "MESSAGE", "MESSAGES", "METADATA", "METADATA-HAS-CHILDREN", "MIME",
    "MIN", "MODIFIED", "MODSEQ", "MOVE", "MYRIGHTS", "NAMESPACE", "NEW", "NEWNAME", "NIL", "NO", "NOINFERIORS",
    "NOMODSEQ", "NONE", "NONEXISTENT", "NOOP", "NOPERM", "NOPRIVATE", "NOSELECT", "NOT", "NOTIFICATIONOVERFLOW",
    "NOTIFY", "NOTSAVED", "NOUPDATE", "NTLM", "OAUTHBEARER", "OBJECTID", "OFFSET", "OK", "OLD", "OLDER", "OLDNAME",
    "ON", "OR", "ORDEREDSUBJECT", "OVERQUOTA", "OVERQUOTA-SOFT", "PARSE", "PARTIAL", "PARTS", "PERMANENTFLAGS",
    "PLAIN", "PREAUTH", "PREVIEW", "PRIVACYREQUIRED", "QRESYNC", "QUOTA", "QUOTAROOT", "READ-ONLY", "READ-WRITE",
    "RECENT", "RECURSIVEMATCH", "REFERENCES", "REFERRAL", "REFS", "REMOTE", "REMOVEACL", "RENAME", "REPLACE",
    "RETURN", "REVERSE", "RFC822", "RFC822.HEADER", "RFC822.HEADER.LINES", "RFC822.HEADER.LINES.NOT", "RFC822.PEEK",
    "RFC822.SIZE", "RFC822.TEXT", "SAVE", "SAVEDATE", "SAVEDATESUPPORTED", "SAVEDBEFORE", "SAVEDON", "SAVEDSINCE",
    "SCAN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SEARCH", "SEEN", "SELECT",
    "SELECTED", "SENTBEFORE", "SENTON", "SENTSINCE", "SERVERBUG", "SETACL", "SETMETADATA", "SETQUOTA", "SHALLOW",
    "SHARED", "SINCE", "SIZE", "SMALLER", "SORT", "SPECIAL-USE", "STARTTLS", "STATUS", "STORAGE", "STORE", "SUBJECT",
    "SUBSCRIBE", "SUBSCRIBED", "SUBTREE", "TAG", "TEXT", "THREAD", "THREADID", "TO", "TOOBIG", "TOOMANY", "TRYCREATE",
    "UID", "UIDFETCH", "UIDNEXT", "UIDNOTSTICKY", "UIDONLY", "UIDREQUIRED", "UIDVALIDITY", "UNANSWERED",
    "UNAVAILABLE", "UNCHANGEDSINCE", "UNDELETED", "UNDRAFT", "UNFLAGGED", "UNKEYWORD", "UNKNOWN-CTE", "UNSEEN",
    "UNSELECT", "UNSUBSCRIBE", "UPDATE", "URLAUTH", "URLMECH", "US-ASCII", "USE", "USEATTR", "USER", "UTF-8", "UTF8",
    "UTF8=ACCEPT", "VANISHED", "WITHIN", "X-GM-LABELS", "X-GM-MSGID", "X-GM-RAW", "X-GM-THRID", "XLIST", "XOAUTH2",
    "YOUNGER"});

constexpr auto flags = std::to_array<std::string_view>({
    "$autosent", "$canunsubscribe", "$followed", "$forwarded", "$hasattachment", "$hasnoattachment", "$important",
    "$imported", "$istrusted", "$junk", "$maskedemail", "$mdnsent", "$memo", "$muted", "$new", "$notify", "$notjunk",
    "$phishing", "$submitpending", "$submitted", "$unsubscribed", "\\*", "\\all", "\\allmail", "\\answered",
    "\\archive", "\\deleted", "\\draft", "\\drafts", "\\flagged", "\\haschildren", "\\hasnochildren", "\\important",
    "\\inbox", "\\junk", "\\marked", "\\memos", "\\noaccess", "\\noinferiors", "\\nonexistent", "\\noselect",
    "\\recent", "\\remote", "\\scheduled", "\\seen", "\\sent", "\\snoozed", "\\spam", "\\starred", "\\subscribed",
    "\\trash", "\\unmarked", "junk", "nonjunk", "notjunk"});

constexpr auto header_fields = std::to_array<std::string_view>({
    "action", "arc-authentication-results", "arc-message-signature", "arc-seal", "arrival-date",
    "authentication-results", "auto-submitted", "bcc", "cc", "comments", "content-description", "content-disposition",
    "content-id", "content-language", "content-length", "content-location", "content-md5",
    "content-transfer-encoding", "content-type", "date", "delivered-to", "diagnostic-code",
    "disposition-notification-to", "dkim-signature", "errors-to", "final-recipient", "from", "importance",
    "in-reply-to", "keywords", "lines", "list-archive", "list-help", "list-id", "list-owner", "list-post",
    "list-subscribe", "list-unsubscribe", "list-unsubscribe-post", "message-id", "mime-version", "newsgroups",
    "organization", "original-recipient", "path", "precedence", "priority", "received", "received-spf", "references",
    "reply-to", "reporting-mta", "resent-bcc", "resent-cc", "resent-date", "resent-from", "resent-message-id",
    "resent-sender", "resent-to", "return-path", "sender", "status", "subject", "thread-index", "thread-topic", "to",
    "user-agent", "x-mailer", "x-msmail-priority", "x-originating-ip", "x-priority", "x-spam-flag", "x-spam-level",
    "x-spam-score", "x-spam-status", "xref"});

constexpr auto mime_words = std::to_array<std::string_view>({
    "7bit", "8bit", "access-type", "action", "alternative", "appledouble", "application", "ascii", "attachment",
    "audio", "avi", "base64", "basic", "big5", "binary", "bmp", "boundary", "byteranges", "calendar", "cancel",
    "charset", "component", "cp1252", "cp437", "cp850", "creation-date", "css", "csv", "delivery-status", "delsp",
    "digest", "directory", "disposition-notification", "encrypted", "enriched", "enveloped-data", "euc-jp", "euc-kr",
    "euc-tw", "expiration", "external-body", "feedback-report", "filename", "flowed", "font", "form-data", "format",
    "gb18030", "gb2312", "gbk", "gif", "global", "gzip", "heic", "html", "http", "ics", "id", "image", "inline",
    "iso-2022-jp", "iso-2022-kr", "iso-8859-1", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15",
    "iso-8859-16", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-8",
    "iso-8859-8-i", "iso-8859-9", "javascript", "jpeg", "jpg", "json", "koi8-r", "koi8-u", "ks_c_5601-1987",
    "macintosh", "markdown", "md5", "message", "method", "micalg", "mixed", "mode", "model", "modification-date",
    "mp3", "mp4", "mpeg", "ms-tnef", "msword", "multipart", "name", "news", "no", "number", "octet-stream", "ogg",
    "padding", "parallel", "partial", "pdf", "permission", "pgp-encrypted", "pgp-keys", "pgp-sha1", "pgp-sha256",
    "pgp-sha512", "pgp-signature", "pkcs7-mime", "pkcs7-signature", "plain", "png", "postscript", "profile",
    "protocol", "quicktime", "quoted-printable", "read-date", "related", "reply", "report", "report-type", "request",
    "rfc822", "richtext", "rtf", "sha-1", "sha-256", "sha-512", "sha1", "sha256", "sha512", "shift_jis", "signed",
    "signed-data", "site", "size", "smime", "smime-type", "start", "start-info", "svg+xml", "text", "tiff", "tis-620",
    "title", "total", "type", "unknown-8bit", "us-ascii", "utf-16", "utf-7", "utf-8", "utf8", "uuencode", "vcard",
    "version", "video", "vnd.ms-excel", "vnd.ms-powerpoint", "vnd.ms-tnef",
    "vnd.openxmlformats-officedocument.presentationml.presentation",
    "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "vnd.openxmlformats-officedocument.wordprocessingml.document", "wav", "webp", "windows-1250", "windows-1251",
    "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258",
    "windows-874", "x-diff", "x-gzip", "x-javascript", "x-patch", "x-pkcs7-mime", "x-pkcs7-signature", "x-tar",
    "x-unix-mode", "x-unknown", "x-uue", "x-uuencode", "x-vcard", "x-zip-compressed", "xml", "yes", "zip"});

constexpr auto field_words = std::to_array<std::string_view>({
    "address", "admin", "arguments", "check", "checkperiod", "checktype", "command", "comment", "date", "environment",
    "filters", "name", "os", "os-version", "private", "shared", "size.priv", "size.shared", "sort", "support-url",
    "value.priv", "value.shared", "values", "vendor", "version"});

constexpr auto text_keys =
    std::to_array<std::string_view>({"BCC", "BODY", "CC", "EMAILID", "FROM", "HEADER", "KEYWORD", "SUBJECT", "TEXT",
                                     "THREADID", "TO", "UNKEYWORD", "X-GM-LABELS", "X-GM-RAW"});
// clang-format on

template <class Table>
bool has(const Table& table, std::string_view word) noexcept {
  return std::binary_search(table.begin(), table.end(), word);
}

}  // namespace

bool is_protocol_word(std::string_view capitals) noexcept { return has(protocol_words, capitals); }
bool is_known_flag(std::string_view small) noexcept { return has(flags, small); }
bool is_header_field(std::string_view small) noexcept { return has(header_fields, small); }
bool is_mime_word(std::string_view small) noexcept { return has(mime_words, small); }
bool is_field_word(std::string_view small) noexcept { return has(field_words, small); }
bool takes_text(std::string_view capitals) noexcept { return has(text_keys, capitals); }

}  // namespace imapxx::cli
