"""docs/seed-checklist.md has every point, and every test that it names exists."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "seed-checklist.md").read_text()
ROWS = {m[1]: m[0] for m in re.finditer(r"(?m)^\| ([AB]\d+) \|.*$", TEXT)}
POINTS = [f"A{i}" for i in range(1, 25)] + [f"B{i}" for i in range(1, 21)]


def defines(path, name):
    """Whether the file has a test of this name."""
    text = (ROOT / path).read_text()
    if path.endswith(".calls"):
        return re.search(rf"(?m)^(script|table) {re.escape(name)}$", text) is not None
    if path.endswith(".py"):
        return re.search(rf"(?m)^\s*def {re.escape(name)}\(", text) is not None
    if "." in name:
        suite, test = name.split(".")
        return re.search(rf"\bTEST(_F|_P)?\(\s*{suite},\s*{test}\)", text) is not None
    return re.search(rf"\bSCENARIO\(\s*{name},", text) is not None


class Checklist(unittest.TestCase):
    def test_every_point_has_a_row(self):
        self.assertEqual([p for p in POINTS if p not in ROWS], [])

    def test_every_row_has_tests_and_they_exist(self):
        for point, row in ROWS.items():
            named = re.findall(r"`(tests/[^`:]+): ([^`]+)`", row)
            self.assertTrue(named, point)
            for path, name in named:
                self.assertTrue((ROOT / path).exists(), f"{point}: {path}")
                self.assertTrue(defines(path, name), f"{point}: {path}: {name}")

    def test_files_that_are_named_exist(self):
        for path in re.findall(r"`((?:tests|examples|docs)/[\w./-]+)`", TEXT):
            self.assertTrue((ROOT / path).exists(), path)


if __name__ == "__main__":
    unittest.main()
