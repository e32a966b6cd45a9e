"""Hostile servers against the tool, judged from outside: exit code, time, memory, octets sent in the clear, output, files.

Each scenario is a function that plays the server on one connection. What every scenario must keep to is checked for all of
them in `Case.attack`."""

import base64
import os
import pathlib
import pty
import random
import re
import shutil
import signal
import socket
import ssl
import string
import subprocess
import tempfile
import threading
import time
import unittest

TOOL = os.environ.get("IMAPXX_CLI", "")
PASSWORD = "pa55-" + "".join(random.choice(string.ascii_letters + string.digits) for _ in range(20))
SLOW = 60  # seconds: sanitizer builds on a busy machine
SANITIZED = subprocess.run(["grep", "-q", "-a", "__asan_init\\|__tsan_init", TOOL], check=False).returncode == 0
EVIL = b"\x1b]0;pwned\x07\x1b[2J\x7f\xff\xc2\x9b\xe2\x80\xae"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")


def environment():
    env = {k: v for k, v in os.environ.items() if not k.startswith(("IMAP", "NETRC", "NO_COLOR"))}
    env.update(HOME="/nonexistent", IMAPXX_PASSWORD=PASSWORD, TERM="xterm", LC_ALL="C.UTF-8", TZ="UTC")
    return env


class Gone(Exception):
    pass


