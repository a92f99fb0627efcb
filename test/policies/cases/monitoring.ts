import { alarmTellsSomebody, queueIsWatched } from "../../../policies/monitoring/alarms";
import { budgets } from "../../../policies/monitoring/budgets";
import { alarmOnFailedCopies, alarmOnLateCopies } from "../../../policies/monitoring/copies";
import { heartbeats } from "../../../policies/monitoring/heartbeats";
import { alarmOnDatabaseLag, alarmOnEndpoint } from "../../../policies/monitoring/lag";
import { noticesReachPeople } from "../../../policies/monitoring/notices";
import { topicHasSubscribers } from "../../../policies/monitoring/topics";
import { type Resource, stackType } from "../../../policies/stack";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";

const stack = resource(stackType, {});
const topic = resource("aws:sns/topic:Topic", { name: "hft-notices-us-east-1" });

const alarm = (inputs: Record<string, unknown>, waitsFor: readonly Resource[] = [topic]) =>
  resource(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    { alarmActions: [unknown], ...inputs },
    { dependencies: waitsFor.map(({ urn }) => urn) },
  );

const lag = (inputs: Record<string, unknown> = {}) =>
  alarm({
    namespace: "AWS/RDS",
    metricName: "ReplicaLag",
    dimensions: { DBInstanceIdentifier: "hft-database-us-west-2" },
    comparisonOperator: "GreaterThanThreshold",
    threshold: 300,
    treatMissingData: "breaching",
    period: 60,
    evaluationPeriods: 3,
    ...inputs,
  });

const endpoint = (inputs: Record<string, unknown> = {}) =>
  resource("aws:route53/healthCheck:HealthCheck", { type: "HTTPS", ...inputs });
const onEndpoint = (inputs: Record<string, unknown> = {}, of = [endpoint()]) =>
  alarm(
    {
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: { HealthCheckId: unknown },
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
      period: 60,
      evaluationPeriods: 1,
      ...inputs,
    },
    of,
  );

const source = "hft-daily-records-1-us-east-1";
const target = "hft-daily-records-1-us-west-2";
const replication = (changes: Record<string, unknown> = {}) =>
  resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", {
    bucket: source,
    rules: [{ id: "to-us-west-2", destination: { bucket: `arn:aws:s3:::${target}` } }],
    ...changes,
  });
const dimensions = { SourceBucket: source, DestinationBucket: target, RuleId: "to-us-west-2" };
const failed = (inputs: Record<string, unknown> = {}) =>
  alarm({
    namespace: "AWS/S3",
    metricName: "OperationsFailedReplication",
    dimensions,
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    ...inputs,
  });
const missedEvents = [
  "s3:Replication:OperationFailedReplication",
  "s3:Replication:OperationMissedThreshold",
];
const notification = (events: readonly unknown[] = missedEvents, bucket = source) =>
  resource("aws:s3/bucketNotification:BucketNotification", { bucket, queues: [{ events }] });
const late = (inputs: Record<string, unknown> = {}) =>
  alarm({
    namespace: "AWS/S3",
    metricName: "ReplicationLatency",
    dimensions,
    comparisonOperator: "GreaterThanThreshold",
    threshold: 900,
    treatMissingData: "breaching",
    period: 300,
    evaluationPeriods: 1,
    ...inputs,
  });
const arriving = resource("aws:s3/bucket:Bucket", { bucket: target });

const queue = (name: string) => resource("aws:sqs/queue:Queue", { name }, { name });
const onQueue = (name: string, inputs: Record<string, unknown> = {}) =>
  alarm({
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: name },
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    ...inputs,
  });
const onSilence = (inputs: Record<string, unknown> = {}) =>
  onQueue("heartbeats", {
    metricName: "NumberOfMessagesSent",
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    treatMissingData: "breaching",
    period: 60,
    evaluationPeriods: 5,
    ...inputs,
  });

const eventRule = (name: string, inputs: Record<string, unknown>) =>
  resource("aws:cloudwatch/eventRule:EventRule", { name, ...inputs }, { name });
