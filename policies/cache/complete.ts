import { z } from "zod";
import { type Finding, rule } from "../rule";
import { type Resource, type Stack, stackType } from "../stack";
import { isTrueAt, listAt, textAt, valueAt } from "../values";
import { configurationFile, directivesIn, startScript } from "./directives";
import { belongsTo, configMap, type Membership, parts, statefulSet, textsAt } from "./groups";
import { cachesInRegion } from "./regions";

/** What the rules of single resources say is true of a cache only if it is there, and runs by them. */
export const complete = rule({
  id: "cache-complete",
  severity: "critical",
  scope: "stack",
  description:
    "Every cache of the system's file has servers and Sentinels; they start by the script and the configuration that the other rules judge, and what they write is on volumes of their own that they may write to.",
  serves: "the pod, node and cache-primary scenarios",
  peers: ["CKV_AWS_134"],
  types: [stackType],
  example: {
    good: 'command: ["sh", "/configuration/start.sh"] // and volumeClaimTemplates: [data], mounted at /data',
    bad: 'command: ["redis-server"] // and volumes: [{ name: "data", emptyDir: {} }]',
  },
  settings: z.strictObject({
    /** Names of the caches in the system's file. */
    stores: z.array(z.string()),
  }),
  settingsFor: (environment) => {
    const stores = cachesInRegion(environment).map(({ store }) => store);
    return stores.length === 0 ? undefined : { stores };
  },
  *check(_, { settings: { stores }, stack }) {
    for (const store of stores) {
      for (const part of parts) {
        yield* partFindings({ part, store }, stack);
      }
    }
  },
});

function* partFindings(membership: Membership, stack: Stack): Iterable<Finding> {
  const { part, store } = membership;
  const sets = stack.ofType(statefulSet).filter((set) => belongsTo(membership, set));
  const whose = `${part}s of ${store}`;
  if (sets.length !== 1) {
    yield {
      setting: `StatefulSets of the ${whose}`,
      found: sets.length,
      required: "1, labelled as contracts and components/cache do",
      mend: "declare the cache by components/cache: clients have none otherwise",
    };
  }
  for (const { inputs } of sets) {
    const configuration = mountedIn(inputs, membership, stack);
    if (configuration === undefined) {
      yield {
        setting: `how the ${whose} start`,
        found: "without a declared ConfigMap of their own",
        required: `by ${startScript} out of their ConfigMap`,
        mend: "mount the ConfigMap and start by its script: no rule judges what else they would run",
      };
      continue;
    }
    for (const [what, path] of writtenPaths(configuration.inputs, part)) {
      if (path === undefined || !isOnClaim(inputs, path)) {
        yield {
          setting: `where the ${whose} keep ${what}`,
          found: "on no volume that stays and may be written to",
          required: "a volume of a claim, mounted without readOnly",
          mend: "mount the volume of volumeClaimTemplates there: it is lost with the pod otherwise",
        };
      }
    }
  }
}

/** The ConfigMap with the script that a container of a set's pods starts by. */
function mountedIn(
  inputs: unknown,
  membership: Membership,
  stack: Stack,
): Pick<Resource, "inputs"> | undefined {
  const pod = valueAt(inputs, "spec", "template", "spec");
  return stack.ofType(configMap).find((candidate) => {
    const volumes = listAt(pod, "volumes")
      .filter(
        (volume) =>
          textAt(volume, "configMap", "name") === textAt(candidate.inputs, "metadata", "name"),
      )
      .map((volume) => textAt(volume, "name"));
    return (
      belongsTo(membership, candidate) &&
      textAt(candidate.inputs, "metadata", "namespace") ===
        textAt(inputs, "metadata", "namespace") &&
      listAt(pod, "containers").some((container) => startsBy(container, volumes))
    );
  });
}

/** True for a container that starts by the script on one of some volumes, and is told nothing else. */
function startsBy(container: unknown, volumes: readonly (string | undefined)[]): boolean {
  const command = [...textsAt(container, "command"), ...textsAt(container, "args")].join(" ");
  return listAt(container, "volumeMounts").some(
    (mount) =>
      volumes.includes(textAt(mount, "name")) &&
      command === `sh ${textAt(mount, "mountPath") ?? ""}/${startScript}`,
  );
}

/** What a member writes, and where: Redis and Sentinel rewrite their configuration, too. */
function writtenPaths(
  configuration: unknown,
  part: Membership["part"],
): readonly (readonly [what: string, path: string | undefined])[] {
  const start = textAt(configuration, "data", startScript) ?? "";
  return [
    ["data", directivesIn(configuration, configurationFile[part])?.get("dir")],
    ["configuration", /^exec redis-(?:server|sentinel) (\S+)/m.exec(start)?.[1]],
  ];
}

/** True for a path on a volume of a claim that every container with a mount for it may write to. */
function isOnClaim(inputs: unknown, path: string): boolean {
  const claims = listAt(inputs, "spec", "volumeClaimTemplates").map((claim) =>
    textAt(claim, "metadata", "name"),
  );
  return listAt(inputs, "spec", "template", "spec", "containers").some((container) =>
    listAt(container, "volumeMounts").some((mount) => {
      const mountPath = textAt(mount, "mountPath");
      return (
        mountPath !== undefined &&
        `${path}/`.startsWith(`${mountPath}/`) &&
        claims.includes(textAt(mount, "name")) &&
        !isTrueAt(mount, "readOnly")
      );
    }),
  );
}
