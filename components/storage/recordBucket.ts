import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketArn, physicalName, type Place, type Purpose, roleArn } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";
import { recordBucketPolicy, type RecordBucketPolicy } from "./bucketPolicy";
import { type BucketCleaning, lifecycleRules, type ObjectLifecycle } from "./lifecycle";
import { type ReplicationDestination, replicationRules } from "./replication";

/** Inputs of {@link RecordBucket}. */
export interface RecordBucketArgs {
  readonly place: Place;
  readonly purpose: Purpose;
  /** ARN of this region's key for records. */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** Bucket that takes the access logs. */
  readonly accessLogBucket: pulumi.Input<string>;
  /**
   * Object Lock: mode and days for every new object.
   * @default - no lock, for records that no regulation or tier wants locked
   */
  readonly lock?: { readonly mode: "GOVERNANCE" | "COMPLIANCE"; readonly days: number };
  /** Lifecycles by prefix; at least one. */
  readonly lifecycles: readonly ObjectLifecycle[];
  readonly cleaning: BucketCleaning;
  /** Lowest TLS version accepted, `1.2` or `1.3`. */
  readonly minimumTlsVersion: string;
  /** Replication roles of another account that write here. */
  readonly replicationFrom: RecordBucketPolicy["replicationFrom"];
  /**
   * Where objects are copied to, and the role that copies.
   * @default - not copied, as in the archive, and before the other buckets are there
   */
  readonly replication?: {
    readonly roleArn: string;
    readonly destinations: readonly ReplicationDestination[];
  };
  readonly tags: Tags;
  /**
   * A sandbox's bucket: no lock, and deleted with everything in it.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * The bucket for the records of one lock class in one region: versioned, encrypted with a
 * customer-managed key, closed to the public, TLS only, never overwritten, locked, cleaned up by
 * lifecycle, and copied to the other regions.
 */
export class RecordBucket extends pulumi.ComponentResource {
  /** Name of the bucket. */
  public readonly bucketName: pulumi.Output<string>;
  /** ARN of the bucket. */
  public readonly bucketArn: pulumi.Output<string>;

  public constructor(name: string, args: RecordBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    rejectProblems("RecordBucket", name, recordBucketProblems(args));
    super("trading-dr:storage:RecordBucket", name, {}, opts);
    const disposable = args.disposable ?? false;
    const child = { parent: this, ...keepData(disposable) };
    const lock = disposable ? undefined : args.lock;

    const bucket = new aws.s3.Bucket(
      name,
      {
        bucket: physicalName("bucket", args.purpose, args.place),
        objectLockEnabled: lock !== undefined,
        forceDestroy: disposable,
        tags: purposeTags(args.tags, "records"),
      },
      child,
    );
    const versioning = new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      child,
    );
    const afterVersioning = { ...child, dependsOn: [versioning] };
    closeBucket(name, bucket.bucket, child);
    encryptBucket(name, bucket.bucket, args.kmsKeyArn, child);
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket: bucket.bucket, policy: policyOf(args) },
      child,
    );
    new aws.s3.BucketLogging(
      `${name}-logging`,
      {
        bucket: bucket.bucket,
        targetBucket: args.accessLogBucket,
        targetPrefix: `${physicalName("bucket", args.purpose, args.place)}/`,
      },
      child,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        // Objects below 128 KiB stay where they are: moving each costs more than it saves.
        transitionDefaultMinimumObjectSize: "all_storage_classes_128K",
        rules: lifecycleRules(args.lifecycles, args.cleaning),
      },
      afterVersioning,
    );
    if (lock !== undefined) {
      lockBucket(name, bucket.bucket, lock, afterVersioning);
    }
    if (args.replication !== undefined) {
      replicateBucket(name, bucket.bucket, args.replication, afterVersioning);
    }
    this.bucketName = bucket.bucket;
    this.bucketArn = bucket.arn;
    this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn });
  }
}

/** Everything wrong with a record bucket's inputs; empty when they are sound. */
export function recordBucketProblems(args: RecordBucketArgs): string[] {
  const lockDays = args.lock?.days ?? 0;
  const problems = args.lifecycles
    .filter(({ expirationDays }) => expirationDays < lockDays)
    .map(
      ({ id, expirationDays }) =>
        `lifecycle "${id}" expires after ${String(expirationDays)} days, but must last at least the lock's ${String(lockDays)}`,
    );
  if (args.lifecycles.length === 0) {
    problems.push("lifecycles must have at least one entry, or objects would be kept for ever");
  }
  if (args.replication?.destinations.length === 0) {
    problems.push(
      "replication.destinations must have at least one entry; leave replication out instead",
    );
  }
  return problems;
}

/** Blocks public access and makes the bucket's owner the owner of every object. */
export function closeBucket(
  name: string,
  bucket: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): void {
  new aws.s3.BucketPublicAccessBlock(
    `${name}-public-access-block`,
    {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    options,
  );
  new aws.s3.BucketOwnershipControls(
    `${name}-ownership`,
    { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
    options,
  );
}

function encryptBucket(
  name: string,
  bucket: pulumi.Input<string>,
  kmsKeyArn: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): void {
  new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    {
      bucket,
      rules: [
        {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: "aws:kms",
            kmsMasterKeyId: kmsKeyArn,
          },
          bucketKeyEnabled: true,
          // Keys that clients bring along would leave objects that nobody here can read.
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    },
    options,
  );
}

function lockBucket(
  name: string,
  bucket: pulumi.Input<string>,
  { mode, days }: NonNullable<RecordBucketArgs["lock"]>,
  options: pulumi.CustomResourceOptions,
): void {
  new aws.s3.BucketObjectLockConfiguration(
    `${name}-lock`,
    { bucket, rule: { defaultRetention: { mode, days } } },
    options,
  );
}

function replicateBucket(
  name: string,
  bucket: pulumi.Input<string>,
  { roleArn: role, destinations }: NonNullable<RecordBucketArgs["replication"]>,
  options: pulumi.CustomResourceOptions,
): void {
  new aws.s3.BucketReplicationConfig(
    `${name}-replication`,
    { bucket, role, rules: replicationRules(destinations) },
    options,
  );
}

function policyOf(args: RecordBucketArgs): string {
  return recordBucketPolicy({
    bucketArn: bucketArn(args.purpose, args.place),
    place: args.place,
    minimumTlsVersion: args.minimumTlsVersion,
    longestRetentionDays: Math.max(...args.lifecycles.map(({ expirationDays }) => expirationDays)),
    breakGlassRoleArn: roleArn("break-glass", args.place),
    disposable: args.disposable ?? false,
    replicationFrom: args.replicationFrom,
  });
}
