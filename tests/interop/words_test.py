"""Every search key, date, flag and FETCH item of the wiki page as a word of the tool (docs/cli.md), and a message's content, against a
server."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tool_server import SECONDS, USER, Server, empty  # noqa: E402

MESSAGES = [
    (None, "(\\Seen \\Answered)", b"Date: Mon, 2 Feb 2026 10:00:00 +0100\r\nFrom: Ann <ann@example.org>\r\nTo: bob@example.com\r\n"
     b"Subject: Plain tea\r\n\r\nThe kettle is on.\r\n"),
    (None, "(\\Flagged \\Draft \\Deleted)", b"Date: Tue, 3 Feb 2026 11:30:00 +0000\r\nFrom: bob@example.com\r\nTo: ann@example.org\r\n"
     b"Cc: dave@example.net\r\nBcc: hidden@example.org\r\nX-Colour: green\r\nSubject: annual report\r\nMIME-Version: 1.0\r\n"
     b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nfirst part\r\n"
     b"--b\r\nContent-Type: text/html\r\n\r\n<p>second</p>\r\n--b--\r\n"),
    ('"23-Jan-1994 10:00:00 +0000"', "(\\Flagged)", b"Date: Sun, 23 Jan 1994 10:00:00 +0000\r\nFrom: Smith <smith@example.org>\r\n"
     b"To: zoe@example.org\r\nSubject: old letter\r\n\r\n" + b"ink and paper\r\n" * 1000),
]

# Each command line and the messages that it finds.
SEARCHES = [
    ([], "1 2 3"), (["ALL"], "1 2 3"), (["to:ann"], "2"), (["TO ann"], "2"), (["from:smith"], "3"), (["FROM smith"], "3"),
    (["cc:dave"], "2"), (["bcc:hidden"], "2"), (["subject:annual report"], "2"), (['SUBJECT "annual report"'], "2"),
    (["subject:kettle"], ""), (["body:kettle"], "1"), (["text:kettle"], "1"), (["text:Plain tea"], "1"), (["body:Plain tea"], ""),
    (["header:X-Colour=green"], "2"), (["header:X-Colour"], "2"), (["from:*example.org"], ""),
    (["answered"], "1"), (["unanswered"], "2 3"), (["deleted"], "2"), (["undeleted"], "1 3"), (["draft"], "2"),
    (["undraft"], "1 3"), (["flagged"], "2 3"), (["unflagged"], "1"), (["seen"], "1"), (["unseen"], "2 3"), (["-seen"], "2 3"),
    (["before:1994-01-24"], "3"), (["before:23-Jan-1994"], ""), (["on:1994-01-23"], "3"), (["since:1994-01-23"], "1 2 3"),
    (["SINCE 1-Feb-1994"], "1 2"), (["sentbefore:2026-02-03"], "1 3"), (["senton:3-Feb-2026"], "2"),
    (["sentsince:2026-02-03"], "2"), (["SENTSINCE 3-Feb-2026"], "2"), (["larger:10K"], "3"), (["smaller:10K"], "1 2"),
    (["LARGER 10000"], "3"), (["flagged", "since:1994-02-01", "not", "from:Smith"], "2"),
    (['FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"'], "2"), (["OR FROM ann FROM bob"], "1 2"), (["from:ann", "or", "from:bob"], "1 2"),
    (["NOT FROM ann"], "2 3"), (["( FROM bob )"], "2"), (["seq:2:3"], "2 3"), (["uid:1:*"], "1 2 3"), (["2,3", "draft"], "2"),
]

# Each item and the members of the row that it fills.
ITEMS = [
    ("FLAGS", ["flags"]), ("UID", ["uid"]), ("INTERNALDATE", ["internaldate"]), ("RFC822.SIZE", ["size"]), ("ENVELOPE", ["envelope"]),
    ("BODY", ["body"]), ("BODYSTRUCTURE", ["bodystructure"]), ("ALL", ["flags", "internaldate", "size", "envelope"]),
    ("FAST", ["flags", "internaldate", "size"]), ("FULL", ["flags", "internaldate", "size", "envelope", "body"]),
    ("RFC822", ["sections"]), ("RFC822.HEADER", ["sections"]), ("RFC822.TEXT", ["sections"]), ("BODY[]", ["sections"]),
    ("BODY.PEEK[2]", ["sections"]), ("BODY[2.MIME]", ["sections"]), ("BODY[HEADER]<0.10>", ["sections"]),
    ("FLAGS BODY[HEADER.FIELDS (DATE FROM)]", ["flags", "sections"]), ("BODY[TEXT]", ["sections"]),
]


# For what becomes of its content.
PARTS = (b"From: eve@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
         b"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9\r\n"
         b"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: inner@example.org\r\nSubject: inner\r\n\r\nenclosed text\r\n"
         b"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''..%2F%C3%BC.bin\r\n"
         b"Content-Transfer-Encoding: base64\r\n\r\nAAECAwQ=\r\n--b--\r\n")


class Tool:
    def __init__(self, server, mailbox):
        self.server = server
        self.url = f"imaps://{USER}@{server.host}:{server.port}/{mailbox}"

    def lines(self, command, *words, may_find_nothing=False):
        line = [os.environ["IMAPXX_CLI"], command, "--json", "--ca-file", self.server.ca, self.url, *words]
        done = subprocess.run(line, env=self.server.environment(), capture_output=True, timeout=SECONDS)
        if done.returncode != 0 and not (may_find_nothing and done.returncode == 1):
            sys.exit(f"{line}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
        return [json.loads(one) for one in done.stdout.splitlines()]

    def search(self, words):
        return self.lines("search", "--seq", *words, may_find_nothing=True)[0]


def check_content(tool, client, box):
    client.append(box, None, None, PARTS)
    with tempfile.TemporaryDirectory() as folder:
        saved = tool.lines("fetch", "--seq", "4", "--attachments", "-o", folder)
        if os.listdir(folder) != ["\u00fc.bin"] or [(s["part"], s["octets"]) for s in saved] != [("3", 5)]:
            sys.exit(f"fetch --attachments: {saved}")
        with open(os.path.join(folder, "\u00fc.bin"), "rb") as file:
            if file.read() != b"\0\1\2\3\4":
                sys.exit("fetch --attachments: the octets differ")
    text = tool.lines("fetch", "--seq", "4", "--text")[0]["text"]
    if "caf\u00e9" not in text or "Subject: inner" not in text or "enclosed text" not in text or "AAEC" in text:
        sys.exit(f"fetch --text: {text}")


def numbers(text):
    out = set()
    for part in text.split(",") if text else []:
        first, _, last = part.partition(":")
        out.update(range(int(first), int(last or first) + 1))
    return out


def main():
    with Server() as server:
        client = server.log_in()
        box = "INBOX.words" if server.name == "courier" else "words"
        client.create(box)
        empty(client, box)
        for date, flags, text in MESSAGES:
            client.append(box, flags, date, text)
        tool = Tool(server, box)
        for words, expected in SEARCHES:
            found = numbers(tool.search(words).get("numbers", ""))
            if found != {int(n) for n in expected.split()}:
                sys.exit(f"search {words}: {sorted(found)} instead of {expected}")
        recent = numbers(tool.search(["recent"]).get("numbers", ""))
        if numbers(tool.search(["old"]).get("numbers", "")) & recent or not numbers(tool.search(["new"]).get("numbers", "")) <= recent:
            sys.exit("NEW, OLD and RECENT contradict each other")
        for item, members in ITEMS:
            rows = tool.lines("fetch", "--seq", "2", "--items", item)
            if len(rows) != 1 or any(m not in rows[0] for m in members):
                sys.exit(f"fetch --items {item!r}: {rows}")
        if "\\Seen" in tool.lines("fetch", "--seq", "2", "--items", "FLAGS")[0]["flags"]:
            sys.exit("an item set \\Seen")
        for change, flag in (("+seen", "\\Seen"), ("+answered", "\\Answered"), ("=\\Draft", "\\Draft"), ("-draft", None)):
            tool.lines("store", "--seq", "2", change)
            flags = [f for f in tool.lines("fetch", "--seq", "2", "--items", "FLAGS")[0]["flags"] if f != "\\Recent"]
            if flag not in flags if flag else "\\Draft" in flags:
                sys.exit(f"store {change}: {flags}")
        check_content(tool, client, box)
        client.close()
        client.delete(box)
        client.logout()
        print(f"{len(SEARCHES)} searches and {len(ITEMS)} items, against {server.name}")
    return 0


sys.exit(main())
