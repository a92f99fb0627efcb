import { type CacheLayout, selfLines } from "./layout";
import {
  composedUsers,
  handOverMarker,
  heldBack,
  pingSeconds,
  type ServerSettings,
} from "./serverConfiguration";

/** How often the other region's operator reads the password of replication, in minutes. */
export const passwordRefreshMinutes = 5;

/**
 * Loads renewed certificates and rotated passwords into a running server, and ends by time what others
 * have begun: pings that are off for a hand-over, and holding a former primary back. Users are loaded
 * at once. With a new password for replication a server waits until every other one, in both regions, has
 * been given it: kubelets take a minute or two, the other region's operator its interval.
 */
export function serverReload(settings: ServerSettings, layout: CacheLayout): string {
  const { credentials, certificates, data } = layout;
  return `#!/bin/sh
set -u
umask 077
${selfLines(settings.servers)}
port=\${self#* }
# The password in force: once another is in its file, the server knows it only after ACL LOAD.
password=$(cat ${credentials}/reload)
replication=$(cat ${credentials}/replication)
reload() {
  REDISCLI_AUTH=$password timeout 5 redis-cli -h localhost -p "$port" \\
    --tls --cacert ${certificates}/ca.crt --user reload --no-auth-warning "$@"
}

trap 'exit 0' TERM
# In the background: a shell hears of signals while it waits, but not while it runs a command.
while sleep 5 & wait $!; do
  if ! cmp -s ${certificates}/tls.crt ${data}/loaded.crt; then
    cat ${certificates}/tls.crt >${data}/loaded.crt.new
    answer=$(reload CONFIG SET tls-cert-file ${certificates}/tls.crt \\
      tls-key-file ${certificates}/tls.key tls-ca-cert-file ${certificates}/ca.crt)
    [ "$answer" != OK ] || mv ${data}/loaded.crt.new ${data}/loaded.crt
    echo "certificate: $answer"
  fi
  if ! ${composedUsers(layout)} | cmp -s - ${data}/users.acl; then
    cp ${data}/users.acl ${data}/users.acl.old
    ${composedUsers(layout)} >${data}/users.acl.new
    mv ${data}/users.acl.new ${data}/users.acl
    answer=$(reload ACL LOAD)
    if [ "$answer" = OK ]; then
      password=$(cat ${credentials}/reload)
    else
      mv ${data}/users.acl.old ${data}/users.acl
    fi
    echo "users: $answer"
  fi
  if [ "$(cat ${credentials}/replication)" != "$replication" ] &&
    [ -n "$(find -L ${credentials}/replication -mmin +${String(2 * passwordRefreshMinutes)})" ]; then
    answer=$(reload -x CONFIG SET masterauth <${credentials}/replication)
    [ "$answer" != OK ] || replication=$(cat ${credentials}/replication)
    echo "password for replication: $answer"
  fi
  # A hand-over that was killed has left pings off.
  if [ -n "$(find ${handOverMarker(layout)} -mmin +1 2>/dev/null)" ]; then
    answer=$(reload CONFIG SET repl-ping-replica-period ${String(pingSeconds)})
    [ "$answer" != OK ] || rm ${handOverMarker(layout)}
    echo "pings: $answer"
  fi
  if [ -f ${heldBack(layout)} ]; then
    read -r deadline priority held <${heldBack(layout)}
    if [ "$(date +%s)" -ge "$deadline" ]; then
      answer=$(reload CONFIG SET replica-priority "$priority")
      [ "$answer" != OK ] || rm ${heldBack(layout)}
      echo "priority: $answer"
    fi
  fi
done
`;
}
