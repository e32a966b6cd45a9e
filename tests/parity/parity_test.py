"""Plays every script of *.calls through Python's imaplib and through imapxx::imaplib and compares all that can be seen: the
octets sent, the result of each call, the state behind it, what stays in untagged_responses, the debug output.

parity_test.py scripted     against the scripted server (server.py)
parity_test.py live         against the server whose environment it finds (interop/with_server.sh run ...)
parity_test.py ... PATTERN  only scripts whose name matches, and all that was seen is printed
parity_test.py python ...   Python 3.11 and 3.15 with each other instead: what the versions differ in

Differences are allowed by rules.json only. Exit code 77: something is missing here (an error where CI=true).
"""
import imaplib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import reference  # noqa: E402
from script import all_calls, read  # noqa: E402
from server import Relay, Scripted, tls_context  # noqa: E402

MAX_RULES = 30
PATIENCE = 60  # seconds for one script
PASSWORD = os.environ.get("IMAPXX_TEST_PASSWORD", "pass")  # of the live server


def skip(why):
    print(f"parity: {why}", file=sys.stderr)
    sys.exit(1 if os.environ.get("CI") == "true" else 77)


class Player:
    """A child process that plays one script at a time."""

    def __init__(self, *command):
        self.command, self.process = command, None

    def start(self):
        environment = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def play(self, job):
        if self.process is None:
            self.start()
        timer = threading.Timer(PATIENCE, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write(json.dumps(job).encode() + b"\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except OSError:
            line = b""
        timer.cancel()
        if not line:
            code = self.process.wait()
            self.process = None
            return {"results": [], "untagged": "", "log": [], "died": f"the player died (exit code {code})"}
        return json.loads(line)


def job_for(script, profile, port, certificates):
    before, calls = all_calls(script)
    job = {"host": "127.0.0.1", "port": port, "profile": profile, "calls": before + calls, **script.settings}
    if job.get("transport") == "stream":
        job["command"] = f"exec '{sys.executable}' -B '{HERE}/pipe.py' {port}"
    if certificates and job.get("trust") != "nothing":
        job["ca"] = str(certificates / "ca.pem")
    return job


def normal_wire(octets):
    """The octets of a client. Its tags, whose beginning is random, are all T: that they differ is the server's business."""
    first = re.match(rb"([A-Za-z]+)\d+ ", octets)
    if first:
        octets = re.sub(rb"(?m)^" + first[1] + rb"\d+(?= )", b"T", octets)
    return octets.decode("latin-1")


def normal_result(text):
    """Without tags and without the operating system's words."""
    text = re.sub(r"TTTT\d+", "TTTT", text)
    return re.sub(r"socket error: (?!EOF|unterminated).*", "socket error: (system)", text)


# What a live server says anew each time: durations, UIDVALIDITY, modification sequences, identifiers, challenges.
VARYING = [
    (re.compile(r"\(\d+\.\d+ \+ [^)]*?secs\)|\(\d+\.\d+ secs?\)|in \d+\.\d+ secs?"), "(time)"),
    (re.compile(r"\b\d{9,}\b"), "NUMBER"),
    (re.compile(r"('(?:HIGHESTMODSEQ|MAILBOXID)': )\[[^\]]*\]"), r"\1N"),
    (re.compile(r"(HIGHESTMODSEQ|MODSEQ|MAILBOXID) \(?\w+\)?"), r"\1 N"),
    (re.compile(r"APPENDUID NUMBER \d+"), "APPENDUID"),
    (re.compile(r"(SESSIONID=<|session=<)[^>]*>"), "SESSION"),
    (re.compile(r"(?<=AUTHENTICATE CRAM-MD5\r\n)\S+"), "RESPONSE"),
    (re.compile(r" after \[.*\]"), " after CHALLENGES"),
]


def normal_live(text):
    for pattern, to in VARYING:
        text = pattern.sub(to, text)
    return text


class Place:
    """Where scripts are played: the scripted server or a live one."""

    def __init__(self, live, certificates, tls):
        self.live, self.certificates, self.tls = live, certificates, tls

    def observe(self, player, script, profile):
        """\\return what was seen, as an ordered list of (what, text)."""
        if self.live:
            prepare_live(self.live)
            server = Relay(self.live["host"], self.live["port"])
        else:
            server = Scripted(script, self.tls)
        result = player.play(job_for(script, profile, server.port, self.certificates))
        wire = normal_wire(server.finish())
        before, calls = all_calls(script)
        names = ["IMAP4"] + [f"{m}({', '.join(map(repr, a))})" for m, a in before + calls]
        seen = []
        for name, one in zip(names, result["results"]):
            seen.append((f"{name}: result", normal_result(one["result"])))
            seen.append((f"{name}: state", one["state"]))
        if "died" in result:
            seen.append(("died", result["died"]))
        seen.append(("untagged_responses", result["untagged"]))
        seen.append(("wire", wire))
        if script.settings.get("debug"):
            # Without the times, Python's own version, and its regular expressions.
            seen.append(("log", "\n".join(re.sub(r"^ *\d\d:\d\d\.\d\d ", "", normal_result(line)) for line in result["log"]
                                            if not line.startswith(("imaplib version", "\tmatched ")))))
        return [(what, normal_live(text)) for what, text in seen] if self.live else seen


STANDING = {"INBOX", "Drafts", "Sent", "Junk", "Trash", "Archive", "template"}


def prepare_live(live):
    """The mailboxes of the live scripts, always the same."""
    m = imaplib.IMAP4(live["host"], live["port"])
    m.login("user5", PASSWORD)
    for row in m.list()[1]:
        name = re.search(rb'("(?:[^"\\]|\\.)*"|\S+)\Z', row)[1]
        if name.strip(b'"').decode() not in STANDING:
            m.delete(name)
            m.unsubscribe(name)
    for name in ("parity", "copies"):
        m.create(name)
    m.create("template")
    if m.select("template")[1] != [b"5"]:
        for number in range(1, 6):
            text = f"From: a{number}@example.org\r\nTo: b@example.org\r\nSubject: number {number}\r\n"
            text += f"Message-ID: <{number}@example.org>\r\nDate: Mon, 0{number} Jan 2024 10:00:00 +0000\r\n\r\nbody {number}\r\n"
            m.append("template", r"(\Seen)" if number % 2 else None, f'"0{number}-Jan-2024 10:00:00 +0000"', text.encode())
        m.noop()
    m.copy("1:5", "parity")  # one step, where five APPENDs write to the disk five times
    m.logout()


class Rules:
    def __init__(self, path, live):
        everything = json.loads(path.read_text())
        if len(everything) > MAX_RULES:
            sys.exit(f"{path}: {len(everything)} rules, {MAX_RULES} are allowed")
        for rule in everything:
            if not rule.get("clause") or not rule.get("why"):
                sys.exit(f"{path}: a rule without clause or reason: {rule}")
        self.rules = [r for r in everything if r.get("live", False) == bool(live)]
        self.used = [0] * len(self.rules)

    def allows(self, script, what, python, facade):
        for i, rule in enumerate(self.rules):
            if all(
                re.fullmatch(rule.get(key, ".*"), value, re.DOTALL)
                for key, value in (("script", script.name), ("what", what), ("python", python), ("facade", facade))
            ):
                self.used[i] += 1
                return True
        return False

    def unused(self, profiles):
        return [r for r, n in zip(self.rules, self.used) if not n and not set(r.get("profiles", profiles)).isdisjoint(profiles)]


class Comparison:
    def __init__(self, rules, verbose):
        self.rules, self.verbose, self.lock = rules, verbose, threading.Lock()
        self.calls = self.by_rules = self.unlisted = 0

    def compare(self, script, profile, python, facade):
        differences = []
        for i in range(max(len(python), len(facade))):
            a = python[i] if i < len(python) else ("nothing more", "")
            b = facade[i] if i < len(facade) else ("nothing more", "")
            if a != b:
                differences.append((a, b))
        with self.lock:
            self.calls += script.counted()
            if self.verbose:
                print(f"--- {script.name} [{profile}]")
                for what, text in python:
                    print(f"    {what}: {text!r}")
            for a, b in differences:
                if self.rules and self.rules.allows(script, a[0], a[1], b[1]):
                    self.by_rules += 1
                    continue
                self.unlisted += 1
                difference = (f"*** {script.name} [{profile}]: {a[0]}\n    imaplib: {short(a[1])}\n    imapxx:  "
                              f"{'' if a[0] == b[0] else b[0] + ': '}{short(b[1])}")
                print(difference.replace(PASSWORD, "(password)"))


def short(text):
    return repr(text) if len(text) < 1500 else f"{text[:1500]!r}... ({len(text)})"


def make_certificates(directory):
    """An authority and a certificate for 127.0.0.1 signed by it."""
    if (directory / "complete").exists():
        return directory
    if not shutil.which("openssl"):
        skip("no openssl program")
    directory.mkdir(parents=True, exist_ok=True)

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=directory, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    for name in ("ca", "server"):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
    openssl("req", "-x509", "-new", "-key", "ca.key", "-sha256", "-days", "3650", "-subj", "/CN=parity test", "-out", "ca.pem",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl("req", "-new", "-key", "server.key", "-subj", "/CN=localhost", "-out", "server.csr")
    (directory / "server.ext").write_text(
        "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650", "-sha256",
            "-extfile", "server.ext", "-out", "server.crt")
    (directory / "complete").touch()
    return directory


def live_environment():
    if "IMAPXX_PORT" not in os.environ:
        skip("no live server in the environment")
    return {"host": os.environ["IMAPXX_HOST"], "port": int(os.environ["IMAPXX_PORT"]), "name": os.environ["IMAPXX_SERVER"]}


def main():
    arguments = sys.argv[1:]
    between_pythons = arguments[:1] == ["python"]
    arguments = arguments[1:] if between_pythons else arguments
    mode = arguments[0] if arguments else "scripted"
    pattern = arguments[1] if len(arguments) > 1 else None
    cache = pathlib.Path(os.environ.get("IMAPXX_PARITY_CACHE") or HERE.parent.parent / "build" / "parity")
    cache.mkdir(parents=True, exist_ok=True)
    live = live_environment() if mode == "live" else None
    references, missing = reference.find(cache)
    if "p11" not in references:
        skip(missing[0])
    runner = os.environ.get("IMAPXX_PARITY_RUNNER", "")
    if not between_pythons and not os.access(runner, os.X_OK):
        skip("no parity_runner was built (IMAPXX_PARITY_RUNNER)")
    with reference.alone(cache):
        certificates = make_certificates(cache / "tls")
    place = Place(live, certificates, tls_context(certificates / "server.crt", certificates / "server.key"))
    scripts = read(HERE / ("live.calls" if live else "scripted.calls"))
    if pattern:
        scripts = [s for s in scripts if re.search(pattern, s.name)]
    rules = None if between_pythons else Rules(HERE / "rules.json", live)
    comparison = Comparison(rules, pattern is not None)

    def python(profile):
        interpreter, module, _ = references[profile]
        return Player(interpreter, "-B", str(HERE / "player.py"), str(module))

    def work(profile):
        a = python(profile)
        b = python("p15") if between_pythons else Player(runner)
        for script in scripts:
            if profile in script.profiles:
                seen = place.observe(a, script, profile)
                comparison.compare(script, profile, seen, place.observe(b, script, profile))

    profiles = ["p11"] if between_pythons else sorted(references)
    if live:  # one mailbox: one after the other
        for profile in profiles:
            work(profile)
    else:
        threads = [threading.Thread(target=guarded, args=(work, p, comparison)) for p in profiles]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    if rules and not pattern:
        for rule in rules.unused(profiles):
            comparison.unlisted += 1
            print(f"*** a rule that nothing needs: {rule}")
    where = live["name"] if live else "the scripted server"
    print(f"parity against {where} with {' and '.join(references[p][2] for p in profiles)}: {comparison.calls} calls compared, "
          f"{comparison.by_rules} by listed rules, {comparison.unlisted} unlisted")
    if comparison.unlisted:
        sys.exit(1)
    if missing:  # the other reference was compared, but the whole is not what it should be: a visible skip
        print(f"parity: not compared with Python 3.15: {missing[0]}", file=sys.stderr)
        sys.exit(77)


def guarded(work, profile, comparison):
    try:
        work(profile)
    except BaseException as problem:
        comparison.unlisted += 1
        print(f"*** {profile}: {problem!r}")
        raise


if __name__ == "__main__":
    main()
