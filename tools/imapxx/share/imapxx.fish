# fish completion for imapxx
set -l commands caps ls status search fetch append store cp mv expunge mkdir rmdir rename subscribe unsubscribe idle shell serve demo decode anonymise replay
complete -c imapxx -f
complete -c imapxx -n "not __fish_seen_subcommand_from $commands" -a "$commands"
complete -c imapxx -l starttls -d 'require STARTTLS'
complete -c imapxx -l plain -d 'no TLS at all'
complete -c imapxx -l ca-file -rF -d 'authorities to trust'
complete -c imapxx -l insecure -d 'do not verify the certificate'
complete -c imapxx -l cert -rF -d 'client certificate'
complete -c imapxx -l key -rF -d 'its private key'
complete -c imapxx -l retry -x -d 'connect again up to N times when the connection is lost'
complete -c imapxx -l timeout -x -d 'seconds for each phase'
complete -c imapxx -s u -l user -x -d 'user name'
complete -c imapxx -l password-command -x -d 'command that prints the password'
complete -c imapxx -l password-file -rF -d 'file with the password'
complete -c imapxx -l token-command -x -d 'command that prints a token'
complete -c imapxx -l auth -xa 'SCRAM-SHA-256 SCRAM-SHA-1 SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS CRAM-MD5 PLAIN LOGIN LOGIN-COMMAND OAUTHBEARER XOAUTH2 EXTERNAL ANONYMOUS'
complete -c imapxx -l json -d 'one JSON object a line'
complete -c imapxx -l seq -d 'numbers are sequence numbers'
complete -c imapxx -l dry-run -d 'say what would be sent'
complete -c imapxx -l trace -rF -d 'write the protocol'
complete -c imapxx -s v -l verbose -d 'say more'
complete -c imapxx -l help -d 'show help'
complete -c imapxx -l version -d 'show the version'
complete -c imapxx -n '__fish_seen_subcommand_from ls' -s l -l long -d 'counts and sizes'
complete -c imapxx -n '__fish_seen_subcommand_from ls' -l subscribed
complete -c imapxx -n '__fish_seen_subcommand_from ls' -l tree
complete -c imapxx -n '__fish_seen_subcommand_from ls' -l flat
complete -c imapxx -n '__fish_seen_subcommand_from search' -l count
complete -c imapxx -n '__fish_seen_subcommand_from search' -l set
complete -c imapxx -n '__fish_seen_subcommand_from search' -a 'from: to: cc: subject: body: text: since: before: on: larger: smaller: seen unseen flagged answered deleted draft'
complete -c imapxx -n '__fish_seen_subcommand_from fetch' -l items -x
complete -c imapxx -n '__fish_seen_subcommand_from fetch' -s o -l output -xa '(__fish_complete_directories)'
complete -c imapxx -n '__fish_seen_subcommand_from fetch' -l raw
complete -c imapxx -n '__fish_seen_subcommand_from fetch' -l text
complete -c imapxx -n '__fish_seen_subcommand_from fetch' -l attachments
complete -c imapxx -n '__fish_seen_subcommand_from fetch' -l sync
complete -c imapxx -n '__fish_seen_subcommand_from fetch rmdir' -l force
complete -c imapxx -n '__fish_seen_subcommand_from append' -F
complete -c imapxx -n '__fish_seen_subcommand_from append' -l flags -x
complete -c imapxx -n '__fish_seen_subcommand_from append' -l date -x
complete -c imapxx -n '__fish_seen_subcommand_from append' -l keep-line-ends
complete -c imapxx -n '__fish_seen_subcommand_from expunge' -l all
complete -c imapxx -n '__fish_seen_subcommand_from subscribe' -l off
complete -c imapxx -n '__fish_seen_subcommand_from idle' -l for -x
complete -c imapxx -n '__fish_seen_subcommand_from shell' -l tag -x -d 'how tags look'
complete -c imapxx -n '__fish_seen_subcommand_from shell' -l decode -xa 'on json off'
complete -c imapxx -n '__fish_seen_subcommand_from shell' -s e -l exit-on-error -d 'end at the first failure'
complete -c imapxx -n '__fish_seen_subcommand_from shell' -l keep-alive -x -d 'NOOP after so many seconds'
complete -c imapxx -n '__fish_seen_subcommand_from shell' -l history -rF
complete -c imapxx -n '__fish_seen_subcommand_from serve' -l port -x
complete -c imapxx -n '__fish_seen_subcommand_from serve' -l address -x
complete -c imapxx -n '__fish_seen_subcommand_from serve' -l tls
complete -c imapxx -n '__fish_seen_subcommand_from serve' -l eml -rF
complete -c imapxx -n '__fish_seen_subcommand_from serve' -l maildir -rF
complete -c imapxx -n '__fish_seen_subcommand_from serve' -l mbox -rF
complete -c imapxx -n '__fish_seen_subcommand_from serve' -l ca-out -rF
complete -c imapxx -n '__fish_seen_subcommand_from decode' -l utf8
complete -c imapxx -n '__fish_seen_subcommand_from anonymise replay' -F
complete -c imapxx -n '__fish_seen_subcommand_from replay' -l as-recorded
