import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { failoverSwitch, switchAlarm } from "../../contracts/failoverSwitch";
import { type Place } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData, keepWhenReplaced } from "../dataProtection";
import { rejectProblems } from "../problems";

/** Where a region answers its users. */
export interface RegionEndpoint {
  readonly place: Place;
  /** A public host name of the region's own, not the one that users resolve. */
  readonly hostName: string;
}

/** How Route 53 asks an endpoint whether the writer is there. */
export interface EndpointCheck {
  /** Path that answers with a status of 2xx or 3xx where the writer is, and nowhere else. */
  readonly path: string;
  /** Seconds between two probes of a health checker: 10 or 30. */
  readonly intervalSeconds: number;
  /** Probes in a row that must fail, 1 to 10. */
  readonly failures: number;
}

/** Inputs of {@link FailoverRecord}. */
export interface FailoverRecordArgs {
  /** The name that users resolve, inside the zone. */
  readonly recordName: string;
  readonly zoneId: pulumi.Input<string>;
  /** How long clients keep an answer, at most 60 seconds. */
  readonly ttlSeconds: number;
  /**
   * `operator`: users go where the switch says. `automatic`: they also go to the standby region
   * while its endpoint says that the writer is there and the primary's says that it is not.
   */
  readonly mode: "operator" | "automatic";
  readonly primary: RegionEndpoint;
  readonly standby: RegionEndpoint;
  readonly check: EndpointCheck;
  readonly tags: Tags;
  /**
   * A sandbox's records: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * The name that users resolve, as a PRIMARY and a SECONDARY record, and the health checks that
 * choose between them. A failover changes none of it: the operator throws the switch
 * (`FailoverSwitch`).
 *
 * Route 53 answers with PRIMARY while PRIMARY is healthy, else with SECONDARY if that is healthy,
 * else with PRIMARY after all. PRIMARY is healthy while its endpoint is and the switch has not been
 * thrown; SECONDARY, once there is no reason left to stay ({@link reasonsToStay}). So an outage alone
 * sends nobody to a region that has not been promoted, and an endpoint that comes back draws nobody
 * to a region that has lost the writer. docs/dns.md has the table of all states.
 */
export class FailoverRecord extends pulumi.ComponentResource {
  /** Id of the health check that reads the switch. */
  public readonly switchHealthCheckId: pulumi.Output<string>;
  /** Id of the health check on the primary region's endpoint. */
  public readonly primaryEndpointCheckId: pulumi.Output<string>;

  public constructor(
    name: string,
    args: FailoverRecordArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("FailoverRecord", name, failoverRecordProblems(args));
    super("trading-dr:dns:FailoverRecord", name, {}, opts);
    const disposable = args.disposable ?? false;
    const child = { parent: this, ...keepData(disposable) };
    // An interval is changed by a new check only.
    const replaceable = { parent: this, ...keepWhenReplaced(disposable) };

    const endpoint = new aws.route53.HealthCheck(
      `${name}-primary-endpoint`,
      endpointCheck(args, args.primary),
      replaceable,
    );
    const operator = new aws.route53.HealthCheck(`${name}-switch`, switchCheck(args), child);
    const primary = new aws.route53.HealthCheck(
      `${name}-primary-check`,
      {
        type: "CALCULATED",
        childHealthchecks: [endpoint.id, operator.id],
        childHealthThreshold: 2,
        tags: checkTags(args, `users in ${args.primary.place.region}`),
      },
      child,
    );
    const reasons = reasonsToStay(name, args, operator, replaceable);
    const secondary = new aws.route53.HealthCheck(
      `${name}-secondary-check`,
      {
        type: "CALCULATED",
        childHealthchecks: reasons.map(({ id }) => id),
        childHealthThreshold: reasons.length,
        invertHealthcheck: true,
        tags: checkTags(args, `users in ${args.standby.place.region}`),
      },
      child,
    );
    new aws.route53.Record(`${name}-primary`, record(args, "PRIMARY", primary), child);
    new aws.route53.Record(`${name}-secondary`, record(args, "SECONDARY", secondary), child);
    this.switchHealthCheckId = operator.id;
    this.primaryEndpointCheckId = endpoint.id;
    this.registerOutputs({
      switchHealthCheckId: this.switchHealthCheckId,
      primaryEndpointCheckId: this.primaryEndpointCheckId,
    });
  }
}

/** Everything wrong with the inputs; empty when they are sound. */
export function failoverRecordProblems(args: FailoverRecordArgs): string[] {
  const { recordName, ttlSeconds, primary, standby, check } = args;
  const problems: string[] = [];
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > 60) {
    problems.push(`ttlSeconds must be 1 to 60, got ${String(ttlSeconds)}`);
  }
  if (![10, 30].includes(check.intervalSeconds)) {
    problems.push(`check.intervalSeconds must be 10 or 30, got ${String(check.intervalSeconds)}`);
  }
  if (!Number.isInteger(check.failures) || check.failures < 1 || check.failures > 10) {
    problems.push(`check.failures must be 1 to 10, got ${String(check.failures)}`);
  }
  if (new Set([recordName, primary.hostName, standby.hostName]).size < 3) {
    problems.push(
      `recordName and the two host names must differ, got ${recordName}, ${primary.hostName} and ${standby.hostName}`,
    );
  }
  return problems;
}

