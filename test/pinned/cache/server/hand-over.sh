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
*) echo "$ordinal is not a member of this group" >&2; exit 1 ;;
esac
server() { ask hand-over localhost "${self#* }" "$@"; }
say() { echo "hand-over: $*"; }
hold() {
  touch /data/handing-over
  [ "$(server CLIENT PAUSE "$1" WRITE)" = OK ]
}
release() { server CLIENT UNPAUSE >/dev/null; }
pings() { ask reload localhost "${self#* }" CONFIG SET repl-ping-replica-period "$1"; }
pings_again() { [ "$(pings 10)" != OK ] || rm -f /data/handing-over; }
seconds() { date +%s; }

# The primary that a Sentinel names, if it is another server and that one says so, too.
other_primary() {
  set -- $(ask hand-over "$@" SENTINEL GET-MASTER-ADDR-BY-NAME mymaster)
  [ $# -eq 2 ] && [ "$1 $2" != "$self" ] || return 1
  case $(ask hand-over "$1" "$2" ROLE) in
  master*) echo "$1 $2" ;;
  *) return 1 ;;
  esac
}
follow() {
  server REPLICAOF "$1" "$2" >/dev/null
  release
  pings_again
  say "$1:$2 is the primary now"
  exit 0
}
give_up() {
  for sentinel in \
  "cache-sentinel-us-east-1-0.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-1.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-2.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379"; do
    primary=$(other_primary $sentinel) && follow $primary
  done
  release
  pings_again
  say "$*; writes go on here"
  exit 1
}

# Whether every replica that is connected has all that this server has.
in_step() {
  # master, its offset, and host, port and offset of each
  set -- $(server ROLE)
  offset=${2-} behind="no replica is connected"
  [ $# -ge 5 ] || return 1
  shift 2
  while [ $# -ge 3 ]; do
    behind="$1:$2 is behind"
    [ "$3" = "$offset" ] || return 1
    shift 3
  done
}
# Holds writes for good if replicas are in step within a moment.
held_in_step() {
  hold 2000 || give_up "writes cannot be held"
  looks=10
  while [ "$looks" -gt 0 ]; do
    # The moment may be over by now: what counts is what replicas have once writes are held on.
    if in_step && hold 20000 && in_step; then return 0; fi
    looks=$((looks - 1))
    sleep 0.2
  done
  release
  return 1
}

set -- $(server ROLE)
case ${1-} in
master) ;;
slave) say "this server is no primary"; exit 0 ;;
*) say "this server does not answer: $*"; exit 1 ;;
esac
trap 'give_up interrupted' HUP INT TERM
touch /data/handing-over
pings 3600 >/dev/null

deadline=$(($(seconds) + 10))
until held_in_step; do
  [ "$(seconds)" -lt "$deadline" ] || give_up "$behind"
  # Sentinels, too, get through meanwhile.
  sleep 1
done

# An order that a Sentinel has been given cannot be taken back.
trap '' HUP INT TERM
accepted=
deadline=$(($(seconds) + 10))
for sentinel in \
  "cache-sentinel-us-east-1-0.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-1.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-2.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379"; do
  [ "$(seconds)" -lt "$deadline" ] || break
  hold 20000
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
while [ "$(seconds)" -lt "$deadline" ]; do
  hold 20000
  primary=$(other_primary $accepted) && follow $primary
  sleep 0.1
done
give_up "Sentinel has promoted nobody"
