#!/usr/bin/env python3
"""Reads messages with Python's own email package and prints what it finds, for comparison with imapxx/mime.hpp.

Input (file named by the first argument): "LENGTH\n" and that many octets, repeated.
Output: for each message "message", then for each part in document order "part DEPTH TYPE KIND HEX", HEX being the decoded octets of a leaf.
"""

import email
import sys


def type_of(part):
    return "".join(c if 32 < ord(c) < 127 else "?" for c in part.get_content_type())


def show(part, depth):
    if part.is_multipart():
        kind = "message" if part.get_content_maintype() == "message" else "multipart"
        print("part", depth, type_of(part), kind, "-")
        for child in part.get_payload():
            show(child, depth + 1)
    else:
        octets = part.get_payload(decode=True)
        print("part", depth, type_of(part), "leaf", (octets or b"").hex() or "-")


def main():
    with open(sys.argv[1], "rb") as file:
        while line := file.readline():
            octets = file.read(int(line))
            print("message")
            show(email.message_from_bytes(octets), 0)


if __name__ == "__main__":
    main()
