"""docs/threats.md names tests that exist and limits as they are; the parser keeps to the rules that make it safe; the tool is a
hardened program."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = (ROOT / "docs" / "threats.md").read_text()
TOOL = os.environ.get("IMAPXX_CLI", "")


def rows(numbered):
    for line in TABLES.splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == (5 if numbered else 4) and cells[0] not in ("#", "limit", "---"):
            yield cells


def existing_tests():
    found = set()
    for path in (ROOT / "tests").rglob("*"):
        if path.suffix == ".cpp":
            found |= {".".join(m) for m in re.findall(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", path.read_text())}
        elif path.name.endswith("_test.py"):
            owner = ""
            for line in path.read_text().splitlines():
                if match := re.match(r"class (\w+)", line):
                    owner = match[1]
                if match := re.match(r"    def (test_\w+)", line):
                    found.add(f"{owner}.{match[1]}")
    return found


class Threats(unittest.TestCase):
    def test_all_rows_are_there(self):
        self.assertEqual([int(r[0]) for r in rows(True)], list(range(1, 52)))

    def test_every_named_test_exists(self):
        known = existing_tests()
        for cells in list(rows(True)) + list(rows(False)):
            names = re.findall(r"`([\w.]+)`", cells[-1])
            if "no such code yet" not in cells[2]:
                self.assertTrue(names, cells)
            for name in names:
                self.assertTrue(name in known, (name, cells[0]))

    def test_every_threat_test_is_named(self):
        for path in (ROOT / "tests" / "threats").glob("*"):
            for name in re.findall(r"\b(?:test_)?(r\d\d_\w+)", path.read_text()) if path.suffix in (".cpp", ".py") else ():
                self.assertTrue(name in TABLES, name)

    def test_limits_and_their_defaults(self):
        header = (ROOT / "include" / "imapxx" / "limits.hpp").read_text()
        header = header[: header.index("class timeouts")]
        numbers = {}
        for name, value in re.findall(r"std::(?:size_t|uint\d+_t) (\w+) = ([^;]+);", header):
            value = re.sub(r"std::\w+\{(\d+)\}", r"\1", value)
            numbers[name] = eval(re.sub(r"[U']", "", value))  # pylint: disable=eval-used
        self.assertGreater(len(numbers), 12)
        self.assertEqual({r[0].strip("`"): int(r[1]) for r in rows(False)}, numbers)


class Parser(unittest.TestCase):
    """What reads wire data owns memory through types only, and looks at octets as what they are."""

    FORBIDDEN = re.compile(
        r"\breinterpret_cast\b|(?<![\w>])new\s+[\w:(]|\bdelete\s+\w+;|\bdelete\[\]|\b(malloc|calloc|realloc|free|alloca)\s*\("
        r"|\bconst_cast\b|\b(str|mem)(cpy|cat)\b(?!\()|\b(sprintf|strcpy|strcat|gets|sscanf|atoi|strtol|system|popen)\s*\("
    )
    # The one place that manages raw memory, with its reasons; and the temporary file that only the client itself writes and reads.
    ALLOWED = {"src/base/read_buffer.cpp", "src/core/fetch_spool.cpp"}

    def test_no_raw_memory_and_no_reinterpretation(self):
        wrong, seen = [], 0
        for folder in ("src/base", "src/wire", "src/model", "src/codec", "src/commands", "src/core", "include/imapxx"):
            for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
                name = path.relative_to(ROOT).as_posix()
                seen += 1
                for number, line in enumerate(path.read_text().splitlines(), 1):
                    code = re.sub(r'"(\\.|[^"\\])*"', '""', line.split("//")[0])
                    if name not in self.ALLOWED and self.FORBIDDEN.search(code):
                        wrong.append(f"{name}:{number}: {line.strip()}")
        self.assertGreater(seen, 80)
        self.assertEqual(wrong, [])


@unittest.skipUnless(TOOL and shutil.which("readelf"), "no tool, or no readelf")
class Hardening(unittest.TestCase):
    def test_the_tool_is_hardened(self):
        def read(*options):
            return subprocess.run(["readelf", "-W", *options, TOOL], capture_output=True, text=True, check=True).stdout

        symbols = read("--dyn-syms")
        if "__asan_init" in symbols or "__tsan_init" in symbols or "__stack_chk_fail" not in symbols:
            self.skipTest("a build without hardening: sanitizers, or IMAPXX_HARDEN is off")
        self.assertIn("DYN", read("-h"), "position independent")
        self.assertIn("GNU_RELRO", read("-l"))
        self.assertRegex(read("-d"), r"BIND_NOW|\bNOW\b")
        self.assertNotRegex(read("-l"), r"GNU_STACK.*RWE")


if __name__ == "__main__":
    unittest.main()
