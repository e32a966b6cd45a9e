"""A whole mailbox from Dovecot over TLS into .eml files: `imapxx fetch -o` beside the least that does the same, interleaved.

  tests/interop/with_server.sh start dovecot /tmp/dovecot
  IMAPXX_CLI=build/bench/tools/imapxx tests/interop/with_server.sh run dovecot /tmp/dovecot \
      python3 bench/download_mailbox.py [--mbsync] build/bench/bench/download [MESSAGES] [ROUNDS]

With --mbsync, mbsync (Debian's isync) fetches the same mailbox into a Maildir beside them.
"""
import imaplib
import os
import pathlib
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

USER, PASSWORD = "user3", "pass"
OCTETS = 10_700  # 100,000 of them are 1 GiB
WHERE = os.environ["IMAPXX_HOST"].replace("127.0.0.1", "localhost"), os.environ["IMAPXX_TLS_PORT"]
CA = os.environ["IMAPXX_CA_FILE"]


def fill(messages):
    client = imaplib.IMAP4_SSL(WHERE[0], int(WHERE[1]), ssl_context=ssl.create_default_context(cafile=CA))
    client.login(USER, PASSWORD)
    if client.select("INBOX")[1] != [b"0"]:
        client.store("1:*", "+FLAGS.SILENT", "\\Deleted")
        client.expunge()
    for first in range(0, messages, 1000):  # MULTIAPPEND with non-synchronizing literals, which imaplib does not know
        tag = client._new_tag()
        client.send(tag + b" APPEND INBOX")
        for n in range(first, min(first + 1000, messages)):
            text = (b"Subject: %d\r\n\r\n" % n) + (b"%077d\r\n" % n) * (OCTETS // 79)
            client.send(b" {%d+}\r\n%b" % (len(text), text))
        client.send(b"\r\n")
        while not (line := client.readline()).startswith(tag):
            pass
        assert line.startswith(tag + b" OK"), line
    client.logout()


def timed(command):
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env=dict(os.environ, IMAPXX_PASSWORD=PASSWORD))
    return time.perf_counter() - started


def mbsync(folder):
    """The command that makes a Maildir of the mailbox in this folder."""
    folder.mkdir()
    settings = folder / "mbsyncrc"
    settings.write_text(f"""IMAPAccount far
Host {WHERE[0]}
Port {WHERE[1]}
User {USER}
Pass {PASSWORD}
SSLType IMAPS
CertificateFile {CA}

IMAPStore far
Account far

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX

Channel all
Far :far:INBOX
Near :near:INBOX
Sync Pull
Create Near
SyncState *
""")
    return ["mbsync", "-c", str(settings), "all"]


def main():
    beside = "--mbsync" in sys.argv
    if beside:
        sys.argv.remove("--mbsync")
        if not shutil.which("mbsync"):
            sys.exit("mbsync: missing; apt-get install isync")
    reference, messages, rounds = sys.argv[1], int((sys.argv + ["", "10000"])[2] or 10000), int((sys.argv + ["", "", "5"])[3] or 5)
    fill(messages)
    with tempfile.TemporaryDirectory() as folder:
        seconds = {"reference": [], "imapxx": []} | ({"mbsync": []} if beside else {})
        # Each round has directories of its own: ext4 looks for an inode that was not deleted lately, and takes minutes.
        for n in range(rounds):
            ours, theirs = pathlib.Path(folder, f"ours{n}"), pathlib.Path(folder, f"theirs{n}")
            seconds["reference"].append(timed([reference, "--save", *WHERE, USER, PASSWORD, CA, str(theirs)]))
            seconds["imapxx"].append(timed([os.environ["IMAPXX_CLI"], "fetch", "-o", str(ours), "--ca-file", CA,
                                            f"imaps://{USER}@{WHERE[0]}:{WHERE[1]}/INBOX"]))
            if "mbsync" in seconds:
                maildir = pathlib.Path(folder, f"mbsync{n}")
                seconds["mbsync"].append(timed(mbsync(maildir)))
                assert sum(1 for _ in (maildir / "INBOX/new").iterdir()) == messages
        files = sorted(p.name for p in theirs.iterdir())
        assert len(files) == messages, len(files)
        assert all((ours / name).read_bytes() == (theirs / name).read_bytes() for name in files)
    print(f"{messages} messages of {OCTETS} octets, median of {rounds}")
    base = statistics.median(seconds["reference"])
    for name, all_of_them in seconds.items():
        middle = statistics.median(all_of_them)
        print(f"{name:12} {middle:7.2f} s  {middle / base:5.2f}x")


if __name__ == "__main__":
    main()
