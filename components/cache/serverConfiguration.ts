import { type CacheTimings } from "../../contracts/cacheTimings";
import {
  type Address,
  askFunction,
  type CacheLayout,
  type CacheMembers,
  feedOrdinal,
  selfLines,
  shellWords,
  spaced,
} from "./layout";

/** What the configuration of a group's servers is made from. */
export interface ServerSettings extends CacheMembers {
  /** Name under which Sentinels know the group. */
  readonly masterName: string;
  readonly timings: CacheTimings;
  /** Memory for data, in mebibytes. */
  readonly memoryMebibytes: number;
  /** Lowest TLS version accepted. */
  readonly minimumTlsVersion: "1.2" | "1.3";
  /**
   * The other region's feed, followed while the other region serves.
   * @default - no replication between the regions
   */
  readonly upstream?: Address;
}

/** The directives of TLS that servers and Sentinels share. */
export function tlsDirectives(
  minimumTlsVersion: "1.2" | "1.3",
  { certificates }: CacheLayout,
): string[] {
  const protocols = minimumTlsVersion === "1.3" ? "TLSv1.3" : "TLSv1.2 TLSv1.3";
  return [
    "port 0",
    `tls-cert-file ${certificates}/tls.crt`,
    `tls-key-file ${certificates}/tls.key`,
    `tls-ca-cert-file ${certificates}/ca.crt`,
    `tls-protocols "${protocols}"`,
    "tls-replication yes",
    // Users prove who they are by password; certificates prove the servers.
    "tls-auth-clients no",
  ];
}

/**
 * `redis.conf` as far as it is the same for every server of a group. No member's port is in it, nor
 * whom it follows: {@link serverStart} adds both.
 */
export function redisConf(settings: ServerSettings, layout: CacheLayout): string {
  const { timings, memoryMebibytes } = settings;
  return [
    ...tlsDirectives(settings.minimumTlsVersion, layout),
    `aclfile ${layout.data}/users.acl`,
    `dir ${layout.data}`,
    "appendonly yes",
    "appendfsync everysec",
    "save 3600 1 300 100 60 10000",
    // The append-only file is whole when the server stops; a snapshot would only delay the stop.
    "shutdown-on-sigterm nosave",
    `shutdown-timeout ${String(shutdownSeconds)}`,
    `maxmemory ${String(memoryMebibytes)}mb`,
    // A store that recovery counts on never drops data on its own.
    "maxmemory-policy noeviction",
    `min-replicas-to-write ${String(timings.minReplicasToWrite)}`,
    `min-replicas-max-lag ${String(timings.minReplicasMaxLagSeconds)}`,
    // Wide enough that a replica which was away for a restart needs no full copy.
    `repl-backlog-size ${String(Math.max(16, Math.ceil(memoryMebibytes / 16)))}mb`,
    `repl-ping-replica-period ${String(pingSeconds)}`,
    // A primary that waits for replicas takes no writes: full copies begin at once.
    "repl-diskless-sync-delay 0",
    "",
  ].join("\n");
}

/** How often a primary that has nothing to say pings its replicas, in seconds; Redis' own default. */
export const pingSeconds = 10;

/** File that says, by its time, when a hand-over was last at work. */
export function handOverMarker({ data }: CacheLayout): string {
  return `${data}/handing-over`;
}

/**
 * File that says until when a server is held back, in seconds since 1970, its priority afterwards, and
 * its priority until then.
 */
export function heldBack({ data }: CacheLayout): string {
  return `${data}/held-back`;
}

/**
 * How long a former primary is the last choice for the next failover, in seconds. The Sentinel that led
 * the last one may be busy with it for `failover-timeout`. If the same server is promoted again meanwhile,
 * that Sentinel hears the news about a server that it still takes for the primary, ends its own failover,
 * and names the other server with the number of the newer one. Sentinels then disagree, and have each of
 * the two follow the other: no primary for most of a minute (docs/cache.md). A primary that was only
 * frozen or cut off is not held back: nothing starts it anew.
 */
export function heldBackSeconds({ failoverTimeoutMilliseconds }: CacheTimings): number {
  return failoverTimeoutMilliseconds / 1_000 + 5;
}

/** Start of 2020: priorities that are counted from it stay in range, and are above all ordinary ones. */
const heldBackEpoch = Date.UTC(2020, 0) / 1_000;

/** How long a server that is told to stop waits for its replicas, in seconds. */
export const shutdownSeconds = 10;

/**
 * Whom a server follows when its volume is still empty: server 0 nobody, or the other region; the
 * others server 0. A file of its own, so that a change of the active region restarts nothing.
 */
