import { physicalName, type Place } from "./names";

/**
 * The switch by which an operator sends users to the standby region and back. It is a metric in the
 * standby region, an alarm on it, and a health check that reads the alarm's metric: throwing it is
 * one call to that region, and needs nothing of the primary region or of a global control plane.
 *
 * The standby region's stack declares the alarm, the primary's the health check, the operator writes
 * the metric: all three take the names from here.
 */
export interface FailoverSwitch {
  readonly alarmName: string;
  readonly region: string;
  /** One for each system: permission to write metrics can be narrowed to a namespace, no further. */
  readonly namespace: string;
  readonly metricName: string;
}

/** The switch of a system, by its standby region. */
export function failoverSwitch(standby: Place): FailoverSwitch {
  return {
    alarmName: physicalName("alarm", "failover-switch", standby),
    region: standby.region,
    namespace: `trading-dr/failover/${standby.system}`,
    metricName: "UsersInStandbyRegion",
  };
}

/**
 * How the metric is judged. Route 53 takes standard resolution only, so the period is a minute, and
 * one data point has to be enough. A metric that nobody writes must leave the switch as it is: the
 * alarm ignores missing data, as the health check keeps its last known status.
 */
export const switchAlarm = {
  statistic: "Maximum",
  period: 60,
  evaluationPeriods: 1,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  threshold: 1,
  treatMissingData: "ignore",
} as const;

/** What is written to the metric to send users to a region. */
const positions = { standby: 1, primary: 0 } as const;

/** The command that throws the switch, or puts it back. */
export function switchCommand(users: keyof typeof positions, standby: Place): string {
  const { region, namespace, metricName } = failoverSwitch(standby);
  return `aws cloudwatch put-metric-data --region ${region} --namespace ${namespace} --metric-name ${metricName} --value ${String(positions[users])}`;
}
