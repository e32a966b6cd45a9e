#!/usr/bin/env python3
"""safety_cost.py [--jobs N]: what the checks cost the parser, in instructions (valgrind counts them).

Builds base, wire, model and codec with bench/safety_cost.cpp three times at -O2:

  shipped     with the hardening of cmake/sanitizers.cmake and every limit
  unlimited   a copy of the sources in which no limit is looked at: octets of lines, literals and responses, nesting,
              elements of lists, ranges of sets
  unchecked   that copy, and no hardening either: no assertions of libstdc++, no _FORTIFY_SOURCE, no guards on the stack

What keeps the parser inside its octets is part of how it is written, and is in all three. Ends with 1 when the limits cost more
than --most per cent of the instructions over all inputs.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
LAYERS = ("base", "wire", "model", "codec")
HARDENED = ["-fstack-protector-strong", "-fstack-clash-protection", "-D_GLIBCXX_ASSERTIONS", "-fcf-protection",
            "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3"]  # fmt: skip
KINDS = {"flags": 20, "messages": 20, "search": 100, "mailboxes": 20}
# The limits in the sources: what stands there, and what stands there without. Each must be found, so that this stays true.
LIMITS = {
    "wire/framer.cpp": [
        (" && text.size() <= limits_.line_octets && text.size() <= limits_.response_octets", ""),
        ("  if (response_octets_ + segment.size() > limits_.response_octets) return \"response_octets\";", "  return {};"),
        ("  return octets <= limits_.response_octets && response_octets_ <= limits_.response_octets - octets;",
         "  return octets <= SIZE_MAX;"),
    ],
    "codec/response_reader.cpp": [("if (f.literal_size > most) {", "if (false) {")],
    "codec/grammar.cpp": [("if (elements < most) return false;", "return false;")],
    "codec/tree.cpp": [
        ("if (nodes_.size() >= max_nodes) return fail(\"limit of tokens\");", ""),
        ("if (opened.size() > max_nesting) return fail(limit_nesting);", ""),
    ],
    "codec/cut.cpp": [
        ("if (++depth > max_nesting) out.too_deep = true;", "++depth;"),
        ("if (++depth > max_nesting) return none;", "++depth;"),
    ],
    "codec/search.cpp": [
        ("if (build.depth() == i.options.nesting) {", "if (false) {"),
        ("count < i.options.set_ranges && ", ""),
    ],
}  # fmt: skip


def sources(unlimited, folder):
    """The files to compile; changed ones lie in `folder`."""
    for layer in LAYERS:
        for path in sorted((ROOT / "src" / layer).glob("*.cpp")):
            name = path.relative_to(ROOT / "src").as_posix()
            if not unlimited or name not in LIMITS:
                yield path
                continue
            text = path.read_text()
            for there, without in LIMITS[name]:
                if text.count(there) != 1:
                    sys.exit(f"safety_cost: src/{name} does not hold this once any more: {there}")
                text = text.replace(there, without)
            target = folder / name.replace("/", "_")
            target.write_text(text)
            yield target


def flags_are_those_of_the_build():
    text = (ROOT / "cmake" / "sanitizers.cmake").read_text()
    for flag in HARDENED:
        if flag not in text:
            sys.exit(f"safety_cost: {flag} does not stand in cmake/sanitizers.cmake any more")


def compiled(folder, unlimited, hardened, jobs):
    folder.mkdir(parents=True)
    launcher = shlex.split(os.environ.get("CMAKE_CXX_COMPILER_LAUNCHER", ""))
    compiler = [*launcher, os.environ.get("CXX", "c++"), "-std=c++20", "-O2", "-DNDEBUG", "-fPIC", "-w",
                "-DIMAPXX_STATIC", f"-I{ROOT}/include", f"-I{ROOT}/src", *(HARDENED if hardened else ["-fcf-protection=none"])]  # fmt: skip
    files = [*sources(unlimited, folder), ROOT / "bench" / "safety_cost.cpp"]
    objects = [folder / f"{number}.o" for number in range(len(files))]

    def one(pair):
        subprocess.run([*compiler, "-c", str(pair[0]), "-o", str(pair[1])], check=True)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, zip(files, objects)))
    program = folder / "safety_cost"
    subprocess.run([compiler[len(launcher)], "-o", str(program), *map(str, objects), "-pthread"], check=True)
    return program


def instructions(program, kind, rounds):
    out = program.parent / "counts"
    command = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out}", str(program), kind, str(rounds)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return int(re.search(r"(?m)^(?:summary|totals): (\d+)", out.read_text(errors="replace"))[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--most", type=float, default=3)
    args = parser.parse_args()
    if not shutil.which("valgrind"):
        print("valgrind is not installed: nothing is counted")
        return 77
    flags_are_those_of_the_build()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        programs = [compiled(folder / "shipped", False, True, args.jobs), compiled(folder / "unlimited", True, True, args.jobs),
                    compiled(folder / "unchecked", True, False, args.jobs)]  # fmt: skip
        # What the program costs without reading anything is not the parser's.
        rows = {}
        for kind, rounds in KINDS.items():
            rows[kind] = [instructions(p, kind, rounds) - instructions(p, kind, 0) for p in programs]
    rows["together"] = [sum(column) for column in zip(*rows.values())]
    print("| input | instructions, million | limits | limits and hardening |\n|---|---|---|---|")
    for kind, (shipped, unlimited, unchecked) in rows.items():
        print(f"| {kind} | {shipped / 1e6:.1f} | {100 * (shipped / unlimited - 1):+.2f} % | {100 * (shipped / unchecked - 1):+.2f} % |")
    shipped, unlimited, _ = rows["together"]
    return 0 if 100 * (shipped / unlimited - 1) <= args.most else 1


if __name__ == "__main__":
    sys.exit(main())
