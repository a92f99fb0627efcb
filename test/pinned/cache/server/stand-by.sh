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
expect_ok() {
  [ "$2" = OK ] || { echo "$1: $2" >&2; exit 1; }
}
following="cache-server-us-east-1-0.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379"
[ "$ordinal" != 0 ] || following="cache-feed.market-scanning-prod.us-west-2.trading.internal 6379"
case $(server REPLICAOF $following) in
OK*) ;;
*) echo "cannot follow $following" >&2; exit 1 ;;
esac
expect_ok "write it down" "$(server CONFIG REWRITE)"
echo "follows $following; restart server 0, so that the other region cannot promote it"
