#!/usr/bin/env python3
"""peers.py [--writes] BENCH_BUILD [OPTION...]: the end-to-end benchmark with other clients beside imapxx; with --writes that of
many small commands (bench/latency.cpp, which wants a server: tests/interop/with_server.sh), with those that are made for it.

Names each peer that is missing and what would bring it; runs with the others. Installs nothing.
"""

import pathlib
import shlex
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# The program that CMake made, and the Debian packages that it needs.
BUILT = {
    "libetpan": ("peer_libetpan", "libetpan-dev"),
    "libcurl": ("peer_libcurl", "libcurl4-gnutls-dev"),
    "VMime": ("peer_vmime", "libvmime-dev"),
    "go-imap": ("peer_go_imap", "golang-go golang-github-emersion-go-imap-dev"),
}
WRITERS = {"libetpan", "go-imap"}


def main():
    arguments = sys.argv[1:]
    writes = arguments[:1] == ["--writes"]
    if len(arguments) < 1 + writes:
        sys.exit(__doc__)
    build, arguments = pathlib.Path(arguments[writes]).resolve(), arguments[writes + 1:]
    peers = {"imaplib" if writes else "imaplib, unparsed": [sys.executable, HERE / "peers/python_imaplib.py"]}
    for name, (program, packages) in BUILT.items():
        if writes and name not in WRITERS:
            continue
        path = build / "bench/peers" / program
        if path.exists():
            peers[name] = [path]
        else:
            print(f"{name}: missing; apt-get install {packages}, then configure again")
    if writes:
        return run(build / "bench/latency", peers, [*([] if "--only" in arguments else ["--only", "writes"]), *arguments])
    node, modules = shutil.which("node"), build / "peers-npm"
    if node and (modules / "node_modules/imapflow").exists():
        peers["ImapFlow"] = ["env", f"IMAPXX_PEERS_NODE={modules}", node, HERE / "peers/imapflow.mjs"]
    else:
        print(f"ImapFlow: missing; needs node, and npm install --prefix {modules} imapflow")
    return run(build / "bench/end_to_end", peers, arguments)


def run(program, peers, arguments):
    options = []
    for name, command in peers.items():
        options += ["--peer", f"{name}={shlex.join(map(str, command))}"]
    return subprocess.run([program, *options, *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
