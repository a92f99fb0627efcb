#!/bin/sh
set -u
umask 077
ordinal=${HOSTNAME##*-}
case $ordinal in
0) self="cache-server-us-east-1-0.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" ;;
1) self="cache-server-us-east-1-1.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" ;;
2) self="cache-server-us-east-1-2.cache-server-us-east-1.market-scanning-prod.svc.cluster.local 6379" ;;
*) echo "$ordinal is not a member of this group" >&2; exit 1 ;;
esac
port=${self#* }
# The password in force: once another is in its file, the server knows it only after ACL LOAD.
password=$(cat /credentials/reload)
replication=$(cat /credentials/replication)
reload() {
  REDISCLI_AUTH=$password timeout 5 redis-cli -h localhost -p "$port" \
    --tls --cacert /certificates/ca.crt --user reload --no-auth-warning "$@"
}

trap 'exit 0' TERM
# In the background: a shell hears of signals while it waits, but not while it runs a command.
while sleep 5 & wait $!; do
  if ! cmp -s /certificates/tls.crt /data/loaded.crt; then
    cat /certificates/tls.crt >/data/loaded.crt.new
    answer=$(reload CONFIG SET tls-cert-file /certificates/tls.crt \
      tls-key-file /certificates/tls.key tls-ca-cert-file /certificates/ca.crt)
    [ "$answer" != OK ] || mv /data/loaded.crt.new /data/loaded.crt
    echo "certificate: $answer"
  fi
  if ! cat /credentials/users.acl /credentials/replication.acl | cmp -s - /data/users.acl; then
    cp /data/users.acl /data/users.acl.old
    cat /credentials/users.acl /credentials/replication.acl >/data/users.acl.new
    mv /data/users.acl.new /data/users.acl
    answer=$(reload ACL LOAD)
    if [ "$answer" = OK ]; then
      password=$(cat /credentials/reload)
    else
      mv /data/users.acl.old /data/users.acl
    fi
    echo "users: $answer"
  fi
  if [ "$(cat /credentials/replication)" != "$replication" ] &&
    [ -n "$(find -L /credentials/replication -mmin +10)" ]; then
    answer=$(reload -x CONFIG SET masterauth </credentials/replication)
    [ "$answer" != OK ] || replication=$(cat /credentials/replication)
    echo "password for replication: $answer"
  fi
  # A hand-over that was killed has left pings off.
  if [ -n "$(find /data/handing-over -mmin +1 2>/dev/null)" ]; then
    answer=$(reload CONFIG SET repl-ping-replica-period 10)
    [ "$answer" != OK ] || rm /data/handing-over
    echo "pings: $answer"
  fi
  if [ -f /data/held-back ]; then
    read -r deadline priority held </data/held-back
    if [ "$(date +%s)" -ge "$deadline" ]; then
      answer=$(reload CONFIG SET replica-priority "$priority")
      [ "$answer" != OK ] || rm /data/held-back
      echo "priority: $answer"
    fi
  fi
done
