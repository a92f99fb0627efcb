import { type CacheTimings } from "../../contracts/cacheTimings";
import {
  answerSeconds,
  askFunction,
  type CacheLayout,
  type CacheMembers,
  selfLines,
  shellWords,
} from "./layout";
import { handOverMarker, pingSeconds, shutdownSeconds } from "./serverConfiguration";

/** What a hand-over is made from. */
export interface HandOverSettings extends CacheMembers {
  readonly masterName: string;
  readonly timings: CacheTimings;
}

/** How long replicas that are behind are waited for, writes going on in between. */
const catchUpSeconds = 10;

/** How often a replica is looked at while writes are held. */
const lookMilliseconds = 200;

/**
 * How long writes are held at a time until replicas are in step. While they are, Sentinels cannot say
 * anything to this server either, and after `down-after-milliseconds` of that they call it down.
 */
function momentMilliseconds({ downAfterMilliseconds }: CacheTimings): number {
  return Math.min(2_000, downAfterMilliseconds / 2);
}

/** How long Sentinels are asked for a failover. One that hangs takes two questions' time. */
const orderSeconds = 10;

/** How long Sentinel may take: after failover-timeout it has given up, and says so a moment later. */
function switchSeconds({ failoverTimeoutMilliseconds }: CacheTimings): number {
  return failoverTimeoutMilliseconds / 1_000 + 5;
}

/**
 * How long writes stay held, once replicas are in step, after the script was last heard of. Longer
 * than the questions that it asks in a row, or writes would go on in the middle of a failover.
 */
const pauseMilliseconds = 4 * answerSeconds * 1_000;

/** Time that a pod needs to hand over and to stop, in seconds. */
export function gracePeriodSeconds({ sentinels, timings }: HandOverSettings): number {
  const asked = 2 * answerSeconds;
  const ordered = orderSeconds + asked;
  const switched = switchSeconds(timings) + asked;
  const givenUp = sentinels.length * asked;
  return catchUpSeconds + ordered + switched + givenUp + shutdownSeconds + 5;
}

/**
 * The script that runs before a server is stopped. If it is the primary it hands over without loss:
 * it holds writes, waits until every connected replica has all of them, has Sentinel promote one,
 * follows the new primary itself and only then lets clients go on, which are told that they are at a
 * replica.
 *
 * It follows on its own because Sentinel cannot tell it to: what a Sentinel publishes at a server
 * waits while writes are held, and with it all that Sentinel says to that server (25 s, measured).
 * For the same reason writes are held for a moment at a time until replicas are in step: held for
 * longer, they bring the failover about that the script gives up. Once replicas are in step, a
 * failover loses nothing as long as writes are held, and they never go on while one may still
 * happen. Nor may the primary ping its replicas meanwhile: the ping counts as data, the one that is
 * promoted would lack it, and both others would need full copies before writes are taken again.
 *
 * Exit 0: this server is no primary (any more). Exit 1: it does not answer, or nothing has changed and
 * writes go on here.
 */
export function handOver(settings: HandOverSettings, layout: CacheLayout): string {
  const { servers, sentinels, masterName, timings } = settings;
  const moment = momentMilliseconds(timings);
  return `#!/bin/sh
set -u
${askFunction(layout)}
${selfLines(servers)}
server() { ask hand-over localhost "\${self#* }" "$@"; }
say() { echo "hand-over: $*"; }
hold() {
  touch ${handOverMarker(layout)}
  [ "$(server CLIENT PAUSE "$1" WRITE)" = OK ]
}
release() { server CLIENT UNPAUSE >/dev/null; }
pings() { ask reload localhost "\${self#* }" CONFIG SET repl-ping-replica-period "$1"; }
pings_again() { [ "$(pings ${String(pingSeconds)})" != OK ] || rm -f ${handOverMarker(layout)}; }
seconds() { date +%s; }

# The primary that a Sentinel names, if it is another server and that one says so, too.
other_primary() {
  set -- $(ask hand-over "$@" SENTINEL GET-MASTER-ADDR-BY-NAME ${masterName})
  [ $# -eq 2 ] && [ "$1 $2" != "$self" ] || return 1
  case $(ask hand-over "$1" "$2" ROLE) in
  master*) echo "$1 $2" ;;
  *) return 1 ;;
  esac
}
follow() {
  server REPLICAOF "$1" "$2" >/dev/null
  release
  pings_again
  say "$1:$2 is the primary now"
  exit 0
}
give_up() {
  for sentinel in ${shellWords(sentinels)}; do
    primary=$(other_primary $sentinel) && follow $primary
  done
  release
  pings_again
  say "$*; writes go on here"
  exit 1
}

# Whether every replica that is connected has all that this server has.
in_step() {
  # master, its offset, and host, port and offset of each
  set -- $(server ROLE)
  offset=\${2-} behind="no replica is connected"
  [ $# -ge 5 ] || return 1
  shift 2
  while [ $# -ge 3 ]; do
    behind="$1:$2 is behind"
    [ "$3" = "$offset" ] || return 1
    shift 3
  done
}
# Holds writes for good if replicas are in step within a moment.
held_in_step() {
  hold ${String(moment)} || give_up "writes cannot be held"
  looks=${String(Math.ceil(moment / lookMilliseconds))}
  while [ "$looks" -gt 0 ]; do
    # The moment may be over by now: what counts is what replicas have once writes are held on.
    if in_step && hold ${String(pauseMilliseconds)} && in_step; then return 0; fi
    looks=$((looks - 1))
    sleep ${String(lookMilliseconds / 1_000)}
  done
  release
  return 1
}

set -- $(server ROLE)
case \${1-} in
master) ;;
slave) say "this server is no primary"; exit 0 ;;
*) say "this server does not answer: $*"; exit 1 ;;
esac
trap 'give_up interrupted' HUP INT TERM
touch ${handOverMarker(layout)}
pings 3600 >/dev/null

deadline=$(($(seconds) + ${String(catchUpSeconds)}))
until held_in_step; do
  [ "$(seconds)" -lt "$deadline" ] || give_up "$behind"
  # Sentinels, too, get through meanwhile.
  sleep 1
done

# An order that a Sentinel has been given cannot be taken back.
trap '' HUP INT TERM
accepted=
deadline=$(($(seconds) + ${String(orderSeconds)}))
for sentinel in ${shellWords(sentinels)}; do
  [ "$(seconds)" -lt "$deadline" ] || break
  hold ${String(pauseMilliseconds)}
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
while [ "$(seconds)" -lt "$deadline" ]; do
  hold ${String(pauseMilliseconds)}
  primary=$(other_primary $accepted) && follow $primary
  sleep 0.1
done
give_up "Sentinel has promoted nobody"
`;
}
