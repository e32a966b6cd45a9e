"""The programs of examples/ that are ported imaplib scripts, against a server."""
import os
import re
import select
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tool_server import SECONDS, Server, empty, example, run_example  # noqa: E402

ATTACHED = (
    b"From: Bob <bob@example.net>\r\nSubject: %d files\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nsee below\r\n"
    b"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Disposition: attachment; filename=\"../data%d.bin\"\r\n\r\nAAECAwQ=\r\n"
    b"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=note%d.txt\r\n\r\nremember\r\n--b--\r\n"
)
PLAIN = b"From: carol@example.net\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= %d\r\n\r\nhello\r\n"


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: {got!r}, wanted {wanted!r}")


def attachments(server):
    with tempfile.TemporaryDirectory() as folder:
        inner = os.path.join(folder, "a")
        os.mkdir(inner)
        shown = run_example(server, "14_imaplib_attachments", "bob@example.net", folder=inner)
        files = {name: open(os.path.join(inner, name), "rb").read() for name in os.listdir(inner)}
        expect("names", sorted(re.findall(r"^\d+: (\S+)$", shown, re.MULTILINE)), sorted(files))
        expect("files", {name: text.rstrip() for name, text in files.items()},
               {"data1.bin": b"\0\1\2\3\4", "note1.txt": b"remember", "data2.bin": b"\0\1\2\3\4", "note2.txt": b"remember"})
        expect("outside of the folder", os.listdir(folder), ["a"])


def delete_old(server, client):
    client.select("INBOX")
    before = int(client.select("INBOX")[1][0])
    for day in (1, 20):
        client.append("INBOX", None, f'"{day:02}-Jan-2020 12:00:00 +0000"', PLAIN % day)
    expect("deleted", run_example(server, "15_imaplib_delete_old", "INBOX", "10-Jan-2020"), "1 deleted\n")
    expect("left", client.select("INBOX")[1][0], b"%d" % (before + 1))
    expect("old ones left", client.search(None, "BEFORE", "1-Jan-2021")[1][0].split().__len__(), 1)
    client.close()


def watch(server, client):
    child = subprocess.Popen(example(server, "16_imaplib_watch", "2"), env=server.environment(), stdout=subprocess.PIPE)
    try:
        expect("first line", child.stdout.readline(), b"watching\n")
        number, deadline = 0, time.monotonic() + SECONDS
        while child.poll() is None:
            client.append("INBOX", None, None, PLAIN % number)
            number += 1
            select.select([child.stdout], [], [], 0.5)
            if time.monotonic() > deadline:
                sys.exit("16_imaplib_watch: does not end")
        expect("subjects", child.stdout.read().decode(), "Grüße 0\nGrüße 1\n")
        expect("exit code", child.returncode, 0)
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def main():
    if "IMAPXX_EXAMPLES" not in os.environ:
        return 77
    with Server() as server:
        client = server.log_in()
        empty(client, "INBOX")
        for text in (ATTACHED % (1, 1, 1), PLAIN % 7, ATTACHED % (2, 2, 2)):
            client.append("INBOX", None, None, text)
        attachments(server)
        if any(b"\\Seen" in row for row in client.select("INBOX") and client.fetch("1:*", "(FLAGS)")[1]):
            sys.exit("14_imaplib_attachments set \\Seen")
        client.close()
        printed = run_example(server, "13_imaplib_print")
        expect("messages", re.findall(r"^Message (\d+)\nFrom: (\w+)", printed.replace("\r", ""), re.MULTILINE),
               [("1", "Bob"), ("2", "carol"), ("3", "Bob")])
        watch(server, client)
        delete_old(server, client)
        client.logout()
    print("ported scripts, against", server.name)
    return 0


sys.exit(main())
