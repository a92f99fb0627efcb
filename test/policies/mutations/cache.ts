import { configMap, statefulSet } from "../../../policies/cache/groups";
import { type Declared, type Mutation } from "../mutation";

/** Changes the text of a file of a ConfigMap, which must be in it. */
function rewrite(
  declared: Declared,
  part: "server" | "sentinel",
  file: string,
  find: string | RegExp,
  replacement: string,
): void {
  const { inputs } = declared.one(configMap, `cache-${part}-configuration`);
  const data = inputs["data"] as Record<string, string>;
  const before = data[file] ?? "";
  const after = before.replace(find, replacement);
  if (after === before) {
    throw new Error(`there is no ${String(find)} in ${file}`);
  }
  data[file] = after;
}

/** A mutation that changes the text of a file. */
function rewritten(
  title: string,
  trips: readonly string[],
  ...change: [part: "server" | "sentinel", file: string, find: string | RegExp, replacement: string]
): Mutation {
  return {
    title,
    stack: "prod",
    change: (declared) => {
      rewrite(declared, ...change);
    },
    trips,
  };
}

/** Mutations of caches. */
export const cacheMutations: readonly Mutation[] = [
  rewritten(
    "a cache that keeps nothing",
    ["cache-durability"],
    "server",
    "redis.conf",
    "appendonly yes",
    "appendonly no",
  ),
  rewritten(
    "a cache that drops data when it is full",
    ["cache-durability"],
    "server",
    "redis.conf",
    "noeviction",
    "allkeys-lru",
  ),
  rewritten(
    "a cache that takes writes without replicas",
    ["cache-durability"],
    "server",
    "redis.conf",
    /min-replicas-to-write.*\n/,
    "",
  ),
  rewritten(
    "a cache that keeps nothing, by its start script",
    ["cache-durability"],
    "server",
    "start.sh",
    "exec redis-server /data/redis.conf",
    "exec redis-server /data/redis.conf --appendonly no",
  ),
  rewritten(
    "one Sentinel alone promotes",
    ["cache-quorum"],
    "sentinel",
    "start.sh",
    "$primary 2",
    "$primary 1",
  ),
  rewritten(
    "one Sentinel alone promotes, after a change of regions",
    ["cache-quorum"],
    "sentinel",
    "promote.sh",
    "$primary 2",
    "$primary 1",
  ),
  rewritten(
    "a primary that is missed after half a minute",
    ["cache-quorum"],
    "sentinel",
    "start.sh",
    "down-after-milliseconds mymaster 5000",
    "down-after-milliseconds mymaster 30000",
  ),
  rewritten(
    "a cache that listens in plain text, too",
    ["cache-encrypted-connections"],
    "server",
    "redis.conf",
    "port 0",
    "port 6379",
  ),
  rewritten(
    "Sentinels without users",
    ["cache-encrypted-connections"],
    "sentinel",
    "sentinel.conf",
    /aclfile.*\n/,
    "",
  ),
  rewritten(
    "a cache that accepts TLS 1.2",
    ["cache-encrypted-connections"],
    "server",
    "redis.conf",
    '"TLSv1.3"',
    '"TLSv1.2 TLSv1.3"',
  ),
  rewritten(
    "a password in a cache's configuration",
    ["secret-not-in-plain-sight"],
    "server",
    "redis.conf",
    "port 0",
    "requirepass swordfish\nport 0",
  ),
  {
    title: "a password in the environment of a cache's pods",
    stack: "dr",
    change: (declared) => {
      declared.set(statefulSet, "cache-server", "spec.template.spec.containers.2.env", [
        { name: "REDIS_PASSWORD", value: "swordfish" },
      ]);
    },
    trips: ["secret-not-in-plain-sight"],
  },
  {
    title: "a cache with a replica less",
    stack: "prod",
    change: (declared) => {
      declared.set(statefulSet, "cache-server", "spec.replicas", 2);
    },
    trips: ["cache-members", "placement-symmetry"],
  },
  {
    title: "two Sentinels",
    stack: "dr",
    change: (declared) => {
      declared.set(statefulSet, "cache-sentinel", "spec.replicas", 2);
    },
    trips: ["cache-members", "placement-symmetry"],
  },
  {
    title: "Sentinels that may share a zone",
    stack: "prod",
    change: (declared) => {
      declared.set(
        statefulSet,
        "cache-sentinel",
        "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.0.topologyKey",
        "kubernetes.io/hostname",
      );
    },
    trips: ["cache-members"],
  },
  {
    title: "a standby cache that nothing feeds",
    stack: "dr",
    change: (declared) => {
      rewrite(declared, "server", "first-upstream", /.+\n/, "");
    },
    trips: ["cache-standby"],
  },
  {
    title: "volumes that go with a cache's pods",
    stack: "prod",
    change: (declared) => {
      declared.set(
        statefulSet,
        "cache-server",
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
        "Delete",
      );
    },
    trips: ["cache-retained"],
  },
  {
    title: "a cache's Secret that may be deleted",
    stack: "prod",
    change: (declared) => {
      const secret = declared.one("kubernetes:core/v1:Secret", "cache-replication");
      Reflect.deleteProperty(secret.options, "protect");
    },
    trips: ["cache-retained"],
  },
];
