import {
  databaseConnection,
  databaseGrants,
  databaseRoleRights,
} from "../../../policies/access/database";
import { nobodyDeletes, rolesAlone, trust } from "../../../policies/access/roles";
import { noWildcards } from "../../../policies/access/wildcards";
import { type Resource } from "../../../policies/stack";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";

const textOf = (...statements: readonly object[]) => JSON.stringify({ Statement: statements });
const rolePolicy = (statement: object, role = "hft-snapshots-us-east-1") =>
  resource("aws:iam/rolePolicy:RolePolicy", {
    role,
    policy: textOf({ Effect: "Allow", ...statement }),
  });
const read = { Action: "s3:GetObject", Resource: "arn:aws:s3:::hft-daily-records-1-us-east-1/a/*" };
const key = "arn:aws:kms:us-east-1:111122223333:key/*";
const byAlias = { StringEquals: { "kms:ResourceAliases": "alias/hft-records-us-east-1" } };
const first = "policy, statement 1";

const breakGlassRoles = ["hft-break-glass-us-east-1"];
const role = (statement: object, inputs: Record<string, unknown> = {}): Resource =>
  resource("aws:iam/role:Role", {
    name: "hft-snapshots-us-east-1",
    assumeRolePolicy: textOf({ Effect: "Allow", Action: "sts:AssumeRole", ...statement }),
    ...inputs,
  });
const ofBackup = { Principal: { Service: "backup.amazonaws.com" } };
const ofPods = (...tags: readonly string[]) => ({
  Principal: { Service: "pods.eks.amazonaws.com" },
  Condition: { StringEquals: Object.fromEntries(tags.map((tag) => [tag, "dr-verify"])) },
});
const podTags = [
  "aws:RequestTag/kubernetes-namespace",
  "aws:RequestTag/kubernetes-service-account",
];
const people = {
  Principal: { AWS: "arn:aws:iam::111122223333:root" },
  Condition: {
    Bool: { "aws:MultiFactorAuthPresent": "true" },
    NumericLessThan: { "aws:MultiFactorAuthAge": "900" },
    StringEquals: { "aws:RequestedRegion": ["us-east-1"] },
  },
};
const emergency = (changes: object = {}) => {
  const { Condition, ...others } = { ...people, ...changes };
  return role({ ...others, Condition }, { name: breakGlassRoles[0] });
};
const withCondition = (condition: object) =>
  emergency({ Condition: { ...people.Condition, ...condition } });

const attachment = (inputs: Record<string, unknown>) =>
  resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", inputs);

const server = (inputs: Record<string, unknown>) =>
  resource("pulumi:providers:postgresql", {
    sslmode: "verify-full",
    sslrootcert: "global-bundle.pem",
    superuser: "false",
    ...inputs,
  });
const login = (inputs: Record<string, unknown> = {}) =>
  resource("postgresql:index/role:Role", {
    name: "hft_backup",
    login: true,
    connectionLimit: 12,
    roles: ["pg_read_all_data", "rds_iam"],
    ...inputs,
  });
const grant = (inputs: Record<string, unknown>) =>
  resource("postgresql:index/grant:Grant", {
    role: "hft_backup",
    objectType: "database",
    privileges: ["CONNECT"],
    ...inputs,
  });
const onTables = (...privileges: readonly string[]) =>
  resource("postgresql:index/defaultPrivileges:DefaultPrivileges", {
    role: "hft_event_writer",
    objectType: "table",
    privileges,
  });
const member = (inputs: Record<string, unknown>) =>
  resource("postgresql:index/grantRole:GrantRole", { role: "hft_admin", ...inputs });

/** What only the break-glass roles may do. */
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

/** What they may not do. */
const readingActions = [
  "kms:Decrypt",
  "kms:GenerateDataKey",
  "s3:GetObject",
  "s3:GetObjectVersion",
];

