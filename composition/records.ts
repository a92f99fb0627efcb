import type * as pulumi from "@pulumi/pulumi";
import { AccessLogBucket } from "../components/storage/accessLogBucket";
import { type BucketCleaning, type ObjectLifecycle } from "../components/storage/lifecycle";
import { RecordBucket, type RecordBucketArgs } from "../components/storage/recordBucket";
import { type Configuration } from "../config/configuration";
import { wholeDays } from "../config/duration";
import { transitionsOf } from "../config/stores";
import { type System } from "../config/system";
import { sharedContentDays } from "../contracts/configurationManifest";
import {
  bucketArn,
  keyAliasArn,
  type Purpose,
  recordsPurpose,
  replicationRuleId,
  roleArn,
} from "../contracts/names";
import { recordPrefix, recoveryPointPrefix } from "../contracts/objectKeys";
import { type Keys } from "./keys";
import { lockOf } from "./locks";
import { type Landscape } from "./places";

/**
 * Declares the record buckets of a stack's region, one for each lock class that holds anything.
 *
 * @param roles Roles of this stack that must be there before a bucket can replicate.
 */
export function declareRecordBuckets(
  configuration: Configuration,
  landscape: Landscape,
  keys: Keys,
  roles: readonly pulumi.Resource[],
  options: pulumi.ComponentResourceOptions,
): Record<string, RecordBucket> {
  const { settings, system } = configuration;
  const lifecycles = lifecyclesByLockClass(system);
  const logged: Purpose[] = [
    ...Object.keys(lifecycles).map(recordsPurpose),
    ...(settings.auditTrail.kind === "create" ? (["audit-logs"] as const) : []),
  ];
  const cleaning = cleaningOf(system);
  const shared = {
    place: landscape.own,
    cleaning,
    minimumTlsVersion: system.minimumTlsVersion,
    tags: landscape.tags,
    disposable: landscape.disposable,
  };
  const accessLogs = new AccessLogBucket(
    "access-logs",
    {
      ...shared,
      sourceBucketArns: logged.map((purpose) => bucketArn(purpose, landscape.own)),
      retentionDays: wholeDays(system.accessLogRetention),
    },
    options,
  );
  const replication = settings.phase === "landing" ? undefined : replicationOf(landscape);
  return Object.fromEntries(
    Object.entries(lifecycles).map(([lockClass, ownLifecycles]) => {
      const purpose = recordsPurpose(lockClass);
      const lock = lockOf(configuration, lockClass);
      const bucket = new RecordBucket(
        purpose,
        {
          ...shared,
          purpose,
          kmsKeyArn: keys.records.arn,
          accessLogBucket: accessLogs.bucketName,
          lifecycles: ownLifecycles,
          replicationFrom: replicationFrom(landscape),
          ...(lock === undefined ? {} : { lock }),
          ...(replication === undefined ? {} : { replication: replication(lockClass) }),
        },
        // Logs may only be written once the log bucket's policy is there.
        { ...options, dependsOn: [...roles, accessLogs] },
      );
      return [lockClass, bucket];
    }),
  );
}

/** What is cleaned up in every bucket. */
export function cleaningOf(system: System): BucketCleaning {
  return {
    oldVersionDays: wholeDays(system.oldVersionRetention),
    incompleteUploadDays: wholeDays(system.incompleteUploadRetention),
  };
}

/** The lock classes that hold objects, and the lifecycles of those objects. */
export function lifecyclesByLockClass(system: System): Record<string, ObjectLifecycle[]> {
  const byClass: Record<string, ObjectLifecycle[]> = {};
  const add = (
    id: string,
    prefix: string,
    { lockClass, retention, transitions }: System["tiers"][string],
    additionalDays = 0,
  ) => {
    (byClass[lockClass] ??= []).push({
      id,
      prefix,
      expirationDays: wholeDays(retention) + additionalDays,
      transitions: transitionsOf(transitions ?? {}),
    });
  };
  for (const [name, tier] of Object.entries(system.tiers)) {
    add(
      `recovery-points-${name}`,
      recoveryPointPrefix(name),
      tier,
      sharesContents(system, name) ? sharedContentDays : 0,
    );
  }
  for (const [name, store] of Object.entries(system.stores)) {
    if (store.kind === "objects") {
      add(`records-${name}`, recordPrefix(name), store);
    }
  }
  return byClass;
}

/** Whether recovery points of a tier share contents: those of configuration do. */
function sharesContents({ stores }: System, tier: string): boolean {
  return Object.values(stores).some(
    (store) => store.kind === "configuration" && store.backup.tier === tier,
  );
}

/** Both regions copy to each other and to the archive; the archive copies nowhere. */
function replicationOf(
  landscape: Landscape,
): ((lockClass: string) => NonNullable<RecordBucketArgs["replication"]>) | undefined {
  const { own, archive, copiesTo } = landscape;
  if (copiesTo.length === 0) {
    return undefined;
  }
  return (lockClass) => ({
    roleArn: roleArn("record-replication", own),
    destinations: copiesTo.map((place) => ({
      id: replicationRuleId(place),
      bucketArn: bucketArn(recordsPurpose(lockClass), place),
      keyAliasArn: keyAliasArn("records", place),
      mutual: place !== archive,
      ...(place.account === own.account ? {} : { otherAccount: place.account }),
    })),
  });
}

/** Replication roles of another account that write here; those of the same account need no leave. */
function replicationFrom({
  own,
  copiesFrom,
  tradingAccount,
}: Landscape): RecordBucketArgs["replicationFrom"] {
  const roleArns = copiesFrom.map((place) => roleArn("record-replication", place));
  return own.account === tradingAccount ? [] : [{ account: tradingAccount, roleArns }];
}
