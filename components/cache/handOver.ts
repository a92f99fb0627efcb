import { type CacheTimings } from "../../contracts/cacheTimings";
import { askFunction, type CacheLayout, type CacheMembers, selfLines, shellWords } from "./layout";
import { pingSeconds, shutdownSeconds } from "./serverConfiguration";

/** What a hand-over is made from. */
export interface HandOverSettings extends CacheMembers {
  readonly masterName: string;
  readonly timings: CacheTimings;
}

/** How long replicas are waited for. They report once a second, so this is ample or hopeless. */
const catchUpSeconds = 10;

/** How long writes stay held after the script was last heard of: if it is killed, they go on. */
const pauseMilliseconds = 10_000;

/** How long Sentinel may take: after failover-timeout it has given up, and says so a moment later. */
function switchSeconds({ failoverTimeoutMilliseconds }: CacheTimings): number {
  return failoverTimeoutMilliseconds / 1_000 + 5;
}

/** Time that a pod needs to hand over and to stop, in seconds. */
export function gracePeriodSeconds(timings: CacheTimings): number {
  return catchUpSeconds + switchSeconds(timings) + shutdownSeconds + 5;
}

/**
 * The script that runs before a server is stopped. If it is the primary it hands over without loss:
 * it holds writes, waits until every connected replica has all of them, has Sentinel promote one,
 * follows the new primary itself and only then lets clients go on, which are told that they are at a
 * replica.
 *
 * It follows on its own because Sentinel cannot tell it to: what a Sentinel publishes at a server
 * waits while writes are held, and with it all that Sentinel says to that server (25 s, measured).
 * Writes are never let go on while a failover may still happen: they would be lost in it. Nor may the
 * primary ping its replicas meanwhile: the ping counts as data, the one that is promoted would lack
 * it, and both others would need full copies before writes are taken again.
 *
 * Exit 0: this server is no primary (any more). Exit 1: nothing has changed, writes go on here.
 */
export function handOver(settings: HandOverSettings, layout: CacheLayout): string {
  const { servers, sentinels, masterName, timings } = settings;
  return `#!/bin/sh
set -u
${askFunction(layout)}
${selfLines(servers)}
server() { ask hand-over localhost "\${self#* }" "$@"; }
say() { echo "hand-over: $*"; }
hold() { server CLIENT PAUSE ${String(pauseMilliseconds)} WRITE >/dev/null; }
pings() { ask reload localhost "\${self#* }" CONFIG SET repl-ping-replica-period "$1" >/dev/null; }
seconds() { date +%s; }
give_up() {
  pings ${String(pingSeconds)}
  server CLIENT UNPAUSE >/dev/null
  say "$*; writes go on here"
  exit 1
}

set -- $(server ROLE)
[ "\${1-}" = master ] || { say "this server is no primary"; exit 0; }
pings 3600

deadline=$(($(seconds) + ${String(catchUpSeconds)}))
while :; do
  hold || give_up "writes cannot be held"
  # master, its offset, and host, port and offset of every replica that is connected
  set -- $(server ROLE)
  offset=\${2-} behind=none
  if [ $# -lt 5 ]; then behind="no replica is connected"; else shift 2; fi
  while [ "$behind" = none ] && [ $# -ge 3 ]; do
    [ "$3" = "$offset" ] || behind="$1:$2 is behind"
    shift 3
  done
  [ "$behind" != none ] || break
  [ "$(seconds)" -lt "$deadline" ] || give_up "$behind"
  sleep 0.2
done

accepted=
for sentinel in ${shellWords(sentinels)}; do
  # One that hangs would carry the order out when it wakes up, long after writes went on.
  set -- $(ask hand-over $sentinel SENTINEL GET-MASTER-ADDR-BY-NAME ${masterName})
  [ "$*" = "$self" ] || { say "$sentinel does not watch this server"; continue; }
  answer=$(ask hand-over $sentinel SENTINEL FAILOVER ${masterName})
  case $answer in
  # Already in progress: somebody else has asked for it, and it ends in the same way.
  OK | INPROG*) accepted=$sentinel; break ;;
  esac
  say "$sentinel answers: $answer"
done
[ -n "$accepted" ] || give_up "no Sentinel starts a failover"

deadline=$(($(seconds) + ${String(switchSeconds(timings))}))
while :; do
  hold
  set -- $(ask hand-over $accepted SENTINEL GET-MASTER-ADDR-BY-NAME ${masterName})
  if [ $# -eq 2 ] && [ "$1 $2" != "$self" ]; then
    case $(ask hand-over "$1" "$2" ROLE) in
    master*) break ;;
    esac
  fi
  [ "$(seconds)" -lt "$deadline" ] || give_up "Sentinel has promoted nobody"
  sleep 0.1
done
server REPLICAOF "$1" "$2" >/dev/null
server CLIENT UNPAUSE >/dev/null
pings ${String(pingSeconds)}
say "$1:$2 is the primary now"
`;
}
