import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { failoverSwitch, switchAlarm } from "../../contracts/failoverSwitch";
import { type Place } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";

/** Inputs of {@link FailoverSwitch}. */
export interface FailoverSwitchArgs {
  /** The standby region, where the switch is. */
  readonly place: Place;
  /** ARN of the region's topic for notices, which is told when the switch is thrown, and when it is put back. */
  readonly topicArn: pulumi.Input<string>;
  readonly tags: Tags;
  /**
   * A sandbox's switch: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * The standby region's half of the switch that sends users here: an alarm on the metric that the
 * operator writes. Its state is where the switch stands, for people; Route 53 reads the metric.
 */
export class FailoverSwitch extends pulumi.ComponentResource {
  /** Name of the alarm. */
  public readonly alarmName: pulumi.Output<string>;

  public constructor(
    name: string,
    args: FailoverSwitchArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:dns:FailoverSwitch", name, {}, opts);
    const { alarmName, namespace, metricName } = failoverSwitch(args.place);
    const alarm = new aws.cloudwatch.MetricAlarm(
      name,
      {
        name: alarmName,
        alarmDescription: `ALARM: users of ${args.place.system} are sent to ${args.place.region}. OK: they are sent to the primary region. An operator decides it; no data leaves it as it is.`,
        namespace,
        metricName,
        ...switchAlarm,
        alarmActions: [args.topicArn],
        // Whoever puts it back by mistake sends users to a region that may have lost the writer.
        okActions: [args.topicArn],
        tags: purposeTags(args.tags, "failover"),
      },
      { parent: this, ...keepData(args.disposable ?? false) },
    );
    this.alarmName = alarm.name;
    this.registerOutputs({ alarmName: this.alarmName });
  }
}
