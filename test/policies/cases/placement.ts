import {
  explicitProvider,
  globalServicesInPrimary,
  ownRegion,
} from "../../../policies/placement/region";
import { symmetry } from "../../../policies/placement/symmetry";
import { type Resource, stackType } from "../../../policies/stack";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";

const bucket = (changes: Partial<Resource>) => resource("aws:s3/bucket:Bucket", {}, changes);
function noRegion(type: string, changes: Partial<Resource> = {}): Resource {
  const made = { ...resource(type, {}, changes) };
  Reflect.deleteProperty(made, "region");
  return made;
}

const provider = (region: string) =>
  resource("pulumi:providers:aws", { region }, { hasProvider: false });
const named = (type: string, name: string, more: Record<string, unknown> = {}) =>
  resource(type, { name, ...more }, { name });
const cluster = (engineVersion: unknown) => resource("aws:rds/cluster:Cluster", { engineVersion });
const member = (instanceClass: string) =>
  resource("aws:rds/clusterInstance:ClusterInstance", { instanceClass, engineVersion: "16.8" });
const alarm = (name: string, threshold: number, namespace = "AWS/S3") =>
  named("aws:cloudwatch/metricAlarm:MetricAlarm", name, { threshold, namespace });
const logs = (name: string) => named("aws:cloudwatch/logGroup:LogGroup", name);

/** What both regions have: its type, where its name is, and what has to be the same. */
const pairedTypes = [
  ["aws:s3/bucket:Bucket", "bucket", "objectLockEnabled"],
  ["aws:backup/vault:Vault", "name"],
  ["aws:kms/alias:Alias", "name"],
  ["aws:cloudwatch/logGroup:LogGroup", "name", "retentionInDays"],
  ["aws:sns/topic:Topic", "name"],
  ["aws:sqs/queue:Queue", "name"],
  ["aws:cloudwatch/eventRule:EventRule", "name", "state"],
  ["aws:cloudwatch/metricAlarm:MetricAlarm", "name", "threshold"],
  ["aws:cloudtrail/trail:Trail", "name"],
  ["aws:ecr/repository:Repository", "name"],
  ["aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate", "prefix"],
  ["kubernetes:apps/v1:StatefulSet", "metadata.name", "spec.replicas"],
] as const;

/** A resource whose inputs have values at paths. */
function having(type: string, name: string, values: Readonly<Record<string, unknown>>): Resource {
  const inputs: Record<string, Record<string, unknown>> = {};
  for (const [path, value] of Object.entries(values)) {
    const [outer = "", inner] = path.split(".");
    Object.assign(inputs, {
      [outer]: inner === undefined ? value : { ...inputs[outer], [inner]: value },
    });
  }
  return resource(type, inputs, { name });
}

const east = { own: "us-east-1", primary: "us-east-1", standby: "us-west-2" };
const west = { ...east, own: "us-west-2" };
const archive = [provider("eu-west-1")];

/** Surroundings of a resource of the primary region: what the standby has, and its own stack. */
const inPrimary = (standby: readonly Resource[], beside: readonly Resource[] = []) => ({
  settings: east,
  beside,
  others: { archive, dr: [provider("us-west-2"), ...standby] },
});

/** Surroundings of a resource of the standby region: what the primary has. */
const inStandby = (primary: readonly Resource[]) => ({
  settings: west,
  others: { archive, prod: [provider("us-east-1"), ...primary] },
});

const noCounterpart = "its counterpart in us-west-2";
const trail = named("aws:cloudtrail/trail:Trail", "hft-audit-trail-us-east-1");
const roleOf = (region: string, maxSessionDuration = 3_600) =>
  named("aws:iam/role:Role", `hft-snapshots-${region}`, { maxSessionDuration });

