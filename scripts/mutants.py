#!/usr/bin/env python3
"""mutants.py [--count N] [--seed N] [--layers base,wire,codec,core] [--list] [--seconds N] [--build build/dev] [--again LOG]

Changes one place of the protocol core at a time (an operator, a constant, a condition, a returned value, a statement left
out), and runs the tests that it can concern. A test that fails, crashes or hangs has killed the mutant. A mutant that
no test notices survives, and is printed: it shows what the tests do not look at, or a change without a meaning.

Nothing in the tree or in the build is touched: the changed source is a file of its own, which costs one compilation and the
links of the programs that look at it, with the commands of the build. Which places are chosen depends on the seed and the
sources only. Mutants that do not compile are not counted. Ends with 1 when fewer than --promised per cent are killed;
--seconds ends the search early, with what it has found until then. --again tries only the survivors that an earlier run
printed into LOG, where their lines are still there.
"""

import argparse
import json
import os
import pathlib
import random
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
SCRATCH = ROOT / "build" / "mutants"
# Which programs look at a layer, the nearest first.
TESTS = {
    "base": ["unit_base", "unit_wire", "unit_model", "unit_codec", "fuzz_test", "unit_core"],
    "wire": ["unit_wire", "unit_codec", "unit_commands", "fuzz_test", "unit_core"],
    "codec": ["unit_codec", "unit_commands", "fuzz_test", "unit_core"],
    "core": ["unit_core", "recorded_test", "fuzz_test", "drivers_test"],
}
LEAST_SECONDS = 20  # for one program; else ten times what it takes without a change

OPERATORS = {
    "==": ["!="], "!=": ["=="], "<": ["<=", ">="], "<=": ["<"], ">": [">=", "<="], ">=": [">"],
    "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["+"], "%": ["+"], "+=": ["-="], "-=": ["+="], "|=": ["="],
}  # fmt: skip
OPERATOR = re.compile(r"(?<= )(==|!=|<=|>=|&&|\|\||\+=|-=|\|=|<|>|\+|-|\*|%)(?= )")
CONSTANT = re.compile(r"(?<![\w.\"'])(\d+)(?=[Uu]?[,;) :\]])")
TRUTH = re.compile(r"\b(true|false)\b")
CONDITION = re.compile(r"\b(if|while) \((?!const )([^;{}]*)\)( \{)?$")
RETURNED = re.compile(r"\breturn ([\w.>\-]+\(.*\)|\w+);$")
STATEMENT = re.compile(
    r"^\s+(?!return\b|using\b|case\b|break\b|continue\b|throw\b|else\b|goto\b|default\b)"
    r"[\w:.*\->\[\]]+(\(.*\)|( [-+|&]?= .*)|\+\+);$")  # fmt: skip
DECLARES = re.compile(r"^\s+(const |constexpr |static |auto |std::\w+(<.*>)? \w+|[\w:]+(<.*>)?&? \w+( =|\(|\{|;))")


def code_lines(text):
    """The lines of a source that hold code, with strings and comments blanked out."""
    for number, line in enumerate(text.split("\n")):
        stripped = line.strip()
        if not stripped or stripped.startswith(("//", "#", "static_assert", "namespace", "template", "///")):
            continue
        blank = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', lambda m: "\x01" * len(m[0]), line)
        yield number, line, blank.split("//")[0].rstrip()


