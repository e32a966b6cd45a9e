"""imapxx fetch -o DIR against a real server: a whole mailbox comes out as it went in, and one huge message in little memory."""
import contextlib
import hashlib
import imaplib
import os
import random
import re
import ssl
import subprocess
import sys
import tempfile
import time

from tool_server import PASSWORD

MESSAGES = {"dovecot": 2000, "cyrus": 300, "courier": 300, "embedded": 300}
HUGE = {"dovecot": 100 << 20, "embedded": 32 << 20}
MEMORY_LIMIT_KIB = 16 * 1024


def message(seed):
    """A message of random size and content; lines end with CRLF."""
    rng = random.Random(seed)
    lines = [f"Subject: number {seed}", f"Message-ID: <{seed}@example.org>", "From: ann@example.org"]
    if seed % 7 == 0:
        lines.append("Content-Type: text/plain; charset=utf-8")
    lines.append("")
    for _ in range(rng.randrange(1, 60)):
        lines.append("".join(rng.choice("abcdefghij {}()\\\"*%0123456789äöü.") for _ in range(rng.randrange(0, 120))))
    return ("\r\n".join(lines) + "\r\n").encode()


def run(*arguments):
    """Runs the tool. \return its peak memory in KiB: the kernel's own high-water mark, read again and again while it runs."""
    environment = dict(os.environ, IMAPXX_PASSWORD=PASSWORD)
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen([os.environ["IMAPXX_CLI"], *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=errors)
        peak = 0
        while child.poll() is None:
            try:
                with open(f"/proc/{child.pid}/status") as status:
                    name, *rest = status.read().splitlines()
            except OSError:
                continue
            if "imapxx" in name:  # not yet the copy of this process, before exec
                peak = max([peak] + [int(line.split()[1]) for line in rest if line.startswith("VmHWM")])
            time.sleep(0.003)
        if child.returncode != 0:
            errors.seek(0)
            sys.exit(f"{' '.join(arguments)}: exit {child.returncode}\n{errors.read().decode(errors='replace')}")
    return peak


def sanitized():
    """Whether the tool was built with a sanitizer, whose shadow memory counts like any other."""
    with open(os.environ["IMAPXX_CLI"], "rb") as program:
        octets = program.read()
    return b"__asan_init" in octets or b"__tsan_init" in octets


def digest(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


@contextlib.contextmanager
def embedded_server():
    """`imapxx serve` as a child process. \return its port and the file with its certification authority"""
    with tempfile.TemporaryDirectory() as folder:
        ca = os.path.join(folder, "ca.pem")
        command = [os.environ["IMAPXX_CLI"], "serve", "--tls", "--user", f"user3:{PASSWORD}", "--ca-out", ca]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            try:
                lines = []
                for line in child.stdout:
                    lines.append(line)
                    if "test and demo server" in line:
                        break
                else:
                    sys.exit("imapxx serve did not start")
                yield int(re.search(r"127\.0\.0\.1:(\d+)/", lines[0]).group(1)), ca
            finally:
                child.terminate()


def main():
    server = os.environ["IMAPXX_SERVER"]
    if server == "embedded":
        with embedded_server() as (port, ca):
            return download(server, "localhost", port, ca)
    host = os.environ["IMAPXX_HOST"]
    return download(
        server,
        "localhost" if host == "127.0.0.1" else host,
        int(os.environ["IMAPXX_TLS_PORT"]),
        os.environ["IMAPXX_CA_FILE"],
    )


def download(server, host, port, ca):
    context = ssl.create_default_context(cafile=ca)
    box = "INBOX.download" if server == "courier" else "download"
    client = imaplib.IMAP4_SSL(host, port, ssl_context=context)
    client.login("user3", PASSWORD)
    client.delete(box)
    client.create(box)
    stored = [message(i) for i in range(MESSAGES[server])]
    for text in stored:
        client.append(box, None, None, text)
    url = f"imaps://user3@{host}:{port}/{box}"
    with tempfile.TemporaryDirectory() as folder:
        run("fetch", "--ca-file", ca, "-o", folder, url)
        files = sorted((name for name in os.listdir(folder) if name.endswith(".eml")), key=lambda n: int(n.split(".")[0]))
        if len(files) != len(stored):
            sys.exit(f"{len(files)} files for {len(stored)} messages")
        for name, text in zip(files, stored):
            with open(os.path.join(folder, name), "rb") as f:
                if f.read() != text:
                    sys.exit(f"{name} differs from what was stored")
    print(f"{len(stored)} messages of {server}: all files identical")
    if server in HUGE:
        line = b"0123456789abcdef" * 4 + b"\r\n"
        huge = b"Subject: huge\r\n\r\n" + line * (HUGE[server] // len(line))
        client.append(box, None, None, huge)
        client.select(box, readonly=True)
        uid = client.uid("search", None, "SUBJECT", "huge")[1][0].decode()
        client.close()
        with tempfile.TemporaryDirectory() as folder:
            peak = run("fetch", "--ca-file", ca, "-o", folder, url, uid)
            saved = os.path.join(folder, f"{uid}.eml")
            if digest(saved) != hashlib.sha256(huge).hexdigest():
                sys.exit("the huge message differs from what was stored")
        print(f"{len(huge)} octets saved, peak memory {peak} KiB")
        if peak > MEMORY_LIMIT_KIB and not sanitized():
            sys.exit(f"more than {MEMORY_LIMIT_KIB} KiB")
    client.delete(box)
    client.logout()
    return 0


sys.exit(main())
