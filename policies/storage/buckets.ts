import { wholeDays } from "../../config/duration";
import { transitionsOf } from "../../config/stores";
import { type System } from "../../config/system";
import { sharedContentDays } from "../../contracts/configurationManifest";
import { bucketArn, physicalName, recordsPurpose } from "../../contracts/names";
import { recordPrefix, recoveryPointPrefix } from "../../contracts/objectKeys";
import { type Places } from "../places";

/** The buckets of a stack, as the system's file asks for them. */

/** Tag that says what a bucket is for. */
export const purposeTag = "trading-dr:purpose";

/** Types of S3, with what configures a bucket. */
export const bucketTypes = {
  bucket: "aws:s3/bucket:Bucket",
  versioning: "aws:s3/bucketVersioning:BucketVersioning",
  encryption:
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  publicAccess: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  ownership: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  policy: "aws:s3/bucketPolicy:BucketPolicy",
  lifecycle: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  logging: "aws:s3/bucketLogging:BucketLogging",
  lock: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  replication: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
} as const;

/** What is kept below a prefix. */
export interface KeptPrefix {
  readonly prefix: string;
  readonly retentionDays: number;
  /** Days after which it may be in a colder storage class, by class. */
  readonly transitions: Readonly<Record<string, number>>;
}

/** A bucket for records. */
export interface WantedBucket {
  readonly prefixes: readonly KeptPrefix[];
  /** Its lock; undefined for a class without one. */
  readonly lock: WantedLock | undefined;
  /** ARNs of the buckets that it is copied to. */
  readonly copies: readonly string[];
}

/** The least lock of a bucket. */
export interface WantedLock {
  readonly days: number;
  /** Whether somebody has signed for a lock that nobody can take off. */
  readonly compliance: boolean;
}

/** The record buckets of a region, by name. */
export function recordBuckets({
  own,
  copiesTo,
  configuration,
}: Places): Readonly<Record<string, WantedBucket>> {
  const { settings, system } = configuration;
  return Object.fromEntries(
    [...prefixesByClass(system)].map(([lockClass, prefixes]) => {
      const { mode, period } = system.lockClasses[lockClass] ?? { mode: "none", period: undefined };
      const compliance = mode === "compliance" && settings.complianceLocks?.kind === "acknowledged";
      const wanted: WantedBucket = {
        prefixes,
        lock: period === undefined ? undefined : { days: wholeDays(period), compliance },
        // In its landing phase the standby region copies nothing yet.
        copies:
          settings.phase === "landing"
            ? []
            : copiesTo.map((place) => bucketArn(recordsPurpose(lockClass), place)),
      };
      return [physicalName("bucket", recordsPurpose(lockClass), own), wanted];
    }),
  );
}

function prefixesByClass(system: System): ReadonlyMap<string, KeptPrefix[]> {
  const byClass = new Map<string, KeptPrefix[]>();
  // Recovery points of configuration that are taken on one day share contents, which are as old as the first.
  const sharing = Object.values(system.stores).flatMap((store) =>
    store.kind === "configuration" ? [store.backup.tier] : [],
  );
  const kept = [
    ...Object.entries(system.tiers).map(
      ([name, tier]) =>
        [recoveryPointPrefix(name), tier, sharing.includes(name) ? sharedContentDays : 0] as const,
    ),
    ...Object.entries(system.stores).flatMap(([name, store]) =>
      store.kind === "objects" ? [[recordPrefix(name), store, 0] as const] : [],
    ),
  ];
  for (const [prefix, { lockClass, retention, transitions }, additionalDays] of kept) {
    byClass.set(lockClass, [
      ...(byClass.get(lockClass) ?? []),
      {
        prefix,
        retentionDays: wholeDays(retention) + additionalDays,
        transitions: Object.fromEntries(
          transitionsOf(transitions ?? {}).map(({ storageClass, days }) => [storageClass, days]),
        ),
      },
    ]);
  }
  return byClass;
}

/** The bucket of a region's access logs. */
export function accessLogBucket({ own }: Places): string {
  return physicalName("bucket", "access-logs", own);
}

/** The bucket of a region's audit logs; undefined where the stack's file adopts a trail. */
export function auditLogBucket({ own, configuration }: Places): string | undefined {
  return configuration.settings.auditTrail.kind === "adopt"
    ? undefined
    : physicalName("bucket", "audit-logs", own);
}
