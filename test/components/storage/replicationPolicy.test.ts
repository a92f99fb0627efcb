import assert from "node:assert/strict";
import { replicationPolicy } from "../../../components/storage/replicationPolicy";
import { archive, primary, standby } from "../../support/declared";
import { statementsOf } from "../inspection";

const inThreePlaces = statementsOf(
  replicationPolicy({
    source: primary,
    destinations: [standby, archive],
    purposes: ["daily-records", "regulated-records"],
  }),
);

const encryptInStandby = {
  Sid: "EncryptInuswest2",
  Effect: "Allow",
  Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
  Resource: "arn:aws:kms:us-west-2:111122223333:key/*",
  Condition: {
    "ForAnyValue:StringEquals": {
      "kms:ResourceAliases": "alias/market-scanning-records-us-west-2",
    },
  },
};

describe("replication policy", () => {
  it("reads here, writes there, with the keys that bear the aliases, and nothing else", () => {
    assert.deepEqual(inThreePlaces, [
      {
        Sid: "ReadConfiguration",
        Effect: "Allow",
        Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
        Resource: [
          "arn:aws:s3:::market-scanning-daily-records-111122223333-us-east-1",
          "arn:aws:s3:::market-scanning-regulated-records-111122223333-us-east-1",
        ],
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
        Resource: [
          "arn:aws:s3:::market-scanning-daily-records-111122223333-us-east-1/*",
          "arn:aws:s3:::market-scanning-regulated-records-111122223333-us-east-1/*",
        ],
      },
      {
        Sid: "WriteReplicas",
        Effect: "Allow",
        Action: ["s3:ReplicateObject", "s3:ReplicateTags"],
        Resource: [
          "arn:aws:s3:::market-scanning-daily-records-111122223333-us-west-2/*",
          "arn:aws:s3:::market-scanning-regulated-records-111122223333-us-west-2/*",
          "arn:aws:s3:::market-scanning-daily-records-444455556666-eu-west-1/*",
          "arn:aws:s3:::market-scanning-regulated-records-444455556666-eu-west-1/*",
        ],
      },
      {
        Sid: "HandOver",
        Effect: "Allow",
        Action: "s3:ObjectOwnerOverrideToBucketOwner",
        Resource: [
          "arn:aws:s3:::market-scanning-daily-records-444455556666-eu-west-1/*",
          "arn:aws:s3:::market-scanning-regulated-records-444455556666-eu-west-1/*",
        ],
      },
      {
        Sid: "DecryptSource",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: "arn:aws:kms:us-east-1:111122223333:key/*",
        Condition: {
          "ForAnyValue:StringEquals": {
            "kms:ResourceAliases": "alias/market-scanning-records-us-east-1",
          },
        },
      },
      encryptInStandby,
      {
        ...encryptInStandby,
        Sid: "EncryptIneuwest1",
        Resource: "arn:aws:kms:eu-west-1:444455556666:key/*",
        Condition: {
          "ForAnyValue:StringEquals": {
            "kms:ResourceAliases": "alias/market-scanning-records-eu-west-1",
          },
        },
      },
    ]);
  });

  it("hands nothing over where every bucket is in one account", () => {
    const sids = statementsOf(
      replicationPolicy({
        source: primary,
        destinations: [standby, { ...archive, account: primary.account }],
        purposes: ["daily-records"],
      }),
    ).map(({ Sid }) => Sid);
    assert.deepEqual(sids, [
      "ReadConfiguration",
      "ReadVersions",
      "WriteReplicas",
      "DecryptSource",
      "EncryptInuswest2",
      "EncryptIneuwest1",
    ]);
  });

  it("can neither delete nor read what it copied", () => {
    const actions = inThreePlaces.flatMap(({ Action }) => Action as string | string[]);
    assert.deepEqual(
      actions.filter((action) => /Delete|s3:GetObject$|\*/.test(action)),
      [],
    );
  });

  it("covers no resource that it does not name", () => {
    const resources = inThreePlaces.flatMap(({ Resource }) => Resource as string | string[]);
    assert.equal(resources.includes("*"), false);
    const wholeKeys = resources.filter((resource) => resource.endsWith("key/*"));
    assert.deepEqual(wholeKeys, [
      "arn:aws:kms:us-east-1:111122223333:key/*",
      "arn:aws:kms:us-west-2:111122223333:key/*",
      "arn:aws:kms:eu-west-1:444455556666:key/*",
    ]);
  });
});
