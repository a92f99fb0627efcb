import assert from "node:assert/strict";
import { type Changeable, type Mutation } from "../mutation";

const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
const rule = "aws:cloudwatch/eventRule:EventRule";

/** Mutations of who is told of what. */
export const monitoringMutations: readonly Mutation[] = [
  {
    title: "a lag alarm that takes silence for health",

    stack: "dr",
    change: (declared) => {
      declared.set(alarm, "database-lag-recovery-point", "treatMissingData", "missing");
    },
    trips: ["alarm-on-database-lag"],
  },
  {
    title: "a lag alarm far above the limit",

    stack: "dr",
    change: (declared) => {
      declared.set(alarm, "database-lag-replication", "threshold", 300_000);
    },
    trips: ["alarm-on-database-lag", "placement-symmetry"],
  },
  {
    title: "a replica's lag alarm far above the limit",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.set(alarm, "database-lag-replication", "threshold", 3_600);
    },
    trips: ["alarm-on-database-lag"],
  },
  {
    title: "no alarm on a replica's lag",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.remove(alarm, "database-lag-replication");
    },
    trips: ["alarm-on-database-lag"],
  },
  {
    title: "a lag alarm that waits for an hour",

    stack: "dr",
    change: (declared) => {
      declared.set(alarm, "database-lag-recovery-point", "evaluationPeriods", 60);
    },
    trips: ["alarm-on-database-lag"],
  },
  {
    title: "failed copies that nobody is told of",

    stack: "dr",
    change: (declared) => {
      declared.remove(alarm, "outgoing-copies-failed-regulated-eu-west-1");
    },
    trips: ["alarm-on-failed-copies", "placement-symmetry"],
  },
  {
    title: "missed copies that are not written down",

    stack: "dr",
    change: (declared) => {
      declared.set("aws:s3/bucketNotification:BucketNotification", undefined, "queues.0.events", [
        "s3:Replication:OperationFailedReplication",
      ]);
    },
    trips: ["alarm-on-failed-copies"],
  },
  {
    title: "late copies whose end nobody notices",

    stack: "prod",
    change: (declared) => {
      declared.set(alarm, "incoming-copies-daily-us-west-2", "treatMissingData", "notBreaching");
    },
    trips: ["alarm-on-late-copies"],
  },
  {
    title: "no alarm on late copies",

    stack: "dr",
    change: (declared) => {
      declared.remove(alarm, "incoming-copies-audit-us-east-1");
    },
    trips: ["alarm-on-late-copies", "placement-symmetry"],
  },
  {
    title: "a heartbeat an hour",

    stack: "prod",
    change: (declared) => {
      declared.set(rule, "heartbeats-out", "scheduleExpression", "rate(1 hour)");
    },
    trips: ["alarm-on-silent-region"],
  },
  {
    title: "heartbeats that go nowhere",

    stack: "dr",
    change: (declared) => {
      declared.remove("aws:cloudwatch/eventTarget:EventTarget", "heartbeats-out-target");
    },
    trips: ["alarm-on-silent-region"],
  },
  {
    title: "silence that nobody notices",

    stack: "prod",
    change: (declared) => {
      declared.set(alarm, "heartbeats-in-alarm", "treatMissingData", "notBreaching");
    },
    trips: ["alarm-on-queue", "alarm-on-silent-region"],
  },
  {
    title: "an endpoint that may vanish",

    stack: "prod",
    change: (declared) => {
      declared.set(alarm, "health-check-alarm", "treatMissingData", "notBreaching");
    },
    trips: ["alarm-on-endpoint"],
  },
  {
    title: "no alarm on the endpoint",
    system: "smc",
    stack: "prod",
    change: (declared) => {
      declared.remove(alarm, "health-check-alarm");
    },
    trips: ["alarm-on-endpoint"],
  },
  {
    title: "failovers of the database that nobody is told of",

    stack: "prod",
    change: (declared) => {
      replaceIn(declared.one(rule, "local-notices"), '"failover",', "");
    },
    trips: ["notices-reach-people"],
  },
  {
    title: "failed copies that the other region does not hear of",

    stack: "dr",
    change: (declared) => {
      replaceIn(declared.one(rule, "notices-out"), ',"Copy Job State Change"', "");
    },
    trips: ["notices-reach-people"],
  },
  {
    title: "a rule that does not see who takes on a role",

    stack: "archive",
    change: (declared) => {
      declared.set(rule, "local-notices", "state", "ENABLED");
    },
    trips: ["notices-reach-people"],
  },
  {
    title: "a rule that is turned off",

    stack: "dr",
    change: (declared) => {
      declared.set(rule, "notices-in", "state", "DISABLED");
    },
    trips: ["notices-reach-people", "placement-symmetry"],
  },
  {
    title: "a rule without a target",

    stack: "prod",
    change: (declared) => {
      declared.remove("aws:cloudwatch/eventTarget:EventTarget", "notices-out-target");
    },
    trips: ["notices-reach-people"],
  },
  {
    title: "undelivered notices that nobody looks at",

    stack: "archive",
    change: (declared) => {
      declared.remove(alarm, "undelivered-notices-alarm");
    },
    trips: ["alarm-on-queue"],
  },
  {
    title: "an alarm that is turned off",

    stack: "prod",
    change: (declared) => {
      declared.set(alarm, "outgoing-copies-missed-alarm", "actionsEnabled", false);
    },
    trips: ["alarm-tells-somebody"],
  },
  {
    title: "a lag alarm in the region that has the writer",

    stack: "prod",
    change: (declared) => {
      declared.set(alarm, "database-lag-replication", "actionsEnabled", true);
    },
    trips: ["alarm-tells-somebody"],
  },
  {
    title: "an alarm without actions",

    stack: "dr",
    change: (declared) => {
      declared.set(alarm, "failover-switch", "alarmActions", []);
    },
    trips: ["alarm-tells-somebody"],
  },
  {
    title: "a topic that nobody reads",

    stack: "archive",
    change: (declared) => {
      declared.remove("aws:sns/topicSubscription:TopicSubscription");
    },
    trips: ["topic-has-subscribers"],
  },
  {
    title: "a filter that holds back failures",

    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:sns/topicSubscription:TopicSubscription",
        undefined,
        "filterPolicy",
        '{"State":["COMPLETED"]}',
      );
    },
    trips: ["topic-has-subscribers"],
  },
  {
    title: "ten times the budget",

    stack: "prod",
    change: (declared) => {
      declared.set("aws:budgets/budget:Budget", "budget-backup", "limitAmount", "100000");
    },
    trips: ["budgets-are-watched"],
  },
  {
    title: "a budget without a forecast",
    system: "smc",
    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:budgets/budget:Budget",
        "budget-storage",
        "notifications.2.notificationType",
        "ACTUAL",
      );
    },
    trips: ["budgets-are-watched"],
  },
  {
    title: "no budget for transfers",

    stack: "prod",
    change: (declared) => {
      declared.remove("aws:budgets/budget:Budget", "budget-transfer");
    },
    trips: ["budgets-are-watched"],
  },
];

function replaceIn(rule: Changeable, part: string, other: string): void {
  const pattern = String(rule.inputs["eventPattern"]);
  assert.ok(pattern.includes(part));
  rule.inputs["eventPattern"] = pattern.replace(part, other);
}