const eventTarget = (
  rule: string,
  inputs: Record<string, unknown>,
  waitsFor: readonly Resource[] = [],
) =>
  resource(
    "aws:cloudwatch/eventTarget:EventTarget",
    { rule, ...inputs },
    { dependencies: waitsFor.map(({ urn }) => urn) },
  );

const bus = "arn:aws:events:us-west-2:1:event-bus/default";
const sender = (region: string) => `arn:aws:events:${region}:1:rule/hft-out-${region}`;
const sending = (inputs: Record<string, unknown> = {}) =>
  eventRule("out", { scheduleExpression: "rate(1 minute)", ...inputs });
const sent = eventTarget("out", { arn: bus, roleArn: "arn:aws:iam::1:role/forwarding" });
const hearing = (pattern: Record<string, unknown> = {}, inputs: Record<string, unknown> = {}) =>
  eventRule("in", {
    eventPattern: JSON.stringify({
      source: ["aws.events"],
      region: ["us-west-2"],
      resources: [sender("us-west-2")],
      ...pattern,
    }),
    ...inputs,
  });
const heard = eventTarget("in", { arn: unknown }, [queue("heartbeats")]);
const alive = [sending(), sent, hearing(), heard, queue("heartbeats"), onSilence()];
/** All that heartbeats need, but for some of it. */
const aliveBut = (gone: readonly Resource[], ...instead: readonly Resource[]) => ({
  beside: [...alive.filter((one) => !gone.includes(one)), ...instead],
});
const [sends, , hears, , , silence] = alive as [
  Resource,
  Resource,
  Resource,
  Resource,
  Resource,
  Resource,
];

