import { durability } from "../../../policies/cache/durability";
import { quorum } from "../../../policies/cache/quorum";
import { breaks, passes, type RuleCases, unknown, waits } from "../ruleCases";
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
];
