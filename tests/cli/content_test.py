"""`imapxx fetch --attachments` and `--text`: what becomes of a message's content, hostile names and broken servers included."""

import base64
import os
import pathlib
import quopri
import socket
import stat
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cli_test  # noqa: E402
from cli_test import TOOL, message  # noqa: E402

MIXED = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n"


def attached(octets, disposition, content_type="application/octet-stream"):
    return (f"--b\nContent-Type: {content_type}\nContent-Disposition: {disposition}\n"
            f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(octets).decode()}")


def mixed(subject, *parts):
    return message(subject, "".join(parts) + "--b--\n", MIXED)


TEXT_PART = "--b\nContent-Type: text/plain\n\nsee what is attached\n"


class StrangeServer:
    """Has one message with two attachments, and answers FETCH as `answer` wants it."""

    MESSAGE = mixed("strange", TEXT_PART, attached(b"first\0octets", 'attachment; filename="one.bin"'),
                    attached(b"second", 'attachment; filename="two.bin"')).replace("\n", "\r\n").encode()
    STRUCTURE = (b'(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 20 1)'
                 b'("APPLICATION" "OCTET-STREAM" NIL NIL NIL "BASE64" 17 NIL ("ATTACHMENT" ("FILENAME" "one.bin")))'
                 b'("APPLICATION" "OCTET-STREAM" NIL NIL NIL "BASE64" 9 NIL ("ATTACHMENT" ("FILENAME" "two.bin"))) "MIXED")')

    def __init__(self, structure, parts):
        self.structure, self.parts, self.asked = structure, parts, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "imap://ann@127.0.0.1:%d/INBOX" % self.listener.getsockname()[1]
        self.ca = None
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
        stream.write(b"* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n")
        stream.flush()
        for line in stream:
            tag, _, command = line.rstrip(b"\r\n").partition(b" ")
            self.asked.append(command.decode())
            answer, status = b"", b"OK"
            if command.startswith(b"EXAMINE"):
                answer = b"* FLAGS ()\r\n* 1 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] x\r\n"
            elif b"BODYSTRUCTURE" in command:
                answer = b"* 1 FETCH (UID 7" + self.structure + b")\r\n"
            elif b"BODY.PEEK[]" in command:
                answer = b"* 1 FETCH (UID 7 BODY[] {%d}\r\n%s)\r\n" % (len(self.MESSAGE), self.MESSAGE)
            elif b"BODY.PEEK[" in command:
                number = command.partition(b"[")[2].partition(b"]")[0]
                answer, status = self.parts(number)
            elif b"FETCH" in command:
                answer = b"* 1 FETCH (UID 7)\r\n"
            stream.write(answer + tag + b" " + status + b" done\r\n")
            stream.flush()
            if command == b"LOGOUT":
                return