def places(text):
    """(line, description, new line) of every change."""
    for number, line, code in code_lines(text):
        for m in OPERATOR.finditer(code):
            for other in OPERATORS[m[1]]:
                yield number, f"{m[1]} becomes {other}", line[: m.start()] + other + line[m.end() :]
        for m in CONSTANT.finditer(code):
            other = str(int(m[1]) + 1)
            yield number, f"{m[1]} becomes {other}", line[: m.start(1)] + other + line[m.end(1) :]
        for m in TRUTH.finditer(code):
            other = "false" if m[1] == "true" else "true"
            yield number, f"{m[1]} becomes {other}", line[: m.start()] + other + line[m.end() :]
        m = CONDITION.search(code)
        if m and m[2].count("(") == m[2].count(")"):
            new = line[: m.start(2)] + "!(" + line[m.start(2) : m.end(2)] + ")" + line[m.end(2) :]
            yield number, "condition negated", new
        m = RETURNED.search(code)
        if m and m[1] not in ("true", "false"):  # those are changed already
            # What has no such value does not compile, and is not counted.
            yield number, "returns {}", line[: m.start(1)] + "{}" + line[m.end(1) :]
        if STATEMENT.match(code) and not DECLARES.match(code):
            yield number, "statement left out", line[: len(line) - len(line.lstrip())] + ";"


def candidates(layers):
    for layer in layers:
        for path in sorted((ROOT / "src" / layer).glob("*.cpp")):
            for number, what, new in places(path.read_text()):
                yield layer, path.relative_to(ROOT), number, what, new


def build_all(build, programs, log):
    """Everything without a change."""
    jobs = os.environ.get("JOBS", "2")
    return subprocess.run(["ninja", "-C", str(build), f"-j{jobs}", *programs], stdout=log, stderr=log).returncode == 0


class Compiler:
    """How a source becomes an object, and objects a program: the build's own commands, with other files."""

    def __init__(self, build, programs):
        self.build = build
        commands = json.loads((build / "compile_commands.json").read_text())
        commands = [c for c in commands if "/imapxx_obj_" in c["command"]]
        self.compile = {c["file"]: self.words(c["command"]) for c in commands}
        self.link = {}
        for program in programs:
            ninja = ["ninja", "-C", str(build), "-t", "commands", "-s", f"tests/{program}"]
            lines = subprocess.run(ninja, check=True, capture_output=True, text=True).stdout.strip().splitlines()
            # CMake wraps it: ": && c++ ... -o tests/unit_core ... && :"
            self.link[program] = self.words(lines[-1].removeprefix(": && ").split(" && ")[0])

    @staticmethod
    def words(command):
        words = shlex.split(command)
        return words[1:] if pathlib.Path(words[0]).name == "ccache" else words

    def object_of(self, path, text, log):
        """Compiles this text in place of a source; None when that fails. Warnings are no errors: a change may well leave
        something unused."""
        words = list(self.compile[str(ROOT / path)])
        changed, target = SCRATCH / path.name, SCRATCH / "mutant.o"
        changed.write_text(text)
        own = words[words.index("-o") + 1]
        words[words.index("-o") + 1] = str(target)
        for flag in ("-MF", "-MT"):
            if flag in words:
                words[words.index(flag) + 1] = str(SCRATCH / "mutant.d")
        words[words.index("-c") + 1] = str(changed)
        done = subprocess.run([*words, "-w"], cwd=self.build, stdout=log, stderr=log)
        changed.unlink()
        return (own, target) if done.returncode == 0 else None

    def program_with(self, program, objects, log):
        words = list(self.link[program])
        own, target = objects
        output = SCRATCH / program
        at = words.index("-o")
        words[at + 1] = str(output)
        if own in words:
            words[words.index(own)] = str(target)
        else:  # it is in an archive, which is asked only for what nobody has defined yet
            words.insert(at, str(target))
        done = subprocess.run(words, cwd=self.build, stdout=log, stderr=log)
        return output if done.returncode == 0 else None


def failure_of(build, binary, log, seconds):
    """How a program fails; empty when it does not."""
    environment = {
        "IMAPXX_FIXTURE_DIR": str(ROOT / "tests" / "fixtures"),
        "IMAPXX_TEST_PASSWORD_FILE": str(build / "test-password"),
        "PATH": "/usr/bin:/bin",
    }
    command = [str(binary), "--gtest_brief=1", "--gtest_fail_fast"]
    try:
        done = subprocess.run(command, stdout=log, stderr=log, timeout=seconds, cwd=build / "tests", env=environment)
    except subprocess.TimeoutExpired:
        return "hangs"
    return "" if done.returncode == 0 else "fails" if done.returncode > 0 else "crashes"


