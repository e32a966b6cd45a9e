"""System call k of the tool fails, for every k of its sessions against the embedded server: EINTR, EAGAIN, one octet, reset, no
space, and SIGKILL in front of it. With IMAPXX_SOAK=1 every k, otherwise a sample."""

import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

TOOL = os.environ.get("IMAPXX_CLI", "")
PRELOAD = os.environ.get("IMAPXX_FAULTS_PRELOAD", "")
SOAK = "IMAPXX_SOAK" in os.environ
SLOW = 60  # seconds: a call that hangs
OK, REFUSED, CONNECTION, LOCAL = 0, 1, 3, 6
RUNS = 10**9 if SOAK else 3  # for each session and each kind of fault

MESSAGES = [f"Subject: message {n}\r\nMessage-ID: <{n}@example.org>\r\n\r\n".encode() + b"text %d\r\n" % n * (n * 40) for n in range(1, 6)]

# Twenty sessions; URL is a mailbox that stays as it is, OTHER one that does not, DIR a folder.
SESSIONS = [
    ["ls", "URL"], ["ls", "URL", "--long"], ["ls", "URL", "--json"], ["caps", "URL"], ["status", "URL"], ["status", "URL", "--json"],
    ["search", "URL"], ["search", "URL", "subject", "message", "--json"], ["fetch", "URL", "1:*", "--items", "FLAGS ENVELOPE"],
    ["fetch", "URL", "2", "--raw"], ["fetch", "URL", "1:*", "--text"], ["fetch", "URL", "1:*", "--json"],
    ["fetch", "URL", "1:*", "-o", "DIR"], ["append", "OTHER", "FILE"], ["store", "OTHER", "1", "+seen"], ["cp", "URL", "1", "Other"],
    ["idle", "URL", "--for", "0.1"], ["mkdir", "URL", "Again"], ["expunge", "OTHER", "99"], ["fetch", "URL", "1:2", "--seq", "--json"],
    ["search", "URL", "--count"]]
CHANGES = {"append", "store", "cp", "mkdir", "expunge"}


class Run:
    def __init__(self, words, url, fault="", only=""):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        (self.folder / "mail").mkdir()
        (self.folder / "new.eml").write_bytes(MESSAGES[0])
        place = {"URL": url, "OTHER": url.replace("INBOX", "Other"), "DIR": str(self.folder / "mail"), "FILE": str(self.folder / "new.eml")}
        env = {k: v for k, v in os.environ.items() if not k.startswith(("IMAP", "NETRC"))}
        env.update(HOME="/nonexistent", IMAPXX_PASSWORD="pass", LC_ALL="C.UTF-8", TZ="UTC", LD_PRELOAD=PRELOAD,
                   IMAPXX_FAULT_COUNT=str(self.folder / "count"), IMAPXX_FAULT=fault + (":" + only if only else ""))
        with open(self.folder / "out", "wb") as out, open(self.folder / "err", "wb") as err:
            self.code = subprocess.run([TOOL, *(place.get(w, w) for w in words), "--plain"], stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=err, env=env, timeout=SLOW, check=False).returncode
        self.out = (self.folder / "out").read_bytes().replace(str(self.folder).encode(), b"DIR")
        self.err = (self.folder / "err").read_bytes()
        count = self.folder / "count"
        self.count = int(count.read_text() or 0) if count.exists() else 0
        self.mail = {p.name: p.read_bytes() for p in (self.folder / "mail").iterdir()}
        shutil.rmtree(self.folder)


