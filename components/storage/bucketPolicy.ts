import { type Place } from "../../contracts/names";
import {
  accountRoot,
  onlyRoles,
  policyDocument,
  type PolicyStatement,
} from "../../contracts/policyDocument";

/** What a record bucket's policy is made of. */
export interface RecordBucketPolicy {
  readonly bucketArn: string;
  /** Region and account of the bucket, whose keys alone may encrypt its objects. */
  readonly place: Pick<Place, "region" | "account">;
  /** Lowest TLS version accepted, `1.2` or `1.3`. */
  readonly minimumTlsVersion: string;
  /** Longest retention, in days, that a writer may set on an object. */
  readonly longestRetentionDays: number;
  /** The one role that may lift governance locks, and leaves a trace when it does. */
  readonly breakGlassRoleArn: string;
  /** True in a sandbox, where whoever made the bucket may empty it. */
  readonly disposable: boolean;
  /** Replication roles of another account that write here. Roles of the same account need no entry. */
  readonly replicationFrom: readonly {
    readonly account: string;
    readonly roleArns: readonly string[];
  }[];
}

/**
 * What a replication role does at the destination. No `s3:ReplicateDelete`: delete markers are not
 * replicated, and deletions of versions never are.
 */
export const replicationWrites = ["s3:ReplicateObject", "s3:ReplicateTags"] as const;

/**
 * Refuses a write whose header does not match. A write without the header takes the bucket's own
 * default and is welcome; `StringNotLike` alone would refuse it, because a missing key differs too.
 */
function refuseOtherHeader(
  Sid: string,
  Resource: string,
  header: string,
  pattern: string,
): PolicyStatement {
  return {
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource,
    Condition: { Null: { [header]: "false" }, StringNotLike: { [header]: pattern } },
  };
}

/** Statements that refuse connections without TLS, and with a version below the lowest accepted. */
export function tlsStatements(bucketArn: string, minimumTlsVersion: string): PolicyStatement[] {
  const Resource = [bucketArn, `${bucketArn}/*`];
  return [
    {
      Sid: "RefuseWithoutTls",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      Sid: "RefuseOldTls",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource,
      // AWS services choose their own version among themselves, which no client can see or change.
      Condition: {
        NumericLessThan: { "s3:TlsVersion": minimumTlsVersion },
        BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
      },
    },
  ];
}

/**
 * The policy of a record bucket: TLS only, nothing overwritten, no foreign key, no lock lifted or
 * stretched beyond reason.
 *
 * Replication writes with `s3:ReplicateObject`, so the rules about `s3:PutObject` do not hinder it.
 */
export function recordBucketPolicy(policy: RecordBucketPolicy): string {
  const objects = `${policy.bucketArn}/*`;
  return policyDocument([
    ...tlsStatements(policy.bucketArn, policy.minimumTlsVersion),
    {
      // Parts of an upload carry no condition; the request that completes the object does.
      Sid: "RefuseOverwriting",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: objects,
      Condition: {
        Null: { "s3:if-none-match": "true" },
        Bool: { "s3:ObjectCreationOperation": "true" },
      },
    },
    // The key's own ARN is known only after deployment, and a policy that nobody can read in a
    // preview proves nothing: this refuses every key but this account's, an intruder's above all.
    refuseOtherHeader(
      "RefuseForeignKeys",
      objects,
      "s3:x-amz-server-side-encryption-aws-kms-key-id",
      `arn:aws:kms:${policy.place.region}:${policy.place.account}:key/*`,
    ),
    refuseOtherHeader(
      "RefuseOtherEncryption",
      objects,
      "s3:x-amz-server-side-encryption",
      "aws:kms",
    ),
    {
      Sid: "RefuseEndlessLocks",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObjectRetention",
      Resource: objects,
      Condition: {
        NumericGreaterThan: {
          "s3:object-lock-remaining-retention-days": String(policy.longestRetentionDays),
        },
      },
    },
    ...(policy.disposable
      ? []
      : [
          {
            Sid: "RefuseRemovingVersions",
            Effect: "Deny",
            Principal: "*",
            Action: ["s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"],
            Resource: objects,
            Condition: { ArnNotEquals: { "aws:PrincipalArn": policy.breakGlassRoleArn } },
          } as const,
        ]),
    ...policy.replicationFrom.map(({ account, roleArns }): PolicyStatement => ({
      Sid: `ReceiveReplicasFrom${account}`,
      Effect: "Allow",
      Principal: accountRoot(account),
      Action: [...replicationWrites, "s3:ObjectOwnerOverrideToBucketOwner"],
      Resource: objects,
      Condition: onlyRoles(roleArns),
    })),
  ]);
}

/**
 * The policy of a bucket that takes access logs: the logging service may write, for this account's
 * buckets only, and everybody else needs TLS.
 */
export function accessLogBucketPolicy(
  bucketArn: string,
  account: string,
  sourceBucketArns: readonly string[],
  minimumTlsVersion: string,
): string {
  return policyDocument([
    ...tlsStatements(bucketArn, minimumTlsVersion),
    {
      Sid: "TakeAccessLogs",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${bucketArn}/*`,
      Condition: {
        ArnLike: { "aws:SourceArn": sourceBucketArns },
        StringEquals: { "aws:SourceAccount": account },
      },
    },
  ]);
}

/**
 * The policy of a bucket that takes the logs of a trail. Nobody at all may remove a log or lift its
 * lock: not the break-glass role either, whose own deeds are in there.
 *
 * @param disposable True in a sandbox, where whoever made the bucket may empty it.
 */
export function auditLogBucketPolicy(
  bucketArn: string,
  account: string,
  trailArn: string,
  minimumTlsVersion: string,
  disposable: boolean,
): string {
  const forTrail = { "aws:SourceArn": trailArn };
  const cloudTrail = { Service: "cloudtrail.amazonaws.com" };
  return policyDocument([
    ...tlsStatements(bucketArn, minimumTlsVersion),
    {
      Sid: "LookBeforeWriting",
      Effect: "Allow",
      Principal: cloudTrail,
      Action: "s3:GetBucketAcl",
      Resource: bucketArn,
      Condition: { StringEquals: forTrail },
    },
    {
      Sid: "TakeAuditLogs",
      Effect: "Allow",
      Principal: cloudTrail,
      Action: "s3:PutObject",
      Resource: `${bucketArn}/AWSLogs/${account}/*`,
      Condition: { StringEquals: { ...forTrail, "s3:x-amz-acl": "bucket-owner-full-control" } },
    },
    ...(disposable
      ? []
      : [
          {
            Sid: "RefuseRemovingLogs",
            Effect: "Deny",
            Principal: "*",
            Action: [
              "s3:BypassGovernanceRetention",
              "s3:DeleteObjectVersion",
              "s3:PutObjectRetention",
            ],
            Resource: `${bucketArn}/*`,
          } as const,
        ]),
  ]);
}
