/**
 * The roles in a system's database, and the schema that they share: the `access` stack makes them, and
 * the `trading-dr` command and its operators log in by these names.
 */

/**
 * - `backup`: reads everything, changes nothing.
 * - `verify`: connects, and reads nothing but what PostgreSQL shows to everybody who does.
 * - `event-writer`: adds rows to the tables of the schema.
 * - `audit-reader`: reads the tables of the schema, and no others.
 * - `audit-owner`: owns the schema and its tables, and cannot log in.
 */
export const databaseRoles = [
  "backup",
  "verify",
  "event-writer",
  "audit-reader",
  "audit-owner",
] as const;

export type DatabaseRole = (typeof databaseRoles)[number];

/**
 * Name of a role: letters and underscores, so that nobody has to quote it. It carries the system, or one
 * system's jobs could log in to another's database: permissions go by the user's name.
 */
export function databaseRoleName(system: string, role: DatabaseRole): string {
  return `${system}-${role}`.replaceAll("-", "_");
}

/** Schema of what is known about backups and recoveries, in every system's database. */
export const auditSchema = "disaster_recovery";

/** Tables of the schema. Rows are added to them, and neither changed nor removed. */
export const auditTables = [
  "backup_catalog",
  "backup_audit_log",
  "disaster_recovery_audit",
] as const;
