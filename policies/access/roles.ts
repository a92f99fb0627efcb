import { z } from "zod";
import { physicalName } from "../../contracts/names";
import { statementsOf, type Statement } from "../documents";
import { type Environment } from "../environment";
import { type Finding, rule } from "../rule";
import { listAt, numberAt, textAt } from "../values";

const roleType = "aws:iam/role:Role";

const breakGlassSettings = z.strictObject({
  /** Names of the break-glass roles. */
  breakGlassRoles: z.array(z.string()),
});

/** The break-glass roles of a system, in all of its regions. */
function breakGlassSettingsFor({
  configuration: { system, settings },
}: Environment): z.output<typeof breakGlassSettings> {
  const { primary, standby, archive } = system.regions;
  return {
    breakGlassRoles: [primary, standby, archive].map((region) =>
      physicalName("role", "break-glass", {
        system: system.id,
        region,
        account: settings.accounts.trading,
      }),
    ),
  };
}

/**
 * Seconds since a second factor was shown: NIST SP 800-63B, 4.3.3, asks for it again after 15 minutes at
 * its highest level.
 */
const freshMfaSeconds = 900;

/** Seconds that a session lasts at least, by IAM, and may last here at the most. */
const sessionSeconds = 3_600;

/** Who may become a role is half of what it may do. */
export const trust = rule({
  id: "access-role-trust",
  severity: "critical",
  scope: "resource",
  description:
    "A role is taken on by an AWS service, pods by their namespace and service account; by people only for emergencies, with a second factor just shown, where it is watched, and for an hour.",
  serves: "break-glass access that is audited; PCI DSS 8: second factor",
  peers: ["CKV_AWS_60", "CKV_AWS_61"],
  types: [roleType],
  example: {
    good: 'Principal: { Service: "backup.amazonaws.com" }',
    bad: 'Principal: { AWS: "*" }',
  },
  settings: breakGlassSettings,
  settingsFor: breakGlassSettingsFor,
  *check({ inputs }, { settings: { breakGlassRoles } }) {
    const isBreakGlass = breakGlassRoles.includes(textAt(inputs, "name") ?? "");
    const statements = statementsOf(textAt(inputs, "assumeRolePolicy"));
    for (const statement of statements.filter(({ effect }) => effect === "Allow")) {
      yield* isBreakGlass ? peopleFindings(statement) : serviceFindings(statement);
    }
    const session = numberAt(inputs, "maxSessionDuration");
    if (session !== undefined && session > sessionSeconds) {
      yield {
        setting: "maxSessionDuration",
        found: session,
        required: `${String(sessionSeconds)} seconds`,
        mend: "leave it out, which is that",
      };
    }
    for (const setting of ["managedPolicyArns", "inlinePolicies"]) {
      if (listAt(inputs, setting).length > 0) {
        yield {
          setting,
          found: listAt(inputs, setting).length,
          required: "left out: one policy of the role's own says all that it may do",
          mend: "write what is needed into ServiceRole's policy",
        };
      }
    }
  },
});

function* peopleFindings({ conditions, principals }: Statement): Iterable<Finding> {
  const setting = "assumeRolePolicy";
  const age = Number(conditions["NumericLessThan"]?.["aws:MultiFactorAuthAge"]?.[0] ?? Infinity);
  if (
    conditions["Bool"]?.["aws:MultiFactorAuthPresent"]?.join() !== "true" ||
    !(age <= freshMfaSeconds)
  ) {
    yield {
      setting,
      ...(age === Infinity ? {} : { found: age }),
      required: `a second factor, shown within ${String(freshMfaSeconds)} seconds`,
      mend: "take breakGlassDocuments' trust",
    };
  }
  if (conditions["StringEquals"]?.["aws:RequestedRegion"] === undefined) {
    yield {
      setting,
      required: "limited to the regions whose stacks tell of its use",
      mend: "take breakGlassDocuments' trust",
    };
  }
  if (!principals.every((principal) => /^arn:aws:iam::\d{12}:root$/.test(principal))) {
    yield {
      setting,
      found: "another principal than the account",
      required: "the account, whose IAM says who may ask for it",
      mend: "take breakGlassDocuments' trust",
    };
  }
}

