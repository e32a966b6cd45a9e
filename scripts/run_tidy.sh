#!/bin/bash
# run_tidy.sh BUILD_DIR [FILE...]: clang-tidy over our own sources (not the tests), with the compile database of BUILD_DIR, a
# build with clang. Files that passed and did not change since (nor anything they include) are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
shift
jobs=${JOBS:-$(nproc)}
[ -s "$build/compile_commands.json" ] || { echo "$build has no compile_commands.json; configure it first" >&2; exit 2; }
if [ $# -gt 0 ]; then files=("$@"); else mapfile -t files < <(git ls-files -- 'src/*.cpp' 'testserver/*.cpp' 'tools/*.cpp' 'examples/*.cpp'); fi

# A source's fingerprint: its preprocessed text, this configuration and the tool's version.
export build stamps=$build/tidy
mkdir -p "$stamps"
settings=$(cat .clang-tidy scripts/run_tidy.sh <(clang-tidy-19 --version) | sha256sum)
export settings
python3 - "$build/compile_commands.json" "${files[@]}" >"$stamps/commands" <<'PY'
import json, os, shlex, sys
root = os.getcwd()
commands = {os.path.relpath(e["file"], root): e for e in json.load(open(sys.argv[1]))}
for name in sys.argv[2:]:
    entry = commands.get(os.path.relpath(name, root))
    if entry is None:
        print(f"{name}: not in the compile database, skipped", file=sys.stderr)
        continue
    words, keep, skip = shlex.split(entry["command"]), [], False
    for word in words:
        if skip: skip = False
        elif word in ("-o", "-MF", "-MT"): skip = True
        elif word in ("-c", "-MD") or word == "ccache": pass
        else: keep.append(word)
    print(name + "\t" + shlex.join(keep + ["-E", "-P", "-w"]))
PY

one() {
    local file=${1%%$'\t'*} command=${1#*$'\t'} stamp output
    stamp=$stamps/$(printf %s "$file" | tr / _).ok
    local print
    print=$(cd "$build" && eval "$command" 2>/dev/null | { cat; printf %s "$settings"; } | sha256sum) || true
    print+=" $(sha256sum <"$file")"
    [ -s "$stamp" ] && [ "$(cat "$stamp")" = "$print" ] && return 0
    if output=$(clang-tidy-19 --quiet -p "$build" "$file" 2>/dev/null); then
        printf %s "$print" >"$stamp"
    else
        printf '%s\n' "$output"
        return 1
    fi
}
export -f one
code=0
xargs -a "$stamps/commands" -d '\n' -P "$jobs" -n1 bash -c 'one "$1"' _ || code=1
[ $code = 0 ] && echo "clang-tidy: $(wc -l <"$stamps/commands") files are clean"
exit $code
