import { z } from "zod";
import { cacheObjectives } from "../../config/cacheSettings";
import { cacheTimings } from "../../contracts/cacheTimings";
import { type Finding, rule } from "../rule";
import { textAt } from "../values";
import { configurationFile, directivesIn, shown, startScript } from "./directives";
import { cachesIn, configMap, membershipOf } from "./groups";

const quorumSettings = z.strictObject({
  caches: z.array(
    z.strictObject({
      /** Name of the cache in the system's file. */
      store: z.string(),
      /** Name that clients ask Sentinels for: `masterName`. */
      masterName: z.string(),
      /** Number of Sentinels; `quorum` is the majority of them, which the file is held to. */
      sentinels: z.int().min(3),
      /** Milliseconds of silence after which the primary is believed down: `detection`. */
      detectionMilliseconds: z.int(),
      /** `failover-timeout`, in milliseconds, which follows from the recovery time. */
      failoverTimeoutMilliseconds: z.int(),
    }),
  ),
});

type Watch = z.output<typeof quorumSettings>["caches"][number];

/** Lets Sentinels that are told to watch do so again: by the same settings as at their first start. */
const promoteScript = "promote.sh";

/** What a Sentinel is told about the primary: where it stands in the two scripts, and what it has to be. */
const watching: readonly {
  readonly setting: string;
  /** The first group is the group's name where it is given, the last one the value. */
  readonly patterns: Readonly<Record<string, RegExp>>;
  readonly demanded: (watch: Watch) => number;
  readonly mend: string;
}[] = [
  {
    setting: "sentinel monitor, its quorum",
    patterns: {
      [startScript]: /"sentinel monitor (\S+) \$primary (\d+)"/,
      [promoteScript]: /SENTINEL MONITOR (\S+) \$primary (\d+)/,
    },
    demanded: ({ sentinels }) => majorityOf(sentinels),
    mend: "set it to the majority of Sentinels: fewer promote a second primary, more cannot promote any",
  },
  {
    setting: "down-after-milliseconds",
    patterns: {
      [startScript]: /"sentinel down-after-milliseconds (\S+) (\d+)"/,
      [promoteScript]: /SENTINEL SET (\S+) [^\n]*down-after-milliseconds (\d+)/,
    },
    demanded: ({ detectionMilliseconds }) => detectionMilliseconds,
    mend: "set it from detection: later costs recovery time, earlier promotes for a pause",
  },
  {
    setting: "failover-timeout",
    patterns: {
      [startScript]: /"sentinel failover-timeout (\S+) (\d+)"/,
      [promoteScript]: /SENTINEL SET (\S+) [^\n]*failover-timeout (\d+)/,
    },
    demanded: ({ failoverTimeoutMilliseconds }) => failoverTimeoutMilliseconds,
    mend: "set it by contracts/cacheTimings.ts: a vote that nobody won is repeated after twice as long",
  },
];

/** Sentinels promote a replica in time, and never two. */
export const quorum = rule({
  id: "cache-quorum",
  severity: "critical",
  scope: "resource",
  description:
    "A majority of a cache's Sentinels has to agree that the primary is down, after the silence that the system's file says, under the name that clients ask for; they know members by name, and the same after a change of regions.",
  serves: "the cache-primary scenario and detection of the cache",
  peers: [],
  types: [configMap],
  example: {
    good: 'echo "sentinel monitor mymaster $primary 2" # of three',
    bad: 'echo "sentinel monitor mymaster $primary 1" # of three',
  },
  settings: quorumSettings,
  settingsFor: (environment) =>
    cachesIn(environment, (store, cache) => {
      const { system } = environment.configuration;
      const timings = cacheTimings(cacheObjectives(system, store, cache));
      return {
        store,
        masterName: cache.masterName,
        sentinels: cache.sentinels,
        detectionMilliseconds: timings.downAfterMilliseconds,
        failoverTimeoutMilliseconds: timings.failoverTimeoutMilliseconds,
      };
    }),
  *check({ inputs }: { readonly inputs: unknown }, { settings: { caches } }): Iterable<Finding> {
    const membership = membershipOf({ inputs });
    const watch = caches.find(({ store }) => store === membership?.store);
    if (membership?.part !== "sentinel" || watch === undefined) {
      return;
    }
    yield* namesFindings(inputs);
    for (const script of [startScript, promoteScript]) {
      yield* scriptFindings(inputs, script, watch);
    }
  },
});

function majorityOf(sentinels: number): number {
  return Math.floor(sentinels / 2) + 1;
}

/** Pods have new addresses after a restart; their names stay. */
function* namesFindings(inputs: unknown): Iterable<Finding> {
  const file = configurationFile.sentinel;
  const directives = directivesIn(inputs, file);
  for (const directive of ["sentinel resolve-hostnames", "sentinel announce-hostnames"]) {
    const value = directives?.get(directive);
    if (value !== "yes") {
      yield {
        setting: `data.${file}: ${directive}`,
        ...shown(value),
        required: "yes",
        mend: "set it: addresses of pods change, and Sentinels would look for members where none is",
      };
    }
  }
}

function* scriptFindings(inputs: unknown, script: string, watch: Watch): Iterable<Finding> {
  const text = textAt(inputs, "data", script) ?? "";
  for (const { setting, patterns, demanded, mend } of watching) {
    const found = patterns[script]?.exec(text);
    const value = found?.[2];
    if (Number(value) !== demanded(watch)) {
      yield {
        setting: `data.${script}: ${setting}`,
        ...shown(value),
        required: String(demanded(watch)),
        mend,
      };
    }
    if (found !== null && found?.[1] !== watch.masterName) {
      yield {
        setting: `data.${script}: the group's name in ${setting}`,
        found: "another one",
        required: "masterName of the system's file",
        mend: "set it from masterName: clients that ask for another name find no primary",
      };
    }
  }
}