function* serviceFindings({ conditions, principals }: Statement): Iterable<Finding> {
  const setting = "assumeRolePolicy";
  if (
    principals.length === 0 ||
    !principals.every((principal) => /^[a-z0-9.-]+\.amazonaws\.com$/.test(principal))
  ) {
    yield {
      setting,
      found: "another principal than a service of AWS",
      required: "a service; people take on break-glass roles alone",
      mend: "name the service that works under the role",
    };
  }
  const tags = ["kubernetes-namespace", "kubernetes-service-account"];
  if (
    principals.includes("pods.eks.amazonaws.com") &&
    !tags.every((tag) => conditions["StringEquals"]?.[`aws:RequestTag/${tag}`]?.length === 1)
  ) {
    yield {
      setting,
      required: "limited to one namespace and service account, or every pod could take it on",
      mend: "declare ServiceRole with pods",
    };
  }
}

/** What removes recovery points, or what keeps them: only in an emergency, and watched. */
const emergencyActions = [
  "backup:DeleteBackupVaultLockConfiguration",
  "backup:DeleteRecoveryPoint",
  "backup:DisassociateRecoveryPoint",
  "backup:UpdateRecoveryPointLifecycle",
  "ecr:BatchDeleteImage",
  "s3:BypassGovernanceRetention",
  "s3:DeleteObjectVersion",
  "s3:PutObjectRetention",
];

/** What no role may do: turn off a protection, or set a lock that nobody can take off. */
const nobodysActions = [
  "backup:DeleteBackupVault",
  "backup:DeleteBackupVaultAccessPolicy",
  "backup:PutBackupVaultAccessPolicy",
  "backup:PutBackupVaultLockConfiguration",
  "cloudtrail:DeleteTrail",
  "cloudtrail:PutEventSelectors",
  "cloudtrail:StopLogging",
  "cloudtrail:UpdateTrail",
  "ecr:DeleteLifecyclePolicy",
  "ecr:DeleteRepository",
  "ecr:DeleteRepositoryPolicy",
  "ecr:PutImageTagMutability",
  "ecr:PutLifecyclePolicy",
  "ecr:SetRepositoryPolicy",
  "kms:DisableKey",
  "kms:PutKeyPolicy",
  "kms:ScheduleKeyDeletion",
  "logs:DeleteLogGroup",
  "rds:DeleteGlobalCluster",
  "rds:ModifyDBCluster",
  "rds:ModifyDBInstance",
  "rds:RemoveFromGlobalCluster",
  "route53:ChangeResourceRecordSets",
  "s3:DeleteBucket",
  "s3:DeleteBucketPolicy",
  "s3:DeleteObject",
  "s3:PutBucketObjectLockConfiguration",
  "s3:PutBucketPolicy",
  "s3:PutBucketVersioning",
  "s3:PutLifecycleConfiguration",
  "s3:PutObjectLegalHold",
  "s3:PutReplicationConfiguration",
  "secretsmanager:DeleteSecret",
];

/** What the break-glass role may not do beside: look at what it removes. */
const readingActions = [
  "kms:Decrypt",
  "kms:GenerateDataKey",
  "s3:GetObject",
  "s3:GetObjectVersion",
];

/** AWS Backup names what it makes, and a rehearsal's removal names what it was restored with too. */
const madeByBackup = /:(cluster-)?snapshot:awsbackup:/;
const rehearsed =
  /:((cluster|db):awsbackup-restore-test-|(cluster-)?snapshot:awsbackup:|(cluster-)?pg:|subgrp:|og:)/;

