import {
  explicitProvider,
  globalServicesInPrimary,
  ownRegion,
} from "../../../policies/placement/region";
import { symmetry } from "../../../policies/placement/symmetry";
import { type Resource, stackType } from "../../../policies/stack";
import {
  breaks,
  passes,
  resource,
  type RuleCase,
  type RuleCases,
  unknown,
  waits,
} from "../ruleCases";

const bucket = (changes: Partial<Resource>) => resource("aws:s3/bucket:Bucket", {}, changes);
function noRegion(type: string, changes: Partial<Resource> = {}): Resource {
  const made = { ...resource(type, {}, changes) };
  Reflect.deleteProperty(made, "region");
  return made;
}

const provider = (region: string) =>
  resource("pulumi:providers:aws", { region }, { hasProvider: false });
const stack = resource(stackType, {});
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
  ["kubernetes:batch/v1:CronJob", "metadata.name", "spec.schedule"],
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

/** What the primary region has, what is judged in the standby, and the verdict. */
function pair(
  make: (title: string, subject: Resource, more: Partial<RuleCase>) => RuleCase,
  title: string,
  primary: readonly Resource[],
  standby: readonly Resource[],
): RuleCase {
  return make(title, stack, {
    beside: [provider("us-west-2"), ...standby],
    others: { archive: [provider("eu-west-1")], prod: [provider("us-east-1"), ...primary] },
  });
}

const breaking = (setting: string) => (title: string, subject: Resource, more: Partial<RuleCase>) =>
  breaks(title, subject, setting, more);

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
    settings: { primary: "us-east-1", standby: "us-west-2" },
    good: [
      pair(
        passes,
        "names that differ in the region, the other region, and the generation of a database",
        [
          alarm("hft/audit-copies-failed-to-us-west-2/us-east-1", 0),
          logs("/aws/rds/cluster/hft-database-us-east-1/postgresql"),
        ],
        [
          alarm("hft/audit-copies-failed-to-us-east-1/us-west-2", 0),
          logs("/aws/rds/cluster/hft-database-generation-2-us-west-2/postgresql"),
        ],
      ),
      pair(
        passes,
        "databases of one class and version",
        [cluster("16.8"), member("db.r6g.large")],
        [cluster("16.8"), member("db.r6g.large")],
      ),
      pair(
        passes,
        "roles of both regions, which the primary's stack has",
        [
          named("aws:iam/role:Role", "hft-snapshots-us-east-1"),
          named("aws:iam/role:Role", "hft-snapshots-us-west-2"),
        ],
        [],
      ),
      pair(
        passes,
        "an alarm on a health check, and an archive's role: the standby has none",
        [
          alarm("hft/health-check/us-east-1", 1, "AWS/Route53"),
          named("aws:iam/role:Role", "hft-break-glass-eu-west-1"),
        ],
        [],
      ),
      pair(passes, "more in the standby", [], [alarm("hft/failover-switch/us-west-2", 1)]),
    ],
    bad: [
      pair(
        breaking('the counterpart of aws:backup/vault:Vault "hft-daily-vault-us-east-1"'),
        "no vault",
        [named("aws:backup/vault:Vault", "hft-daily-vault-us-east-1")],
        [],
      ),
      pair(
        breaking('the counterpart of aws:iam/role:Role "hft-snapshots-us-east-1"'),
        "no role for the standby region",
        [named("aws:iam/role:Role", "hft-snapshots-us-east-1")],
        [],
      ),
      pair(
        breaking(
          'threshold of aws:cloudwatch/metricAlarm:MetricAlarm "hft/missed-copies/us-west-2"',
        ),
        "another threshold",
        [alarm("hft/missed-copies/us-east-1", 0)],
        [alarm("hft/missed-copies/us-west-2", 10)],
      ),
      pair(
        breaking("instanceClass of aws:rds/clusterInstance:ClusterInstance"),
        "a smaller database",
        [member("db.r6g.4xlarge")],
        [member("db.r6g.large")],
      ),
      pair(
        breaking("engineVersion of aws:rds/cluster:Cluster"),
        "an older database",
        [cluster("16.8")],
        [cluster("16.6")],
      ),
      ...(
        [
          ["aws:rds/clusterInstance:ClusterInstance", "engineVersion"],
          ["aws:rds/instance:Instance", "engineVersion"],
          ["aws:rds/instance:Instance", "instanceClass"],
        ] as const
      ).map(([type, setting]) =>
        pair(
          breaking(`${setting} of ${type}`),
          `another ${setting}: ${type}`,
          [having(type, "database", { [setting]: "one" })],
          [having(type, "database", { [setting]: "other" })],
        ),
      ),
      ...pairedTypes.flatMap(([type, name, same]) => [
        pair(
          breaking(`the counterpart of ${type} "second"`),
          `one of two: ${type}`,
          [
            having(type, "first", { [name]: "first-us-east-1" }),
            having(type, "second", { [name]: "second-us-east-1" }),
          ],
          [having(type, "first", { [name]: "first-us-west-2" })],
        ),
        ...(same === undefined
          ? []
          : [
              pair(
                breaking(`${same} of ${type} "first"`),
                `another ${same}: ${type}`,
                [having(type, "first", { [name]: "first-us-east-1", [same]: 1 })],
                [having(type, "first", { [name]: "first-us-west-2", [same]: 2 })],
              ),
            ]),
      ]),
    ],
    absent: [
      passes("a primary region's stack that is not looked at", stack, {
        others: { archive: [provider("eu-west-1")] },
      }),
      passes("access to the database, which is in a trading region too", stack, {
        others: {
          access: [
            provider("us-east-1"),
            resource("pulumi:providers:postgresql", {}),
            named("aws:backup/vault:Vault", "hft-daily-vault-us-east-1"),
          ],
        },
      }),
      pair(passes, "no databases in the primary", [], [cluster("16.8")]),
    ],
    limit: { none: "two things are alike, or they are not" },
    unknown: [
      pair(
        (title, subject, more) => waits(title, subject, "engineVersion", more),
        "a version that is not known",
        [cluster("16.8")],
        [cluster(unknown)],
      ),
    ],
  },
];