class Peer:
    """The server's end of a connection."""

    def __init__(self, connection, pki=None):
        self.socket = connection
        self.pki = pki
        self.clear = b""
        self.secure = False
        self.pending = b""

    def send(self, octets):
        try:
            self.socket.sendall(octets)
        except OSError as e:
            raise Gone from e

    def flood(self, octets, total):
        block = octets * max(1, 65536 // len(octets))
        for _ in range(total // len(block) + 1):
            self.send(block)

    def line(self):
        while b"\n" not in self.pending:
            try:
                more = self.socket.recv(65536)
            except OSError:
                more = b""
            if not more:
                raise Gone
            if not self.secure:
                self.clear += more
            self.pending += more
        line, self.pending = self.pending.split(b"\n", 1)
        return line.rstrip(b"\r")

    def command(self, expected=None, answer=b"", done=b"OK done"):
        """Reads a command and answers it; synchronizing literals are asked for."""
        line = self.line()
        while line.endswith(b"}") and not line.endswith(b"+}"):
            self.send(b"+ go\r\n")
            line += self.line()
        tag, _, rest = line.partition(b" ")
        if expected is not None and not rest.upper().startswith(expected):
            raise AssertionError((expected, line))
        self.send(answer + tag + b" " + done + b"\r\n")
        return rest

    def start_tls(self, which="good"):
        try:
            self.socket = self.pki.context(which).wrap_socket(self.socket, server_side=True)
        except (OSError, ssl.SSLError) as e:
            raise Gone from e
        self.secure = True

    def login(self, capabilities=b"IMAP4rev1", preauth=True):
        self.send((b"* PREAUTH" if preauth else b"* OK") + b" [CAPABILITY " + capabilities + b"] hello\r\n")

    def open(self, exists=b"3", capabilities=b"IMAP4rev1"):
        self.login(capabilities)
        self.command(b"EXAMINE", b"* " + exists + b" EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 9] x\r\n")

    def serve(self, answer=b""):
        """Says OK to everything."""
        while self.command(None, answer) != b"LOGOUT":
            pass

    def idle(self):
        """Until the client goes away."""
        while True:
            self.line()


class Hostile:
    def __init__(self, play, pki=None, implicit=None):
        self.play, self.pki, self.implicit = play, pki, implicit
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.peers, self.errors, self.connections = [], [], 0
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        peer = Peer(connection, self.pki)
        self.peers.append(peer)
        try:
            if self.implicit:
                peer.start_tls(self.implicit)
            self.play(peer)
        except Gone:
            pass
        except AssertionError as e:
            self.errors.append(e)
        finally:
            peer.socket.close()

    @property
    def clear(self):
        return b"".join(p.clear for p in self.peers)

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread in accept
        except OSError:
            pass
        self.thread.join(SLOW)  # it must not accept on the descriptor's next owner
        self.listener.close()


class Pki:
    """Certificates, good and bad ones, made by the openssl program."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = folder / "ca.pem"
        self.make("ca", "/CN=CA", [], ["-addext", "basicConstraints=critical,CA:TRUE"])
        self.make("stranger-ca", "/CN=CA", [], ["-addext", "basicConstraints=critical,CA:TRUE"])
        name = "subjectAltName=IP:127.0.0.1"
        self.sign("good", name)
        self.sign("other-host", "subjectAltName=IP:192.0.2.1,DNS:imap.example.org")
        self.sign("expired", name, "-days", "-1")
        self.sign("for-clients", name + "\nextendedKeyUsage=clientAuth")
        self.sign("name-only", "basicConstraints=CA:FALSE")
        self.sign("stranger", name, ca="stranger-ca")
        self.make("self-signed", "/CN=127.0.0.1", [], ["-addext", name])

    BAD = ("other-host", "expired", "for-clients", "name-only", "stranger", "self-signed")

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def make(self, name, subject, x, y):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key",
                     "-out", name + ".pem", "-subj", subject, "-days", "2", *x, *y)

    def sign(self, name, extensions, *options, ca="ca"):
        (self.folder / (name + ".ext")).write_text(extensions)
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key",
                     "-out", name + ".csr", "-subj", "/CN=127.0.0.1")
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key", "-CAcreateserial", "-out",
                     name + ".pem", "-extfile", name + ".ext", *(options or ("-days", "2")))

    def context(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / (name + ".pem"), self.folder / (name + ".key"))
        return context


class Result:
    code = out = err = seconds = memory = None


def peak(pid):
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0


def run(words, terminal=False):
    """The tool as a process; its highest memory is looked up every few milliseconds."""
    r = Result()
    begin = time.monotonic()
    streams = {}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        if terminal:
            master, slave = pty.openpty()
            streams = {"stdout": slave, "stderr": slave}
        else:
            streams = {"stdout": out, "stderr": err}
        process = subprocess.Popen([TOOL, *words], stdin=subprocess.DEVNULL, env=environment(), start_new_session=True, **streams)
        r.memory = 0
        shown = b""
        if terminal:
            os.close(slave)
        while process.poll() is None:
            r.memory = max(r.memory, peak(process.pid))
            if terminal:
                shown += drain(master)
            if time.monotonic() - begin > SLOW:
                process.send_signal(signal.SIGKILL)
            time.sleep(0.008)
        r.seconds = time.monotonic() - begin
        r.code = process.returncode
        if terminal:
            shown += drain(master)
            os.close(master)
            r.out, r.err = shown, b""
        else:
            out.seek(0)
            err.seek(0)
            r.out, r.err = out.read(), err.read()
    return r


def drain(fd):
    os.set_blocking(fd, False)
    got = b""
    try:
        while True:
            more = os.read(fd, 65536)
            if not more:
                return got
            got += more
    except OSError:
        return got


OK, REFUSED, USAGE, CONNECTION, LOGIN, PROTOCOL = 0, 1, 2, 3, 4, 5
TIMEOUT = 0.5  # seconds, for each phase, where silence is expected
PATIENCE = 20.0  # where the server answers
MIB = 1024


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        def honest(p):
            p.login()
            while True:
                tag, _, rest = p.line().partition(b" ")
                time.sleep(0.1)  # so that the memory is looked up while it is in use
                p.send(b'* LIST () "/" INBOX\r\n' + tag + b" OK done\r\n")
                if rest == b"LOGOUT":
                    return

        server = Hostile(honest)
        cls.baseline = run(["ls", f"imap://ann@127.0.0.1:{server.port}/", "--plain"]).memory
        server.close()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def attack(self, name, play, *words, code, mailbox="INBOX", plain=True, pki=None, implicit=None, memory=32 * MIB,
               terminal=False, raw=False, seconds=TIMEOUT + 5):
        """`words` with URL in place of None."""
        with self.subTest(name):
            server = Hostile(play, pki, implicit)
            self.addCleanup(server.close)
            url = f"{'imaps' if implicit else 'imap'}://ann@127.0.0.1:{server.port}/{mailbox}"
            hasty = CONNECTION in (code if isinstance(code, tuple) else (code,))
            words = [url if w is None else w for w in words] + ["--timeout", str(TIMEOUT if hasty else PATIENCE)]
            words += ["--plain"] if plain and not implicit else ["--ca-file", str(pki.ca)] if pki else []
            r = run(words, terminal)
            told = (name, words, r.code, r.out[-500:], r.err[-500:])
            self.assertIn(r.code, (code,) if isinstance(code, int) else code, told)
            self.assertFalse(server.errors, told)
            if not SANITIZED:
                self.assertLess(r.seconds, seconds, told)
                self.assertLess(r.memory, self.baseline + memory, told)
            for secret in (PASSWORD.encode(), base64.b64encode(PASSWORD.encode())[:20]):
                self.assertNotIn(secret, r.out + r.err, told)
                self.assertNotIn(secret, server.clear, told)
            if not raw:
                shown = (r.out + r.err).decode(errors="surrogateescape")
                if terminal:
                    shown = re.sub("\r\n|\x1b\\[[0-9;]*[mK]|\r", "\n", shown)
                self.assertIsNone(CONTROL.search(shown), told)
                self.assertNotIn("\udcff", shown, told)
            if r.code not in (OK, REFUSED):
                self.assertTrue(r.out.startswith(b"imapxx: ") or r.err.find(b"imapxx: ") >= 0 or terminal, told)
            return r, server


def starttls_then(*steps):
    def play(p):
        p.send(b"* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hi\r\n")
        tag = p.line().split()[0]
        for step in steps:
            if callable(step):
                step(p)
            else:
                p.send(step.replace(b"$tag", tag))
        p.idle()

    return play


class Tls(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not shutil.which("openssl"):
            raise unittest.SkipTest("there is no openssl program")
        cls.keys = pathlib.Path(tempfile.mkdtemp())
        cls.pki = Pki(cls.keys)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.keys, ignore_errors=True)

    def strip(self, name, play, code=CONNECTION):
        self.attack(name, play, "ls", None, code=code, plain=False, pki=self.pki)

    def test_r01_starttls_injection(self):
        for suffix in (b"* CAPABILITY IMAP4rev1 EVIL\r\n", b"* OK [ALERT] EVIL\r\n", b"A1 OK EVIL\r\n", b"x", b"\r\n"):
            r, _ = self.attack("injection " + repr(suffix), starttls_then(b"$tag OK go\r\n" + suffix, Peer.start_tls), "ls", None,
                               code=CONNECTION, plain=False, pki=self.pki)
            self.assertNotIn(b"EVIL", r.out + r.err)

    def test_r04_starttls_stripping(self):
        hello = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN] hi\r\n"
        self.strip("not offered", lambda p: (p.send(hello), p.idle()))
        self.strip("NO", starttls_then(b"$tag NO no\r\n"))
        self.strip("BAD", starttls_then(b"$tag BAD no\r\n"))
        self.strip("untagged OK", starttls_then(b"* OK go\r\n"))
        self.strip("OK and silence", starttls_then(b"$tag OK go\r\n"))
        self.strip("clear text goes on", starttls_then(b"$tag OK go\r\n", lambda p: (time.sleep(0.05), p.send(b"* OK hi\r\n" * 9))))
        self.strip("early completion", lambda p: (p.send(hello + b"A1 OK go\r\n"), p.idle()), code=(CONNECTION, PROTOCOL))
        self.strip("PREAUTH", lambda p: (p.send(b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] in\r\n"), p.idle()))

    def test_r05_preauth_gets_no_draft(self):
        draft = self.folder / "draft.eml"
        draft.write_text("Subject: secret plans\n\nbody\n")
        _, server = self.attack("draft", lambda p: (p.login(b"IMAP4rev1 LITERAL+"), p.idle()), "append", None, str(draft),
                                code=CONNECTION, mailbox="Drafts", plain=False, pki=self.pki)
        self.assertEqual(server.clear, b"")

    def test_r07_bad_certificates(self):
        for bad in Pki.BAD:
            _, server = self.attack("imaps " + bad, lambda p: (p.login(), p.idle()), "ls", None, code=CONNECTION, pki=self.pki,
                                    implicit=bad)
            self.attack("starttls " + bad, starttls_then(b"$tag OK go\r\n", lambda p, bad=bad: (p.start_tls(bad), p.idle())), "ls",
                        None, code=CONNECTION, plain=False, pki=self.pki)
        self.attack("good", lambda p: (p.login(), p.serve(b'* LIST () "/" INBOX\r\n')), "ls", None, code=OK, mailbox="", pki=self.pki, implicit="good")

    def test_r08_truncation(self):
        def cut(p):
            p.open()
            p.command(b"UID FETCH", b"* 1 FETCH (UID 1)\r\n")
            p.line()
            p.send(b"* 1 FETCH (UID 1 BODY[] {1000}\r\nSubject: half")

        self.attack("inside a literal", cut, "fetch", None, "1", "--raw", code=CONNECTION, pki=self.pki, implicit="good")


class Login(Case):
    def test_r11_logindisabled_and_plaintext(self):
        _, server = self.attack("LOGINDISABLED", lambda p: (p.login(b"IMAP4rev1 LOGINDISABLED", preauth=False), p.idle()), "ls",
                                None, code=LOGIN)
        self.assertNotIn(b"LOGIN", server.clear)

    def test_r12_referrals(self):
        trap = Hostile(lambda p: p.idle())
        self.addCleanup(trap.close)
        url = b"imap://ann@127.0.0.1:%d/" % trap.port
        self.attack("LIST", lambda p: (p.login(), p.command(b"LIST", done=b"NO [REFERRAL " + url + b"] there")), "ls", None,
                    code=REFUSED)
        self.attack("BYE", lambda p: p.send(b"* BYE [REFERRAL " + url + b"] there\r\n"), "ls", None, code=CONNECTION)
        self.attack("EXAMINE", lambda p: (p.login(), p.command(b"EXAMINE", done=b"NO [REFERRAL " + url + b"] x")), "search", None,
                    code=REFUSED)
        self.assertEqual(trap.connections, 0)

    def test_r14_scram_bombs(self):
        def scram(count):
            def play(p):
                p.send(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] hi\r\n")
                line = p.line()
                tag, first = line.split()[0], base64.b64decode(line.split()[-1])
                nonce = first.rsplit(b",r=", 1)[1]
                p.send(b"+ " + base64.b64encode(b"r=" + nonce + b"xx,s=c2FsdA==,i=" + count) + b"\r\n")
                if p.line() != b"*":
                    raise AssertionError("a proof was sent")
                p.send(tag + b" BAD\r\n")
                p.idle()

            return play

        for count in (b"2000001", b"2147483647", b"99999999999999999999", b"1"):
            self.attack("iterations " + count.decode(), scram(count), "ls", None, code=LOGIN)

    def test_r17_endless_challenges(self):
        def play(p):
            p.send(b"* OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] hi\r\n")
            p.line()
            for _ in range(1000):
                p.send(b"+ PDE+\r\n")
                p.line()

        self.attack("challenges", play, "ls", None, code=(LOGIN, CONNECTION, PROTOCOL))


class Reading(Case):
    def test_r26_huge_literals(self):
        for size in (b"4294967296", b"9223372036854775807", b"99999999999999999999", b"67108865", b"-1"):
            self.attack("literal " + size.decode(), lambda p, size=size: (
                p.login(), p.line(), p.send(b'* LIST () "/" {' + size + b"}\r\nabc"), p.idle()), "ls", None,
                code=(CONNECTION, PROTOCOL))
            self.attack("body " + size.decode(), lambda p, size=size: (
                p.open(), p.line(), p.send(b"* 1 FETCH (UID 1 BODY[] {" + size + b"}\r\nabc"), p.idle()), "fetch", None, "1",
                code=(CONNECTION, PROTOCOL))

    def test_r27_floods(self):
        big = 400 * 1024 * 1024
        for name, octets in (("lines", b"x"), ("blank lines", b"\r\n"), ("NULs", b"\0" * 64), ("untagged", b"* OK hello\r\n"),
                             ("unknown", b"* WHATEVER 1 2 3\r\n"), ("lists", b'* LIST () "/" x\r\n'),
                             ("exists", b"* 1 EXISTS\r\n* 2 EXISTS\r\n"), ("continuations", b"+ go\r\n"),
                             ("completions", b"X1 OK done\r\n")):
            self.attack("before EXAMINE is answered: " + name, lambda p, octets=octets: (p.login(), p.line(), p.flood(octets, big)),
                        "search", None, code=(CONNECTION, PROTOCOL), memory=40 * MIB, seconds=8)
        for name, octets in (("greeting", b"* OK " + b"x" * 1000), ("no greeting", b"\0")):
            self.attack(name, lambda p, octets=octets: p.flood(octets, big), "search", None, code=(CONNECTION, PROTOCOL), seconds=8)

    def test_r29_number_bombs(self):
        def search(answer):
            def play(p):
                p.open(capabilities=b"IMAP4rev1 ESEARCH")
                tag = p.line().split()[0]
                p.send(answer.replace(b"$tag", tag) + tag + b" OK done\r\n")
                p.idle()

            return play

        for answer in (b'* ESEARCH (TAG "$tag") UID ALL 1:4294967295\r\n', b"* SEARCH 1\r\n* VANISHED 1:4294967295\r\n",
                       b"* SEARCH 1\r\n* 4294967295 EXISTS\r\n", b"* SEARCH 1\r\n* OK [COPYUID 1 1:4294967295 1:4294967295] x\r\n"):
            self.attack(answer.decode(), search(answer), "search", None, code=(OK, CONNECTION, PROTOCOL), memory=8 * MIB)

    def test_r30_nesting(self):
        depth = 400_000
        for start in (b"* 1 FETCH (UID 1 BODYSTRUCTURE ", b"* 1 FETCH (UID 1 ENVELOPE ", b"* THREAD "):
            self.attack(start.decode(), lambda p, start=start: (
                p.open(), p.line(), p.send(start + b"(" * depth + b")" * depth + b")\r\n"), p.idle()), "fetch", None, "1",
                code=(CONNECTION, PROTOCOL, REFUSED))

    def test_r33_lying_literals(self):
        for size in (b"1", b"4", b"6", b"500"):
            self.attack("says " + size.decode(), lambda p, size=size: (
                p.open(), p.command(b"UID FETCH", b"* 1 FETCH (UID 1)\r\n"), p.line(),
                p.send(b"* 1 FETCH (UID 1 BODY[] {" + size + b"}\r\nhello)\r\n"), p.idle()), "fetch", None, "1", "--raw",
                code=(CONNECTION, PROTOCOL), raw=True)

    def test_r35_forged_completions(self):
        forged = b"".join(b"A%d OK done\r\n" % i for i in range(1, 30))
        r, _ = self.attack("with the greeting", lambda p: (p.send(b"* OK [CAPABILITY IMAP4rev1] hi\r\n" + forged), p.idle()), "ls", None,
                           code=(LOGIN, CONNECTION, PROTOCOL))
        self.attack("while a command waits", lambda p: (p.login(), p.line(), p.send(forged + b"* OK x\r\n"), p.idle()), "ls", None,
                    code=CONNECTION)

    def test_r39_bye_and_silence_at_every_stage(self):
        stages = {
            "greeting": lambda p: None,
            "EXAMINE": lambda p: (p.login(), p.line()),
            "existing": lambda p: (p.open(), p.line()),
            "literal": lambda p: (p.open(), p.command(b"UID FETCH", b"* 1 FETCH (UID 1)\r\n"), p.line(),
                                  p.send(b"* 1 FETCH (UID 1 BODY[] {10}\r\nabc")),
        }
        for name, reach in stages.items():
            for end, octets in (("silence", None), ("close", b""), ("BYE", b"* BYE bad weather" + EVIL + b"\r\n")):
                if name == "literal" and end == "BYE":
                    continue

                def play(p, reach=reach, octets=octets):
                    reach(p)
                    if octets is None:
                        p.idle()
                    p.send(octets)

                self.attack(f"{end} at {name}", play, "fetch", None, "1", "--raw", code=CONNECTION, raw=name == "literal")

    def test_r40_slow_peers(self):
        def drip(p):
            p.login()
            p.line()
            for _ in range(200):
                p.send(b"* OK x\r\n")
                time.sleep(0.05)

        self.attack("drip", drip, "ls", None, code=CONNECTION)


class Showing(Case):
    NAMES = [b"{3}\r\na\nb", b'"c&ABsAmyAu-d"', b'"' + EVIL + b'"', b'"../../etc/passwd"', b'"/etc/passwd"', b'"~root"']

    def listing(self, p):
        p.login(b"IMAP4rev1 ID")
        while True:
            rest = p.command(None, b"* OK [ALERT] look" + EVIL + b"\r\n" + b"".join(
                b"* LIST () \"/\" " + n + b"\r\n" for n in self.NAMES), b"OK fine" + EVIL)
            if rest == b"LOGOUT":
                return

    def test_r50_terminal_escapes(self):
        for terminal in (True, False):
            for options in ([], ["--tree"], ["--json"]):
                self.attack(f"ls {options} {terminal}", self.listing, "ls", None, *options, code=OK, terminal=terminal, mailbox="")

        def message(p):
            p.open()
            envelope = b'("1 Jan 2026" "' + EVIL + b'" NIL NIL NIL NIL NIL NIL NIL NIL)'
            row = b"* 1 FETCH (UID 1 FLAGS (a) ENVELOPE " + envelope + b")\r\n"
            while True:
                if p.command(None, row, b"OK " + EVIL) == b"LOGOUT":
                    return

        for options in ([], ["--json"], ["--items", "ENVELOPE"]):
            self.attack(f"fetch {options}", message, "fetch", None, "1", *options, code=(OK, REFUSED), terminal=True)
        for done in (b"NO [ALERT] ", b"BAD ", b"NO "):
            self.attack(repr(done), lambda p, done=done: (p.login(), p.command(None, b"", done + EVIL), p.idle()), "ls", None,
                        code=REFUSED, terminal=True)
        self.attack("BYE", lambda p: p.send(b"* BYE " + EVIL + b"\r\n"), "ls", None, code=CONNECTION, terminal=True)

    def test_r44_uids_of_another_uidvalidity(self):
        def play(p):
            p.open()
            p.line()
            raise AssertionError("a command followed")

        with self.subTest("fetch"):
            server = Hostile(play)
            self.addCleanup(server.close)
            url = f"imap://ann@127.0.0.1:{server.port}/INBOX;UIDVALIDITY=2"
            r = run(["fetch", url, "1", "--plain", "--timeout", "20"])
            self.assertEqual(r.code, REFUSED, r.err)
            self.assertIn(b"UIDVALIDITY", r.err)
            self.assertFalse(server.errors and b"LOGOUT" not in str(server.errors).encode())

    def test_r48_files_stay_in_their_folder(self):
        """Names, numbers and headers of a server that would like to write elsewhere."""
        inside = self.folder / "deep" / "out"
        inside.mkdir(parents=True)
        (inside / "7.eml").symlink_to(self.folder / "target")
        body = (b'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: a/b; name="../../evil"\r\n'
                b'Content-Disposition: attachment; filename="/tmp/evil-imapxx"\r\n\r\nx\r\n--b--\r\n')

        def play(p):
            p.open(b"4")
            rows = b"".join(b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (i, u, len(body)) for i, u in ((1, 1), (2, 7), (3, 4294967295)))
            bodies = b"".join(b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (i, u, len(body), body)
                              for i, u in ((1, 1), (2, 7), (3, 4294967295), (4, 9)))
            while True:
                tag, _, rest = p.line().partition(b" ")
                p.send((bodies if b"BODY" in rest else rows) + tag + b" OK\r\n")
                if rest == b"LOGOUT":
                    return

        self.attack("fetch -o", play, "fetch", None, "-o", str(inside), code=(OK, REFUSED), raw=True)
        self.assertFalse((self.folder / "target").exists())
        found = sorted(str(f.relative_to(self.folder)) for f in self.folder.rglob("*"))
        for name in found:
            self.assertTrue(name in ("deep", "deep/out", "deep/out/.imapxx-mailbox") or re.fullmatch(r"deep/out/[0-9]+\.eml", name), found)
        self.assertTrue((inside / "1.eml").exists())


class Secrets(Case):
    """A set of sessions with random passwords; all that the tool shows and writes is searched for them."""

    MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "LOGIN-COMMAND")

    def forms(self, word):
        yield word
        for before in range(3):
            coded = base64.b64encode(b"x" * before + word)
            yield coded[before + 1 if before else 0:(before + len(word)) // 3 * 4]

    def echo(self, p):
        """Refuses every log-in and repeats what it heard."""
        p.send(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n")
        while True:
            line = p.line()
            tag = line.split()[0]
            p.send(b"* NO [ALERT] " + line + b"\r\n" + tag + b" BAD " + line + b"\r\n")

    def test_r18_no_output_of_the_tool_holds_a_password(self):
        everything, words = b"", []
        for mechanism in self.MECHANISMS:
            word = ("w" + "".join(random.choice(string.ascii_letters + string.digits + ' "\\{}') for _ in range(24)) + "w").encode()
            words.append(word)
            secret = self.folder / "secret"
            secret.write_bytes(word + b"\n")
            serve = subprocess.Popen([TOOL, "serve", "--user", "ann:" + word.decode()], stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, env=environment())
            url = ""
            while not url:
                line = serve.stdout.readline().decode()
                url = line.split()[1] if line.startswith("URL: ") else ""
                self.assertTrue(line)
            hostile = Hostile(self.echo)
            for target in (url, f"imap://ann@127.0.0.1:{hostile.port}/"):
                for wrong in (b"", b"x"):
                    secret.write_bytes(word + wrong + b"\n")
                    trace = self.folder / "trace"
                    done = run(["ls", target, "--plain", "--auth", mechanism, "--password-file", str(secret), "-v", "--trace",
                                str(trace), "--timeout", "20"])
                    self.assertEqual(done.code == OK, target == url and not wrong, (mechanism, done.code, done.err))
                    everything += done.out + done.err + (trace.read_bytes() if trace.exists() else b"")
            hostile.close()
            serve.send_signal(signal.SIGINT)
            serve.communicate(timeout=SLOW)
        self.assertIn(b"AUTHENTICATE", everything)
        self.assertIn(b"<redacted>", everything)
        for word in words:
            for form in self.forms(word):
                self.assertGreater(len(form), 16)
                self.assertFalse(form in everything, (word, everything[max(0, everything.find(form) - 200):][:400]))


if __name__ == "__main__":
    if not TOOL:
        print("IMAPXX_CLI is not set")
        raise SystemExit(77)
    unittest.main()
