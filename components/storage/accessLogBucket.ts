import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketArn, physicalName, type Place } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";
import { accessLogBucketPolicy } from "./bucketPolicy";
import { type BucketCleaning, lifecycleRules } from "./lifecycle";
import { closeBucket } from "./recordBucket";

/** Inputs of {@link AccessLogBucket}. */
export interface AccessLogBucketArgs {
  readonly place: Place;
  /** ARNs of the buckets whose access is logged here. */
  readonly sourceBucketArns: readonly string[];
  /** Days that access logs are kept. */
  readonly retentionDays: number;
  readonly cleaning: BucketCleaning;
  /** Lowest TLS version accepted, `1.2` or `1.3`. */
  readonly minimumTlsVersion: string;
  readonly tags: Tags;
  /**
   * A sandbox's bucket: deleted with everything in it.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * The bucket that takes the access logs of the other buckets of its region. S3's logging service
 * writes neither to a locked bucket nor with a customer-managed key, so this one has S3's own
 * encryption and no lock.
 */
export class AccessLogBucket extends pulumi.ComponentResource {
  /** Name of the bucket. */
  public readonly bucketName: pulumi.Output<string>;

  public constructor(
    name: string,
    args: AccessLogBucketArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:storage:AccessLogBucket", name, {}, opts);
    const disposable = args.disposable ?? false;
    const child = { parent: this, ...keepData(disposable) };
    const bucket = new aws.s3.Bucket(
      name,
      {
        bucket: physicalName("bucket", "access-logs", args.place),
        forceDestroy: disposable,
        tags: purposeTags(args.tags, "access-logs"),
      },
      child,
    );
    const versioning = new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      child,
    );
    closeBucket(name, bucket.bucket, child);
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket: bucket.bucket,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      },
      child,
    );
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket: bucket.bucket,
        policy: accessLogBucketPolicy(
          bucketArn("access-logs", args.place),
          args.place.account,
          args.sourceBucketArns,
          args.minimumTlsVersion,
        ),
      },
      child,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        transitionDefaultMinimumObjectSize: "all_storage_classes_128K",
        rules: lifecycleRules(
          [{ id: "access-logs", prefix: "", expirationDays: args.retentionDays, transitions: [] }],
          args.cleaning,
        ),
      },
      { ...child, dependsOn: [versioning] },
    );
    this.bucketName = bucket.bucket;
    this.registerOutputs({ bucketName: this.bucketName });
  }
}
