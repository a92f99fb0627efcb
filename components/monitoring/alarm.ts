import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place, type Purpose } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";

/** Inputs that every component with alarms takes. */
export interface AlarmsArgs {
  /** The region of the metrics: an alarm sees no other, and tells no topic of another. */
  readonly place: Place;
  /** ARN of the region's topic for notices. */
  readonly topicArn: pulumi.Input<string>;
  readonly tags: Tags;
  /**
   * A sandbox's alarms: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/** One alarm on one metric. */
export interface Alarm {
  readonly purpose: Purpose;
  /** What has happened and what it means, for whoever reads the notice at night. */
  readonly description: string;
  /** The metric: its namespace, name and dimensions. */
  readonly metric: readonly [
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, pulumi.Input<string>>>,
  ];
  readonly statistic: "Maximum" | "Minimum" | "Sum";
  /** Raised when the metric is above, or below, this. */
  readonly limit: { readonly above: number } | { readonly below: number };
  /** Seconds of one data point: a multiple of 60. */
  readonly periodSeconds: number;
  /** Data points in a row beyond the limit that raise the alarm. */
  readonly periods: number;
  /**
   * What a metric that is not there means. A gauge or a heartbeat that has vanished is a failure;
   * a count of failures is only there when there was one.
   */
  readonly missing: "breaching" | "notBreaching";
  /**
   * False where the metric has no meaning for now: the alarm is there, and silent.
   * @default true
   */
  readonly watching?: boolean;
}

/**
 * Declares an alarm that tells the region's topic. There is no notice of its end: every new alarm
 * would send one as its first word.
 */
export function declareAlarm(
  name: string,
  alarm: Alarm,
  { place, topicArn, tags }: AlarmsArgs,
  options: pulumi.CustomResourceOptions,
): void {
  const [namespace, metricName, dimensions] = alarm.metric;
  const watching = alarm.watching ?? true;
  new aws.cloudwatch.MetricAlarm(
    name,
    {
      name: physicalName("alarm", alarm.purpose, place),
      alarmDescription: alarm.description,
      namespace,
      metricName,
      dimensions: { ...dimensions },
      statistic: alarm.statistic,
      ...("above" in alarm.limit
        ? { comparisonOperator: "GreaterThanThreshold", threshold: alarm.limit.above }
        : { comparisonOperator: "LessThanThreshold", threshold: alarm.limit.below }),
      period: alarm.periodSeconds,
      evaluationPeriods: alarm.periods,
      datapointsToAlarm: alarm.periods,
      treatMissingData: watching ? alarm.missing : "notBreaching",
      actionsEnabled: watching,
      alarmActions: [topicArn],
      tags: purposeTags(tags, "monitoring"),
    },
    options,
  );
}
