"""No type of a named namespace is defined in two files: the linker would take either for both, and no compiler says so."""
import collections
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("include", "src", "testserver", "tools", "tests", "fuzz")
NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
OPENINGS = re.compile(
    r"\bnamespace(?P<ns>\s+[\w:\s]+)?\s*\{"
    r"|\b(?:struct|class|enum|enum\s+class|union)\s+(?:\w+_API\s+|\[\[[^\]]*\]\]\s*)*(?P<type>[\w:]+)(?:<[^{};]*>)?(?:\s+final)?\s*(?::[^{};()]*)?\{"
    r"|\{|\}")


def types_of(text):
    """Qualified names of the types that the source defines outside of unnamed namespaces and functions."""
    around, found = [], []
    for m in OPENINGS.finditer(NOISE.sub(" ", text)):
        if m[0] == "}":
            if around:
                around.pop()
        elif m["type"]:
            if None not in around:
                found.append("::".join([*around, m["type"]]))
            around.append(m["type"])
        else:
            # None: an unnamed namespace, or a block of something else
            around.append(re.sub(r"\binline\b|\s", "", m["ns"]) if m["ns"] else None)
    return found


class OneDefinition(unittest.TestCase):
    def test_no_type_is_defined_in_two_files(self):
        places = collections.defaultdict(set)
        for folder in FOLDERS:
            for path in (ROOT / folder).rglob("*.[ch]pp"):
                if "compile_fail" in path.parts:
                    continue
                for name in types_of(path.read_text()):
                    places[name].add(str(path.relative_to(ROOT)))
        self.assertGreater(len(places), 400, "the sources are not read as they should be")
        self.assertEqual({name: sorted(files) for name, files in places.items() if len(files) > 1}, {})


if __name__ == "__main__":
    unittest.main()