/** Deletions in RDS, and the only resources of them. */
const deletionsInRds: Readonly<Record<string, RegExp>> = {
  "rds:deletedbcluster": rehearsed,
  "rds:deletedbinstance": rehearsed,
  "rds:deletedbclustersnapshot": madeByBackup,
  "rds:deletedbsnapshot": madeByBackup,
};

/** A credential that can remove recovery points makes ransomware of a theft. */
export const nobodyDeletes = rule({
  id: "access-nobody-deletes",
  severity: "critical",
  scope: "resource",
  description:
    "No role but the break-glass roles removes recovery points, records or images, or lifts a lock; none at all turns off a protection; and the break-glass roles read nothing.",
  serves: "the ransomware scenario; SEC 17a-4",
  peers: ["BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"],
  types: ["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"],
  example: {
    good: 'Action: ["s3:GetObject", "s3:PutObject"]',
    bad: 'Action: ["s3:PutObject", "s3:DeleteObjectVersion"]',
  },
  settings: breakGlassSettings,
  settingsFor: breakGlassSettingsFor,
  *check({ inputs }, { settings: { breakGlassRoles } }) {
    const isBreakGlass = breakGlassRoles.includes(textAt(inputs, "role") ?? "");
    const refused = isBreakGlass ? readingActions : emergencyActions;
    for (const { effect, actions, resources } of statementsOf(textAt(inputs, "policy"))) {
      for (const action of effect === "Allow" ? actions : []) {
        const only = deletionsInRds[action.toLowerCase()];
        const isNobodys = isAmong(nobodysActions, action);
        if (isNobodys || isAmong(refused, action)) {
          yield {
            setting: "policy",
            found: action,
            required: isNobodys
              ? "without it: no role may do that"
              : isBreakGlass
                ? "without it: the break-glass role reads nothing"
                : "without it: that is the break-glass role's",
            mend: "remove the action",
          };
        } else if (only !== undefined && !resources.every((resource) => only.test(resource))) {
          yield {
            setting: "policy",
            found: action,
            required: "limited to what AWS Backup itself has made",
            mend: "name awsbackup's own snapshots and rehearsals as resources",
          };
        }
      }
    }
  },
});

/** IAM does not tell capitals apart in the names of actions. */
function isAmong(list: readonly string[], action: string): boolean {
  return list.some((one) => one.toLowerCase() === action.toLowerCase());
}

const attachmentType = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

/** Every way to a permission that no role's own policy tells. */
export const rolesAlone = rule({
  id: "access-roles-alone",
  severity: "high",
  scope: "resource",
  description:
    "Permissions are given to roles, by a policy of their own: no users, no access keys, no policies of AWS.",
  serves: "PCI DSS 7: least privilege",
  peers: ["CKV_AWS_273", "CKV_AWS_274", "CKV_AWS_40", "IAM_USER_NO_POLICIES_CHECK"],
  types: [
    "aws:iam/accessKey:AccessKey",
    "aws:iam/group:Group",
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    attachmentType,
    "aws:iam/user:User",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  ],
  example: {
    good: 'new aws.iam.RolePolicy("snapshots-policy", { role: role.name, policy })',
    bad: 'new aws.iam.RolePolicyAttachment("snapshots", { role: role.name, policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" })',
  },
  *check({ type, inputs }) {
    if (type === attachmentType) {
      if (textAt(inputs, "policyArn")?.startsWith("arn:aws:iam::aws:") !== false) {
        yield {
          setting: "policyArn",
          found: "a policy of AWS",
          required: "a policy that this program declares, which says all that the role may do",
          mend: "write what is needed into ServiceRole's policy",
        };
      }
      return;
    }
    yield {
      setting: "its type",
      found: type.split(":").pop() ?? type,
      required: "a role with a policy of its own",
      mend: "declare ServiceRole, and let people take on roles by the account's own sign-in",
    };
  },
});
