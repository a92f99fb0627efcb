import {
  bucketArn,
  databaseClusterArn,
  databaseInstanceArn,
  databasePurpose,
  physicalName,
  type Place,
  type Purpose,
  repositoryArn,
} from "../../contracts/names";
import {
  keyUseByAlias,
  policyDocument,
  type PolicyStatement,
} from "../../contracts/policyDocument";

/** Objects under a prefix of a record bucket. */
export interface RecordArea {
  readonly purpose: Purpose;
  /** Ends in a slash. */
  readonly prefix: string;
}

/** What the jobs of a kind reach in their region. */
export interface JobScope {
  readonly place: Place;
  /** What they write. What they find to be there they compare with what they write, and list nothing. */
  readonly writes: readonly RecordArea[];
  /** What they list and read. */
  readonly reads: readonly RecordArea[];
  /**
   * Areas that they read, of which they compare what another region has: names, checksums and locks.
   * @default - none, and no lock is seen
   */
  readonly compares?: { readonly areas: readonly RecordArea[]; readonly other: Place };
  /** A database that they connect to as this user. @default - none */
  readonly connectsTo?: { readonly engine: DatabaseEngine; readonly user: string };
  /** A database whose state they ask AWS about. @default - none */
  readonly describes?: DescribedDatabase;
  /** Image repositories whose content they ask AWS about, by their whole names. @default - none */
  readonly repositories?: readonly string[];
}

/** The database that counts in a region, and the pair that it is in. */
export interface DescribedDatabase {
  readonly engine: DatabaseEngine;
  readonly generation: number;
  /** Generation of the global database that the pair is in, of Aurora's. */
  readonly pairGeneration: number;
}

type DatabaseEngine = "aurora-postgresql" | "rds-postgresql";

/**
 * What a job may do. It puts and reads objects of its own; it deletes none, and sets no lock: the bucket
 * locks what is put there. Only who compares regions sees locks. Objects are small, and put by one request
 * each: there are no uploads in parts.
 */
export function jobPolicy({
  place,
  writes,
  reads,
  compares,
  connectsTo,
  describes,
  repositories = [],
}: JobScope): string {
  return policyDocument([
    {
      Sid: "Write",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: writes.map((area) => objectsIn(area, place)),
    },
    {
      Sid: "Read",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: [...new Set([...writes, ...reads].map((area) => objectsIn(area, place)))],
    },
    ...listStatements(reads, place),
    keyUseByAlias("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], "records", place),
    ...(connectsTo === undefined
      ? []
      : [
          {
            Sid: "Connect",
            Effect: "Allow",
            Action: "rds-db:connect",
            // The database's own id is chosen by RDS and known in its region alone. The user's name
            // carries the system, and no other database has a user of that name.
            Resource: `arn:aws:rds-db:${place.region}:${place.account}:dbuser:${connectsTo.engine === "aurora-postgresql" ? "cluster" : "db"}-*/${connectsTo.user}`,
          } as const,
        ]),
    ...(describes === undefined ? [] : describeStatements(describes, place)),
    ...(compares === undefined ? [] : compareStatements(compares.areas, place, compares.other)),
    ...(repositories.length === 0
      ? []
      : [
          {
            Sid: "Images",
            Effect: "Allow",
            Action: "ecr:DescribeImages",
            Resource: repositories.map((repository) => repositoryArn(repository, place)),
          } as const,
        ]),
  ]);
}

function objectsIn({ purpose, prefix }: RecordArea, place: Place): string {
  return `${bucketArn(purpose, place)}/${prefix}*`;
}

/** What shows that another region has the same. S3 says checksums only to who may decrypt. */
function compareStatements(
  areas: readonly RecordArea[],
  place: Place,
  other: Place,
): PolicyStatement[] {
  return [
    {
      Sid: "ReadCopies",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectRetention"],
      Resource: areas.map((area) => objectsIn(area, other)),
    },
    {
      Sid: "SeeLocks",
      Effect: "Allow",
      Action: "s3:GetObjectRetention",
      Resource: areas.map((area) => objectsIn(area, place)),
    },
    ...listStatements(areas, other).map((statement) => ({
      ...statement,
      Sid: statement.Sid.replace("List", "ListCopies"),
    })),
    keyUseByAlias("UseKeyOfCopies", ["kms:Decrypt"], "records", other),
  ];
}

/** A statement for each bucket, whose condition names that bucket's prefixes only. */
function listStatements(areas: readonly RecordArea[], place: Place): PolicyStatement[] {
  const purposes = [...new Set(areas.map(({ purpose }) => purpose))];
  return purposes.map((purpose) => ({
    Sid: `List${purpose.replaceAll("-", "")}`,
    Effect: "Allow",
    Action: "s3:ListBucket",
    Resource: bucketArn(purpose, place),
    Condition: {
      StringLike: {
        "s3:prefix": areas
          .filter((area) => area.purpose === purpose)
          .map(({ prefix }) => `${prefix}*`),
      },
    },
  }));
}

function describeStatements(
  { engine, generation, pairGeneration }: DescribedDatabase,
  place: Place,
): PolicyStatement[] {
  return engine === "aurora-postgresql"
    ? [
        {
          Sid: "Describe",
          Effect: "Allow",
          Action: ["rds:DescribeDBClusters", "rds:DescribeGlobalClusters"],
          Resource: [
            databaseClusterArn(place, generation),
            `arn:aws:rds::${place.account}:global-cluster:${physicalName("globalCluster", databasePurpose(pairGeneration), place)}`,
          ],
        },
      ]
    : [
        {
          Sid: "Describe",
          Effect: "Allow",
          Action: "rds:DescribeDBInstances",
          Resource: databaseInstanceArn(place, generation),
        },
      ];
}
