#!/usr/bin/env python3
"""Checks the layering rule: which directory may include what. Reads only #include lines; exit 1 and one line per violation.

A row of LAYERS names the private directories (below src/) whose headers a directory may include beside its own.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

LAYERS = {
    "base": [],
    "wire": ["base"],
    "model": ["base"],
    "codec": ["base", "wire", "model"],
    "commands": ["base", "wire", "model", "codec"],
    "filter": ["base"],
    "core": ["base", "wire", "model", "codec", "commands", "filter"],
    "blocking": ["base", "wire", "model", "codec", "commands", "filter", "core"],
    "asio": ["base", "wire", "model", "codec", "commands", "filter", "core"],
    "imaplib": ["base", "wire", "model", "codec", "commands", "filter", "core", "blocking"],
    "mime": ["base"],
}
# Of core, the drivers see only the connection and what it hands out.
DRIVER_CORE_HEADERS = {"core/connection.hpp", "core/engine.hpp", "core/fetch_spool.hpp", "core/operation.hpp", "core/append_operation.hpp", "core/connect_operation.hpp", "core/download_operation.hpp", "core/fetch_operation.hpp", "core/idle_operation.hpp", "core/move_operation.hpp", "core/plain_operations.hpp", "core/start_operation.hpp"}
# The test server must not share the client's parser: a bug in it would be hidden by the same bug on the other side.
TESTSERVER_LAYERS = {"base", "wire", "model", "filter"}

# Third-party headers, and the only places that may include them (prefixes relative to the root).
THIRD_PARTY = [
    (re.compile(r"^openssl/"), ["src/filter/", "testserver/src/", "tests/", "bench/"]),
    (re.compile(r"^zlib\.h$"), ["src/filter/", "testserver/src/", "tests/", "bench/"]),
    (re.compile(r"^gsasl"), ["src/filter/", "testserver/src/sasl.cpp", "tests/"]),
    (re.compile(r"^gmime/"), ["src/mime/", "testserver/src/", "tests/"]),
    (re.compile(r"^(boost/)?asio"), ["src/asio/", "include/imapxx/asio.hpp", "include/imapxx/asio/", "tests/", "bench/", "examples/", "fuzz/"]),
    (re.compile(r"^CLI/"), ["tools/"]),
    (re.compile(r"^nlohmann/"), ["fuzz/fuzz_decode.cpp", "tools/", "tests/"]),
    (re.compile(r"^fmt/"), ["src/", "tools/", "testserver/src/", "tests/"]),
    (re.compile(r"^(gtest|gmock)/"), ["tests/"]),
]
# CLI11 takes 13 s to compile: one source sees it.
CLI11_ONLY_IN = "tools/imapxx/args.cpp"
BANNED_STD = {"iostream", "regex"}
BANNED_IN = ("src/", "include/", "testserver/")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def includes(path):
    text = path.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def sources(*directories):
    for directory in directories:
        for path in sorted((ROOT / directory).rglob("*")):
            if path.suffix in {".hpp", ".cpp", ".h"} and path.is_file():
                yield path, path.relative_to(ROOT).as_posix()


def check_private(name, target):
    """A quoted include of a private header, from file `name`."""
    layer = target.split("/")[0]
    if layer not in LAYERS or not (ROOT / "src" / target).exists():
        return None
    if name.startswith("src/"):
        own = name.split("/")[1]
        if layer == own:
            return None
        if layer not in LAYERS.get(own, []):
            return f"layer '{own}' may not include layer '{layer}'"
        if own in {"blocking", "asio"} and layer == "core" and target not in DRIVER_CORE_HEADERS:
            return f"a driver sees only {', '.join(sorted(DRIVER_CORE_HEADERS))} of core"
    elif name.startswith("testserver/"):
        if layer not in TESTSERVER_LAYERS:
            return f"the test server may not include layer '{layer}'"
    elif name.startswith(("tools/", "examples/")):
        return "tools and examples use public headers only"
    elif name.startswith("include/"):
        return "a public header includes a private one"
    return None


def check(name, kind, target):
    public = name.startswith("include/") or name.startswith("testserver/include/")
    if kind == '"':
        if public:
            return "public headers include other public headers as <imapxx/...>"
        return check_private(name, target)
    for pattern, allowed in THIRD_PARTY:
        if not pattern.match(target):
            continue
        if not name.startswith(tuple(allowed)):
            return f"<{target}> is not allowed here"
        if pattern.pattern == "^CLI/" and name != CLI11_ONLY_IN:
            return f"CLI11 is included only by {CLI11_ONLY_IN}"
        if pattern.pattern == "^fmt/" and not name.endswith(".cpp"):
            return "fmt is included by .cpp files only"
        return None
    if target in BANNED_STD and name.startswith(BANNED_IN):
        return f"<{target}> is banned here"
    if target.startswith("imapxx/"):
        if target.startswith("imapxx/testserver/") and not name.startswith(
            ("testserver/", "tools/", "tests/", "examples/", "bench/", "fuzz/")
        ):
            return "the library does not know the test server"
        found = (ROOT / "include" / target).exists() or (ROOT / "testserver/include" / target).exists()
        return None if found else f"no such public header <{target}>"
    if public and "." in target and target not in {"sys/types.h"}:
        return f"a public header includes only <std> and <imapxx/...>, not <{target}>"
    return None


def main():
    bad = 0
    count = 0
    for path, name in sources("include", "src", "testserver", "tools", "examples", "fuzz", "bench", "tests"):
        count += 1
        for line, kind, target in includes(path):
            problem = check(name, kind, target)
            if problem:
                bad += 1
                print(f"{name}:{line}: {problem}")
    print(f"{count} files, {bad} violations of the layering rule")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
