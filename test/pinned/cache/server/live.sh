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
answer=$(ask probe localhost "${self#* }" PING 2>&1)
case $answer in
PONG | LOADING* | BUSY* | MISCONF*) exit 0 ;;
esac
echo "$answer" >&2
exit 1
