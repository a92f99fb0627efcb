import { askFunction, type CacheLayout, selfLines, spaced } from "./layout";
import { type ServerSettings } from "./serverConfiguration";

/**
 * Scripts of servers for a change of regions. Operators run them; nothing else does, because no
 * program can tell a region that is lost from one that it merely cannot reach.
 */

/**
 * Makes a server of a standby group the primary of its region: server 0, which the others follow
 * already, or another one when server 0 is lost.
 */
export function serverPromote(settings: ServerSettings, layout: CacheLayout): string {
  return `#!/bin/sh
set -eu
${askFunction(layout)}
${selfLines(settings.servers)}
server() { ask promotion localhost "\${self#* }" "$@"; }
expect_ok() {
  [ "$2" = OK ] || { echo "$1: $2" >&2; exit 1; }
}
expect_ok promote "$(server REPLICAOF NO ONE)"
expect_ok "write it down" "$(server CONFIG REWRITE)"
set -- $(server ROLE)
echo "\${1-} at offset \${2-}"
`;
}

/**
 * Makes a group follow the region that serves now. What the group alone had is gone with it, so the
 * Sentinels are put to rest first, and nobody writes here any more.
 */
export function serverStandBy(settings: ServerSettings, layout: CacheLayout): string {
  const { servers, upstream } = settings;
  const head = servers[0];
  const followed = {
    first: upstream === undefined ? "NO ONE" : spaced(upstream),
    others: head === undefined ? "NO ONE" : spaced(head),
  };
  return `#!/bin/sh
set -eu
${askFunction(layout)}
${selfLines(servers)}
server() { ask promotion localhost "\${self#* }" "$@"; }
expect_ok() {
  [ "$2" = OK ] || { echo "$1: $2" >&2; exit 1; }
}
following="${followed.others}"
[ "$ordinal" != 0 ] || following="${followed.first}"
case $(server REPLICAOF $following) in
OK*) ;;
*) echo "cannot follow $following" >&2; exit 1 ;;
esac
expect_ok "write it down" "$(server CONFIG REWRITE)"
echo "follows $following; restart server 0, so that the other region cannot promote it"
`;
}
