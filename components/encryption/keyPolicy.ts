import {
  accountRoot,
  onlyRoles,
  policyDocument,
  type PolicyStatement,
} from "../../contracts/policyDocument";
import { type Place } from "../../contracts/names";

/**
 * Somebody who may use a key, beside the account's administrators, who may manage it but not use it.
 *
 * - `roles`: roles by name, in this or another account. `mayGrant` lets AWS services that act for
 *   the role go on using the key, which snapshots and restores need.
 * - `through-service`: anybody in the account, but only through that AWS service in this region.
 * - `logs`: CloudWatch Logs, for log groups whose ARN matches one of the patterns.
 * - `publishers`: AWS services that publish to a topic, or send to a queue, encrypted with the key.
 * - `trail`: CloudTrail, for the logs of one trail, and whoever the account lets read them.
 */
export type KeyUser =
  | {
      readonly kind: "roles";
      readonly purpose: string;
      readonly account: string;
      readonly roleArns: readonly string[];
      readonly actions: readonly KeyUse[];
      readonly mayGrant?: boolean;
    }
  | {
      readonly kind: "through-service";
      readonly service: "rds" | "secretsmanager" | "backup" | "ecr";
    }
  | { readonly kind: "logs"; readonly logGroupArnPatterns: readonly string[] }
  | { readonly kind: "publishers"; readonly services: readonly string[] }
  | { readonly kind: "trail"; readonly trailArn: string };

/** What a user may do with a key. */
export type KeyUse = "encrypt" | "decrypt";

const actionsOfUse: Record<KeyUse, readonly string[]> = {
  encrypt: ["kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptTo"],
  decrypt: ["kms:Decrypt", "kms:ReEncryptFrom"],
};

const managementActions = [
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
];

/**
 * The policy of a key. In a key policy the resource `*` means the key itself; there is no other.
 *
 * Deleting and disabling are left out of what administrators may do: locked objects that nobody can
 * decrypt any more are lost. Somebody who must do it changes this policy first, in the open.
 *
 * @param disposable Adds deletion, for a sandbox.
 */
export function keyPolicy(place: Place, users: readonly KeyUser[], disposable: boolean): string {
  return policyDocument([
    {
      Sid: "Manage",
      Effect: "Allow",
      Principal: accountRoot(place.account),
      Action: disposable
        ? [...managementActions, "kms:DisableKey", "kms:ScheduleKeyDeletion"]
        : managementActions,
      Resource: "*",
    },
    ...users.flatMap((user) => statementsFor(user, place)),
  ]);
}

function statementsFor(user: KeyUser, place: Place): PolicyStatement[] {
  switch (user.kind) {
    case "roles":
      return roleStatements(user);
    case "through-service":
      return [
        {
          Sid: `Through${capitalised(user.service)}`,
          Effect: "Allow",
          Principal: accountRoot(place.account),
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
            StringEquals: {
              "kms:CallerAccount": place.account,
              "kms:ViaService": `${user.service}.${place.region}.amazonaws.com`,
            },
          },
        },
      ];
    case "logs":
      return [
        {
          Sid: "EncryptLogs",
          Effect: "Allow",
          Principal: { Service: `logs.${place.region}.amazonaws.com` },
          Action: [
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
          ],
          Resource: "*",
          Condition: {
            ArnLike: { "kms:EncryptionContext:aws:logs:arn": user.logGroupArnPatterns },
          },
        },
      ];
    case "publishers":
      // No aws:SourceAccount here: some publishers send none, and their notices would vanish.
      return [
        {
          Sid: "PublishNotices",
          Effect: "Allow",
          Principal: { Service: user.services },
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: "*",
        },
      ];
    case "trail":
      return trailStatements(user.trailArn, place);
  }
}

function trailStatements(trailArn: string, place: Place): PolicyStatement[] {
  const ofTrail = { "kms:EncryptionContext:aws:cloudtrail:arn": trailArn };
  const cloudTrail = { Service: "cloudtrail.amazonaws.com" };
  return [
    {
      Sid: "EncryptTrail",
      Effect: "Allow",
      Principal: cloudTrail,
      Action: "kms:GenerateDataKey",
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceArn": trailArn, ...ofTrail } },
    },
    {
      Sid: "DescribeForTrail",
      Effect: "Allow",
      Principal: cloudTrail,
      Action: "kms:DescribeKey",
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    },
    {
      Sid: "ReadTrail",
      Effect: "Allow",
      Principal: accountRoot(place.account),
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: { StringEquals: { "kms:CallerAccount": place.account, ...ofTrail } },
    },
  ];
}

function roleStatements(user: Extract<KeyUser, { kind: "roles" }>): PolicyStatement[] {
  const use: PolicyStatement = {
    Sid: capitalised(user.purpose),
    Effect: "Allow",
    Principal: accountRoot(user.account),
    Action: [...user.actions.flatMap((action) => actionsOfUse[action]), "kms:DescribeKey"],
    Resource: "*",
    Condition: onlyRoles(user.roleArns),
  };
  const grant: PolicyStatement = {
    Sid: `${capitalised(user.purpose)}Grants`,
    Effect: "Allow",
    Principal: accountRoot(user.account),
    Action: "kms:CreateGrant",
    Resource: "*",
    Condition: { ...onlyRoles(user.roleArns), Bool: { "kms:GrantIsForAWSResource": "true" } },
  };
  return user.mayGrant === true ? [use, grant] : [use];
}

/** `record-replication` → `RecordReplication`: statement ids take letters and digits only. */
function capitalised(words: string): string {
  return words
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
