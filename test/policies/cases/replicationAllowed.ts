import { bucketTypes } from "../../../policies/storage/buckets";
import { replicationAllowed } from "../../../policies/storage/replicationAllowed";
import { type Resource } from "../../../policies/stack";
import {
  breaks,
  passes,
  resource,
  type RuleCase,
  type RuleCases,
  unknown,
  waits,
} from "../ruleCases";

const role = "arn:aws:iam::111122223333:role/copier";
const root = { AWS: "arn:aws:iam::111122223333:root" };
const ofRole = { ArnEquals: { "aws:PrincipalArn": role } };
const west = "records-111122223333-us-west-2";
const archive = "records-444455556666-eu-west-1";

type Statement = Readonly<Record<string, unknown>>;
const written = (statements: readonly Statement[]) => JSON.stringify({ Statement: statements });

const useOf = (action: readonly string[], place: string, alias: string): Statement => ({
  Effect: "Allow",
  Action: action,
  Resource: `arn:aws:kms:${place}:key/*`,
  Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/${alias}` } },
});
const encrypt = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];
const roleStatements: readonly Statement[] = [
  {
    Effect: "Allow",
    Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
    Resource: "arn:aws:s3:::records",
  },
  {
    Effect: "Allow",
    Action: [
      "s3:GetObjectVersionAcl",
      "s3:GetObjectVersionForReplication",
      "s3:GetObjectVersionTagging",
    ],
    Resource: "arn:aws:s3:::records/*",
  },
  {
    Effect: "Allow",
    Action: ["s3:GetObjectLegalHold", "s3:GetObjectRetention"],
    Resource: "arn:aws:s3:::records/*",
  },
  {
    Effect: "Allow",
    Action: ["s3:ReplicateObject", "s3:ReplicateTags"],
    Resource: [`arn:aws:s3:::${west}/*`, `arn:aws:s3:::${archive}/*`],
  },
  {
    Effect: "Allow",
    Action: "s3:ObjectOwnerOverrideToBucketOwner",
    Resource: `arn:aws:s3:::${archive}/*`,
  },
  useOf(["kms:Decrypt"], "us-east-1:111122223333", "east"),
  useOf(encrypt, "us-west-2:111122223333", "west"),
  useOf(encrypt, "eu-west-1:444455556666", "archive"),
];

const keyStatement = (action: readonly string[]): Statement => ({
  Effect: "Allow",
  Principal: root,
  Action: action,
  Resource: "*",
  Condition: ofRole,
});
const bucketStatement: Statement = {
  Effect: "Allow",
  Principal: root,
  Action: ["s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags"],
  Resource: `arn:aws:s3:::${archive}/*`,
  Condition: ofRole,
};

const key = (name: string, policy: readonly Statement[]): Resource[] => {
  const made = resource("aws:kms/key:Key", { policy: written(policy) }, { name: `key-${name}` });
  const alias = resource(
    "aws:kms/alias:Alias",
    { name: `alias/${name}` },
    { name: `alias-${name}`, dependencies: [made.urn] },
  );
  return [made, alias];
};
const bucketPolicy = (bucket: string, ...statements: readonly Statement[]) =>
  resource(bucketTypes.policy, { bucket, policy: written(statements) });

/** What is declared, and sound; a case changes a part of it. */
interface Declared {
  readonly roleStatements: readonly unknown[];
  readonly trust: Statement;
  readonly eastKey: readonly Statement[];
  readonly westKey: readonly Statement[];
  readonly archiveKey: readonly Statement[];
  readonly source: readonly Statement[];
  readonly west: readonly Statement[];
  readonly archive: readonly Statement[];
  readonly isLocked: boolean;
}

const sound: Declared = {
  roleStatements,
  trust: {
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "sts:AssumeRole",
  },
  eastKey: [keyStatement(["kms:Decrypt"])],
  westKey: [keyStatement(encrypt)],
  archiveKey: [keyStatement(encrypt)],
  source: [],
  west: [],
  archive: [bucketStatement],
  isLocked: true,
};

/** The stacks of a system, for a replication that the stack `dr` could have as well as any. */
function declared(changes: Partial<Declared> = {}): Pick<RuleCase, "beside" | "others"> {
  const its = { ...sound, ...changes };
  const eastKey = key("east", its.eastKey);
  const encryption = resource(
    bucketTypes.encryption,
    { bucket: "records" },
    { dependencies: eastKey.map(({ urn }) => urn) },
  );
  return {
    beside: [
      ...eastKey,
      encryption,
      bucketPolicy("records", ...its.source),
      ...(its.isLocked ? [resource(bucketTypes.lock, { bucket: "records" })] : []),
    ],
    others: {
      other: [
        resource("aws:iam/role:Role", { name: "copier", assumeRolePolicy: written([its.trust]) }),
        resource("aws:iam/rolePolicy:RolePolicy", {
          role: "copier",
          policy: its.roleStatements.includes(unknown)
            ? unknown
            : written(its.roleStatements as Statement[]),
        }),
        ...key("west", its.westKey),
        bucketPolicy(west, ...its.west),
      ],
      archive: [...key("archive", its.archiveKey), bucketPolicy(archive, ...its.archive)],
    },
  };
}

const replication = (changes: Readonly<Record<string, unknown>> = {}) =>
  resource(bucketTypes.replication, {
    bucket: "records",
    role,
    rules: [
      {
        destination: {
          bucket: `arn:aws:s3:::${west}`,
          encryptionConfiguration: {
            replicaKmsKeyId: "arn:aws:kms:us-west-2:111122223333:alias/west",
          },
        },
      },
      {
        destination: {
          bucket: `arn:aws:s3:::${archive}`,
          account: "444455556666",
          accessControlTranslation: { owner: "Destination" },
          encryptionConfiguration: {
            replicaKmsKeyId: "arn:aws:kms:eu-west-1:444455556666:alias/archive",
          },
        },
      },
    ],
    ...changes,
  });

const ofTheRole = "the role's policy";
const intoArchive = `the policy of arn:aws:s3:::${archive}`;

/** Statements without one of them, or without one action of it. */
const without = (statements: readonly Statement[], index: number, action?: string) =>
  statements.flatMap((statement, position) =>
    position !== index
      ? [statement]
      : action === undefined
        ? []
        : [{ ...statement, Action: [statement["Action"]].flat().filter((one) => one !== action) }],
  );

/** Statements of the role, with another one in the place of one. */
const instead = (index: number, changes: Statement) => ({
  roleStatements: roleStatements.map((statement, position) =>
    position === index ? { ...statement, ...changes } : statement,
  ),
});

const refusal: Statement = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: `arn:aws:s3:::${west}/*`,
};

/** Cases of the rule of what a replication is allowed. */
export const replicationAllowedCases: RuleCases = {
  rule: replicationAllowed,
  good: [
    passes("everything that it needs", replication(), declared()),
    passes(
      "a source without a lock, whose locks nobody reads",
      replication(),
      declared({ isLocked: false, roleStatements: without(roleStatements, 2) }),
    ),
    passes(
      "a refusal without TLS, which is not how S3 writes",
      replication(),
      declared({ west: [{ ...refusal, Condition: { Bool: { "aws:SecureTransport": "false" } } }] }),
    ),
    passes(
      "a refusal to all but the role",
      replication(),
      declared({
        west: [{ ...refusal, Condition: { ArnNotEquals: { "aws:PrincipalArn": role } } }],
      }),
    ),
    passes(
      "a role that a key's policy names",
      replication(),
      declared({
        westKey: [{ Effect: "Allow", Principal: { AWS: role }, Action: encrypt, Resource: "*" }],
      }),
    ),
  ],
  bad: [
    ...roleStatements.flatMap((statement, index) =>
      [statement["Action"]].flat().map((action) =>
        breaks(
          `a role without ${String(action)}, statement ${String(index + 1)}`,
          replication(),
          // Both copies are written by one statement.
          index === 3 ? [ofTheRole, ofTheRole] : ofTheRole,
          declared({ roleStatements: without(roleStatements, index, String(action)) }),
        ),
      ),
    ),
    ...encrypt.map((action) =>
      breaks(
        `a destination's key that refuses ${action}`,
        replication(),
        "the policy of key alias/archive",
        declared({ archiveKey: [keyStatement(encrypt.filter((one) => one !== action))] }),
      ),
    ),
    ...["s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags"].map(
      (action) =>
        breaks(
          `a bucket of another account that refuses ${action}`,
          replication(),
          intoArchive,
          declared({ archive: without([bucketStatement], 0, action) }),
        ),
    ),
    breaks(
      "a part of the source",
      replication(),
      ofTheRole,
      declared(instead(1, { Resource: "arn:aws:s3:::records/recovery-points/*" })),
    ),
    breaks(
      "reading where another key is",
      replication(),
      ofTheRole,
      declared(
        instead(5, {
          Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/west" } },
        }),
      ),
    ),
    breaks(
      "reading under a condition more",
      replication(),
      ofTheRole,
      declared(instead(1, { Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } })),
    ),
    breaks(
      "keys and buckets that let in another role",
      replication(),
      ["the policy of key alias/east", intoArchive],
      declared({
        eastKey: [
          {
            ...keyStatement(["kms:Decrypt"]),
            Condition: { ArnEquals: { "aws:PrincipalArn": `${role}-2` } },
          },
        ],
        archive: [{ ...bucketStatement, Principal: { AWS: "arn:aws:iam::444455556666:root" } }],
      }),
    ),
    breaks(
      "a refusal by the role's own policy",
      replication(),
      ofTheRole,
      declared({
        roleStatements: [
          ...roleStatements,
          { Effect: "Deny", NotAction: "s3:*", Resource: "arn:aws:kms:us-east-1:111122223333:*" },
        ],
      }),
    ),
    breaks(
      "a refusal by the source",
      replication(),
      "the policy of arn:aws:s3:::records",
      declared({ source: [{ ...refusal, Resource: "arn:aws:s3:::records/*" }] }),
    ),
    breaks(
      "a refusal to all but another role",
      replication(),
      `the policy of arn:aws:s3:::${west}`,
      declared({
        west: [{ ...refusal, Condition: { ArnNotEquals: { "aws:PrincipalArn": `${role}-2` } } }],
      }),
    ),
    breaks(
      "a role for another service",
      replication(),
      "role",
      declared({ trust: { ...sound.trust, Principal: { Service: "backup.amazonaws.com" } } }),
    ),
    breaks("a role that no stack declares", replication({ role: `${role}-2` }), "role", declared()),
  ],
  absent: [
    breaks("no role", replication({ role: undefined }), "role", declared()),
    breaks("a source under a key that nobody declares", replication(), "the source's key", {
      ...declared(),
      beside: [resource(bucketTypes.lock, { bucket: "records" })],
    }),
    breaks(
      "a destination's alias that nobody declares",
      replication({
        rules: [
          {
            destination: {
              bucket: `arn:aws:s3:::${west}`,
              encryptionConfiguration: {
                replicaKmsKeyId: "arn:aws:kms:us-west-2:111122223333:alias/gone",
              },
            },
          },
        ],
      }),
      "rules.0.destination.encryptionConfiguration.replicaKmsKeyId",
      declared(),
    ),
    breaks(
      "a bucket of another account without a word of it",
      replication(),
      intoArchive,
      declared({ archive: [] }),
    ),
  ],
  limit: { none: "there is no figure" },
  unknown: [
    waits("a role that is not known", replication({ role: unknown }), "role", declared()),
    waits(
      "a policy that is not known",
      replication(),
      "policy",
      declared({ roleStatements: [unknown] }),
    ),
  ],
};
