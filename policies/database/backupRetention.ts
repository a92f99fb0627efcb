import { z } from "zod";
import { wholeDays } from "../../config/duration";
import { databaseOf, generationsIn } from "../../config/generations";
import { databaseInstanceArn } from "../../contracts/names";
import { tradingRegionOf } from "../places";
import { rule } from "../rule";
import { stackType } from "../stack";
import { numberAt, textAt } from "../values";

/** The longest that RDS keeps automated backups. */
const longestDays = 35;

/** Point in time reaches back as far as the system's file says. */
export const backupRetention = rule({
  id: "database-backup-retention",
  severity: "critical",
  scope: "resource",
  description: "A database's automated backups are kept for as long as the system's file says.",
  serves: "pointInTimeRecovery of the database",
  peers: [
    "CKV_AWS_133",
    "awsguard rds-instance-backup-enabled",
    "aws-rds-cluster-configure-backup-retention",
    "DB_INSTANCE_BACKUP_ENABLED",
  ],
  types: ["aws:rds/cluster:Cluster", "aws:rds/instance:Instance"],
  example: { good: "backupRetentionPeriod: 35", bad: "backupRetentionPeriod: 7" },
  settings: z.strictObject({
    /** Days that automated backups are kept at least. */
    minimumDays: z.int().min(1).max(longestDays),
  }),
  settingsFor: ({ configuration }) => {
    const database = databaseOf(configuration.system);
    return database && { minimumDays: wholeDays(database.pointInTimeRecovery) };
  },
  *check({ inputs }, { settings: { minimumDays } }) {
    const days = numberAt(inputs, "backupRetentionPeriod");
    if (days !== undefined && days > longestDays) {
      yield {
        setting: "backupRetentionPeriod",
        found: days,
        required: `${String(longestDays)} days at the most, which is all that RDS keeps`,
        mend: "keep longer what has to be kept longer by a snapshot rule of the backup plan",
      };
    } else if (days === undefined || days < minimumDays) {
      yield {
        setting: "backupRetentionPeriod",
        ...(days === undefined ? {} : { found: days }),
        required: `${String(minimumDays)} days at least`,
        mend: `set it to ${String(minimumDays)}; AWS keeps backups for one day where it is not set`,
      };
    }
  },
});

/** Point in time of a plain RDS instance outlives its region. */
export const backupsCopied = rule({
  id: "database-backups-copied",
  severity: "critical",
  scope: "stack",
  description:
    "The region of a plain RDS replica has copies of its source's automated backups, kept for as long as the system's file says, until the replica is promoted.",
  serves: "pointInTimeRecovery when the primary region is lost; Aurora cannot copy its own",
  peers: [],
  types: [stackType],
  example: {
    good: "sourceDbInstanceArn: that of the primary, retentionPeriod: 35",
    bad: "a replica alone, which replicates mistakes too",
  },
  settings: z.strictObject({
    /** ARN of the instance whose backups are to be copied. */
    source: z.string(),
    minimumDays: z.int().min(1).max(longestDays),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    const database = region && databaseOf(region.system);
    if (region === undefined || database?.engine !== "rds-postgresql") {
      return undefined;
    }
    const { system, own, other } = region;
    const current = generationsIn(system, own.region).at(-1);
    const isPromoted =
      system.regions.active === own.region || (current?.laterGenerations ?? []).length > 0;
    return current?.source === undefined || isPromoted
      ? undefined
      : {
          source: databaseInstanceArn(other, current.source.generation),
          minimumDays: wholeDays(database.pointInTimeRecovery),
        };
  },
  *check(_, { settings: { source, minimumDays }, stack }) {
    const copy = stack
      .ofType("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication")
      .find(({ inputs }) => textAt(inputs, "sourceDbInstanceArn") === source);
    if (copy === undefined) {
      yield {
        setting: "InstanceAutomatedBackupsReplication",
        required: `declared for ${source}`,
        mend: "declare it beside the replica",
      };
      return;
    }
    const days = numberAt(copy.inputs, "retentionPeriod");
    if (days === undefined || days < minimumDays) {
      yield {
        setting: "retentionPeriod of the copied backups",
        ...(days === undefined ? {} : { found: days }),
        required: `${String(minimumDays)} days at least`,
        mend: `set it to ${String(minimumDays)}; AWS keeps copies for 7 days where it is not set`,
      };
    }
  },
});
