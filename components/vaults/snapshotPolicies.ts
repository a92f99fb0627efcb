import {
  databaseClusterArn,
  databaseInstanceArn,
  databasePurpose,
  physicalName,
  type Place,
  type Purpose,
  vaultArn,
} from "../../contracts/names";
import {
  keyUseByAlias,
  policyDocument,
  type PolicyStatement,
} from "../../contracts/policyDocument";

/** What the roles of AWS Backup cover in one region. */
export interface SnapshotScope {
  readonly place: Place;
  /** The other region and the archive, which get copies. */
  readonly copiesTo: readonly Place[];
  readonly engine: "aurora-postgresql" | "rds-postgresql";
  /** Generations of the region's database that are in the account. */
  readonly generations: readonly number[];
  /** The vaults, which have the same purposes in every region. */
  readonly vaultPurposes: readonly Purpose[];
}

const forAwsResource = { Bool: { "kms:GrantIsForAWSResource": "true" } };

/**
 * What AWS Backup may do to take snapshots and copy them. Snapshots that it makes are called
 * `awsbackup:...`; it touches no others.
 */
export function snapshotPolicy(scope: SnapshotScope): string {
  const { place, copiesTo, vaultPurposes } = scope;
  const everywhere = [place, ...copiesTo];
  const words = wordsFor(scope);
  return policyDocument([
    {
      Sid: "ReadDatabase",
      Effect: "Allow",
      Action: [...words.describe, "rds:ListTagsForResource"],
      Resource: [...words.databaseArns, ...everywhere.map(words.snapshotArns)],
    },
    {
      Sid: "TakeSnapshots",
      Effect: "Allow",
      Action: [words.create, "rds:AddTagsToResource"],
      Resource: [...words.databaseArns, words.snapshotArns(place)],
    },
    {
      Sid: "KeepSnapshots",
      Effect: "Allow",
      Action: [words.copy, words.remove, words.share, "rds:AddTagsToResource"],
      Resource: everywhere.map(words.snapshotArns),
    },
    {
      Sid: "FileSnapshots",
      Effect: "Allow",
      Action: [
        "backup:CopyFromBackupVault",
        "backup:CopyIntoBackupVault",
        "backup:DescribeBackupVault",
      ],
      Resource: everywhere.flatMap((vaultPlace) =>
        vaultPurposes.map((purpose) => vaultArn(purpose, vaultPlace)),
      ),
    },
    ...everywhere.flatMap((keyPlace) => keyStatements(keyPlace, place)),
  ]);
}

/** What AWS Backup may do to rehearse a restore, into databases of its own naming only. */
export function restoreTestPolicy(scope: SnapshotScope): string {
  const { place } = scope;
  const words = wordsFor(scope);
  const arn = (kind: string, name: string) =>
    `arn:aws:rds:${place.region}:${place.account}:${kind}:${name}`;
  return policyDocument([
    {
      Sid: "ReadSnapshots",
      Effect: "Allow",
      Action: [...words.describe, "rds:ListTagsForResource"],
      Resource: [...words.databaseArns, words.snapshotArns(place), words.rehearsalArn],
    },
    {
      Sid: "RestoreAndRemove",
      Effect: "Allow",
      Action: [...words.restore, "rds:AddTagsToResource"],
      Resource: [
        words.snapshotArns(place),
        words.rehearsalArn,
        ...scope.generations.map((generation) =>
          arn("subgrp", physicalName("subnetGroup", databasePurpose(generation), place)),
        ),
        arn(words.parameterGroupKind, `${place.system}-database-*`),
        // PostgreSQL has no options, but RDS checks the group that says so.
        arn("og", "default:*"),
      ],
    },
    ...keyStatements(place, place),
  ]);
}

function keyStatements(keyPlace: Place, home: Place): PolicyStatement[] {
  const suffix = keyPlace.region.replaceAll("-", "");
  const purposes: Purpose[] =
    keyPlace.account === home.account && keyPlace.region === home.region
      ? ["database", "snapshots"]
      : ["snapshots"];
  return purposes.flatMap((purpose) => [
    keyUseByAlias(
      `Use${purpose}In${suffix}`,
      [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKey",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ],
      purpose,
      keyPlace,
    ),
    keyUseByAlias(
      `Grant${purpose}In${suffix}`,
      ["kms:CreateGrant"],
      purpose,
      keyPlace,
      forAwsResource,
    ),
  ]);
}

/** The two kinds of database have two sets of words in RDS. */
function wordsFor({ place, engine, generations }: SnapshotScope) {
  const of = (at: Place, kind: string, name: string) =>
    `arn:aws:rds:${at.region}:${at.account}:${kind}:${name}`;
  return engine === "aurora-postgresql"
    ? {
        databaseArns: generations.map((generation) => databaseClusterArn(place, generation)),
        snapshotArns: (at: Place) => of(at, "cluster-snapshot", "awsbackup:*"),
        rehearsalArn: of(place, "cluster", "awsbackup-restore-test-*"),
        parameterGroupKind: "cluster-pg",
        describe: ["rds:DescribeDBClusterSnapshots", "rds:DescribeDBClusters"],
        create: "rds:CreateDBClusterSnapshot",
        copy: "rds:CopyDBClusterSnapshot",
        remove: "rds:DeleteDBClusterSnapshot",
        share: "rds:ModifyDBClusterSnapshotAttribute",
        restore: ["rds:DeleteDBCluster", "rds:RestoreDBClusterFromSnapshot"],
      }
    : {
        databaseArns: generations.map((generation) => databaseInstanceArn(place, generation)),
        snapshotArns: (at: Place) => of(at, "snapshot", "awsbackup:*"),
        rehearsalArn: of(place, "db", "awsbackup-restore-test-*"),
        parameterGroupKind: "pg",
        describe: ["rds:DescribeDBInstances", "rds:DescribeDBSnapshots"],
        create: "rds:CreateDBSnapshot",
        copy: "rds:CopyDBSnapshot",
        remove: "rds:DeleteDBSnapshot",
        share: "rds:ModifyDBSnapshotAttribute",
        restore: ["rds:DeleteDBInstance", "rds:RestoreDBInstanceFromDBSnapshot"],
      };
}
