#!/bin/bash
# courier.sh start|stop|status STATE_DIR: Courier-IMAP 5 for the interop tests; see lib.sh. Courier's paths are compiled in,
# so its daemons live in a mount namespace where /etc/courier and /run/courier are directories of STATE_DIR. On a CI machine
# that permits no mount namespaces (CI=true, most containers) the real /etc/courier is overwritten instead.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
setup_state courier "$@"
PIDS=("$STATE/imap.pid" "$STATE/imaps.pid" "$STATE/auth.pid")
case $COMMAND in
status) status_of "${PIDS[@]}"; exit ;;
stop)
    for pidfile in "${PIDS[@]}"; do stop_pid "$pidfile"; done
    exit 0
    ;;
esac

status_of "${PIDS[@]}" && exit 0
needs /usr/sbin/couriertcpd
needs userdbpw
needs /usr/lib/courier/courier-authlib/authdaemond
needs openssl
namespace=yes
if ! unshare -m --propagation private true 2>/dev/null; then
    [ "${CI:-}" = true ] || cannot "mount namespaces are not permitted here"
    namespace=no
fi
for pidfile in "${PIDS[@]}"; do stop_pid "$pidfile"; done
choose_ports 12143 12993
make_certificates "$STATE/tls"
unpack courier-imap
ROOT=$STATE/root
mkdir -p "$STATE"/{etc,run/authdaemon,mail} /etc/courier /run/courier

# in_namespace SHELL_TEXT: runs it where Courier's compiled-in directories are ours.
in_namespace() {
    export STATE
    if [ $namespace = no ]; then
        cp -a "$STATE/etc/." /etc/courier/
        exec bash -c "set -e; $1"
    fi
    exec unshare -m --propagation private bash -c '
        set -e
        mount --bind "$STATE/etc" /etc/courier
        mount --bind "$STATE/run" /run/courier
        '"$1"
}

cp -a /etc/courier/. "$ROOT/etc/courier/." "$STATE/etc/"
sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/' "$STATE/etc/authdaemonrc"
capabilities='IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA AUTH=CRAM-MD5 AUTH=CRAM-SHA1 AUTH=CRAM-SHA256 AUTH=PLAIN IDLE'
sed -i -e 's/^ADDRESS=.*/ADDRESS=127.0.0.1/' -e "s/^PORT=.*/PORT=$PORT/" -e 's/^MAXDAEMONS=.*/MAXDAEMONS=200/' \
    -e 's/^MAXPERIP=.*/MAXPERIP=200/' -e 's/^IMAP_ULIMITD=.*/IMAP_ULIMITD=1048576/' -e 's/^IMAP_ENHANCEDIDLE=.*/IMAP_ENHANCEDIDLE=1/' \
    -e "s/^IMAP_CAPABILITY=.*/IMAP_CAPABILITY=\"$capabilities\"/" "$STATE/etc/imapd"
cat "$STATE/tls/server.key" "$STATE/tls/chain.pem" >"$STATE/etc/imapd.pem"
chmod 644 "$STATE/etc/imapd.pem"

crypted=$(openssl passwd -6 "$PASSWORD")
md5=$(printf '%s\n' "$PASSWORD" "$PASSWORD" | userdbpw -hmac-md5)
sha1=$(printf '%s\n' "$PASSWORD" "$PASSWORD" | userdbpw -hmac-sha1)
sha256=$(printf '%s\n' "$PASSWORD" "$PASSWORD" | userdbpw -hmac-sha256)
for user in $USERS; do
    home=$STATE/mail/$user
    for folder in "$home/Maildir" "$home/Maildir/.Drafts" "$home/Maildir/.Sent" "$home/Maildir/.Trash"; do
        mkdir -p "$folder"/{cur,new,tmp}
        [ "$folder" = "$home/Maildir" ] || touch "$folder/maildirfolder"
    done
    printf '%s\tuid=%s|gid=%s|home=%s|mail=%s/Maildir|systempw=%s|hmac-md5pw=%s|hmac-sha1pw=%s|hmac-sha256pw=%s\n' \
        "$user" "$(id -u mail)" "$(id -g mail)" "$home" "$home" "$crypted" "$md5" "$sha1" "$sha256"
done >"$STATE/etc/userdb.new"
chmod 600 "$STATE/etc/userdb.new"
chown -R mail:mail "$STATE/mail"
mv "$STATE/etc/userdb.new" "$STATE/etc/userdb"
(in_namespace makeuserdb)
[ $namespace = yes ] || cp -a /etc/courier/userdb* "$STATE/etc/"
run=$STATE/run
if [ $namespace = no ]; then
    run=/run/courier
    mkdir -p $run/authdaemon
fi
chown -R courier:courier "$run"
chmod 755 "$run" "$run/authdaemon"

# daemon NAME SHELL_TEXT: started in the namespace with Courier's configuration as its environment.
daemon() {
    (in_namespace '
        set -a
        prefix=/usr exec_prefix=/usr sbindir=/usr/sbin bindir=/usr/bin
        set +e
        . /etc/courier/authdaemonrc; . /etc/courier/imapd-ssl; . /etc/courier/imapd
        IMAP_STARTTLS=$IMAPDSTARTTLS TLS_CERTFILE=/etc/courier/imapd.pem TLS_TRUSTCERTS=$STATE/tls/ca.pem TLS_CACHEFILE=
        umask 022
        exec setsid '"$2") </dev/null >>"$STATE/log" 2>&1 &
    say $! >"$STATE/$1.pid"
}
: >"$STATE/log"
tcpd="/usr/sbin/couriertcpd -address=127.0.0.1 -maxprocs=200 -maxperip=200 -nodnslookup -noidentlookup"
daemon auth /usr/lib/courier/courier-authlib/authdaemond
for _ in $(seq 50); do
    [ -S "$run/authdaemon/socket" ] && break
    sleep 0.1
done
daemon imap "$tcpd $PORT $ROOT/usr/lib/courier/courier/imaplogin $ROOT/usr/bin/imapd Maildir"
daemon imaps "env IMAP_TLS=1 $tcpd $TLS_PORT /usr/bin/couriertls -server -tcpd -user=courier $ROOT/usr/lib/courier/courier/imaplogin $ROOT/usr/bin/imapd Maildir"
wait_port "$PORT"
wait_port "$TLS_PORT"
write_env
cat "$STATE/env"
