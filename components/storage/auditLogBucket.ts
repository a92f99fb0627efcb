import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketArn, physicalName, type Place, trailArn } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";
import { auditLogBucketPolicy } from "./bucketPolicy";
import { type BucketCleaning, lifecycleRules } from "./lifecycle";
import { closeBucket } from "./recordBucket";

/** Inputs of {@link AuditLogBucket}. */
export interface AuditLogBucketArgs {
  readonly place: Place;
  /** ARN of this region's key for audit logs. */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** Bucket that takes the access logs. */
  readonly accessLogBucket: pulumi.Input<string>;
  /** Days that logs are kept, and locked from the first to the last. */
  readonly retentionDays: number;
  readonly cleaning: BucketCleaning;
  /** Lowest TLS version accepted, `1.2` or `1.3`. */
  readonly minimumTlsVersion: string;
  readonly tags: Tags;
  /**
   * A sandbox's bucket: no lock, and deleted with everything in it.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * The locked bucket for the logs of a region's trail. The lock is of governance mode, which needs
 * nobody's signature, and the bucket's policy lets nobody lift it.
 */
export class AuditLogBucket extends pulumi.ComponentResource {
  /** Name of the bucket, known once CloudTrail may write to it. */
  public readonly bucketName: pulumi.Output<string>;

  public constructor(
    name: string,
    args: AuditLogBucketArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:storage:AuditLogBucket", name, {}, opts);
    const disposable = args.disposable ?? false;
    const child = { parent: this, ...keepData(disposable) };
    const bucket = new aws.s3.Bucket(
      name,
      {
        bucket: physicalName("bucket", "audit-logs", args.place),
        objectLockEnabled: !disposable,
        forceDestroy: disposable,
        tags: purposeTags(args.tags, "audit-logs"),
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
    const policy = configure(name, bucket.bucket, args, child);
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        transitionDefaultMinimumObjectSize: "all_storage_classes_128K",
        rules: lifecycleRules(
          [{ id: "audit-logs", prefix: "", expirationDays: args.retentionDays, transitions: [] }],
          args.cleaning,
        ),
      },
      afterVersioning,
    );
    if (!disposable) {
      new aws.s3.BucketObjectLockConfiguration(
        `${name}-lock`,
        {
          bucket: bucket.bucket,
          rule: { defaultRetention: { mode: "GOVERNANCE", days: args.retentionDays } },
        },
        afterVersioning,
      );
    }
    this.bucketName = pulumi.all([bucket.bucket, policy.id]).apply(([known]) => known);
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

/** Encryption, logging and the policy, which is returned for the trail to wait for. */
function configure(
  name: string,
  bucket: pulumi.Input<string>,
  args: AuditLogBucketArgs,
  child: pulumi.CustomResourceOptions,
): aws.s3.BucketPolicy {
  new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    {
      bucket,
      rules: [
        {
          // No bucket key: the key's policy goes by the trail in each object's own context.
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: "aws:kms",
            kmsMasterKeyId: args.kmsKeyArn,
          },
          bucketKeyEnabled: false,
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    },
    child,
  );
  new aws.s3.BucketLogging(
    `${name}-logging`,
    {
      bucket,
      targetBucket: args.accessLogBucket,
      targetPrefix: `${physicalName("bucket", "audit-logs", args.place)}/`,
    },
    child,
  );
  return new aws.s3.BucketPolicy(
    `${name}-policy`,
    {
      bucket,
      policy: auditLogBucketPolicy(
        bucketArn("audit-logs", args.place),
        args.place.account,
        trailArn("audit-trail", args.place),
        args.minimumTlsVersion,
        args.disposable ?? false,
      ),
    },
    child,
  );
}