def judge(layer, path, text, compiler, seconds, log):
    """What killed the mutant, "" when all let it live, None when it does not compile or link."""
    objects = compiler.object_of(path, text, log)
    if objects is None:
        return None
    for program in TESTS[layer]:
        binary = compiler.program_with(program, objects, log)
        if binary is None:
            return None
        if how := failure_of(compiler.build, binary, log, seconds[program]):
            return f"{program} {how}"
    return ""


def survivors(log):
    """The mutants that an earlier run says have survived, as `candidates` gives them."""
    lines = pathlib.Path(log).read_text().split("\n")
    for at, line in enumerate(lines):
        found = re.match(r"SURVIVED (src/(\w+)/\S+):(\d+): (.*?)  \d+ s$", line)
        if not found:
            continue
        path, was, new = pathlib.Path(found[1]), lines[at + 1].strip(), lines[at + 2].strip()
        source = (ROOT / path).read_text().split("\n")
        places = [n for n, text in enumerate(source) if text.strip() == was]
        if places:
            nearest = min(places, key=lambda n: abs(n + 1 - int(found[3])))
            yield found[2], path, nearest, found[4], source[nearest].replace(was, new)


def time_limits(build, programs, log):
    limits = {}
    for program in programs:
        started = time.monotonic()
        if failure_of(build, build / "tests" / program, log, 1800):
            sys.exit(f"mutants: {program} does not pass without any change, see {SCRATCH / 'log'}")
        limits[program] = max(LEAST_SECONDS, 10 * (time.monotonic() - started))
    return limits


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layers", default="base,wire,codec,core")
    parser.add_argument("--promised", type=float, default=85)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--build", default="build/dev", help="a directory configured by CMake with Ninja")
    parser.add_argument("--again", metavar="LOG", help="only the survivors that an earlier run printed")
    parser.add_argument("--list", action="store_true", help="only say which mutants would be tried")
    args = parser.parse_args()
    layers = args.layers.split(",")
    chosen = list(survivors(args.again) if args.again else candidates(layers))
    if not args.again:
        random.Random(args.seed).shuffle(chosen)
    if args.list:
        for _, path, number, what, _ in chosen[: args.count]:
            print(f"{path}:{number + 1}: {what}")
        print(f"{len(chosen)} places")
        return 0

    SCRATCH.mkdir(parents=True, exist_ok=True)
    build = ROOT / args.build
    programs = sorted({p for layer in layers for p in TESTS[layer]})
    with open(SCRATCH / "log", "w") as log:
        if not build_all(build, programs, log):
            sys.exit(f"mutants: cannot build, see {SCRATCH / 'log'}")
        compiler = Compiler(build, programs)
        seconds = time_limits(build, programs, log)
        end = time.monotonic() + args.seconds
        killed = tried = skipped = 0
        for layer, path, number, what, new in chosen:
            if tried == args.count or time.monotonic() > end:
                break
            lines = (ROOT / path).read_text().split("\n")
            was, lines[number] = lines[number].strip(), new
            started = time.monotonic()
            killer = judge(layer, path, "\n".join(lines), compiler, seconds, log)
            if killer is None:
                skipped += 1
                continue
            tried += 1
            killed += killer != ""
            took = f"{time.monotonic() - started:.0f} s"
            if killer:
                print(f"killed   {path}:{number + 1}: {what}  [{killer}] {took}", flush=True)
            else:
                print(f"SURVIVED {path}:{number + 1}: {what}  {took}\n    {was}\n    {new.strip()}", flush=True)
    share = 100 * killed / max(tried, 1)
    print(f"mutants: {killed} of {tried} killed, {share:.1f} %, seed {args.seed}; {skipped} did not compile")
    return 0 if share >= args.promised else 1


if __name__ == "__main__":
    sys.exit(main())
