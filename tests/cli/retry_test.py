"""`imapxx --retry`: a server that loses the connection, and what the tool says and does then."""

import os
import socket
import subprocess
import tempfile
import threading
import unittest

TOOL = os.environ.get("IMAPXX_CLI", "")
HELLO = b"* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS LITERAL+ MOVE] hello\r\n"
MESSAGE = b"Message-ID: <1@example.org>\r\nSubject: one\r\n\r\nText.\r\n"


class Server:
    """Plays one function for each connection, in order."""

    def __init__(self, *plays):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.plays = plays
        self.lines = []
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        for play in self.plays:
            connection, _ = self.listener.accept()
            connection.settimeout(60)
            with connection, connection.makefile("rb") as stream:
                connection.sendall(HELLO)
                play(self, connection, stream)

    def command(self, connection, stream, expected, answer, done=b"OK done"):
        line = stream.readline().rstrip(b"\r\n")
        self.lines.append(line)
        tag, _, rest = line.partition(b" ")
        if not rest.startswith(expected):
            raise AssertionError((expected, line))
        if rest.endswith(b"+}"):
            stream.read(int(rest[rest.rindex(b"{") + 1 : -2]))
            stream.readline()
        connection.sendall(answer + (tag + b" " + done + b"\r\n" if done else b""))

    def close(self):
        self.thread.join(60)
        self.listener.close()


def status(uidnext):
    return b"* STATUS INBOX (UIDNEXT %d UIDVALIDITY 7)\r\n" % uidnext


def takes_it_and_is_gone(s, c, f):
    s.command(c, f, b"STATUS INBOX", status(4))
    s.command(c, f, b"APPEND INBOX", b"", None)


def has_it(s, c, f):
    s.command(c, f, b"STATUS INBOX", status(5))
    s.command(c, f, b"EXAMINE INBOX", b"* 4 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n")
    row = b"* 4 FETCH (UID 4 RFC822.SIZE %d BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)] {%d}\r\n"
    header = b"Message-ID: <1@example.org>\r\nSubject: one\r\n\r\n"
    s.command(c, f, b"UID FETCH 4:*", row % (len(MESSAGE), len(header)) + header + b")\r\n")
    s.command(c, f, b"CLOSE", b"")
    s.command(c, f, b"LOGOUT", b"* BYE\r\n")


def has_two(s, c, f):
    s.command(c, f, b"STATUS INBOX", b"* STATUS INBOX (UIDNEXT 5 UIDVALIDITY 8)\r\n")


class Retry(unittest.TestCase):
    def append(self, server, *options):
        with tempfile.NamedTemporaryFile(suffix=".eml") as file:
            file.write(MESSAGE)
            file.flush()
            url = f"imap://ann@127.0.0.1:{server.listener.getsockname()[1]}/INBOX"
            done = subprocess.run(
                [TOOL, "append", "--plain", *options, url, file.name],
                capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "IMAPXX_PASSWORD": "x"},
            )
        server.close()
        return done

    def test_a_message_that_arrived_is_not_sent_again(self):
        server = Server(takes_it_and_is_gone, has_it)
        done = self.append(server, "--retry", "2")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("UID 4", done.stdout)
        self.assertIn("connection lost", done.stderr)
        self.assertIn("APPEND: had been carried out; not sent again", done.stderr)
        self.assertEqual(sum(b"APPEND" in line for line in server.lines), 1)

    def test_what_cannot_be_told_is_said_so(self):
        done = self.append(Server(takes_it_and_is_gone, has_two), "--retry", "2")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("cannot be told", done.stderr)
        self.assertIn("look into the mailbox", done.stderr)

    def test_without_it_nothing_is_tried(self):
        def takes_it(s, c, f):
            s.command(c, f, b"APPEND INBOX", b"", None)

        done = self.append(Server(takes_it))
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("look before you run the command again", done.stderr)


if __name__ == "__main__":
    unittest.main()
