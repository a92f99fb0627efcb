import assert from "node:assert/strict";
import {
  RecordBucket,
  type RecordBucketArgs,
  recordBucketProblems,
} from "../../../components/storage/recordBucket";
import { recordBucketPolicy } from "../../../components/storage/bucketPolicy";
import { lifecycleRules } from "../../../components/storage/lifecycle";
import {
  type ReplicationDestination,
  replicationRules,
} from "../../../components/storage/replication";
import { Declared, declared, primary, standby, tags } from "../../support/declared";
import { countsByType, deletable, inputsOf, kept, ofAws, waitsFor } from "../inspection";
import { keyArn, recordBucketArgs } from "../minimalArgs";

const bucketName = "market-scanning-regulated-records-111122223333-us-east-1";
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
  replication: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
};

const destination: ReplicationDestination = {
  id: "to-us-west-2",
  bucketArn: "arn:aws:s3:::market-scanning-regulated-records-111122223333-us-west-2",
  keyAliasArn: "arn:aws:kms:us-west-2:111122223333:alias/market-scanning-records-us-west-2",
  mutual: true,
};

const whole: RecordBucketArgs = {
  ...recordBucketArgs,
  lock: { mode: "COMPLIANCE", days: 2557 },
  replication: {
    roleArn: "arn:aws:iam::111122223333:role/market-scanning-record-replication-us-east-1",
    destinations: [destination],
  },
};

function bucketOf(args: RecordBucketArgs, region?: string): Promise<Declared> {
  return declared((options) => {
    new RecordBucket("regulated-records", args, options);
  }, region);
}

