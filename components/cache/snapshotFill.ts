import { askFunction, type CacheLayout, selfLines, shellWords } from "./layout";
import { type ServerSettings } from "./serverConfiguration";

/** How long the server with the snapshot may be out of reach before the fill is given up, in seconds. */
const unreachableSeconds = 60;

/**
 * Fills a server, and with it its group, from another server that has loaded a snapshot: it follows
 * that one until it has everything, and is primary again. The append-only file would win over a
 * snapshot's file at the next start, so none is put beside it; what is copied is in the new one.
 *
 * Refused while a Sentinel watches: it would call a primary that follows another server down, and
 * promote a replica with the old data in the middle of it. What the server had stays until it has all
 * that the other has, and is gone then.
 *
 * Exit 0: filled, and on disk. Exit 1: the server has what it had, unless the message says otherwise.
 */
export function serverFill(settings: ServerSettings, layout: CacheLayout): string {
  const { servers, sentinels, masterName } = settings;
  return `#!/bin/sh
set -eu
${askFunction(layout)}
${selfLines(servers)}
server() { ask promotion localhost "\${self#* }" "$@"; }
refuse() { echo "$*" >&2; exit 1; }
[ $# -eq 2 ] || refuse "which server has the snapshot? give its host and port"
loader="$1 $2"

set -- $(server ROLE)
case "\${1-} \${2-} \${3-}" in
"master "* | "slave $loader") ;;
*) refuse "this server follows \${2-}; fill the one that the others follow" ;;
esac
for sentinel in ${shellWords(sentinels)}; do
  watched=$(ask promotion $sentinel SENTINEL GET-MASTER-ADDR-BY-NAME ${masterName}) ||
    refuse "$sentinel does not answer: it must not watch while a server is filled"
  [ -z "$watched" ] || refuse "$sentinel watches a primary; put every Sentinel to rest first (stand-by.sh)"
done

give_up() {
  [ "$(server REPLICAOF NO ONE)" = OK ] || refuse "$*, but it still follows $loader: run this again"
  refuse "not filled from $loader: $*"
}
trap 'give_up interrupted' HUP INT TERM
server REPLICAOF $loader >/dev/null
deadline=$(($(date +%s) + ${String(unreachableSeconds)}))
while :; do
  set -- $(server ROLE)
  case "\${4-}" in
  connected) break ;;
  sync) deadline=$(($(date +%s) + ${String(unreachableSeconds)})) ;;
  esac
  [ "$(date +%s)" -lt "$deadline" ] || give_up "no copy for ${String(unreachableSeconds)} s; its log says why"
  sleep 0.5
done
trap '' HUP INT TERM
[ "$(server REPLICAOF NO ONE)" = OK ] || refuse "filled, but it still follows $loader"
[ "$(server CONFIG REWRITE)" = OK ] || refuse "filled, but it cannot write down that it follows nobody"

# Until the append-only file is written anew, a restart would bring the old data back.
persistence() { server INFO persistence | tr -d '\\r' | sed -n "s/^$1://p"; }
while [ "$(persistence aof_rewrite_in_progress)$(persistence aof_rewrite_scheduled)" != 00 ]; do
  sleep 0.5
done
[ "$(persistence aof_last_bgrewrite_status)" = ok ] ||
  refuse "filled, but not on disk: a restart would bring the old data back"
echo "filled from $loader"
`;
}
