import assert from "node:assert/strict";
import { AuditLogBucket } from "../../../components/storage/auditLogBucket";
import { auditLogBucketPolicy, tlsStatements } from "../../../components/storage/bucketPolicy";
import { type Declared, declared, primary, tags } from "../../support/declared";
import { countsByType, inputsOf, kept, statementsOf, waitsFor } from "../inspection";
import { auditLogBucketArgs, keyArn } from "../minimalArgs";

const bucketName = "market-scanning-audit-logs-111122223333-us-east-1";
const bucketArn = `arn:aws:s3:::${bucketName}`;
const trailArn =
  "arn:aws:cloudtrail:us-east-1:111122223333:trail/market-scanning-audit-trail-us-east-1";
const types = {
  bucket: "aws:s3/bucket:Bucket",
  versioning: "aws:s3/bucketVersioning:BucketVersioning",
  publicAccess: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  ownership: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  encryption:
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  policy: "aws:s3/bucketPolicy:BucketPolicy",
  logging: "aws:s3/bucketLogging:BucketLogging",
  lifecycle: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  lock: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
};

describe("AuditLogBucket", () => {
  let inProduction: Declared;
  let inSandbox: Declared;

  before(async () => {
    inProduction = await declared((options) => {
      new AuditLogBucket("audit-logs", auditLogBucketArgs, options);
    });
    inSandbox = await declared((options) => {
      new AuditLogBucket("audit-logs", { ...auditLogBucketArgs, disposable: true }, options);
    });
  });

  it("declares the bucket and its settings, the lock among them", () => {
    assert.deepEqual(countsByType(inProduction.resources), {
      "trading-dr:storage:AuditLogBucket": 1,
      ...Object.fromEntries(Object.values(types).map((type) => [type, 1])),
    });
    assert.deepEqual(
      inputsOf(
        inProduction.only(types.bucket),
        "bucket",
        "objectLockEnabled",
        "forceDestroy",
        "tags",
      ),
      {
        bucket: bucketName,
        objectLockEnabled: true,
        forceDestroy: false,
        tags: { ...tags, "trading-dr:purpose": "audit-logs" },
      },
    );
  });

  it("locks every log from the first day to the last that it is kept", () => {
    assert.deepEqual(inProduction.only(types.lock).inputs, {
      bucket: bucketName,
      rule: { defaultRetention: { mode: "GOVERNANCE", days: 1096 } },
    });
    const [rule] = inProduction.only(types.lifecycle).inputs["rules"] as unknown as object[];
    assert.deepEqual(rule, {
      id: "audit-logs",
      status: "Enabled",
      filter: { prefix: "" },
      expiration: { days: 1096 },
      transitions: [],
      noncurrentVersionExpiration: { noncurrentDays: 90 },
      noncurrentVersionTransitions: [],
    });
    const versioning = inProduction.only(types.versioning);
    assert.equal(waitsFor(inProduction.only(types.lock), versioning), true);
    assert.equal(waitsFor(inProduction.only(types.lifecycle), versioning), true);
  });

  it("is encrypted with its own key, object by object, as the key's policy wants", () => {
    assert.deepEqual(inProduction.only(types.encryption).inputs, {
      bucket: bucketName,
      rules: [
        {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: "aws:kms",
            kmsMasterKeyId: keyArn(primary),
          },
          bucketKeyEnabled: false,
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    });
  });

  it("has its own access logged", () => {
    assert.deepEqual(inProduction.only(types.logging).inputs, {
      bucket: bucketName,
      targetBucket: auditLogBucketArgs.accessLogBucket,
      targetPrefix: `${bucketName}/`,
    });
  });

  it("is closed to the public, and every version is kept", () => {
    assert.deepEqual(inProduction.only(types.publicAccess).inputs, {
      bucket: bucketName,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    assert.deepEqual(inProduction.only(types.versioning).inputs["versioningConfiguration"], {
      status: "Enabled",
    });
  });

  it("has the policy of its trail", () => {
    assert.equal(
      inProduction.only(types.policy).inputs["policy"],
      auditLogBucketPolicy(bucketArn, "111122223333", trailArn, "1.3", false),
    );
  });

  it("has no lock in a sandbox, and goes with everything in it", () => {
    assert.deepEqual(inSandbox.all(types.lock), []);
    assert.deepEqual(inputsOf(inSandbox.only(types.bucket), "objectLockEnabled", "forceDestroy"), {
      objectLockEnabled: false,
      forceDestroy: true,
    });
    assert.equal(
      inSandbox.only(types.policy).inputs["policy"],
      auditLogBucketPolicy(bucketArn, "111122223333", trailArn, "1.3", true),
    );
    assert.deepEqual(kept(inSandbox.resources), []);
  });
});

describe("policy of a bucket for audit logs", () => {
  const allowed = [
    ...tlsStatements(bucketArn, "1.2"),
    {
      Sid: "LookBeforeWriting",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "s3:GetBucketAcl",
      Resource: bucketArn,
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    },
    {
      Sid: "TakeAuditLogs",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${bucketArn}/AWSLogs/111122223333/*`,
      Condition: {
        StringEquals: {
          "aws:SourceArn": trailArn,
          "s3:x-amz-acl": "bucket-owner-full-control",
        },
      },
    },
  ];

  it("lets the trail write, and nobody remove a log or lift a lock, in an emergency neither", () => {
    assert.deepEqual(
      statementsOf(auditLogBucketPolicy(bucketArn, "111122223333", trailArn, "1.2", false)),
      [
        ...allowed,
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
        },
      ],
    );
  });

  it("lets a sandbox be emptied", () => {
    assert.deepEqual(
      statementsOf(auditLogBucketPolicy(bucketArn, "111122223333", trailArn, "1.2", true)),
      allowed,
    );
  });
});
