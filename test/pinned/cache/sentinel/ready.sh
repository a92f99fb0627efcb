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
0) self="cache-sentinel-us-east-1-0.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" ;;
1) self="cache-sentinel-us-east-1-1.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" ;;
2) self="cache-sentinel-us-east-1-2.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" ;;
*) echo "$ordinal is not a member of this group" >&2; exit 1 ;;
esac
[ "$(ask probe localhost "${self#* }" PING)" = PONG ]
