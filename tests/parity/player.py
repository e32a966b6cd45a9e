"""player.py IMAPLIB: plays scripts through that imaplib.py. Reads one job as JSON from each line, answers with one line.

parity_runner.cpp is the same for imapxx::imaplib; the two must mean the same by every call.
"""
import importlib.util
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from script import decode  # noqa: E402

NOT_SENDABLE = (ValueError, TypeError, IndexError, KeyError, AssertionError, AttributeError)
ATTRIBUTES = {"capabilities", "PROTOCOL_VERSION", "utf8_enabled", "is_readonly", "welcome", "state", "tagnum",
              "continuation_response", "host", "debug"}


def load(path):
    spec = importlib.util.spec_from_file_location("imaplib_reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def without_tag(text, tag):
    """In tags, and alone in quotes: the same letters may stand in a server's word."""
    return re.sub(rf"(?<![A-Za-z0-9]){tag}(?=\d)|(?<='){tag}(?=')", "TTTT", text)


def name_of(imaplib, exception):
    for cls in ("readonly", "abort", "error"):
        if isinstance(exception, getattr(imaplib.IMAP4, cls)):
            text = exception.args[0] if exception.args else ""
            return f"{cls}: {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
    if isinstance(exception, OSError):
        return "OSError"
    if isinstance(exception, NOT_SENDABLE):
        return "invalid"
    return type(exception).__name__  # a defect: MemoryError and the like


def traced(imaplib, base, lines):
    """The class, but its debug output goes to `lines`."""

    class Traced(base):
        def _mesg(self, s, secs=None):
            lines.append(s)

    return Traced


def connect(imaplib, job, lines):
    transport = job.get("transport", "plain")
    if transport == "stream":
        return traced(imaplib, imaplib.IMAP4_stream, lines)(job["command"])
    cls = imaplib.IMAP4_SSL if transport == "tls" else imaplib.IMAP4
    return traced(imaplib, cls, lines)(job["host"], job["port"], timeout=job.get("timeout"))


def authenticate(m, mechanism, answers):
    challenges, left = [], list(answers)

    def respond(challenge):
        challenges.append(challenge)
        return left.pop(0)

    try:
        return f"{m.authenticate(mechanism, respond)!r} after {challenges!r}"
    except m.error as e:
        raise type(e)(f"{e.args[0].decode() if isinstance(e.args[0], bytes) else e.args[0]} after {challenges!r}")


def idle(m, count, duration):
    """`count` responses, or all until the duration is over when it is None."""
    items = []
    with m.idle(duration) as idler:
        for item in idler:
            items.append(item)
            if len(items) == count:
                break
    return repr(items)


def idle_burst(m, interval, duration):
    with m.idle(duration) as idler:
        return repr(list(idler.burst(interval)))


def play(m, method, args):
    args = [decode(a) for a in args]
    if method == "=":
        (name,) = args
        if name == "untagged_responses":
            return repr(dict(sorted(m.untagged_responses.items())))
        if name not in ATTRIBUTES:
            raise RuntimeError(f"no such attribute here: {name}")
        return repr(getattr(m, name))
    if method == "authenticate":
        return authenticate(m, *args)
    if method == "idle":
        return idle(m, *args)
    if method == "idle_burst":
        return idle_burst(m, *args)
    return repr(getattr(m, method)(*args))


def run(imaplib, commands, job):
    results, lines, m = [], [], None
    imaplib.Commands = dict(commands)  # without what xatom added in other scripts
    imaplib.Debug = job.get("debug", 0)
    try:
        m = connect(imaplib, job, lines)
        results.append({"result": "connected", "state": m.state})
    except Exception as e:
        return {"results": [{"result": name_of(imaplib, e), "state": ""}], "untagged": "", "log": lines}
    for method, args in job["calls"]:
        try:
            result = play(m, method, args)
        except Exception as e:
            result = name_of(imaplib, e)
        results.append({"result": result, "state": m.state})
    untagged = repr(dict(sorted(m.untagged_responses.items())))
    tag = m.tagpre.decode()  # random: not compared
    for result in results:
        result["result"] = without_tag(result["result"], tag)
    m.debug = 0
    try:
        m.__exit__(None, None, None)
    except Exception:
        pass
    try:
        m.shutdown()
    except Exception:
        pass
    return {"results": results, "untagged": untagged, "log": [without_tag(line, tag) for line in lines]}


def main():
    imaplib = load(sys.argv[1])
    commands = dict(imaplib.Commands)
    for line in sys.stdin:
        print(json.dumps(run(imaplib, commands, json.loads(line))), flush=True)


main()
