import { z } from "zod";
import { cacheObjectives } from "../../config/cacheSettings";
import { cacheTimings } from "../../contracts/cacheTimings";
import { type Finding, rule } from "../rule";
import { configurationFile, directivesIn, overridden, shown } from "./directives";
import { cachesIn, configMap, membershipOf } from "./groups";

const durabilitySettings = z.strictObject({
  caches: z.array(
    z.strictObject({
      /** Name of the cache in the system's file. */
      store: z.string(),
      /** Memory for data of each server, in mebibytes: `memoryMebibytes`. */
      memoryMebibytes: z.int(),
      /** Replicas without which no write is taken. */
      replicasToWrite: z.int(),
      /** Seconds that a replica may lag: `lostWriteBound`, less the two that reporting adds. */
      longestLagSeconds: z.int(),
    }),
  ),
});

/** What one directive has to be. */
interface Demand {
  readonly directive: string;
  /** `undefined` stands for a directive that is not there. */
  readonly holds: (value: string | undefined) => boolean;
  readonly required: string;
  readonly mend: string;
}

/** Acknowledged writes outlive the primary. */
export const durability = rule({
  id: "cache-durability",
  severity: "critical",
  scope: "resource",
  description:
    "A cache's servers write down what they are told, drop nothing when they are full, and take writes only while a replica follows as closely as the system's file says.",
  serves: "lostWriteBound of the cache, and the scenarios that restart its servers",
  peers: ["CKV_AWS_134", "ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK"],
  types: [configMap],
  example: {
    good: '"redis.conf": "appendonly yes\\nmin-replicas-to-write 1\\nmin-replicas-max-lag 8\\n…"',
    bad: '"redis.conf": "appendonly no\\n…"',
  },
  settings: durabilitySettings,
  settingsFor: (environment) =>
    cachesIn(environment, (store, cache) => {
      const { system } = environment.configuration;
      const timings = cacheTimings(cacheObjectives(system, store, cache));
      return {
        store,
        memoryMebibytes: cache.memoryMebibytes,
        replicasToWrite: timings.minReplicasToWrite,
        longestLagSeconds: timings.minReplicasMaxLagSeconds,
      };
    }),
  *check({ inputs }: { readonly inputs: unknown }, { settings: { caches } }): Iterable<Finding> {
    const membership = membershipOf({ inputs });
    const cache = caches.find(({ store }) => store === membership?.store);
    if (membership?.part !== "server" || cache === undefined) {
      return;
    }
    const file = configurationFile.server;
    const directives = directivesIn(inputs, file);
    if (directives === undefined) {
      yield {
        setting: `data.${file}`,
        required: "there, or servers keep nothing",
        mend: "declare it by components/cache",
      };
      return;
    }
    const demands = demandsOf(cache);
    for (const { directive, holds, required, mend } of demands) {
      const value = directives.get(directive);
      if (!holds(value)) {
        yield { setting: `data.${file}: ${directive}`, ...shown(value), required, mend };
      }
    }
    const names = demands.map(({ directive }) => directive);
    for (const { script, name } of overridden(inputs, names)) {
      yield {
        setting: `data.${script}: ${name}`,
        found: "set",
        required: `left to ${file}`,
        mend: "take it out of the script: it wins over the file",
      };
    }
  },
});

function demandsOf({
  memoryMebibytes,
  replicasToWrite,
  longestLagSeconds,
}: z.output<typeof durabilitySettings>["caches"][number]): readonly Demand[] {
  return [
    {
      directive: "appendonly",
      holds: (value) => value === "yes",
      required: "yes",
      mend: "set it: a primary that restarts before it is missed comes back empty, and replicas copy that",
    },
    {
      directive: "appendfsync",
      // Redis flushes every second unless it is told otherwise.
      holds: (value) => [undefined, "everysec", "always"].includes(value),
      required: "everysec or always",
      mend: "set it to everysec: with no, a cluster that loses power loses half a minute",
    },
    {
      directive: "maxmemory",
      holds: (value) => value === `${String(memoryMebibytes)}mb`,
      required: `${String(memoryMebibytes)}mb`,
      mend: "set it from memoryMebibytes, which limits and volumes follow from",
    },
    {
      directive: "maxmemory-policy",
      // Redis drops nothing unless it is told to.
      holds: (value) => value === undefined || value === "noeviction",
      required: "noeviction",
      mend: "set it: a store that recovery counts on never drops data on its own",
    },
    {
      directive: "min-replicas-to-write",
      holds: (value) => Number(value ?? 0) >= replicasToWrite,
      required: `${String(replicasToWrite)} at least`,
      mend: `set it to ${String(replicasToWrite)}: without it writes are acknowledged that no other server has`,
    },
    {
      directive: "min-replicas-max-lag",
      // With 0, Redis does not look at replicas at all.
      holds: (value) => Number(value ?? 0) >= 1 && Number(value) <= longestLagSeconds,
      required: `1 to ${String(longestLagSeconds)} seconds`,
      mend: "set it from lostWriteBound by contracts/cacheTimings.ts",
    },
  ];
}
