import assert from "node:assert/strict";
import {
  accessLogBucketPolicy,
  type RecordBucketPolicy,
  recordBucketPolicy,
  replicationWrites,
  tlsStatements,
} from "../../../components/storage/bucketPolicy";
import { archive, primary } from "../../support/declared";
import { statementOf, statementsOf } from "../inspection";

const bucket = "arn:aws:s3:::market-scanning-daily-records-111122223333-us-east-1";
const objects = `${bucket}/*`;
const breakGlass = "arn:aws:iam::111122223333:role/market-scanning-break-glass-us-east-1";

const policy: RecordBucketPolicy = {
  bucketArn: bucket,
  place: primary,
  minimumTlsVersion: "1.3",
  longestRetentionDays: 2557,
  breakGlassRoleArn: breakGlass,
  disposable: false,
  replicationFrom: [],
};

const tls = [
  {
    Sid: "RefuseWithoutTls",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucket, objects],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  },
  {
    Sid: "RefuseOldTls",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucket, objects],
    Condition: {
      NumericLessThan: { "s3:TlsVersion": "1.3" },
      BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
    },
  },
];

function sidsOf(text: string): unknown[] {
  return statementsOf(text).map(({ Sid }) => Sid);
}

describe("record bucket policy", () => {
  it("refuses connections without TLS and with an old version, to the bucket and its objects", () => {
    assert.deepEqual(tlsStatements(bucket, "1.3"), tls);
    assert.deepEqual(statementsOf(recordBucketPolicy(policy)).slice(0, 2), tls);
  });

  it("takes the lowest TLS version from its input", () => {
    const text = recordBucketPolicy({ ...policy, minimumTlsVersion: "1.2" });
    assert.deepEqual(statementOf(text, "RefuseOldTls")["Condition"], {
      NumericLessThan: { "s3:TlsVersion": "1.2" },
      BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
    });
  });

  it("refuses to create an object unless the request forbids overwriting", () => {
    assert.deepEqual(statementOf(recordBucketPolicy(policy), "RefuseOverwriting"), {
      Sid: "RefuseOverwriting",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: objects,
      Condition: {
        Null: { "s3:if-none-match": "true" },
        Bool: { "s3:ObjectCreationOperation": "true" },
      },
    });
  });

  it("refuses keys of other accounts and regions, only where a request names a key", () => {
    assert.deepEqual(statementOf(recordBucketPolicy(policy), "RefuseForeignKeys"), {
      Sid: "RefuseForeignKeys",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: objects,
      Condition: {
        Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
        StringNotLike: {
          "s3:x-amz-server-side-encryption-aws-kms-key-id":
            "arn:aws:kms:us-east-1:111122223333:key/*",
        },
      },
    });
  });

  it("refuses other encryption, only where a request names one", () => {
    assert.deepEqual(statementOf(recordBucketPolicy(policy), "RefuseOtherEncryption"), {
      Sid: "RefuseOtherEncryption",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: objects,
      Condition: {
        Null: { "s3:x-amz-server-side-encryption": "false" },
        StringNotLike: { "s3:x-amz-server-side-encryption": "aws:kms" },
      },
    });
  });

  it("refuses locks longer than the longest retention", () => {
    assert.deepEqual(statementOf(recordBucketPolicy(policy), "RefuseEndlessLocks"), {
      Sid: "RefuseEndlessLocks",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObjectRetention",
      Resource: objects,
      Condition: {
        NumericGreaterThan: { "s3:object-lock-remaining-retention-days": "2557" },
      },
    });
  });

  it("refuses everybody but the break-glass role to remove versions or lift governance locks", () => {
    assert.deepEqual(statementOf(recordBucketPolicy(policy), "RefuseRemovingVersions"), {
      Sid: "RefuseRemovingVersions",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"],
      Resource: objects,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": breakGlass } },
    });
  });

  it("has exactly these statements where copies come from the same account", () => {
    assert.deepEqual(sidsOf(recordBucketPolicy(policy)), [
      "RefuseWithoutTls",
      "RefuseOldTls",
      "RefuseOverwriting",
      "RefuseForeignKeys",
      "RefuseOtherEncryption",
      "RefuseEndlessLocks",
      "RefuseRemovingVersions",
    ]);
  });

  it("lets a sandbox be emptied", () => {
    assert.deepEqual(sidsOf(recordBucketPolicy({ ...policy, disposable: true })), [
      "RefuseWithoutTls",
      "RefuseOldTls",
      "RefuseOverwriting",
      "RefuseForeignKeys",
      "RefuseOtherEncryption",
      "RefuseEndlessLocks",
    ]);
  });

  it("takes copies from another account's replication roles, and hands them to the bucket's", () => {
    const roleArns = [
      "arn:aws:iam::111122223333:role/market-scanning-record-replication-us-east-1",
      "arn:aws:iam::111122223333:role/market-scanning-record-replication-us-west-2",
    ];
    const text = recordBucketPolicy({
      ...policy,
      place: archive,
      replicationFrom: [{ account: "111122223333", roleArns }],
    });
    assert.deepEqual(
      statementsOf(text).filter(({ Effect }) => Effect === "Allow"),
      [
        {
          Sid: "ReceiveReplicasFrom111122223333",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::111122223333:root" },
          Action: ["s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"],
          Resource: objects,
          Condition: { ArnEquals: { "aws:PrincipalArn": roleArns } },
        },
      ],
    );
  });

  it("gives every statement an id of its own, however many accounts copy here", () => {
    const sids = sidsOf(
      recordBucketPolicy({
        ...policy,
        replicationFrom: [
          { account: "111122223333", roleArns: ["arn:aws:iam::111122223333:role/one"] },
          { account: "777788889999", roleArns: ["arn:aws:iam::777788889999:role/two"] },
        ],
      }),
    );
    assert.equal(sids.length, 9);
    assert.equal(new Set(sids).size, 9);
  });
});

describe("what a replication role writes", () => {
  it("is objects and tags, never deletions", () => {
    assert.deepEqual(replicationWrites, ["s3:ReplicateObject", "s3:ReplicateTags"]);
  });
});

describe("access log bucket policy", () => {
  it("takes logs of the account's own buckets from the logging service, over TLS", () => {
    assert.deepEqual(
      statementsOf(
        accessLogBucketPolicy(
          bucket,
          "111122223333",
          ["arn:aws:s3:::one", "arn:aws:s3:::two"],
          "1.3",
        ),
      ),
      [
        ...tls,
        {
          Sid: "TakeAccessLogs",
          Effect: "Allow",
          Principal: { Service: "logging.s3.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: objects,
          Condition: {
            ArnLike: { "aws:SourceArn": ["arn:aws:s3:::one", "arn:aws:s3:::two"] },
            StringEquals: { "aws:SourceAccount": "111122223333" },
          },
        },
      ],
    );
  });
});
