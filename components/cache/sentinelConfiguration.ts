import { type CacheTimings } from "../../contracts/cacheTimings";
import {
  askFunction,
  type CacheLayout,
  type CacheMembers,
  memberLines,
  selfLines,
  spaced,
} from "./layout";
import { tlsDirectives } from "./serverConfiguration";

/** What the configuration of a group's Sentinels is made from. */
export interface SentinelSettings extends CacheMembers {
  /** Name under which Sentinels know the group. */
  readonly masterName: string;
  /** Sentinels that have to agree that the primary is down. */
  readonly quorum: number;
  readonly timings: CacheTimings;
  /** Lowest TLS version accepted. */
  readonly minimumTlsVersion: "1.2" | "1.3";
}

/** `sentinel.conf` as far as it is the same for every Sentinel and needs no primary. */
export function sentinelConf(settings: SentinelSettings, layout: CacheLayout): string {
  return [
    ...tlsDirectives(settings.minimumTlsVersion, layout),
    `aclfile ${layout.credentials}/users.acl`,
    `dir ${layout.data}`,
    // Names outlive the addresses of pods; both have to be on, or addresses come back.
    "sentinel resolve-hostnames yes",
    "sentinel announce-hostnames yes",
    "sentinel sentinel-user sentinel",
    "",
  ].join("\n");
}

/** How the primary is watched, by name and value; Sentinels that are idle are told it when promoted. */
function watching({ timings }: SentinelSettings): readonly (readonly [string, string])[] {
  return [
    ["auth-user", "sentinel"],
    ["down-after-milliseconds", String(timings.downAfterMilliseconds)],
    ["failover-timeout", String(timings.failoverTimeoutMilliseconds)],
    // One replica after the other, so that one of them always serves.
    ["parallel-syncs", "1"],
  ];
}

/**
 * Whom a Sentinel watches when its volume is still empty: server 0 in the region that serves, and
 * nobody in the other, where Sentinels would promote a replica of a primary that is far away. A file
 * of its own, so that a change of the active region restarts nothing.
 */
export function firstPrimary({ servers }: CacheMembers, serving: boolean): string {
  const head = servers[0];
  return serving && head !== undefined ? `${spaced(head)}\n` : "";
}

/**
 * The script that a Sentinel starts with. What Sentinels have found out and agreed on (identity,
 * epochs, the primary, replicas, other Sentinels) is carried over from the volume, and everything
 * else is written anew: settings change by a restart, and knowledge survives it.
 */
export function sentinelStart(settings: SentinelSettings, layout: CacheLayout): string {
  const { configuration, credentials, data } = layout;
  const { masterName, quorum } = settings;
  const watched = watching(settings).map(
    ([key, value]) => `    echo "sentinel ${key} ${masterName} ${value}"`,
  );
  return `#!/bin/sh
set -eu
umask 077
${selfLines(settings.sentinels)}

primary=$(cat ${configuration}/first-primary)
known=
if [ -f ${data}/sentinel.conf ]; then
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
    "sentinel config-epoch" | "sentinel leader-epoch" | \\
      "sentinel known-replica" | "sentinel known-sentinel")
      known="$known
sentinel $key ${masterName} \${rest#* }"
      ;;
    esac
  done <${data}/sentinel.conf
fi

set -- $self
{
  cat ${configuration}/sentinel.conf
  printf 'tls-port %s\\nsentinel announce-ip %s\\nsentinel announce-port %s\\n' "$2" "$1" "$2"
  printf 'sentinel sentinel-pass %s\\n' "$(cat ${credentials}/sentinel)"
  if [ -n "$primary" ]; then
    echo "sentinel monitor ${masterName} $primary ${String(quorum)}"
${watched.join("\n")}
    echo "sentinel auth-pass ${masterName} $(cat ${credentials}/sentinel)"
  fi
  echo "$known"
} >${data}/sentinel.conf.new
mv ${data}/sentinel.conf.new ${data}/sentinel.conf
cat ${credentials}/users.acl >${data}/users.acl
cat ${credentials}/reload >${data}/reload
touch ${data}/started
exec redis-sentinel ${data}/sentinel.conf
`;
}

/** Whether a Sentinel answers. */
export function sentinelReady(settings: SentinelSettings, layout: CacheLayout): string {
  return `#!/bin/sh
set -eu
${askFunction(layout)}
${selfLines(settings.sentinels)}
[ "$(ask probe localhost "\${self#* }" PING)" = PONG ]
`;
}

/**
 * Whether a Sentinel answers and has read the certificate and passwords that are in force. New
 * passwords of its users it learns at once. The certificate, and the password that it logs in with
 * itself, it reads only when it starts: after three minutes, when every other member has been given
 * what is new, and each two minutes later than the one before it, so that they restart one by one
 * and a majority is always there. Passwords are probed with the one that it has read.
 */
export function sentinelLive(settings: SentinelSettings, layout: CacheLayout): string {
  const { credentials, certificates, data } = layout;
  return `#!/bin/sh
set -eu
${askFunction(layout)}
${askFunction({ ...layout, credentials: data }, "ask_as_before")}
${selfLines(settings.sentinels)}
if ! cmp -s ${credentials}/users.acl ${data}/users.acl; then
  answer=$(ask_as_before reload localhost "\${self#* }" ACL LOAD || true)
  if [ "$answer" = OK ]; then
    cat ${credentials}/users.acl >${data}/users.acl
    cat ${credentials}/reload >${data}/reload
  fi
  echo "users: $answer" >&2
fi
changed=$(find -L ${certificates} ${credentials} -type f -newer ${data}/started)
if [ -z "$changed" ]; then
  [ "$(ask probe localhost "\${self#* }" PING)" = PONG ]
else
  due=$(find -L ${certificates} ${credentials} -type f -newer ${data}/started \\
    -mmin +$((2 * ordinal + 3)))
  [ -z "$due" ] || { echo "restarts to read what has changed" >&2; exit 1; }
fi
`;
}

/** Ends the watch of a region that no longer serves; idle Sentinels promote nobody. */
export function sentinelStandBy(settings: SentinelSettings, layout: CacheLayout): string {
  return `#!/bin/sh
set -eu
${askFunction(layout)}
${selfLines(settings.sentinels)}
ask promotion localhost "\${self#* }" SENTINEL REMOVE ${settings.masterName}
`;
}

/** Has an idle Sentinel watch the server that was just promoted, whose ordinal it is told unless it is 0. */
export function sentinelPromote(settings: SentinelSettings, layout: CacheLayout): string {
  const { masterName, quorum, servers } = settings;
  const options = watching(settings).flat().join(" ");
  return `#!/bin/sh
set -eu
${askFunction(layout)}
${selfLines(settings.sentinels)}
${memberLines("primary", "${1:-0}", servers)}
sentinel() { ask promotion localhost "\${self#* }" "$@"; }
expect_ok() {
  [ "$2" = OK ] || { echo "$1: $2" >&2; exit 1; }
}
if [ -n "$(sentinel SENTINEL GET-MASTER-ADDR-BY-NAME ${masterName})" ]; then
  echo "watches a primary already"
else
  expect_ok monitor "$(sentinel SENTINEL MONITOR ${masterName} $primary ${String(quorum)})"
fi
expect_ok settings "$(sentinel SENTINEL SET ${masterName} ${options})"
expect_ok password "$(sentinel -x SENTINEL SET ${masterName} auth-pass <${layout.credentials}/sentinel)"
`;
}
