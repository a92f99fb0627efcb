import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  bucketArn,
  physicalName,
  type Place,
  type Purpose,
  repositoryArnPattern,
  vaultArn,
} from "../../contracts/names";
import { accountRoot, policyDocument, type PolicyStatement } from "../../contracts/policyDocument";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";

/** What the role covers: one region's locks. */
export interface BreakGlassScope {
  /** The region whose locks the role may lift; part of its name. */
  readonly place: Place;
  /**
   * Regions where the role may be taken on: those whose stacks tell of it. The global endpoint of
   * STS counts as us-east-1.
   */
  readonly watchedRegions: readonly string[];
  /** The record buckets, and the vaults. */
  readonly bucketPurposes: readonly Purpose[];
  readonly vaultPurposes: readonly Purpose[];
  /** Whether the region has image repositories, whose policies let nobody else delete images. */
  readonly images: boolean;
}

/** Inputs of {@link BreakGlassRole}. */
export interface BreakGlassRoleArgs extends BreakGlassScope {
  readonly tags: Tags;
  /**
   * A sandbox's role: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/** Seconds since the second factor was shown; whoever comes later shows it again. */
const freshMfaSeconds = 900;
/** Seconds that a session lasts: the least that IAM offers. */
const sessionSeconds = 3_600;

/**
 * The role for emergencies: it alone may remove images, and records and snapshots before a governance
 * lock ends. It can neither read nor decrypt them, nor set a lock. IAM says who may ask for it, and each one shows a
 * second factor; EventBridge tells of each use.
 */
export class BreakGlassRole extends pulumi.ComponentResource {
  /** ARN of the role. */
  public readonly arn: pulumi.Output<string>;

  public constructor(
    name: string,
    args: BreakGlassRoleArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:access:BreakGlassRole", name, {}, opts);
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    const documents = breakGlassDocuments(args);
    const role = new aws.iam.Role(
      name,
      {
        name: documents.roleName,
        description: `Emergencies only: lifts governance locks of ${args.place.system} in ${args.place.region}`,
        assumeRolePolicy: documents.trust,
        maxSessionDuration: documents.sessionSeconds,
        tags: purposeTags(args.tags, "break-glass"),
      },
      child,
    );
    new aws.iam.RolePolicy(`${name}-policy`, { role: role.name, policy: documents.policy }, child);
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** All that makes the role, for the program, or for administrators who make it themselves. */
export function breakGlassDocuments(scope: BreakGlassScope) {
  return {
    roleName: physicalName("role", "break-glass", scope.place),
    sessionSeconds,
    trust: trustPolicy(scope),
    policy: breakGlassPolicy(scope),
  };
}

function trustPolicy({ place, watchedRegions }: BreakGlassScope): string {
  return policyDocument([
    {
      Sid: "TakeOnWithSecondFactor",
      Effect: "Allow",
      Principal: accountRoot(place.account),
      Action: "sts:AssumeRole",
      Condition: {
        Bool: { "aws:MultiFactorAuthPresent": "true" },
        NumericLessThan: { "aws:MultiFactorAuthAge": String(freshMfaSeconds) },
        StringEquals: { "aws:RequestedRegion": watchedRegions },
      },
    },
  ]);
}

function breakGlassPolicy({
  place,
  bucketPurposes,
  vaultPurposes,
  images,
}: BreakGlassScope): string {
  const buckets = bucketPurposes.map((purpose) => bucketArn(purpose, place));
  return policyDocument([
    {
      Sid: "FindRecords",
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:ListBucketVersions"],
      Resource: buckets,
    },
    {
      Sid: "RemoveRecords",
      Effect: "Allow",
      Action: [
        "s3:BypassGovernanceRetention",
        "s3:DeleteObjectVersion",
        "s3:GetObjectRetention",
        "s3:PutObjectRetention",
      ],
      Resource: buckets.map((arn) => `${arn}/*`),
    },
    ...(images
      ? [
          {
            Sid: "RemoveImages",
            Effect: "Allow",
            Action: ["ecr:BatchDeleteImage", "ecr:DescribeImages", "ecr:ListImages"],
            Resource: repositoryArnPattern(place),
          } as const,
        ]
      : []),
    ...snapshotStatements(place, vaultPurposes),
  ]);
}

/** Nothing where a region keeps no snapshots: a statement without resources is refused. */
function snapshotStatements(place: Place, vaultPurposes: readonly Purpose[]): PolicyStatement[] {
  if (vaultPurposes.length === 0) {
    return [];
  }
  // AWS Backup names snapshots itself: that they are of this system's vaults only their policies say.
  const snapshots = ["cluster-snapshot", "snapshot"].map(
    (kind) => `arn:aws:rds:${place.region}:${place.account}:${kind}:awsbackup:*`,
  );
  return [
    {
      // A vault's lock holds for this role as for all: it takes the lock off. It sets none, since that
      // might be one that nobody can ever take off again; the program puts the old one back.
      Sid: "UnlockVaults",
      Effect: "Allow",
      Action: [
        "backup:DeleteBackupVaultLockConfiguration",
        "backup:DescribeBackupVault",
        "backup:ListRecoveryPointsByBackupVault",
      ],
      Resource: vaultPurposes.map((purpose) => vaultArn(purpose, place)),
    },
    {
      Sid: "RemoveSnapshots",
      Effect: "Allow",
      Action: [
        "backup:DeleteRecoveryPoint",
        "backup:DescribeRecoveryPoint",
        "backup:DisassociateRecoveryPoint",
        "backup:UpdateRecoveryPointLifecycle",
      ],
      Resource: snapshots,
    },
    {
      Sid: "RemoveSnapshotsThroughBackup",
      Effect: "Allow",
      Action: ["rds:DeleteDBClusterSnapshot", "rds:DeleteDBSnapshot"],
      Resource: snapshots,
      Condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": "backup.amazonaws.com" } },
    },
  ];
}
