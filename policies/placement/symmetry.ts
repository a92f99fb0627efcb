import { z } from "zod";
import { tradingRegionOf } from "../places";
import { type Finding, rule } from "../rule";
import { type Resource, type Stack } from "../stack";
import { type Path, textAt, valueAt } from "../values";
import { stackIn } from "./otherStack";

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

/** The primary's stack has those of both regions: their names end in theirs. */
const roles = named("aws:iam/role:Role", "maxSessionDuration");

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
  roles,
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
];

/** The standby may have fewer members than the primary, so they go by what any of those is like. */
const databases: Readonly<Record<string, readonly string[]>> = {
  "aws:rds/cluster:Cluster": ["engineVersion"],
  "aws:rds/clusterInstance:ClusterInstance": ["instanceClass", "engineVersion"],
  "aws:rds/instance:Instance": ["instanceClass", "engineVersion"],
};

/** What has no counterpart: Route 53 publishes health checks in us-east-1 alone. */
function isPaired({ inputs }: Resource): boolean {
  return textAt(inputs, "namespace") !== "AWS/Route53";
}

/** A standby that is not like the primary would fail its first day. */
export const symmetry = rule({
  id: "placement-symmetry",
  severity: "critical",
  scope: "system",
  description:
    "What the primary region declares the standby region does too, and of the same kind: buckets, vaults, keys, repositories, alarms, roles, caches, and databases of the same class and version.",
  serves: "the region scenario",
  peers: [],
  types: [...pairs.map(({ type }) => type), ...Object.keys(databases)],
  example: {
    good: 'instanceClass: "db.r6g.large" // in both regions',
    bad: 'instanceClass: "db.r6g.large" // in dr, beside "db.r6g.4xlarge" in prod',
  },
  settings: z.strictObject({
    /** Region of the stack. */
    own: z.string(),
    primary: z.string(),
    standby: z.string(),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    if (region === undefined) {
      return undefined;
    }
    const { primary, standby } = region.system.regions;
    return { own: region.own.region, primary, standby };
  },
  *check(subject, { settings: { own, primary, standby }, stack, others }) {
    const isRole = subject.type === roles.type;
    const region = isRole
      ? [primary, standby].find((one) => textAt(subject.inputs, ...roles.name)?.endsWith(one))
      : own;
    const other = region === primary ? standby : primary;
    const theirs = isRole ? stack : stackIn(other, others);
    if (region === undefined || theirs === undefined) {
      return;
    }
    const pair = pairs.find(({ type }) => type === subject.type);
    if (pair === undefined) {
      yield* region === standby ? databaseFindings(subject, theirs) : [];
      return;
    }
    const name = commonName(pair, subject, region, other);
    const counterpart = theirs
      .ofType(pair.type)
      .find((one) => one !== subject && commonName(pair, one, other, region) === name);
    if (region === standby) {
      // The standby may have more, as what an operator fails over by.
      yield* counterpart === undefined ? [] : differences(pair, subject, counterpart);
    } else if (counterpart === undefined && isPaired(subject)) {
      yield {
        setting: `its counterpart in ${standby}`,
        required: "declared as in the primary region",
        mend: "declare it for both regions alike",
      };
    }
  },
});

/** What the names of a resource and its counterpart have in common. */
function commonName(
  { name }: Paired,
  { inputs }: Resource,
  region: string,
  other: string,
): string | undefined {
  return (
    textAt(inputs, ...name)
      ?.replaceAll(region, "REGION")
      .replaceAll(other, "OTHER")
      // A database that was rebuilt has a number in its names, in one region before the other.
      .replace(/-generation-\d+/, "")
  );
}

function* differences({ same }: Paired, subject: Resource, model: Resource): Iterable<Finding> {
  for (const path of same) {
    const [found, required] = [subject, model].map(({ inputs }) => {
      const value = valueAt(inputs, ...path);
      return value === undefined ? undefined : JSON.stringify(value);
    });
    if (found !== required) {
      yield {
        setting: path.join("."),
        ...(found === undefined ? {} : { found }),
        required: `${required ?? "absent"}, as in the primary region`,
        mend: "declare both regions from the same settings",
      };
    }
  }
}

function* databaseFindings({ type, inputs }: Resource, primary: Stack): Iterable<Finding> {
  for (const setting of databases[type] ?? []) {
    const model = new Set(primary.ofType(type).flatMap((one) => textAt(one.inputs, setting) ?? []));
    const found = textAt(inputs, setting);
    if (model.size > 0 && found !== undefined && !model.has(found)) {
      yield {
        setting,
        found,
        required: `${[...model].join(" or ")}, as in the primary region`,
        mend: "set it in the system's file, which both regions are declared from",
      };
    }
  }
}
