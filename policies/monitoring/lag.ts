import { z } from "zod";
import { databaseGenerations, databaseOf } from "../../config/generations";
import { healthCheckRegion, smallestReplicaLagSeconds } from "../../contracts/monitoring";
import { databasePurpose, physicalName } from "../../contracts/names";
import { type Environment } from "../environment";
import { tradingRegionOf } from "../places";
import { rule } from "../rule";
import { type Resource, stackType } from "../stack";
import { isTrueAt, textAt } from "../values";
import { alarmFindings, alarmType } from "./demandedAlarm";

const lagSettings = z.strictObject({
  /** Metrics that an alarm has to be on. */
  metrics: z.array(z.string()),
  /** What the metrics call the database. */
  dimension: z.string(),
  /** Name of the region's database that counts. */
  identifier: z.string(),
  /** `replicationLagLimit`, in the metrics' unit. */
  highest: z.number(),
  /** True while this database follows the other region's. */
  following: z.boolean(),
  /** Seconds that the operator is given to decide: an alarm comes within them. */
  longestSeconds: z.number(),
});

function lagSettingsFor(environment: Environment): z.output<typeof lagSettings> | undefined {
  const region = tradingRegionOf(environment);
  const store = region === undefined ? undefined : databaseOf(region.system);
  if (region === undefined || store === undefined) {
    return undefined;
  }
  const { system, own } = region;
  const current = databaseGenerations({ regions: system.regions, rebuilds: store.rebuilds })
    .filter((generation) => generation.region === own.region && generation.lost !== "retired")
    .at(-1);
  if (current === undefined) {
    return undefined;
  }
  const purpose = databasePurpose(current.generation);
  const limit = store.replicationLagLimit.seconds;
  const common = {
    following: system.regions.active !== own.region,
    longestSeconds: system.failover.operatorDecision.seconds,
  };
  if (store.engine === "aurora-postgresql") {
    return {
      ...common,
      metrics: ["AuroraGlobalDBRPOLag", "AuroraGlobalDBReplicationLag"],
      dimension: "DBClusterIdentifier",
      identifier: physicalName("databaseCluster", purpose, own),
      highest: limit * 1_000,
    };
  }
  // Of plain RDS, an instance that did not begin as a replica never follows another.
  return current.source === undefined
    ? undefined
    : {
        ...common,
        metrics: ["ReplicaLag"],
        dimension: "DBInstanceIdentifier",
        identifier: physicalName("databaseInstance", purpose, own),
        highest: Math.max(limit, smallestReplicaLagSeconds),
      };
}

/** The lag is what a failover would lose. */
export const alarmOnDatabaseLag = rule({
  id: "alarm-on-database-lag",
  severity: "critical",
  scope: "stack",
  description:
    "How far the region's database is behind the other region's raises an alarm at the system's limit, and so does silence while it follows.",
  serves: "the recovery point of a lost region",
  peers: [],
  types: [stackType],
  example: {
    good: 'metricName: "AuroraGlobalDBRPOLag", threshold: 30000, treatMissingData: "breaching"',
    bad: 'metricName: "AuroraGlobalDBRPOLag", threshold: 300000, treatMissingData: "missing"',
  },
  settings: lagSettings,
  settingsFor: lagSettingsFor,
  *check(_, { settings, stack }) {
    const { metrics, dimension, identifier, highest, following, longestSeconds } = settings;
    for (const metricName of metrics) {
      yield* alarmFindings(stack, {
        namespace: "AWS/RDS",
        metricName,
        dimensions: { [dimension]: identifier },
        limit: { above: highest },
        silenceIsFailure: following,
        longestSeconds,
      });
    }
  },
});

/** Without it the first to notice are the users. */
export const alarmOnEndpoint = rule({
  id: "alarm-on-endpoint",
  severity: "high",
  scope: "stack",
  description:
    "The health check on the primary region's endpoint raises an alarm as long as the writer is there.",
  serves: "the recovery time, which begins when somebody is told",
  peers: [],
  types: ["aws:route53/healthCheck:HealthCheck"],
  example: {
    good: 'metricName: "HealthCheckStatus", comparisonOperator: "LessThanThreshold", threshold: 1',
    bad: 'metricName: "HealthCheckStatus", treatMissingData: "notBreaching"',
  },
  settings: z.strictObject({
    /** Seconds that the operator is given to decide: an alarm comes within them. */
    longestSeconds: z.number(),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    return environment.name === "prod" &&
      region?.own.region === healthCheckRegion &&
      region.system.regions.active === healthCheckRegion
      ? { longestSeconds: region.system.failover.operatorDecision.seconds }
      : undefined;
  },
  *check(check, { settings: { longestSeconds }, stack }) {
    // The inverted one looks at the standby's endpoint, which has to be unhealthy all the time.
    if (!isEndpoint(check) || isTrueAt(check.inputs, "invertHealthcheck")) {
      return;
    }
    const alarms = stack
      .ofType(alarmType)
      .filter(({ dependencies }) => dependencies.includes(check.urn));
    if (alarms.length === 0) {
      yield {
        setting: "an alarm on HealthCheckStatus",
        required: "declared",
        mend: "declare HealthCheckAlarm for it",
      };
      return;
    }
    yield* alarmFindings(stack, {
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: {},
      limit: { below: 1 },
      silenceIsFailure: true,
      longestSeconds,
    });
  },
});

function isEndpoint({ inputs }: Resource): boolean {
  return textAt(inputs, "type")?.startsWith("HTTP") === true;
}
