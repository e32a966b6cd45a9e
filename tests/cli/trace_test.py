"""`--trace`, `imapxx anonymise` and `imapxx replay`: what is recorded can be given away, and be played again."""

import base64
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from cli_test import PASSWORD, SCHEMA, SLOW, TOOL, Server, environment  # noqa: E402
from schema import validate  # noqa: E402

FIXTURES = pathlib.Path(os.environ.get("IMAPXX_FIXTURE_DIR", pathlib.Path(__file__).resolve().parents[1] / "fixtures"))
SESSIONS = sorted((FIXTURES / "sessions").glob("*.txt"))
TRACES = sorted((FIXTURES / "traces").glob("*.trace"))

# Words that the protocol, MIME and message headers define (RFC 9051, 3501, 5161, 2045 to 2047, 2971, 5322, 5464 and the
# registries): the only ones that a trace may have in common with what it was made of.
PROTOCOL = set("""
answered append authenticate before body bodystructure boundary capability charset children close compress condstore context
copy copyuid create deflate delete deleted disposition display draft enable enabled encoding envelope esearch esort examine exists
expunge fetch fields flagged flags from haschildren hasnochildren header highestmodseq idle imap inbox internaldate list literal login
logout lsub mailbox marked messages metadata mime modseq move multiappend namespace noinferiors nomodseq noop noselect octets partial
peek permanentflags plain preview qresync quota read readonly recent referral references referrals refs replace rfc rights savedate
search searchres seen select silent since size sort starttls status store subscribe subscribed text thread trycreate type uidnext
uidplus uidvalidity unanswered undeleted undraft unflagged unmarked unseen unselect unsubscribe urlauth version write appenduid binary
catenate content date fuzzy imapxx multipart mixed alternative application octet stream ascii base message subject transfer sender
reply only extended special storage snippet notify annotate acl auth scram digest cram oauthbearer xoauth external anonymous within
level filters orderedsubject unkeyword keyword larger smaller sentsince senton sentbefore image html quoted printable name filename
inline attachment image jpeg trace redacted return count parse tagged newname closed norequest badcharset alert list limit
accept annotation annotations archive atomic check createdmodseq drafts experiment folders junk kxten logindisabled myrights nlevel
rename replication scan sent sieve trash union urlmech xconversations xlist xmove appendlimit texk nonexistent sasl ready gssapi uidonly jmapaccess objectid mailboxid emailid threadid lrswipkxtecda received
""".split())


def words(text):
    return {w.lower() for w in re.findall(rb"[A-Za-z]{4,}", text)}


def run(*arguments, given=None, code=0):
    done = subprocess.run([TOOL, *map(str, arguments)], input=given, capture_output=True, timeout=SLOW, env=environment())
    if done.returncode not in (code if isinstance(code, tuple) else (code,)):
        raise AssertionError(f"{arguments}: {done.returncode}\n{done.stderr.decode()}\n{done.stdout.decode()}")
    return done.stdout


def pieces(octets):
    """The lines of one direction, each with its literals; the last one may be unfinished."""
    found, begun, at = [], 0, 0
    while at < len(octets):
        end = octets.find(b"\r\n", at)
        if end < 0:
            break
        literal = re.search(rb"\{(\d+)\+?\}$", octets[at:end])
        at = end + 2
        if literal:
            at += int(literal[1])
        else:
            found.append(octets[begun:end])
            begun = at
    return found, octets[begun:]


def as_trace(session):
    """A session of tests/fixtures/sessions in the form of --trace: a record for each command and response."""
    records, rest, open_command = [], {b"C": b"", b"S": b""}, None
    for line in session.read_bytes().splitlines():
        who, octets = line[:1], re.sub(rb"\\(.)", lambda m: {b"r": b"\r", b"n": b"\n"}.get(m[1], m[1]), line[3:])
        complete, rest[who] = pieces(rest[who] + octets)
        for text in complete:
            if who == b"C" and open_command is not None:
                records[open_command] = (who, text)
                open_command = None
            else:
                records.append((who, text))
        if who == b"C" and rest[who] and open_command is None:
            open_command = len(records)
            records.append((who, b""))
    return b"".join(who + b": " + text + b"\n" for who, text in records)


