# bash completion for imapxx
_imapxx() {
  local cur prev commands common command word i
  cur=${COMP_WORDS[COMP_CWORD]}
  prev=${COMP_WORDS[COMP_CWORD-1]}
  commands="caps ls status search fetch append store cp mv expunge mkdir rmdir rename subscribe unsubscribe idle shell serve demo decode anonymise replay"
  common="--starttls --plain --ca-file --insecure --cert --key --retry --timeout --user --password-command --password-file
    --token-command --auth --json --seq --dry-run --trace --verbose --help"
  case $prev in
    --ca-file|--cert|--key|--password-file|--trace|--eml|--mbox|--ca-out|--history)
      COMPREPLY=($(compgen -f -- "$cur")); return ;;
    -o|--output|--maildir)
      COMPREPLY=($(compgen -d -- "$cur")); return ;;
    --auth)
      COMPREPLY=($(compgen -W "SCRAM-SHA-256 SCRAM-SHA-1 SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS CRAM-MD5 PLAIN LOGIN LOGIN-COMMAND OAUTHBEARER XOAUTH2 EXTERNAL ANONYMOUS" -- "$cur"))
      return ;;
    --decode)
      COMPREPLY=($(compgen -W "on json off" -- "$cur")); return ;;
    --retry|--timeout|--tag|--keep-alive|--user|-u|--password-command|--token-command|--items|--date|--flags|--port|--address|--for) return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case " $commands " in *" $word "*) command=$word; break ;; esac
  done
  if [[ -z $command ]]; then
    COMPREPLY=($(compgen -W "$commands $common --version" -- "$cur"))
    return
  fi
  local own=
  case $command in
    ls) own="-l --long --subscribed --tree --flat" ;;
    search) own="--count --set"
      [[ $cur != -* ]] && own="from: to: cc: bcc: subject: body: text: header: since: before: on: larger: smaller: older: younger: keyword: seen unseen answered flagged deleted draft" ;;
    fetch) own="--items -o --output --raw --text --attachments --force --sync" ;;
    append) own="--flags --date --keep-line-ends"
      [[ $cur != -* ]] && { COMPREPLY=($(compgen -f -- "$cur")); return; } ;;
    expunge) own="--all" ;;
    rmdir) own="--force" ;;
    subscribe) own="--off" ;;
    idle) own="--for" ;;
    shell) own="--tag --decode -e --exit-on-error --keep-alive --history" ;;
    serve) own="--port --address --tls --starttls --user --eml --maildir --mbox --ca-out" ;;
    decode) own="--utf8" ;;
    anonymise|replay) [[ $command == replay ]] && own="--as-recorded"
      [[ $cur != -* ]] && { COMPREPLY=($(compgen -f -- "$cur")); return; } ;;
  esac
  [[ $cur == -* ]] && own="$own $common"
  COMPREPLY=($(compgen -W "$own" -- "$cur"))
  [[ ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
}
complete -F _imapxx imapxx
