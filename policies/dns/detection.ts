import { z } from "zod";
import { rule } from "../rule";
import { listAt, numberAt, textAt } from "../values";

/** How long users go on to a region that is gone. */
export const detectionTime = rule({
  id: "dns-detection-time",
  severity: "high",
  scope: "resource",
  description:
    "A failing endpoint is noticed as soon as the system's file says, and clients forget the old address as soon; both together leave room in the recovery time of a lost region.",
  serves: "the region scenario's recovery time",
  peers: [],
  types: ["aws:route53/healthCheck:HealthCheck", "aws:route53/record:Record"],
  example: {
    good: "requestInterval: 10, failureThreshold: 3 // and ttl: 60",
    bad: "requestInterval: 30, failureThreshold: 10 // and ttl: 300",
  },
  settings: z.strictObject({
    /** Seconds between two probes: `failover.checkInterval`. */
    intervalSeconds: z.int(),
    /** Probes that fail before the endpoint does: `failover.checkFailures`. */
    failures: z.int(),
    /** Seconds that clients keep an address: `failover.recordTtl`. */
    ttlSeconds: z.int(),
    /** Recovery time of the region scenario, in seconds. */
    recoverySeconds: z.number().optional(),
  }),
  settingsFor: ({ configuration: { system } }) => {
    const recovery = system.scenarios.region?.rto.seconds;
    return {
      intervalSeconds: system.failover.checkInterval.seconds,
      failures: system.failover.checkFailures,
      ttlSeconds: system.failover.recordTtl.seconds,
      ...(recovery === undefined ? {} : { recoverySeconds: recovery }),
    };
  },
  *check({ type, inputs }, { settings }) {
    const { intervalSeconds, failures, ttlSeconds, recoverySeconds } = settings;
    if (type === "aws:route53/record:Record") {
      const ttl = numberAt(inputs, "ttl");
      const isFailover = listAt(inputs, "failoverRoutingPolicies").length > 0;
      // An alias has the time to live of what it is an alias of.
      const isAlias = listAt(inputs, "aliases").length > 0;
      if (isFailover && !isAlias && (ttl === undefined || ttl > ttlSeconds)) {
        yield {
          setting: "ttl",
          ...(ttl === undefined ? {} : { found: ttl }),
          required: `${String(ttlSeconds)} seconds at the most`,
          mend: "set it from failover.recordTtl",
        };
      }
      return;
    }
    if (textAt(inputs, "type")?.startsWith("HTTP") !== true) {
      return;
    }
    const interval = numberAt(inputs, "requestInterval");
    const threshold = numberAt(inputs, "failureThreshold");
    if (interval !== intervalSeconds) {
      yield {
        setting: "requestInterval",
        ...(interval === undefined ? {} : { found: interval }),
        required: `${String(intervalSeconds)} seconds`,
        mend: "set it from failover.checkInterval",
      };
    }
    if (threshold === undefined || threshold > failures) {
      yield {
        setting: "failureThreshold",
        ...(threshold === undefined ? {} : { found: threshold }),
        required: `${String(failures)} at the most`,
        mend: "set it from failover.checkFailures",
      };
    }
    const seconds = (interval ?? intervalSeconds) * (threshold ?? failures) + ttlSeconds;
    if (recoverySeconds !== undefined && seconds > recoverySeconds) {
      yield {
        setting: "requestInterval x failureThreshold + ttl",
        found: seconds,
        required: `${String(recoverySeconds)} seconds at the most, the recovery time of a lost region`,
        mend: "lower failover.checkInterval, checkFailures or recordTtl",
      };
    }
  },
});
