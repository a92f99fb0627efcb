import assert from "node:assert/strict";
import { join } from "node:path";
import { loadSystem, systemIds } from "../../config/configuration";
import { policyOf } from "../../policies/access/wildcards";
import { type PreviewedResource } from "../../preview/inProcess";
import { type PreviewReport, type StackReport } from "../../preview/report";
import { previewJson } from "../support/previewCommand";
import { projectDirectory } from "../support/projectCopy";

const systems = systemIds(join(projectDirectory, "systems"));

function stackOf(report: PreviewReport, name: string): StackReport {
  const stack = report.stacks.find((candidate) => candidate.name === name);
  assert.ok(stack, `no stack ${name}`);
  return stack;
}

function ofType(stack: StackReport, type: string): PreviewedResource[] {
  return stack.resources.filter((resource) => resource.type === type);
}

/** Children of a component of some type, by the component's name. */
function childrenOf(stack: StackReport, component: PreviewedResource): PreviewedResource[] {
  return stack.resources.filter(({ parent }) => parent === component.urn);
}

describe("preview of every system", () => {
  it("knows all five systems", () => {
    assert.deepEqual(systems, ["hft", "market-scanning", "smc", "trademaster", "trading-system"]);
  });

  for (const system of systems) {
    describe(system, () => {
      let report: PreviewReport;
      let [prod, dr, archive]: StackReport[] = [];
      const stack = (found: StackReport | undefined) => {
        assert.ok(found);
        return found;
      };

      before(async () => {
        report = await previewJson(["--system", system]);
        [prod, dr, archive] = ["prod", "dr", "archive"].map((name) => stackOf(report, name));
      });

      it("declares three stacks in their regions, and access to the database in the standby's", () => {
        assert.deepEqual(
          report.stacks.map(({ name, system: id, region }) => ({ name, id, region })),
          [
            { name: "prod", id: system, region: "us-east-1" },
            { name: "dr", id: system, region: "us-west-2" },
            { name: "archive", id: system, region: "eu-west-1" },
            { name: "access", id: system, region: "us-west-2" },
          ],
        );
      });

      it("keeps every resource in its stack's region, and what is global in prod", () => {
        const elsewhere = report.stacks.flatMap(({ name, region, resources }) =>
          resources.filter(
            (resource) =>
              resource.type.startsWith("aws:") &&
              resource.region !== region &&
              !(resource.region === "global" && name === "prod"),
          ),
        );
        assert.deepEqual(elsewhere, []);
      });

      it("gives every cloud resource an explicit provider", () => {
        const without = report.stacks.flatMap(({ resources }) =>
          resources.filter(
            ({ type, options }) =>
              !/^(trading-dr|pulumi):/.test(type) && options.provider === undefined,
          ),
        );
        assert.deepEqual(without, []);
      });

      it("has record buckets of the same lock classes in three regions, each complete", () => {
        const classes = [prod, dr, archive].map((candidate) =>
          ofType(stack(candidate), "trading-dr:storage:RecordBucket").map(({ name }) => name),
        );
        assert.ok((classes[0]?.length ?? 0) >= 2);
        assert.deepEqual(classes[1], classes[0]);
        assert.deepEqual(classes[2], classes[0]);
        for (const candidate of [prod, dr, archive].map(stack)) {
          for (const bucket of ofType(candidate, "trading-dr:storage:RecordBucket")) {
            const kinds = childrenOf(candidate, bucket).map(({ type }) => type.split(":").pop());
            for (const kind of [
              "BucketVersioning",
              "BucketServerSideEncryptionConfiguration",
              "BucketPublicAccessBlock",
              "BucketLifecycleConfiguration",
              "BucketPolicy",
            ]) {
              assert.equal(
                kinds.filter((other) => other === kind).length,
                1,
                `${bucket.name}: ${kind}`,
              );
            }
          }
        }
      });

      it("replicates every record bucket of both regions to the two other places", () => {
        const destinations = (candidate: StackReport) =>
          ofType(candidate, "aws:s3/bucketReplicationConfig:BucketReplicationConfig").map(
            ({ inputs }) =>
              (inputs["rules"] as unknown as { destination: { bucket: string } }[]).map(
                ({ destination }) => /-((?:us|eu)-[a-z]+-\d)$/.exec(destination.bucket)?.[1],
              ),
          );
        const buckets = ofType(stack(prod), "trading-dr:storage:RecordBucket").length;
        assert.deepEqual(
          destinations(stack(prod)),
          Array.from({ length: buckets }, () => ["us-west-2", "eu-west-1"]),
        );
        assert.deepEqual(
          destinations(stack(dr)),
          Array.from({ length: buckets }, () => ["us-east-1", "eu-west-1"]),
        );
        assert.deepEqual(destinations(stack(archive)), []);
      });

      it("names, as destinations, buckets that the other stacks declare", () => {
        const declared = new Set(
          report.stacks.flatMap((candidate) =>
            ofType(candidate, "aws:s3/bucket:Bucket").map(
              ({ inputs }) => `arn:aws:s3:::${String(inputs["bucket"])}`,
            ),
          ),
        );
        const named = report.stacks.flatMap((candidate) =>
          ofType(candidate, "aws:s3/bucketReplicationConfig:BucketReplicationConfig").flatMap(
            ({ inputs }) =>
              (inputs["rules"] as unknown as { destination: { bucket: string } }[]).map(
                ({ destination }) => destination.bucket,
              ),
          ),
        );
        assert.deepEqual(
          named.filter((arn) => !declared.has(arn)),
          [],
        );
      });

      it("names, as roles that AWS works under, roles that prod declares", () => {
        const roles = ofType(stack(prod), "aws:iam/role:Role").map(({ inputs }) =>
          String(inputs["name"]),
        );
        const used = report.stacks.flatMap((candidate) =>
          [
            ...ofType(candidate, "aws:s3/bucketReplicationConfig:BucketReplicationConfig").map(
              ({ inputs }) => inputs["role"],
            ),
            ...ofType(
              candidate,
              "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
            ).map(({ inputs }) => inputs["customRoleArn"]),
            ...ofType(candidate, "aws:backup/selection:Selection").map(
              ({ inputs }) => inputs["iamRoleArn"],
            ),
            ...ofType(candidate, "aws:backup/restoreTestingSelection:RestoreTestingSelection").map(
              ({ inputs }) => inputs["iamRoleArn"],
            ),
            ...ofType(candidate, "aws:cloudwatch/eventTarget:EventTarget").flatMap(
              ({ inputs }) => inputs["roleArn"] ?? [],
            ),
          ].map((arn) => String(arn).split("/").pop()),
        );
        assert.ok(used.length > 0);
        assert.deepEqual(
          used.filter((role) => !roles.includes(String(role))),
          [],
        );
      });

      it("watches every rule of replication where its metrics are", () => {
        const watched = (metric: string, candidate: StackReport) =>
          ofType(candidate, "aws:cloudwatch/metricAlarm:MetricAlarm")
            .filter(({ inputs }) => inputs["metricName"] === metric)
            .map(({ inputs }) => JSON.stringify(inputs["dimensions"]));
        const rules = [prod, dr].map(stack).flatMap((candidate) =>
          ofType(candidate, "aws:s3/bucketReplicationConfig:BucketReplicationConfig").flatMap(
            ({ inputs }) =>
              (inputs["rules"] as unknown as { id: string; destination: { bucket: string } }[]).map(
                ({ id, destination }) => ({
                  source: candidate,
                  destination: destination.bucket.slice("arn:aws:s3:::".length),
                  dimensions: (DestinationBucket: string) =>
                    JSON.stringify({
                      DestinationBucket,
                      RuleId: id,
                      SourceBucket: inputs["bucket"],
                    }),
                }),
              ),
          ),
        );
        assert.ok(rules.length >= 8);
        for (const { source, destination, dimensions } of rules) {
          const wanted = dimensions(destination);
          assert.ok(watched("OperationsFailedReplication", source).includes(wanted), wanted);
          // S3 measures latency in the destination's region for the account of the source, and the
          // archive has another: there, the source's events tell of late copies.
          const [arriving] = [prod, dr]
            .map(stack)
            .filter(({ resources }) =>
              resources.some(({ inputs }) => inputs["bucket"] === destination),
            );
          if (arriving !== undefined) {
            assert.ok(watched("ReplicationLatency", arriving).includes(wanted), wanted);
          }
        }
        for (const candidate of [prod, dr].map(stack)) {
          const notified = ofType(candidate, "aws:s3/bucketNotification:BucketNotification");
          assert.deepEqual(
            notified.map(({ inputs }) => inputs["bucket"]).sort(),
            ofType(candidate, "aws:s3/bucketReplicationConfig:BucketReplicationConfig")
              .map(({ inputs }) => inputs["bucket"])
              .sort(),
          );
        }
        assert.deepEqual(watched("ReplicationLatency", stack(archive)), []);
      });

      it("gives every alarm a name of its own and something to say", () => {
        for (const candidate of [prod, dr, archive].map(stack)) {
          const alarms = ofType(candidate, "aws:cloudwatch/metricAlarm:MetricAlarm");
          const names = alarms.map(({ inputs }) => String(inputs["name"]));
          assert.ok(names.length > 0);
          assert.deepEqual([...new Set(names)], names);
          for (const { name, inputs } of alarms) {
            assert.ok(String(inputs["name"]).endsWith(`/${candidate.region}`), name);
            assert.match(String(inputs["alarmDescription"]), /\.$/, name);
          }
        }
      });

      it("lets every service that publishes a notice use the key of the topic", () => {
        for (const { resources } of [prod, dr, archive].map(stack)) {
          const policyOf = (type: string, name: string) =>
            JSON.parse(
              String(
                resources.find((resource) => resource.type === type && resource.name === name)
                  ?.inputs["policy"],
              ),
            ) as { Statement: { Principal: { Service?: string[] } }[] };
          const services = (type: string, name: string) =>
            policyOf(type, name).Statement.flatMap(({ Principal }) => Principal.Service ?? []);
          const allowed = services("aws:kms/key:Key", "key-notices");
          const publishing = services("aws:sns/topicPolicy:TopicPolicy", "notices-policy");
          assert.ok(publishing.length >= 3);
          assert.deepEqual(
            publishing.filter((service) => !allowed.includes(service)),
            [],
          );
        }
      });

      it("copies snapshots to vaults that the other stacks declare", () => {
        const vaults = report.stacks.flatMap((candidate) =>
          ofType(candidate, "aws:backup/vault:Vault").map(({ inputs }) => String(inputs["name"])),
        );
        assert.equal(vaults.length % 3, 0);
        assert.ok(vaults.length >= 3);
        const copies = report.stacks.flatMap((candidate) =>
          ofType(candidate, "aws:backup/plan:Plan").flatMap(({ inputs }) =>
            (
              inputs["rules"] as unknown as { copyActions: { destinationVaultArn: string }[] }[]
            ).flatMap(({ copyActions }) =>
              copyActions.map(({ destinationVaultArn }) => destinationVaultArn),
            ),
          ),
        );
        assert.ok(copies.length >= 4);
        assert.deepEqual(
          copies.filter((arn) => !vaults.includes(String(arn.split(":").pop()))),
          [],
        );
      });

      it("has a database with a standby that has no administrator of its own", () => {
        const engine = ofType(stack(prod), "aws:rds/globalCluster:GlobalCluster").length;
        if (engine === 1) {
          assert.equal(ofType(stack(prod), "aws:rds/cluster:Cluster").length, 1);
          assert.ok(ofType(stack(prod), "aws:rds/clusterInstance:ClusterInstance").length >= 2);
          assert.ok(ofType(stack(dr), "aws:rds/clusterInstance:ClusterInstance").length >= 1);
          const [member] = ofType(stack(dr), "aws:rds/cluster:Cluster");
          assert.equal("masterUsername" in (member?.inputs ?? {}), false);
          assert.equal(
            member?.inputs["globalClusterIdentifier"],
            ofType(stack(prod), "aws:rds/globalCluster:GlobalCluster")[0]?.inputs[
              "globalClusterIdentifier"
            ],
          );
        } else {
          const [original] = ofType(stack(prod), "aws:rds/instance:Instance");
          const [replica] = ofType(stack(dr), "aws:rds/instance:Instance");
          assert.equal(original?.inputs["multiAz"], true);
          assert.equal("username" in (replica?.inputs ?? {}), false);
          assert.equal(
            String(replica?.inputs["replicateSourceDb"]).split(":").pop(),
            original.inputs["identifier"],
          );
        }
      });

      it("has the same image repositories in both regions, with the same settings", () => {
        const repositories = (candidate: StackReport) =>
          ofType(candidate, "trading-dr:images:ImageRepository").map((repository) =>
            childrenOf(candidate, repository).map(({ type, name, inputs }) => {
              // The region is in the break-glass role that the policy names, the stack in the tags.
              const policy = String(inputs["policy"]).replace(candidate.region, "REGION");
              return { type, name, inputs: { ...inputs, policy, tags: undefined } };
            }),
          );
        assert.ok(repositories(stack(prod)).length >= 1);
        assert.deepEqual(repositories(stack(dr)), repositories(stack(prod)));
        assert.deepEqual(repositories(stack(archive)), []);
      });

      it("has a PRIMARY and a SECONDARY record of one name in prod, which live a minute at most", () => {
        const records = ofType(stack(prod), "aws:route53/record:Record").map(
          ({ inputs }) => inputs,
        );
        assert.deepEqual(
          records
            .map(
              ({ failoverRoutingPolicies: policies }) =>
                (policies as unknown as { type: string }[])[0]?.type,
            )
            .sort(),
          ["PRIMARY", "SECONDARY"],
        );
        assert.equal(new Set(records.map(({ name }) => name)).size, 1);
        assert.equal(new Set(records.map(({ records: hosts }) => String(hosts))).size, 2);
        assert.ok(records.every(({ ttl }) => Number(ttl) <= 60));
      });

      it("reads, in prod, the switch's alarm that dr declares, and dr declares nothing global", () => {
        const [alarm, ...others] = ofType(
          stack(dr),
          "aws:cloudwatch/metricAlarm:MetricAlarm",
        ).filter(({ inputs }) => String(inputs["name"]).includes("/failover-switch/"));
        assert.deepEqual(others, []);
        const [check] = ofType(stack(prod), "aws:route53/healthCheck:HealthCheck").filter(
          ({ inputs }) => inputs["type"] === "CLOUDWATCH_METRIC",
        );
        assert.equal(check?.inputs["cloudwatchAlarmName"], alarm?.inputs["name"]);
        assert.equal(check?.inputs["cloudwatchAlarmRegion"], alarm?.region);
        // A check keeps the alarm's settings: what tells it to read them again is all of them.
        for (const [setting, value] of Object.entries(check?.inputs["triggers"] ?? {})) {
          assert.equal(String(alarm?.inputs[setting]), value, setting);
        }
        assert.deepEqual(
          stack(dr).resources.filter(({ region }) => region === "global"),
          [],
        );
      });

      it("has its policies where the rule on wildcards reads them", () => {
        const unread = report.stacks.flatMap(({ resources }) =>
          resources.flatMap(({ type, name, inputs }) =>
            Object.entries(inputs)
              .filter(([, value]) => JSON.stringify(value).includes('\\"Statement\\"'))
              .filter(([setting]) => policyOf[type] !== setting)
              .map(([setting]) => `${type} ${name}: ${setting}`),
          ),
        );
        assert.deepEqual(unread, []);
      });

      it("keeps every policy within what AWS takes", () => {
        // Characters: IAM, KMS, S3, SNS, SQS and ECR quotas. An inline role policy is the smallest.
        const longest: Record<string, number> = {
          "aws:ecr/lifecyclePolicy:LifecyclePolicy": 30_720,
          "aws:ecr/repositoryPolicy:RepositoryPolicy": 10_240,
          "aws:iam/rolePolicy:RolePolicy": 10_240,
          "aws:kms/key:Key": 32_768,
          "aws:s3/bucketPolicy:BucketPolicy": 20_480,
          "aws:sns/topicPolicy:TopicPolicy": 30_720,
          "aws:sqs/queuePolicy:QueuePolicy": 8_192,
        };
        for (const { resources } of report.stacks) {
          for (const { type, name, inputs } of resources) {
            const limit = longest[type];
            if (limit !== undefined) {
              assert.ok(String(inputs["policy"]).length <= limit, name);
            }
          }
        }
      });

      it("drops no store: each is built, or reported as not built", () => {
        const { stores } = loadSystem(system, join(projectDirectory, "systems"));
        const built = ["cache", "configuration", "database", "images", "objects"];
        assert.deepEqual(
          Object.entries(stores)
            .filter(([, { kind }]) => !built.includes(kind))
            .map(([name, { kind, description }]) => ({
              path: `stores.${name}`,
              what: `${kind}: ${description}`,
            })),
          report.notBuiltYet.filter(({ path }) => path.split(".").length === 2),
        );
      });
    });
  }
});
