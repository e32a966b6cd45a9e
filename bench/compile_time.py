"""How long a user's source takes to compile: one that uses the blocking client, and one that uses the asynchronous one.

    python3 bench/compile_time.py [--compiler g++] [--rounds 5] [--fail-above RATIO]

Each round compiles all of them one after the other, as the machine's other load changes; what is told are the medians of the
processor's time (user and system), and the ratios to a bare source of the same kind: `#include <string>` and `<vector>`, and a
coroutine on Asio alone. "Precompiled": imapxx's header was compiled before, once for all sources of a target, as CMake's
`target_precompile_headers` does.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
ASIO = ["-DASIO_STANDALONE", "-DASIO_SEPARATE_COMPILATION", "-DASIO_HAS_STD_ALIGNED_ALLOC=1"]

SOURCES = {
    "bare": ([], "", """
#include <string>
#include <vector>
std::vector<std::string> words() { return {"one", "two"}; }
"""),
    "blocking": ([], "bare", """
#include <imapxx/client.hpp>
#include <string>
#include <vector>
std::vector<std::string> subjects(const imapxx::connect_options& where, const imapxx::credentials& who) {
  imapxx::client c(where);
  c.authenticate_as(who);
  c.select("INBOX");
  std::vector<std::string> all;
  for (const auto& m : c.fetch(imapxx::uid_set::range(1, 50), imapxx::fetch_items().envelope()))
    if (const auto e = m.envelope(); e && e->subject) all.push_back(*e->subject);
  return all;
}
"""),
    "bare Asio coroutine": (ASIO, "", """
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/use_awaitable.hpp>
#include <string>
#include <vector>
asio::awaitable<std::string> work() { co_return "done"; }
void start(asio::io_context& io) { asio::co_spawn(io, work(), asio::detached); }
"""),
    "asynchronous": (ASIO, "bare Asio coroutine", """
#include <imapxx/asio.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <string>
#include <vector>
asio::awaitable<std::vector<std::string>> subjects(imapxx::async_client& c, imapxx::credentials who) {
  co_await c.async_connect(std::move(who));
  co_await c.select("INBOX");
  std::vector<std::string> all;
  const auto rows = co_await c.fetch(imapxx::uid_set::range(1, 50), imapxx::fetch_items().envelope());
  for (const auto& m : rows)
    if (const auto e = m.envelope(); e && e->subject) all.push_back(*e->subject);
  co_return all;
}
void start(asio::io_context& io, imapxx::async_client& c, imapxx::credentials who) {
  asio::co_spawn(io, subjects(c, std::move(who)), asio::detached);
}
"""),
}
PRECOMPILED = {"blocking": "imapxx/client.hpp", "asynchronous": "imapxx/asio.hpp"}
GOALS = {"blocking": 1.0, "asynchronous": 4.5}  # seconds, GCC 12 with -O2


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, env={**os.environ, "CCACHE_DISABLE": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fail-above", type=float, default=0, metavar="RATIO",
                        help="fail when an imapxx source takes more than so many times its bare one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        compiles = {}
        for number, (name, (flags, bare, text)) in enumerate(SOURCES.items()):
            source = folder / f"{number}.cpp"
            source.write_text(text)
            base = [options.compiler, "-std=c++20", "-O2", "-I", str(ROOT / "include"), *flags]
            compiles[name] = (bare, [*base, "-c", str(source), "-o", f"{source}.o"])
            if name in PRECOMPILED:
                header = folder / f"{number}.hpp"
                header.write_text(f"#include <{PRECOMPILED[name]}>\n")
                seconds([*base, "-x", "c++-header", str(header), "-o", f"{header}.gch"])
                compiles[name + ", precompiled"] = (bare, [*base, "-include", str(header), "-c", str(source), "-o", f"{source}.o"])
        times = {name: [] for name in compiles}
        for _ in range(options.rounds):
            for name, (_, command) in compiles.items():
                times[name].append(seconds(command))
    print("| source | seconds of the processor | times its bare source | goal, seconds |\n|---|---|---|---|")
    failed = False
    for name, (bare, _) in compiles.items():
        ratio = statistics.median(a / b for a, b in zip(times[name], times[bare])) if bare else 1
        failed = failed or (options.fail_above > 0 and ratio > options.fail_above)
        print(f"| {name} | {statistics.median(times[name]):.2f} | {ratio:.2f} | {GOALS.get(name.removesuffix(', precompiled'), '')} |")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