const origin = (region: string) => ({
  region,
  account: "1",
  databases: [`arn:aws:rds:${region}:1:cluster:hft-database-${region}`],
  alarmPrefix: "hft/",
  breakGlassRoles: ["arn:aws:iam::1:role/hft-break-glass-us-east-1"],
});
const call = { "detail-type": ["AWS API Call via CloudTrail"] };
const emergencies = (region: string) => [
  {
    source: ["aws.sts"],
    ...call,
    detail: {
      eventName: ["AssumeRole"],
      requestParameters: { roleArn: origin(region).breakGlassRoles },
    },
  },
  {
    source: ["aws.backup", "aws.cloudtrail"],
    ...call,
    detail: {
      eventName: [
        "DeleteBackupVaultLockConfiguration",
        "DeleteTrail",
        "PutEventSelectors",
        "StopLogging",
        "UpdateTrail",
      ],
    },
  },
  {
    source: ["aws.rds"],
    detail: {
      SourceArn: [{ prefix: `arn:aws:rds:${region}:1:cluster:` }],
      EventCategories: [
        "availability",
        "failover",
        "failure",
        "global failover",
        "low storage",
        "read replica",
      ],
    },
  },
];
const others = (region: string) => [
  {
    source: ["aws.backup"],
    "detail-type": ["Backup Job State Change", "Copy Job State Change"],
    detail: {
      resourceArn: origin(region).databases,
      state: ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"],
    },
  },
  {
    source: ["aws.cloudwatch"],
    detail: { alarmName: [{ prefix: "hft/" }], state: { value: ["ALARM"] } },
  },
];
const watching = { state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" };
const way = (
  name: string,
  region: string,
  matches: readonly object[],
  inputs: Record<string, unknown> = watching,
) =>
  eventRule(name, {
    eventPattern: JSON.stringify({ account: ["1"], region: [region], $or: matches }),
    ...inputs,
  });
const toTopic = (rule: string) => eventTarget(rule, { arn: unknown }, [topic]);
const toBus = (rule: string) =>
  eventTarget(rule, { arn: bus, roleArn: "arn:aws:iam::1:role/forwarding" });
const local = way("local", "us-east-1", emergencies("us-east-1"));
const out = way("out", "us-east-1", [...emergencies("us-east-1"), ...others("us-east-1")]);
const incoming = way("in", "us-west-2", [...emergencies("us-west-2"), ...others("us-west-2")]);
const toOther = toBus("out");
const ways = [topic, local, toTopic("local"), out, toOther, incoming, toTopic("in")];
const noticeSettings = { own: origin("us-east-1"), other: origin("us-west-2"), otherBus: bus };
const archiveSettings = { own: { ...origin("eu-west-1"), databases: [] } };
const missing = (what: string | readonly string[], region: string, destination: string) =>
  `a rule that takes to ${destination}, of ${region}: ${[what].flat().join(", ")}`;
const categories = [
  "availability",
  "failover",
  "failure",
  "global failover",
  "low storage",
  "read replica",
];
const roleUse = "use of hft-break-glass-us-east-1";
const calls = [
  "DeleteBackupVaultLockConfiguration",
  "DeleteTrail",
  "PutEventSelectors",
  "StopLogging",
  "UpdateTrail",
];

const filter = (states: unknown, more: object = {}) =>
  resource(
    "aws:sns/topicSubscription:TopicSubscription",
    { filterPolicy: JSON.stringify({ State: states, ...more }) },
    { name: "oncall", dependencies: [topic.urn] },
  );
const soundFilter = [{ exists: false }, { "anything-but": ["COMPLETED"] }];

const budgetSettings = {
  backup: { name: "hft-backup-cost", dollars: 10_000 },
  transfer: { name: "hft-transfer-cost", dollars: 5_000 },
  storage: { name: "hft-storage-cost", dollars: 15_000 },
};
const noticeOf = (notificationType: string, changes: Record<string, unknown> = {}) => ({
  notificationType,
  comparisonOperator: "GREATER_THAN",
  threshold: 100,
  thresholdType: "PERCENTAGE",
  subscriberSnsTopicArns: [unknown],
  ...changes,
});
const budget = (
  cost: "backup" | "transfer" | "storage",
  changes: Record<string, unknown> = {},
): Resource => {
  const filters = {
    backup: { name: "Service", values: ["AWS Backup"] },
    transfer: { name: "UsageTypeGroup", values: ["S3: Data Transfer - Region to Region (Out)"] },
    storage: { name: "Service", values: ["Amazon Simple Storage Service"] },
  };
  return resource("aws:budgets/budget:Budget", {
    name: budgetSettings[cost].name,
    limitAmount: String(budgetSettings[cost].dollars),
    timeUnit: "MONTHLY",
    costFilters: [filters[cost]],
    notifications: [noticeOf("ACTUAL"), noticeOf("FORECASTED")],
    ...changes,
  });
};
const [transfer, storage] = [budget("transfer"), budget("storage")];

/** Cases of the rules of who is told of what. */
export const monitoringCases: readonly RuleCases[] = [
  {
    rule: alarmOnDatabaseLag,
    settings: {
      metrics: ["ReplicaLag"],
      dimension: "DBInstanceIdentifier",
      identifier: "hft-database-us-west-2",
      highest: 300,
      following: true,
      longestSeconds: 300,
    },
    good: [
      passes("an alarm at the limit", stack, { beside: [lag()] }),
      passes("an alarm as it has to be, beside a weak one", stack, {
        beside: [lag({ threshold: 3_000 }), lag()],
      }),
    ],
    bad: [
      breaks("an alarm the other way round", stack, 'comparisonOperator of alarm "subject"', {
        beside: [lag({ comparisonOperator: "LessThanThreshold" })],
      }),
      breaks(
        "an alarm that takes silence for health",
        stack,
        'treatMissingData of alarm "subject"',
        {
          beside: [lag({ treatMissingData: "missing" })],
        },
      ),
      breaks(
        "an alarm of another database",
        stack,
        "an alarm on ReplicaLag of hft-database-us-west-2",
        {
          beside: [lag({ dimensions: { DBInstanceIdentifier: "hft-database-us-east-1" } })],
        },
      ),
      breaks(
        "an alarm of another service",
        stack,
        "an alarm on ReplicaLag of hft-database-us-west-2",
        {
          beside: [lag({ namespace: "Custom" })],
        },
      ),
      breaks(
        "an alarm on another metric",
        stack,
        "an alarm on ReplicaLag of hft-database-us-west-2",
        { beside: [lag({ metricName: "CPUUtilization" })] },
      ),
    ],
    absent: [
      breaks("no alarm", stack, "an alarm on ReplicaLag of hft-database-us-west-2"),
      breaks("no threshold", stack, 'threshold of alarm "subject"', {
        beside: [lag({ threshold: undefined })],
      }),
      passes("nothing said of silence, where the database does not follow", stack, {
        beside: [lag({ treatMissingData: undefined })],
        settings: {
          metrics: ["ReplicaLag"],
          dimension: "DBInstanceIdentifier",
          identifier: "hft-database-us-west-2",
          highest: 300,
          following: false,
          longestSeconds: 300,
        },
      }),
    ],
    limit: [
      breaks("a second more", stack, 'threshold of alarm "subject"', {
        beside: [lag({ threshold: 301 })],
      }),
      passes("five minutes", stack, { beside: [lag({ evaluationPeriods: 5 })] }),
      breaks("six minutes", stack, 'period x evaluationPeriods of alarm "subject"', {
        beside: [lag({ evaluationPeriods: 6 })],
      }),
    ],
    unknown: [
      waits("a threshold that is not known", stack, "threshold", {
        beside: [lag({ threshold: unknown })],
      }),
    ],
  },
  {
    rule: alarmOnEndpoint,
    settings: { longestSeconds: 300 },
    good: [
      passes("an alarm", endpoint(), { beside: [onEndpoint()] }),
      passes("a calculated check", endpoint({ type: "CALCULATED" })),
      passes("the standby's endpoint, turned round", endpoint({ invertHealthcheck: true })),
    ],
    bad: [
      breaks("one that is never raised", endpoint(), 'threshold of alarm "subject"', {
        beside: [onEndpoint({ threshold: 0 })],
      }),
      breaks(
        "one that takes silence for health",
        endpoint(),
        'treatMissingData of alarm "subject"',
        {
          beside: [onEndpoint({ treatMissingData: "notBreaching" })],
        },
      ),
      breaks("one on another check", endpoint(), "an alarm on HealthCheckStatus", {
        beside: [onEndpoint({}, [])],
      }),
    ],
    absent: [breaks("no alarm", endpoint(), "an alarm on HealthCheckStatus")],
    limit: [
      passes("five minutes", endpoint(), { beside: [onEndpoint({ evaluationPeriods: 5 })] }),
      breaks("six minutes", endpoint(), 'period x evaluationPeriods of alarm "subject"', {
        beside: [onEndpoint({ evaluationPeriods: 6 })],
      }),
    ],
    unknown: [
      waits("a period that is not known", endpoint(), "period", {
        beside: [onEndpoint({ period: unknown })],
      }),
    ],
  },
  {
    rule: alarmOnFailedCopies,
    good: [passes("alarm and notification", replication(), { beside: [failed(), notification()] })],
    bad: [
      breaks(
        "an alarm of another rule",
        replication(),
        `an alarm on OperationsFailedReplication of ${source}, ${target}, to-us-west-2`,
        { beside: [failed({ dimensions: { ...dimensions, RuleId: "other" } }), notification()] },
      ),
      breaks(
        "a notification of one event",
        replication(),
        "notification of s3:Replication:OperationMissedThreshold",
        { beside: [failed(), notification(missedEvents.slice(0, 1))] },
      ),
      breaks(
        "a notification of another bucket",
        replication(),
        missedEvents.map((event) => `notification of ${event}`),
        { beside: [failed(), notification(missedEvents, "other")] },
      ),
    ],
    absent: [
      breaks("nothing", replication(), [
        `an alarm on OperationsFailedReplication of ${source}, ${target}, to-us-west-2`,
        ...missedEvents.map((event) => `notification of ${event}`),
      ]),
    ],
    limit: [
      breaks("one failure that is let pass", replication(), 'threshold of alarm "subject"', {
        beside: [failed({ threshold: 1 }), notification()],
      }),
    ],
    unknown: [waits("a bucket that is not known", replication({ bucket: unknown }), "bucket")],
  },
  {
    rule: alarmOnLateCopies,
    settings: { latestSeconds: 900, sources: ["us-east-1"] },
    good: [
      passes("an alarm", arriving, { beside: [late()], others: { prod: [replication()] } }),
      passes(
        "a bucket that nobody copies into",
        resource("aws:s3/bucket:Bucket", { bucket: "x" }),
        {
          others: { prod: [replication()] },
        },
      ),
      passes("copies of another account's region, which S3 does not measure here", arriving, {
        others: { prod: [replication()] },
        settings: { latestSeconds: 900, sources: [] },
      }),
    ],
    bad: [
      breaks("silence that is taken for health", arriving, 'treatMissingData of alarm "subject"', {
        beside: [late({ treatMissingData: "notBreaching" })],
        others: { prod: [replication()] },
      }),
    ],
    absent: [
      breaks(
        "no alarm",
        arriving,
        `an alarm on ReplicationLatency of ${source}, ${target}, to-us-west-2`,
        { others: { prod: [replication()] } },
      ),
    ],
    limit: [
      breaks("a second more", arriving, 'threshold of alarm "subject"', {
        beside: [late({ threshold: 901 })],
        others: { prod: [replication()] },
      }),
      passes("as long as the limit", arriving, {
        beside: [late({ evaluationPeriods: 3 })],
        others: { prod: [replication()] },
      }),
      breaks("longer", arriving, 'period x evaluationPeriods of alarm "subject"', {
        beside: [late({ evaluationPeriods: 4 })],
        others: { prod: [replication()] },
      }),
    ],
    unknown: [
      waits(
        "a bucket that is not known",
        resource("aws:s3/bucket:Bucket", { bucket: unknown }),
        "bucket",
      ),
    ],
  },
  {
    rule: heartbeats,
    settings: {
      sender: "out",
      otherBus: bus,
      ownSender: sender("us-east-1"),
      otherSender: sender("us-west-2"),
      otherRegion: "us-west-2",
      otherAccount: "1",
      queue: "heartbeats",
    },
    good: [
      passes("sent, heard and missed", stack, { beside: alive }),
      passes("other rules and targets beside", stack, {
        beside: [
          ...alive,
          local,
          eventTarget("out", { arn: unknown }, [topic]),
          eventTarget("in", { arn: unknown }, [topic]),
          queue("missed"),
        ],
      }),
    ],
    bad: [
      breaks(
        "sent every hour",
        stack,
        "a rule that sends a heartbeat",
        aliveBut([sends], sending({ scheduleExpression: "rate(1 hour)" })),
      ),
      breaks(
        "turned off",
        stack,
        "a rule that sends a heartbeat",
        aliveBut([sends], sending({ state: "DISABLED" })),
      ),
      breaks(
        "sent to the own bus",
        stack,
        "a rule that sends a heartbeat",
        aliveBut(
          [sent],
          eventTarget("out", { arn: "arn:aws:events:us-east-1:1:event-bus/default", roleArn: "r" }),
        ),
      ),
      breaks(
        "hears itself too",
        stack,
        "a rule that hears heartbeats",
        aliveBut(
          [hears],
          hearing({
            region: ["us-east-1", "us-west-2"],
            resources: [{ prefix: "arn:aws:events:" }],
          }),
        ),
      ),
      breaks(
        "hears nothing",
        stack,
        "a rule that hears heartbeats",
        aliveBut([hears], hearing({ resources: ["arn:aws:events:us-west-2:1:rule/other"] })),
      ),
      breaks(
        "does not listen",
        stack,
        "a rule that hears heartbeats",
        aliveBut([hears], hearing({}, { state: "DISABLED" })),
      ),
      breaks(
        "lays what it hears elsewhere",
        stack,
        "a rule that hears heartbeats",
        aliveBut([heard], eventTarget("in", { arn: unknown }, [topic])),
      ),
      breaks(
        "takes silence for health",
        stack,
        'treatMissingData of alarm "subject"',
        aliveBut([silence], onSilence({ treatMissingData: "missing" })),
      ),
    ],
    absent: [
      breaks("nothing", stack, [
        "a rule that sends a heartbeat",
        "a rule that hears heartbeats",
        "an alarm on NumberOfMessagesSent of heartbeats",
      ]),
    ],
    limit: [
      breaks(
        "six minutes",
        stack,
        'period x evaluationPeriods of alarm "subject"',
        aliveBut([silence], onSilence({ evaluationPeriods: 6 })),
      ),
    ],
    unknown: [
      waits("a rule of nobody knows which name", stack, "name", {
        beside: [resource("aws:cloudwatch/eventRule:EventRule", { name: unknown })],
      }),
    ],
  },
  {
    rule: noticesReachPeople,
    settings: noticeSettings,
    good: [
      passes("both regions' trouble, on all ways", stack, { beside: ways }),
      passes("a second topic, and a rule on a schedule", stack, {
        beside: [...ways, resource("aws:sns/topic:Topic", {}, { name: "second" }), sending()],
      }),
      passes("the archive's own", stack, {
        beside: [
          topic,
          way("local", "eu-west-1", emergencies("eu-west-1").slice(0, 2)),
          toTopic("local"),
        ],
        settings: archiveSettings,
      }),
    ],
    bad: [
      breaks(
        "no role is watched, for reads are left out",
        stack,
        [missing(roleUse, "us-east-1", "the topic")],
        {
          beside: ways.map((one) =>
            one === local
              ? way("local", "us-east-1", emergencies("us-east-1"), { state: "ENABLED" })
              : one,
          ),
        },
      ),
      breaks(
        "a rule that is turned off",
        stack,
        missing(
          [
            roleUse,
            ...calls,
            ...categories.map((category) => `${category} of cluster:hft-database-us-east-1`),
          ],
          "us-east-1",
          "the topic",
        ),
        {
          beside: ways.map((one) =>
            one === local
              ? way("local", "us-east-1", emergencies("us-east-1"), { state: "DISABLED" })
              : one,
          ),
        },
      ),
      breaks(
        "no failed copies, and no alarms",
        stack,
        missing(
          [
            ...["ABORTED", "EXPIRED", "FAILED", "PARTIAL"].map(
              (state) => `Copy job that is ${state}`,
            ),
            "raised alarms",
          ],
          "us-east-1",
          "the bus of us-west-2",
        ),
        {
          beside: ways.map((one) =>
            one === out
              ? way("out", "us-east-1", [
                  ...emergencies("us-east-1"),
                  { ...others("us-east-1")[0], "detail-type": ["Backup Job State Change"] },
                ])
              : one,
          ),
        },
      ),
      breaks(
        "events that are sent to another region's bus",
        stack,
        missing(
          [
            roleUse,
            ...calls,
            ...categories.map((category) => `${category} of cluster:hft-database-us-east-1`),
            ...["Backup", "Copy"].flatMap((kind) =>
              ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"].map(
                (state) => `${kind} job that is ${state}`,
              ),
            ),
            "raised alarms",
          ],
          "us-east-1",
          "the bus of us-west-2",
        ),
        {
          beside: ways.map((one) =>
            one === toOther ? eventTarget("out", { arn: `${bus}-2`, roleArn: "role" }) : one,
          ),
        },
      ),
      breaks(
        "a pattern that asks for something else than a text or a beginning",
        stack,
        missing("DeleteBackupVaultLockConfiguration", "eu-west-1", "the topic"),
        {
          beside: [
            topic,
            toTopic("local"),
            way("local", "eu-west-1", [
              emergencies("eu-west-1")[0] ?? {},
              {
                source: ["aws.cloudtrail", { exists: true }, null],
                detail: { eventName: calls },
              },
            ]),
          ],
          settings: archiveSettings,
        },
      ),
      breaks(
        "a trail that may be stopped",
        stack,
        missing("StopLogging", "eu-west-1", "the topic"),
        {
          beside: [
            topic,
            toTopic("local"),
            way("local", "eu-west-1", [
              emergencies("eu-west-1")[0] ?? {},
              {
                source: ["aws.backup", "aws.cloudtrail"],
                detail: { eventName: calls.filter((name) => name !== "StopLogging") },
              },
            ]),
          ],
          settings: archiveSettings,
        },
      ),
      breaks(
        "a rule whose events go nowhere",
        stack,
        missing([roleUse, ...calls], "eu-west-1", "the topic"),
        {
          beside: [
            topic,
            toTopic("other"),
            way("local", "eu-west-1", emergencies("eu-west-1").slice(0, 2)),
          ],
          settings: archiveSettings,
        },
      ),
      breaks(
        "a rule of another account",
        stack,
        missing([roleUse, ...calls], "eu-west-1", "the topic"),
        {
          beside: [
            topic,
            toTopic("local"),
            eventRule("local", {
              ...watching,
              eventPattern: JSON.stringify({ account: ["2"], $or: emergencies("eu-west-1") }),
            }),
          ],
          settings: archiveSettings,
        },
      ),
    ],
    absent: [
      breaks("no rules", stack, missing([roleUse, ...calls], "eu-west-1", "the topic"), {
        settings: archiveSettings,
      }),
      breaks(
        "a pattern with a field that no event has",
        stack,
        missing([roleUse, ...calls], "eu-west-1", "the topic"),
        {
          beside: [
            topic,
            toTopic("local"),
            way("local", "eu-west-1", [{ resources: ["x"] }, { detail: { a: { b: ["c"] } } }]),
          ],
          settings: archiveSettings,
        },
      ),
    ],
    limit: { none: "an event is let through, or it is not" },
    unknown: [
      waits("a pattern that is not known", stack, "eventPattern", {
        beside: [eventRule("local", { eventPattern: unknown })],
      }),
    ],
  },
  {
    rule: queueIsWatched,
    good: [
      passes("an alarm on messages", queue("missed"), { beside: [onQueue("missed")] }),
      passes("an alarm on silence", queue("heartbeats"), { beside: [onSilence()] }),
    ],
    bad: [
      breaks(
        "an alarm on another queue",
        queue("missed"),
        "an alarm on ApproximateNumberOfMessagesVisible of missed",
        { beside: [onQueue("other")] },
      ),
    ],
    absent: [
      breaks(
        "no alarm",
        queue("missed"),
        "an alarm on ApproximateNumberOfMessagesVisible of missed",
      ),
    ],
    limit: [
      breaks("one message that is let lie", queue("missed"), 'threshold of alarm "subject"', {
        beside: [onQueue("missed", { threshold: 1 })],
      }),
    ],
    unknown: [
      waits(
        "a queue of nobody knows which name",
        resource("aws:sqs/queue:Queue", { name: unknown }),
        "name",
      ),
    ],
  },
  {
    rule: alarmTellsSomebody,
    settings: { silent: ["ReplicaLag"] },
    good: [
      passes("an alarm", failed({ actionsEnabled: true }), { beside: [topic] }),
      passes("a silent one", lag({ actionsEnabled: false }), { beside: [topic] }),
    ],
    bad: [
      breaks("an alarm that is turned off", failed({ actionsEnabled: false }), "actionsEnabled", {
        beside: [topic],
      }),
      breaks("one that watches the wrong region", lag({ actionsEnabled: true }), "actionsEnabled", {
        beside: [topic],
      }),
      breaks(
        "one that tells a topic of nobody's",
        failed({ alarmActions: ["arn:aws:sns:us-east-1:1:other"] }),
        "alarmActions",
      ),
      breaks("one without actions", failed({ alarmActions: [] }), "alarmActions", {
        beside: [topic],
      }),
    ],
    absent: [
      breaks("nothing said of actions", alarm({ alarmActions: undefined }), "alarmActions", {
        beside: [topic],
      }),
      passes("actions are on where nothing is said", failed(), { beside: [topic] }),
    ],
    limit: { none: "somebody is told, or nobody is" },
    unknown: [
      waits("not known", failed({ actionsEnabled: unknown }), "actionsEnabled", {
        beside: [topic],
      }),
    ],
  },
  {
    rule: topicHasSubscribers,
    good: [
      passes("a subscriber with a filter", topic, { beside: [filter(soundFilter)] }),
      passes("a subscriber without one", topic, {
        beside: [
          resource(
            "aws:sns/topicSubscription:TopicSubscription",
            {},
            { dependencies: [topic.urn] },
          ),
        ],
      }),
    ],
    bad: [
      breaks("a filter for good news", topic, 'filterPolicy of subscription "oncall"', {
        beside: [filter(["COMPLETED"])],
      }),
      breaks(
        "a filter that holds back what has no state",
        topic,
        'filterPolicy of subscription "oncall"',
        {
          beside: [filter(soundFilter.slice(1))],
        },
      ),
      breaks("a filter that holds back failures", topic, 'filterPolicy of subscription "oncall"', {
        beside: [filter([{ exists: false }, { "anything-but": ["COMPLETED", "FAILED"] }])],
      }),
      breaks("a filter for one severity", topic, 'filterPolicy of subscription "oncall"', {
        beside: [filter(soundFilter, { severity: ["high"] })],
      }),
      breaks("a filter of something else", topic, 'filterPolicy of subscription "oncall"', {
        beside: [filter("x")],
      }),
      breaks("a subscriber of another topic", topic, "its number of subscriptions", {
        beside: [resource("aws:sns/topicSubscription:TopicSubscription", {})],
      }),
    ],
    absent: [breaks("no subscriber", topic, "its number of subscriptions")],
    limit: { none: "one is enough" },
    unknown: [
      waits("not known", topic, "filterPolicy", {
        beside: [
          resource(
            "aws:sns/topicSubscription:TopicSubscription",
            { filterPolicy: unknown },
            { dependencies: [topic.urn] },
          ),
        ],
      }),
    ],
  },
  {
    rule: budgets,
    settings: budgetSettings,
    good: [
      passes("all three", stack, { beside: [budget("backup"), transfer, storage] }),
      passes("another filter and a notice more", stack, {
        beside: [
          budget("backup", {
            costFilters: [
              { name: "Service", values: ["AWS Backup"] },
              { name: "Region", values: ["us-east-1"] },
            ],
            notifications: [
              noticeOf("ACTUAL", { threshold: 150 }),
              noticeOf("ACTUAL"),
              noticeOf("FORECASTED"),
            ],
          }),
          transfer,
          storage,
        ],
      }),
    ],
    bad: [
      breaks("another service", stack, "costFilters of hft-backup-cost", {
        beside: [
          budget("backup", { costFilters: [{ name: "Service", values: ["Backup"] }] }),
          transfer,
          storage,
        ],
      }),
      breaks("another filter", stack, "costFilters of hft-backup-cost", {
        beside: [
          budget("backup", { costFilters: [{ name: "TagKeyValue", values: ["AWS Backup"] }] }),
          transfer,
          storage,
        ],
      }),
      breaks("a year's budget", stack, "limitAmount of hft-backup-cost", {
        beside: [budget("backup", { timeUnit: "ANNUALLY" }), transfer, storage],
      }),
      ...[
        { comparisonOperator: "LESS_THAN" },
        { thresholdType: "ABSOLUTE_VALUE" },
        { subscriberSnsTopicArns: [] },
        { threshold: undefined },
      ].map((changes) =>
        breaks(
          `a notice with ${JSON.stringify(changes)}`,
          stack,
          "notification of ACTUAL cost of hft-backup-cost",
          {
            beside: [
              budget("backup", {
                notifications: [noticeOf("ACTUAL", changes), noticeOf("FORECASTED")],
              }),
              transfer,
              storage,
            ],
          },
        ),
      ),
    ],
    absent: [
      breaks("no limit", stack, "limitAmount of hft-backup-cost", {
        beside: [budget("backup", { limitAmount: undefined }), transfer, storage],
      }),
      breaks("no budget", stack, "budget hft-backup-cost", { beside: [transfer, storage] }),
      breaks(
        "no notices",
        stack,
        ["ACTUAL", "FORECASTED"].map((kind) => `notification of ${kind} cost of hft-storage-cost`),
        {
          beside: [budget("backup"), transfer, budget("storage", { notifications: [] })],
        },
      ),
    ],
    limit: [
      breaks("a dollar more", stack, "limitAmount of hft-backup-cost", {
        beside: [budget("backup", { limitAmount: "10001" }), transfer, storage],
      }),
      breaks(
        "a notice after the fact",
        stack,
        "notification of FORECASTED cost of hft-backup-cost",
        {
          beside: [
            budget("backup", {
              notifications: [noticeOf("ACTUAL"), noticeOf("FORECASTED", { threshold: 101 })],
            }),
            transfer,
            storage,
          ],
        },
      ),
    ],
    unknown: [
      waits("not known", stack, "limitAmount", {
        beside: [budget("backup", { limitAmount: unknown })],
      }),
    ],
  },
];
