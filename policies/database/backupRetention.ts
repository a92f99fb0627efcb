import { z } from "zod";
import { wholeDays } from "../../config/duration";
import { databaseOf } from "../../config/generations";
import { rule } from "../rule";
import { numberAt } from "../values";

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
