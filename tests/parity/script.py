"""Reads the data files of calls (*.calls): scripts of calls beside what the server answers. See README.md."""
import ast
import dataclasses
import os
import re

PROFILES = ("p11", "p15")


@dataclasses.dataclass
class Script:
    """One connection: how it begins, the calls, and what the server says to each command."""

    name: str
    start: str = "nonauth"
    greeting: list = None
    caps: str = "IMAP4rev1"
    profiles: tuple = PROFILES
    settings: dict = dataclasses.field(default_factory=dict)
    answers: dict = dataclasses.field(default_factory=dict)  # command -> blocks of steps, in turn
    calls: list = dataclasses.field(default_factory=list)

    def counted(self):
        return len(self.calls) or 1


def encode(value):
    """A Python value as JSON: str stays, bytes are {"b": latin-1}."""
    if isinstance(value, bytes):
        return {"b": value.decode("latin-1")}
    if isinstance(value, (list, tuple)):
        return [encode(v) for v in value]
    return value


def decode(value):
    if isinstance(value, dict):
        return value["b"].encode("latin-1")
    if isinstance(value, list):
        return [decode(v) for v in value]
    return value


def parse_call(text):
    """`fetch('1', b'x')` -> ["fetch", [...]]; a bare name is an attribute: ["=", name]."""
    text = text.strip().replace("%PASSWORD%", os.environ.get("IMAPXX_TEST_PASSWORD", "pass"))
    if re.fullmatch(r"\w+", text):
        return ["=", [text]]
    node = ast.parse(text, mode="eval").body
    if not isinstance(node, ast.Call) or node.keywords:
        raise ValueError(f"no call: {text}")
    return [node.func.id, [encode(ast.literal_eval(a)) for a in node.args]]


def octets(text):
    """Protocol text of a data file as octets: `<0D>` is one octet, `<x*5>` five, everything else Latin-1."""
    out, at = b"", 0
    for found in re.finditer(r"<([0-9A-F]{2})>|<(.)\*(\d+)>", text):
        out += text[at : found.start()].encode("latin-1")
        out += bytes.fromhex(found[1]) if found[1] else found[2].encode("latin-1") * int(found[3])
        at = found.end()
    return out + text[at:].encode("latin-1")


def steps(text):
    """`* 1 EXISTS // T OK done` -> steps of the server (see server.py)."""
    return text.removeprefix(" ").split(" // ") if text else []


class Reader:
    def __init__(self, path):
        self.path, self.scripts, self.script, self.table, self.lists, self.number = path, [], None, None, {}, 0
        with open(path, encoding="utf-8") as lines:
            for self.number, line in enumerate(lines, 1):
                line = line.rstrip("\n")
                if line.strip() and not line.startswith("#"):
                    try:
                        self.line(line)
                    except Exception as problem:
                        raise SystemExit(f"{path}:{self.number}: {problem}: {line}") from problem
        names = [s.name for s in self.scripts]
        doubled = {n for n in names if names.count(n) > 1}
        if doubled:
            raise SystemExit(f"{path}: two scripts are called {sorted(doubled)}")

    def line(self, line):
        word, _, rest = line.strip().partition(" ")
        if not line.startswith(" "):
            self.script = self.table = None
            if word == "script":
                self.script = Script(rest)
                self.scripts.append(self.script)
            elif word == "table":
                self.table = getattr(self, "row_" + rest)
            elif word == "values":
                name, _, values = rest.partition(" ")
                self.lists[name] = values.split(" ;; ")
            else:
                raise ValueError("unknown word")
        elif self.table:
            self.table(*[c.strip() for c in (line + " ").split(" | ")])
        else:
            self.set(word, rest)

    def set(self, word, rest):
        s = self.script
        if word == "call":
            s.calls.append(parse_call(rest))
        elif word == "on":
            command, _, text = rest.partition(":")
            s.answers.setdefault(command.strip(), []).append(steps(text))
        elif word == "greeting":
            s.greeting = steps(rest)
        elif word in ("start", "caps"):
            setattr(s, word, rest)
        elif word == "only":
            s.profiles = tuple(rest.split())
        elif word in ("timeout", "debug"):
            s.settings[word] = ast.literal_eval(rest)
        elif word in ("transport", "user", "trust"):
            s.settings[word] = rest
        else:
            raise ValueError("unknown word")

    def add(self, name, start, calls, answers=None, profiles=PROFILES, caps="IMAP4rev1"):
        self.scripts.append(
            Script(
                name, start=start, caps=caps, profiles=profiles, calls=[parse_call(c) for c in calls],
                answers={k: [steps(t) for t in (v if isinstance(v, list) else [v])] for k, v in (answers or {}).items()},
            )
        )

    def row_methods(self, states, call, command, data, literal):
        """Each method with every kind of answer, and in every state that does not allow it."""
        states = states.split()
        start, name = [s for s in states if s in ("nonauth", "auth", "selected")][-1], call
        plus = "+ go // ? // " if command == "APPEND" else ""
        first = data + " // " if data else ""

        def one(kind, answer, *more, also=None):
            self.add(f"{name}: {kind}", start, [call, *more], {command: answer, **(also or {})})

        one("OK", f"{plus}{first}T OK [X-CODE a b] done")
        one("OK without data", f"{plus}T OK done", "noop()")
        one("NO", f"{plus}{first}T NO [ALERT] not this time", "noop()")
        one("BAD", f"{first}T BAD what is that", "noop()")
        one("BYE", "* BYE going // T OK done", "noop()", "logout()")
        one("BYE and close", "* BYE going // <close>")
        one("close", "<close>")
        one("literal", f"{plus}{literal} // T OK done")
        one("unsolicited", f"{plus}* 5 EXISTS // * 3 FETCH (FLAGS ()) // {first}* OK [ALERT] look // * 3 EXPUNGE // T OK done",
            "response('EXISTS')")
        one("literal elsewhere", f"{plus}* STATUS {{3}} // x y (MESSAGES 1) // * 4 FETCH (BODY[] {{2}} // ab) // T OK done")
        for state in ("nonauth", "auth", "selected", "logout"):
            if state not in states and "all" not in states:
                self.add(f"{name}: in state {state}", state, [call, "noop()"] if state != "logout" else [call])

    def row_cross(self, start, call, command, answer, values):
        """One call with each value of a list in the place of `$`."""
        self.add(f"{call} with {values}", start, [call.replace("$", v) for v in self.lists[values]], {command: answer})

    def row_answers(self, start, calls, command, *answers, prefix=""):
        """Some calls, once with each answer."""
        for i, answer in enumerate(answers):
            self.add(f"{prefix}{calls} answered {i}: {answer}", start, calls.split(" ; "), {command: answer})

    def row_lenient(self, *cells):
        self.row_answers(*cells, prefix="lenient: ")

    def row_cut(self, *cells):
        self.row_answers(*cells, prefix="cut: ")


def read(path):
    return Reader(path).scripts


def all_calls(script):
    """The calls that make the script's start state, then its own."""
    before = {"selected": [["select", []]], "logout": [["logout", []]]}.get(script.start, [])
    return before, script.calls


if __name__ == "__main__":
    import sys

    for path in sys.argv[1:]:
        for script in read(path):
            print(script)
