import assert from "node:assert/strict";
import { keyPolicy, type KeyUser } from "../../../components/encryption/keyPolicy";
import { primary } from "../../support/declared";
import { statementsOf } from "../inspection";

const ownAccount = { AWS: "arn:aws:iam::111122223333:root" };

const manage = {
  Sid: "Manage",
  Effect: "Allow",
  Principal: ownAccount,
  Action: [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
  ],
  Resource: "*",
};

/** The statements that a user adds to those of administrators. */
function statementsFor(...users: KeyUser[]): Record<string, unknown>[] {
  return statementsOf(keyPolicy(primary, users, false)).slice(1);
}

describe("key policy", () => {
  it("lets administrators manage a key but neither use nor delete nor disable it", () => {
    assert.deepEqual(statementsOf(keyPolicy(primary, [], false)), [manage]);
  });

  it("lets administrators of a sandbox disable and delete its key", () => {
    assert.deepEqual(statementsOf(keyPolicy(primary, [], true)), [
      { ...manage, Action: [...manage.Action, "kms:DisableKey", "kms:ScheduleKeyDeletion"] },
    ]);
  });

  it("lets roles encrypt, by the account and their names, whether or not they exist yet", () => {
    const roleArns = [
      "arn:aws:iam::444455556666:role/market-scanning-record-replication-us-east-1",
    ];
    assert.deepEqual(
      statementsFor({
        kind: "roles",
        purpose: "receive-records",
        account: "444455556666",
        roleArns,
        actions: ["encrypt"],
      }),
      [
        {
          Sid: "ReceiveRecords",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::444455556666:root" },
          Action: ["kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptTo", "kms:DescribeKey"],
          Resource: "*",
          Condition: { ArnEquals: { "aws:PrincipalArn": roleArns } },
        },
      ],
    );
  });

  it("lets roles decrypt, and no more than that", () => {
    const [statement, ...others] = statementsFor({
      kind: "roles",
      purpose: "copy-records",
      account: "111122223333",
      roleArns: ["arn:aws:iam::111122223333:role/market-scanning-record-replication-us-east-1"],
      actions: ["decrypt"],
    });
    assert.deepEqual(statement?.["Action"], [
      "kms:Decrypt",
      "kms:ReEncryptFrom",
      "kms:DescribeKey",
    ]);
    assert.deepEqual(others, []);
  });

  it("lets roles that take snapshots pass the key on, to AWS services only", () => {
    const roleArns = [
      "arn:aws:iam::111122223333:role/market-scanning-snapshots-us-east-1",
      "arn:aws:iam::111122223333:role/market-scanning-restore-test-us-east-1",
    ];
    assert.deepEqual(
      statementsFor({
        kind: "roles",
        purpose: "snapshots",
        account: "111122223333",
        roleArns,
        actions: ["encrypt", "decrypt"],
        mayGrant: true,
      }),
      [
        {
          Sid: "Snapshots",
          Effect: "Allow",
          Principal: ownAccount,
          Action: [
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncryptTo",
            "kms:Decrypt",
            "kms:ReEncryptFrom",
            "kms:DescribeKey",
          ],
          Resource: "*",
          Condition: { ArnEquals: { "aws:PrincipalArn": roleArns } },
        },
        {
          Sid: "SnapshotsGrants",
          Effect: "Allow",
          Principal: ownAccount,
          Action: "kms:CreateGrant",
          Resource: "*",
          Condition: {
            ArnEquals: { "aws:PrincipalArn": roleArns },
            Bool: { "kms:GrantIsForAWSResource": "true" },
          },
        },
      ],
    );
  });

  for (const [service, sid, host] of [
    ["rds", "ThroughRds", "rds.us-east-1.amazonaws.com"],
    ["secretsmanager", "ThroughSecretsmanager", "secretsmanager.us-east-1.amazonaws.com"],
    ["backup", "ThroughBackup", "backup.us-east-1.amazonaws.com"],
    ["ecr", "ThroughEcr", "ecr.us-east-1.amazonaws.com"],
  ] as const) {
    it(`lets the account use the key through ${service} of the key's region only`, () => {
      assert.deepEqual(statementsFor({ kind: "through-service", service }), [
        {
          Sid: sid,
          Effect: "Allow",
          Principal: ownAccount,
          Action: [
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
            "kms:RetireGrant",
          ],
          Resource: "*",
          Condition: {
            StringEquals: { "kms:CallerAccount": "111122223333", "kms:ViaService": host },
          },
        },
      ]);
    });
  }

  it("lets CloudWatch Logs of the region encrypt the log groups that match, and no others", () => {
    const patterns = [
      "arn:aws:logs:us-east-1:111122223333:log-group:/aws/rds/*/market-scanning/*",
      "arn:aws:logs:us-east-1:111122223333:log-group:/aws/rds/*/market-scanning-2/*",
    ];
    assert.deepEqual(statementsFor({ kind: "logs", logGroupArnPatterns: patterns }), [
      {
        Sid: "EncryptLogs",
        Effect: "Allow",
        Principal: { Service: "logs.us-east-1.amazonaws.com" },
        Action: [
          "kms:Decrypt",
          "kms:DescribeKey",
          "kms:Encrypt",
          "kms:GenerateDataKey",
          "kms:ReEncryptFrom",
          "kms:ReEncryptTo",
        ],
        Resource: "*",
        Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": patterns } },
      },
    ]);
  });

  it("lets publishers use a topic's key without conditions that they may not meet", () => {
    assert.deepEqual(
      statementsFor({
        kind: "publishers",
        services: ["backup.amazonaws.com", "events.amazonaws.com"],
      }),
      [
        {
          Sid: "PublishNotices",
          Effect: "Allow",
          Principal: { Service: ["backup.amazonaws.com", "events.amazonaws.com"] },
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: "*",
        },
      ],
    );
  });

  it("keeps the users in their order, after the administrators", () => {
    const sids = statementsOf(
      keyPolicy(
        primary,
        [
          { kind: "through-service", service: "rds" },
          { kind: "publishers", services: ["backup.amazonaws.com"] },
        ],
        false,
      ),
    ).map(({ Sid }) => Sid);
    assert.deepEqual(sids, ["Manage", "ThroughRds", "PublishNotices"]);
  });

  it("writes out every action", () => {
    const users: KeyUser[] = [
      { kind: "through-service", service: "backup" },
      { kind: "logs", logGroupArnPatterns: ["arn:aws:logs:us-east-1:111122223333:log-group:/x"] },
      { kind: "publishers", services: ["backup.amazonaws.com"] },
      {
        kind: "roles",
        purpose: "snapshots",
        account: "111122223333",
        roleArns: ["arn:aws:iam::111122223333:role/x"],
        actions: ["encrypt", "decrypt"],
        mayGrant: true,
      },
    ];
    const actions = statementsOf(keyPolicy(primary, users, true)).flatMap(
      ({ Action }) => Action as string | string[],
    );
    assert.deepEqual(
      actions.filter((action) => action.includes("*")),
      [],
    );
  });

  it("lets CloudTrail encrypt the logs of one trail, and the account's readers decrypt them", () => {
    const trailArn =
      "arn:aws:cloudtrail:us-east-1:111122223333:trail/market-scanning-audit-trail-us-east-1";
    const ofTrail = { "kms:EncryptionContext:aws:cloudtrail:arn": trailArn };
    assert.deepEqual(statementsFor({ kind: "trail", trailArn }), [
      {
        Sid: "EncryptTrail",
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "kms:GenerateDataKey",
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceArn": trailArn, ...ofTrail } },
      },
      {
        Sid: "DescribeForTrail",
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "kms:DescribeKey",
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceArn": trailArn } },
      },
      {
        Sid: "ReadTrail",
        Effect: "Allow",
        Principal: ownAccount,
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: { StringEquals: { "kms:CallerAccount": "111122223333", ...ofTrail } },
      },
    ]);
  });
});