/** What no role may do. */
const nobodysActions = Object.entries({
  backup: [
    "DeleteBackupVault",
    "DeleteBackupVaultAccessPolicy",
    "PutBackupVaultAccessPolicy",
    "PutBackupVaultLockConfiguration",
  ],
  cloudtrail: ["DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"],
  ecr: [
    "DeleteLifecyclePolicy",
    "DeleteRepository",
    "DeleteRepositoryPolicy",
    "PutImageTagMutability",
    "PutLifecyclePolicy",
    "SetRepositoryPolicy",
  ],
  kms: ["DisableKey", "PutKeyPolicy", "ScheduleKeyDeletion"],
  logs: ["DeleteLogGroup"],
  rds: ["DeleteGlobalCluster", "ModifyDBCluster", "ModifyDBInstance", "RemoveFromGlobalCluster"],
  route53: ["ChangeResourceRecordSets"],
  s3: [
    "DeleteBucket",
    "DeleteBucketPolicy",
    "DeleteObject",
    "PutBucketObjectLockConfiguration",
    "PutBucketPolicy",
    "PutBucketVersioning",
    "PutLifecycleConfiguration",
    "PutObjectLegalHold",
    "PutReplicationConfiguration",
  ],
  secretsmanager: ["DeleteSecret"],
}).flatMap(([service, names]) => names.map((name) => `${service}:${name}`));

