#!/bin/bash
# run_fuzz.sh DIR SECONDS [FUZZER...]: each fuzz_* program in DIR, or only these, for SECONDS each, JOBS of them at a time.
#
# Starts from fuzz/seeds and fuzz/corpus; new inputs stay in DIR/corpus, findings in DIR/crashes, outputs in DIR/logs.
# Inputs that once broke something (fuzz/old_crashes) are run first. Prints how often each program ran its input and how
# many branches it knows, and a total; ends with 1 when anything was found. FUZZ_RUNS=n: at
# most so many runs (with SECONDS 0: exactly so many).
# FUZZ_SEED=n: the same inputs each time, as far as the time goes.
set -euo pipefail
cd "$(dirname "$0")/.."
# A small quarantine and short stack records: more than twice as many inputs a second. ASAN_OPTIONS of the caller come last and win.
export ASAN_OPTIONS=quarantine_size_mb=4:malloc_context_size=5:detect_stack_use_after_return=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
dir=$1 seconds=$2
shift 2

# one PROGRAM: its line of the table; 1 when it found something.
one() {
    local program=$1 name=${1##*/}
    local corpus=$dir/corpus/$name log=$dir/logs/$name.log
    mkdir -p "$corpus" "$dir/crashes" "$dir/logs"
    local inputs=("$corpus") old=fuzz/old_crashes/$name place
    for place in "fuzz/seeds/$name" "fuzz/corpus/$name"; do
        if [ -d "$place" ]; then inputs+=("$place"); fi
    done
    local limit=(-max_total_time="$seconds")
    if [ -n "${FUZZ_RUNS:-}" ]; then limit+=(-runs="$FUZZ_RUNS"); fi
    if [ -n "${FUZZ_SEED:-}" ]; then limit+=(-seed="$FUZZ_SEED"); fi
    if [ -d "$old" ] && ! "$program" "$old"/* >"$log" 2>&1; then
        printf '%-20s an old finding is back: %s\n' "$name" "$log"
        return 1
    fi
    local status=0
    "$program" "${limit[@]}" -timeout=10 -rss_limit_mb=1024 -dict=fuzz/imap.dict -artifact_prefix="$dir/crashes/$name-" \
        -print_final_stats=1 "${inputs[@]}" >"$log" 2>&1 || status=$?
    local runs speed branches
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
    speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log" | tail -1)
    branches=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
    printf '%-20s %10s runs %8s a second %7s branches%s\n' "$name" "${runs:-0}" "${speed:-?}" "${branches:-?}" \
        "$([ $status = 0 ] || echo "   FOUND: $log")"
    return $status
}

programs=()
if [ $# -gt 0 ]; then
    for name in "$@"; do programs+=("$dir/$name"); done
else
    for program in "$dir"/fuzz_*; do
        if [ -f "$program" ] && [ -x "$program" ]; then programs+=("$program"); fi
    done
fi
[ ${#programs[@]} -gt 0 ] || { echo "run_fuzz: no fuzzers in $dir" >&2; exit 2; }

table=$(mktemp)
trap 'rm -f "$table"' EXIT
export -f one
export dir seconds
found=0
printf '%s\0' "${programs[@]}" | xargs -0 -n 1 -P "${JOBS:-2}" bash -c 'one "$1" || exit 1' run_fuzz | tee "$table" || found=1
awk '{ total += $2 } END { printf "total: %d runs of %d fuzzers\n", total, NR }' "$table"
exit $found
