import type * as aws from "@pulumi/aws";

/** Where a record bucket's objects are copied to. */
export interface ReplicationDestination {
  /** Rule id, by which alarms find its metrics: `to-us-west-2`. */
  readonly id: string;
  readonly bucketArn: string;
  /** Alias ARN of the key in the destination's region and account. */
  readonly keyAliasArn: string;
  /** The destination's account when it is another one, which then owns the copies. */
  readonly otherAccount?: string;
  /** True for the bucket that replicates back: changes of a replica's locks and tags come home. */
  readonly mutual: boolean;
}

type Rule = aws.types.input.s3.BucketReplicationConfigRule;

/**
 * Replication rules, one for each destination, because replicas are never replicated on.
 *
 * - Time control: S3 commits to 15 minutes and measures them; there is no shorter bound to buy.
 * - Encrypted objects are skipped unless asked for, and the destination's key must be named.
 * - Delete markers stay here: deleting in one region is not an order to the others.
 */
export function replicationRules(destinations: readonly ReplicationDestination[]): Rule[] {
  return destinations.map((destination, index) => ({
    id: destination.id,
    priority: index + 1,
    status: "Enabled",
    filter: {},
    deleteMarkerReplication: { status: "Disabled" },
    sourceSelectionCriteria: {
      sseKmsEncryptedObjects: { status: "Enabled" },
      ...(destination.mutual ? { replicaModifications: { status: "Enabled" } } : {}),
    },
    destination: {
      bucket: destination.bucketArn,
      encryptionConfiguration: { replicaKmsKeyId: destination.keyAliasArn },
      replicationTime: { status: "Enabled", time: { minutes: 15 } },
      metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
      ...(destination.otherAccount === undefined
        ? {}
        : {
            account: destination.otherAccount,
            accessControlTranslation: { owner: "Destination" },
          }),
    },
  }));
}