/** Cases of the rules of where things are. */
export const placementCases: readonly RuleCases[] = [
  {
    rule: ownRegion,
    settings: { regions: ["us-west-2"] },
    good: [
      passes("a bucket of the region", bucket({ region: "us-west-2" })),
      passes("what is in any of a sandbox's regions", bucket({ region: "eu-west-1" }), {
        settings: { regions: ["us-east-1", "us-west-2", "eu-west-1"] },
      }),
    ],
    bad: [
      breaks("a bucket elsewhere", bucket({ region: "us-east-1" }), "region"),
      breaks(
        "a provider for elsewhere",
        resource("pulumi:providers:aws", { region: "us-east-1" }),
        "region",
      ),
    ],
    absent: [passes("what belongs to no region", noRegion("random:index/randomId:RandomId"))],
    limit: { none: "a region is the own one, or another" },
    unknown: { none: "a provider's region is written out" },
  },
  {
    rule: explicitProvider,
    good: [passes("a resource with its provider", bucket({}))],
    bad: [
      breaks("a bucket of whatever provider", bucket({ hasProvider: false }), "provider"),
      breaks(
        "a password of whatever provider",
        noRegion("random:index/randomPassword:RandomPassword", { hasProvider: false }),
        "provider",
      ),
    ],
    absent: [
      passes(
        "a component",
        resource("trading-dr:storage:RecordBucket", {}, { hasProvider: false }),
      ),
      passes("a provider itself", resource("pulumi:providers:aws", {}, { hasProvider: false })),
      passes("the stack itself", resource(stackType, {}, { hasProvider: false })),
    ],
    limit: { none: "there is a provider, or there is none" },
    unknown: { none: "whether there is one is known" },
  },
  {
    rule: globalServicesInPrimary,
    good: [passes("a bucket", bucket({}))],
    bad: [
      "aws:iam/role:Role",
      "aws:route53/record:Record",
      "aws:budgets/budget:Budget",
      "aws:cloudfront/distribution:Distribution",
    ].map((type) => breaks(type, resource(type, {}), "its stack")),
    absent: [passes("a password", noRegion("random:index/randomPassword:RandomPassword"))],
    limit: { none: "a service is global, or it is not" },
    unknown: { none: "types are known" },
  },
  {
    rule: symmetry,
    settings: east,
    good: [
      passes(
        "names that differ in the region and the other region",
        alarm("hft/audit-copies-failed-to-us-west-2/us-east-1", 0),
        inPrimary([alarm("hft/audit-copies-failed-to-us-east-1/us-west-2", 0)]),
      ),
      passes(
        "names that differ in the generation of a database",
        logs("/aws/rds/cluster/hft-database-us-east-1/postgresql"),
        inPrimary([logs("/aws/rds/cluster/hft-database-generation-2-us-west-2/postgresql")]),
      ),
      ...[cluster("16.8"), member("db.r6g.large")].flatMap((one) => [
        passes(`a database's primary: ${one.type}`, one, inPrimary([])),
        passes(`one like it: ${one.type}`, one, inStandby([one])),
      ]),
      passes(
        "one of two classes",
        member("db.r6g.large"),
        inStandby([member("db.r6g.4xlarge"), member("db.r6g.large")]),
      ),
      passes(
        "a role of each region in the primary's stack",
        roleOf("us-east-1"),
        inPrimary([], [roleOf("us-west-2")]),
      ),
      passes(
        "an alarm on a health check",
        alarm("hft/health-check/us-east-1", 1, "AWS/Route53"),
        inPrimary([]),
      ),
      passes("a role of the archive", roleOf("eu-west-1"), inPrimary([])),
      passes("more in the standby", alarm("hft/failover/us-west-2", 1), inStandby([])),
    ],
    bad: [
      breaks(
        "no role for the standby region",
        roleOf("us-east-1"),
        noCounterpart,
        inPrimary([], [roleOf("eu-west-1")]),
      ),
      breaks(
        "a role for longer in the standby region",
        roleOf("us-west-2", 7_200),
        "maxSessionDuration",
        inPrimary([], [roleOf("us-east-1")]),
      ),
      breaks(
        "a smaller database",
        member("db.r6g.large"),
        "instanceClass",
        inStandby([member("db.r6g.4xlarge")]),
      ),
      breaks("an older database", cluster("16.6"), "engineVersion", inStandby([cluster("16.8")])),
      ...(
        [
          ["aws:rds/clusterInstance:ClusterInstance", "engineVersion"],
          ["aws:rds/instance:Instance", "engineVersion"],
          ["aws:rds/instance:Instance", "instanceClass"],
        ] as const
      ).map(([type, setting]) =>
        breaks(
          `another ${setting}: ${type}`,
          having(type, "database", { [setting]: "one" }),
          setting,
          inStandby([having(type, "database", { [setting]: "other" })]),
        ),
      ),
      ...pairedTypes.flatMap(([type, name, same]) => [
        breaks(
          `one of two: ${type}`,
          having(type, "second", { [name]: "second-us-east-1" }),
          noCounterpart,
          inPrimary(
            [having(type, "first", { [name]: "first-us-west-2" })],
            [having(type, "first", { [name]: "first-us-east-1" })],
          ),
        ),
        ...(same === undefined
          ? []
          : [
              breaks(
                `another ${same}: ${type}`,
                having(type, "first", { [name]: "first-us-west-2", [same]: 1 }),
                same,
                inStandby([having(type, "first", { [name]: "first-us-east-1", [same]: 2 })]),
              ),
              breaks(
                `no ${same}: ${type}`,
                having(type, "first", { [name]: "first-us-west-2" }),
                same,
                inStandby([having(type, "first", { [name]: "first-us-east-1", [same]: 2 })]),
              ),
            ]),
      ]),
    ],
    absent: [
      passes("a standby region's stack that is not looked at", trail, { others: { archive } }),
      passes("access to the database, which is in a trading region too", trail, {
        others: {
          access: [provider("us-west-2"), resource("pulumi:providers:postgresql", {})],
        },
      }),
      passes("no databases in the primary", cluster("16.8"), inStandby([])),
      breaks("nothing in the standby", trail, noCounterpart, inPrimary([])),
    ],
    limit: { none: "two things are alike, or they are not" },
    unknown: [
      waits(
        "a version that is not known",
        cluster(unknown),
        "engineVersion",
        inStandby([cluster("16.8")]),
      ),
      waits(
        "a name in the other region that is not known",
        trail,
        "name",
        inPrimary([resource(trail.type, { name: unknown })]),
      ),
    ],
  },
];
