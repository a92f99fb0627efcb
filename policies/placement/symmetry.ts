import { z } from "zod";

import { type Finding, rule } from "../rule";
import { type Resource, type Stack, stackType } from "../stack";
import { type Path, textAt, valueAt } from "../values";
import { stackIn } from "./otherStack";
import { tradingRegionOf } from "../places";

/** What both trading regions have: where its name is, and what has to be the same there. */
interface Paired {
  readonly type: string;
  readonly name: Path;
  readonly same: readonly Path[];
}

const named = (type: string, ...same: readonly string[]): Paired => ({
  type,
  name: ["name"],
  same: same.map((setting) => [setting]),
});

const pairs: readonly Paired[] = [
  { type: "aws:s3/bucket:Bucket", name: ["bucket"], same: [["objectLockEnabled"]] },
  named("aws:backup/vault:Vault"),
  named("aws:kms/alias:Alias"),
  named("aws:cloudwatch/logGroup:LogGroup", "retentionInDays"),
  named("aws:sns/topic:Topic"),
  named("aws:sqs/queue:Queue"),
  named("aws:cloudwatch/eventRule:EventRule", "state"),
  named("aws:cloudwatch/metricAlarm:MetricAlarm", "threshold"),
  named("aws:cloudtrail/trail:Trail"),
  named("aws:ecr/repository:Repository"),
  {
    type: "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
    name: ["prefix"],
    same: [],
  },
  {
    type: "kubernetes:apps/v1:StatefulSet",
    name: ["metadata", "name"],
    same: [["spec", "replicas"]],
  },
  {
    type: "kubernetes:batch/v1:CronJob",
    name: ["metadata", "name"],
    same: [["spec", "schedule"]],
  },
];

/** Roles of both regions are in the primary's stack. */
const roles = named("aws:iam/role:Role", "maxSessionDuration");

/** What has no counterpart: Route 53 publishes health checks in us-east-1 alone. */
function isPaired({ inputs }: Resource): boolean {
  return textAt(inputs, "namespace") !== "AWS/Route53";
}

const databases: readonly (readonly [type: string, same: readonly string[]])[] = [
  ["aws:rds/cluster:Cluster", ["engineVersion"]],
  ["aws:rds/clusterInstance:ClusterInstance", ["instanceClass", "engineVersion"]],
  ["aws:rds/instance:Instance", ["instanceClass", "engineVersion"]],
];

/** A standby that is not like the primary would fail its first day. */
export const symmetry = rule({
  id: "placement-symmetry",
  severity: "critical",
  scope: "system",
  description:
    "The standby region declares what the primary region does, and of the same kind: buckets, vaults, keys, repositories, alarms, roles, caches, jobs, and databases of the same class and version.",
  serves: "the region scenario",
  peers: [],
  types: [stackType],
  example: {
    good: 'instanceClass: "db.r6g.large" // in both regions',
    bad: 'instanceClass: "db.r6g.large" // in dr, beside "db.r6g.4xlarge" in prod',
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
    if (primaryStack === undefined) {
      return;
    }
    const own = { region: standby, other: primary };
    const theirs = { region: primary, other: standby };
    for (const pair of pairs) {
      const model = byName(pair, primaryStack.ofType(pair.type).filter(isPaired), theirs);
      yield* comparison(pair, model, byName(pair, stack.ofType(pair.type), own));
    }
    const [inPrimary, inStandby] = [primary, standby].map((region) =>
      primaryStack
        .ofType(roles.type)
        .filter(({ inputs }) => textAt(inputs, ...roles.name)?.endsWith(region) === true),
    );
    yield* comparison(
      roles,
      byName(roles, inPrimary ?? [], theirs),
      byName(roles, inStandby ?? [], own),
    );
    yield* databaseFindings(primaryStack, stack);
  },
});

/** A region, and the other one of the two. */
interface Side {
  readonly region: string;
  readonly other: string;
}

/** Resources by what their names have in common in both regions. */
function byName(
  { name }: Paired,
  resources: readonly Resource[],
  { region, other }: Side,
): Map<string, Resource> {
  return new Map(
    resources.map((resource) => {
      const common = (textAt(resource.inputs, ...name) ?? "")
        .replaceAll(region, "REGION")
        .replaceAll(other, "OTHER")
        // A database that was rebuilt has a number in its names, in one region before the other.
        .replace(/-generation-\d+/, "");
      return [common, resource] as const;
    }),
  );
}

function* comparison(
  { type, same }: Paired,
  model: ReadonlyMap<string, Resource>,
  own: ReadonlyMap<string, Resource>,
): Iterable<Finding> {
  for (const [common, { name, inputs }] of model) {
    const counterpart = own.get(common);
    if (counterpart === undefined) {
      yield {
        setting: `the counterpart of ${type} "${name}"`,
        required: "declared as in the primary region",
        mend: "declare it for both regions alike",
      };
      continue;
    }
    for (const path of same) {
      if (!isEqual(valueAt(inputs, ...path), valueAt(counterpart.inputs, ...path))) {
        yield {
          setting: `${path.join(".")} of ${type} "${counterpart.name}"`,
          found: "another one than in the primary region",
          required: "the same in both regions",
          mend: "declare both regions from the same settings",
        };
      }
    }
  }
}

function* databaseFindings(primary: Stack, standby: Stack): Iterable<Finding> {
  for (const [type, same] of databases) {
    for (const setting of same) {
      const model = valuesOf(primary, type, setting);
      for (const value of valuesOf(standby, type, setting)) {
        if (model.size > 0 && !model.has(value)) {
          yield {
            setting: `${setting} of ${type}`,
            found: value,
            required: [...model].join(" or "),
            mend: "set it in the system's file, which both regions are declared from",
          };
        }
      }
    }
  }
}

/** The values of a setting in a stack, each once. */
function valuesOf(stack: Stack, type: string, setting: string): ReadonlySet<string> {
  return new Set(stack.ofType(type).flatMap(({ inputs }) => textAt(inputs, setting) ?? []));
}

function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
