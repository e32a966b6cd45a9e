#!/bin/bash
# coverage.sh DIR [corpus]: runs the tests of the build DIR (preset 'coverage'), prints lines and branches of each layer of
# the library, and ends with 1 when a total is below what docs/testing.md promises.
#
# With "corpus", only the fuzzers' seeds and corpus are run (fuzz_test), and only the parser (wire, codec) counts.
# DIR/coverage.txt names every line that no test reached.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$1 what=${2:-all}
rm -rf "$dir/profiles"
export LLVM_PROFILE_FILE=$PWD/$dir/profiles/%8m.profraw
if [ "$what" = corpus ]; then
    IMAPXX_FIXTURE_DIR=$PWD/tests/fixtures "$dir/tests/fuzz_test" --gtest_brief=1 --gtest_filter='*corpus*'
else
    # What counts memory fails by what the instrumentation takes; the figures are good all the same.
    ctest --preset coverage || echo "coverage: some tests failed"
fi
unset LLVM_PROFILE_FILE
llvm-profdata-19 merge --sparse "$dir"/profiles/*.profraw -o "$dir/coverage.profdata"

mapfile -t programs < <(find "$dir/tests" "$dir/tools" "$dir/examples" -maxdepth 1 -type f -executable 2>/dev/null)
objects=()
for program in "${programs[@]:1}"; do objects+=(--object "$program"); done
# Its warnings are about functions of the tests that differ between programs.
llvm-cov-19 export --format=text --skip-expansions --skip-functions --instr-profile="$dir/coverage.profdata" "${programs[0]}" \
    "${objects[@]}" "$PWD/src" "$PWD/include" >"$dir/coverage.json" 2>"$dir/coverage.log" || { cat "$dir/coverage.log" >&2; exit 1; }
python3 -B - "$dir" "$what" <<'PYTHON'
import json
import os
import pathlib
import sys

build, what = pathlib.Path(sys.argv[1]), sys.argv[2]
# What must be reached, in per cent: lines, branches.
PROMISED = {"core": (97, 92), "library": (92, 85)} if what == "all" else {"parser": (95, 0)}
CORE, PARSER = ("base", "wire", "codec", "core"), ("wire", "codec")

root = os.getcwd() + os.sep
sums: dict[str, list[int]] = {}
missed = []


def add(name, summary):
    at = sums.setdefault(name, [0, 0, 0, 0])
    for i, kind in enumerate(("lines", "branches")):
        at[2 * i] += summary[kind]["covered"]
        at[2 * i + 1] += summary[kind]["count"]


for file in json.loads((build / "coverage.json").read_text())["data"][0]["files"]:
    path = file["filename"].removeprefix(root)
    parts = path.split("/")
    if parts[0] not in ("src", "include"):
        continue
    layer = parts[1] if parts[0] == "src" else "headers"
    add(f"  {layer}", file["summary"])
    add("library", file["summary"])
    if layer in CORE:
        add("core", file["summary"])
    if layer in PARSER:
        add("parser", file["summary"])
    # A segment is (line, column, count, has a count, starts a region, is a gap).
    lines = {s[0] for s in file["segments"] if s[3] and s[4] and not s[5] and s[2] == 0}
    missed += [f"{path}:{line}" for line in sorted(lines)]
    # A branch is (line, column, to line, to column, times true, times false, ...).
    for b in file["branches"]:
        if (b[4] == 0) != (b[5] == 0):
            missed.append(f"{path}:{b[0]}:{b[1]} never {'true' if b[4] == 0 else 'false'}")

(build / "coverage.txt").write_text("\n".join(missed) + "\n")
short = []
names = sorted(n for n in sums if n.startswith(" ")) + list(PROMISED)
if what != "all":
    names = ["  wire", "  codec", "parser"]
for name in names:
    got = sums[name]
    share = [100 * got[i] / got[i + 1] if got[i + 1] else 100.0 for i in (0, 2)]
    promised = PROMISED.get(name)
    note = ""
    if promised:
        good = all(s >= p for s, p in zip(share, promised))
        note = f"   promised {promised[0]} and {promised[1]}" + ("" if good else ": NOT REACHED")
        short += [] if good else [name]
    print(f"{name:<12} lines {share[0]:6.2f} % of {got[1]:6}   branches {share[1]:6.2f} % of {got[3]:6}{note}")
print(f"what no test reached: {build / 'coverage.txt'}")
sys.exit(1 if short else 0)
PYTHON