class Attachments(cli_test.Case):
    def save(self, server, *options, code=0):
        out = self.folder / "out"
        printed = self.run_tool("fetch", "--attachments", "-o", str(out), server.url, *options, server=server, code=code)
        return out, printed

    def test_octets_names_and_modes(self):
        every = bytes(range(256)) * 300
        text = "Grüße\r\nfrom =the= file \r\n".encode()
        qp = ("--b\nContent-Type: text/csv; name*=utf-8''%C3%9Cbersicht.csv\nContent-Disposition: attachment\n"
              "Content-Transfer-Encoding: quoted-printable\n\n" + quopri.encodestring(text).decode() + "\n")
        enclosed = ("--b\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename=fwd.eml\n\n"
                    + message("inner", "hello\n"))
        server = self.serve_mail(mixed("one", TEXT_PART, attached(every, 'attachment; filename="data.bin"'), qp, enclosed))
        out, printed = self.save(server)
        self.assertEqual(printed.splitlines(), [str(out / n) for n in ("data.bin", "Übersicht.csv", "fwd.eml")])
        self.assertEqual(sorted(p.name for p in out.iterdir()), ["data.bin", "fwd.eml", "Übersicht.csv"])
        self.assertEqual((out / "data.bin").read_bytes(), every)
        self.assertEqual((out / "Übersicht.csv").read_bytes(), text)
        self.assertEqual((out / "fwd.eml").read_bytes().rstrip(b"\r\n"),
                         message("inner", "hello").replace("\n", "\r\n").encode())
        self.assertEqual(stat.S_IMODE((out / "data.bin").stat().st_mode), 0o600)
        rows = self.lines("fetch", "--attachments", "-o", str(self.folder / "again"), server.url, server=server)
        self.assertEqual([(r["uid"], r["part"], r["type"], r["octets"]) for r in rows[:2]],
                         [(1, "2", "application/octet-stream", len(every)), (1, "3", "text/csv", len(text))])

    def test_hostile_names_stay_harmless(self):
        names = ["../../etc/passwd", "/etc/shadow", "..\\..\\evil.exe", "a\\\"b|c*?.txt", "CON.txt", "lpt1", ".bashrc", "-rf",
                 "x" * 300 + ".pdf", "..", " ", "tab\there.txt"]
        encoded = ["utf-8''line%0Abreak%00%1B%5B2J.txt", "utf-8''photo%E2%80%AEgpj.exe"]
        parts = [attached(b"x", f'attachment; filename="{n}"') for n in names]
        parts += [attached(b"x", f"attachment; filename*={n}") for n in encoded]
        server = self.serve_mail(mixed("names", TEXT_PART, *parts))
        out, _ = self.save(server)
        found = sorted(p.name for p in out.iterdir())
        self.assertEqual(len(found), len(names) + len(encoded))
        self.assertEqual({"passwd", "shadow", "evil.exe", "_CON.txt", "_lpt1", "bashrc", "rf"} - set(found), set())
        for name in found:
            self.assertLessEqual(len(name.encode()), 255)
            self.assertNotRegex(name, r'[\x00-\x1f\x7f/\\:*?"<>|\u202e]|^[-. ]|[. ]$')
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["mail", "out"])

    def test_nothing_is_overwritten(self):
        part = attached(b"new", 'attachment; filename="report.pdf"')
        server = self.serve_mail(mixed("a", TEXT_PART, part, part), mixed("b", part))
        victim = self.folder / "victim"
        victim.write_text("precious")
        out, _ = self.save(server)
        self.assertEqual(sorted(p.name for p in out.iterdir()), ["report-2.pdf", "report-3.pdf", "report.pdf"])
        (out / "report.pdf").write_text("mine")
        (out / "report-2.pdf").unlink()
        (out / "report-2.pdf").symlink_to(victim)
        self.save(server, "1")
        self.assertEqual((out / "report.pdf").read_text(), "mine")
        self.assertEqual(len(list(out.iterdir())), 5)
        self.save(server, "--force", "1")
        self.assertEqual(len(list(out.iterdir())), 5)
        self.assertEqual((out / "report.pdf").read_text(), "new")
        self.assertFalse((out / "report-2.pdf").is_symlink())
        self.assertEqual(victim.read_text(), "precious")

    def test_only_the_parts_are_fetched(self):
        server = self.serve_mail(mixed("a", TEXT_PART, attached(b"1", 'attachment; filename="a"')), message("no attachment"))
        trace = self.folder / "trace"
        _, printed = self.save(server, "--trace", str(trace))
        self.assertEqual(len(printed.splitlines()), 1)
        asked = [line for line in trace.read_text().splitlines() if "BODY.PEEK" in line]
        self.assertEqual(len(asked), 1, asked)
        self.assertIn("BODY.PEEK[2]", asked[0])

    def test_a_big_attachment_takes_little_memory(self):
        octets = os.urandom(1 << 20) * 48
        server = self.serve_mail(mixed("big", TEXT_PART, attached(octets, 'attachment; filename="big.bin"')))
        out = self.folder / "out"
        idle_peak, _ = cli_test.Saving.peak(self, [TOOL, "decode"])
        command = [TOOL, "fetch", "--attachments", "-o", str(out), server.url, "1", "--ca-file", server.ca]
        peak, code = cli_test.Saving.peak(self, command)
        self.assertEqual(code, 0)
        self.assertTrue((out / "big.bin").read_bytes() == octets)
        if idle_peak > 16 * 1024:
            self.skipTest("this build (a sanitizer's?) takes more than 16 MiB for nothing")
        self.assertLessEqual(peak, 16 * 1024)

    def strange(self, structure, parts):
        server = StrangeServer(structure, parts)
        self.addCleanup(server.listener.close)
        return server

    def check_both(self, server):
        out, _ = self.save(server)
        self.assertEqual((out / "one.bin").read_bytes(), b"first\0octets")
        self.assertEqual((out / "two.bin").read_bytes(), b"second")
        self.assertEqual(len(list(out.iterdir())), 2)

    def test_without_structure(self):
        def never(number):
            raise AssertionError(number)
        server = self.strange(b"", never)
        self.check_both(server)

    def test_with_a_broken_structure(self):
        server = self.strange(b' BODYSTRUCTURE (("TEXT" "PLAIN" NIL NIL NIL 7BIT ((20 1) "MIXED"', lambda n: (b"", b"NO"))
        self.check_both(server)
        self.assertEqual(sum("BODY.PEEK[]" in line for line in server.asked), 1)

    def test_parts_that_do_not_come(self):
        def parts(number):
            if number == b"2":
                return b"* 1 FETCH (UID 7 BODY[2] NIL)\r\n", b"OK"
            return b"", b"NO"
        self.check_both(self.strange(b" BODYSTRUCTURE " + self.structure(), parts))

    def test_parts_as_quoted_strings(self):
        values = {b"2": base64.b64encode(b"first\0octets"), b"3": base64.b64encode(b"second")}
        server = self.strange(b" BODYSTRUCTURE " + self.structure(),
                              lambda n: (b'* 1 FETCH (UID 7 BODY[%s] "%s")\r\n' % (n, values[n]), b"OK"))
        self.check_both(server)
        self.assertFalse(any("BODY.PEEK[]" in line for line in server.asked))

    def test_a_part_that_is_nowhere(self):
        structure = self.structure().replace(b' "MIXED"', b'("IMAGE" "GIF" NIL NIL NIL "BASE64" 4) "MIXED"')
        server = self.strange(b" BODYSTRUCTURE " + structure, lambda n: (b"", b"NO"))
        out, _ = self.save(server, code=1)
        self.assertEqual(len(list(out.iterdir())), 2)

    @staticmethod
    def structure():
        return StrangeServer.STRUCTURE

    def test_wrong_options(self):
        for words in (["--attachments"], ["--text", "--raw"], ["--text", "-o", "x"], ["--text", "--items", "FLAGS"]):
            self.assertIn("--", self.failing("fetch", *words, "imap://ann@127.0.0.1:1/", "1", code=2))


