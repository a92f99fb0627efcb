import assert from "node:assert/strict";
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockOf } from "../../composition/locks";
import { type Configuration } from "../../config/configuration";
import program from "../../index";
import { type PreviewedResource } from "../../preview/inProcess";
import { previewReport, type StackReport } from "../../preview/report";
import { readStacks } from "../../preview/stacks";
import { readRegionStacks } from "../support/regionStacks";
import { unknownMark } from "../../preview/wireValue";
import { statementsOf } from "../components/inspection";
import { projectDirectory } from "../support/projectCopy";

const acknowledged = {
  kind: "acknowledged",
  date: "2026-11-21",
  approver: "Chief compliance officer",
  reason: "SOX",
} as const;

describe("lock of a class of mode compliance", () => {
  const lockWith = (changes: Partial<Configuration["settings"]>) => {
    const [stack] = readRegionStacks({ directory: projectDirectory, stack: "dr" });
    assert.ok(stack);
    const { settings, ...rest } = stack.configuration;
    return lockOf({ ...rest, settings: { ...settings, ...changes } }, "regulated");
  };

  it("is governance while the acknowledgement is deferred", () => {
    assert.deepEqual(lockWith({ complianceLocks: { kind: "deferred" } }), {
      mode: "GOVERNANCE",
      days: 2557,
    });
  });

  it("is compliance once it is acknowledged", () => {
    assert.equal(lockWith({ complianceLocks: acknowledged })?.mode, "COMPLIANCE");
  });

  it("is never compliance in a sandbox", () => {
    assert.equal(
      lockWith({ complianceLocks: acknowledged, profile: "sandbox" })?.mode,
      "GOVERNANCE",
    );
  });
});

describe("wiring of the stacks of market-scanning", () => {
  let resources: Record<string, readonly PreviewedResource[]>;

  before(async () => {
    const { stacks } = await previewReport(program, readStacks({ directory: projectDirectory }));
    resources = Object.fromEntries(stacks.map((stack) => [stack.name, stack.resources]));
  });

  const inputsOf = (stack: string, type: string, name: string) => {
    const found = resources[stack]?.find(
      (resource) => resource.type === type && resource.name === name,
    );
    assert.ok(found, `${stack} has no ${type} ${name}`);
    return found.inputs;
  };

  it("lets each provider work in its own account only", () => {
    const accounts = Object.keys(resources).map((stack) => [
      stack,
      inputsOf(stack, "pulumi:providers:aws", "aws")["allowedAccountIds"],
    ]);
    assert.deepEqual(Object.fromEntries(accounts), {
      prod: '["111122223333"]',
      dr: '["111122223333"]',
      archive: '["444455556666"]',
      access: '["111122223333"]',
    });
  });

  it("lets AWS Backup's role in the archive's account read snapshots with the database's key", () => {
    for (const stack of ["prod", "dr"]) {
      const policy = String(inputsOf(stack, "aws:kms/key:Key", "key-database")["policy"]);
      assert.ok(
        policy.includes(
          "arn:aws:iam::444455556666:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup",
        ),
        stack,
      );
    }
  });

  it("takes changes of replicas' locks back from the other region, not from the archive", () => {
    const { rules } = inputsOf(
      "dr",
      "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
      "daily-records-replication",
    );
    assert.deepEqual(
      (rules as { id: string; sourceSelectionCriteria: object }[]).map((rule) => [
        rule.id,
        "replicaModifications" in rule.sourceSelectionCriteria,
      ]),
      [
        ["to-us-east-1", true],
        ["to-eu-west-1", false],
      ],
    );
  });
});

