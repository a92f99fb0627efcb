import { bucketArn, type Place, type Purpose } from "../../contracts/names";
import { keyUseByAlias, policyDocument } from "../../contracts/policyDocument";
import { replicationWrites } from "./bucketPolicy";

/** What a replication role covers. */
export interface ReplicationScope {
  /** The region whose buckets the role copies from. */
  readonly source: Place;
  /** The regions, and accounts, that it copies to. */
  readonly destinations: readonly Place[];
  /** The record buckets, which have the same purposes in every region. */
  readonly purposes: readonly Purpose[];
}

/** What the role may do: read versions and their locks here, write replicas there, with these keys. */
export function replicationPolicy({ source, destinations, purposes }: ReplicationScope): string {
  const sources = purposes.map((purpose) => bucketArn(purpose, source));
  const objectsIn = (places: readonly Place[]) =>
    places.flatMap((place) => purposes.map((purpose) => `${bucketArn(purpose, place)}/*`));
  const otherAccounts = destinations.filter(({ account }) => account !== source.account);
  return policyDocument([
    {
      Sid: "ReadConfiguration",
      Effect: "Allow",
      Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
      Resource: sources,
    },
    {
      Sid: "ReadVersions",
      Effect: "Allow",
      Action: [
        "s3:GetObjectLegalHold",
        "s3:GetObjectRetention",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionTagging",
      ],
      Resource: objectsIn([source]),
    },
    {
      Sid: "WriteReplicas",
      Effect: "Allow",
      Action: replicationWrites,
      Resource: objectsIn(destinations),
    },
    ...(otherAccounts.length === 0
      ? []
      : [
          {
            Sid: "HandOver",
            Effect: "Allow",
            Action: "s3:ObjectOwnerOverrideToBucketOwner",
            Resource: objectsIn(otherAccounts),
          } as const,
        ]),
    keyUseByAlias("DecryptSource", ["kms:Decrypt"], "records", source),
    // Bucket keys at the destination are read back before they are used: hence kms:Decrypt.
    ...destinations.map((place) =>
      keyUseByAlias(
        `EncryptIn${place.region.replaceAll("-", "")}`,
        ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
        "records",
        place,
      ),
    ),
  ]);
}
