#!/usr/bin/env python3
"""run.py WAY: one way in which a user meets the library; the ways are prefix, find_package, pkg_config, subdirectory.

"prefix" installs the build into a fresh directory and looks at what was installed; the others build the consumer project
(consumer/) and run it.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def run(*command, env=None, cwd=None):
    command = [str(word) for word in command]
    print("+", *command, flush=True)
    done = subprocess.run(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        print(done.stdout)
        sys.exit(f"failed with {done.returncode}: {' '.join(command)}")
    return done.stdout


def require(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


def fresh(directory):
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def find(prefix, name):
    return sorted(prefix.rglob(name))


def prefix(args):
    target = args.work / "prefix"
    shutil.rmtree(target, ignore_errors=True)
    run(args.cmake, "--install", args.build, "--prefix", target)
    for name in ("libimapxx.a", "imapxx-config.cmake", "imapxx.pc", "version.hpp"):
        require(len(find(target, name)) == 1, f"{name} is installed once")

    for path in target.rglob("*"):
        if path.is_file() and path.suffix in {".cmake", ".pc", ".hpp", ".1"}:
            text = path.read_text()
            require(str(args.source) not in text and str(args.build) not in text, f"{path} names no path of the build")

    public = {path.relative_to(args.source / "include") for path in (args.source / "include").rglob("*.hpp")}
    missing = [header for header in public if not (target / "include" / header).exists()]
    require(not missing, f"all public headers are installed, but {missing}")

    shared = find(target, "libimapxx.so.0")
    if not shared:
        return
    dynamic = run("readelf", "-d", shared[0])
    require("soname: [libimapxx.so.0]" in dynamic, "the SONAME carries the ABI version")
    for library in ("libgmime", "libfmt"):
        require(library not in dynamic, f"the library does not need {library}")
    # Only imapxx's own names leave the library, and all of them carry the version namespace.
    symbols = run("nm", "-DC", "--defined-only", shared[0]).splitlines()
    names = [line.split(maxsplit=2)[2] for line in symbols]
    own = [name for name in names if "imapxx::v0::" in name]
    require(own, "the library exports something")
    # Instantiations of the standard library, and what the compiler makes for a class, go along with our names.
    generated = ("std::", "typeinfo", "vtable", "guard", "virtual thunk", "non-virtual thunk")
    foreign = [name for name in names if name not in own and not name.startswith(generated) and " std::" not in name]
    require(not foreign, f"only names of imapxx::v0 are exported, but {foreign[:10]}")
    hidden = re.compile(r"^imapxx::v0::(?:(?:base|codec|core|filter|blocking)::|\w+::impl::)")
    private = [name for name in own if hidden.match(name)]
    require(not private, f"private names are hidden, but {private[:10]}")
    tool = target / "bin/imapxx"
    if tool.exists():
        require("imapxx" in run(tool, "--version"), "imapxx --version works from the prefix")


def environment(target):
    libraries = {str(path.parent) for path in find(target, "libimapxx.a")}
    env = dict(os.environ)
    env["PKG_CONFIG_PATH"] = ":".join(f"{library}/pkgconfig" for library in libraries)
    env["LD_LIBRARY_PATH"] = ":".join(sorted(libraries))
    return env


def build_and_run(args, name, *options, env=None):
    build = fresh(args.work / name)
    run(args.cmake, "-S", HERE / "consumer", "-B", build, "-G", args.generator, f"-DCMAKE_CXX_COMPILER={args.cxx}",
        "-DCMAKE_BUILD_TYPE=None", *options)
    run(args.cmake, "--build", build, "-j2")
    for program in sorted(build.glob("consumer*")):
        if program.is_file() and os.access(program, os.X_OK):
            print(run(program, env=env))


def find_package(args):
    build_and_run(args, "find_package", f"-DCMAKE_PREFIX_PATH={args.work / 'prefix'}", "-DWAY=find_package")


def pkg_config(args):
    target = args.work / "prefix"
    env = environment(target)
    build = fresh(args.work / "pkg_config")

    def flags(*options):
        return run("pkg-config", *options, env=env).split()

    def compile_and_run(name, source, words):
        run(args.cxx, "-std=c++20", HERE / "consumer" / source, "-o", build / name, *words)
        print(run(build / name, env=env))

    compile_and_run("shared", "main.cpp", flags("--cflags", "--libs", "imapxx"))
    words = flags("--static", "--cflags", "--libs", "imapxx")
    compile_and_run("static", "main.cpp", [":".join(("-l", "libimapxx.a")) if word == "-limapxx" else word for word in words])
    require("libimapxx" not in run("readelf", "-d", build / "static"), "the static program needs no libimapxx.so")
    if find(target, "imapxx-testserver.pc"):
        compile_and_run("server", "server_main.cpp", flags("--cflags", "--libs", "imapxx", "imapxx-testserver"))
    if find(target, "imapxx-testserver.pc") and find(target, "imapxx-asio.pc"):
        coroutines = ["-DASIO_HAS_CO_AWAIT=1"] if "clang" in str(args.cxx) else []
        compile_and_run("async", "async_main.cpp", coroutines + flags("--cflags", "--libs", "imapxx-asio", "imapxx-testserver"))


def subdirectory(args):
    build_and_run(args, "subdirectory", "-DWAY=subdirectory", f"-DIMAPXX_SOURCE={args.source}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=["prefix", "find_package", "pkg_config", "subdirectory"])
    for name in ("--source", "--build", "--work"):
        parser.add_argument(name, type=lambda text: pathlib.Path(text).resolve(), required=True)
    for name in ("--cxx", "--cmake", "--generator"):
        parser.add_argument(name, required=True)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    globals()[args.way](args)


if __name__ == "__main__":
    main()
