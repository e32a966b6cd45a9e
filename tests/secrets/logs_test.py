"""The log of this test run, after all other tests: the users' random password stands nowhere in it, neither as it is nor in
base64 nor in hexadecimal."""
import base64
import os
import pathlib
import sys
import tempfile
import unittest


def forms(password):
    """What the password can look like. In base64 its beginning and end depend on what stands beside it: those digits go."""
    octets = password.encode()
    found = {octets, octets.hex().encode(), octets.hex().upper().encode()}
    for before in range(3):
        digits = base64.b64encode(b"\0" * before + octets).rstrip(b"=")
        whole = (before + len(octets)) // 3 * 4  # digits that depend on nothing behind the password
        found.add(digits[(before * 8 + 5) // 6 : whole])
    return found


def search(folder, password):
    """\return the names of the files below `folder` that hold the password, with the place"""
    found = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            octets = path.read_bytes()
            found += [f"{path.name}: {octets.find(form)}" for form in forms(password) if form in octets]
    return found


class Logs(unittest.TestCase):
    def test_what_is_searched_for_is_found(self):
        password = "x7Gq2LmZ0rTtBw9e"
        for text in (password.encode(), b"A1 LOGIN user1 " + password.encode(), password.encode().hex().encode(),
                     base64.b64encode(b"\0user1\0" + password.encode()), base64.b64encode(b"\0user\0" + password.encode()),
                     base64.b64encode(b"\0use\0" + password.encode() + b"\r\n")):
            with self.subTest(text), tempfile.TemporaryDirectory() as folder:
                pathlib.Path(folder, "log").write_bytes(b"first line\n" + text + b"\nlast line\n")
                self.assertTrue(search(folder, password))
                self.assertFalse(search(folder, password.swapcase()))

    def test_the_log_of_this_run_holds_no_password(self):
        password = pathlib.Path(os.environ["IMAPXX_TEST_PASSWORD_FILE"]).read_text().strip()
        self.assertGreaterEqual(len(password), 16)
        logs = pathlib.Path(os.environ["IMAPXX_TEST_LOG_DIR"])
        self.assertTrue(any(path.stat().st_size > 0 for path in logs.glob("LastTest.log*")), "no log to search")
        self.assertEqual(search(logs, password), [])


if __name__ == "__main__":
    sys.exit(unittest.main())
