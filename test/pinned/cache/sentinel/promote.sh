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
case ${1:-0} in
0) primary="cache-server-us-east-1-0.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" ;;
1) primary="cache-server-us-east-1-1.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" ;;
2) primary="cache-server-us-east-1-2.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" ;;
*) echo "${1:-0} is not a member of this group" >&2; exit 1 ;;
esac
sentinel() { ask promotion localhost "${self#* }" "$@"; }
expect_ok() {
  [ "$2" = OK ] || { echo "$1: $2" >&2; exit 1; }
}
if [ -n "$(sentinel SENTINEL GET-MASTER-ADDR-BY-NAME mymaster)" ]; then
  echo "watches a primary already"
else
  expect_ok monitor "$(sentinel SENTINEL MONITOR mymaster $primary 2)"
fi
expect_ok settings "$(sentinel SENTINEL SET mymaster auth-user sentinel down-after-milliseconds 5000 failover-timeout 22000 parallel-syncs 1)"
expect_ok password "$(sentinel -x SENTINEL SET mymaster auth-pass </credentials/sentinel)"
