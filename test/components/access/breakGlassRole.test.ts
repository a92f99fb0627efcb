import assert from "node:assert/strict";
import { breakGlassDocuments, BreakGlassRole } from "../../../components/access/breakGlassRole";
import { archive, type Declared, declared, tags } from "../../support/declared";
import { countsByType, deletable, kept, ofAws, statementsOf } from "../inspection";
import { breakGlassRoleArgs } from "../minimalArgs";

const roleType = "aws:iam/role:Role";
const policyType = "aws:iam/rolePolicy:RolePolicy";
const roleName = "market-scanning-break-glass-us-east-1";

const vault =
  "arn:aws:backup:us-east-1:111122223333:backup-vault:market-scanning-regulated-vault-us-east-1";
const bucket = "arn:aws:s3:::market-scanning-regulated-records-111122223333-us-east-1";
const snapshots = [
  "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:awsbackup:*",
  "arn:aws:rds:us-east-1:111122223333:snapshot:awsbackup:*",
];

describe("BreakGlassRole", () => {
  let role: Declared;

  before(async () => {
    role = await declared((options) => {
      new BreakGlassRole("break-glass-us-east-1", breakGlassRoleArgs, options);
    });
  });

  it("declares one role and one policy", () => {
    assert.deepEqual(countsByType(role.resources), {
      "trading-dr:access:BreakGlassRole": 1,
      [roleType]: 1,
      [policyType]: 1,
    });
  });

  it("has the name that buckets and vaults know, the shortest sessions, and a word of warning", () => {
    const { assumeRolePolicy: trust, ...inputs } = role.only(roleType).inputs;
    assert.equal(typeof trust, "string");
    assert.deepEqual(inputs, {
      name: roleName,
      description: "Emergencies only: lifts governance locks of market-scanning in us-east-1",
      maxSessionDuration: 3600,
      tags: { ...tags, "trading-dr:purpose": "break-glass" },
    });
  });

  it("is taken on with a fresh second factor only, where somebody is told of it", () => {
    assert.deepEqual(statementsOf(role.only(roleType).inputs["assumeRolePolicy"]), [
      {
        Sid: "TakeOnWithSecondFactor",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:root" },
        Action: "sts:AssumeRole",
        Condition: {
          Bool: { "aws:MultiFactorAuthPresent": "true" },
          NumericLessThan: { "aws:MultiFactorAuthAge": "900" },
          StringEquals: { "aws:RequestedRegion": ["us-east-1", "us-west-2"] },
        },
      },
    ]);
  });

  it("may find and remove records, images and snapshots, and neither read nor decrypt them", () => {
    const { inputs } = role.only(policyType);
    assert.equal(inputs["role"], roleName);
    assert.deepEqual(statementsOf(inputs["policy"]), [
      {
        Sid: "FindRecords",
        Effect: "Allow",
        Action: ["s3:ListBucket", "s3:ListBucketVersions"],
        Resource: [bucket],
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
        Resource: [`${bucket}/*`],
      },
      {
        Sid: "RemoveImages",
        Effect: "Allow",
        Action: ["ecr:BatchDeleteImage", "ecr:DescribeImages", "ecr:ListImages"],
        Resource: "arn:aws:ecr:us-east-1:111122223333:repository/trading-dr/market-scanning/*",
      },
      {
        Sid: "UnlockVaults",
        Effect: "Allow",
        Action: [
          "backup:DeleteBackupVaultLockConfiguration",
          "backup:DescribeBackupVault",
          "backup:ListRecoveryPointsByBackupVault",
        ],
        Resource: [vault],
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
    ]);
  });

  it("asks for no vaults, snapshots and images where there are none", () => {
    const { policy } = breakGlassDocuments({
      ...breakGlassRoleArgs,
      vaultPurposes: [],
      images: false,
    });
    assert.deepEqual(
      statementsOf(policy).map(({ Sid }) => Sid),
      ["FindRecords", "RemoveRecords"],
    );
  });

  it("is protected, and can be deleted in a sandbox", async () => {
    assert.deepEqual(deletable(ofAws(role.resources)), []);
    const sandbox = await declared((options) => {
      new BreakGlassRole("break-glass", { ...breakGlassRoleArgs, disposable: true }, options);
    });
    assert.deepEqual(kept(sandbox.resources), []);
  });
});

describe("documents of a break-glass role", () => {
  it("are the same that the program uses, for administrators of another account", () => {
    const documents = breakGlassDocuments({
      ...breakGlassRoleArgs,
      place: archive,
      watchedRegions: ["eu-west-1"],
    });
    assert.equal(documents.roleName, "market-scanning-break-glass-eu-west-1");
    assert.equal(documents.sessionSeconds, 3600);
    assert.deepEqual(statementsOf(documents.trust)[0]?.["Principal"], {
      AWS: "arn:aws:iam::444455556666:root",
    });
    assert.deepEqual(statementsOf(documents.policy)[0]?.["Resource"], [
      "arn:aws:s3:::market-scanning-regulated-records-444455556666-eu-west-1",
    ]);
  });
});
