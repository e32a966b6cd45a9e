#!/usr/bin/env python3
"""token.py [USER]: prints a JWT that dovecot.sh accepts for OAUTHBEARER and XOAUTH2 (HS256, checked locally by Dovecot)."""

import base64
import hashlib
import hmac
import json
import sys
import time

SECRET = b"imapxx-interop-secret"


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def token(user, now):
    header = {"alg": "HS256", "typ": "JWT"}
    claims = {"sub": user, "iss": "imapxx-interop", "iat": now - 60, "exp": now + 86400}
    body = b".".join(encode(json.dumps(part).encode()) for part in (header, claims))
    return (body + b"." + encode(hmac.new(SECRET, body, hashlib.sha256).digest())).decode()


if __name__ == "__main__":
    print(token(sys.argv[1] if len(sys.argv) > 1 else "user1", int(time.time())))
