import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { defaultEventBusArn, eventRuleArn, physicalName, type Place } from "../../contracts/names";
import { purposeTags } from "../../contracts/tags";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";
import { type AlarmsArgs } from "./alarm";
import { WatchedQueue } from "./watchedQueue";

/** Inputs of {@link Heartbeats}. */
export interface HeartbeatsArgs extends AlarmsArgs {
  /** The region that hears this one, and that this one listens to. */
  readonly other: Place;
  /** ARN of the role that EventBridge sends to the other region under. */
  readonly roleArn: string;
  /** ARN of this region's key for notices. */
  readonly kmsKeyArn: pulumi.Input<string>;
}

/**
 * Heartbeats between two regions. Each sends one a minute, on the way that its notices take, and
 * each raises an alarm when the other has not been heard for five minutes: a region that is lost
 * cannot say so itself.
 */
export class Heartbeats extends pulumi.ComponentResource {
  public constructor(name: string, args: HeartbeatsArgs, opts?: pulumi.ComponentResourceOptions) {
    rejectProblems("Heartbeats", name, heartbeatsProblems(args));
    super("trading-dr:monitoring:Heartbeats", name, {}, opts);
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    send(`${name}-out`, args, child);
    listen(`${name}-in`, args, this, child);
    this.registerOutputs({});
  }
}

/** Everything wrong with the inputs; empty when they are sound. */
export function heartbeatsProblems({ place, other }: HeartbeatsArgs): string[] {
  return other.region === place.region
    ? [`other must be another region than the own one, got ${other.region}`]
    : [];
}

function send(name: string, args: HeartbeatsArgs, child: pulumi.CustomResourceOptions): void {
  const rule = new aws.cloudwatch.EventRule(
    name,
    {
      name: physicalName("eventRule", "heartbeats-out", args.place),
      description: `Tells ${args.other.region} every minute that ${args.place.region} is there`,
      scheduleExpression: "rate(1 minute)",
      tags: purposeTags(args.tags, "monitoring"),
    },
    child,
  );
  new aws.cloudwatch.EventTarget(
    `${name}-target`,
    {
      rule: rule.name,
      targetId: "bus",
      arn: defaultEventBusArn(args.other),
      roleArn: args.roleArn,
      // A heartbeat that comes late, or again, would say that somebody lives who is dead.
      retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
    },
    child,
  );
}

function listen(
  name: string,
  args: HeartbeatsArgs,
  parent: pulumi.Resource,
  child: pulumi.CustomResourceOptions,
): void {
  const { place, other } = args;
  const queue = new WatchedQueue(
    name,
    {
      ...args,
      purpose: "heartbeats-in",
      sender: {
        service: "events.amazonaws.com",
        sourceArns: [eventRuleArn("heartbeats-in", place)],
      },
      expects: "heartbeats",
      description: `Nothing has been heard from ${other.region} for 5 minutes: the region, or the way of its notices to ${place.region}, is down.`,
    },
    { parent },
  );
  const rule = new aws.cloudwatch.EventRule(
    `${name}-rule`,
    {
      name: physicalName("eventRule", "heartbeats-in", place),
      description: `Hears from ${other.region} that it is there`,
      eventPattern: JSON.stringify({
        account: [other.account],
        region: [other.region],
        source: ["aws.events"],
        resources: [eventRuleArn("heartbeats-out", other)],
      }),
      tags: purposeTags(args.tags, "monitoring"),
    },
    child,
  );
  new aws.cloudwatch.EventTarget(
    `${name}-target`,
    {
      rule: rule.name,
      targetId: "queue",
      arn: queue.arn,
      retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
    },
    child,
  );
}
