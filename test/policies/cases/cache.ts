import { durability } from "../../../policies/cache/durability";
import { encryption } from "../../../policies/cache/encryption";
import { quorum } from "../../../policies/cache/quorum";
import { standby } from "../../../policies/cache/standby";
import { breaks, passes, type RuleCases, unknown, waits } from "../ruleCases";
import { cacheGroupCases } from "./cacheGroups";
import { cachePodCases } from "./cachePods";
import { files, lines } from "./cacheParts";

const durable = {
  appendonly: "yes",
  appendfsync: "everysec",
  maxmemory: "1024mb",
  "maxmemory-policy": "noeviction",
  "min-replicas-to-write": "1",
  "min-replicas-max-lag": "8",
};
const redis = (changes: Readonly<Record<string, string | undefined>>, scripts: object = {}) =>
  files("server", { "redis.conf": lines(durable, changes), ...scripts });

const startLines: Readonly<Record<string, string>> = {
  "sentinel monitor": "trading $primary 2",
  "sentinel down-after-milliseconds": "trading 5000",
  "sentinel failover-timeout": "trading 22000",
};
const start = (changes: Readonly<Record<string, string | undefined>> = {}) =>
  Object.entries({ ...startLines, ...changes })
    .flatMap(([key, value]) => (value === undefined ? [] : [`  echo "${key} ${value}"\n`]))
    .join("");
const promote = (
  monitor = "trading $primary 2",
  set = "trading auth-user sentinel down-after-milliseconds 5000 failover-timeout 22000",
) => `expect_ok "$(sentinel SENTINEL MONITOR ${monitor})"
expect_ok "$(sentinel SENTINEL SET ${set})"
`;
const names = { "sentinel resolve-hostnames": "yes", "sentinel announce-hostnames": "yes" };
const sentinel = (changes: object = {}) =>
  files("sentinel", {
    "sentinel.conf": lines(names),
    "start.sh": start(),
    "promote.sh": promote(),
    ...changes,
  });

const secure = {
  port: "0",
  "tls-cert-file": "/certificates/tls.crt",
  "tls-key-file": "/certificates/tls.key",
  "tls-ca-cert-file": "/certificates/ca.crt",
  "tls-protocols": '"TLSv1.3"',
  "tls-replication": "yes",
  aclfile: "/data/users.acl",
};
const tlsStart = "printf 'tls-port %s\\n' \"$2\"\n";
const tls = (changes: Readonly<Record<string, string | undefined>>, scripts: object = {}) =>
  files("server", { "redis.conf": lines(secure, changes), "start.sh": tlsStart, ...scripts });

const head = "cache-server-us-east-1-0.example 6379";
const upstream = "cache-feed.us-west-2.example 6379";
const inRegion = (serving: boolean, more: object = { upstream }) => ({
  settings: { caches: [{ store: "cache", serving, head, ...more }] },
});
const servers = (firstUpstream: unknown, standBy = `following="${upstream}"\n`) =>
  files("server", { "first-upstream": firstUpstream, "stand-by.sh": standBy });
const sentinels = (firstPrimary: unknown) => files("sentinel", { "first-primary": firstPrimary });

