import assert from "node:assert/strict";
import { AccessLogBucket } from "../../../components/storage/accessLogBucket";
import { accessLogBucketPolicy } from "../../../components/storage/bucketPolicy";
import { type Declared, declared, tags } from "../../support/declared";
import { countsByType, deletable, inputsOf, kept, ofAws, waitsFor } from "../inspection";
import { accessLogBucketArgs } from "../minimalArgs";

const bucketName = "market-scanning-access-logs-111122223333-us-east-1";
const types = {
  bucket: "aws:s3/bucket:Bucket",
  versioning: "aws:s3/bucketVersioning:BucketVersioning",
  publicAccess: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  ownership: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  encryption:
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  policy: "aws:s3/bucketPolicy:BucketPolicy",
  lifecycle: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
};

describe("AccessLogBucket", () => {
  let inProduction: Declared;
  let inSandbox: Declared;

  before(async () => {
    inProduction = await declared((options) => {
      new AccessLogBucket("access-logs", accessLogBucketArgs, options);
    });
    inSandbox = await declared((options) => {
      new AccessLogBucket("access-logs", { ...accessLogBucketArgs, disposable: true }, options);
    });
  });

  it("declares the bucket and its settings, and neither a lock nor logging of its own", () => {
    assert.deepEqual(countsByType(inProduction.resources), {
      "trading-dr:storage:AccessLogBucket": 1,
      ...Object.fromEntries(Object.values(types).map((type) => [type, 1])),
    });
    assert.equal("objectLockEnabled" in inProduction.only(types.bucket).inputs, false);
  });

  it("is encrypted by S3 itself, since the logging service cannot use a customer's key", () => {
    assert.deepEqual(inProduction.only(types.encryption).inputs, {
      bucket: bucketName,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
  });

  it("is tagged as a log bucket, so that nobody asks it for a lock", () => {
    assert.deepEqual(inputsOf(inProduction.only(types.bucket), "bucket", "forceDestroy", "tags"), {
      bucket: bucketName,
      forceDestroy: false,
      tags: { ...tags, "trading-dr:purpose": "access-logs" },
    });
  });

  it("keeps every version and is closed to the public", () => {
    assert.deepEqual(inProduction.only(types.versioning).inputs["versioningConfiguration"], {
      status: "Enabled",
    });
    assert.deepEqual(inProduction.only(types.publicAccess).inputs, {
      bucket: bucketName,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    assert.deepEqual(inProduction.only(types.ownership).inputs["rule"], {
      objectOwnership: "BucketOwnerEnforced",
    });
  });

  it("takes logs of the buckets that it is told of", () => {
    assert.deepEqual(inProduction.only(types.policy).inputs, {
      bucket: bucketName,
      policy: accessLogBucketPolicy(
        `arn:aws:s3:::${bucketName}`,
        "111122223333",
        ["arn:aws:s3:::market-scanning-regulated-records-111122223333-us-east-1"],
        "1.3",
      ),
    });
  });

  it("expires all logs after their days, and cleans up behind them", () => {
    assert.deepEqual(inProduction.only(types.lifecycle).inputs, {
      bucket: bucketName,
      transitionDefaultMinimumObjectSize: "all_storage_classes_128K",
      rules: [
        {
          id: "access-logs",
          status: "Enabled",
          filter: { prefix: "" },
          expiration: { days: 1096 },
          transitions: [],
          noncurrentVersionExpiration: { noncurrentDays: 90 },
          noncurrentVersionTransitions: [],
        },
        {
          id: "expired-delete-markers",
          status: "Enabled",
          filter: {},
          expiration: { expiredObjectDeleteMarker: true },
        },
        {
          id: "incomplete-uploads",
          status: "Enabled",
          filter: {},
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
      ],
    });
  });

  it("sets up the lifecycle once versioning is on", () => {
    assert.equal(
      waitsFor(inProduction.only(types.lifecycle), inProduction.only(types.versioning)),
      true,
    );
  });

  it("protects the bucket and everything that configures it", () => {
    assert.deepEqual(deletable(ofAws(inProduction.resources)), []);
  });

  it("can be deleted with everything in it in a sandbox", () => {
    assert.equal(inSandbox.only(types.bucket).inputs["forceDestroy"], true);
    assert.deepEqual(kept(inSandbox.resources), []);
  });

  it("offers its name", () => {
    assert.deepEqual(inProduction.only("trading-dr:storage:AccessLogBucket").outputs, {
      bucketName,
    });
  });
});
