#!/bin/sh
set -eu
ask() {
  user=$1 host=$2 port=$3
  shift 3
  REDISCLI_AUTH=$(cat "/credentials/$user") timeout 5 redis-cli -h "$host" -p "$port" \
    --tls --cacert /certificates/ca.crt --user "$user" --no-auth-warning "$@"
}
ask_as_before() {
  user=$1 host=$2 port=$3
  shift 3
  REDISCLI_AUTH=$(cat "/data/$user") timeout 5 redis-cli -h "$host" -p "$port" \
    --tls --cacert /certificates/ca.crt --user "$user" --no-auth-warning "$@"
}
ordinal=${HOSTNAME##*-}
case $ordinal in
0) self="cache-sentinel-us-east-1-0.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" ;;
1) self="cache-sentinel-us-east-1-1.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" ;;
2) self="cache-sentinel-us-east-1-2.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" ;;
*) echo "$ordinal is not a member of this group" >&2; exit 1 ;;
esac
if ! cmp -s /credentials/users.acl /data/users.acl; then
  answer=$(ask_as_before reload localhost "${self#* }" ACL LOAD || true)
  if [ "$answer" = OK ]; then
    cat /credentials/users.acl >/data/users.acl
    cat /credentials/reload >/data/reload
  fi
  echo "users: $answer" >&2
fi
changed=$(find -L /certificates /credentials -type f -newer /data/started)
if [ -z "$changed" ]; then
  [ "$(ask probe localhost "${self#* }" PING)" = PONG ]
else
  due=$(find -L /certificates /credentials -type f -newer /data/started \
    -mmin +$((2 * ordinal + 3)))
  [ -z "$due" ] || { echo "restarts to read what has changed" >&2; exit 1; }
fi
