#!/usr/bin/env python3
"""peers.py BENCH_BUILD [END_TO_END_OPTION...]: the end-to-end benchmark with other clients beside imapxx.

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


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1]).resolve()
    peers = {"imaplib, unparsed": [sys.executable, HERE / "peers/python_imaplib.py"]}
    for name, (program, packages) in BUILT.items():
        path = build / "bench/peers" / program
        if path.exists():
            peers[name] = [path]
        else:
            print(f"{name}: missing; apt-get install {packages}, then configure again")
    node, modules = shutil.which("node"), build / "peers-npm"
    if node and (modules / "node_modules/imapflow").exists():
        peers["ImapFlow"] = ["env", f"IMAPXX_PEERS_NODE={modules}", node, HERE / "peers/imapflow.mjs"]
    else:
        print(f"ImapFlow: missing; needs node, and npm install --prefix {modules} imapflow")
    options = []
    for name, command in peers.items():
        options += ["--peer", f"{name}={shlex.join(map(str, command))}"]
    sys.exit(subprocess.run([build / "bench/end_to_end", *options, *sys.argv[2:]], check=False).returncode)


if __name__ == "__main__":
    main()
