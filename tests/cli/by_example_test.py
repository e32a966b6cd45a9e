"""docs/imap4-by-example.md: each of its sessions is run again, and must come out as it is printed there.

With --update the sessions in the document are written anew.
"""

import difflib
import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from cli_test import SLOW, TOOL, Server, environment  # noqa: E402

import subprocess  # noqa: E402

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "imap4-by-example.md"
SESSION = re.compile(r"<!-- session(?P<how>[^>]*) -->\n```imap\n(?P<script>.*?)```\n\n```console\n(?P<output>.*?)```\n", re.S)


def run(how, script):
    words = how.split()
    protection = "--starttls" if "starttls" in words else "--tls"
    server = Server(protection)
    try:
        options = [w for w in words if w not in ("starttls", "full")]
        done = subprocess.run([TOOL, "shell", *options, server.url, "--ca-file", server.ca], input=script.encode(),
                              capture_output=True, timeout=SLOW, env=environment())
        return done.stdout.decode(), done.stderr.decode(), done.returncode
    finally:
        server.stop()


def normalised(text, how, script):
    """What the document promises to leave out: greeting and farewell, unless they are the point, and most capabilities.

    Which capabilities there are depends on libgsasl, the cipher on OpenSSL; blanks at the ends of lines do not survive editors.
    """
    text = re.sub(r"(?m)^-- TLS: .*$", "-- TLS: TLSv1.3 TLS_AES_256_GCM_SHA384", text)
    text = re.sub(r"(?m) +$", "", text)
    text = re.sub(r"(?i)(capabilit(?:y|ies:) IMAP4rev1 IMAP4rev2)([^\]\n]*)",
                  lambda m: m[1] + (" ... AUTH=PLAIN ..." if " AUTH=PLAIN" in m[2] else " ..."), text)
    if "full" in how.split():
        return text
    text = re.sub(r"\AS: \* OK .*\n", "", text)
    if "LOGOUT" not in script:
        text = re.sub(r"(?s)C: \w+ LOGOUT\nS: \* BYE .*\Z", "", text)
    return text


def regenerate(text):
    def again(match):
        output = normalised(run(match["how"], match["script"])[0], match["how"], match["script"])
        return f"<!-- session{match['how']} -->\n```imap\n{match['script']}```\n\n```console\n{output}```\n"

    return SESSION.sub(again, text)


class Document(unittest.TestCase):
    def test_every_session_is_real(self):
        text = DOCUMENT.read_text()
        sessions = list(SESSION.finditer(text))
        self.assertGreater(len(sessions), 12)
        self.assertEqual(text.count("```imap\n"), len(sessions), "a script without its mark")
        self.assertEqual(text.count("```console\n"), len(sessions))
        for match in sessions:
            with self.subTest(match["script"]):
                output, complaints, code = run(match["how"], match["script"])
                difference = difflib.unified_diff(match["output"].splitlines(), normalised(output, match["how"], match["script"]).splitlines(), "document",
                                                  "now", lineterm="")
                self.assertEqual("\n".join(difference), "", complaints)
                refused = re.search(r"(?m)^S: \w+ (NO|BAD) ", output) is not None
                self.assertEqual(code, 1 if refused else 0, complaints)


if __name__ == "__main__":
    if not TOOL or not os.path.exists(TOOL):
        print("IMAPXX_CLI names no program")
        sys.exit(77)
    if "--update" in sys.argv:
        DOCUMENT.write_text(regenerate(DOCUMENT.read_text()))
    else:
        unittest.main()
