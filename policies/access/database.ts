import { z } from "zod";
import { databaseRoleName, databaseRoles } from "../../contracts/databaseRoles";
import { rule } from "../rule";
import { isSet, isTrueAt, listAt, numberAt, textAt, valueAt } from "../values";

/** The provider's connection decides who reads the administrator's password on its way. */
export const databaseConnection = rule({
  id: "access-database-connection",
  severity: "critical",
  scope: "resource",
  description:
    "The access stack talks to the database over TLS, checks whom it talks to, and is no superuser.",
  serves: "PCI DSS 4: encryption in transit",
  peers: [],
  types: ["pulumi:providers:postgresql"],
  example: {
    good: 'sslmode: "verify-full", sslrootcert: "global-bundle.pem", superuser: false',
    bad: 'sslmode: "require"',
  },
  *check({ inputs }) {
    const mode = textAt(inputs, "sslmode");
    if (mode !== "verify-full") {
      yield {
        setting: "sslmode",
        ...(mode === undefined ? {} : { found: mode }),
        required: "verify-full: anything less believes whoever answers",
        mend: "set it",
      };
    }
    if (!isSet(inputs, "sslrootcert")) {
      yield {
        setting: "sslrootcert",
        required: "the certificates of Amazon's authorities for RDS",
        mend: "name writer.certificateFile",
      };
    }
    // Providers take texts. Without it the provider takes itself for a superuser.
    if (!["false", false].includes(valueAt(inputs, "superuser") as string | boolean)) {
      yield {
        setting: "superuser",
        ...(isSet(inputs, "superuser") ? { found: true } : {}),
        required: "false",
        mend: "set it: RDS gives nobody a superuser",
      };
    }
  },
});

/** What makes a role of PostgreSQL more than its grants, each by itself. */
const attributes = [
  "superuser",
  "createRole",
  "createDatabase",
  "replication",
  "bypassRowLevelSecurity",
];

/** The roles that others may be members of: what reads everything, and logins by IAM. */
const memberships = ["pg_read_all_data", "rds_iam"];

/** Roles of backups, verification and audit, and no others. */
export const databaseRoleRights = rule({
  id: "access-database-roles",
  severity: "critical",
  scope: "resource",
  description:
    "Roles in the database have no attribute that passes by their grants, log in only where the design says, with a limit of sessions, and keep no password in the state.",
  serves: "PCI DSS 7: least privilege",
  peers: [],
  types: ["postgresql:index/role:Role"],
  example: {
    good: 'login: true, connectionLimit: 12, roles: ["pg_read_all_data", "rds_iam"]',
    bad: 'superuser: true, password: "…"',
  },
  settings: z.strictObject({
    /** Names of the roles that log in. */
    logins: z.array(z.string()),
    /** The role that may read everything, for backups. */
    reader: z.string(),
  }),
  settingsFor: ({ configuration: { system } }) => ({
    logins: databaseRoles
      .filter((role) => role !== "audit-owner")
      .map((role) => databaseRoleName(system.id, role)),
    reader: databaseRoleName(system.id, "backup"),
  }),
  *check({ inputs }, { settings: { logins, reader } }) {
    const name = textAt(inputs, "name") ?? "";
    for (const attribute of attributes) {
      if (isTrueAt(inputs, attribute)) {
        yield { setting: attribute, found: true, required: "false", mend: "remove it" };
      }
    }
    if (isTrueAt(inputs, "login")) {
      if (!logins.includes(name)) {
        yield {
          setting: "login",
          found: true,
          required: `false, but for ${logins.join(", ")}`,
          mend: "add the role to contracts/databaseRoles.ts, or let it not log in",
        };
      }
      const limit = numberAt(inputs, "connectionLimit");
      if (limit === undefined || limit < 1) {
        yield {
          setting: "connectionLimit",
          ...(limit === undefined ? {} : { found: limit }),
          required: "1 at least, and none without a limit: -1 is no limit",
          mend: "count the sessions that it needs",
        };
      }
    }
    for (const index of listAt(inputs, "roles").keys()) {
      const member = textAt(inputs, "roles", index) ?? "";
      if (!memberships.includes(member) || (member === "pg_read_all_data" && name !== reader)) {
        yield {
          setting: `roles.${String(index)}`,
          found: member,
          required: `rds_iam, or pg_read_all_data for ${reader}`,
          mend: "grant what the role needs by itself",
        };
      }
    }
    if (isSet(inputs, "password")) {
      yield {
        setting: "password",
        found: "set",
        required: "left out, since the state would keep it",
        mend: "use passwordWo, which the state does not keep",
      };
    }
  },
});

const grantType = "postgresql:index/grant:Grant";

/** Privileges that are granted at all, by the kind of thing. */
const privileges: Readonly<Record<string, readonly string[]>> = {
  database: ["CONNECT", "TEMPORARY"],
  schema: ["USAGE"],
  table: ["INSERT", "SELECT"],
  sequence: ["USAGE"],
};

/** The audit is append-only because nobody has been granted anything else. */
export const databaseGrants = rule({
  id: "access-database-grants",
  severity: "critical",
  scope: "resource",
  description:
    "Grants name privileges one by one, none of which changes or removes rows; nobody passes them on, and everybody has none but the use of a schema.",
  serves: "append-only audit tables; SOX 404",
  peers: [],
  types: [
    grantType,
    "postgresql:index/defaultPrivileges:DefaultPrivileges",
    "postgresql:index/grantRole:GrantRole",
  ],
  example: { good: 'privileges: ["INSERT"]', bad: 'privileges: ["ALL"]' },
  settings: z.strictObject({
    /** The role that owns the audit's tables, and that alone may be granted to another. */
    owner: z.string(),
  }),
  settingsFor: ({ configuration: { system } }) => ({
    owner: databaseRoleName(system.id, "audit-owner"),
  }),
  *check({ type, inputs }, { settings: { owner } }) {
    if (type === "postgresql:index/grantRole:GrantRole") {
      const granted = textAt(inputs, "grantRole");
      if (granted !== owner) {
        yield {
          setting: "grantRole",
          ...(granted === undefined ? {} : { found: granted }),
          required: owner,
          mend: "grant privileges to the role itself",
        };
      }
    }
    for (const setting of ["withGrantOption", "withAdminOption"]) {
      if (isTrueAt(inputs, setting)) {
        yield { setting, found: true, required: "false", mend: "remove it" };
      }
    }
    const kind = textAt(inputs, "objectType") ?? "";
    const isPublic = textAt(inputs, "role") === "public";
    const allowed = isPublic && kind !== "schema" ? [] : (privileges[kind] ?? []);
    for (const index of listAt(inputs, "privileges").keys()) {
      const privilege = textAt(inputs, "privileges", index) ?? "";
      if (!allowed.includes(privilege)) {
        yield {
          setting: `privileges.${String(index)}`,
          found: privilege,
          required: allowed.join(" or ") || "left out, for everybody would have it",
          mend: "grant what is needed, to the role that needs it",
        };
      }
    }
  },
});
