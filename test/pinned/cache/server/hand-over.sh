#!/bin/sh
set -u
ask() {
  user=$1 host=$2 port=$3
  shift 3
  REDISCLI_AUTH=$(cat "/credentials/$user") timeout 5 redis-cli -h "$host" -p "$port" \
    --tls --cacert /certificates/ca.crt --user "$user" --no-auth-warning "$@"
}
ordinal=${HOSTNAME##*-}
case $ordinal in
0) self="cache-server-us-east-1-0.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" ;;
1) self="cache-server-us-east-1-1.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" ;;
2) self="cache-server-us-east-1-2.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" ;;
*) echo "$HOSTNAME is not a member of this group" >&2; exit 1 ;;
esac
server() { ask hand-over localhost "${self#* }" "$@"; }
say() { echo "hand-over: $*"; }
hold() { server CLIENT PAUSE 10000 WRITE >/dev/null; }
pings() { ask reload localhost "${self#* }" CONFIG SET repl-ping-replica-period "$1" >/dev/null; }
seconds() { date +%s; }
give_up() {
  pings 10
  server CLIENT UNPAUSE >/dev/null
  say "$*; writes go on here"
  exit 1
}

set -- $(server ROLE)
[ "${1-}" = master ] || { say "this server is no primary"; exit 0; }
pings 3600

deadline=$(($(seconds) + 10))
while :; do
  hold || give_up "writes cannot be held"
  # master, its offset, and host, port and offset of every replica that is connected
  set -- $(server ROLE)
  offset=${2-} behind=none
  if [ $# -lt 5 ]; then behind="no replica is connected"; else shift 2; fi
  while [ "$behind" = none ] && [ $# -ge 3 ]; do
    [ "$3" = "$offset" ] || behind="$1:$2 is behind"
    shift 3
  done
  [ "$behind" != none ] || break
  [ "$(seconds)" -lt "$deadline" ] || give_up "$behind"
  sleep 0.2
done

accepted=
for sentinel in \
  "cache-sentinel-us-east-1-0.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-1.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-2.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379"; do
  # One that hangs would carry the order out when it wakes up, long after writes went on.
  set -- $(ask hand-over $sentinel SENTINEL GET-MASTER-ADDR-BY-NAME mymaster)
  [ "$*" = "$self" ] || { say "$sentinel does not watch this server"; continue; }
  answer=$(ask hand-over $sentinel SENTINEL FAILOVER mymaster)
  case $answer in
  # Already in progress: somebody else has asked for it, and it ends in the same way.
  OK | INPROG*) accepted=$sentinel; break ;;
  esac
  say "$sentinel answers: $answer"
done
[ -n "$accepted" ] || give_up "no Sentinel starts a failover"

deadline=$(($(seconds) + 27))
while :; do
  hold
  set -- $(ask hand-over $accepted SENTINEL GET-MASTER-ADDR-BY-NAME mymaster)
  if [ $# -eq 2 ] && [ "$1 $2" != "$self" ]; then
    case $(ask hand-over "$1" "$2" ROLE) in
    master*) break ;;
    esac
  fi
  [ "$(seconds)" -lt "$deadline" ] || give_up "Sentinel has promoted nobody"
  sleep 0.1
done
server REPLICAOF "$1" "$2" >/dev/null
server CLIENT UNPAUSE >/dev/null
pings 10
say "$1:$2 is the primary now"
