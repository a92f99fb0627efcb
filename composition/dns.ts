import type * as pulumi from "@pulumi/pulumi";
import { FailoverRecord } from "../components/dns/failoverRecord";
import { FailoverSwitch } from "../components/dns/failoverSwitch";
import { PublicZone } from "../components/dns/publicZone";
import { healthCheckRegion } from "../contracts/monitoring";
import { type Configuration } from "../config/configuration";
import { switchCommand } from "../contracts/failoverSwitch";
import { type StackOutputs } from "../contracts/outputs";
import { type Landscape } from "./places";

/** A stack's part of what sends users to a region. */
export interface DeclaredDns {
  /** What the stack tells of it. */
  readonly outputs: Pick<StackOutputs, "dns" | "failoverSwitch">;
  /** Id of the health check on the primary region's endpoint, in the stack that has it. */
  readonly primaryEndpointCheckId?: pulumi.Output<string>;
}

/**
 * Declares a stack's part of what sends users to a region: in `dr` the switch, in its landing phase
 * too, since Route 53 takes no health check on an alarm that is not there; in `prod` the records and
 * their health checks.
 *
 * @param topicArn The topic that is told when the switch is thrown and when it is put back.
 */
export function declareDns(
  { settings, system }: Configuration,
  landscape: Landscape,
  topicArn: pulumi.Input<string>,
  options: pulumi.ComponentResourceOptions,
): DeclaredDns {
  const { own, primary, standby, tags, disposable } = landscape;
  if (settings.role === "dr") {
    const { alarmName } = new FailoverSwitch(
      "failover-switch",
      { place: own, topicArn, tags, disposable },
      options,
    );
    return {
      outputs: {
        failoverSwitch: {
          alarmName,
          usersToStandby: switchCommand("standby", own),
          usersToPrimary: switchCommand("primary", own),
        },
      },
    };
  }
  const { hostedZone, endpoints } = settings;
  if (hostedZone === undefined || endpoints === undefined) {
    return { outputs: {} };
  }
  const zone =
    hostedZone.kind === "adopt"
      ? { zoneId: hostedZone.id }
      : new PublicZone("zone", { zoneName: hostedZone.name, tags, disposable }, options);
  const { failover } = system;
  const { switchHealthCheckId, primaryEndpointCheckId } = new FailoverRecord(
    "failover",
    {
      recordName: failover.recordName,
      zoneId: zone.zoneId,
      ttlSeconds: failover.recordTtl.seconds,
      mode: failover.mode,
      primary: { place: primary, hostName: endpoints.primary },
      standby: { place: standby, hostName: endpoints.standby },
      check: {
        path: failover.healthPath,
        intervalSeconds: failover.checkInterval.seconds,
        failures: failover.checkFailures,
      },
      tags,
      disposable,
    },
    options,
  );
  return {
    primaryEndpointCheckId,
    outputs: {
      dns: {
        recordName: failover.recordName,
        zoneId: zone.zoneId,
        switchHealthCheckId,
        ...("nameServers" in zone ? { nameServers: zone.nameServers } : {}),
      },
    },
  };
}

/** What a reader should know about where users are sent before trusting it. */
export function remarksOnDns({ settings, system, region }: Configuration): string[] {
  const { hostedZone, endpoints } = settings;
  return [
    ...(settings.role === "dr" && endpoints === undefined
      ? [
          `drills do not ask whether ${region} answers users: add endpoints to this stack's file, as prod has them`,
        ]
      : []),
    ...(hostedZone?.kind === "adopt"
      ? [
          // The provider makes of a name in another zone a name below that zone, and nobody resolves it.
          `zone ${hostedZone.id} is adopted: see that it is ${hostedZone.name}, and public, because records would be made in any other without a complaint, and that accelerated recovery is on (docs/dns.md)`,
        ]
      : []),
    ...(settings.role === "prod" && system.regions.primary !== healthCheckRegion
      ? [
          `nobody is told when the endpoint in ${system.regions.primary} fails: Route 53 publishes its checks in ${healthCheckRegion} alone`,
        ]
      : []),
  ];
}