class ToolFaults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        for n, message in enumerate(MESSAGES):
            (cls.folder / f"{n}.eml").write_bytes(message)
        cls.server = subprocess.Popen([TOOL, "serve", "--user", "ann:pass", "--eml", str(cls.folder)], stdout=subprocess.PIPE,
                                      text=True, env={k: v for k, v in os.environ.items() if not k.startswith("IMAPXX_FAULT")})
        for line in cls.server.stdout:
            if line.startswith("URL: "):
                port = re.search(r"@[^:/]+:(\d+)", line)[1]
                cls.url = f"imap://ann@127.0.0.1:{port}/INBOX"
            if "test and demo server" in line:
                break
        Run(["mkdir", cls.url, "Other", "Again"], cls.url)
        Run(["append", "OTHER", "FILE"], cls.url)

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(SLOW)
        cls.server.stdout.close()
        shutil.rmtree(cls.folder)

    def each(self, fault, check, sessions=tuple(map(tuple, SESSIONS)), only=""):
        """Calls check(words, undisturbed, disturbed, k)."""
        chosen = random.Random(5)

        def session(words):
            whole = Run(words, self.url, f"{fault}:0", only)
            ks = list(range(1, whole.count + 1))
            if len(ks) > RUNS:
                ks = sorted(chosen.sample(ks, RUNS))
            return [(words, whole, Run(words, self.url, f"{fault}:{k}", only), k) for k in ks]

        runs = 0
        with ThreadPoolExecutor(4) as pool:
            for results in pool.map(session, sessions):
                for words, whole, got, k in results:
                    runs += 1
                    got.k = k
                    with self.subTest(words=words, fault=fault, k=k):
                        check(words, whole, got)
        self.assertGreater(runs, 2)

    def same(self, words, whole, got):
        told = (got.code, got.out[-300:], got.err[-300:])
        self.assertEqual(got.code, whole.code, told)
        if words[0] not in CHANGES | {"idle", "status", "ls"}:
            self.assertEqual(got.out, whole.out, told)
            self.assertEqual(got.mail, whole.mail, told)

    def test_r41_an_interrupted_call_changes_nothing(self):
        self.each("EINTR", self.same)

    def test_r41_a_call_that_would_block_changes_nothing(self):
        self.each("EAGAIN", self.same)

    def test_r41_single_octets_change_nothing(self):
        self.each("SHORT", self.same)

    def test_r41_a_reset_is_told(self):
        def check(words, whole, got):
            if got.code != whole.code:  # it may also be lost while it says goodbye
                self.assertEqual(got.code, CONNECTION, (words, got.out, got.err))
                self.assertIn(b"imapxx: ", got.err)
            self.only_whole(whole, got)

        self.each("RESET", check)

    def test_r45_a_full_disk_leaves_whole_files_only(self):
        def check(words, whole, got):
            self.assertIn(got.code, (whole.code, LOCAL), (words, got.out, got.err))
            if got.code == LOCAL:
                self.assertIn(b"No space left on device", got.err)
            self.only_whole(whole, got)

        self.each("ENOSPC", check)

    def test_a_file_system_without_unnamed_files_and_renames_that_replace_nothing(self):
        saving = (("fetch", "URL", "1:*", "-o", "DIR"), ("fetch", "--force", "URL", "1:*", "-o", "DIR"))
        for only in ("", "openat"):
            self.each("EINVAL", self.same, saving, only)

    def test_r45_killed_in_front_of_a_write_leaves_whole_files_only(self):
        saving = (("fetch", "URL", "1:*", "-o", "DIR"),)
        for only in ("write", "linkat", "recv"):
            def check(_, whole, got):
                if got.code != -9:  # so many calls were not made this time: reads depend on how the data arrives
                    self.assertEqual((got.code, got.count < got.k), (whole.code, True))
                self.only_whole(whole, got)

            self.each("KILL", check, saving * (6 if only == "write" and not SOAK else 1), only)

    def only_whole(self, whole, got):
        for name, octets in got.mail.items():
            if not name.startswith("."):
                self.assertEqual(octets, whole.mail[name], name)


if __name__ == "__main__":
    if subprocess.run(["grep", "-q", "-a", "__asan_init\\|__tsan_init", TOOL], check=False).returncode == 0:
        print("a sanitizer has taken the places of the system calls")
        raise SystemExit(77)
    if not TOOL or not PRELOAD:
        print("IMAPXX_CLI or IMAPXX_FAULTS_PRELOAD is not set")
        raise SystemExit(77)
    unittest.main()