/**
 * The checks that keep users out of the standby region while all of them are healthy; SECONDARY's
 * check is their inverse. It takes the switch from the check that PRIMARY takes it from, rather than
 * reading the alarm again: two checks that latch separately could disagree.
 */
function reasonsToStay(
  name: string,
  args: FailoverRecordArgs,
  notThrown: aws.route53.HealthCheck,
  options: pulumi.CustomResourceOptions,
): aws.route53.HealthCheck[] {
  if (args.mode === "operator") {
    return [notThrown];
  }
  const notPromoted = new aws.route53.HealthCheck(
    `${name}-standby-endpoint`,
    { ...endpointCheck(args, args.standby), invertHealthcheck: true },
    options,
  );
  return [notThrown, notPromoted];
}

function endpointCheck(
  args: FailoverRecordArgs,
  { place, hostName }: RegionEndpoint,
): aws.route53.HealthCheckArgs {
  return {
    type: "HTTPS",
    fqdn: hostName,
    port: 443,
    enableSni: true,
    resourcePath: args.check.path,
    requestInterval: args.check.intervalSeconds,
    failureThreshold: args.check.failures,
    tags: checkTags(args, `endpoint in ${place.region}`),
  };
}

/** Healthy until the switch is thrown, and unhealthy until it is put back, however long that is. */
function switchCheck(args: FailoverRecordArgs): aws.route53.HealthCheckArgs {
  const { alarmName, region, namespace, metricName } = failoverSwitch(args.standby.place);
  return {
    type: "CLOUDWATCH_METRIC",
    cloudwatchAlarmName: alarmName,
    cloudwatchAlarmRegion: region,
    insufficientDataHealthStatus: "LastKnownStatus",
    // Route 53 keeps the settings that the alarm had when the check was last updated.
    triggers: Object.fromEntries(
      Object.entries({ namespace, metricName, ...switchAlarm }).map(([key, value]) => [
        key,
        String(value),
      ]),
    ),
    tags: checkTags(args, "failover switch"),
  };
}

function record(
  args: FailoverRecordArgs,
  type: "PRIMARY" | "SECONDARY",
  healthCheck: aws.route53.HealthCheck,
): aws.route53.RecordArgs {
  const { place, hostName } = type === "PRIMARY" ? args.primary : args.standby;
  return {
    zoneId: args.zoneId,
    name: args.recordName,
    type: "CNAME",
    ttl: args.ttlSeconds,
    records: [hostName],
    setIdentifier: place.region,
    failoverRoutingPolicies: [{ type }],
    healthCheckId: healthCheck.id,
  };
}

/** Route 53's console shows checks by the tag `Name`; without it they are four numbers. */
function checkTags(args: FailoverRecordArgs, what: string): Tags {
  return { ...purposeTags(args.tags, "failover"), Name: `${args.primary.place.system} ${what}` };
}
