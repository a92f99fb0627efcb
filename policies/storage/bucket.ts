import { z } from "zod";
import { outsideSandbox } from "../environment";
import { placesOf } from "../places";
import { protectionFindings } from "../protection";
import { type Finding, rule } from "../rule";
import { type Stack } from "../stack";
import { isSet, isTrueAt, textAt, valueAt } from "../values";
import { accessLogBucket, auditLogBucket, bucketTypes, purposeTag, recordBuckets } from "./buckets";

/** What every bucket is made with, and what belongs to it. */

/** Settings of a bucket that its provider took over into resources of their own. */
const inlineSettings = [
  "acl",
  "corsRules",
  "grants",
  "lifecycleRules",
  "logging",
  "objectLockConfiguration",
  "policy",
  "replicationConfiguration",
  "serverSideEncryptionConfiguration",
  "versioning",
];

/** Types that do what those of {@link bucketTypes} do, where no rule looks at them. */
const otherTypes = [
  "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
  "aws:s3/bucketLoggingV2:BucketLoggingV2",
  "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
  "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
  "aws:s3/bucketV2:BucketV2",
  "aws:s3/bucketVersioningV2:BucketVersioningV2",
  "aws:s3/directoryBucket:DirectoryBucket",
];

/** A bucket itself. */
export const bucketKept = rule({
  id: "bucket-kept",
  severity: "critical",
  scope: "resource",
  description:
    "A bucket and all that configures it is protected and never destroyed with what is in it, and what is configured is a resource of its own, of a type that rules look at.",
  serves: "retention of records",
  peers: ["CKV2_AWS_61"],
  types: [...Object.values(bucketTypes), ...otherTypes],
  example: { good: "protect: true", bad: "forceDestroy: true" },
  settingsFor: outsideSandbox,
  *check({ type, inputs, protect, deleteBeforeReplace }) {
    if (otherTypes.includes(type)) {
      yield {
        setting: "its type",
        found: type,
        required: "one that the rules of buckets look at",
        mend: "declare the bucket by its component",
      };
    }
    if (type === bucketTypes.bucket) {
      if (isTrueAt(inputs, "forceDestroy")) {
        yield { setting: "forceDestroy", found: true, required: "false", mend: "remove it" };
      }
      yield* inlineFindings(inputs);
    }
    yield* protectionFindings({ protect });
    if (deleteBeforeReplace) {
      yield {
        setting: "deleteBeforeReplace",
        found: true,
        required: "false",
        mend: "remove it: a bucket without its policy or lock is open for a while",
      };
    }
  },
});

function* inlineFindings(inputs: unknown): Iterable<Finding> {
  // What is deployed shows these settings in any case, whichever resource has set them.
  const isDeployed = isSet(inputs, "bucketDomainName");
  for (const setting of isDeployed ? [] : inlineSettings) {
    if (valueAt(inputs, setting) !== undefined) {
      yield {
        setting,
        found: "set on the bucket",
        required: "a resource of its own: AWS's provider no longer keeps it here",
        mend: "declare the bucket by RecordBucket",
      };
    }
  }
}

const completeSettings = z.strictObject({
  /** Names of the buckets that are locked. */
  locked: z.array(z.string()),
  /** Names of the buckets that are copied. */
  copied: z.array(z.string()),
  /** Names of all buckets that the system's file asks for. */
  wanted: z.array(z.string()),
});

/** What belongs to a bucket. */
export const bucketComplete = rule({
  id: "bucket-complete",
  severity: "critical",
  scope: "stack",
  description:
    "Every bucket is versioned and encrypted, has a policy, a lifecycle and an owner, and is closed to the public; all but the log bucket are logged; records are locked and copied as the system's file says.",
  serves: "retention, and the copies that a recovery begins with",
  peers: [
    "CKV_AWS_21",
    "CKV_AWS_144",
    "CKV_AWS_143",
    "CKV_AWS_18",
    "CKV2_AWS_6",
    "S3_BUCKET_VERSIONING_ENABLED",
    "S3_BUCKET_REPLICATION_ENABLED",
    "S3_BUCKET_DEFAULT_LOCK_ENABLED",
    "S3_BUCKET_LOGGING_ENABLED",
  ],
  types: [bucketTypes.bucket],
  example: {
    good: 'new RecordBucket("daily-records", …)',
    bad: 'new aws.s3.Bucket("daily-records")',
  },
  settings: completeSettings,
  settingsFor: (environment) => {
    const places = placesOf(environment);
    if (places === undefined) {
      return undefined;
    }
    const records = Object.entries(recordBuckets(places));
    const audit = auditLogBucket(places);
    const named = (isWanted: (bucket: (typeof records)[number][1]) => boolean) =>
      records.filter(([, bucket]) => isWanted(bucket)).map(([name]) => name);
    return {
      locked: [...named(({ lock }) => lock !== undefined), ...(audit === undefined ? [] : [audit])],
      copied: named(({ copies }) => copies.length > 0),
      wanted: [
        ...named(() => true),
        accessLogBucket(places),
        ...(audit === undefined ? [] : [audit]),
      ],
    };
  },
  *check({ inputs }, { settings: { locked, copied }, stack }) {
    const bucket = textAt(inputs, "bucket") ?? "";
    const isLog = textAt(inputs, "tags", purposeTag) === "access-logs";
    yield* partFindings(stack, bucket, [
      ["versioning", true],
      ["encryption", true],
      ["publicAccess", true],
      ["ownership", true],
      ["policy", true],
      ["lifecycle", true],
      // S3 delivers no logs into a bucket that is locked.
      ["logging", !isLog],
      ["lock", locked.includes(bucket)],
      ["replication", copied.includes(bucket)],
    ]);
    if (locked.includes(bucket) && !isTrueAt(inputs, "objectLockEnabled")) {
      yield {
        setting: "objectLockEnabled",
        required: "true",
        mend: "set it; a bucket gets it when it is made",
      };
    }
  },
});

