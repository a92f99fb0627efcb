import { z } from "zod";
import { stackIn } from "../placement/otherStack";
import { tradingRegionOf } from "../places";
import { type Finding, rule } from "../rule";
import { type Resource, type Stack, stackType } from "../stack";
import { listAt, textAt, valueAt } from "../values";
import { configurationFile, startScript } from "./directives";
import { belongsTo, configMap, type Membership, membershipOf, statefulSet } from "./groups";

/** Files that other rules hold to the system's file in each region, or to what tells the regions apart. */
const judgedAlone = [
  ...Object.values(configurationFile),
  startScript,
  "promote.sh",
  "stand-by.sh",
  "first-upstream",
  "first-primary",
];

/** A standby that behaves differently would do so on its first day of work. */
export const alike = rule({
  id: "cache-alike",
  severity: "high",
  scope: "system",
  description:
    "A cache's servers and Sentinels run the same images with the same memory in both regions, and their probes, hand-overs and reloads are the same.",
  serves: "the region scenario",
  peers: [],
  types: [stackType],
  example: {
    good: 'redisImage: "….dkr.ecr.us-west-2.amazonaws.com/redis:7.2@sha256:1…" // prod: the same digest',
    bad: 'redisImage: "….dkr.ecr.us-west-2.amazonaws.com/redis:7.0@sha256:2…" // prod: redis:7.2@sha256:1…',
  },
  settings: z.strictObject({
    /** The primary region. */
    primary: z.string(),
    /** The standby region, whose stack is judged. */
    standby: z.string(),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    return environment.name === "dr" && region !== undefined
      ? { primary: region.other.region, standby: region.own.region }
      : undefined;
  },
  *check(_, { settings: { primary, standby }, stack, others }) {
    const primaryStack = stackIn(primary, others);
    for (const type of [configMap, statefulSet]) {
      for (const own of stack.ofType(type)) {
        const membership = membershipOf(own);
        const model = membership && modelOf(membership, type, primaryStack);
        if (model !== undefined) {
          const [ours, theirs] = [valuesOf(own), valuesOf(model)];
          const inOurs = withoutRegions(ours, standby, primary);
          yield* differences(own, inOurs, withoutRegions(theirs, primary, standby));
        }
      }
    }
  },
});

/** What the primary region declares for the same part. Whether there is any, others ask. */
function modelOf(
  membership: Membership,
  type: string,
  primaryStack: Stack | undefined,
): Resource | undefined {
  return primaryStack?.ofType(type).find((candidate) => belongsTo(membership, candidate));
}

type Values = ReadonlyMap<string, string>;

/** What is compared, by setting. */
function valuesOf({ type, inputs }: Resource): Values {
  return new Map(type === configMap ? filesOf(inputs) : containersOf(inputs));
}

function filesOf(inputs: unknown): [string, string][] {
  return Object.keys(valueAt(inputs, "data") ?? {})
    .filter((file) => !judgedAlone.includes(file))
    .map((file) => [`data.${file}`, textAt(inputs, "data", file) ?? ""]);
}

function containersOf(inputs: unknown): [string, string][] {
  return listAt(inputs, "spec", "template", "spec", "containers").flatMap((container) => {
    const name = textAt(container, "name") ?? "";
    return [
      // Each region has a registry of its own; what is in it is the same.
      [`image of ${name}`, (textAt(container, "image") ?? "").replace(/^[^/]*\//, "")],
      [`memory of ${name}`, textAt(container, "resources", "limits", "memory") ?? ""],
    ];
  });
}

/** Values in which the two regions are called the same in both stacks. */
function withoutRegions(values: Values, own: string, other: string): Values {
  return new Map(
    [...values].map(([setting, value]) => [
      setting,
      value.replaceAll(own, "OWN").replaceAll(other, "OTHER"),
    ]),
  );
}

function* differences({ name }: Resource, ours: Values, theirs: Values): Iterable<Finding> {
  for (const setting of new Set([...ours.keys(), ...theirs.keys()])) {
    if (ours.get(setting) !== theirs.get(setting)) {
      yield {
        setting: `${setting} of "${name}"`,
        found: "another one than in the primary region",
        required: "the same in both regions",
        mend: "declare both regions from the same settings; images by the same digest in both stacks' files",
      };
    }
  }
}