class Text(cli_test.Case):
    def shown(self, *messages):
        server = self.serve_mail(*messages)
        self.server = server
        return self.run_tool("fetch", "--text", server.url, "1", server=server)

    def test_a_message_with_everything(self):
        text = (
            "--b\nContent-Type: multipart/alternative; boundary=a\n\n"
            "--a\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes("Привет, мир\r\n".encode("koi8-r")).decode()
            + "--a\nContent-Type: text/html\n\n<p>unwanted twin</p>\n--a--\n"
            "--b\nContent-Type: text/plain\n\nfooter of the list\n"
            "--b\nContent-Type: message/rfc822\n\nFrom: inner@example.org\nSubject: =?utf-8?q?gr=C3=BCn?=\n"
            "Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
            "<p>caf=E9 &amp; cr=E8me</p><script>alert(1)</script>\n"
        )
        shown = self.shown(mixed("=?iso-8859-1?q?=FCber?=", text, attached(b"%PDF", 'attachment; filename="../x.pdf"',
                                                                            "application/pdf")))
        expected = ["From: Ann <ann@example.org>", "Subject: über", "Привет, мир", "footer of the list", "message 3",
                    "From:  <inner@example.org>", "Subject: grün", "café & crème", "end of message 3",
                    "[4] x.pdf (application/pdf"]
        at = [shown.find(e) for e in expected]
        self.assertNotIn(-1, at, shown)
        self.assertEqual(at[2:], sorted(at[2:]), shown)
        for unwanted in ("unwanted twin", "alert", "<p>", "JVBERg", "../"):
            self.assertNotIn(unwanted, shown)
        plain = self.run_tool("fetch", self.server.url, "1", server=self.server)
        self.assertEqual(plain, shown)

    def test_html_alone_is_text(self):
        shown = self.shown(message("html", "<h1>Head</h1><ul><li>one<li>two</ul><a href='https://example.org/'>link</a>\n",
                                   "Content-Type: text/html; charset=utf-8\n"))
        self.assertIn("Head", shown)
        self.assertIn("one\n", shown)
        self.assertNotIn("<", shown.split("html")[1])

    def test_only_the_text_is_fetched(self):
        server = self.serve_mail(mixed("a", TEXT_PART, attached(b"1" * 5000, 'attachment; filename="a"')))
        trace = self.folder / "trace"
        self.run_tool("fetch", "--text", server.url, "1", "--trace", str(trace), server=server)
        asked = [line for line in trace.read_text().splitlines() if "BODY.PEEK[" in line and "HEADER.FIELDS" not in line]
        self.assertEqual(len(asked), 1, asked)
        self.assertIn("BODY.PEEK[1]", asked[0])

    def test_without_structure(self):
        server = StrangeServer(b' BODYSTRUCTURE (("TEXT" "PLAIN" NIL ((', lambda n: (b"", b"NO"))
        self.addCleanup(server.listener.close)
        shown = self.run_tool("fetch", "--text", server.url, "7", server=server)
        self.assertIn("see what is attached", shown)
        self.assertIn("[3] two.bin", shown)


if __name__ == "__main__":
    if not TOOL or not os.path.exists(TOOL):
        print("IMAPXX_CLI names no program")
        sys.exit(77)
    unittest.main()
