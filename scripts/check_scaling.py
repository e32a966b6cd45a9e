#!/usr/bin/env python3
"""check_scaling.py PROGRAM [KIB...]: counts the instructions in which `imapxx_scaling_shapes` reads pathological shapes of growing
size; by default 64 and 256 KiB (values that are read in a quicker way up to 200,000 octets: 256 and 512), with IMAPXX_SOAK in the
environment 1, 2, 4 and 8 MiB.

A doubling may cost at most 2.2 times as much. Needs valgrind and its headers; without them nothing is checked (exit 77)."""

import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MOST = 2.2
# Their values are read by exact_reader up to most_octets_of_exact_value, and then by the tree, which takes more for each octet:
# a step, which is not to be taken for growth.
STEP = ["body-parts", "envelope-addresses"]
ABOVE_THE_STEP = [256, 512]


def count(program, sizes, shapes=()):
    """{shape: {KiB: instructions}}"""
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "counts"
        subprocess.run(
            ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out}", program, *shapes,
             *map(str, sizes)],
            check=True, stdin=subprocess.DEVNULL)
        for file in pathlib.Path(folder).glob("counts*"):
            text = file.read_text(errors="replace")
            label = re.search(r"(?m)^desc: Trigger: Client Request: ([\w-]+) (\d+)$", text)
            total = re.search(r"(?m)^(?:summary|totals): (\d+)", text)
            if label and total:
                counts.setdefault(label[1], {})[int(label[2])] = int(total[1])
    return counts


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if not shutil.which("valgrind"):
        print("valgrind is not installed: nothing is counted")
        sys.exit(77)
    if subprocess.run([sys.argv[1]], check=False).returncode == 77:
        print("valgrind's headers were not there when this was built: nothing is counted")
        sys.exit(77)
    sizes = [int(n) for n in sys.argv[2:]] or ([1024, 2048, 4096, 8192] if "IMAPXX_SOAK" in os.environ else [64, 256])
    counts = count(sys.argv[1], sizes)
    own_sizes = {}
    if min(sizes) < ABOVE_THE_STEP[0]:
        counts |= count(sys.argv[1], ABOVE_THE_STEP, STEP)
        own_sizes = dict.fromkeys(STEP, ABOVE_THE_STEP)
    if len(counts) < 30:
        sys.exit(f"only {len(counts)} shapes were counted")
    print(f"{'shape':20}" + "".join(f"{n:>11} KiB" for n in sizes) + "   instructions per octet, growth for each doubling")
    bad = []
    for shape, by_size in sorted(counts.items()):
        own = own_sizes.get(shape, sizes)
        if sorted(by_size) != sorted(own):
            sys.exit(f"{shape}: not counted in every size")
        growth = [(by_size[b] / by_size[a]) ** (1 / math.log2(b / a)) for a, b in zip(own, own[1:])]
        per_octet = by_size[own[-1]] / (own[-1] * 1024)
        print(f"{shape:20}" + "".join(f"{by_size[n]:>15}" for n in own) + f"   {per_octet:7.1f}  " +
              " ".join(f"{g:.2f}" for g in growth) + ("" if own is sizes else f"   in {own} KiB"))
        bad += [shape] * (max(growth) > MOST)
    if bad:
        sys.exit(f"more than {MOST} times for a doubling: {', '.join(bad)}")


if __name__ == "__main__":
    main()
