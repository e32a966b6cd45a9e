#!/bin/bash
# deps.sh GROUP...: the only thing in this project that installs software. Groups: build test servers check coverage bench docs.
#
# Installs Debian packages with apt-get (through sudo when not root), starts no service, removes no package, and does
# nothing when all is there. IMAPXX_NO_INSTALL=1: only names what is missing. The group "servers" (real IMAP servers for
# the interop tests) is optional outside CI: without it those tests are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

group_build='g++ make cmake ninja-build pkg-config python3 libssl-dev zlib1g-dev libgsasl-dev libgmime-3.0-dev libcli11-dev nlohmann-json3-dev libfmt-dev libasio-dev'
group_test='libgtest-dev libgmock-dev openssl ca-certificates strace valgrind'
group_servers='dovecot-imapd cyrus-common sasl2-bin libsasl2-modules libsasl2-modules-db courier-base courier-authdaemon courier-authlib-userdb openssl'
group_check='clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev'
group_coverage='clang-19 libclang-rt-19-dev llvm-19'
group_bench='libbenchmark-dev'
group_docs='doxygen'
# Packages that conflict with dovecot-imapd: only their files are fetched, and unpacked by the server scripts.
fetch_servers='cyrus-imapd courier-imap'
DEBS=${IMAPXX_DEB_DIR:-build/debs}

say() { printf 'deps: %s\n' "$*"; }

# missing PACKAGE...: those that are not installed, one a line.
missing() {
    local p
    for p in "$@"; do
        dpkg-query -W -f='${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed || printf '%s\n' "$p"
    done
}

# as_root COMMAND...
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif [ -t 0 ]; then sudo "$@"
    else sudo -n "$@"
    fi
}

may_install() {
    [ "${IMAPXX_NO_INSTALL:-0}" != 1 ] && command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] && return 0
    command -v sudo >/dev/null || return 1
    [ -t 0 ] || sudo -n true 2>/dev/null
}

# update_lists: package lists that are absent or older than a week lead to packages that are no longer on the mirror.
update_lists() {
    if [ "${1:-}" != force ] && find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mtime -7 2>/dev/null | grep -q .; then
        return 0
    fi
    say "apt-get update"
    as_root apt-get update -qq
}

apt_install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends --no-remove "$@"; }

# With this file in place maintainer scripts start no service (exit 101: "action not allowed").
POLICY=/usr/sbin/policy-rc.d
own_policy=0
services_off() {
    [ -e $POLICY ] && return 0
    as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$POLICY && chmod 755 $POLICY"
    own_policy=1
}
services_back() {
    if [ $own_policy = 1 ]; then as_root rm -f $POLICY; own_policy=0; fi
}

# stay_off PACKAGE...: what was just installed for tests must not start at the next boot either.
stay_off() {
    [ -d /run/systemd/system ] || return 0
    local p unit
    for p in "$@"; do
        case $p in
        dovecot-imapd) unit='dovecot.service dovecot.socket' ;;
        courier-authdaemon) unit='courier-authdaemon.service' ;;
        cyrus-common) unit='cyrus-imapd.service' ;;
        sasl2-bin) unit='saslauthd.service' ;;
        *) continue ;;
        esac
        for unit in $unit; do as_root systemctl disable -q "$unit" 2>/dev/null || true; done
    done
}

install() {
    local log
    log=$(mktemp)
    trap 'services_back' EXIT
    services_off
    say "installing: $*"
    update_lists || true
    if ! apt_install "$@" >"$log" 2>&1; then
        update_lists force || true
        if ! apt_install "$@" >"$log" 2>&1; then
            tail -n 20 "$log" >&2
            say "apt-get could not install: $*" >&2
            rm -f "$log"
            return 1
        fi
    fi
    rm -f "$log"
    services_back
}

# fetch PACKAGE...: .deb files into $DEBS, for the server scripts to unpack.
fetch() {
    local p
    mkdir -p "$DEBS"
    for p in "$@"; do
        compgen -G "$DEBS/${p}_*.deb" >/dev/null && continue
        [ "${IMAPXX_NO_INSTALL:-0}" = 1 ] && { say "not fetched: $p (IMAPXX_NO_INSTALL)"; continue; }
        say "fetching: $p"
        (cd "$DEBS" && apt-get -qq download "$p" >/dev/null 2>&1) ||
            { update_lists force >/dev/null 2>&1 || true; (cd "$DEBS" && apt-get -qq download "$p" 2>/dev/null); } ||
            { say "could not fetch $p" >&2; return 1; }
    done
}

[ $# -gt 0 ] || set -- build test servers check
required='' optional=''
servers=0
for group in "$@"; do
    variable=group_$group
    [ -n "${!variable:-}" ] || { say "no such group: $group" >&2; exit 2; }
    if [ "$group" = servers ]; then
        servers=1
        [ "${CI:-}" = true ] && required+=" ${!variable}" || optional+=" ${!variable}"
    else
        required+=" ${!variable}"
    fi
done

if ! command -v dpkg-query >/dev/null; then
    say "this is not a Debian system; install the equivalents of:$required"
    exit 0
fi
# In CI the facade is compared with Python 3.15's imaplib, too, which comes out of an npm package.
if [ "${CI:-}" = true ] && [[ " $* " == *" test "* ]] && ! command -v npm >/dev/null; then required+=' npm'; fi
mapfile -t need < <(missing $required | sort -u)
mapfile -t wish < <(missing $optional | sort -u)

if [ ${#need[@]} -gt 0 ]; then
    if ! may_install; then
        say "these packages are missing, and this script may not install them:" >&2
        printf '    apt-get install --no-install-recommends %s\n' "${need[*]}" >&2
        exit 1
    fi
    install "${need[@]}"
    stay_off "${need[@]}"
fi
if [ ${#wish[@]} -gt 0 ]; then
    if may_install && install "${wish[@]}"; then
        stay_off "${wish[@]}"
    else
        say "the interop tests with real servers will be skipped; missing: ${wish[*]}"
    fi
fi
if [ $servers = 1 ]; then
    fetch $fetch_servers || [ "${CI:-}" != true ]
fi
