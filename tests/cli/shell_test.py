"""`imapxx shell` from outside: scripts, dialogues, literals, exit codes, and a person at a terminal."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from cli_test import PASSWORD, SCHEMA, SLOW, TOOL, Case, HostileServer, environment, message  # noqa: E402
from schema import validate  # noqa: E402


def plain_answer(user="ann", password=PASSWORD):
    return base64.b64encode(f"\0{user}\0{password}".encode()).decode()


class Talk:
    """A server of a few lines for one connection."""

    def __init__(self, talk):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "imap://ann@127.0.0.1:%d/" % self.listener.getsockname()[1]
        self.heard = []
        threading.Thread(target=self.accept, args=(talk,), daemon=True).start()

    def accept(self, talk):
        with self.listener:
            connection, _ = self.listener.accept()
        with connection, connection.makefile("rwb") as stream:
            def say(line):
                stream.write(line + b"\r\n")
                stream.flush()

            def hear():
                line = stream.readline()
                self.heard.append(line)
                return line.rstrip(b"\r\n")

            try:
                talk(say, hear)
            except OSError:
                pass


class ShellCase(Case):
    def shell(self, script, *words, server=None, url=None, code=0, env=None, hidden=True):
        command = [TOOL, "shell", *words, url or server.url]
        command += ["--ca-file", server.ca] if server is not None and server.ca else ["--plain"]
        done = subprocess.run(command, input=script if isinstance(script, bytes) else script.encode(),
                              capture_output=True, env=env or environment(), timeout=SLOW, start_new_session=True)
        self.complaints = done.stderr.decode()
        self.assertEqual(done.returncode, code, (done.stdout, done.stderr))
        if hidden:
            self.assertNotIn(PASSWORD.encode(), done.stdout + done.stderr)
            self.assertNotIn(plain_answer().encode(), done.stdout + done.stderr)
        return done.stdout.decode()

    def popen(self, *words):
        child = subprocess.Popen([TOOL, "shell", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, env=environment(), start_new_session=True)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.stdin.close)
        self.addCleanup(lambda: child.poll() is None and child.kill())

        def until(pattern):
            for raw in child.stdout:
                if match := re.search(pattern, raw.decode()):
                    return match
            self.fail(f"{pattern} never came")

        def say(line):
            child.stdin.write(line.encode() + b"\n")
            child.stdin.flush()

        return child, say, until


LOGIN = f"LOGIN ann {PASSWORD}\n"


class Scripts(ShellCase):
    def test_a_whole_session(self):
        server = self.serve_mail(message("one"), message("two"))
        out = self.shell(f"# a comment\n\n{LOGIN}EXAMINE INBOX\nfetch 2 (FLAGS UID)\nLOGOUT\nNOOP\n", "--tag", "A0001",
                         server=server)
        lines = out.splitlines()
        self.assertTrue(lines[0].startswith("S: * OK "), out)
        self.assertIn("C: A0001 LOGIN <redacted>", lines)
        self.assertIn("S: * 2 EXISTS", lines)
        at = lines.index("C: A0003 fetch 2 (FLAGS UID)")
        self.assertEqual(lines[at + 1], "S: * 2 FETCH (FLAGS () UID 2)" if "Recent" not in lines[at + 1]
                         else "S: * 2 FETCH (FLAGS (\\Recent) UID 2)")
        self.assertTrue(lines[at + 2].startswith("S: A0003 OK"))
        self.assertEqual(lines[-3], "C: A0004 LOGOUT")
        self.assertTrue(lines[-2].startswith("S: * BYE"))
        self.assertTrue(lines[-1].startswith("S: A0004 OK"))

    def test_the_same_script_gives_the_same_output(self):
        server = self.serve_mail(message("one"))
        script = LOGIN + "EXAMINE INBOX\nFETCH 1 (ENVELOPE)\n"
        self.assertEqual(self.shell(script, server=server), self.shell(script, server=server))

    def test_the_end_of_the_script_logs_out(self):
        server = self.serve_mail()
        self.assertIn("C: A1 LOGOUT\nS: * BYE", self.shell("", server=server))
        self.assertIn("C: A1 LOGOUT\nS: * BYE", self.shell(":quit\nNOOP", server=server))

    def test_tls_starttls_and_plain(self):
        tls = self.serve_mail()
        self.assertRegex(self.shell(":tls\n", server=tls), r"(?m)^-- TLS: TLSv1\.[23] ")
        starttls = self.serve("--starttls")
        out = self.shell(":tls\n", server=starttls)
        self.assertRegex(out, r"(?s)C: A\d STARTTLS\nS: A\d OK .*-- TLS: TLSv1")
        plain = self.serve()
        self.assertIn("-- no TLS\n", self.shell(":tls\n", server=plain))
        refused = subprocess.run([TOOL, "shell", plain.url], input=b"", capture_output=True, env=environment())
        self.assertEqual(refused.returncode, 3, refused)
        self.assertNotIn(b"-- no TLS", refused.stdout)

    def test_login_by_the_tools_own_ways(self):
        server = self.serve_mail()
        out = self.shell(":login\n:state\n", server=server)
        self.assertIn("-- state: authenticated\n", out)
        self.assertIn("C: A1 AUTHENTICATE SCRAM-SHA-256", out)
        self.shell(":login\n", server=server, env=environment(IMAPXX_PASSWORD="wrong"), code=4)

    def test_state_and_help(self):
        server = self.serve_mail(message("one"))
        out = self.shell(f":help\n:help uid fetch\n{LOGIN}SELECT INBOX\n:state\nCLOSE\n:state\n", server=server)
        self.assertIn("-- UID FETCH uids items: ", out)
        self.assertRegex(out, r"-- now: CAPABILITY, NOOP, LOGOUT, ID, LOGIN, AUTHENTICATE\n")
        self.assertRegex(out, r"-- state: selected\n-- mailbox: INBOX \(read-write\), 1 messages, ")
        self.assertRegex(out, r"(?s)CLOSE.*-- state: authenticated\n-- capabilities:.* IMAP4rev1")

    def test_decoded_views(self):
        server = self.serve_mail(message("=?utf-8?Q?caf=C3=A9?="))
        out = self.shell(f"{LOGIN}EXAMINE INBOX\n:decode json\nFETCH 1 (UID ENVELOPE)\n:decode off\nNOOP\n", server=server)
        decoded = [json.loads(line[3:]) for line in out.splitlines() if line.startswith("D: ")]
        for one in decoded:
            validate(one, SCHEMA)
        self.assertEqual([d["kind"] for d in decoded], ["fetch", "ok"])
        self.assertEqual(decoded[0]["uid"], 1)
        self.assertEqual(decoded[0]["envelope"]["subject"], "=?utf-8?Q?caf=C3=A9?=")  # as it stands, as in decode
        out = self.shell(f"{LOGIN}EXAMINE INBOX\nFETCH 1 (UID ENVELOPE)\n", "--decode", "on", server=server)
        self.assertIn("D:   uid: 1\n", out)
        self.assertIn("D:     subject: café\n", out)

    def test_literals(self):
        server = self.serve_mail()
        (self.folder / "lf.eml").write_bytes(b"Subject: file\n\nbody\n")
        (self.folder / "crlf.eml").write_bytes(b"Subject: file2\r\n\r\nbody\r\n")
        out = self.shell(
            f"{LOGIN}APPEND INBOX (\\Seen) {{19}}\nSubject: a\r\n\r\nhey\r\n\n"
            f"APPEND INBOX {{6+}}\na: b\r\n\n"
            f"APPEND INBOX {{<{self.folder}/crlf.eml}}\n"
            f"APPEND INBOX {{crlf<{self.folder}/lf.eml}}\n"
            ":crlf on\nAPPEND INBOX {14}\nSubject: b\n\n\n"
            "SELECT {5}\nINBOX\nFETCH 1:* (RFC822.SIZE)\n", server=server)
        self.assertRegex(out, r"C: A2 APPEND INBOX \(\\Seen\) \{19\}\nS: \+[^\n]*\nC: Subject: a\nC: \nC: hey\nC: \nS: A2 OK")
        self.assertRegex(out, r"C: A3 APPEND INBOX \{6\+\}\nC: a: b\nC: \nS: A3 OK")
        self.assertRegex(out, r"C: A4 APPEND INBOX \{24\}\nS: \+[^\n]*\nC: <24 octets of [^\n]*crlf\.eml>\nS: A4 OK")
        self.assertRegex(out, r"C: A5 APPEND INBOX \{23\}\nS: \+[^\n]*\nC: Subject: file\n")
        self.assertRegex(out, r"C: A6 APPEND INBOX \{14\}\n")
        self.assertRegex(out, r"C: A7 SELECT \{5\}\nS: \+[^\n]*\nC: INBOX\n")
        sizes = re.findall(r"S: \* \d+ FETCH \(RFC822\.SIZE (\d+)\)", out)
        self.assertEqual(sizes, ["19", "6", "24", "23", "14"])

    def test_a_refused_literal_is_not_sent_and_the_script_goes_on(self):
        server = self.serve_mail()
        out = self.shell(f"{LOGIN}APPEND nowhere {{5}}\nNOOP!\nCAPABILITY\n", server=server, code=1)
        self.assertRegex(out, r"C: A2 APPEND nowhere \{5\}\nS: A2 NO \[TRYCREATE\][^\n]*\nC: A3 CAPABILITY\n")
        self.assertNotIn("NOOP!", out)
        self.shell(f"{LOGIN}APPEND INBOX {{50}}\nshort", server=server, code=2)
        self.assertIn("the input ends inside a literal", self.complaints)

    def test_credentials_are_hidden_from_output_and_trace(self):
        server = self.serve_mail()
        trace = self.folder / "trace"
        for script in (LOGIN, f"login {{3}}\nann {{{len(PASSWORD)}}}\n{PASSWORD}\n", f'LOGIN "ann" "{PASSWORD}"\n',
                       f"AUTHENTICATE PLAIN {plain_answer()}\n", f"AUTHENTICATE PLAIN\n{plain_answer()}\n",
                       f"AUTHENTICATE PLAIN\n:base64 \\0ann\\0{PASSWORD}\n",
                       f":base64 on\nAUTHENTICATE PLAIN\n\\0ann\\0{PASSWORD}\n",
                       f"a1 LOGIN ann {PASSWORD}\n:login\n"):
            wrong = script.startswith("a1")
            out = self.shell(script + ":state\n", "--trace", str(trace), server=server, code=2 if wrong else 0)
            self.assertIn("-- state: authenticated\n", out, script)
            self.assertIn("<redacted>", out)
            text = trace.read_text()
            self.assertNotIn(PASSWORD, text)
            self.assertNotIn(plain_answer(), text)
            self.assertIn("<redacted>", text)

    def test_authenticate_dialogue_cancelled(self):
        server = self.serve_mail()
        out = self.shell("AUTHENTICATE PLAIN\n*\nCAPABILITY\n", server=server, code=4)
        self.assertRegex(out, r"C: A1 AUTHENTICATE PLAIN\nS: \+ ?\nC: <redacted>\nS: A1 BAD[^\n]*\nC: A2 CAPABILITY\n")

    def test_exit_codes(self):
        server = self.serve_mail()
        self.shell(f"{LOGIN}SELECT nowhere\nNOOP\n", server=server, code=1)
        out = self.shell(f"{LOGIN}SELECT nowhere\nNOOP\n", "-e", server=server, code=1)
        self.assertNotIn("NOOP", out)
        self.assertIn("LOGOUT", out)
        self.shell(f"{LOGIN}NONSENSE\n", server=server, code=1)
        out = self.shell("LOGIN ann wrong\nNOOP\n", server=server, code=4)
        self.assertIn("NOOP", out)
        self.shell(":nonsense\n", server=server, code=2)
        self.shell("A1 NOOP\n", server=server, code=2)
        self.assertIn("the shell puts the tag in front itself", self.complaints)
        self.shell("STARTTLS\n", server=server, code=2)
        self.shell("APPEND INBOX {<nowhere.eml}\n", server=server, code=6)
        self.shell("", "--tag", "1", server=server, code=2)
        self.shell("", "--keep-alive", "1800", server=server, code=2)
        self.shell("", url="imap://127.0.0.1:1/", code=3)

    def test_a_server_that_goes_away(self):
        for last, what in ((b"* BYE Autologout; too long", "Autologout"), (b"* OK", "closed the connection")):
            def talk(say, hear, last=last):
                say(b"* OK [CAPABILITY IMAP4rev1] hello")
                hear()
                say(last)

            server = Talk(talk)
            out = self.shell("NOOP\nNOOP\n", url=server.url, code=3)
            self.assertIn("S: " + last.decode(), out)
            self.assertIn(what, self.complaints)
            self.assertEqual(server.heard, [b"A1 NOOP\r\n"])

    def test_what_a_server_repeats_of_a_password_is_cut_out(self):
        def talk(say, hear):
            say(b"* OK [CAPABILITY IMAP4rev1] hello")
            for tag in (b"A1", b"A2"):
                say(tag + b" BAD what is " + hear())

        self.shell(LOGIN, "--decode", "on", "--trace", str(self.folder / "trace"), url=Talk(talk).url, code=4)
        self.assertNotIn(PASSWORD, (self.folder / "trace").read_text())

    def test_a_silent_server(self):
        def talk(say, hear):
            say(b"* OK [CAPABILITY IMAP4rev1] hello")
            while hear():
                pass

        self.shell("NOOP\n", "--timeout", "0.5", url=Talk(talk).url, code=3)
        self.assertIn("did not answer in time", self.complaints)

    def test_unknown_commands_and_spurious_continuations(self):
        def talk(say, hear):
            say(b"* PREAUTH [CAPABILITY IMAP4rev1] hello")
            hear()
            say(b"+ eh?")
            say(b"* XTHING (1 2)")
            say(b"A1 OK fine")
            hear()
            say(b"* BYE")
            say(b"A2 OK")

        server = Talk(talk)
        out = self.shell("XTHING  now\n", url=server.url)
        self.assertEqual(server.heard, [b"A1 XTHING  now\r\n", b"A2 LOGOUT\r\n"])
        self.assertIn("C: A1 XTHING  now\nS: + eh?\nS: * XTHING (1 2)\nS: A1 OK fine\n", out)


class Conversations(ShellCase):
    def test_cram_md5_by_hand(self):
        server = self.serve_mail()
        child, say, until = self.popen(server.url, "--ca-file", server.ca)
        say("AUTHENTICATE CRAM-MD5")
        challenge = base64.b64decode(until(r"^S: \+ (\S+)")[1])
        digest = hmac.new(PASSWORD.encode(), challenge, hashlib.md5).hexdigest()
        say(base64.b64encode(f"ann {digest}".encode()).decode())
        until(r"^C: <redacted>")
        until(r"^S: A1 OK")
        child.stdin.close()
        self.assertEqual(child.wait(SLOW), 0)

    def test_idle_shows_what_comes(self):
        server = self.serve_mail(message("one"))
        child, say, until = self.popen(server.url, "--ca-file", server.ca)
        say(LOGIN + "SELECT INBOX\nIDLE")
        until(r"^S: \+")
        self.run_tool("append", server.url, server=server, stdin=message("two").encode())
        until(r"^S: \* 2 EXISTS")
        say("DONE")
        until(r"^C: DONE")
        until(r"^S: A3 OK")
        say("IDLE\n:wait 60")
        until(r"^S: \+")
        self.run_tool("append", server.url, server=server, stdin=message("three").encode())
        until(r"^S: \* 3 EXISTS")
        say("NOOP\n\nNOOP")
        until("IDLE is under way")
        until(r"^C: DONE")
        until(r"^C: A5 NOOP")
        child.stdin.close()
        self.assertEqual(child.wait(SLOW), 2)

    def test_keep_alive(self):
        server = self.serve_mail(message("one"))
        child, say, until = self.popen(server.url, "--ca-file", server.ca, "--keep-alive", "0.3")
        say(LOGIN + "SELECT INBOX")
        until(r"^S: A2 OK")
        until(r"^C: A3 NOOP")
        self.run_tool("append", server.url, server=server, stdin=message("two").encode())
        until(r"^S: \* 2 EXISTS")
        say("IDLE")
        until(r"^S: \+")
        until(r"^C: DONE")
        until(r"^C: A\d+ IDLE")
        until(r"^S: \+")
        say("")
        until(r"^C: DONE")
        child.stdin.close()
        self.assertEqual(child.wait(SLOW), 0)

    def test_news_at_the_prompt_and_lost_connection(self):
        said = threading.Event()

        def talk(say, hear):
            say(b"* PREAUTH [CAPABILITY IMAP4rev1] hello")
            said.wait(SLOW)
            say(b"* OK still here")
            said.clear()
            said.wait(SLOW)

        server = Talk(talk)
        child, _, until = self.popen(server.url, "--plain")
        until("hello")
        said.set()
        until("still here")
        said.set()
        until("closed the connection")
        self.assertEqual(child.wait(SLOW), 3)

    def test_interrupt(self):
        server = self.serve_mail()
        child, _, until = self.popen(server.url, "--ca-file", server.ca)
        until(r"^S: \* OK")
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(SLOW), 130)


class Terminal(ShellCase):
    def start(self, *words):
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(TOOL, [TOOL, "shell", *words], environment())
        self.shown = b""
        self.fd = fd
        self.pid = pid

    def until(self, text, seconds=SLOW):
        deadline = time.time() + seconds
        start = self.at
        while text.encode() not in self.shown[start:]:
            ready, _, _ = select.select([self.fd], [], [], max(0, deadline - time.time()))
            self.assertTrue(ready, (text, self.shown))
            try:
                piece = os.read(self.fd, 65536)
            except OSError:
                piece = b""
            self.assertTrue(piece, (text, self.shown))
            self.shown += piece
        self.at = self.shown.index(text.encode(), start) + len(text)

    at = 0

    def keys(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        while True:
            try:
                piece = os.read(self.fd, 65536)
            except OSError:
                break
            if not piece:
                break
            self.shown += piece
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def test_a_person(self):
        server = self.serve_mail(message("one"))
        history = self.folder / "history"
        self.start(server.url, "--ca-file", server.ca, "--history", str(history))
        self.until("not logged in> ")
        self.keys(f"LOGIN ann {PASSWORD}")
        self.until("LOGIN ann " + "*" * len(PASSWORD))
        self.keys("\r")
        self.until("C: A1 LOGIN <redacted>")
        self.until("logged in> ")
        self.keys('LIST "" *\r')
        self.until("C: A2 LIST")
        self.until("logged in> ")
        self.keys("SEL\tIN\t\r")  # completion of commands, and of mailboxes from the last LIST
        self.until("C: A3 SELECT INBOX\x1b")
        self.until("INBOX> ")
        self.keys("FETCH 1 (FL\t")
        self.until("FETCH 1 (FLAGS ")
        self.keys("\x03")  # Ctrl-C drops the line
        self.until("^C")
        self.keys("\x1b[A\x1b[A\x1b[A")  # history: SELECT, LIST, LOGIN without its arguments
        self.until("INBOX> LOGIN")
        self.assertNotIn(b"LOGIN a", self.shown[self.at - 6:])
        self.keys("\x15IDLE\r")
        self.until("Enter or DONE ends IDLE> ")
        self.run_tool("append", server.url, server=server, stdin=message("two").encode())
        self.until("S: * 2 EXISTS")
        self.until("Enter or DONE ends IDLE> ")
        self.keys("\r")
        self.until("C: DONE")
        self.until("INBOX> ")
        self.keys("APPEND Drafts {7}\rhello\r\r")  # Enter counts as two octets
        self.until("7 octets> ")
        self.until("S: A5 NO [TRYCREATE]")
        self.until("INBOX> ")
        self.keys("\x04")
        self.until("S: * BYE")
        self.assertEqual(self.end(), 0)
        self.assertNotIn(PASSWORD.encode(), self.shown)
        kept = history.read_text()
        self.assertNotIn(PASSWORD, kept)
        self.assertIn("SELECT INBOX", kept)
        self.assertEqual(history.stat().st_mode & 0o777, 0o600)

    def test_password_is_asked_for(self):
        server = self.serve_mail()
        self.start(server.url, "--ca-file", server.ca)
        self.until("not logged in> ")
        self.keys("LOGIN ann\r")
        self.until("Password: ")
        self.keys(PASSWORD + "\r")
        self.until("S: A1 OK")
        self.keys(":quit\r")
        self.assertEqual(self.end(), 0)
        self.assertNotIn(PASSWORD.encode(), self.shown)

    def test_answers_to_challenges_are_hidden(self):
        server = self.serve_mail()
        self.start(server.url, "--ca-file", server.ca)
        self.until("not logged in> ")
        self.keys("AUTHENTICATE PLAIN\r")
        self.until("answer (base64)> ")
        self.keys(f":base64 \\0ann\\0{PASSWORD}\r")
        self.until("S: A1 OK")
        self.keys("\x04")
        self.assertEqual(self.end(), 0)
        self.assertNotIn(PASSWORD.encode(), self.shown)
        self.assertNotIn(plain_answer().encode(), self.shown)

    def test_ctrl_c_gives_up_waiting_and_the_session_lives(self):
        late = threading.Event()

        def talk(say, hear):
            say(b"* PREAUTH [CAPABILITY IMAP4rev1] hello")
            hear()
            late.wait(SLOW)
            say(b"A1 OK late")
            hear()
            say(b"A2 OK in time")
            hear()
            say(b"* BYE")
            say(b"A3 OK")

        self.start(Talk(talk).url, "--plain")
        self.until("logged in> ")
        self.keys("NOOP\r")
        self.until("C: A1 NOOP")
        self.keys("\x03")
        self.until("cancelled")
        self.until("logged in> ")
        late.set()
        self.keys("CHECK\r")
        self.until("S: A1 OK late")
        self.until("S: A2 OK in time")
        self.keys("\x04")
        self.assertEqual(self.end(), 0)

    def test_the_terminal_gets_its_modes_back(self):
        server = self.serve_mail()
        import termios
        self.start(server.url, "--ca-file", server.ca)
        self.until("not logged in> ")
        self.assertFalse(termios.tcgetattr(self.fd)[3] & termios.ECHO)
        os.kill(self.pid, signal.SIGTERM)
        while True:
            try:
                if not os.read(self.fd, 65536):
                    break
            except OSError:
                break
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), 130)
        self.assertTrue(termios.tcgetattr(self.fd)[3] & termios.ECHO)
        os.close(self.fd)

    def test_terminal_escapes_of_a_hostile_server(self):
        hostile = HostileServer()
        self.addCleanup(hostile.stop)
        for decode in ("off", "on", "json"):
            self.at = 0
            self.start(hostile.url, "--plain", "--decode", decode)
            self.until("logged in> ")
            self.keys('LIST "" *\r')
            self.until("S: A1 OK")
            self.keys("SELECT \t\t\r")
            self.until("S: A2 OK")
            self.keys("CREATE x\r")
            self.until("S: A3 NO")
            self.keys("\x04")
            self.assertEqual(self.end(), 0)
            # Our own colours, the row that is redrawn and the cursor aside, no control but line ends.
            rest = re.sub(rb"\x1b\[(0|1|2|32|36)m|\r\x1b\[K|\x1b\[\d+D", b"", self.shown)
            self.assertIsNone(re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", rest), rest)
            text = rest.decode()
            self.assertNotIn("\u202e", text)
            self.assertNotIn("\x9b", text)
            self.assertIn("\\x1b]0;pwned", text)


if __name__ == "__main__":
    if not TOOL or not os.path.exists(TOOL):
        print("IMAPXX_CLI names no program")
        sys.exit(77)
    unittest.main()
