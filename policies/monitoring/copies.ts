import { z } from "zod";
import { isAccess } from "../../config/configuration";
import { tradingRegionOf } from "../places";
import { rule } from "../rule";
import { listAt, textAt } from "../values";
import { alarmFindings } from "./demandedAlarm";

/** S3's two words for a copy that did not arrive. */
const missedCopies = [
  "s3:Replication:OperationFailedReplication",
  "s3:Replication:OperationMissedThreshold",
];

/** S3 repeats no copy that failed. */
export const alarmOnFailedCopies = rule({
  id: "alarm-on-failed-copies",
  severity: "critical",
  scope: "stack",
  description:
    "Every replication rule has an alarm on its first failed copy, and its bucket tells of each object that was not copied in time.",
  serves: "the recovery point of records",
  peers: ["S3_EVENT_NOTIFICATIONS_ENABLED"],
  types: ["aws:s3/bucketReplicationConfig:BucketReplicationConfig"],
  example: {
    good: 'metricName: "OperationsFailedReplication", statistic: "Sum", threshold: 0',
    bad: 'metricName: "OperationsFailedReplication", statistic: "Sum", threshold: 1000',
  },
  settingsFor: (environment) => (tradingRegionOf(environment) === undefined ? undefined : {}),
  *check({ inputs }, { stack }) {
    const bucket = textAt(inputs, "bucket") ?? "";
    for (const index of listAt(inputs, "rules").keys()) {
      yield* alarmFindings(stack, {
        namespace: "AWS/S3",
        metricName: "OperationsFailedReplication",
        dimensions: { SourceBucket: bucket, ...destinationOf(inputs, index) },
        limit: { above: 0 },
        silenceIsFailure: false,
      });
    }
    const told = stack
      .ofType("aws:s3/bucketNotification:BucketNotification")
      .filter((notification) => textAt(notification.inputs, "bucket") === bucket)
      .flatMap((notification) =>
        listAt(notification.inputs, "queues").flatMap((__, index) =>
          listAt(notification.inputs, "queues", index, "events"),
        ),
      );
    for (const event of missedCopies) {
      if (!told.includes(event)) {
        yield {
          setting: `notification of ${event}`,
          required: "sent to a queue with an alarm",
          mend: "declare OutgoingCopyAlarms for the bucket's lock class",
        };
      }
    }
  },
});

/** How S3's metrics call a rule and where it copies to. */
function destinationOf(
  inputs: unknown,
  index: number,
): { readonly DestinationBucket: string; readonly RuleId: string } {
  const arn = textAt(inputs, "rules", index, "destination", "bucket") ?? "";
  return {
    DestinationBucket: arn.replace("arn:aws:s3:::", ""),
    RuleId: textAt(inputs, "rules", index, "id") ?? "",
  };
}

/** S3 measures the latency where copies arrive, whoever has declared the rule. */
export const alarmOnLateCopies = rule({
  id: "alarm-on-late-copies",
  severity: "critical",
  scope: "system",
  description:
    "Where copies of records arrive, an alarm tells when they are later than the system's file says, or come no more.",
  serves: "the recovery point of records",
  peers: [],
  types: ["aws:s3/bucket:Bucket"],
  example: {
    good: 'metricName: "ReplicationLatency", threshold: 900, treatMissingData: "breaching"',
    bad: 'metricName: "ReplicationLatency", threshold: 900, treatMissingData: "notBreaching"',
  },
  settings: z.strictObject({
    /** `alarms.objectCopyLate`, in seconds. */
    latestSeconds: z.number(),
    /** Regions of the same account, for which alone S3 measures here. */
    sources: z.array(z.string()),
  }),
  settingsFor: ({ name, configuration }) => {
    if (name === "sandbox" || isAccess(configuration)) {
      return undefined;
    }
    const { regions, alarms } = configuration.system;
    const { accounts, phase } = configuration.settings;
    const isForeign = name === "archive" && accounts.archive !== accounts.trading;
    return isForeign || phase === "landing"
      ? undefined
      : {
          latestSeconds: alarms.objectCopyLate.seconds,
          sources: [regions.primary, regions.standby],
        };
  },
  *check({ inputs }, { settings: { latestSeconds, sources }, stack, others }) {
    const bucket = textAt(inputs, "bucket") ?? "";
    for (const source of others.flatMap((other) =>
      other.ofType("aws:s3/bucketReplicationConfig:BucketReplicationConfig"),
    )) {
      for (const index of listAt(source.inputs, "rules").keys()) {
        const destination = destinationOf(source.inputs, index);
        if (destination.DestinationBucket === bucket && sources.includes(source.region ?? "")) {
          yield* alarmFindings(stack, {
            namespace: "AWS/S3",
            metricName: "ReplicationLatency",
            dimensions: {
              SourceBucket: textAt(source.inputs, "bucket") ?? "",
              ...destination,
            },
            limit: { above: latestSeconds },
            silenceIsFailure: true,
            longestSeconds: latestSeconds,
          });
        }
      }
    }
  },
});
