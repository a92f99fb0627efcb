import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  bucketArn,
  physicalName,
  type Place,
  recordsPurpose,
  replicationRuleId,
} from "../../contracts/names";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";
import { type AlarmsArgs, declareAlarm } from "./alarm";
import { WatchedQueue } from "./watchedQueue";

/** Inputs of {@link OutgoingCopyAlarms}. */
export interface OutgoingCopyAlarmsArgs extends AlarmsArgs {
  /** Lock classes whose record buckets copy from here. */
  readonly lockClasses: readonly string[];
  /** Places that every one of them copies to. */
  readonly destinations: readonly Place[];
  /** ARN of this region's key for notices. */
  readonly kmsKeyArn: pulumi.Input<string>;
}

/**
 * Alarms on copies of records that fail or miss S3's 15 minutes. Both are told where a copy starts,
 * so the archive is covered too when another account has it.
 */
export class OutgoingCopyAlarms extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: OutgoingCopyAlarmsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("OutgoingCopyAlarms", name, outgoingCopyAlarmsProblems(args));
    super("trading-dr:monitoring:OutgoingCopyAlarms", name, {}, opts);
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    const { place } = args;
    for (const lockClass of args.lockClasses) {
      for (const destination of args.destinations) {
        declareFailureAlarm(name, lockClass, destination, args, child);
      }
    }
    const missed = new WatchedQueue(
      `${name}-missed`,
      {
        ...args,
        purpose: "missed-copies",
        sender: {
          service: "s3.amazonaws.com",
          sourceArns: args.lockClasses.map((lockClass) =>
            bucketArn(recordsPurpose(lockClass), place),
          ),
        },
        expects: "nothing",
        description: `Records of ${place.region} were not copied within 15 minutes, or not at all: the messages in the queue say which.`,
      },
      { parent: this },
    );
    for (const lockClass of args.lockClasses) {
      new aws.s3.BucketNotification(
        `${name}-missed-${lockClass}`,
        {
          bucket: physicalName("bucket", recordsPurpose(lockClass), place),
          queues: [
            {
              id: "missed-copies",
              queueArn: missed.arn,
              events: [
                "s3:Replication:OperationFailedReplication",
                "s3:Replication:OperationMissedThreshold",
              ],
            },
          ],
        },
        child,
      );
    }
    this.registerOutputs({});
  }
}

/** Everything wrong with the inputs; empty when they are sound. */
export function outgoingCopyAlarmsProblems({
  lockClasses,
  destinations,
}: OutgoingCopyAlarmsArgs): string[] {
  return [
    ...(lockClasses.length > 0 ? [] : ["lockClasses must have at least one entry"]),
    ...(destinations.length > 0 ? [] : ["destinations must have at least one entry"]),
  ];
}

/** S3 counts failures in the region where a copy starts, and says nothing while there are none. */
function declareFailureAlarm(
  name: string,
  lockClass: string,
  destination: Place,
  args: OutgoingCopyAlarmsArgs,
  child: pulumi.CustomResourceOptions,
): void {
  const purpose = recordsPurpose(lockClass);
  declareAlarm(
    `${name}-failed-${lockClass}-${destination.region}`,
    {
      purpose: `${lockClass}-copies-failed-to-${destination.region}`,
      description: `Copies of ${lockClass} records from ${args.place.region} to ${destination.region} fail: nothing repeats them by itself.`,
      metric: [
        "AWS/S3",
        "OperationsFailedReplication",
        {
          SourceBucket: physicalName("bucket", purpose, args.place),
          DestinationBucket: physicalName("bucket", purpose, destination),
          RuleId: replicationRuleId(destination),
        },
      ],
      statistic: "Sum",
      limit: { above: 0 },
      periodSeconds: 60,
      periods: 1,
      missing: "notBreaching",
    },
    args,
    child,
  );
}
