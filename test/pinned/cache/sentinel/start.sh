#!/bin/sh
set -eu
umask 077
ordinal=${HOSTNAME##*-}
case $ordinal in
0) self="cache-sentinel-us-east-1-0.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" ;;
1) self="cache-sentinel-us-east-1-1.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" ;;
2) self="cache-sentinel-us-east-1-2.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" ;;
*) echo "$ordinal is not a member of this group" >&2; exit 1 ;;
esac

primary=$(cat /configuration/first-primary)
known=
if [ -f /data/sentinel.conf ]; then
  primary=
  while read -r word key rest; do
    case "$word $key" in
    "sentinel monitor")
      set -- $rest
      primary="$2 $3"
      ;;
    "sentinel myid" | "sentinel current-epoch")
      known="$known
sentinel $key $rest"
      ;;
    # The group's name comes first, and may have been another.
    "sentinel config-epoch" | "sentinel leader-epoch" | \
      "sentinel known-replica" | "sentinel known-sentinel")
      known="$known
sentinel $key mymaster ${rest#* }"
      ;;
    esac
  done </data/sentinel.conf
fi

set -- $self
{
  cat /configuration/sentinel.conf
  printf 'tls-port %s\nsentinel announce-ip %s\nsentinel announce-port %s\n' "$2" "$1" "$2"
  printf 'sentinel sentinel-pass %s\n' "$(cat /credentials/sentinel)"
  if [ -n "$primary" ]; then
    echo "sentinel monitor mymaster $primary 2"
    echo "sentinel auth-user mymaster sentinel"
    echo "sentinel down-after-milliseconds mymaster 5000"
    echo "sentinel failover-timeout mymaster 22000"
    echo "sentinel parallel-syncs mymaster 1"
    echo "sentinel auth-pass mymaster $(cat /credentials/sentinel)"
  fi
  echo "$known"
} >/data/sentinel.conf.new
mv /data/sentinel.conf.new /data/sentinel.conf
cat /credentials/users.acl >/data/users.acl
cat /credentials/reload >/data/reload
touch /data/started
exec redis-sentinel /data/sentinel.conf