export function firstUpstream(upstream: Address | undefined): string {
  return upstream === undefined ? "" : `${spaced(upstream)}\n`;
}

/** The shell command that puts the users' file together. */
export function composedUsers({ credentials }: CacheLayout): string {
  return `cat ${credentials}/users.acl ${credentials}/replication.acl`;
}

/**
 * The script that a server starts with. Redis and Sentinel write whom a server follows into its
 * configuration; that is carried over, unless a Sentinel knows better: a primary that was away while
 * another was promoted comes back as a replica at once.
 */
export function serverStart(settings: ServerSettings, layout: CacheLayout): string {
  const { servers, sentinels, masterName } = settings;
  const { configuration, credentials, certificates, data } = layout;
  const head = servers[0];
  return `#!/bin/sh
set -eu
umask 077
${askFunction(layout)}
${selfLines(servers)}

following= was=replica
if [ -f ${data}/redis.conf ]; then
  was=primary
  while read -r word rest; do
    [ "$word" != replicaof ] || { following=$rest; was=replica; }
  done <${data}/redis.conf
elif [ "$ordinal" = 0 ]; then
  following=$(cat ${configuration}/first-upstream)
else
  following="${head === undefined ? "" : spaced(head)}"
fi

for sentinel in ${shellWords(sentinels)}; do
  set -- $(ask hand-over $sentinel SENTINEL GET-MASTER-ADDR-BY-NAME ${masterName} 2>/dev/null || true)
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
for server in "" ${shellWords(servers)}; do
  [ "$following" != "$server" ] || priority=100 announced=yes
done
${settings.upstream === undefined ? "" : feedPriority(settings)}
# Another was promoted in its place: until that failover is over for everybody, this one is the last
# choice for the next. Of two such servers, the one that was primary later.
now=$(date +%s) until=0 last=0
[ ! -f ${heldBack(layout)} ] || read -r until ordinary last <${heldBack(layout)}
rm -f ${heldBack(layout)}
if [ -n "$following" ] && [ "$priority" != 0 ]; then
  [ "$was" = replica ] || until=$((now + ${String(heldBackSeconds(settings.timings))})) last=$((now - ${String(heldBackEpoch)}))
  if [ "$until" -gt "$now" ]; then
    echo "$until $priority $last" >${heldBack(layout)}
    priority=$last
  fi
fi

${composedUsers(layout)} >${data}/users.acl
cat ${certificates}/tls.crt >${data}/loaded.crt
set -- $self
{
  cat ${configuration}/redis.conf
  printf 'tls-port %s\\nreplica-announce-ip %s\\nreplica-announce-port %s\\n' "$2" "$1" "$2"
  printf 'replica-priority %s\\nreplica-announced %s\\n' "$priority" "$announced"
  printf 'masteruser replication\\nmasterauth %s\\n' "$(cat ${credentials}/replication)"
  [ -z "$following" ] || printf 'replicaof %s\\n' "$following"
} >${data}/redis.conf.new
mv ${data}/redis.conf.new ${data}/redis.conf
exec redis-server ${data}/redis.conf
`;
}

/** Lines that make the server which feeds the other region the last to be promoted. */
function feedPriority(members: CacheMembers): string {
  return `# While the server that feeds the other region is primary, its replica there counts for writes.
if [ "$priority" = 100 ] && [ "$ordinal" = ${String(feedOrdinal(members))} ]; then
  priority=200
fi
`;
}

/**
 * Whether a server is of use: a primary always, a replica once it is connected and has all data. A
 * rolling update waits for this before it goes on to the next server.
 */
export function serverReady(settings: ServerSettings, layout: CacheLayout): string {
  return `#!/bin/sh
set -eu
${askFunction(layout)}
${selfLines(settings.servers)}
set -- $(ask probe localhost "\${self#* }" ROLE)
case "$1 \${4-}" in
"master "* | "slave connected") exit 0 ;;
esac
echo "not of use: $*" >&2
exit 1
`;
}

/**
 * Whether a server answers at all. One that still loads its data, runs a long script, or cannot save
 * does: a restart would take the last of these its data.
 */
export function serverLive(settings: ServerSettings, layout: CacheLayout): string {
  return `#!/bin/sh
set -eu
${askFunction(layout)}
${selfLines(settings.servers)}
answer=$(ask probe localhost "\${self#* }" PING 2>&1)
case $answer in
PONG | LOADING* | BUSY* | MISCONF*) exit 0 ;;
esac
echo "$answer" >&2
exit 1
`;
}