/** Cases of the rules of who may do what. */
export const accessCases: readonly RuleCases[] = [
  {
    rule: noWildcards,
    settings: { system: "hft" },
    good: [
      passes("objects below a prefix", rolePolicy(read)),
      passes(
        "keys that an alias narrows down",
        rolePolicy({ Action: "kms:Decrypt", Resource: [key], Condition: byAlias }),
      ),
      passes(
        "a key's own policy, which means that key",
        resource("aws:kms/key:Key", {
          policy: textOf({
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::1:root" },
            Action: ["kms:Decrypt"],
            Resource: "*",
          }),
        }),
      ),
      passes("what is refused", rolePolicy({ Effect: "Deny", Action: "*", Resource: "*" })),
      passes("a trust without resources", role(ofBackup)),
    ],
    bad: [
      breaks("every action", rolePolicy({ ...read, Action: "s3:*" }), first),
      breaks("every resource", rolePolicy({ ...read, Resource: ["*"] }), first),
      breaks(
        "all actions but some",
        rolePolicy({ NotAction: "iam:*", Resource: read.Resource }),
        first,
      ),
      breaks(
        "all resources but some",
        rolePolicy({ Action: "s3:GetObject", NotResource: read.Resource }),
        first,
      ),
      breaks(
        "a bucket of another system",
        rolePolicy({ ...read, Resource: "arn:aws:s3:::smc-records-1/*" }),
        first,
      ),
      breaks(
        "keys that nothing narrows down",
        rolePolicy({ Action: "kms:Decrypt", Resource: key }),
        first,
      ),
      breaks(
        "everybody",
        resource("aws:sqs/queuePolicy:QueuePolicy", {
          policy: textOf({
            Effect: "Allow",
            Principal: "*",
            Action: "sqs:SendMessage",
            Resource: "arn:aws:sqs:us-east-1:1:a",
          }),
        }),
        first,
      ),
      breaks(
        "every key, in a key's own policy",
        resource("aws:kms/key:Key", {
          policy: textOf({ Effect: "Allow", Action: "kms:Decrypt", Resource: "arn:aws:kms:*" }),
        }),
        first,
      ),
      breaks(
        "everybody, in a trust",
        role({ Principal: { AWS: "*" } }),
        "assumeRolePolicy, statement 1",
      ),
      breaks(
        "a resource of any name in a bucket's policy",
        resource("aws:s3/bucketPolicy:BucketPolicy", {
          policy: textOf({
            Effect: "Allow",
            Principal: { Service: "s3.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: "*",
          }),
        }),
        first,
      ),
    ],
    absent: [passes("no policy", resource("aws:kms/key:Key", {}))],
    limit: { none: "a text holds a wildcard, or it does not" },
    unknown: [
      waits("not known", resource("aws:iam/rolePolicy:RolePolicy", { policy: unknown }), "policy"),
    ],
  },
  {
    rule: trust,
    settings: { breakGlassRoles },
    good: [
      passes("a service", role(ofBackup)),
      passes("pods of one service account", role(ofPods(...podTags))),
      passes("people, in an emergency", emergency()),
      passes("what is refused", role({ ...ofBackup, Effect: "Deny", Principal: "*" })),
    ],
    bad: [
      breaks("people, every day", role(people), "assumeRolePolicy"),
      breaks(
        "a service, and people too",
        role({ Principal: { Service: "s3.amazonaws.com", AWS: "arn:aws:iam::1:root" } }),
        "assumeRolePolicy",
      ),
      breaks(
        "an emergency of the account, and of one person",
        emergency({
          Principal: {
            AWS: ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/alice"],
          },
        }),
        "assumeRolePolicy",
      ),
      breaks(
        "pods of any service account",
        role(ofPods(...podTags.slice(0, 1))),
        "assumeRolePolicy",
      ),
      breaks(
        "an emergency without a second factor",
        withCondition({ Bool: { "aws:MultiFactorAuthPresent": "false" } }),
        "assumeRolePolicy",
      ),
      breaks(
        "a second factor of whenever",
        withCondition({ NumericLessThan: {} }),
        "assumeRolePolicy",
      ),
      breaks(
        "an emergency where nobody sees it",
        withCondition({ StringEquals: {} }),
        "assumeRolePolicy",
      ),
      breaks(
        "one person",
        emergency({ Principal: { AWS: "arn:aws:iam::111122223333:user/alice" } }),
        "assumeRolePolicy",
      ),
      breaks(
        "a policy of AWS",
        role(ofBackup, { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }),
        "managedPolicyArns",
      ),
      breaks(
        "a policy inside of the role",
        role(ofBackup, { inlinePolicies: [{ name: "a" }] }),
        "inlinePolicies",
      ),
    ],
    absent: [
      breaks("nobody named", role({}), "assumeRolePolicy"),
      breaks("an emergency without conditions", emergency({ Condition: undefined }), [
        "assumeRolePolicy",
        "assumeRolePolicy",
      ]),
    ],
    limit: [
      breaks(
        "a second later",
        withCondition({ NumericLessThan: { "aws:MultiFactorAuthAge": "901" } }),
        "assumeRolePolicy",
      ),
      passes("an hour", role(ofBackup, { maxSessionDuration: 3600 })),
      breaks("a second more", role(ofBackup, { maxSessionDuration: 3601 }), "maxSessionDuration"),
    ],
    unknown: [
      waits("not known", role(ofBackup, { assumeRolePolicy: unknown }), "assumeRolePolicy"),
    ],
  },
  {
    rule: nobodyDeletes,
    settings: { breakGlassRoles },
    good: [
      passes(
        "a role that writes",
        rolePolicy({ ...read, Action: ["s3:PutObject", "s3:GetObject"] }),
      ),
      passes(
        "an emergency",
        rolePolicy({ ...read, Action: "s3:DeleteObjectVersion" }, breakGlassRoles[0]),
      ),
      passes(
        "AWS Backup's own snapshots",
        rolePolicy({
          Action: ["rds:DeleteDBClusterSnapshot", "rds:DeleteDBSnapshot"],
          Resource: [
            "arn:aws:rds:us-east-1:1:cluster-snapshot:awsbackup:*",
            "arn:aws:rds:us-east-1:1:snapshot:awsbackup:*",
          ],
        }),
      ),
      passes(
        "what a rehearsal restored",
        rolePolicy({
          Action: ["rds:DeleteDBCluster", "rds:DeleteDBInstance"],
          Resource: "arn:aws:rds:us-east-1:1:cluster:awsbackup-restore-test-*",
        }),
      ),
      passes("what is refused", rolePolicy({ ...read, Effect: "Deny", Action: "s3:DeleteObject" })),
    ],
    bad: [
      ...emergencyActions.map((Action) =>
        breaks(`a role that may do ${Action}`, rolePolicy({ ...read, Action }), "policy"),
      ),
      ...readingActions.map((Action) =>
        breaks(
          `an emergency that may do ${Action}`,
          rolePolicy({ ...read, Action }, breakGlassRoles[0]),
          "policy",
        ),
      ),
      ...nobodysActions.flatMap((Action) =>
        ["hft-snapshots-us-east-1", ...breakGlassRoles].map((name) =>
          breaks(`${name} may do ${Action}`, rolePolicy({ ...read, Action }, name), "policy"),
        ),
      ),
      breaks(
        "the database, beside what AWS Backup has made",
        rolePolicy({
          Action: "rds:DeleteDBSnapshot",
          Resource: [
            "arn:aws:rds:us-east-1:1:snapshot:awsbackup:*",
            "arn:aws:rds:us-east-1:1:snapshot:manual",
          ],
        }),
        "policy",
      ),
      breaks(
        "a role that removes versions",
        rolePolicy({ ...read, Action: "s3:DeleteObjectVersion" }),
        "policy",
      ),
      breaks(
        "the same in capitals",
        rolePolicy({ ...read, Action: "S3:DELETEOBJECTVERSION" }),
        "policy",
      ),
      breaks(
        "an emergency that reads",
        rolePolicy({ ...read, Action: "s3:GetObject" }, breakGlassRoles[0]),
        "policy",
      ),
      breaks(
        "an emergency that sets a lock",
        rolePolicy(
          { ...read, Action: "backup:PutBackupVaultLockConfiguration" },
          breakGlassRoles[0],
        ),
        "policy",
      ),
      breaks(
        "a role that stops the trail",
        rolePolicy({ ...read, Action: "cloudtrail:StopLogging" }),
        "policy",
      ),
      ...[
        "rds:DeleteDBCluster",
        "rds:DeleteDBInstance",
        "rds:DeleteDBClusterSnapshot",
        "rds:DeleteDBSnapshot",
      ].map((Action) =>
        breaks(
          `${Action} of the database`,
          rolePolicy({
            Action,
            Resource: "arn:aws:rds:us-east-1:1:cluster:hft-database-us-east-1",
          }),
          "policy",
        ),
      ),
    ],
    absent: [passes("no policy", resource("aws:iam/policy:Policy", {}))],
    limit: { none: "an action is allowed, or it is not" },
    unknown: [
      waits("not known", resource("aws:iam/rolePolicy:RolePolicy", { role: unknown }), "role"),
    ],
  },
  {
    rule: rolesAlone,
    good: [
      passes(
        "a policy of the program's own",
        attachment({ policyArn: "arn:aws:iam::111122223333:policy/hft-snapshots" }),
      ),
    ],
    bad: [
      breaks(
        "a policy of AWS",
        attachment({ policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }),
        "policyArn",
      ),
      breaks("a key", resource("aws:iam/accessKey:AccessKey", { user: "alice" }), "its type"),
      breaks("a user", resource("aws:iam/user:User", {}), "its type"),
    ],
    absent: [breaks("no policy named", attachment({}), "policyArn")],
    limit: { none: "it is declared, or it is not" },
    unknown: [waits("not known", attachment({ policyArn: unknown }), "policyArn")],
  },
  {
    rule: databaseConnection,
    good: [
      passes("as it has to be", server({})),
      passes("no text, but a value", server({ superuser: false })),
    ],
    bad: [
      breaks("whoever answers", server({ sslmode: "require" }), "sslmode"),
      breaks("a superuser", server({ superuser: "true" }), "superuser"),
    ],
    absent: [
      breaks("nothing said", resource("pulumi:providers:postgresql", {}), [
        "sslmode",
        "sslrootcert",
        "superuser",
      ]),
    ],
    limit: { none: "each setting has one value" },
    unknown: [waits("not known", server({ sslmode: unknown }), "sslmode")],
  },
  {
    rule: databaseRoleRights,
    settings: { logins: ["hft_backup", "hft_event_writer"], reader: "hft_backup" },
    good: [
      passes("a login by IAM", login()),
      passes(
        "one that reads nothing by itself",
        login({ name: "hft_event_writer", roles: ["rds_iam"] }),
      ),
      passes(
        "a login with a password that the state does not keep",
        login({ name: "hft_event_writer", roles: [], passwordWo: unknown }),
      ),
      passes(
        "an owner that does not log in",
        login({ name: "hft_audit_owner", login: false, connectionLimit: undefined, roles: [] }),
      ),
    ],
    bad: [
      ...["superuser", "createRole", "createDatabase", "replication", "bypassRowLevelSecurity"].map(
        (attribute) => breaks(attribute, login({ [attribute]: true }), attribute),
      ),
      breaks("an owner that logs in", login({ name: "hft_audit_owner", roles: [] }), "login"),
      breaks("a login without a limit", login({ connectionLimit: -1 }), "connectionLimit"),
      breaks(
        "a writer that reads everything",
        login({ name: "hft_event_writer", roles: ["pg_read_all_data"] }),
        "roles.0",
      ),
      breaks("a member of the administrators", login({ roles: ["rds_superuser"] }), "roles.0"),
      breaks("a password in the state", login({ password: unknown }), "password"),
    ],
    absent: [breaks("no limit", login({ connectionLimit: undefined }), "connectionLimit")],
    limit: [
      passes("one session", login({ connectionLimit: 1 })),
      breaks("none", login({ connectionLimit: 0 }), "connectionLimit"),
    ],
    unknown: [waits("not known", login({ superuser: unknown }), "superuser")],
  },
  {
    rule: databaseGrants,
    settings: { owner: "hft_audit_owner" },
    good: [
      passes("a connection", grant({})),
      passes("rows are added", onTables("INSERT")),
      passes("temporary tables", grant({ privileges: ["CONNECT", "TEMPORARY"] })),
      passes("rows are read", onTables("SELECT")),
      passes("a sequence is used", grant({ objectType: "sequence", privileges: ["USAGE"] })),
      passes(
        "everybody uses a schema",
        grant({ role: "public", objectType: "schema", privileges: ["USAGE"] }),
      ),
      passes("everybody may do nothing in the database", grant({ role: "public", privileges: [] })),
      passes("the owner, to the administrator", member({ grantRole: "hft_audit_owner" })),
    ],
    bad: [
      breaks("everything", onTables("ALL"), "privileges.0"),
      breaks("rows are changed", onTables("INSERT", "UPDATE"), "privileges.1"),
      breaks("everybody connects", grant({ role: "public" }), "privileges.0"),
      breaks(
        "everybody reads",
        grant({ role: "public", objectType: "table", privileges: ["SELECT"] }),
        "privileges.0",
      ),
      breaks(
        "a schema is filled",
        grant({ objectType: "schema", privileges: ["CREATE"] }),
        "privileges.0",
      ),
      breaks(
        "a kind that nothing is granted of",
        grant({ objectType: "function", privileges: ["EXECUTE"] }),
        "privileges.0",
      ),
      breaks("it is passed on", grant({ withGrantOption: true }), "withGrantOption"),
      breaks("a role of AWS", member({ grantRole: "rds_superuser" }), "grantRole"),
      breaks(
        "a role that is passed on",
        member({ grantRole: "hft_audit_owner", withAdminOption: true }),
        "withAdminOption",
      ),
    ],
    absent: [
      breaks("a role of nobody", member({}), "grantRole"),
      breaks("no kind said", grant({ objectType: undefined }), "privileges.0"),
    ],
    limit: { none: "a privilege is granted, or it is not" },
    unknown: [waits("not known", grant({ privileges: unknown }), "privileges")],
  },
];
