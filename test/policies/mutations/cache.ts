import { configMap } from "../../../policies/cache/groups";
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
];
