import * as pulumi from "@pulumi/pulumi";
import { healthCheckRegion } from "../../contracts/monitoring";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";
import { type AlarmsArgs, declareAlarm } from "./alarm";

/** Inputs of {@link HealthCheckAlarm}. */
export interface HealthCheckAlarmArgs extends AlarmsArgs {
  /** Id of the Route 53 health check. */
  readonly healthCheckId: pulumi.Input<string>;
  /**
   * Whether the writer is where the check looks. While it is elsewhere the endpoint has to answer that
   * it is not, and nobody is told of it.
   */
  readonly writerExpected: boolean;
}

/**
 * The alarm on a Route 53 health check that fails. Route 53 publishes in us-east-1 alone, so this
 * one is as good as that region is: what tells of its loss are the heartbeats.
 */
export class HealthCheckAlarm extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: HealthCheckAlarmArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("HealthCheckAlarm", name, healthCheckAlarmProblems(args));
    super("trading-dr:monitoring:HealthCheckAlarm", name, {}, opts);
    declareAlarm(
      name,
      {
        purpose: "health-check",
        description: `The endpoint of ${args.place.system} is unhealthy: decide whether to fail over.`,
        metric: ["AWS/Route53", "HealthCheckStatus", { HealthCheckId: args.healthCheckId }],
        statistic: "Minimum",
        // An alarm that is raised without actions is still an event, which is forwarded. A check is 0 or
        // 1, so below 0 it is never raised at all.
        limit: { below: args.writerExpected ? 1 : 0 },
        periodSeconds: 60,
        periods: 1,
        missing: "breaching",
        watching: args.writerExpected,
      },
      args,
      { parent: this, ...keepData(args.disposable ?? false) },
    );
    this.registerOutputs({});
  }
}

/** Everything wrong with the inputs; empty when they are sound. */
export function healthCheckAlarmProblems({ place }: HealthCheckAlarmArgs): string[] {
  return place.region === healthCheckRegion
    ? []
    : [
        `place must be in ${healthCheckRegion}, where Route 53 publishes health checks, got ${place.region}`,
      ];
}
