"""The programs of examples/ against a server: the embedded one (`imapxx serve`) and the real ones."""
import os
import re
import select
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tool_server import SECONDS, Server, empty, example, run_example  # noqa: E402

MESSAGES = [
    b"From: Bob <bob@example.net>\r\nTo: ann@example.org\r\nDate: Mon, 2 Feb 2026 10:00:00 +0100\r\n"
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nThe kettle is on.\r\n",
    b"From: carol@example.net\r\nTo: ann@example.org\r\nSubject: not his\r\n\r\nhello\r\n",
    b"From: Bob <bob@example.net>\r\nSubject: two parts\r\nMIME-Version: 1.0\r\nX-Note: one\r\nX-Note: two\r\n"
    b" folded\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee below\r\n"
    b"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Disposition: attachment; filename=\"../data.bin\"\r\n\r\nAAECAwQ=\r\n--b--\r\n",
]


def check(name, text, *wanted):
    """All of `wanted`, regular expressions, in this order."""
    at = 0
    for pattern in wanted:
        found = re.compile(pattern, re.MULTILINE).search(text, at)
        if found is None:
            sys.exit(f"{name}: {pattern!r} is missing in\n{text}")
        at = found.end()


def idle(server, client, name, news):
    command = example(server, name)
    if not os.path.exists(command[0]):
        return  # built without Asio
    child = subprocess.Popen(command, env=server.environment(), stdout=subprocess.PIPE)
    try:
        check(name, child.stdout.readline().decode(), r"^\d+ messages$")
        deadline = time.monotonic() + SECONDS
        while not select.select([child.stdout], [], [], 0.2)[0]:  # until it listens
            client.append("INBOX", None, None, MESSAGES[1])
            if time.monotonic() > deadline:
                sys.exit(f"{name}: nothing was heard")
        check(name, child.stdout.readline().decode(), news)
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def check_all(server, client):
    empty(client, "INBOX")
    for text in MESSAGES:
        client.append("INBOX", None, None, text)
    check("01_list_mailboxes", run_example(server, "01_list_mailboxes"), r"^ +3 messages, +3 unseen  INBOX$")
    check("04_pipelining", run_example(server, "04_pipelining"), r"^ +3 INBOX$")
    check("18_start", run_example(server, "18_start"), "^3 messages$", "^  two parts$", "^again: 2 messages$")
    check("06_states", run_example(server, "06_states"), "^LOGIN +authenticated$", "^EXAMINE +selected$", "^  EXISTS 3$", "^  RECENT ",
          r"^  UIDVALIDITY \d+$", r"^  FLAGS .*\\Seen", "^SEARCH ALL +selected$", "^  1:3$",
          rf"^  1 is UID \d+, {len(MESSAGES[0])} octets$", "^FETCH +selected$", "^CLOSE +authenticated$", "^LOGOUT +logout$")
    check("07_print_messages", run_example(server, "07_print_messages"), "^Message 1$", "The kettle is on", "^Message 2$", "^Message 3$",
          "AAECAwQ=")
    subjects = run_example(server, "09_search_subjects", "bob@example.net")
    check("09_search_subjects", subjects, r"^ +\d+  Grüße  \(Mon, 2 Feb 2026", "two parts")
    if "not his" in subjects:
        sys.exit("09_search_subjects: found too much")
    client.select("INBOX", readonly=True)
    uid = client.uid("search", None, "SUBJECT", '"two parts"')[1][0].decode()
    with tempfile.TemporaryDirectory() as folder:
        shown = run_example(server, "12_one_part", uid, folder=folder)
        check("12_one_part", shown, "(?i)multipart/mixed", "(?i)^1 +text/plain", "(?i)^2 +application", "^saved data.bin$")
        with open(os.path.join(folder, "data.bin"), "rb") as file:
            if file.read() != b"\0\1\2\3\4":
                sys.exit("12_one_part: the octets differ")
    with tempfile.TemporaryDirectory() as folder:
        check("17_download", run_example(server, "17_download", uid, "message.eml", folder=folder), r"^\d+ octets, 0 of them")
        with open(os.path.join(folder, "message.eml"), "rb") as file:
            if b"AAECAwQ=" not in file.read():
                sys.exit("17_download: the octets differ")
    check("11_keep_alive", run_example(server, "11_keep_alive", "1"), "^still connected: yes$")
    if any(b"\\Seen" in row for row in client.fetch("1:*", "(FLAGS)")[1]):
        sys.exit("reading set \\Seen")
    client.close()
    idle(server, client, "03_idle", r"^\d+ new$")
    idle(server, client, "20_idle_coroutine", r"^not his$")
    check("08_delete_all", run_example(server, "08_delete_all", "INBOX"), r"^\d+ messages removed$", "^0 messages left$")
    done = subprocess.run([os.path.join(os.environ["IMAPXX_EXAMPLES"], "example_10_walk_parts")], input=MESSAGES[2],
                          capture_output=True, timeout=SECONDS)
    check("10_walk_parts", done.stdout.decode(), "^Subject = two parts$", "^X-Note = one$", "^X-Note = two folded$",
          "^multipart/mixed$", "^  text/plain$", r"^  application/octet-stream  data\.bin$")


def main():
    if "IMAPXX_EXAMPLES" not in os.environ:
        return 77
    with Server() as server:
        client = server.log_in()
        check_all(server, client)
        client.logout()
    print("all examples, against", server.name)
    return 0


sys.exit(main())
