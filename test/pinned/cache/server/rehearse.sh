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
problems=0
say() { echo "$*"; }
wrong() { echo "NOT READY: $*"; problems=$((problems + 1)); }

watching=0 resting=0 primary=
look_at_sentinel() {
  sentinel=$1:$2
  if ! answer=$(ask hand-over "$1" "$2" SENTINEL GET-MASTER-ADDR-BY-NAME mymaster); then
    wrong "Sentinel $sentinel does not answer"
    return
  fi
  quorum=$(ask hand-over "$1" "$2" SENTINEL CKQUORUM mymaster)
  set -- $answer
  case $# in
  0)
    resting=$((resting + 1))
    say "Sentinel $sentinel watches nothing"
    ;;
  2)
    watching=$((watching + 1))
    case $quorum in
    OK*) say "Sentinel $sentinel watches $1:$2, $quorum" ;;
    *) wrong "Sentinel $sentinel watches $1:$2, $quorum" ;;
    esac
    [ "${primary:-$answer}" = "$answer" ] || wrong "Sentinels do not watch the same primary"
    primary=$answer
    ;;
  *) wrong "Sentinel $sentinel answers: $answer" ;;
  esac
}
for sentinel in \
  "cache-sentinel-us-east-1-0.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-1.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-2.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379"; do
  look_at_sentinel $sentinel
done
[ "$watching" -eq 0 ] || [ "$resting" -eq 0 ] || wrong "some Sentinels watch a primary and some nothing"
set -- $primary
primary="${1-} ${2-}"

heads=0 replicas=0 offset=0 reached=-1
look_at_server() {
  server=$1:$2
  if ! answer=$(ask hand-over "$1" "$2" ROLE); then
    wrong "server $server does not answer"
    return
  fi
  set -- "$1 $2" $answer
  case ${2-} in
  master)
    heads=$((heads + 1)) offset=$3
    say "server $server is a primary, at offset $3"
    [ "$1" = "$primary" ] || wrong "server $server is a primary that no Sentinel watches"
    ;;
  slave)
    say "server $server follows $3:$4, $5, at offset $6"
    [ "$5" = connected ] || wrong "server $server does not hear from $3:$4, and would be promoted with what it has"
    case "$3 $4" in
    "cache-feed.market-scanning-prod.us-west-2.trading.internal 6379")
      heads=$((heads + 1))
      [ "$watching" -eq 0 ] || wrong "server $server follows the other region, and Sentinels watch it"
      ;;
    *)
      [ "$5" != connected ] || replicas=$((replicas + 1))
      [ "$6" -le "$reached" ] || reached=$6
      ;;
    esac
    ;;
  *) wrong "server $server answers: $answer" ;;
  esac
}
for server in \
  "cache-server-us-east-1-0.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" \
  "cache-server-us-east-1-1.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" \
  "cache-server-us-east-1-2.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379"; do
  look_at_server $server
done
case $heads in
1) ;;
0) wrong "no server is the head of the group" ;;
*) wrong "$heads servers are heads of the group" ;;
esac
[ "$replicas" -gt 0 ] || wrong "no replica is connected: nobody could be promoted in its place"

if [ "$problems" -gt 0 ]; then
  say "$problems of this would have to be mended first"
  exit 1
fi
if [ "$watching" -gt 0 ]; then
  behind=$((offset - reached))
  # Writes go on while servers are asked one after the other.
  [ "$behind" -ge 0 ] || behind=0
  say "a failover would promote one of $replicas replicas; the furthest is $behind bytes behind, and a hand-over waits for it"
else
  say "a promotion would make server cache-server-us-east-1-0.cache-server-us-east-1.market-scanning-prod.svc.cluster.local the primary, which $replicas replicas follow already"
fi
