"""kill -9 in the middle of `imapxx fetch -o DIR`, again and again: the next run goes on, fetches at most one interval of the journal
twice, and the file is the message. With IMAPXX_SOAK=1: 200 times, then 20 times with 1 GiB."""

import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from cli_test import SLOW, TOOL, Server, environment  # noqa: E402

MEBI = 1 << 20
INTERVAL = 4 * MEBI  # download::default_journal_octets
READ = 1 * MEBI  # what may be written at once


class Proxy:
    """Passes octets on, and calls back when so many have gone to the client."""

    def __init__(self, port):
        self.port = port
        self.threshold, self.reached = None, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "imap://ann@127.0.0.1:%d/INBOX" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port))
            for a, b, counts in ((client, server, False), (server, client, True)):
                threading.Thread(target=self.pass_on, args=(a, b, counts), daemon=True).start()

    def pass_on(self, a, b, counts):
        passed = 0
        try:
            while octets := a.recv(1 << 16):
                b.sendall(octets)
                passed += len(octets)
                if counts and self.threshold is not None and passed >= self.threshold:
                    self.reached.set()
        except OSError:
            pass
        for s in (a, b):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        if not counts:
            a.close()
        if counts:
            self.reached.set()  # the client has gone: nobody waits for it any more


def write_message(path, octets):
    rng = random.Random(octets)
    with open(path, "wb") as f:
        f.write(b"Subject: big\r\n\r\n")
        while f.tell() < octets:
            f.write(b"%x\r\n" % rng.getrandbits(4 * 900))


def journal_offset(path):
    if not path.exists():
        return 0
    lines = path.read_text().splitlines()
    assert lines[-1] == "end", lines
    return int(dict(line.split(" ", 1) for line in lines[1:-1])["offset"])


def same(a, b):
    return subprocess.run(["cmp", str(a), str(b)]).returncode == 0


def start(proxy, out):
    return subprocess.Popen([TOOL, "fetch", "--plain", "-o", str(out), proxy.url], env=environment(),
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def check(folder, octets, kills, rng):
    mail = folder / f"mail-{octets}"
    mail.mkdir()
    write_message(mail / "1.eml", octets)
    server = Server("--eml", str(mail), "--user", "ann:" + environment()["IMAPXX_PASSWORD"])
    proxy = Proxy(int(server.url.split(":")[-1].split("/")[0]))
    out = folder / f"out-{octets}"
    part, journal, whole = out / "1.eml.part", out / "1.eml.journal", out / "1.eml"
    twice, done, before, gone_on = 0, 0, 0, 0
    while done < kills:
        proxy.threshold = rng.randrange(octets // 3)
        proxy.reached.clear()
        child = start(proxy, out)
        while not proxy.reached.wait(0.05) and child.poll() is None:
            pass
        child.kill()
        said = child.stderr.read().decode()
        child.stderr.close()
        code = child.wait(SLOW)
        assert "begun again" not in said, said
        assert code in (0, -9), (code, said)
        done += code == -9
        if whole.exists():  # it was faster
            assert same(whole, mail / "1.eml")
            shutil.rmtree(out)
            before = 0
            continue
        offset = journal_offset(journal)
        assert offset >= before, f"what was there up to {before} is fetched again from {offset}"
        gone_on += offset > before > 0
        before = offset
        lost = (part.stat().st_size if part.exists() else 0) - offset
        assert lost <= INTERVAL + READ, f"{lost} octets would be fetched twice"
        twice = max(twice, lost)
    proxy.threshold = None
    child = start(proxy, out)
    said = child.communicate(timeout=600)[1].decode()
    assert child.returncode == 0, said
    assert ("continued at" in said) == (before > 0), said
    assert same(whole, mail / "1.eml")
    left = sorted(p.name for p in out.iterdir())
    assert left == [".imapxx-mailbox", "1.eml"], left
    server.stop()
    proxy.listener.close()
    print(f"{octets >> 20} MiB, {kills} kills: {gone_on} went on with what an earlier one had, at most {twice} octets fetched twice")


def main():
    if not TOOL or not os.path.exists(TOOL):
        return 77
    seed = int(os.environ.get("IMAPXX_SEED", "0")) or random.randrange(1, 1 << 30)
    print("IMAPXX_SEED =", seed)
    soak = os.environ.get("IMAPXX_SOAK") == "1"
    with tempfile.TemporaryDirectory() as folder:
        for octets, kills in ((64 * MEBI, 200), (1024 * MEBI, 20)) if soak else ((32 * MEBI, 20),):
            check(pathlib.Path(folder), octets, kills, random.Random(seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
