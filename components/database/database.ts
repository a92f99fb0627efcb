import type * as pulumi from "@pulumi/pulumi";
import { type Place } from "../../contracts/names";
import { type Tags } from "../../contracts/tags";

/** Inputs that every kind of PostgreSQL has in common. */
export interface DatabaseArgs {
  readonly place: Place;
  /** 1 for the region's first database; another one after each rebuild. Part of every name. */
  readonly generation: number;
  /**
   * Generations of the other region that were rebuilt from this database after it had been cut off.
   * @default - none
   */
  readonly laterGenerations?: readonly number[];
  /**
   * True once the region has a newer generation: this one is kept for what it holds.
   * @default false
   */
  readonly superseded?: boolean;
  /**
   * True once it may be taken out of the program: nothing of it is protected any more, though all of
   * it stays in the account.
   * @default false
   */
  readonly released?: boolean;
  /**
   * What became of pairs that were cut, by generation. Whoever survived, nobody needs their global
   * database: it is no longer protected once `released`, and not declared once `retired`.
   * @default - none was cut
   */
  readonly cutPairs?: Readonly<Record<number, "kept" | "released" | "retired">>;
  /** Full version: `16.8`. Major and minor are the same in all regions, or failover is refused. */
  readonly engineVersion: string;
  readonly instanceClass: string;
  /** VPC of the database. */
  readonly vpcId: string;
  /** Private subnets, in two availability zones or more. */
  readonly subnetIds: readonly string[];
  /** Security group that may connect: the Kubernetes nodes'. */
  readonly clientSecurityGroupId: string;
  /** ARN of this region's key for databases. */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** Days that a point in time can be restored from, 1 to 35. */
  readonly pointInTimeRecoveryDays: number;
  /** Daily, UTC: `03:00-04:00`. */
  readonly backupWindow: string;
  /** Weekly, UTC: `sun:05:00-sun:06:00`. */
  readonly maintenanceWindow: string;
  /** Days that PostgreSQL's log is kept; rounded up to what CloudWatch offers. */
  readonly logRetentionDays: number;
  readonly tags: Tags;
  /**
   * A sandbox's database: no final snapshot, no protection against deletion.
   * @default false
   */
  readonly disposable?: boolean;
}

/** Who administers a new database. */
export interface AdministratorLogin {
  readonly userName: string;
  /** A secret. */
  readonly password: pulumi.Input<string>;
}

/** What every kind of PostgreSQL offers to the rest of a stack. */
export interface Database {
  /** ARN of the cluster or instance. */
  readonly arn: pulumi.Output<string>;
  /** Host name of this region's writer. Aurora answers there only while the writer is here. */
  readonly endpoint: pulumi.Output<string>;
  /** Host name for reads in this region. */
  readonly readerEndpoint: pulumi.Output<string>;
  /** Host name of the writer wherever it is: Aurora has one, known to the primary's stack. */
  readonly globalEndpoint: pulumi.Output<string> | undefined;
  /** Where a rehearsal restores to: this region's subnet group, firewall and parameters. */
  readonly subnetGroupName: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  readonly parameterGroupName: pulumi.Output<string>;
}

/** Log retentions that CloudWatch offers, in days. */
const offeredLogRetention = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

const longestLogRetentionDays = Math.max(...offeredLogRetention);

/**
 * The shortest retention on offer that keeps logs for at least so many days.
 *
 * @throws RangeError above 3653 days, the most on offer.
 */
export function logGroupRetentionDays(days: number): number {
  const offered = offeredLogRetention.find((candidate) => candidate >= days);
  if (offered === undefined) {
    throw new RangeError(
      `CloudWatch keeps logs for ${String(longestLogRetentionDays)} days at most, got ${String(days)}`,
    );
  }
  return offered;
}

/** `16` of `16.8`: the parameter group's family and name. */
export function majorVersion(engineVersion: string): string {
  return engineVersion.split(".")[0] ?? engineVersion;
}

/** Parameters of every PostgreSQL: connections without TLS, or with an old version, are refused. */
export const tlsParameters = [
  { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
  { name: "ssl_min_protocol_version", value: "TLSv1.2", applyMethod: "pending-reboot" },
] as const;

/**
 * What every PostgreSQL here has: encryption with a key of ours, users of IAM, backups that reach
 * back as far as asked and outlive the database, and protection against deletion.
 */
export function safeStorage(args: DatabaseArgs) {
  const disposable = args.disposable ?? false;
  return {
    storageEncrypted: true,
    kmsKeyId: args.kmsKeyArn,
    iamDatabaseAuthenticationEnabled: true,
    backupRetentionPeriod: args.pointInTimeRecoveryDays,
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: disposable,
    deletionProtection: !disposable,
  };
}

/** Everything wrong with the common inputs; empty when they are sound. */
export function databaseProblems(args: DatabaseArgs): string[] {
  const problems: string[] = [];
  const days = args.pointInTimeRecoveryDays;
  if (!Number.isInteger(days) || days < 1 || days > 35) {
    problems.push(
      `pointInTimeRecoveryDays must be 1 to 35, the most that RDS keeps, got ${String(days)}`,
    );
  }
  if (args.subnetIds.length < 2) {
    problems.push(`subnetIds must name at least 2 subnets, got ${String(args.subnetIds.length)}`);
  }
  if (args.logRetentionDays > longestLogRetentionDays) {
    problems.push(
      `logRetentionDays must be at most ${String(longestLogRetentionDays)}, got ${String(args.logRetentionDays)}`,
    );
  }
  return problems;
}