describe("wiring of notices of market-scanning", () => {
  /** What the stacks declare after some edits to their configurations. */
  const stacksWith = async (
    names: readonly string[],
    settings: object,
  ): Promise<(stack: string) => StackReport> => {
    const chosen = readStacks({ directory: projectDirectory }).filter(({ name }) =>
      names.includes(name),
    );
    const edited = chosen.map((ready) => {
      const { configuration } = ready;
      const changed = { ...configuration.settings, ...settings };
      const config = Object.fromEntries(
        Object.entries(changed)
          .filter(([, value]) => value !== undefined)
          .map(([key, value]) => [
            `trading-dr:${key}`,
            typeof value === "string" ? value : JSON.stringify(value),
          ]),
      );
      return { ...ready, config };
    });
    const { stacks } = await previewReport(program, edited);
    return (name) => {
      const found = stacks.find((stack) => stack.name === name);
      assert.ok(found);
      return found;
    };
  };
  const ofType = (stack: StackReport, type: string) =>
    stack.resources.filter((resource) => resource.type === type);
  const names = (resources: readonly PreviewedResource[]) => resources.map(({ name }) => name);

  let shipped: (stack: string) => StackReport;

  before(async () => {
    shipped = await stacksWith(["prod", "dr", "archive"], {});
  });

  it("watches the lag in the region that follows, and keeps the other's alarms silent", () => {
    const following = (stack: string) =>
      ofType(shipped(stack), "aws:cloudwatch/metricAlarm:MetricAlarm")
        .filter(({ name }) => name.startsWith("database-lag-"))
        .map(({ inputs }) => inputs["actionsEnabled"]);
    assert.deepEqual(following("dr"), [true, true]);
    assert.deepEqual(following("prod"), [false, false]);
    assert.deepEqual(following("archive"), []);
  });

  it("watches, in prod alone, the health check on the primary's endpoint", () => {
    const watching = (stack: string) =>
      ofType(shipped(stack), "aws:cloudwatch/metricAlarm:MetricAlarm").filter(
        ({ inputs }) => inputs["namespace"] === "AWS/Route53",
      );
    assert.deepEqual(names(watching("prod")), ["health-check-alarm"]);
    assert.deepEqual([watching("dr"), watching("archive")], [[], []]);
  });

  it("tells the standby's topic, and by its name the other region, of a thrown switch", () => {
    const [alarm] = ofType(shipped("dr"), "aws:cloudwatch/metricAlarm:MetricAlarm").filter(
      ({ name }) => name === "failover-switch",
    );
    assert.deepEqual(alarm?.inputs["alarmActions"], [unknownMark]);
    const [forwarded] = ofType(shipped("dr"), "aws:cloudwatch/eventRule:EventRule").filter(
      ({ name }) => name === "notices-out",
    );
    assert.ok(
      String(forwarded?.inputs["eventPattern"]).includes(
        '"alarmName":[{"prefix":"market-scanning/"}]',
      ),
    );
    assert.ok(String(alarm.inputs["name"]).startsWith("market-scanning/"));
  });

  it("takes the limits of lag and late copies from the system file", () => {
    const thresholds = (stack: string, prefix: string) => [
      ...new Set(
        ofType(shipped(stack), "aws:cloudwatch/metricAlarm:MetricAlarm")
          .filter(({ name }) => name.startsWith(prefix))
          .map(({ inputs }) => inputs["threshold"]),
      ),
    ];
    for (const stack of ["prod", "dr"]) {
      assert.deepEqual(thresholds(stack, "database-lag-"), [30_000]);
      assert.deepEqual(thresholds(stack, "incoming-copies-"), [900]);
    }
  });

  it("keeps what each rule could not deliver, and of no other rule", () => {
    for (const [stack, expected] of [
      ["prod", ["local-notices", "notices-out", "notices-in"]],
      ["dr", ["local-notices", "notices-out", "notices-in"]],
      ["archive", ["local-notices"]],
    ] as const) {
      const rules = ofType(shipped(stack), "trading-dr:monitoring:NoticeRule");
      assert.deepEqual(names(rules), expected);
      const { region } = shipped(stack);
      const account = stack === "archive" ? "444455556666" : "111122223333";
      const [policy] = ofType(shipped(stack), "aws:sqs/queuePolicy:QueuePolicy").filter(
        ({ name }) => name === "undelivered-notices-policy",
      );
      assert.deepEqual(statementsOf(policy?.inputs["policy"])[0]?.["Condition"], {
        ArnEquals: {
          "aws:SourceArn": expected.map(
            (name) => `arn:aws:events:${region}:${account}:rule/market-scanning-${name}-${region}`,
          ),
        },
      });
    }
  });

  it("lets each trading region hear what the other sends, heartbeats and notices", () => {
    for (const [from, to] of [
      ["prod", "dr"],
      ["dr", "prod"],
    ] as const) {
      const rule = (stack: string, name: string) => {
        const [found] = ofType(shipped(stack), "aws:cloudwatch/eventRule:EventRule").filter(
          (candidate) => candidate.name === name,
        );
        assert.ok(found, `${stack} ${name}`);
        return found.inputs;
      };
      assert.equal(
        rule(to, "notices-in")["eventPattern"],
        rule(from, "notices-out")["eventPattern"],
      );
      const { resources } = JSON.parse(String(rule(to, "heartbeats-in-rule")["eventPattern"])) as {
        resources: string[];
      };
      assert.equal(resources[0]?.split("/").pop(), rule(from, "heartbeats-out")["name"]);
    }
  });

  it("lets EventBridge of each region send to the other's bus, and do nothing else", () => {
    const policyOf = (region: string) => {
      const [policy] = ofType(shipped("prod"), "aws:iam/rolePolicy:RolePolicy").filter(
        ({ name }) => name === `notice-forwarding-${region}-policy`,
      );
      return statementsOf(policy?.inputs["policy"]);
    };
    const send = { Sid: "SendToOtherRegion", Effect: "Allow", Action: "events:PutEvents" };
    assert.deepEqual(policyOf("us-east-1"), [
      { ...send, Resource: "arn:aws:events:us-west-2:111122223333:event-bus/default" },
    ]);
    assert.deepEqual(policyOf("us-west-2"), [
      { ...send, Resource: "arn:aws:events:us-east-1:111122223333:event-bus/default" },
    ]);
  });

  it("lets services use the key for notices: S3 where copies start, budgets in prod", () => {
    const users = (stack: string) => {
      const [key] = ofType(shipped(stack), "aws:kms/key:Key").filter(
        ({ name }) => name === "key-notices",
      );
      return statementsOf(key?.inputs["policy"]).slice(1);
    };
    const [all, budgets, s3] = [
      ["backup.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com"],
      ["budgets.amazonaws.com"],
      ["s3.amazonaws.com"],
    ];
    const publish = (Service: readonly string[]) => [
      {
        Sid: "PublishNotices",
        Effect: "Allow",
        Principal: { Service },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
      },
    ];
    assert.deepEqual(users("prod"), publish([...all, ...budgets, ...s3]));
    assert.deepEqual(users("dr"), publish([...all, ...s3]));
    assert.deepEqual(users("archive"), publish(all));
  });

  it("tells of emergencies in every region where the role may be taken on", () => {
    const roles = ofType(shipped("prod"), "aws:iam/role:Role").filter(({ name }) =>
      name.startsWith("break-glass-"),
    );
    assert.deepEqual(names(roles), ["break-glass-us-east-1", "break-glass-us-west-2"]);
    for (const { inputs } of roles) {
      assert.match(
        String(inputs["assumeRolePolicy"]),
        /"aws:RequestedRegion":\["us-east-1","us-west-2"\]/,
      );
      for (const stack of ["prod", "dr"]) {
        const [rule] = ofType(shipped(stack), "aws:cloudwatch/eventRule:EventRule").filter(
          ({ name }) => name === "local-notices",
        );
        assert.ok(
          String(rule?.inputs["eventPattern"]).includes(
            `arn:aws:iam::111122223333:role/${String(inputs["name"])}`,
          ),
          stack,
        );
      }
    }
  });

  it("lets the role of each region with images remove some, and the archive's none", () => {
    const sidsOf = (policy: unknown) => statementsOf(policy).map(({ Sid }) => Sid);
    const policies = ofType(shipped("prod"), "aws:iam/rolePolicy:RolePolicy").filter(({ name }) =>
      name.startsWith("break-glass-"),
    );
    assert.equal(policies.length, 2);
    for (const { inputs } of policies) {
      assert.ok(sidsOf(inputs["policy"]).includes("RemoveImages"));
    }
    const { policy } = shipped("archive").outputs["breakGlassRole"] as Record<string, string>;
    assert.equal(sidsOf(policy).includes("RemoveImages"), false);
  });

  it("leaves the archive's role to its account's administrators, and gives them the documents", () => {
    const role = shipped("archive").outputs["breakGlassRole"] as Record<string, string>;
    assert.equal(role["roleName"], "market-scanning-break-glass-eu-west-1");
    assert.match(String(role["trust"]), /"aws:RequestedRegion":\["eu-west-1"\]/);
    assert.equal("breakGlassRole" in shipped("prod").outputs, false);
    assert.ok(
      shipped("archive").remarks.includes(
        "administrators of the archive's account make its break-glass role, from the output breakGlassRole",
      ),
    );
  });

  it("makes that role, and watches late copies, when the archive is in the same account", async () => {
    const joined = await stacksWith(["prod", "archive"], {
      accounts: { trading: "111122223333", archive: "111122223333" },
      assumeRoleArn: undefined,
    });
    assert.ok(names(ofType(joined("prod"), "aws:iam/role:Role")).includes("break-glass-eu-west-1"));
    assert.equal("breakGlassRole" in joined("archive").outputs, false);
    const late = ofType(joined("archive"), "aws:cloudwatch/metricAlarm:MetricAlarm").filter(
      ({ name }) => name.startsWith("incoming-copies-"),
    );
    // Four lock classes from two regions.
    assert.equal(late.length, 8);
  });

  it("makes no trail where one is adopted, and says what that one has to do", async () => {
    const adopting = await stacksWith(["dr", "archive"], {
      auditTrail: { kind: "adopt", name: "organization-trail" },
    });
    for (const stack of ["dr", "archive"]) {
      assert.deepEqual(ofType(adopting(stack), "aws:cloudtrail/trail:Trail"), []);
      assert.deepEqual(ofType(adopting(stack), "trading-dr:storage:AuditLogBucket"), []);
      assert.equal("auditTrailArn" in adopting(stack).outputs, false);
      assert.ok(
        adopting(stack).remarks.some((remark) =>
          remark.startsWith("audit trail organization-trail is adopted: "),
        ),
      );
      const [accessLogs] = ofType(adopting(stack), "aws:s3/bucketPolicy:BucketPolicy").filter(
        ({ name }) => name === "access-logs-policy",
      );
      assert.equal(String(accessLogs?.inputs["policy"]).includes("audit-logs"), false);
    }
  });

  it("logs, where a trail is made, writes to every record bucket, in a bucket whose access is logged", () => {
    for (const stack of ["prod", "dr", "archive"]) {
      const [trail] = ofType(shipped(stack), "aws:cloudtrail/trail:Trail");
      const text = JSON.stringify(trail?.inputs["advancedEventSelectors"]);
      const buckets = Object.values(shipped(stack).outputs["recordBuckets"] as object);
      assert.equal(buckets.length, 4);
      for (const bucket of buckets) {
        assert.ok(text.includes(`"arn:aws:s3:::${String(bucket)}/"`), String(bucket));
      }
      const [accessLogs] = ofType(shipped(stack), "aws:s3/bucketPolicy:BucketPolicy").filter(
        ({ name }) => name === "access-logs-policy",
      );
      assert.ok(String(accessLogs?.inputs["policy"]).includes("audit-logs"));
    }
  });

  it("makes the budgets of the system file, in prod alone", () => {
    const limits = (stack: string) =>
      ofType(shipped(stack), "aws:budgets/budget:Budget").map(({ inputs }) => [
        inputs["name"],
        inputs["limitAmount"],
      ]);
    assert.deepEqual(limits("prod"), [
      ["market-scanning-backup-cost", "10000"],
      ["market-scanning-transfer-cost", "5000"],
      ["market-scanning-storage-cost", "15000"],
    ]);
    assert.deepEqual([limits("dr"), limits("archive")], [[], []]);
  });

  it("tells those whom the stack's file names, and keeps its trail, in the landing phase already", async () => {
    const landing = (await stacksWith(["dr"], { phase: "landing", notify: ["a@example.com"] }))(
      "dr",
    );
    assert.deepEqual(
      ofType(landing, "aws:sns/topicSubscription:TopicSubscription").map(
        ({ inputs }) => inputs["endpoint"],
      ),
      ["a@example.com"],
    );
    assert.equal(ofType(landing, "aws:cloudtrail/trail:Trail").length, 1);
    assert.deepEqual(ofType(landing, "aws:cloudwatch/eventRule:EventRule"), []);
    assert.deepEqual(names(ofType(landing, "aws:cloudwatch/metricAlarm:MetricAlarm")), [
      "failover-switch",
    ]);
  });
});

describe("choice of a trading system", () => {
  it("takes the stacks whose files name it, before it borrows another system's", () => {
    const directory = mkdtempSync(join(tmpdir(), "trading-dr-"));
    try {
      cpSync(join(projectDirectory, "systems"), join(directory, "systems"), { recursive: true });
      for (const stack of ["prod", "dr", "archive"]) {
        copyFileSync(
          join(projectDirectory, `Pulumi.${stack}.yaml`),
          join(directory, `Pulumi.${stack}.yaml`),
        );
      }
      const names = (system: string) => readStacks({ directory, system }).map(({ name }) => name);
      assert.deepEqual(names("smc"), ["prod", "dr", "archive"]);
      const archive = readFileSync(join(directory, "Pulumi.archive.yaml"), "utf8");
      writeFileSync(
        join(directory, "Pulumi.smc-archive.yaml"),
        archive.replace("system: market-scanning", "system: smc"),
      );
      assert.deepEqual(names("smc"), ["smc-archive"]);
      assert.deepEqual(names("market-scanning"), ["prod", "dr", "archive"]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
