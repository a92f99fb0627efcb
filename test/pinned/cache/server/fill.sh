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
# How many keys a server has, by what it says of itself.
keys() { tr -d '\r' | sed -n 's/^db[0-9]*:keys=\([0-9]*\),.*/\1/p' | awk '{ n += $1 } END { print n + 0 }'; }
seconds() { date +%s; }
[ $# -eq 2 ] || refuse "which server has the snapshot? give its host and port"
loader="$1 $2"

set -- $(server ROLE)
case "${1-} ${2-} ${3-}" in
"master "* | "slave $loader") ;;
"slave "*) refuse "this server follows ${2-}; fill the one that the others follow" ;;
*) refuse "this server does not answer: $*" ;;
esac
for sentinel in \
  "cache-sentinel-us-east-1-0.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-1.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-2.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379"; do
  watched=$(ask promotion $sentinel SENTINEL GET-MASTER-ADDR-BY-NAME mymaster) ||
    refuse "$sentinel does not answer: it must not watch while a server is filled"
  [ -z "$watched" ] || refuse "$sentinel watches a primary; put every Sentinel to rest first (stand-by.sh)"
done
there=$(ask promotion $loader INFO 2>/dev/null || true)
case $there in
*loading:0*) ;;
*) refuse "$loader has not loaded a snapshot: $there" ;;
esac
[ "$(echo "$there" | keys)" -gt 0 ] ||
  refuse "$loader has no keys: is its snapshot where it looks, and appendonly no?"
had=$(server INFO keyspace | keys)

give_up() {
  # Detached now, it would write down what it has loaded so far.
  now=$(server INFO || true)
  case $now in
  *loading:0*) left=$(echo "$now" | keys) ;;
  *) left=-1 ;;
  esac
  if [ "$left" -lt "$had" ]; then
    refuse "$*, in the middle of loading: kill this server, and it comes back with the data it had"
  fi
  [ "$(server REPLICAOF NO ONE)" = OK ] || refuse "$*, but it still follows $loader: run this again"
  refuse "not filled from $loader: $*"
}
trap 'give_up interrupted' HUP INT TERM
server REPLICAOF $loader >/dev/null
deadline=$(($(seconds) + 60))
while :; do
  set -- $(server ROLE)
  case "${4-}" in
  connected) break ;;
  sync) deadline=$(($(seconds) + 60)) ;;
  esac
  [ "$(seconds)" -lt "$deadline" ] || give_up "no copy for 60 s; its log says why"
  sleep 0.5
done
trap '' HUP INT TERM
[ "$(server REPLICAOF NO ONE)" = OK ] || refuse "filled, but it still follows $loader"
[ "$(server CONFIG REWRITE)" = OK ] || refuse "filled, but it cannot write down that it follows nobody"
trap - HUP INT TERM

# Until the append-only file is written anew, a restart would bring the old data back.
deadline=$(($(seconds) + 3600))
while :; do
  set -- $(server INFO persistence | tr -d '\r' |
    sed -n 's/^aof_rewrite_in_progress://p; s/^aof_rewrite_scheduled://p; s/^aof_last_bgrewrite_status://p')
  [ "$*" != "0 0 ok" ] || break
  [ "$(seconds)" -lt "$deadline" ] ||
    refuse "filled, but not on disk ($*): a restart would bring the old data back; its log says why"
  sleep 0.5
done
echo "filled from $loader: $(server INFO keyspace | keys) keys"
