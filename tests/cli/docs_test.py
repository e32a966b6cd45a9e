"""The documents say what the tool does: each command and option stands in the manual, the man page and the completions."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

TOOL = os.environ.get("IMAPXX_CLI", "")
ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARE = ROOT / "tools" / "imapxx" / "share"


def helped(*words):
    return subprocess.run([TOOL, *words, "--help"], capture_output=True, text=True, check=True, timeout=60).stdout


def long_options(text):
    return set(re.findall(r"(?m)^\s+(?:-\w,)?(--[a-z0-9-]+)", text)) - {"--help", "--version"}


COMMANDS = sorted(set(re.findall(r"(?m)^  ([a-z]+) ", helped().split("Subcommands:")[1]))) if TOOL else []


class Documents(unittest.TestCase):
    def test_there_are_commands(self):
        self.assertEqual(len(COMMANDS), 22)

    def test_commands_and_options_are_described(self):
        options = long_options(helped())
        for command in COMMANDS:
            options |= long_options(helped(command))
        self.assertGreater(len(options), 30)
        for name in ("imapxx.bash", "_imapxx", "imapxx.fish"):
            text = (SHARE / name).read_text()
            for command in COMMANDS:
                self.assertRegex(text, rf"\b{command}\b", name)
            for option in options:
                written = f"-l {option[2:]}" if name.endswith("fish") else option
                self.assertIn(written, text, name)
        for path in (SHARE / "imapxx.1", ROOT / "docs" / "cli.md"):
            text = path.read_text().replace("\\-", "-")
            for word in (*COMMANDS, *options):
                self.assertIn(word, text, path.name)

    def test_exit_codes(self):
        header = (ROOT / "tools" / "imapxx" / "exit_code.hpp").read_text()
        codes = re.findall(r"(?m)^  \w+ = (\d+)", header)
        self.assertEqual(len(codes), 9)
        man = (SHARE / "imapxx.1").read_text()
        manual = (ROOT / "docs" / "cli.md").read_text()
        for code in codes:
            self.assertIn(f".B {code}\n", man)
            self.assertIn(f"| {code} |", manual)

    def test_readme_shows_the_example(self):
        example = (ROOT / "examples" / "02_read_mail.cpp").read_text().strip()
        self.assertIn(f"```cpp\n{example}\n```", (ROOT / "README.md").read_text())
        self.assertLessEqual(len([line for line in example.splitlines() if line]), 10)

    def test_schema_knows_the_documented_kinds(self):
        schema = (ROOT / "docs" / "imapxx.schema.json").read_text()
        table = (ROOT / "docs" / "json-schema.md").read_text()
        for kind in set(re.findall(r'"([a-z]+)"', (ROOT / "tools/imapxx/json.cpp").read_text())):
            if re.search(rf'"kind", "{kind}"', (ROOT / "tools/imapxx/json.cpp").read_text()):
                self.assertIn(f'"{kind}"', schema)
                self.assertIn(f"`{kind}`", table)


if __name__ == "__main__":
    if not TOOL or not os.path.exists(TOOL):
        print("IMAPXX_CLI names no program")
        sys.exit(77)
    unittest.main()