def kinds(trace):
    """What the client reads in it: kinds of responses and commands, without the marks of who said it and how."""
    report = json.loads(run("replay", "--json", "--as-recorded", "-", given=trace, code=(0, 1, 5)))
    validate(report, SCHEMA)
    for name in ("not_understood", "not_known", "failures", "differences"):
        report[name] = sorted(remark["line"] for remark in report[name])
    return report


class Traces(unittest.TestCase):
    def check_anonymised(self, trace, allowed=PROTOCOL):
        hidden = run("anonymise", given=trace)
        before, after = trace.split(b"\n"), hidden.split(b"\n")
        self.assertEqual(len(before), len(after))
        for one, other in zip(before, after):
            if b"<redacted>" not in other and not re.match(rb"[\d:. ]*-- |[\d:. ]*C: \S+ (LOGIN|AUTHENTICATE)", one):
                self.assertEqual(len(one), len(other), (one, other))
                self.assertEqual(re.sub(rb"[A-Za-z0-9\x80-\xff+/,=-]", b"", one), re.sub(rb"[A-Za-z0-9\x80-\xff+/,=-]", b"", other))
        self.assertEqual(words(trace) & words(hidden) - {w.encode() for w in allowed}, set())
        self.assertEqual(kinds(trace), kinds(hidden))
        self.assertEqual(kinds(hidden), kinds(run("anonymise", given=hidden)))
        return hidden

    def test_recorded_sessions_of_real_servers(self):
        self.assertGreater(len(SESSIONS), 20)
        for session in SESSIONS:
            with self.subTest(session.name):
                trace = as_trace(session)
                self.assertGreater(trace.count(b"\nS: "), 3)
                hidden = self.check_anonymised(trace)
                self.assertNotIn(b"pass", hidden)
                report = json.loads(run("replay", "--json", "--as-recorded", given=hidden))
                self.assertEqual(report["differences"], [])
                self.assertEqual(report["commands"], report["completed"])

    def test_traces_in_the_repository(self):
        """A trace that is put into tests/fixtures/traces with what `replay` must say of it is a test from then on."""
        self.assertGreater(len(TRACES), 0)
        for trace in TRACES:
            with self.subTest(trace.name):
                told = run("replay", "--as-recorded", trace, code=(0, 1, 5))
                self.assertEqual(told.decode(), trace.with_suffix(".expected").read_text())

    def random_session(self, seed):
        """A session with the embedded server in which every word of content is one of `secret`."""
        chance = random.Random(seed)
        secret = ["".join(chance.choices("aeiou", k=2)) + "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 9)))
                  for _ in range(60)]
        word = lambda: chance.choice(secret)  # noqa: E731
        text = lambda n: " ".join(word() for _ in range(n))  # noqa: E731
        message = (f"From: {word()} <{word()}@{word()}.example>\r\nTo: =?utf-8?q?{word()}=C3=BC{word()}?= <{word()}@{word()}.example>\r\n"
                   f"Subject: =?utf-8?B?{base64.b64encode(text(3).encode()).decode()}?=\r\nMessage-ID: <{word()}.{word()}@{word()}>\r\n"
                   f"Date: Mon, 2 Feb 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
                   f'Content-Type: multipart/mixed; boundary="{word()}"\r\n\r\n'
                   f"--{word()}\r\n\r\n{text(20)}\r\n{text(3)}={{{chance.randint(0, 99)}}}\r\n"
                   f"Content-Type: text/plain; name={word()}\r\n\r\n"
                   + base64.encodebytes(text(40).encode()).decode().replace("\n", "\r\n") + "\r\n")
        box = f"{word()}/{word()}ü"
        with tempfile.TemporaryDirectory() as folder:
            server = Server("--user", f"{word()}:{PASSWORD}")
            try:
                user = server.url
                mail = pathlib.Path(folder, "mail.eml")
                mail.write_bytes(message.encode())
                trace = pathlib.Path(folder, "trace")
                whole = b""
                for command in (["mkdir", user.rsplit("/", 1)[0], box], ["append", self.at(user, box), str(mail), "--flags", f"seen,{word()}"],
                                ["ls", "-l", user], ["status", user, box], ["search", self.at(user, box), f"subject:{word()}", "or", f"from:{word()}"],
                                ["fetch", self.at(user, box), "1", "--items", "FLAGS ENVELOPE BODYSTRUCTURE BODY[] INTERNALDATE", "--json"],
                                ["fetch", self.at(user, box), "1"], ["store", self.at(user, box), "1", f"+{word()}", "-seen"],
                                ["cp", self.at(user, box), "1", "INBOX"]):
                    run(*command, "--plain", "--trace", trace, code=(0, 1))
                    whole = trace.read_bytes()
                    yield whole, secret
            finally:
                server.stop()

    @staticmethod
    def at(url, mailbox):
        from urllib.parse import quote
        return url.rsplit("/", 1)[0] + "/" + quote(mailbox)

    def test_random_sessions(self):
        for seed in range(2):
            for trace, secret in self.random_session(seed):
                self.assertNotIn(PASSWORD.encode(), trace)
                self.assertGreater(trace.count(b" S: "), 3)
                self.assertEqual(run("replay", given=trace).splitlines()[-1], b"no difference", trace)
                hidden = self.check_anonymised(trace)
                decoded = hidden + b"".join(base64.b64decode(run64 + b"=" * (-len(run64) % 4))
                                            for run64 in re.findall(rb"[A-Za-z0-9+/]{16,}", hidden))
                for word in secret:
                    self.assertNotIn(word.encode(), decoded.lower())

    def test_what_is_equal_stays_equal(self):
        trace = b"\n".join([
            b'S: * LIST (\\HasNoChildren \\Sent) "/" Projects/Alpha', b'S: * LIST () "/" "Projects/Alpha"',
            b'S: * LIST () "/" {14}\r\nProjects/Alpha', b'S: * LIST () "/" "Entw&APw-rfe"', b'S: * STATUS Projects/Alpha (MESSAGES 3 UIDNEXT 7)',
            b'S: * LIST () "/" INBOX', b"C: A1 SELECT Projects/Alpha", b"S: * FLAGS (\\Seen $Forwarded Confidential)",
            b"C: A2 UID STORE 1 +FLAGS (Confidential)", b""])
        out = run("anonymise", given=trace).split(b"\n")
        name = re.fullmatch(rb'S: \* LIST \(\\HasNoChildren \\Sent\) "/" (\w{8}/\w{5})', out[0])[1]
        self.assertNotEqual(name, b"Projects/Alpha")
        self.assertEqual(out[1], b'S: * LIST () "/" "%s"' % name)
        self.assertEqual(out[2:4], [b'S: * LIST () "/" {14}\r', name])
        self.assertRegex(out[4], rb'^S: \* LIST \(\) "/" "\w{4}&[A-Za-z0-9+,]{3}-\w{3}"$')
        self.assertEqual(out[5:8], [b"S: * STATUS %s (MESSAGES 3 UIDNEXT 7)" % name, b'S: * LIST () "/" INBOX', b"C: A1 SELECT " + name])
        keyword = re.fullmatch(rb"S: \* FLAGS \(\\Seen \$Forwarded (\w{12})\)", out[8])[1]
        self.assertEqual(out[9], b"C: A2 UID STORE 1 +FLAGS (%s)" % keyword)

    def test_credentials_of_foreign_traces_go(self):
        out = run("anonymise", given=b"C: a LOGIN ann hunter22\nS: a OK hello ann\nC: b AUTHENTICATE PLAIN AGFubgBodW50ZXIyMg==\n"
                                     b"S: b NO\nC: c AUTHENTICATE CRAM-MD5\nS: + PDE4OTYuNjk3MTcwOTUyQHBvc3Q+\nC: dGltIGI5MTNhNjAyYzdlZGE3YQ==\nS: c OK\n")
        self.assertEqual(out.split(b"\n")[::2][:4], [b"C: a LOGIN <redacted>", b"C: b AUTHENTICATE PLAIN <redacted>",
                                                    b"C: c AUTHENTICATE CRAM-MD5", b"C: <redacted>"])
        self.assertIn(b"S: + <redacted>\n", out)

    def test_replay_finds_differences(self):
        greeting = b"-- imapxx 0, trace 1\nS: * PREAUTH [CAPABILITY IMAP4rev1] ready\n"
        good = greeting + b"C: x7 SELECT INBOX\nS: * 3 EXISTS\nS: x7 OK done\nC: x8 UID FETCH 1:* (UID FLAGS)\nS: * 1 FETCH (UID 4 FLAGS (\\Seen))\nS: x8 OK\n"
        self.assertIn(b"no difference", run("replay", given=good))
        otherwise = run("replay", given=good.replace(b"(UID FLAGS)", b"(FLAGS UID)"), code=1)
        self.assertIn(b"line 6: the client writes UID FETCH 1:* (UID FLAGS)", otherwise)
        run("replay", "--as-recorded", given=good.replace(b"(UID FLAGS)", b"(FLAGS UID)"))
        refused = run("replay", given=greeting + b"C: x1 IDLE\nS: + idling\nC: DONE\nS: x1 OK\n", code=1)
        self.assertIn(b"line 3: the client would not send this", refused)
        lost = run("replay", given=good.replace(b"* 1 FETCH (UID 4 FLAGS (\\Seen))", b"* 1 FETCH (BODY[] {9999999999999999999999}"), code=5)
        self.assertIn(b"the client ends the connection", lost)
        odd = run("replay", given=good.replace(b"FLAGS (\\Seen)", b"FLAGS \\Seen(") + b"S: * WEATHER fine\n")
        self.assertRegex(odd, rb"line 7: not understood: ")
        self.assertIn(b"line 9: unknown: WEATHER", odd)

    def test_streamed_bodies_and_unsent_messages(self):
        trace = (b"S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] ready\nC: A1 APPEND INBOX {30}\r\n<30 octets>\nS: + go\nS: A1 OK\nC: A2 SELECT INBOX\n"
                 b"S: * 1 EXISTS\nS: A2 OK\nC: A3 UID FETCH 1 (UID BODY.PEEK[])\nS: * 1 FETCH (UID 1 BODY[] {70000!}\r\n)\nS: A3 OK\n")
        report = json.loads(run("replay", "--json", given=trace))
        self.assertEqual((report["responses"]["fetch"], report["completed"], report["differences"]), (1, 3, []))
        hidden = run("anonymise", given=trace)
        self.assertIn(b"C: A1 APPEND INBOX {30}\r\n<30 octets>\n", hidden)
        self.assertIn(b"S: * 1 FETCH (UID 1 BODY[] {70000!}\r\n)\n", hidden)
        self.assertEqual(kinds(hidden), report | {"tolerated": kinds(hidden)["tolerated"]})

    def test_wrong_input(self):
        for given in (b"", b"hello\n", b"S: * OK\nhello\n"):
            run("anonymise", given=given, code=6)
            run("replay", given=given, code=6)
        run("replay", "/nonexistent", code=6)
        run("anonymise", given=b"S: * 1 FETCH (BODY[] {5}\r\nab", code=6)  # nothing but a record that was cut
        run("anonymise", given=b"S: * OK x\nS: * 1 FETCH (BODY[] {5}\r\nab")

    def test_any_octets(self):
        chance = random.Random(7)
        tokens = [b'"', b"(", b")", b"[", b"]", b"{3}\r\nabc", b"{2!}\r\n", b"{", b"}", b"\\", b"=?utf-8?b?", b"?=", b"=C3", b"%", b"&", b"&AB-", b" ",
                  b"FETCH", b"BODY", b"ENVELOPE", b"NIL", b"\xff\xc3\xa9", b"aGVsbG8gd29ybGQgaGVsbG8", b"~{1}\r\nx", b"<redacted>", b"\x00", b"\x1b"]
        for _ in range(40):
            lines = [chance.choice([b"S: * ", b"S: A1 OK ", b"S: * LIST ", b"S: * 1 FETCH (", b"C: A1 ", b"C: A1 SEARCH ", b"S: + "])
                     + b"".join(chance.choices(tokens, k=chance.randint(0, 12))) + b"\n" for _ in range(30)]
            trace = b"".join(line for line in lines if not line.endswith((b"}\r\n", b"!}\r\n\n")))
            out = run("anonymise", given=trace, code=(0, 6))
            self.assertLessEqual(len(out), len(trace))
            run("replay", given=trace, code=(0, 1, 5, 6))


if __name__ == "__main__":
    if not TOOL or not os.path.exists(TOOL):
        print("IMAPXX_CLI names no program")
        sys.exit(77)
    unittest.main()
