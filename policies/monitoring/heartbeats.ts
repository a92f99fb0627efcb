import { z } from "zod";
import { heartbeatSilenceSeconds } from "../../contracts/heartbeats";
import { defaultEventBusArn, eventRuleArn, physicalName } from "../../contracts/names";
import { tradingRegionOf } from "../places";
import { rule } from "../rule";
import { stackType } from "../stack";
import { textAt } from "../values";
import { alarmFindings } from "./demandedAlarm";
import { type BusEvent, lets } from "./eventPattern";
import { busOf, ruleType, targetsOf } from "./eventRules";

/** A region that is lost cannot say so itself. */
export const heartbeats = rule({
  id: "alarm-on-silent-region",
  severity: "critical",
  scope: "stack",
  description:
    "Each trading region sends the other one a heartbeat every minute, and raises an alarm when the other's are not heard.",
  serves: "the region scenario",
  peers: [],
  types: [stackType],
  example: {
    good: 'scheduleExpression: "rate(1 minute)"; treatMissingData: "breaching"',
    bad: 'scheduleExpression: "rate(1 hour)"; treatMissingData: "missing"',
  },
  settings: z.strictObject({
    /** Name of the rule that sends. */
    sender: z.string(),
    /** ARN of the other region's event bus, which hears it. */
    otherBus: z.string(),
    /** ARN of that rule. */
    ownSender: z.string(),
    /** ARN of the other region's rule that sends. */
    otherSender: z.string(),
    /** The other region. */
    otherRegion: z.string(),
    /** The other region's account. */
    otherAccount: z.string(),
    /** Name of the queue that hears. */
    queue: z.string(),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    return region === undefined
      ? undefined
      : {
          sender: physicalName("eventRule", "heartbeats-out", region.own),
          otherBus: defaultEventBusArn(region.other),
          ownSender: eventRuleArn("heartbeats-out", region.own),
          otherSender: eventRuleArn("heartbeats-out", region.other),
          otherRegion: region.other.region,
          otherAccount: region.other.account,
          queue: physicalName("queue", "heartbeats-in", region.own),
        };
  },
  *check(_, { settings, stack }) {
    const { sender, otherBus, ownSender, otherSender, otherRegion, otherAccount, queue } = settings;
    const sends = stack
      .ofType(ruleType)
      .some(
        ({ inputs }) =>
          textAt(inputs, "name") === sender &&
          textAt(inputs, "scheduleExpression") === "rate(1 minute)" &&
          textAt(inputs, "state") !== "DISABLED",
      );
    if (!sends || !targetsOf(stack, sender).some((target) => busOf(target) === otherBus)) {
      yield {
        setting: "a rule that sends a heartbeat",
        required: `rate(1 minute), enabled, and led to the bus of ${otherRegion}`,
        mend: "declare Heartbeats",
      };
    }
    const heartbeat: BusEvent = {
      source: "aws.events",
      region: otherRegion,
      account: otherAccount,
      resources: [otherSender],
    };
    const own: BusEvent = {
      ...heartbeat,
      region: ownSender.split(":")[3] ?? "",
      resources: [ownSender],
    };
    const queues = stack
      .ofType("aws:sqs/queue:Queue")
      .filter(({ inputs }) => textAt(inputs, "name") === queue)
      .map(({ urn }) => urn);
    const hears = stack.ofType(ruleType).some(({ inputs }) => {
      const pattern = textAt(inputs, "eventPattern");
      return (
        pattern !== undefined &&
        textAt(inputs, "state") !== "DISABLED" &&
        lets(pattern, heartbeat) &&
        !lets(pattern, own) &&
        targetsOf(stack, textAt(inputs, "name") ?? "").some(({ dependencies }) =>
          queues.some((urn) => dependencies.includes(urn)),
        )
      );
    });
    if (!hears) {
      yield {
        setting: "a rule that hears heartbeats",
        required: `enabled, for those of ${otherRegion} alone, and led to the queue that is watched`,
        mend: "declare Heartbeats",
      };
    }
    yield* alarmFindings(stack, {
      namespace: "AWS/SQS",
      metricName: "NumberOfMessagesSent",
      dimensions: { QueueName: queue },
      limit: { below: 1 },
      silenceIsFailure: true,
      longestSeconds: heartbeatSilenceSeconds,
    });
  },
});
