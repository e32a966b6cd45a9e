#!/bin/bash
# run_fuzz.sh DIR SECONDS: every fuzz_* program in DIR for SECONDS each, with its seeds; new inputs stay in DIR/corpus, crashes
# in DIR/crashes. Inputs of old crashes (fuzz/old_crashes/<fuzzer>) are run first.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$1 seconds=$2
found=0
for program in "$dir"/fuzz_*; do
    [ -f "$program" ] && [ -x "$program" ] || continue
    found=1
    name=${program##*/}
    corpus=$dir/corpus/$name
    mkdir -p "$corpus" "$dir/crashes"
    old=fuzz/old_crashes/$name
    if [ -d "$old" ] && [ -n "$(ls "$old")" ]; then "$program" "$old"/*; fi
    extra=()
    [ -d "fuzz/seeds/$name" ] && extra+=("fuzz/seeds/$name")
    [ -f fuzz/imap.dict ] && extra+=(-dict=fuzz/imap.dict)
    echo "== $name, $seconds s"
    "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -artifact_prefix="$dir/crashes/$name-" -print_final_stats=1 \
        "$corpus" "${extra[@]}" 2>&1 | tail -n 12
done
[ $found = 1 ] || echo "there are no fuzzers yet"