describe("RecordBucket", () => {
  let complete: Declared;
  let plain: Declared;
  let sandbox: Declared;

  before(async () => {
    complete = await bucketOf(whole);
    plain = await bucketOf(recordBucketArgs);
    sandbox = await bucketOf({ ...whole, disposable: true });
  });

  it("declares the bucket and one resource for each of its settings", () => {
    assert.deepEqual(countsByType(complete.resources), {
      "trading-dr:storage:RecordBucket": 1,
      ...Object.fromEntries(Object.values(types).map((type) => [type, 1])),
    });
  });

  it("names the bucket after its purpose, account and region", () => {
    assert.deepEqual(inputsOf(complete.only(types.bucket), "bucket", "tags"), {
      bucket: bucketName,
      tags: { ...tags, "trading-dr:purpose": "records" },
    });
  });

  it("is never emptied to be deleted", () => {
    assert.equal(complete.only(types.bucket).inputs["forceDestroy"], false);
  });

  it("keeps every version", () => {
    assert.deepEqual(complete.only(types.versioning).inputs, {
      bucket: bucketName,
      versioningConfiguration: { status: "Enabled" },
    });
  });

  it("is closed to the public in every way there is", () => {
    assert.deepEqual(complete.only(types.publicAccess).inputs, {
      bucket: bucketName,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  });

  it("owns every object, without access control lists", () => {
    assert.deepEqual(complete.only(types.ownership).inputs, {
      bucket: bucketName,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
  });

  it("encrypts with the key of its region, and takes no keys that clients bring along", () => {
    assert.deepEqual(complete.only(types.encryption).inputs, {
      bucket: bucketName,
      rules: [
        {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: "aws:kms",
            kmsMasterKeyId: keyArn(primary),
          },
          blockedEncryptionTypes: ["SSE-C"],
          bucketKeyEnabled: true,
        },
      ],
    });
  });

  it("logs access to the log bucket, under its own name", () => {
    assert.deepEqual(complete.only(types.logging).inputs, {
      bucket: bucketName,
      targetBucket: "market-scanning-access-logs-111122223333-us-east-1",
      targetPrefix: `${bucketName}/`,
    });
  });

  it("applies its lifecycles, and leaves small objects where they are", () => {
    assert.deepEqual(
      inputsOf(complete.only(types.lifecycle), "transitionDefaultMinimumObjectSize"),
      {
        transitionDefaultMinimumObjectSize: "all_storage_classes_128K",
      },
    );
    assert.deepEqual(
      complete.only(types.lifecycle).inputs["rules"],
      lifecycleRules(whole.lifecycles, whole.cleaning),
    );
  });

  it("locks new objects in the mode and for the days that it is given", () => {
    assert.equal(complete.only(types.bucket).inputs["objectLockEnabled"], true);
    assert.deepEqual(complete.only(types.lock).inputs, {
      bucket: bucketName,
      rule: { defaultRetention: { mode: "COMPLIANCE", days: 2557 } },
    });
  });

  it("copies objects under the role to the destinations that it is given", () => {
    assert.deepEqual(complete.only(types.replication).inputs, {
      bucket: bucketName,
      role: "arn:aws:iam::111122223333:role/market-scanning-record-replication-us-east-1",
      rules: replicationRules([destination]),
    });
  });

  for (const setting of ["lifecycle", "lock", "replication"] as const) {
    it(`sets up ${setting} once versioning is on`, () => {
      assert.equal(waitsFor(complete.only(types[setting]), complete.only(types.versioning)), true);
    });
  }

  it("protects the bucket and everything that configures it", () => {
    assert.deepEqual(deletable(ofAws(complete.resources)), []);
  });

  it("is in its provider's region, with that region's name", async () => {
    const inStandby = await bucketOf({ ...recordBucketArgs, place: standby }, "us-west-2");
    const bucket = inStandby.only(types.bucket);
    assert.equal(bucket.region, "us-west-2");
    assert.equal(
      bucket.inputs["bucket"],
      "market-scanning-regulated-records-111122223333-us-west-2",
    );
  });

  it("has no lock where no class of records asks for one", () => {
    assert.equal(plain.only(types.bucket).inputs["objectLockEnabled"], false);
    assert.deepEqual(plain.all(types.lock), []);
  });

  it("copies nowhere before it has destinations", () => {
    assert.deepEqual(plain.all(types.replication), []);
  });

  it("has a policy for its own place that allows the longest of its lifecycles", async () => {
    const [lifecycle] = recordBucketArgs.lifecycles;
    assert.ok(lifecycle);
    const replicationFrom = [
      { account: "777788889999", roleArns: ["arn:aws:iam::777788889999:role/replication"] },
    ];
    const mixed = await bucketOf({
      ...recordBucketArgs,
      lifecycles: [
        { ...lifecycle, id: "short", expirationDays: 35 },
        { ...lifecycle, id: "long", expirationDays: 3650 },
        { ...lifecycle, id: "middle", expirationDays: 400 },
      ],
      replicationFrom,
    });
    assert.deepEqual(mixed.only(types.policy).inputs, {
      bucket: bucketName,
      policy: recordBucketPolicy({
        bucketArn: `arn:aws:s3:::${bucketName}`,
        place: primary,
        minimumTlsVersion: "1.3",
        longestRetentionDays: 3650,
        breakGlassRoleArn: "arn:aws:iam::111122223333:role/market-scanning-break-glass-us-east-1",
        disposable: false,
        replicationFrom,
      }),
    });
  });

  it("offers its name", () => {
    assert.equal(
      complete.only("trading-dr:storage:RecordBucket").outputs?.["bucketName"],
      bucketName,
    );
  });

  it("locks nothing in a sandbox, even where a lock is asked for", () => {
    assert.equal(sandbox.only(types.bucket).inputs["objectLockEnabled"], false);
    assert.deepEqual(sandbox.all(types.lock), []);
    const statements = Declared.statements(sandbox.only(types.policy));
    assert.equal("RefuseRemovingVersions" in statements, false);
  });

  it("can be deleted with everything in it in a sandbox", () => {
    assert.equal(sandbox.only(types.bucket).inputs["forceDestroy"], true);
    assert.deepEqual(kept(sandbox.resources), []);
  });
});

describe("inputs of a record bucket", () => {
  const [lifecycle] = recordBucketArgs.lifecycles;
  assert.ok(lifecycle);

  it("are sound when every lifecycle lasts as long as the lock", () => {
    assert.deepEqual(recordBucketProblems(whole), []);
    assert.deepEqual(recordBucketProblems(recordBucketArgs), []);
  });

  it("are refused when objects would expire before their lock ends", () => {
    const args: RecordBucketArgs = {
      ...recordBucketArgs,
      lock: { mode: "GOVERNANCE", days: 91 },
      lifecycles: [
        { ...lifecycle, id: "daily", expirationDays: 90 },
        { ...lifecycle, id: "monthly", expirationDays: 91 },
      ],
    };
    assert.deepEqual(recordBucketProblems(args), [
      'lifecycle "daily" expires after 90 days, but must last at least the lock\'s 91',
    ]);
  });

  it("are refused without a lifecycle", () => {
    assert.deepEqual(recordBucketProblems({ ...recordBucketArgs, lifecycles: [] }), [
      "lifecycles must have at least one entry, or objects would be kept for ever",
    ]);
  });

  it("are refused with a replication that goes nowhere", () => {
    const replication = { roleArn: "arn:aws:iam::111122223333:role/x", destinations: [] };
    assert.deepEqual(recordBucketProblems({ ...recordBucketArgs, replication }), [
      "replication.destinations must have at least one entry; leave replication out instead",
    ]);
  });

  it("are refused for all reasons at once, before anything is registered", () => {
    const args: RecordBucketArgs = {
      ...recordBucketArgs,
      lifecycles: [],
      replication: { roleArn: "arn:aws:iam::111122223333:role/x", destinations: [] },
    };
    assert.throws(() => new RecordBucket("daily-records", args), {
      name: "RangeError",
      message:
        "RecordBucket 'daily-records': lifecycles must have at least one entry, or objects would be kept for ever; " +
        "replication.destinations must have at least one entry; leave replication out instead",
    });
  });
});
