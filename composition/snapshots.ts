import type * as pulumi from "@pulumi/pulumi";
import { type Database } from "../components/database/database";
import { BackupRegion } from "../components/vaults/backupRegion";
import { BackupVault } from "../components/vaults/backupVault";
import { NoticeTopic } from "../components/vaults/noticeTopic";
import { RestoreTesting } from "../components/vaults/restoreTesting";
import { SnapshotPlan } from "../components/vaults/snapshotPlan";
import { type Configuration } from "../config/configuration";
import { wholeDays } from "../config/duration";
import { type System } from "../config/system";
import {
  databaseClusterArn,
  databaseInstanceArn,
  roleArn,
  vaultArn,
  vaultPurpose,
} from "../contracts/names";
import { databaseOf, generationsIn } from "../config/generations";
import { type Keys } from "./keys";
import { lockOf } from "./locks";
import { topicPublishers } from "./notices";
import { type Landscape } from "./places";

/** The vaults of a stack's region, by lock class, and the topic that they report to. */
export interface Vaults {
  readonly byLockClass: Readonly<Record<string, BackupVault>>;
  readonly noticeTopic: NoticeTopic;
}

/** Declares the vaults of a stack's region, and the region's opt-in where this system owns it. */
export function declareVaults(
  configuration: Configuration,
  landscape: Landscape,
  keys: Keys,
  options: pulumi.ComponentResourceOptions,
): Vaults {
  const { own, tradingAccount, tags, disposable } = landscape;
  if (configuration.system.owns.includes("backup-region-settings")) {
    new BackupRegion("backup-region", options);
  }
  const topic = new NoticeTopic(
    "notices",
    {
      place: own,
      kmsKeyArn: keys.notices.arn,
      publishers: topicPublishers(landscape),
      tags,
      disposable,
    },
    options,
  );
  const byLockClass = Object.fromEntries(
    Object.entries(snapshotRetentions(configuration.system)).flatMap(([lockClass, maximumDays]) => {
      const lock = lockOf(configuration, lockClass);
      if (lock === undefined) {
        return [];
      }
      const vault = new BackupVault(
        vaultPurpose(lockClass),
        {
          place: own,
          purpose: vaultPurpose(lockClass),
          kmsKeyArn: keys.snapshots.arn,
          noticeTopicArn: topic.arn,
          lock: { mode: lock.mode, minimumDays: lock.days, maximumDays },
          copiesFromAccounts: own.account === tradingAccount ? [] : [tradingAccount],
          tags,
          disposable,
        },
        options,
      );
      return [[lockClass, vault] as const];
    }),
  );
  return { byLockClass, noticeTopic: topic };
}

/**
 * Declares the snapshots of a region's database, their copies, and the rehearsal of a restore.
 *
 * @param options Has to make both wait for the database, the vaults and the roles, which they name.
 */
export function declareSnapshots(
  { system }: Configuration,
  landscape: Landscape,
  vaults: Vaults,
  database: Database,
  options: pulumi.ComponentResourceOptions,
): void {
  const { own, copiesTo, tags, disposable } = landscape;
  const { timeZone, recoveryTest } = system.schedules;
  const store = databaseOf(system);
  // By name, so that a preview knows them whatever else changes about the database.
  const arnOf = store?.engine === "rds-postgresql" ? databaseInstanceArn : databaseClusterArn;
  const databases = generationsIn(system, own.region).map(({ generation, lost }) => ({
    generation,
    released: lost === "released",
    arn: arnOf(own, generation),
  }));
  const series = Object.entries(store?.snapshots ?? {}).flatMap(([name, { schedule, tier }]) => {
    const kept = system.tiers[tier];
    const vault = kept && vaults.byLockClass[kept.lockClass];
    return kept === undefined || vault === undefined ? [] : [{ name, schedule, kept, vault }];
  });
  new SnapshotPlan(
    "snapshots",
    {
      place: own,
      rules: series.map(({ name, schedule, kept, vault }) => ({
        name,
        schedule,
        retentionDays: wholeDays(kept.retention),
        vaultName: vault.vaultName,
        copyToVaultArns: copiesTo.map((place) => vaultArn(vaultPurpose(kept.lockClass), place)),
      })),
      timeZone,
      roleArn: roleArn("snapshots", own),
      databases,
      tags,
      disposable,
    },
    options,
  );
  new RestoreTesting(
    "restore-test",
    {
      place: own,
      schedule: recoveryTest,
      timeZone,
      vaultArns: Object.keys(vaults.byLockClass).map((lockClass) =>
        vaultArn(vaultPurpose(lockClass), own),
      ),
      resourceType: store?.engine === "rds-postgresql" ? "RDS" : "Aurora",
      resourceArns: databases.slice(-1).map(({ arn }) => arn),
      subnetGroupName: database.subnetGroupName,
      securityGroupId: database.securityGroupId,
      parameterGroupName: database.parameterGroupName,
      // Wide enough for the rarest series, a monthly one.
      windowDays: 35,
      roleArn: roleArn("restore-test", own),
      tags,
      disposable,
    },
    options,
  );
}

/** The lock classes that hold snapshots, and the longest retention in each, in days. */
export function snapshotRetentions(system: System): Record<string, number> {
  const longest: Record<string, number> = {};
  for (const { tier } of Object.values(databaseOf(system)?.snapshots ?? {})) {
    const kept = system.tiers[tier];
    if (kept !== undefined) {
      const days = wholeDays(kept.retention);
      longest[kept.lockClass] = Math.max(longest[kept.lockClass] ?? 0, days);
    }
  }
  return longest;
}
