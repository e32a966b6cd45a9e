#!/bin/bash
# with_server.sh start|stop|run SERVER STATE_DIR [COMMAND...]: how CTest uses servers/SERVER.sh.
# start and stop are the fixture; run gives COMMAND the environment of the running server. Exit code 77 means "skipped: no
# such server here", which is a failure where all servers must be there (CI=true).
set -euo pipefail
action=$1 server=$2 state=$3
shift 3
script=$(dirname "$0")/servers/$server.sh

skip() {
    printf '%s\n' "$*" >&2
    [ "${CI:-}" = true ] && exit 1
    exit 77
}

case $action in
start)
    "$script" stop "$state" || true
    code=0
    "$script" start "$state" >/dev/null || code=$?  # it prints the password too
    [ $code = 77 ] && skip "$server cannot run here"
    exit $code
    ;;
stop)
    exec "$script" stop "$state"
    ;;
run)
    environment=$("$script" status "$state") || skip "$server does not run"
    set -a
    eval "$environment"
    exec "$@"
    ;;
esac
