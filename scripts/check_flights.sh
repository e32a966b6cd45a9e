#!/bin/bash
# check_flights.sh PROGRAM: proves with strace that each flight of commands leaves by one send, and that TCP_NODELAY is set.
# PROGRAM (tests/flights/flights.cpp) writes a mark before each part: "MARK n what", n being the sends that are due.
# Exit code 77: strace is missing, or may not trace here.
set -euo pipefail
program=$1
command -v strace >/dev/null || { echo "check_flights: skipped: strace is not installed (scripts/deps.sh bench)" >&2; exit 77; }
trace=$(mktemp)
trap 'rm -f "$trace"' EXIT
strace -o "$trace" true 2>/dev/null || { echo "check_flights: skipped: strace may not trace here" >&2; exit 77; }
strace -s 60 -e trace=sendto,sendmsg,write,writev,setsockopt,connect -o "$trace" "$program" 2>/dev/null ||
    { echo "check_flights: $program failed"; "$program" || true; exit 1; }
awk '
    /^setsockopt\([0-9]+, SOL_TCP, TCP_NODELAY, \[1\]/ { ++undelayed }
    /^connect\([0-9]+, \{sa_family=AF_INET/ { ++connections }
    /^write\(2, "MARK / {
        if (what != "" && sends != due) { printf "check_flights: %d sends instead of %d: %s\n", sends, due, what; bad = 1 }
        else if (what != "" && due > 0) printf "%d send%s: %s\n", due, due == 1 ? "" : "s", what
        split($0, quoted, "\""); text = substr(quoted[2], 6); sub(/\\n$/, "", text)
        due = text + 0; sub(/^[0-9]+ /, "", text); what = due == 0 ? "" : text; sends = 0; ++marks
        next
    }
    /^(sendto|sendmsg|writev)\(/ { ++sends }
    END {
        if (marks < 6) { print "check_flights: the program made no marks"; bad = 1 }
        if (connections == 0 || undelayed < connections) {
            printf "check_flights: %d connections, TCP_NODELAY set %d times\n", connections, undelayed; bad = 1
        } else printf "TCP_NODELAY on each of %d connections\n", connections
        exit bad
    }' "$trace"
