"""Finds the two imaplib.py that the facade is compared with: Python 3.11's, and Python 3.15's for the default behaviour."""
import contextlib
import fcntl
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

# Pyodide's package for Python 3.15 holds the standard library. Its imaplib.py runs under 3.11 as it is.
PACKAGE = "pyodide@315.0.0-alpha.2"
SHOW = "import imaplib, sys; print('%d.%d' % sys.version_info[:2], sys.executable, imaplib.__file__, sep='\\n')"


def python_311():
    """\\return (interpreter, module) or None."""
    for name in (sys.executable, "/usr/bin/python3", "python3", "python3.11"):
        if not shutil.which(name):
            continue
        shown = subprocess.run([name, "-c", SHOW], capture_output=True, text=True)
        version, *found = shown.stdout.splitlines() or [""]
        if version == "3.11":
            return found
    return None


@contextlib.contextmanager
def alone(cache):
    """The tests of several servers share what lies in the cache, and may ask for it at once."""
    with open(cache / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def module_315(cache):
    """\\return the file, brought with npm at the first time. \\throws RuntimeError with the reason"""
    with alone(cache):
        return bring_315(cache / "imaplib-3.15.py", cache)


def bring_315(module, cache):
    if module.exists():
        return module
    if not shutil.which("npm"):
        raise RuntimeError("no npm to bring Python 3.15's imaplib.py with")
    packed = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(cache), PACKAGE], cwd=cache, capture_output=True, text=True, timeout=300)
    if packed.returncode != 0:
        raise RuntimeError(f"npm pack {PACKAGE} failed: {packed.stderr.strip()[-300:]}")
    archive = cache / packed.stdout.split()[-1]
    library = cache / "python_stdlib.zip"
    with tarfile.open(archive) as tar, open(library, "wb") as out:
        shutil.copyfileobj(tar.extractfile("package/python_stdlib.zip"), out)
    text = zipfile.ZipFile(library).read("imaplib.py")
    unfinished = pathlib.Path(f"{module}.new")
    unfinished.write_bytes(text)
    unfinished.rename(module)
    for big in (archive, library):
        big.unlink(missing_ok=True)
    return module


def find(cache):
    """\\return {profile: (interpreter, module, name)} and what is missing."""
    found = python_311()
    if not found:
        return {}, ["no Python 3.11"]
    references, missing = {"p11": (*found, "Python 3.11")}, []
    try:
        references["p15"] = (found[0], module_315(cache), "Python 3.15")
    except (RuntimeError, OSError, subprocess.TimeoutExpired, KeyError, EOFError, tarfile.TarError) as problem:
        missing.append(str(problem))
    return references, missing
