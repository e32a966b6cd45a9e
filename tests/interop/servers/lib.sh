# shellcheck shell=bash
# lib.sh: what the server scripts share; sourced by them.
#
# usage of each script: SERVER.sh start|stop|status STATE_DIR
#   start   configures and starts the server on 127.0.0.1 and prints its environment (see below); restarts nothing that runs
#   status  prints the environment and exits 0 when the server runs, else exits 1
#   stop    stops it; no error when it does not run
# Everything a server writes lies below STATE_DIR. STATE_DIR/env holds shell assignments for the tests:
#   IMAPXX_SERVER IMAPXX_HOST IMAPXX_PORT (plain and STARTTLS) IMAPXX_TLS_PORT IMAPXX_CA_FILE IMAPXX_STATE_DIR
#   IMAPXX_TEST_PASSWORD
# Users user1 ... user8 with the password IMAPXX_TEST_PASSWORD of the environment, else that in the file
# IMAPXX_TEST_PASSWORD_FILE, else "pass".
# Ports: IMAPXX_PORT_<SERVER> and IMAPXX_TLS_PORT_<SERVER>, or the default of the script, or the next free one.
# Exit code 77: this machine cannot run the server (reason on standard error).
# Nothing is installed here: that is scripts/deps.sh's job.

SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE_ROOT=$(cd "$SCRIPTS/../../.." && pwd)
DEBS=${IMAPXX_DEB_DIR:-$SOURCE_ROOT/build/debs}
PASSWORD=${IMAPXX_TEST_PASSWORD:-$(cat "${IMAPXX_TEST_PASSWORD_FILE:-/dev/null}")}
PASSWORD=${PASSWORD:-pass}
USERS='user1 user2 user3 user4 user5 user6 user7 user8'

say() { printf '%s\n' "$*"; }
cannot() { printf '%s: %s\n' "$SERVER" "$*" >&2; exit 77; }
fail() { printf '%s: %s\n' "$SERVER" "$*" >&2; exit 1; }

# setup_state NAME ARGS...: reads the command line into COMMAND and STATE (absolute).
setup_state() {
    SERVER=$1
    COMMAND=${2:-} STATE=${3:-}
    case $COMMAND in
    start | stop | status) ;;
    *) COMMAND= ;;
    esac
    if [ -z "$COMMAND" ] || [ -z "$STATE" ]; then
        say "usage: $SERVER.sh start|stop|status STATE_DIR" >&2
        exit 2
    fi
    if [ "$COMMAND" = start ]; then
        [ "$(id -u)" = 0 ] || cannot "must be started by root (it drops to the mail user itself)"
        make_state
    fi
    if [ -d "$STATE" ]; then STATE=$(cd "$STATE" && pwd -P); fi
}