/** Cases of the rules of caches. */
export const cacheCases: readonly RuleCases[] = [
  {
    rule: durability,
    settings: {
      caches: [
        { store: "other", memoryMebibytes: 64, replicasToWrite: 1, longestLagSeconds: 1 },
        { store: "cache", memoryMebibytes: 1_024, replicasToWrite: 1, longestLagSeconds: 8 },
      ],
    },
    good: [
      passes("as the system's file says", redis({})),
      passes("stricter", redis({ appendfsync: "always", "min-replicas-to-write": "2" })),
      passes(
        "Redis' own defaults",
        redis({ appendfsync: undefined, "maxmemory-policy": undefined }),
      ),
      passes("a Sentinel's", files("sentinel", { "sentinel.conf": "" })),
      passes("a cache of another system", files("server", {}, "sessions")),
      passes(
        "a script that only speaks of it, and one that sets something else",
        redis(
          {},
          {
            "start.sh": "# appendonly no\nprintf 'tls-port %s\\n' 6379\n",
            "fill.sh": 'refuse "appendonly no?"\n',
            "reload.sh": "CONFIG SET masterauth\n",
          },
        ),
      ),
    ],
    bad: [
      breaks("nothing written down", redis({ appendonly: "no" }), "data.redis.conf: appendonly"),
      breaks("never flushed", redis({ appendfsync: "no" }), "data.redis.conf: appendfsync"),
      breaks(
        "other memory than the file says",
        redis({ maxmemory: "2048mb" }),
        "data.redis.conf: maxmemory",
      ),
      breaks(
        "data dropped",
        redis({ "maxmemory-policy": "allkeys-lru" }),
        "data.redis.conf: maxmemory-policy",
      ),
      breaks(
        "data that has a term dropped",
        redis({ "maxmemory-policy": "volatile-ttl" }),
        "data.redis.conf: maxmemory-policy",
      ),
      breaks(
        "the last of two lines is in force",
        files("server", { "redis.conf": `${lines(durable)}APPENDONLY no\n` }),
        "data.redis.conf: appendonly",
      ),
      breaks(
        "added by the start script",
        redis({}, { "start.sh": "printf 'appendonly no\\n'\n" }),
        "data.start.sh: appendonly",
      ),
      breaks(
        "an argument of the start script",
        redis({}, { "start.sh": "exec redis-server /data/redis.conf --maxmemory 0\n" }),
        "data.start.sh: maxmemory",
      ),
      breaks(
        "set while it runs",
        redis({}, { "reload.sh": "reload CONFIG SET tls-port 1 min-replicas-to-write 0\n" }),
        "data.reload.sh: min-replicas-to-write",
      ),
    ],
    absent: [
      breaks("no file", files("server", {}), "data.redis.conf"),
      breaks("no data", files("server", undefined), "data.redis.conf"),
      breaks("an empty file", files("server", { "redis.conf": "" }), [
        "data.redis.conf: appendonly",
        "data.redis.conf: maxmemory",
        "data.redis.conf: min-replicas-to-write",
        "data.redis.conf: min-replicas-max-lag",
      ]),
    ],
    limit: [
      passes("the longest lag, the fewest replicas", redis({ "min-replicas-max-lag": "8" })),
      breaks(
        "a second longer",
        redis({ "min-replicas-max-lag": "9" }),
        "data.redis.conf: min-replicas-max-lag",
      ),
      passes("the shortest lag", redis({ "min-replicas-max-lag": "1" })),
      breaks(
        "0, which turns it off",
        redis({ "min-replicas-max-lag": "0" }),
        "data.redis.conf: min-replicas-max-lag",
      ),
      breaks(
        "no replica",
        redis({ "min-replicas-to-write": "0" }),
        "data.redis.conf: min-replicas-to-write",
      ),
    ],
    unknown: [
      waits("not known", files("server", { "redis.conf": unknown }), "data.redis.conf"),
      waits("a script", redis({}, { "start.sh": unknown }), "data.start.sh"),
    ],
  },
  {
    rule: quorum,
    settings: {
      caches: [
        {
          store: "cache",
          masterName: "trading",
          sentinels: 3,
          detectionMilliseconds: 5_000,
          failoverTimeoutMilliseconds: 22_000,
        },
      ],
    },
    good: [
      passes("the majority of three", sentinel()),
      passes("servers' files", files("server", {})),
      passes("a cache of another system", files("sentinel", {}, "sessions")),
    ],
    bad: [
      breaks(
        "slow to notice",
        sentinel({
          "start.sh": start({ "sentinel down-after-milliseconds": "trading 30000" }),
        }),
        "data.start.sh: down-after-milliseconds",
      ),
      breaks(
        "slow to try again, once promoted",
        sentinel({
          "promote.sh": promote(
            undefined,
            "trading down-after-milliseconds 5000 failover-timeout 180000",
          ),
        }),
        "data.promote.sh: failover-timeout",
      ),
      breaks(
        "slow to notice, once promoted",
        sentinel({
          "promote.sh": promote(
            undefined,
            "trading down-after-milliseconds 6000 failover-timeout 22000",
          ),
        }),
        "data.promote.sh: down-after-milliseconds",
      ),
      breaks(
        "under another name",
        sentinel({ "start.sh": start({ "sentinel monitor": "mymaster $primary 2" }) }),
        "data.start.sh: the group's name in sentinel monitor, its quorum",
      ),
      breaks(
        "addresses instead of names",
        sentinel({
          "sentinel.conf": lines(names, { "sentinel announce-hostnames": "no" }),
        }),
        "data.sentinel.conf: sentinel announce-hostnames",
      ),
    ],
    absent: [
      breaks("no configuration", sentinel({ "sentinel.conf": undefined }), [
        "data.sentinel.conf: sentinel resolve-hostnames",
        "data.sentinel.conf: sentinel announce-hostnames",
      ]),
      breaks(
        "Redis' default silence",
        sentinel({ "start.sh": start({ "sentinel down-after-milliseconds": undefined }) }),
        ["data.start.sh: down-after-milliseconds"],
      ),
      breaks("nothing to watch by", sentinel({ "promote.sh": "" }), [
        "data.promote.sh: sentinel monitor, its quorum",
        "data.promote.sh: down-after-milliseconds",
        "data.promote.sh: failover-timeout",
      ]),
    ],
    limit: [
      breaks(
        "one less than the majority",
        sentinel({ "start.sh": start({ "sentinel monitor": "trading $primary 1" }) }),
        "data.start.sh: sentinel monitor, its quorum",
      ),
      breaks(
        "one more than the majority",
        sentinel({ "promote.sh": promote("trading $primary 3") }),
        "data.promote.sh: sentinel monitor, its quorum",
      ),
    ],
    unknown: [waits("not known", sentinel({ "start.sh": unknown }), "data.start.sh")],
  },
  {
    rule: standby,
    good: [
      passes("a standby that follows", servers(`${upstream}\n`), inRegion(false)),
      passes("its Sentinels at rest", sentinels(""), inRegion(false)),
      passes("a region that serves", servers(""), inRegion(true)),
      passes("its Sentinels at work", sentinels(`${head}\n`), inRegion(true)),
      passes("a standby that is filled from snapshots", servers("", ""), inRegion(false, {})),
      passes("a cache of another system", files("server", {}, "sessions"), inRegion(true)),
      passes("something else", files("client", {}), inRegion(true)),
    ],
    bad: [
      breaks("a standby without data", servers(""), "data.first-upstream", inRegion(false)),
      breaks(
        "Sentinels that promote in the standby",
        sentinels(`${head}\n`),
        "data.first-primary",
        inRegion(false),
      ),
      breaks(
        "a region that serves and follows",
        servers(`${upstream}\n`),
        "data.first-upstream",
        inRegion(true),
      ),
      breaks("a region that nobody watches", sentinels("\n"), "data.first-primary", inRegion(true)),
      breaks(
        "a way back to nobody",
        servers("", 'following="NO ONE"\n'),
        "data.stand-by.sh: whom it follows",
        inRegion(true),
      ),
      breaks(
        "snapshots, and yet an upstream",
        servers(`${upstream}\n`),
        "data.first-upstream",
        inRegion(false, {}),
      ),
    ],
    absent: [
      breaks(
        "no files",
        files("server", {}),
        ["data.first-upstream", "data.stand-by.sh: whom it follows"],
        inRegion(true),
      ),
      breaks("no data", files("sentinel", undefined), "data.first-primary", inRegion(false)),
    ],
    limit: { none: "addresses are the same or not" },
    unknown: [waits("not known", servers(unknown), "data.first-upstream", inRegion(false))],
  },
  {
    rule: encryption,
    settings: { minimumTlsVersion: "1.3" },
    good: [
      passes("TLS alone", tls({})),
      passes(
        "its port in the file",
        files("server", { "redis.conf": lines(secure, { "tls-port": "6379" }) }),
      ),
      passes(
        "renewed certificates, loaded",
        tls({}, { "reload.sh": "CONFIG SET tls-cert-file a tls-key-file b tls-ca-cert-file c\n" }),
      ),
      passes(
        "a Sentinel",
        files("sentinel", { "sentinel.conf": lines(secure), "start.sh": tlsStart }),
      ),
      passes("something else", files("client", {})),
    ],
    bad: [
      breaks("plain text, too", tls({ port: "6379" }), "data.redis.conf: port"),
      breaks(
        "plain text between servers",
        tls({ "tls-replication": "no" }),
        "data.redis.conf: tls-replication",
      ),
      breaks(
        "plain text by an argument",
        tls({}, { "start.sh": `${tlsStart}exec redis-server /data/redis.conf --port 6379\n` }),
        "data.start.sh: port",
      ),
      breaks(
        "older versions by a script",
        tls({}, { "reload.sh": 'CONFIG SET tls-protocols "TLSv1.2"\n' }),
        "data.reload.sh: tls-protocols",
      ),
      breaks(
        "a Sentinel without users",
        files("sentinel", {
          "sentinel.conf": lines(secure, { aclfile: undefined }),
          "start.sh": tlsStart,
        }),
        "data.sentinel.conf: aclfile",
      ),
    ],
    absent: [
      breaks("no file", files("server", { "start.sh": tlsStart }), [
        "data.redis.conf: port",
        "data.redis.conf: tls-replication",
        "data.redis.conf: tls-cert-file",
        "data.redis.conf: tls-key-file",
        "data.redis.conf: tls-ca-cert-file",
        "data.redis.conf: aclfile",
        "data.redis.conf: tls-protocols",
      ]),
      breaks("no port", tls({}, { "start.sh": "" }), "data.start.sh: tls-port"),
      breaks(
        "Redis' default versions",
        tls({ "tls-protocols": undefined }),
        "data.redis.conf: tls-protocols",
      ),
    ],
    limit: [
      breaks(
        "one version too low, too",
        tls({ "tls-protocols": '"TLSv1.2 TLSv1.3"' }),
        "data.redis.conf: tls-protocols",
      ),
      passes("both where both are accepted", tls({ "tls-protocols": '"TLSv1.2 TLSv1.3"' }), {
        settings: { minimumTlsVersion: "1.2" },
      }),
      breaks(
        "TLS 1.1",
        tls({ "tls-protocols": '"TLSv1.1 TLSv1.2"' }),
        "data.redis.conf: tls-protocols",
        { settings: { minimumTlsVersion: "1.2" } },
      ),
    ],
    unknown: [waits("not known", files("server", { "redis.conf": unknown }), "data.redis.conf")],
  },
  ...cachePodCases,
  ...cacheGroupCases,
];
