#!/bin/sh
set -eu
umask 077
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

following= was=replica
if [ -f /data/redis.conf ]; then
  was=primary
  while read -r word rest; do
    [ "$word" != replicaof ] || { following=$rest; was=replica; }
  done </data/redis.conf
elif [ "$ordinal" = 0 ]; then
  following=$(cat /configuration/first-upstream)
else
  following="cache-server-us-east-1-0.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379"
fi

for sentinel in \
  "cache-sentinel-us-east-1-0.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-1.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379" \
  "cache-sentinel-us-east-1-2.cache-sentinel-us-east-1.market-scanning-prod.svc.cluster.local 26379"; do
  set -- $(ask hand-over $sentinel SENTINEL GET-MASTER-ADDR-BY-NAME mymaster 2>/dev/null || true)
  # A host and a port; anything else is no answer.
  [ $# -eq 2 ] || continue
  case $2 in
  *[!0-9]*) continue ;;
  esac
  following="$1 $2"
  break
done
[ "$following" != "$self" ] || following=

# Who follows another region must not be promoted by that region's Sentinels.
priority=0 announced=no
for server in "" \
  "cache-server-us-east-1-0.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" \
  "cache-server-us-east-1-1.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" \
  "cache-server-us-east-1-2.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379"; do
  [ "$following" != "$server" ] || priority=100 announced=yes
done
# While the server that feeds the other region is primary, its replica there counts for writes.
if [ "$priority" = 100 ] && [ "$ordinal" = 2 ]; then
  priority=200
fi

# Another was promoted in its place: until that failover is over for everybody, this one is the last
# choice for the next. Of two such servers, the one that was primary later.
now=$(date +%s) until=0 last=0
[ ! -f /data/held-back ] || read -r until ordinary last </data/held-back
rm -f /data/held-back
if [ -n "$following" ] && [ "$priority" != 0 ]; then
  [ "$was" = replica ] || until=$((now + 27)) last=$((now - 1577836800))
  if [ "$until" -gt "$now" ]; then
    echo "$until $priority $last" >/data/held-back
    priority=$last
  fi
fi

cat /credentials/users.acl /credentials/replication.acl >/data/users.acl
cat /certificates/tls.crt >/data/loaded.crt
set -- $self
{
  cat /configuration/redis.conf
  printf 'tls-port %s\nreplica-announce-ip %s\nreplica-announce-port %s\n' "$2" "$1" "$2"
  printf 'replica-priority %s\nreplica-announced %s\n' "$priority" "$announced"
  printf 'masteruser replication\nmasterauth %s\n' "$(cat /credentials/replication)"
  [ -z "$following" ] || printf 'replicaof %s\n' "$following"
} >/data/redis.conf.new
mv /data/redis.conf.new /data/redis.conf
exec redis-server /data/redis.conf
