#!/bin/sh
set -eu
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
server() { ask promotion localhost "${self#* }" "$@"; }
refuse() { echo "$*" >&2; exit 1; }
[ $# -eq 2 ] || refuse "which server has the snapshot? give its host and port"
loader="$1 $2"

set -- $(server ROLE)
case "${1-} ${2-} ${3-}" in
"master "* | "slave $loader") ;;
*) refuse "this server follows ${2-}; fill the one that the others follow" ;;
esac
for sentinel in \
  "cache-sentinel-us-east-1-0.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-1.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-2.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379"; do
  watched=$(ask promotion $sentinel SENTINEL GET-MASTER-ADDR-BY-NAME mymaster) ||
    refuse "$sentinel does not answer: it must not watch while a server is filled"
  [ -z "$watched" ] || refuse "$sentinel watches a primary; put every Sentinel to rest first (stand-by.sh)"
done

give_up() {
  [ "$(server REPLICAOF NO ONE)" = OK ] || refuse "$*, but it still follows $loader: run this again"
  refuse "not filled from $loader: $*"
}
trap 'give_up interrupted' HUP INT TERM
server REPLICAOF $loader >/dev/null
deadline=$(($(date +%s) + 60))
while :; do
  set -- $(server ROLE)
  case "${4-}" in
  connected) break ;;
  sync) deadline=$(($(date +%s) + 60)) ;;
  esac
  [ "$(date +%s)" -lt "$deadline" ] || give_up "no copy for 60 s; its log says why"
  sleep 0.5
done
trap '' HUP INT TERM
[ "$(server REPLICAOF NO ONE)" = OK ] || refuse "filled, but it still follows $loader"
[ "$(server CONFIG REWRITE)" = OK ] || refuse "filled, but it cannot write down that it follows nobody"

# Until the append-only file is written anew, a restart would bring the old data back.
persistence() { server INFO persistence | tr -d '\r' | sed -n "s/^$1://p"; }
while [ "$(persistence aof_rewrite_in_progress)$(persistence aof_rewrite_scheduled)" != 00 ]; do
  sleep 0.5
done
[ "$(persistence aof_last_bgrewrite_status)" = ok ] ||
  refuse "filled, but not on disk: a restart would bring the old data back"
echo "filled from $loader"
