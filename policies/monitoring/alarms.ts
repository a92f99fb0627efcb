import { z } from "zod";
import { type Environment, outsideSandbox } from "../environment";
import { rule } from "../rule";
import { listAt, textAt, valueAt } from "../values";
import { alarmFindings, alarmType } from "./demandedAlarm";

/** Metrics of how far a database is behind the other region: they mean something where it follows. */
const databaseLagMetrics = ["AuroraGlobalDBRPOLag", "AuroraGlobalDBReplicationLag", "ReplicaLag"];

/** Metrics that mean nothing in a region for now, by where the writer is. */
function silentMetrics({ configuration }: Environment): string[] {
  const { active } = configuration.system.regions;
  return active === configuration.region ? databaseLagMetrics : ["HealthCheckStatus"];
}

/** An alarm that tells nobody is a dashboard. */
export const alarmTellsSomebody = rule({
  id: "alarm-tells-somebody",
  severity: "high",
  scope: "stack",
  description:
    "Every alarm tells a topic that the stack declares; those whose metric means nothing while the writer is elsewhere are silent, and no others.",
  serves: "the recovery time, which begins when somebody is told",
  peers: ["CLOUDWATCH_ALARM_ACTION_CHECK"],
  types: [alarmType],
  example: {
    good: "alarmActions: [topic.arn], actionsEnabled: true",
    bad: "alarmActions: [topic.arn], actionsEnabled: false",
  },
  settings: z.strictObject({
    /** Metrics whose alarms are silent in this region as long as the writer is where it is. */
    silent: z.array(z.string()),
  }),
  settingsFor: (environment) =>
    environment.name === "sandbox" ? undefined : { silent: silentMetrics(environment) },
  *check({ inputs, dependencies }, { settings: { silent }, stack }) {
    const actions = listAt(inputs, "alarmActions").length;
    const topics = stack.ofType("aws:sns/topic:Topic");
    if (actions === 0 || !topics.some(({ urn }) => dependencies.includes(urn))) {
      yield {
        setting: "alarmActions",
        ...(actions === 0 ? {} : { found: "no topic of this stack" }),
        required: "the stack's topic for notices",
        mend: "pass it the topic's ARN",
      };
    }
    const enabled = valueAt(inputs, "actionsEnabled") !== false;
    const mustBeSilent = silent.includes(textAt(inputs, "metricName") ?? "");
    if (enabled === mustBeSilent) {
      yield {
        setting: "actionsEnabled",
        found: enabled,
        required: mustBeSilent
          ? "false while regions.active says that the writer is elsewhere"
          : "true",
        mend: "derive it from regions.active, and from nothing else",
      };
    }
  },
});

/** A queue that nobody works off says something only by its alarm. */
export const queueIsWatched = rule({
  id: "alarm-on-queue",
  severity: "high",
  scope: "stack",
  description:
    "Every queue has an alarm: on any message in those for undelivered notices and missed copies, on silence in the one for heartbeats.",
  serves: "the recovery time, which begins when somebody is told",
  peers: [],
  types: ["aws:sqs/queue:Queue"],
  example: {
    good: 'metricName: "ApproximateNumberOfMessagesVisible", threshold: 0',
    bad: 'metricName: "ApproximateNumberOfMessagesVisible", threshold: 100',
  },
  settingsFor: outsideSandbox,
  *check({ inputs }, { stack }) {
    const common = {
      namespace: "AWS/SQS",
      dimensions: { QueueName: textAt(inputs, "name") ?? "" },
    } as const;
    const onSilence = alarmFindings(stack, {
      ...common,
      metricName: "NumberOfMessagesSent",
      limit: { below: 1 },
      silenceIsFailure: true,
    });
    if (onSilence.length > 0) {
      yield* alarmFindings(stack, {
        ...common,
        metricName: "ApproximateNumberOfMessagesVisible",
        limit: { above: 0 },
        silenceIsFailure: false,
      });
    }
  },
});
