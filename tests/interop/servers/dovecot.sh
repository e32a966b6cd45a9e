#!/bin/bash
# dovecot.sh start|stop|status STATE_DIR: Dovecot 2.3 for the interop tests; see lib.sh. OAUTHBEARER and XOAUTH2 accept the
# tokens of token.py, EXTERNAL the certificate STATE_DIR/tls/client.crt (user1).
set -euo pipefail
. "$(dirname "$0")/lib.sh"
setup_state dovecot "$@"
PID=$STATE/run/master.pid
case $COMMAND in
status) status_of "$PID"; exit ;;
stop) stop_pid "$PID"; exit 0 ;;
esac

status_of "$PID" && exit 0
needs /usr/sbin/dovecot
needs openssl
stop_pid "$PID"
choose_ports 10143 10993
make_certificates "$STATE/tls"
mkdir -p "$STATE"/{run,lib,mail,attributes,keys/default/HS256}
# Passwords are kept in plain text, so that every challenge mechanism works.
for user in $USERS; do say "$user:{PLAIN}$PASSWORD::::::"; done >"$STATE/users"
printf imapxx-interop-secret | base64 -w0 >"$STATE/keys/default/HS256/default"
cat >"$STATE/oauth2.conf.ext" <<EOF
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$STATE/keys/
username_attribute = sub
issuers = imapxx-interop
EOF

special_use() {
    local box
    for box in Drafts Sent Junk Trash Archive; do
        printf '  mailbox %s {\n    special_use = \\%s\n    auto = create\n  }\n' $box $box
    done
}
cat >"$STATE/dovecot.conf" <<EOF
base_dir = $STATE/run
state_dir = $STATE/lib
log_path = $STATE/log
instance_name = imapxx-interop-$PORT
listen = 127.0.0.1
protocols = imap

ssl = yes
ssl_cert = <$STATE/tls/chain.pem
ssl_key = <$STATE/tls/server.key
ssl_ca = <$STATE/tls/ca.pem
ssl_verify_client_cert = yes
ssl_require_crl = no
auth_ssl_username_from_cert = yes
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256 oauthbearer xoauth2 external anonymous
auth_anonymous_username = user8
auth_failure_delay = 0
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $STATE/oauth2.conf.ext
}
passdb {
  driver = static
  mechanisms = external
  args = nopassword=y
}
passdb {
  driver = passwd-file
  mechanisms = plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256
  args = username_format=%u $STATE/users
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$STATE/mail/%u
}
first_valid_uid = 1
first_valid_gid = 1

mail_location = mdbox:~/mdbox
mail_fsync = never
mail_max_userip_connections = 1000
mail_attribute_dict = file:$STATE/attributes/%u
mail_plugins = acl quota zlib notify
plugin {
  acl = vfile
  acl_shared_dict = file:$STATE/attributes/shared-mailboxes
  quota = count:User quota
  quota_rule = *:storage=20G
  quota_vsizes = yes
}
namespace inbox {
  inbox = yes
  separator = /
$(special_use)
}
namespace shared {
  type = shared
  separator = /
  prefix = shared/%%u/
  location = mdbox:%%h/mdbox
  subscriptions = no
  list = children
}
protocol imap {
  mail_plugins = acl quota zlib notify imap_acl imap_quota imap_zlib
  imap_metadata = yes
  imap_urlauth_host = localhost
}

default_vsz_limit = 1G
service imap-login {
  service_count = 0
  process_min_avail = 1
  process_limit = 2
  client_limit = 500
  inet_listener imap {
    address = 127.0.0.1
    port = $PORT
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $TLS_PORT
    ssl = yes
  }
}
service imap {
  process_limit = 500
}
EOF
: >>"$STATE/attributes/shared-mailboxes"
chown -R mail:mail "$STATE/mail" "$STATE/attributes"
chmod 755 "$STATE/mail" "$STATE/attributes"
chmod -R a+rX "$STATE/keys" "$STATE/users"

: >"$STATE/log"
# The daemon must not keep a caller's pipe open.
/usr/sbin/dovecot -c "$STATE/dovecot.conf" </dev/null >>"$STATE/log" 2>&1 || { tail -n 20 "$STATE/log" >&2; fail "did not start"; }
wait_port "$PORT"
wait_port "$TLS_PORT"
write_env
cat "$STATE/env"
