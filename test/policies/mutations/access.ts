import assert from "node:assert/strict";
import { type Changeable, type Mutation } from "../mutation";

const policy = "aws:iam/rolePolicy:RolePolicy";
const role = "postgresql:index/role:Role";

/** Mutations of who may do what. */
export const accessMutations: readonly Mutation[] = [
  {
    title: "a job that may do anything with objects",

    stack: "prod",
    change: (declared) => {
      allow(declared.one(policy, "verify-job-us-east-1-policy"), "s3:PutObject", "s3:*");
    },
    trips: ["access-no-wildcards"],
  },
  {
    title: "snapshots of any database",

    stack: "prod",
    change: (declared) => {
      allow(
        declared.one(policy, "snapshots-us-east-1-policy"),
        "cluster:market-scanning-database-us-east-1",
        "cluster:*",
      );
    },
    trips: ["access-no-wildcards"],
  },
  {
    title: "a queue that everybody writes to",

    stack: "dr",
    change: (declared) => {
      allow(
        declared.one("aws:sqs/queuePolicy:QueuePolicy"),
        '{"Service":"events.amazonaws.com"}',
        '"*"',
      );
    },
    trips: ["access-no-wildcards", "notices-from-services-alone"],
  },
  {
    title: "an emergency with a second factor of yesterday",

    stack: "prod",
    change: (declared) => {
      allow(
        declared.one("aws:iam/role:Role", "break-glass-us-east-1"),
        '"900"',
        '"86400"',
        "assumeRolePolicy",
      );
    },
    trips: ["access-role-trust"],
  },
  {
    title: "an emergency for half a day",

    stack: "prod",
    change: (declared) => {
      declared.set("aws:iam/role:Role", "break-glass-us-west-2", "maxSessionDuration", 43_200);
    },
    trips: ["access-role-trust", "placement-symmetry"],
  },
  {
    title: "a role that people take on",

    stack: "prod",
    change: (declared) => {
      allow(
        declared.one("aws:iam/role:Role", "snapshots-us-east-1"),
        '{"Service":"backup.amazonaws.com"}',
        '{"AWS":"arn:aws:iam::111122223333:root"}',
        "assumeRolePolicy",
      );
    },
    trips: ["access-role-trust"],
  },
  {
    title: "a role for pods of any name",

    stack: "prod",
    change: (declared) => {
      allow(
        declared.one("aws:iam/role:Role", "verify-job-us-east-1"),
        "aws:RequestTag/kubernetes-service-account",
        "aws:RequestTag/pod",
        "assumeRolePolicy",
      );
    },
    trips: ["access-role-trust"],
  },
  {
    title: "a job that removes versions",

    stack: "prod",
    change: (declared) => {
      allow(
        declared.one(policy, "backup-database-job-us-east-1-policy"),
        "s3:PutObject",
        "s3:DeleteObjectVersion",
      );
    },
    trips: ["access-nobody-deletes"],
  },
  {
    title: "a rehearsal that may remove the database",

    stack: "prod",
    change: (declared) => {
      allow(
        declared.one(policy, "restore-test-us-west-2-policy"),
        "awsbackup-restore-test-*",
        "market-scanning-database-us-west-2",
      );
    },
    trips: ["access-nobody-deletes"],
  },
  {
    title: "an emergency that reads",
    system: "smc",
    stack: "prod",
    change: (declared) => {
      allow(
        declared.one(policy, "break-glass-us-east-1-policy"),
        "s3:GetObjectRetention",
        "s3:GetObject",
      );
    },
    trips: ["access-nobody-deletes"],
  },
  {
    title: "a policy of AWS",

    stack: "prod",
    change: (declared) => {
      const attachment = declared.copy(policy, "snapshots-us-east-1-policy", "administrator");
      attachment.type = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
      attachment.inputs["policyArn"] = "arn:aws:iam::aws:policy/AdministratorAccess";
    },
    trips: ["access-roles-alone"],
  },
  {
    title: "a connection to whoever answers",

    stack: "access",
    change: (declared) => {
      declared.set("pulumi:providers:postgresql", undefined, "sslmode", "require");
    },
    trips: ["access-database-connection"],
  },
  {
    title: "a superuser",

    stack: "access",
    change: (declared) => {
      declared.set(role, "login-backup-role", "superuser", true);
    },
    trips: ["access-database-roles"],
  },
  {
    title: "an owner that logs in",

    stack: "access",
    change: (declared) => {
      declared.set(role, "audit-schema-owner", "login", true);
    },
    trips: ["access-database-roles"],
  },
  {
    title: "a writer that reads everything",
    system: "smc",
    stack: "access",
    change: (declared) => {
      declared.set(role, "login-event-writer-role", "roles", ["pg_read_all_data"]);
    },
    trips: ["access-database-roles"],
  },
  {
    title: "a writer that may do anything",

    stack: "access",
    change: (declared) => {
      declared.set(
        "postgresql:index/defaultPrivileges:DefaultPrivileges",
        "audit-schema-writer-tables",
        "privileges",
        ["ALL"],
      );
    },
    trips: ["access-database-grants"],
  },
  {
    title: "an administrator who passes the owner on to others",
    stack: "access",
    change: (declared) => {
      declared.set("postgresql:index/grantRole:GrantRole", undefined, "withAdminOption", true);
    },
    trips: ["access-database-grants"],
  },
  {
    title: "everybody connects",

    stack: "access",
    change: (declared) => {
      declared.set("postgresql:index/grant:Grant", "public-privileges-database", "privileges", [
        "CONNECT",
      ]);
    },
    trips: ["access-database-grants"],
  },
];

/** Puts another text into a policy, in the place of one that is there. */
function allow(resource: Changeable, part: string, other: string, setting = "policy"): void {
  const text = String(resource.inputs[setting]);
  assert.ok(text.includes(part));
  resource.inputs[setting] = text.replaceAll(part, other);
}
