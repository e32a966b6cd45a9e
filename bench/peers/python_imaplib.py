"""Python's imaplib beside imapxx: its answers are octets that are not read any further."""

import imaplib
import os
import resource
import ssl
import sys
import time

imaplib._MAXLINE = 1 << 30  # SEARCH with a million numbers is one line


def status_kib(key):
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key))


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


def small_message(n):  # as small_message.hpp has it
    return (f"From: a@example.org\r\nTo: b@example.org\r\nSubject: message {n}\r\nMessage-ID: <{n}@example.org>\r\n"
            "\r\nText.\r\n").encode()


def write(client, work, messages):
    """APPEND or STORE, one command after another."""
    if work == "store":
        client.select("latency-store")
    start = time.monotonic()
    for n in range(messages):
        if work == "append":
            kind, data = client.append("latency-append", None, None, small_message(n))
        else:
            kind, data = client.uid("STORE", str(n + 1), "+FLAGS.SILENT", "(\\Flagged)")
        if kind != "OK":
            sys.exit(f"{work}: {kind} {data}")
    return (time.monotonic() - start) * 1000


def main():
    port, work, tls, messages = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "1", int(sys.argv[4])
    if work == "base64":
        sys.exit(77)  # nothing is decoded on the way
    items = {"flags": "(UID FLAGS)", "envelopes": "(ENVELOPE BODYSTRUCTURE INTERNALDATE RFC822.SIZE)"}.get(work, "BODY.PEEK[]")
    if tls:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        client = imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=context)
    else:
        client = imaplib.IMAP4("127.0.0.1", port)
    client.login(os.environ.get("IMAPXX_PEER_USER", "a"), os.environ.get("IMAPXX_PEER_PASSWORD", "b"))
    if work in ("append", "store"):
        print(write(client, work, messages), 0, 0)
        return
    client.select("INBOX", readonly=True)
    idle = status_kib("VmRSS:")
    with open("/proc/self/clear_refs", "w", encoding="ascii") as refs:
        refs.write("5")
    cpu, start = cpu_ms(), time.monotonic()
    if work == "search":
        _, data = client.uid("SEARCH", "ALL")
        count = len(data[0].split())
    else:
        _, data = client.uid("FETCH", "1:*", items)
        if work == "literal":
            body = next(part[1] for part in data if isinstance(part, tuple))
            with open("/dev/shm/imapxx-bench", "wb") as target:
                target.write(body)
            count = len(body) >> 20
        elif work == "bodies":
            count = sum(isinstance(part, tuple) for part in data)
        else:
            count = len(data)
    wall, cpu = (time.monotonic() - start) * 1000, cpu_ms() - cpu
    if count != messages:
        sys.exit(f"{count} answers, not {messages}")
    print(wall, cpu, (status_kib("VmHWM:") - idle) / 1024)


main()