# make_state: the directory STATE. The servers run as other users and have sockets there, whose paths are limited to 107
# characters; where that cannot work, STATE is a link to a directory in /var/tmp.
make_state() {
    local real
    mkdir -p "$STATE"
    real=$(cd "$STATE" && pwd -P)
    chmod 755 "$real"
    if [ ${#real} -gt 60 ] || ! setpriv --reuid=mail --regid=mail --clear-groups test -x "$real" 2>/dev/null; then
        real=/var/tmp/imapxx-$SERVER-$(printf %s "$real" | cksum | cut -d' ' -f1)
        mkdir -p -m 755 "$real"
        [ -O "$real" ] && [ ! -L "$real" ] || fail "$real belongs to somebody else"
        rmdir "$STATE" && ln -s "$real" "$STATE" || fail "$STATE is in use; remove it"
    fi
}

# needs PROGRAM PACKAGE...: a program that must be there.
needs() { [ -x "$1" ] || command -v "$1" >/dev/null || cannot "$1 is missing (scripts/deps.sh servers)"; }

alive() { [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }

# stop_pid PIDFILE: asks, waits ten seconds, insists.
stop_pid() {
    alive "$1" || { rm -f "$1"; return 0; }
    local pid
    pid=$(cat "$1")
    kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 100); do
        kill -0 "$pid" 2>/dev/null || { rm -f "$1"; return 0; }
        sleep 0.1
    done
    kill -KILL -- "$pid" 2>/dev/null || true
    rm -f "$1"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

wait_port() {
    for _ in $(seq 150); do
        answers "$1" && return 0
        sleep 0.1
    done
    [ -s "$STATE/log" ] && tail -n 20 "$STATE/log" >&2
    fail "nothing answers on port $1"
}

# choose_ports PLAIN TLS: sets PORT and TLS_PORT. A port given by environment is taken as it is.
choose_ports() {
    local variable=${SERVER^^}
    PORT=$(eval "printf %s \"\${IMAPXX_PORT_$variable:-}\"")
    TLS_PORT=$(eval "printf %s \"\${IMAPXX_TLS_PORT_$variable:-}\"")
    [ -n "$PORT" ] || PORT=$(free_port "$1")
    [ -n "$TLS_PORT" ] || TLS_PORT=$(free_port "$2")
}
free_port() {
    local port=$1
    while answers "$port"; do port=$((port + 1)); done
    printf %s "$port"
}

# make_certificates DIR: a private authority (ca.pem), a certificate for localhost and 127.0.0.1 signed by it (server.crt,
# chain.pem with the authority), and one for the client user1 (SASL EXTERNAL). Kept when already there.
make_certificates() {
    local dir=$1 name subject extensions
    [ -s "$dir/complete" ] && return 0
    mkdir -p "$dir"
    openssl ecparam -name prime256v1 -genkey -noout -out "$dir/ca.key"
    openssl req -x509 -new -key "$dir/ca.key" -sha256 -days 3650 -subj '/CN=imapxx interop test authority' \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -out "$dir/ca.pem"
    for name in server client; do
        subject=/CN=localhost extensions='extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1'
        [ $name = server ] || { subject=/CN=user1 extensions='extendedKeyUsage=clientAuth'; }
        openssl ecparam -name prime256v1 -genkey -noout -out "$dir/$name.key"
        openssl req -new -key "$dir/$name.key" -subj $subject -out "$dir/$name.csr"
        printf 'basicConstraints=CA:FALSE\n%b\n' "$extensions" >"$dir/$name.ext"
        openssl x509 -req -in "$dir/$name.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 3650 -sha256 \
            -extfile "$dir/$name.ext" -out "$dir/$name.crt" 2>/dev/null
    done
    cat "$dir/server.crt" "$dir/ca.pem" >"$dir/chain.pem"
    chmod 755 "$dir"
    chmod 644 "$dir"/*
    say yes >"$dir/complete"
}

# unpack PACKAGE: the package's files below STATE/root, without installing it: the Debian packages of the servers conflict.
unpack() {
    local deb
    [ -e "$STATE/root/.unpacked-$1" ] && return 0
    deb=$(compgen -G "$DEBS/$1_*.deb" | tail -n 1) || true
    [ -n "$deb" ] || cannot "the package $1 was not fetched (scripts/deps.sh servers)"
    mkdir -p "$STATE/root"
    dpkg-deb -x "$deb" "$STATE/root"
    touch "$STATE/root/.unpacked-$1"
}

write_env() {
    cat >"$STATE/env.new" <<EOF
IMAPXX_SERVER=$SERVER
IMAPXX_HOST=127.0.0.1
IMAPXX_PORT=$PORT
IMAPXX_TLS_PORT=$TLS_PORT
IMAPXX_CA_FILE=$STATE/tls/ca.pem
IMAPXX_STATE_DIR=$STATE
IMAPXX_TEST_PASSWORD=$PASSWORD
EOF
    mv "$STATE/env.new" "$STATE/env"
}

# status_of PIDFILE...: for the command "status": the environment, if every process runs and the port answers.
status_of() {
    local pidfile
    for pidfile in "$@"; do alive "$pidfile" || return 1; done
    [ -s "$STATE/env" ] || return 1
    answers "$(. "$STATE/env" && say "$IMAPXX_PORT")" || return 1
    cat "$STATE/env"
}
