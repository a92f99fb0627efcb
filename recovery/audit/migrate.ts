import { randomBytes } from "node:crypto";
import { auditSchema } from "../../contracts/databaseRoles";
import { type EventOf } from "../../contracts/events";
import { type DatabaseSession } from "../database/session";
import { RecoveryFailure } from "../failure";
import { describeSchema, fingerprintsOf, schemaDifferences } from "./description";
import { auditRolesOf, type AuditRoles, migrations } from "./migrations";
import { claimTables, madeBy } from "./tables";

/** How tables are made, for the event of it. */
export type Made = NonNullable<EventOf<"migration">["made"]>;

/** The statements that are still to be run, as they would be. */
export async function pendingStatements(session: DatabaseSession, system: string): Promise<string> {
  const made = await madeBy(session);
  const roles = auditRolesOf(system);
  return migrations
    .filter(({ name }) => !made.includes(name))
    .map(
      (migration) => `-- ${migration.name}\n${migration.statements(auditSchema, roles).trim()}\n`,
    )
    .join("\n");
}

/**
 * Makes the tables, or what they lack, in one transaction, and compares all of the schema with one that is
 * made beside it and taken away again.
 *
 * @param session Of an administrator who is a member of the schema's owner.
 * @returns What was done now, and what the tables are made by.
 * @throws RecoveryFailure `refused` when the schema or a role is missing, `damaged` when the schema is not
 *   what the migrations make: nothing was changed then.
 */
export async function migrate(
  session: DatabaseSession,
  system: string,
): Promise<{ readonly done: readonly string[]; readonly made: Made }> {
  const roles = auditRolesOf(system);
  await refuseMissing(session, system);
  await claimTables(session);
  await session.run("BEGIN");
  try {
    const before = await madeBy(session);
    const done = await applyMigrations(session, auditSchema, roles, before);
    const made = await referenceOf(session, roles);
    const found = fingerprintsOf(await describeSchema(session, auditSchema));
    const differences = schemaDifferences(made.objects, found);
    if (differences.length > 0) {
      throw new RecoveryFailure(
        "damaged",
        `the schema ${auditSchema} is not what the migrations make: ${differences.join("; ")}. Nothing was changed; trading-dr catalog rebuild makes it anew, and keeps this one beside`,
      );
    }
    await session.run("COMMIT");
    return { done, made };
  } catch (error) {
    await session.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** Runs what is not done yet, as the schema's owner. */
export async function applyMigrations(
  session: DatabaseSession,
  schema: string,
  roles: AuditRoles,
  before: readonly string[],
): Promise<string[]> {
  const pending = migrations.filter(({ name }) => !before.includes(name));
  await session.run(`SET LOCAL ROLE ${roles.owner}`);
  for (const { name, statements } of pending) {
    await session.run(statements(schema, roles));
    await session.run(`INSERT INTO ${schema}.migration (name) VALUES ($1)`, [name]);
  }
  await session.run("RESET ROLE");
  return pending.map(({ name }) => name);
}

/** What the migrations make on this server, seen in a schema that does not stay. Needs a transaction. */
export async function referenceOf(session: DatabaseSession, roles: AuditRoles): Promise<Made> {
  const schema = `${auditSchema}_reference_${randomBytes(4).toString("hex")}`;
  await session.run(`SAVEPOINT reference; CREATE SCHEMA ${schema} AUTHORIZATION ${roles.owner}`);
  await applyMigrations(session, schema, roles, []);
  const objects = fingerprintsOf(await describeSchema(session, schema, auditSchema));
  await session.run("ROLLBACK TO SAVEPOINT reference; RELEASE SAVEPOINT reference");
  return {
    migrations: migrations.map(({ name }) => name),
    serverVersion: await majorVersion(session),
    objects,
  };
}

/** Major version of the server. */
export async function majorVersion(session: DatabaseSession): Promise<string> {
  const { version } = await session.row<{ version: string }>(
    "SELECT (pg_catalog.current_setting('server_version_num')::integer / 10000)::text AS version",
  );
  return version;
}

async function refuseMissing(session: DatabaseSession, system: string): Promise<void> {
  const roles = Object.values(auditRolesOf(system));
  const { missing, has_schema } = await session.row<{ missing: string[]; has_schema: boolean }>(
    `SELECT ARRAY(SELECT name FROM pg_catalog.unnest($1::text[]) name WHERE pg_catalog.to_regrole(name) IS NULL) AS missing,
       EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $2) AS has_schema`,
    [roles, auditSchema],
  );
  const lacking = [
    ...missing.map((role) => `role ${role}`),
    ...(has_schema ? [] : [`schema ${auditSchema}`]),
  ];
  if (lacking.length > 0) {
    throw new RecoveryFailure(
      "refused",
      `there is no ${lacking.join(", no ")}: the access stack makes it, by pulumi up --stack access; see that the database and TRADING_DR_SYSTEM are right`,
    );
  }
}
