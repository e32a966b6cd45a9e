"""The tool from outside: each subcommand against `imapxx serve`, its exit codes, its output on a pipe and on a terminal."""

import json
import os
import pathlib
import pty
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from schema import validate  # noqa: E402

TOOL = os.environ.get("IMAPXX_CLI", "")
SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2] / "docs" / "imapxx.schema.json").read_text())
PASSWORD = "p4ss-%d-word" % os.getpid()
SLOW = 60  # seconds: sanitizer builds on a busy machine


def environment(**more):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("IMAP", "NETRC", "NO_COLOR"))}
    env.update(HOME="/nonexistent", IMAPXX_PASSWORD=PASSWORD, TERM="xterm", LC_ALL="C.UTF-8", TZ="UTC")
    env.update(more)
    return {k: v for k, v in env.items() if v is not None}


class Server:
    """`imapxx serve` as a child process."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [TOOL, "serve", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
        )
        self.url = self.ca = None
        for line in self.process.stdout:
            if line.startswith("URL: "):
                self.url = line.split()[1]
            if line.startswith("CA file: "):
                self.ca = line.split()[2]
            if "test and demo server" in line:
                break
        if self.url is None:
            raise RuntimeError("serve did not start: " + self.process.stderr.read())

    def at(self, mailbox):
        return self.url.rsplit("/", 1)[0] + "/" + mailbox

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(SLOW)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class HostileServer:
    """Greets with PREAUTH and says terrible things."""

    EVIL = b"\x1b]0;pwned\x07\x1b[2J\x7f\xff\xc2\x9b\xe2\x80\xae"
    # A line feed in a literal; ESC, U+009B and U+202E in modified UTF-7.
    NAMES = [b"{3}\r\na\nb", b'"c&ABsAmyAu-d"', b'"' + EVIL + b'"']

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "imap://ann@127.0.0.1:%d/" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self.talk(stream)

    def talk(self, stream):
        stream.write(b"* PREAUTH [CAPABILITY IMAP4rev1 ID] hello" + self.EVIL + b"\r\n")
        stream.flush()
        for line in stream:
            tag, command = line.split()[:2]
            answer = b""
            if command == b"LIST":
                answer = b"".join(b'* LIST () "/" ' + n + b"\r\n" for n in self.NAMES)
            elif command == b"ID":
                answer = b'* ID ("name" "' + self.EVIL + b'")\r\n'
            done = b" NO [ALERT] " if command in (b"CREATE", b"STATUS") else b" OK "
            stream.write(b"* OK [ALERT] look" + self.EVIL + b"\r\n" + answer + tag + done + self.EVIL + b"\r\n")
            stream.flush()
            if command == b"LOGOUT":
                return

    def stop(self):
        self.listener.close()


class EvasiveServer(HostileServer):
    """Tells no usable number of messages (as Cyrus does with MAILBOXID); remembers what it was told."""

    def __init__(self):
        self.commands = []
        super().__init__()

    def talk(self, stream):
        stream.write(b"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n")
        stream.flush()
        for line in stream:
            tag, command = line.split()[:2]
            self.commands.append(command)
            answer = b"* STATUS Full (MESSAGES many)\r\n" if command == b"STATUS" else b""
            stream.write(answer + tag + b" OK\r\n")
            stream.flush()
            if command == b"LOGOUT":
                return


class RefusingServer(HostileServer):
    """Says NO to any FETCH of the second message's envelope or size, or of the fourth's text (F-10, F-11)."""

    def talk(self, stream):
        stream.write(b"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n")
        stream.flush()
        for line in stream:
            tag, command, *words = line.decode().split(None, 4)
            answer, done = "", "OK done"
            if command == "EXAMINE":
                answer = "* 5 EXISTS\r\n* OK [UIDVALIDITY 1] v\r\n* OK [UIDNEXT 6] n\r\n"
            elif words[:1] == ["SEARCH"]:
                answer = "* SEARCH 1 2 3 4 5\r\n"
            elif words[:1] == ["FETCH"]:
                answer, done = self.fetch(words[1], words[2])
            stream.write(f"{answer}{tag} {done}\r\n".encode())
            stream.flush()
            if command == "LOGOUT":
                return

    @staticmethod
    def fetch(numbers, items):
        answer = ""
        for one in numbers.replace("*", "5").split(","):
            first, _, last = one.partition(":")
            for uid in range(int(first), int(last or first) + 1):
                if uid == 2 and ("ENVELOPE" in items or "SIZE" in items) or uid == 4 and "[1]" in items:
                    return answer, "NO [SERVERBUG] cannot be read"
                values = f"UID {uid} FLAGS () RFC822.SIZE 5 INTERNALDATE \"01-Feb-2026 00:00:00 +0000\""
                if "ENVELOPE" in items:
                    values += f' ENVELOPE (NIL "no. {uid}"{" NIL" * 8})'
                if "HEADER.FIELDS" in items:
                    values += f" BODY[HEADER.FIELDS{items.partition('HEADER.FIELDS')[2].partition(']')[0]}] NIL"
                if "BODYSTRUCTURE" in items:
                    values += ' BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)'
                if "[1]" in items:
                    values += f' BODY[1] "text {uid}"'
                if "BODY.PEEK[]" in items:
                    values += f" BODY[] {{6}}\r\ntext {uid}"
                answer += f"* {uid} FETCH ({values})\r\n"
        return answer, "OK done"


def message(subject, body="Hello\n", extra=""):
    return f"From: Ann <ann@example.org>\nTo: bob@example.net\nSubject: {subject}\n{extra}\n{body}"


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def serve(self, *options):
        server = Server("--user", "ann:" + PASSWORD, *options)
        self.addCleanup(lambda: server.process.poll() is None and server.stop())
        return server

    def serve_mail(self, *messages, options=("--tls",)):
        mail = self.folder / "mail"
        mail.mkdir()
        for i, text in enumerate(messages):
            data = text if isinstance(text, bytes) else text.encode()
            (mail / f"{i:04}.eml").write_bytes(data)
        return self.serve("--eml", str(mail), *options)

    def run_tool(self, *words, server=None, code=0, stdin=b"", env=None, text=True):
        command = [TOOL, *words]
        if server is not None and server.ca:
            command += ["--ca-file", server.ca]
        elif server is not None:
            command += ["--plain"]
        done = subprocess.run(command, input=stdin, capture_output=True, env=env or environment(), timeout=SLOW)
        self.assertEqual(done.returncode, code, (command, done.stdout, done.stderr))
        self.assertNotIn(PASSWORD.encode(), done.stdout + done.stderr)
        return done.stdout.decode() if text else done.stdout

    def failing(self, *words, code, **more):
        command = [TOOL, *words]
        done = subprocess.run(command, capture_output=True, env=more.get("env") or environment(), timeout=SLOW,
                              stdin=subprocess.DEVNULL, start_new_session=True)
        self.assertEqual(done.returncode, code, (command, done.stdout, done.stderr))
        return done.stderr.decode()

    def lines(self, *words, **more):
        found = [json.loads(line) for line in self.run_tool(*words, "--json", **more).splitlines()]
        for one in found:
            validate(one, SCHEMA)
        return found


class Reading(Case):
    def test_search_prints_uids(self):
        server = self.serve_mail(message("one"), message("two"), message("three"))
        self.assertEqual(self.run_tool("search", server.url, server=server), "1\n2\n3\n")
        self.assertEqual(self.run_tool("search", server.url, "subject:two", server=server), "2\n")
        self.assertEqual(self.run_tool("search", server.url, "-subject:two", "--set", server=server), "1,3\n")
        self.assertEqual(self.run_tool("search", server.url, "--count", "OR SUBJECT one SUBJECT two", server=server), "2\n")
        self.assertEqual(self.run_tool("search", server.url, "subject:four", server=server, code=1), "")
        found = self.lines("search", server.url, server=server)
        self.assertEqual(found, [{"kind": "search", "count": 3, "numbers": "1:3"}])

    def test_uids_and_sequence_numbers_differ(self):
        server = self.serve_mail(message("one"), message("two"), message("three"))
        self.run_tool("store", server.url, "1", "+deleted", server=server)
        self.run_tool("expunge", server.url, "1", server=server)
        self.assertIn("Subject: two", self.run_tool("fetch", server.url, "1", "--seq", server=server))
        self.assertEqual(self.run_tool("fetch", server.url, "1", server=server, code=1), "")
        self.assertEqual(self.run_tool("search", "--seq", server.url, "subject:three", server=server), "2\n")

    def test_reading_changes_nothing(self):
        server = self.serve_mail(message("one"))
        self.run_tool("fetch", server.url, "1", server=server)
        self.run_tool("fetch", server.url, "1", "--items", "BODY[] RFC822 BODY[TEXT]", server=server)
        self.run_tool("fetch", server.url, "1", "--raw", server=server)
        self.run_tool("fetch", server.url, "-o", str(self.folder / "out"), server=server)
        self.run_tool("search", server.url, "text:hello", server=server)
        [row] = self.lines("fetch", server.url, "1", "--items", "FLAGS", server=server)
        self.assertNotIn("\\Seen", row["flags"])

    def test_fetch_shows_decoded_text(self):
        body = "Content-Type: multipart/mixed; boundary=b\nMIME-Version: 1.0\n"
        parts = (
            "--b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
            "caf=E9 =\nau lait\n--b\nContent-Type: application/pdf; name=\"x.pdf\"\n"
            "Content-Disposition: attachment; filename=\"../x.pdf\"\nContent-Transfer-Encoding: base64\n\nQUJD\n--b--\n"
        )
        server = self.serve_mail(message("=?utf-8?Q?caf=C3=A9?=", parts, body))
        shown = self.run_tool("fetch", server.url, "1", server=server)
        self.assertIn("Subject: café\n", shown)
        self.assertIn("café au lait", shown)
        self.assertIn("x.pdf (application/pdf", shown)
        self.assertNotIn("../", shown)
        [row] = self.lines("fetch", server.url, "1", server=server)
        self.assertIn("café au lait", row["text"])
        self.assertEqual(row["bodystructure"]["subtype"].lower(), "mixed")

    def test_refused_messages_do_not_lose_the_rest(self):
        server = RefusingServer()
        self.addCleanup(server.stop)
        for words, given, refused in (
            (["--items", "ENVELOPE"], ["1", "3", "4", "5"], ["2"]),
            (["--items", "FLAGS"], ["1", "2", "3", "4", "5"], []),
            ([], ["1", "3", "4", "5"], ["2", "4"]),
        ):
            done = subprocess.run([TOOL, "fetch", "--plain", server.url + "INBOX", "1:*", "--json", *words],
                                  env=environment(), capture_output=True, text=True, timeout=SLOW)
            self.assertEqual(done.returncode, 1 if refused else 0, done.stderr)
            rows = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual([str(r["uid"]) for r in rows], given, done.stderr)
            complaints = [line for line in done.stderr.splitlines() if "could not be fetched" in line]
            self.assertEqual([line.split()[1] for line in complaints], refused, done.stderr)
            self.assertTrue(all("cannot be read" in line for line in complaints), done.stderr)
            if not words:
                self.assertEqual([r.get("text", "").strip() for r in rows], ["text 1", "text 3", "", "text 5"])

    def test_refused_messages_are_not_saved_but_the_rest(self):
        server = RefusingServer()
        self.addCleanup(server.stop)
        out = self.folder / "out"
        error = self.failing("fetch", "--plain", server.url + "INBOX", "-o", str(out), code=1)
        self.assertIn("message 2 could not be fetched", error)
        self.assertEqual(sorted(f.name for f in out.glob("*.eml")), ["1.eml", "3.eml", "4.eml", "5.eml"])
        self.assertEqual((out / "4.eml").read_bytes(), b"text 4")

    def test_raw_is_the_message(self):
        text = message("one", "a\nb\n")
        server = self.serve_mail(text)
        self.assertEqual(self.run_tool("fetch", server.url, "1", "--raw", server=server, text=False),
                         text.replace("\n", "\r\n").encode())

    def test_ls_and_status(self):
        server = self.serve_mail(message("one"), message("two"))
        for name in ("Lists", "Lists/dev", "Entwürfe"):
            self.run_tool("mkdir", server.url, name, server=server)
        self.assertEqual(self.run_tool("ls", server.at(""), server=server), "INBOX\nEntwürfe\nLists\nLists/dev\n")
        tree = self.run_tool("ls", "--tree", server.at(""), server=server)
        self.assertIn("└── Lists\n    └── dev\n", tree)
        self.assertEqual(self.run_tool("ls", server.at("Lists"), server=server), "Lists\nLists/dev\n")
        long = self.run_tool("ls", "-l", server.at(""), server=server)
        self.assertRegex(long, r"(?m)^ +2 +2 +\S+ +INBOX$")
        self.assertEqual(self.lines("status", server.url, server=server)[0]["messages"], 2)
        self.assertIn("uidvalidity", self.run_tool("status", server.url, server=server))
        names = {e["mailbox"] for e in self.lines("ls", "-l", server.at(""), server=server)}
        self.assertEqual(names, {"INBOX", "Entwürfe", "Lists", "Lists/dev"})

    def test_caps(self):
        server = self.serve_mail()
        self.assertIn("IMAP4rev1", self.run_tool("caps", server.url, server=server))
        self.assertIn("capability", {e["kind"] for e in self.lines("caps", server.url, server=server)})

    def test_url_with_uid(self):
        server = self.serve_mail(message("one"), message("two"))
        shown = self.run_tool("fetch", server.url + ";UID=2", server=server)
        self.assertIn("Subject: two", shown)
        self.assertNotIn("Subject: one", shown)

    def test_the_star_is_the_last_message(self):
        server = self.serve_mail(message("one"), message("two"))
        self.assertIn("Subject: two", self.run_tool("fetch", server.url, "*", server=server))
        self.run_tool("fetch", server.url, "9:*", server=server, code=1)


class Saving(Case):
    def test_files_are_the_messages(self):
        texts = [message(f"number {i}", "line\n" * i) for i in range(30)]
        server = self.serve_mail(*texts)
        out = self.folder / "out"
        self.run_tool("fetch", "-o", str(out), server.url, server=server)
        self.assertEqual(sorted(p.name for p in out.iterdir()),
                         [".imapxx-mailbox"] + sorted(f"{i + 1}.eml" for i in range(30)))
        for i, text in enumerate(texts):
            self.assertEqual((out / f"{i + 1}.eml").read_bytes(), text.replace("\n", "\r\n").encode())
        self.assertEqual(stat.S_IMODE((out / "1.eml").stat().st_mode), 0o600)

    def test_existing_files_stay(self):
        server = self.serve_mail(message("one"), message("two"))
        out = self.folder / "out"
        self.run_tool("fetch", "-o", str(out), server.url, server=server)
        kept = (out / "1.eml").stat().st_mtime_ns
        results = {e["uid"]: e["result"] for e in self.lines("fetch", "-o", str(out), server.url, server=server)}
        self.assertEqual(results, {1: "existed", 2: "existed"})
        self.assertEqual((out / "1.eml").stat().st_mtime_ns, kept)
        (out / "1.eml").write_text("mine")
        self.run_tool("fetch", "-o", str(out), server.url, server=server, code=1)
        self.assertEqual((out / "1.eml").read_text(), "mine")
        self.run_tool("fetch", "-o", str(out), server.url, "--force", server=server)
        self.assertIn("Subject: one", (out / "1.eml").read_text())

    def test_links_are_not_followed(self):
        server = self.serve_mail(message("one"))
        out = self.folder / "out"
        out.mkdir()
        victim = self.folder / "victim"
        victim.write_text("precious")
        (out / "1.eml").symlink_to(victim)
        self.run_tool("fetch", "-o", str(out), server.url, server=server, code=1)
        self.assertEqual(victim.read_text(), "precious")
        self.run_tool("fetch", "-o", str(out), server.url, "--force", server=server)
        self.assertEqual(victim.read_text(), "precious")
        self.assertFalse((out / "1.eml").is_symlink())

    def test_a_big_message_takes_little_memory(self):
        size = 100 << 20
        big = self.folder / "big.eml"
        with big.open("wb") as f:
            f.write(b"Subject: big\r\n\r\n")
            line = b"x" * 998 + b"\r\n"
            for _ in range(size // len(line)):
                f.write(line)
        server = self.serve_mail(message("small"))
        self.run_tool("append", server.url, str(big), server=server)
        out = self.folder / "out"
        idle_peak, _ = self.peak([TOOL, "decode"])
        peak, code = self.peak([TOOL, "fetch", "-o", str(out), server.url, "2", "--ca-file", server.ca])
        self.assertEqual(code, 0)
        self.assertEqual((out / "2.eml").stat().st_size, big.stat().st_size)
        if idle_peak > 16 * 1024:
            self.skipTest("this build (a sanitizer's?) takes more than 16 MiB for nothing")
        self.assertLessEqual(peak, 16 * 1024)

    def peak(self, command):
        """The program's peak of resident memory in KiB, and its exit code. getrusage would count Python's as well."""
        done = subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        highest = 0
        while done.poll() is None:
            try:
                for line in pathlib.Path(f"/proc/{done.pid}/status").read_text().splitlines():
                    if line.startswith("VmHWM:"):
                        highest = max(highest, int(line.split()[1]))
            except OSError:
                break
            if highest > 1024 and not done.stdin.closed:
                time.sleep(0.05)
                done.stdin.close()
            time.sleep(0.002)
        return highest, done.wait(SLOW)

    def is_writing(self, process, out):
        """Whether a message's file is open in this directory, perhaps one without a name."""
        try:
            open_files = [os.readlink(d) for d in pathlib.Path("/proc", str(process), "fd").iterdir()]
            return any(f.startswith(f"{out}/") and ".imapxx-mailbox" not in f for f in open_files)
        except OSError:  # it was closed meanwhile
            return False

    def interrupt(self, server, out):
        """SIGINT as soon as something is being written. \return exit code, and what is in the directory then."""
        done = subprocess.Popen([TOOL, "fetch", "-o", str(out), server.url, "--ca-file", server.ca], env=environment(),
                                stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + SLOW
        while done.poll() is None and not self.is_writing(done.pid, out) and time.monotonic() < deadline:
            time.sleep(0.001)
        done.send_signal(signal.SIGINT)
        return done.wait(SLOW), sorted(p.name for p in out.iterdir() if p.name != ".imapxx-mailbox")

    def test_interrupted_saving_goes_on(self):
        big = message("big", ("y" * 998 + "\n") * 40000)
        server = self.serve_mail(big)
        out = self.folder / "out"
        code, left = self.interrupt(server, out)
        self.assertIn((code, left), [(130, []), (130, ["1.eml.journal", "1.eml.part"]), (0, ["1.eml"]), (130, ["1.eml"])])
        self.run_tool("fetch", "-o", str(out), server.url, server=server)
        self.assertEqual((out / "1.eml").read_bytes(), big.replace("\n", "\r\n").encode())
        self.assertEqual(sorted(p.name for p in out.iterdir()), [".imapxx-mailbox", "1.eml"])

    def test_files_of_another_uidvalidity_are_not_taken_for_these(self):
        server = self.serve_mail(message("one"))
        out = self.folder / "out"
        self.run_tool("fetch", "-o", str(out), server.url, server=server)
        record = out / ".imapxx-mailbox"
        before = record.read_text()
        record.write_text(re.sub("uidvalidity [0-9]+", "uidvalidity 1", before))
        said = self.failing("fetch", "-o", str(out), server.url, "--ca-file", server.ca, code=6)
        self.assertIn("UIDVALIDITY 1,", said)
        self.run_tool("fetch", "--force", "-o", str(out), server.url, server=server)
        self.assertEqual(record.read_text(), before)

    def test_what_killed_runs_left_is_removed(self):
        server = self.serve_mail(message("one"))
        out = self.folder / "out"
        out.mkdir()
        (out / ".imapxx-1-0.part").write_text("half")
        (out / "1.eml.part").write_text("half")
        self.run_tool("fetch", "--sync", "-o", str(out), server.url, server=server)
        self.assertEqual(sorted(p.name for p in out.iterdir()), [".imapxx-mailbox", "1.eml", "1.eml.part"])

    def test_interrupted_saving_leaves_no_half_file(self):
        big = message("big", ("y" * 998 + "\n") * 7000)  # too small for a journal
        server = self.serve_mail(big)
        out = self.folder / "out"
        code, left = self.interrupt(server, out)
        self.assertIn((code, left), [(130, []), (0, ["1.eml"]), (130, ["1.eml"])])
        if left:
            self.assertEqual((out / "1.eml").read_bytes(), big.replace("\n", "\r\n").encode())


class Writing(Case):
    def test_append_store_copy_move_expunge(self):
        server = self.serve_mail(message("one"))
        letter = self.folder / "letter.eml"
        letter.write_text(message("letter"))
        self.run_tool("append", server.url, str(letter), "--flags", "seen,$Work", "--date", "2026-02-01", server=server)
        [row] = self.lines("fetch", server.url, "2", "--items", "FLAGS INTERNALDATE RFC822.SIZE", server=server)
        self.assertEqual({"\\Seen", "$Work"}, set(row["flags"]) & {"\\Seen", "$Work"})
        self.assertTrue(row["internaldate"].startswith("2026-02-01T00:00:00"))
        self.assertEqual(row["size"], len(message("letter").replace("\n", "\r\n")))
        self.run_tool("append", server.url, server=server, stdin=message("piped").encode())
        self.assertEqual(self.run_tool("search", server.url, "subject:piped", server=server), "3\n")

        self.run_tool("store", server.url, "2", "+flagged", "-seen", server=server)
        [row] = self.lines("fetch", server.url, "2", "--items", "FLAGS", server=server)
        self.assertEqual({"\\Flagged", "$Work"}, set(row["flags"]) - {"\\Recent"})
        self.run_tool("store", server.url, "2", "=", server=server)
        [row] = self.lines("fetch", server.url, "2", "--items", "FLAGS", server=server)
        self.assertEqual(set(), set(row["flags"]) - {"\\Recent"})

        self.run_tool("mkdir", server.url, "Archive", server=server)
        self.assertEqual(self.lines("cp", server.url, "2", "Archive", server=server)[0]["code"]["source_uids"], "2")
        self.assertEqual(self.lines("mv", server.url, "3", "Archive", server=server)[0]["method"], "move")
        self.assertEqual(self.run_tool("search", server.at("Archive"), "--count", server=server), "2\n")
        self.assertEqual(self.run_tool("search", server.url, "--set", server=server), "1:2\n")

        self.run_tool("expunge", server.url, "1", server=server, code=1)  # nothing is marked
        self.run_tool("store", server.url, "1:2", "+deleted", server=server)
        self.run_tool("expunge", server.url, "1", server=server)
        self.assertEqual(self.run_tool("search", server.url, server=server), "2\n")
        self.run_tool("expunge", server.url, "--all", server=server)
        self.run_tool("search", server.url, server=server, code=1)

    def test_dry_runs_change_nothing(self):
        server = self.serve_mail(message("one"))
        self.run_tool("mkdir", server.url, "Archive", server=server)
        before = self.lines("fetch", server.url, "1:*", "--items", "FLAGS UID", server=server)
        letter = self.folder / "letter.eml"
        letter.write_text(message("letter"))
        for words, wanted in [
            (("append", server.url, str(letter)), "APPEND INBOX"),
            (("store", server.url, "1", "+deleted"), "UID STORE 1 +FLAGS"),
            (("cp", server.url, "1", "Archive"), "UID COPY 1 Archive"),
            (("mv", server.url, "1", "Archive"), "MOVE"),
            (("expunge", server.url, "1"), "UID EXPUNGE 1"),
            (("expunge", server.url, "--all"), "EXPUNGE"),
            (("mkdir", server.url, "New"), "CREATE New"),
            (("rmdir", server.url, "Archive"), "DELETE Archive"),
            (("rename", server.at("Archive"), "Old"), "RENAME Archive Old"),
            (("subscribe", server.url, "Archive"), "SUBSCRIBE Archive"),
            (("unsubscribe", server.url, "Archive"), "UNSUBSCRIBE Archive"),
        ]:
            self.assertIn(wanted, self.run_tool(*words, "--dry-run", server=server), words)
        self.assertEqual(self.lines("fetch", server.url, "1:*", "--items", "FLAGS UID", server=server), before)
        self.assertEqual(self.run_tool("ls", server.at(""), server=server), "INBOX\nArchive\n")

    def test_mailboxes(self):
        server = self.serve_mail(message("one"))
        self.run_tool("mkdir", server.at("Full"), server=server)
        self.run_tool("cp", server.url, "1", "Full", server=server)
        self.run_tool("rmdir", server.at("Full"), server=server, code=1)
        self.assertIn("Full\n", self.run_tool("ls", server.at(""), server=server))
        self.run_tool("rename", server.at("Full"), "Fuller", server=server)
        self.run_tool("subscribe", server.at("Fuller"), server=server)
        self.assertIn("Fuller\n", self.run_tool("ls", "--subscribed", server.at(""), server=server))
        self.run_tool("subscribe", "--off", server.at("Fuller"), server=server)
        self.assertNotIn("Fuller\n", subprocess.run(
            [TOOL, "ls", "--subscribed", server.at(""), "--ca-file", server.ca], env=environment(),
            capture_output=True, text=True, timeout=SLOW).stdout)
        self.run_tool("rmdir", server.at("Fuller"), "--force", server=server)
        self.assertEqual(self.run_tool("ls", server.at(""), server=server), "INBOX\n")

    def test_rmdir_keeps_a_mailbox_whose_messages_it_cannot_count(self):
        server = EvasiveServer()
        self.addCleanup(server.stop)
        done = subprocess.run(
            [TOOL, "rmdir", "--plain", server.url, "Full"], env=environment(), capture_output=True, text=True, timeout=SLOW)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertIn("STATUS", done.stderr)
        self.assertNotIn(b"DELETE", server.commands)

    def test_refused_is_1_and_says_why(self):
        server = self.serve_mail(message("one"))
        error = self.failing("cp", server.url, "1", "Nowhere", "--ca-file", server.ca, code=1)
        self.assertIn("127.0.0.1", error)
        self.assertIn("mkdir", error)


class Connecting(Case):
    def test_starttls_is_required(self):
        plain = self.serve_mail(message("one"), options=())
        error = self.failing("search", plain.url, code=3)
        self.assertIn("STARTTLS", error)
        self.assertEqual(self.run_tool("search", plain.url, server=plain), "1\n")

    def test_starttls(self):
        server = self.serve_mail(message("one"), options=("--starttls",))
        self.assertTrue(server.url.startswith("imap://"))
        self.assertEqual(self.run_tool("search", server.url, server=server), "1\n")

    def test_certificates_are_verified(self):
        server = self.serve_mail(message("one"))
        error = self.failing("search", server.url, code=3)
        self.assertIn("--ca-file", error)
        self.assertEqual(self.run_tool("search", server.url, "--insecure"), "1\n")

    def test_exit_codes(self):
        server = self.serve_mail(message("one"))
        ca = ["--ca-file", server.ca]
        self.assertIn("password", self.failing("search", server.url, *ca, code=4, env=environment(IMAPXX_PASSWORD="no")))
        self.failing("search", server.url, *ca, code=4, env=environment(IMAPXX_PASSWORD=None))
        self.failing("search", server.at("Nowhere"), *ca, code=1)
        self.failing("search", "imaps://ann@127.0.0.1:1/", code=3)
        self.failing("search", "imaps://ann@host.invalid/", code=3)
        self.failing("search", server.url, *ca, "since:yesteryear", code=2)
        self.failing("search", "http://h/", code=2)
        self.failing("fetch", server.url, *ca, "0", code=2)
        self.failing("fetch", server.url, *ca, code=2)
        self.failing("append", server.url, *ca, "/nonexistent", code=6)
        self.failing("search", server.url.replace("ann@", ""), *ca, code=2)

    def test_password_sources(self):
        server = self.serve_mail(message("one"))
        none = environment(IMAPXX_PASSWORD=None)
        words = ("search", server.url)
        self.assertEqual(self.run_tool(*words, "--password-command", f"echo {PASSWORD}", server=server, env=none), "1\n")
        secret = self.folder / "secret"
        secret.write_text(PASSWORD + "\nsecond line\n")
        self.assertEqual(self.run_tool(*words, "--password-file", str(secret), server=server, env=none), "1\n")
        netrc = self.folder / "netrc"
        netrc.write_text(f"machine 127.0.0.1 login ann password {PASSWORD}\n")
        netrc.chmod(0o600)
        with_netrc = environment(IMAPXX_PASSWORD=None, NETRC=str(netrc))
        self.assertEqual(self.run_tool(*words, server=server, env=with_netrc), "1\n")
        self.assertEqual(self.run_tool("search", server.url.replace("ann@", ""), server=server, env=with_netrc), "1\n")
        netrc.chmod(0o644)
        self.failing(*words, "--ca-file", server.ca, code=4, env=with_netrc)
        self.failing(*words, "--ca-file", server.ca, "--password-command", "exit 3", code=4)
        self.failing(*words, "--ca-file", server.ca, "--password-file", "/nonexistent", code=6)

    def test_percent_encoded_user(self):
        mail = self.folder / "mail"
        mail.mkdir()
        (mail / "1.eml").write_text(message("one"))
        server = Server("--tls", "--user", "ann@example.org:" + PASSWORD, "--eml", str(mail))
        self.addCleanup(server.stop)
        self.assertIn("ann%40example.org@", server.url)
        self.assertEqual(self.run_tool("search", server.url, server=server), "1\n")

    def test_chosen_mechanisms(self):
        server = self.serve_mail(message("one"))
        for name in ("PLAIN", "SCRAM-SHA-256", "LOGIN-COMMAND"):
            trace = self.folder / name
            self.run_tool("search", server.url, "--auth", name, "--trace", str(trace), server=server)
            self.assertIn("LOGIN" if name == "LOGIN-COMMAND" else "AUTHENTICATE " + name, trace.read_text())

    def test_trace_shows_no_secret(self):
        import base64
        server = self.serve_mail(message("one"))
        for name in ("PLAIN", "LOGIN-COMMAND", "CRAM-MD5"):
            trace = self.folder / ("trace" + name)
            self.run_tool("search", server.url, "--auth", name, "--trace", str(trace), server=server)
            text = trace.read_text()
            self.assertIn("UID SEARCH", text)
            self.assertNotIn(PASSWORD, text)
            for prefix in (b"", b"\0ann\0", b"ann\0ann\0"):
                encoded = base64.b64encode(prefix + PASSWORD.encode()).decode().rstrip("=")
                self.assertNotIn(encoded[:-2], text)
            self.assertEqual(stat.S_IMODE(trace.stat().st_mode), 0o600)

    def test_serve_ends_cleanly_and_removes_its_file(self):
        server = self.serve_mail()
        self.assertTrue(os.path.exists(server.ca))
        self.assertEqual(server.stop(), 0)
        self.assertFalse(os.path.exists(server.ca))


class Output(Case):
    def on_terminal(self, *words, env=None):
        """Runs the tool on a pseudo terminal and returns what it showed."""
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(TOOL, [TOOL, *words], env or environment())
        shown = b""
        while True:
            try:
                piece = os.read(fd, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        os.close(fd)
        os.waitpid(pid, 0)
        return shown

    def test_terminal_escapes_do_not_reach_the_terminal(self):
        evil = "\x1b]0;pwned\x07\x1b[2J\x9b31m\u202e"
        subject = "=?utf-8?B?" + __import__("base64").b64encode(evil.encode()).decode() + "?="
        raw = message(subject, "body " + evil + "\n", "Content-Type: text/plain; charset=utf-8\n"
                      "Content-Transfer-Encoding: 8bit\nMIME-Version: 1.0\n").encode()
        server = self.serve_mail(raw)
        hostile = HostileServer()
        self.addCleanup(hostile.stop)
        there = ("--ca-file", server.ca)
        for words in (("fetch", server.url, "1", *there), ("fetch", server.url, "1", "--items", "ENVELOPE BODY[]", *there),
                      ("fetch", server.url, "1", "--json", *there), ("fetch", server.url, "1", "--trace", "-", *there),
                      ("ls", hostile.url, "--plain"), ("ls", "-l", hostile.url, "--plain"), ("caps", hostile.url, "--plain"),
                      ("ls", "--json", hostile.url, "--plain"), ("status", hostile.url, "--plain"),
                      ("mkdir", hostile.url, "x", "--plain", "--trace", "-")):
            shown = self.on_terminal(*words)
            self.assertTrue(shown, words)
            # Our own colours aside, no control but line ends.
            rest = re.sub(rb"\x1b\[(0|1|2|32|36)m", b"", shown)
            rest = rest.replace(b"\r\x1b[K", b"")
            self.assertIsNone(re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", rest), (words, rest))
            text = rest.decode()
            self.assertNotIn("\u202e", text, words)
            self.assertNotIn("\x9b", text, words)

    def test_colours_only_where_welcome(self):
        server = self.serve_mail(message("one"))
        words = ("fetch", server.url, "1", "--ca-file", server.ca)
        self.assertIn(b"\x1b[1m", self.on_terminal(*words))
        self.assertNotIn(b"\x1b[", self.on_terminal(*words, env=environment(NO_COLOR="1")))
        self.assertNotIn(b"\x1b[", self.on_terminal(*words, env=environment(TERM="dumb")))
        self.assertNotIn("\x1b", self.run_tool("fetch", server.url, "1", server=server))

    def test_names_stay_on_their_line(self):
        hostile = HostileServer()
        self.addCleanup(hostile.stop)
        shown = self.run_tool("ls", hostile.url, "--plain")
        self.assertEqual(len(shown.splitlines()), len(HostileServer.NAMES), shown)

    def test_a_closed_pipe_ends_quietly(self):
        server = self.serve_mail(*[message(str(i), "x" * 70000) for i in range(5)])
        for words in (("search", server.url), ("fetch", server.url, "1:*", "--raw"), ("fetch", server.url, "1:*")):
            read, write = os.pipe()
            os.close(read)
            done = subprocess.run([TOOL, *words, "--ca-file", server.ca], stdout=write, stderr=subprocess.PIPE,
                                  env=environment(), timeout=SLOW)
            os.close(write)
            self.assertEqual((done.returncode, done.stderr), (0, b""), words)

    def test_a_full_disk_does_not(self):
        server = self.serve_mail(message("one"))
        with open("/dev/full", "w") as full:
            done = subprocess.run([TOOL, "search", server.url, "--ca-file", server.ca], stdout=full,
                                  stderr=subprocess.PIPE, env=environment(), timeout=SLOW)
        self.assertEqual(done.returncode, 6, done.stderr)

    def test_the_prompt_does_not_echo(self):
        server = self.serve_mail(message("one"))
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(TOOL, [TOOL, "search", server.url, "--ca-file", server.ca], environment(IMAPXX_PASSWORD=None))
        shown = b""
        while b"Password" not in shown:
            shown += os.read(fd, 1000)
        time.sleep(0.2)
        os.write(fd, PASSWORD.encode() + b"\n")
        while True:
            try:
                piece = os.read(fd, 1000)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        os.close(fd)
        _, status = os.waitpid(pid, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0, shown)
        self.assertNotIn(PASSWORD.encode(), shown)
        self.assertTrue(shown.endswith(b"1\r\n"), shown)


class Idling(Case):
    def test_events_and_interrupt(self):
        server = self.serve_mail(message("one"))
        idle = subprocess.Popen([TOOL, "idle", "--json", server.url, "--ca-file", server.ca], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=environment())
        self.addCleanup(idle.stdout.close)
        self.addCleanup(idle.stderr.close)
        self.assertEqual(json.loads(idle.stdout.readline()), {"kind": "exists", "count": 1})
        time.sleep(0.3)
        self.run_tool("append", server.url, server=server, stdin=message("two").encode())
        while True:
            event = json.loads(idle.stdout.readline())
            validate(event, SCHEMA)
            if event["kind"] == "exists":
                break
        self.assertEqual(event["count"], 2)
        idle.send_signal(signal.SIGINT)
        self.assertEqual(idle.wait(SLOW), 0, idle.stderr.read())

    def test_a_reader_that_goes_away(self):
        server = self.serve_mail(message("one"))
        idle = subprocess.Popen([TOOL, "idle", server.url, "--ca-file", server.ca], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=environment())
        self.addCleanup(idle.stderr.close)
        idle.stdout.readline()
        idle.stdout.close()
        self.run_tool("append", server.url, server=server, stdin=message("two").encode())
        self.assertEqual((idle.wait(SLOW), idle.stderr.read()), (0, ""))

    def test_interrupt_while_the_server_is_silent(self):
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        port = silent.getsockname()[1]
        for greeting in (b"", b"* OK [CAPABILITY IMAP4rev1] hi\r\n"):
            waiting = subprocess.Popen([TOOL, "search", f"imap://ann@127.0.0.1:{port}/", "--plain"], env=environment(),
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            connection, _ = silent.accept()
            connection.sendall(greeting)
            if greeting:
                connection.recv(1000)
            time.sleep(0.1)
            waiting.send_signal(signal.SIGINT)
            out, err = waiting.communicate(timeout=SLOW)
            self.assertEqual((waiting.returncode, out, err), (130, b"", b""))
            connection.close()

    def test_time_out(self):
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        error = self.failing("search", "imap://ann@127.0.0.1:%d/" % silent.getsockname()[1], "--plain", "--timeout", "0.3",
                             code=3)
        self.assertIn("--timeout", error)

    def test_for_some_seconds(self):
        server = self.serve_mail(message("one"))
        begin = time.monotonic()
        self.run_tool("idle", server.url, "--for", "0.5", server=server)
        self.assertGreaterEqual(time.monotonic() - begin, 0.5)


class Serving(Case):
    def test_maildir_and_mbox(self):
        maildir = self.folder / "Maildir"
        for part in ("cur", "new", "tmp", ".Lists/cur", ".Lists/new", ".Lists/tmp"):
            (maildir / part).mkdir(parents=True)
        (maildir / "cur" / "1.a.host:2,FS").write_text(message("flagged and seen"))
        (maildir / ".Lists" / "new" / "2.b.host").write_text(message("in a folder"))
        mbox = self.folder / "mbox"
        mbox.write_text("From ann@example.org Thu Jan  1 00:00:00 2026\n" + message("from mbox") + "\n")
        server = self.serve("--maildir", str(maildir), "--mbox", str(mbox), "--starttls")
        self.assertEqual(self.run_tool("ls", server.at(""), server=server), "INBOX\nLists\n")
        self.assertEqual(self.run_tool("search", server.url, "seen flagged", "--count", server=server), "1\n")
        self.assertEqual(self.run_tool("search", server.url, "subject:mbox", "--count", server=server), "1\n")
        self.assertEqual(self.run_tool("search", server.at("Lists"), "--count", server=server), "1\n")

    def test_samples_without_files(self):
        server = self.serve()
        self.assertEqual(self.run_tool("search", server.url, "--count", server=server), "3\n")

    def test_wrong_options(self):
        self.failing("serve", "--user", "nopassword", code=2)
        self.failing("serve", "--eml", "/nonexistent", code=6)
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        self.failing("serve", "--port", str(taken.getsockname()[1]), code=6)


class Demo(Case):
    def test_steps(self):
        shown = self.run_tool("demo", env=environment(IMAPXX_PASSWORD=None))
        steps = re.findall(r"(?m)^(\d+)\. (\w+)", shown)
        self.assertEqual(steps, [("1", "CONNECT"), ("2", "LOGIN"), ("3", "EXAMINE"), ("4", "SEARCH"), ("5", "FETCH"),
                                 ("6", "CLOSE"), ("7", "LOGOUT")])
        self.assertIn("Subject: Résumé of the café meeting ☕", shown)
        self.assertIn("das Café öffnet um 8 Uhr", shown)
        self.assertIn("Übersicht.csv", shown)
        self.assertNotIn("correct horse", shown)

    def test_a_server_of_ones_own(self):
        server = self.serve_mail(message("mine"))
        shown = self.run_tool("demo", "--ca-file", server.ca, env=environment(IMAP_URL=server.url))
        self.assertIn("Subject: mine", shown)
        [row] = self.lines("fetch", server.url, "1", "--items", "FLAGS", server=server)
        self.assertNotIn("\\Seen", row["flags"])


class Decoding(Case):
    def decode(self, data, code=0):
        found = [json.loads(line) for line in self.run_tool("decode", stdin=data, code=code).splitlines()]
        for one in found:
            validate(one, SCHEMA)
        return found

    def test_one_object_a_response(self):
        kinds = [r["kind"] for r in self.decode(
            b"* OK ready\r\n* CAPABILITY IMAP4rev1\r\n* 3 EXISTS\r\n+ \r\nA1 NO [TRYCREATE] no\r\n* XNEW thing\r\n"
            b"* 1 FETCH (UID 7 BODY[] {5}\r\na\r\nb\n FLAGS ())\r\n* FLAGS nonsense\r\n")]
        self.assertEqual(kinds, ["ok", "capability", "exists", "continuation", "no", "unknown", "fetch", "unparsed"])

    def test_incomplete(self):
        found = self.decode(b"* 3 EXISTS\r\n* 1 FETCH (BODY[] {10}\r\nabc", code=5)
        self.assertEqual([r["kind"] for r in found], ["exists", "incomplete"])
        self.assertEqual(found[1]["offset"], 12)
        self.assertEqual(found[1]["raw"], "* 1 FETCH (BODY[] {10}\r\nabc")
        self.assertEqual([r["kind"] for r in self.decode(b"* 3 EXI", code=5)], ["incomplete"])

    def test_invalid(self):
        found = self.decode(b"* OK a\r\n* 1 FETCH (BODY[] {99999999999999999999999}\r\nabc\r\n", code=5)
        self.assertEqual([r["kind"] for r in found], ["ok", "invalid"])
        self.assertEqual(found[1]["offset"], 8)

    def test_nothing(self):
        self.assertEqual(self.decode(b""), [])

    def test_it_streams(self):
        child = subprocess.Popen([TOOL, "decode"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
        for n in (1, 2, 3):
            child.stdin.write(b"* %d EXISTS\r\n" % n)
            child.stdin.flush()
            self.assertEqual(json.loads(child.stdout.readline())["count"], n)
        child.stdin.close()
        self.assertEqual(child.wait(SLOW), 0)
        child.stdout.close()

    def test_any_cut_gives_the_same(self):
        data = b"* OK [UIDNEXT 5] x\r\n* 1 FETCH (ENVELOPE NIL BODY[] {4}\r\na\r\nb)\r\n* LIST () \"/\" {3}\r\nabc\r\n"
        whole = self.decode(data)
        child = subprocess.Popen([TOOL, "decode"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
        for i in range(len(data)):
            child.stdin.write(data[i:i + 1])
            child.stdin.flush()
            time.sleep(0.0005)
        child.stdin.close()
        self.assertEqual([json.loads(line) for line in child.stdout], whole)
        self.assertEqual(child.wait(SLOW), 0)
        child.stdout.close()


if __name__ == "__main__":
    if not TOOL or not os.path.exists(TOOL):
        print("IMAPXX_CLI names no program")
        sys.exit(77)
    unittest.main(verbosity=1)
