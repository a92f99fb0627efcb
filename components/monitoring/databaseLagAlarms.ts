import * as pulumi from "@pulumi/pulumi";
import { smallestReplicaLagSeconds } from "../../contracts/monitoring";
import { databasePurpose, physicalName } from "../../contracts/names";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";
import { type Alarm, type AlarmsArgs, declareAlarm } from "./alarm";

/** Inputs of {@link DatabaseLagAlarms}. */
export interface DatabaseLagAlarmsArgs extends AlarmsArgs {
  readonly engine: "aurora-postgresql" | "rds-postgresql";
  /** Generation of the region's database: the one that counts. */
  readonly generation: number;
  /** Region of the other member, which this one follows while the writer is there. */
  readonly sourceRegion: string;
  /** Seconds behind the writer above which the recovery point is in danger. */
  readonly limitSeconds: number;
  /**
   * Whether this region's member follows the other. AWS measures the lag at the follower only, so
   * both regions have the alarms, and a failover moves the watch by a change of settings.
   */
  readonly following: boolean;
}

/** Minutes in a row: a single late minute is no incident, and three leave time to decide. */
const minutes = 3;

/**
 * Alarms on how far a region's database is behind the writer in the other region. The metrics live
 * in the region that follows, and vanish with the replication: so they are raised, too, when the
 * writer's region has fallen silent.
 */
export class DatabaseLagAlarms extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: DatabaseLagAlarmsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("DatabaseLagAlarms", name, databaseLagAlarmsProblems(args));
    super("trading-dr:monitoring:DatabaseLagAlarms", name, {}, opts);
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    const alarms = args.engine === "aurora-postgresql" ? auroraAlarms(args) : rdsAlarms(args);
    for (const [suffix, alarm] of Object.entries(alarms)) {
      declareAlarm(`${name}-${suffix}`, alarm, args, child);
    }
    this.registerOutputs({});
  }
}

/** Everything wrong with the inputs; empty when they are sound. */
export function databaseLagAlarmsProblems({
  place,
  sourceRegion,
  limitSeconds,
}: DatabaseLagAlarmsArgs): string[] {
  return [
    ...(sourceRegion === place.region
      ? [`sourceRegion must be another region than the alarms' own, got ${sourceRegion}`]
      : []),
    ...(limitSeconds > 0 ? [] : [`limitSeconds must be above 0, got ${String(limitSeconds)}`]),
  ];
}

const watch = { periodSeconds: 60, periods: minutes, missing: "breaching" } as const;

/** Aurora measures in milliseconds: what would be lost, and how far the storage is behind. */
function auroraAlarms(args: DatabaseLagAlarmsArgs): Record<string, Alarm> {
  const { place, generation, sourceRegion, limitSeconds, following } = args;
  const dimensions = {
    DBClusterIdentifier: physicalName("databaseCluster", databasePurpose(generation), place),
    SourceRegion: sourceRegion,
  };
  const common = {
    ...watch,
    statistic: "Maximum",
    limit: { above: limitSeconds * 1_000 },
    watching: following,
  } as const;
  return {
    "recovery-point": {
      ...common,
      purpose: "database-recovery-point-lag",
      description: `A failover to ${place.region} now would lose more than ${String(limitSeconds)} s of commits, or the database in ${sourceRegion} replicates no more.`,
      metric: ["AWS/RDS", "AuroraGlobalDBRPOLag", dimensions],
    },
    replication: {
      ...common,
      purpose: "database-replication-lag",
      description: `The database in ${place.region} is more than ${String(limitSeconds)} s behind ${sourceRegion}, or replication has stopped.`,
      metric: ["AWS/RDS", "AuroraGlobalDBReplicationLag", dimensions],
    },
  };
}

/** Plain RDS measures in seconds. */
function rdsAlarms(args: DatabaseLagAlarmsArgs): Record<string, Alarm> {
  const { place, generation, sourceRegion, following } = args;
  const limitSeconds = Math.max(args.limitSeconds, smallestReplicaLagSeconds);
  const name = physicalName("databaseInstance", databasePurpose(generation), place);
  return {
    replication: {
      ...watch,
      purpose: "database-replication-lag",
      description: `The replica in ${place.region} is more than ${String(limitSeconds)} s behind ${sourceRegion}, or reports nothing.`,
      metric: ["AWS/RDS", "ReplicaLag", { DBInstanceIdentifier: name }],
      statistic: "Maximum",
      limit: { above: limitSeconds },
      watching: following,
    },
  };
}
