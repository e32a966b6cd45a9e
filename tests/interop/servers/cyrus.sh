#!/bin/bash
# cyrus.sh start|stop|status STATE_DIR: Cyrus IMAP 3.6 for the interop tests; see lib.sh. imapd comes from the unpacked
# package, the rest from the installed cyrus-common. The administrator is "cyrus", with the users' password.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
setup_state cyrus "$@"
PID=$STATE/run/master.pid
case $COMMAND in
status) status_of "$PID"; exit ;;
stop) stop_pid "$PID"; exit 0 ;;
esac

status_of "$PID" && exit 0
needs /usr/sbin/cyrmaster
needs saslpasswd2
needs openssl
stop_pid "$PID"
choose_ports 11143 11993
make_certificates "$STATE/tls"
unpack cyrus-imapd
INSTALLED=/usr/lib/cyrus/bin
UNPACKED=$STATE/root/usr/lib/cyrus/bin
mkdir -p "$STATE"/{conf,spool,search} "$STATE"/conf/{socket,db,proc,log,msg,user,quota,lock} "$STATE"/run/{proc,lock,socket}

cat >"$STATE/imapd.conf" <<EOF
configdirectory: $STATE/conf
proc_path: $STATE/run/proc
mboxname_lockpath: $STATE/run/lock
duplicate_db_path: $STATE/run/deliver.db
idlesocket: $STATE/run/socket/idle
lmtpsocket: $STATE/run/socket/lmtp
notifysocket: $STATE/run/socket/notify
defaultpartition: default
partition-default: $STATE/spool
defaultsearchtier: default
defaultsearchpartition-default: $STATE/search
search_engine: none
servername: localhost
syslog_prefix: imapxx-interop
altnamespace: yes
unixhierarchysep: yes
hashimapspool: no
admins: cyrus
allowplaintext: yes
allowanonymouslogin: no
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: $STATE/sasldb2
sasl_mech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 EXTERNAL
sasl_auto_transition: no
tls_server_cert: $STATE/tls/chain.pem
tls_server_key: $STATE/tls/server.key
tls_client_ca_file: $STATE/tls/ca.pem
autocreate_quota: 20971520
autocreate_inbox_folders: Drafts|Sent|Junk|Trash|Archive
autocreate_subscribe_folders: Drafts|Sent|Junk|Trash|Archive
specialusealways: yes
xlist-drafts: Drafts
xlist-sent: Sent
xlist-junk: Junk
xlist-trash: Trash
xlist-archive: Archive
conversations: yes
expunge_mode: delayed
delete_mode: immediate
imapidlepoll: 1
timeout: 30
maxlogins_per_user: 0
skiplist_unsafe: yes
EOF
cat >"$STATE/cyrus.conf" <<EOF
START {
  recover cmd="$INSTALLED/ctl_cyrusdb -C $STATE/imapd.conf -r"
  idled   cmd="$UNPACKED/idled -C $STATE/imapd.conf"
}
SERVICES {
  imap  cmd="$UNPACKED/imapd -C $STATE/imapd.conf -U 30" listen="127.0.0.1:$PORT" prefork=1 maxchild=200
  imaps cmd="$UNPACKED/imapd -C $STATE/imapd.conf -s -U 30" listen="127.0.0.1:$TLS_PORT" prefork=1 maxchild=200
}
EVENTS {
  checkpoint cmd="$INSTALLED/ctl_cyrusdb -C $STATE/imapd.conf -c" period=60
}
EOF
for user in cyrus $USERS; do
    printf %s "$PASSWORD" | saslpasswd2 -p -c -f "$STATE/sasldb2" -u localhost "$user"
done
chown -R cyrus:mail "$STATE"/{conf,spool,run,search,sasldb2}

CYRUS_USER=cyrus setsid /usr/sbin/cyrmaster -C "$STATE/imapd.conf" -M "$STATE/cyrus.conf" -p "$PID" -D \
    </dev/null >"$STATE/log" 2>&1 &
wait_port "$PORT"
wait_port "$TLS_PORT"
write_env
cat "$STATE/env"
