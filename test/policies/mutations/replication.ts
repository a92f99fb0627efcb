import { bucketTypes } from "../../../policies/storage/buckets";
import { type Declared, type Mutation } from "../mutation";

const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const key = "aws:kms/key:Key";

/** Takes an action out of a statement of a policy; without an action, the whole statement. */
function withdraw(
  declared: Declared,
  [type, name]: readonly [type: string, name: string],
  sid: string,
  action?: string,
): void {
  const { inputs } = declared.one(type, name);
  const document = JSON.parse(String(inputs["policy"])) as {
    Statement: { Sid: string; Action: string | string[] }[];
  };
  const found = document.Statement.find(({ Sid }) => Sid === sid);
  if (found === undefined || (action !== undefined && ![found.Action].flat().includes(action))) {
    throw new Error(`${name} has no ${sid}: ${action ?? ""}`);
  }
  if (action === undefined) {
    document.Statement.splice(document.Statement.indexOf(found), 1);
  } else {
    found.Action = [found.Action].flat().filter((one) => one !== action);
  }
  inputs["policy"] = JSON.stringify(document);
}

const ofRole = [rolePolicy, "record-replication-us-east-1-policy"] as const;
const encrypt = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];

/** What copies of records are allowed by statements; with actions where there are several. */
const allowed: readonly (readonly [
  stack: "prod" | "dr" | "archive",
  policy: readonly [type: string, name: string],
  statement: string,
  actions: readonly string[],
])[] = [
  ["prod", ofRole, "ReadConfiguration", ["s3:GetReplicationConfiguration", "s3:ListBucket"]],
  [
    "prod",
    ofRole,
    "ReadVersions",
    [
      "s3:GetObjectLegalHold",
      "s3:GetObjectRetention",
      "s3:GetObjectVersionAcl",
      "s3:GetObjectVersionForReplication",
      "s3:GetObjectVersionTagging",
    ],
  ],
  ["prod", ofRole, "WriteReplicas", ["s3:ReplicateObject", "s3:ReplicateTags"]],
  ["prod", ofRole, "HandOver", []],
  ["prod", ofRole, "DecryptSource", []],
  ["prod", ofRole, "EncryptInuswest2", encrypt],
  ["prod", ofRole, "EncryptIneuwest1", encrypt],
  ["dr", [key, "key-records"], "CopyRecords", ["kms:Decrypt"]],
  ["dr", [key, "key-records"], "ReceiveRecords", encrypt],
  ["archive", [key, "key-records"], "ReceiveRecords", encrypt],
  [
    "archive",
    [bucketTypes.policy, "daily-records-policy"],
    "ReceiveReplicasFrom111122223333",
    ["s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags"],
  ],
];

/** Mutations of what copies of records are allowed. */
export const replicationMutations: readonly Mutation[] = [
  ...allowed.flatMap(([stack, policy, statement, actions]) =>
    [undefined, ...actions].map((action): Mutation => ({
      title: `${policy[1]} of ${stack}, ${statement} without ${action ?? "a statement"}`,
      stack,
      change: (declared) => {
        withdraw(declared, policy, statement, action);
      },
      trips: ["storage-replication-allowed"],
    })),
  ),
  {
    title: "a role for copies that S3 does not take on",
    stack: "prod",
    change: (declared) => {
      const { inputs } = declared.one("aws:iam/role:Role", "record-replication-us-west-2");
      inputs["assumeRolePolicy"] = String(inputs["assumeRolePolicy"]).replace(
        "s3.amazonaws.com",
        "backup.amazonaws.com",
      );
    },
    trips: ["storage-replication-allowed"],
  },
  {
    title: "copies under a role that nobody declares",
    stack: "dr",
    change: (declared) => {
      declared.set(
        bucketTypes.replication,
        undefined,
        "role",
        "arn:aws:iam::111122223333:role/market-scanning-replication-us-west-2",
      );
    },
    trips: ["storage-replication-allowed"],
  },
];