function* partFindings(
  stack: Stack,
  bucket: string,
  parts: readonly (readonly [part: keyof typeof bucketTypes, isWanted: boolean])[],
): Iterable<Finding> {
  for (const [part, isWanted] of parts) {
    const found = stack
      .ofType(bucketTypes[part])
      .filter(({ inputs }) => textAt(inputs, "bucket") === bucket).length;
    if (isWanted && found !== 1) {
      yield {
        setting: `its ${part}`,
        found: `declared ${String(found)} times`,
        required: "declared once",
        mend: "declare the bucket by its component",
      };
    }
  }
}

/** Data that has no bucket has no copy. */
export const bucketsDeclared = rule({
  id: "buckets-declared",
  severity: "critical",
  scope: "stack",
  description:
    "Every bucket that the system's file asks for is declared: one for each lock class, for access logs and for audit logs.",
  serves: "the archive, and the standby: other stacks copy into these by their names",
  peers: [],
  types: ["pulumi:pulumi:Stack"],
  example: { good: "declareRecordBuckets(…)", bad: "a lock class without a bucket" },
  settings: completeSettings.pick({ wanted: true }),
  settingsFor: (environment) => {
    const found = bucketComplete.settingsFor(environment);
    return found === undefined ? undefined : { wanted: found["wanted"] as string[] };
  },
  *check(_, { settings: { wanted }, stack }) {
    const names = stack.ofType(bucketTypes.bucket).map(({ inputs }) => textAt(inputs, "bucket"));
    for (const name of wanted.filter((one) => !names.includes(one))) {
      yield {
        setting: `bucket ${name}`,
        required: "declared",
        mend: "declare it by its component, under this name",
      };
    }
  },
});

/** Nobody outside reads a bucket. */
export const bucketPrivate = rule({
  id: "bucket-private-and-versioned",
  severity: "critical",
  scope: "resource",
  description:
    "Old versions are kept, public access is blocked in all four ways, and access lists are off.",
  serves: "an overwritten or deleted record that comes back; nobody outside reads records",
  peers: [
    "CKV_AWS_53",
    "CKV_AWS_54",
    "CKV_AWS_55",
    "CKV_AWS_56",
    "CKV2_AWS_65",
    "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
    "S3_BUCKET_ACL_PROHIBITED",
    "s3_bucket_object_versioning",
  ],
  types: [bucketTypes.versioning, bucketTypes.publicAccess, bucketTypes.ownership],
  example: { good: 'status: "Enabled"', bad: 'status: "Suspended"' },
  *check({ type, inputs }) {
    if (type === bucketTypes.publicAccess) {
      for (const setting of [
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
      ]) {
        if (!isTrueAt(inputs, setting)) {
          yield { setting, required: "true", mend: "set it" };
        }
      }
      return;
    }
    const [path, wanted] =
      type === bucketTypes.versioning
        ? (["versioningConfiguration.status", "Enabled"] as const)
        : (["rule.objectOwnership", "BucketOwnerEnforced"] as const);
    const found = textAt(inputs, ...path.split("."));
    if (found !== wanted) {
      yield {
        setting: path,
        ...(found === undefined ? {} : { found }),
        required: wanted,
        mend: "set it",
      };
    }
  },
});

/** Who read a record is on record. */
export const bucketLogged = rule({
  id: "bucket-logged-in-its-region",
  severity: "medium",
  scope: "resource",
  description: "Access to a bucket is logged into the region's bucket for access logs.",
  serves: "SOX 404: who read records",
  peers: ["CKV_AWS_18", "S3_BUCKET_LOGGING_ENABLED"],
  types: [bucketTypes.logging],
  example: { good: "targetBucket: accessLogs.bucketName", bad: "targetBucket: the bucket itself" },
  settings: z.strictObject({ logBucket: z.string() }),
  settingsFor: (environment) => {
    const places = placesOf(environment);
    return places && { logBucket: accessLogBucket(places) };
  },
  *check({ inputs }, { settings: { logBucket } }) {
    const target = textAt(inputs, "targetBucket");
    if (target !== logBucket) {
      yield {
        setting: "targetBucket",
        ...(target === undefined ? {} : { found: target }),
        required: logBucket,
        mend: "pass the name of the access log bucket",
      };
    }
  },
});
