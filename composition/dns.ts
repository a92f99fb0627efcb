import type * as pulumi from "@pulumi/pulumi";
import { FailoverRecord } from "../components/dns/failoverRecord";
import { FailoverSwitch } from "../components/dns/failoverSwitch";
import { PublicZone } from "../components/dns/publicZone";
import { type Configuration } from "../config/configuration";
import { unmetFailoverTime } from "../config/failoverTime";
import { switchCommand } from "../contracts/failoverSwitch";
import { type StackOutputs } from "../contracts/outputs";
import { type Landscape } from "./places";

/**
 * Declares a stack's part of what sends users to a region: in `dr` the switch, in its landing phase
 * too, since Route 53 takes no health check on an alarm that is not there; in `prod` the records and
 * their health checks.
 *
 * @returns What the stack tells of it.
 */
export function declareDns(
  { settings, system }: Configuration,
  landscape: Landscape,
  options: pulumi.ComponentResourceOptions,
): Pick<StackOutputs, "dns" | "failoverSwitch"> {
  const { own, primary, standby, tags, disposable } = landscape;
  if (settings.role === "dr") {
    const { alarmName } = new FailoverSwitch(
      "failover-switch",
      { place: own, tags, disposable },
      options,
    );
    return {
      failoverSwitch: {
        alarmName,
        usersToStandby: switchCommand("standby", own),
        usersToPrimary: switchCommand("primary", own),
      },
    };
  }
  const { hostedZone, endpoints } = settings;
  if (hostedZone === undefined || endpoints === undefined) {
    return {};
  }
  const zone =
    hostedZone.kind === "adopt"
      ? { zoneId: hostedZone.id }
      : new PublicZone("zone", { zoneName: hostedZone.name, tags, disposable }, options);
  const { failover } = system;
  const { switchHealthCheckId } = new FailoverRecord(
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
    dns: {
      recordName: failover.recordName,
      zoneId: zone.zoneId,
      switchHealthCheckId,
      ...("nameServers" in zone ? { nameServers: zone.nameServers } : {}),
    },
  };
}

/** What a reader should know about the primary region's DNS before trusting it. */
export function remarksOnDns({ settings, system }: Configuration): string[] {
  const { hostedZone } = settings;
  return [
    ...(hostedZone?.kind === "adopt"
      ? [
          `accelerated recovery is not provable for zone ${hostedZone.name}, which is adopted: see that it is on (docs/dns.md)`,
        ]
      : []),
    ...(settings.role === "prod" ? unmetFailoverTime(system) : []),
  ];
}
