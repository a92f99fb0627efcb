import { escapeIdentifier } from "pg";
import { auditSchema, databaseRoleName } from "../../contracts/databaseRoles";

/** The tables into which events are projected. Each row has the key of its event's object. */
export const projections = ["backup_audit_log", "disaster_recovery_audit", "epoch"] as const;

export type Projection = (typeof projections)[number];

/** One step of what the schema is made by. Once it was released it stays as it is: what comes later is another. */
export interface Migration {
  readonly name: string;
  /** Its statements, for a schema of this name and a system's roles. */
  readonly statements: (schema: string, roles: AuditRoles) => string;
}

/** Roles that statements are about, quoted. */
export interface AuditRoles {
  readonly owner: string;
  readonly writer: string;
  readonly reader: string;
}

/** The roles of a system. */
export function auditRolesOf(system: string): AuditRoles {
  const name = (role: Parameters<typeof databaseRoleName>[1]) =>
    escapeIdentifier(databaseRoleName(system, role));
  return {
    owner: name("audit-owner"),
    writer: name("event-writer"),
    reader: name("audit-reader"),
  };
}

/** A table of the schema, for statements. */
export function auditTable(name: Projection | "event" | "load" | "migration"): string {
  return `${auditSchema}.${name}`;
}

/**
 * All steps, in their order. Privileges are granted by name and those that the schema grants by default
 * are taken back first, so that a schema whose defaults were lost gets the same.
 */
export const migrations: readonly Migration[] = [
  {
    name: "0001-tables",
    statements: (schema, { writer, reader }) => `
CREATE TABLE ${schema}.migration (
  name text PRIMARY KEY,
  made_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

-- Keys sort as the bucket lists them.
CREATE TABLE ${schema}.load (
  number bigint PRIMARY KEY CHECK (number > 0),
  epoch text NOT NULL,
  loaded_at timestamptz NOT NULL,
  retention_days integer NOT NULL
);

CREATE TABLE ${schema}.event (
  object_key text COLLATE "C" PRIMARY KEY,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  kind text NOT NULL,
  format text NOT NULL,
  -- The table that has a row of it too; null where the command that loaded it knew none.
  projection text,
  load bigint NOT NULL REFERENCES ${schema}.load,
  retain_until timestamptz NOT NULL,
  -- As the object has it, to the byte.
  body text NOT NULL,
  event jsonb NOT NULL GENERATED ALWAYS AS (body::jsonb) STORED
);
CREATE INDEX event_load ON ${schema}.event (load);

CREATE TABLE ${schema}.backup_audit_log (
  object_key text COLLATE "C" PRIMARY KEY REFERENCES ${schema}.event,
  event_id text NOT NULL,
  "timestamp" timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  backup_type text NOT NULL,
  status text NOT NULL,
  error_message text,
  region text NOT NULL,
  store text,
  series text,
  tier text,
  database_name text,
  backup_id text,
  backup_location text,
  backup_size bigint,
  checksum text,
  snapshot_at timestamptz,
  retention_date timestamptz,
  table_count bigint,
  row_count bigint,
  -- Keys of a cache, objects of a configuration.
  entry_count bigint,
  restore_seconds numeric,
  created_by text NOT NULL,
  command_version text NOT NULL
);
CREATE INDEX backup_audit_log_backup ON ${schema}.backup_audit_log (backup_id, "timestamp");
CREATE INDEX backup_audit_log_time ON ${schema}.backup_audit_log ("timestamp");

CREATE TABLE ${schema}.disaster_recovery_audit (
  object_key text COLLATE "C" PRIMARY KEY REFERENCES ${schema}.event,
  event_id text NOT NULL,
  event_type text NOT NULL,
  event_timestamp timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  success boolean NOT NULL,
  error_message text,
  region text NOT NULL,
  recovery_type text,
  target text,
  backup_id text,
  backup_location text,
  duration_seconds numeric NOT NULL,
  rto_seconds numeric,
  rpo_seconds numeric,
  initiated_by text NOT NULL,
  command_version text NOT NULL,
  notes text
);
CREATE INDEX disaster_recovery_audit_time ON ${schema}.disaster_recovery_audit (event_timestamp);

CREATE TABLE ${schema}.epoch (
  object_key text COLLATE "C" PRIMARY KEY REFERENCES ${schema}.event,
  id text NOT NULL UNIQUE,
  opened_at timestamptz NOT NULL,
  reason text NOT NULL,
  former text,
  continues_epoch text,
  continues_load bigint,
  system_identifier text NOT NULL,
  timeline text,
  database_number text NOT NULL,
  instance text,
  opened_by text NOT NULL
);

-- A backup that was verified twice is what the last verification says.
CREATE VIEW ${schema}.backup_catalog AS
SELECT taken.backup_id, taken.store, taken.series, taken.tier, taken.database_name, taken.region,
  taken.backup_location, taken.checksum, taken.backup_size, taken.table_count, taken.row_count, taken.entry_count,
  taken.snapshot_at, taken.retention_date, taken."timestamp" AS taken_at, taken.created_by,
  CASE verified.status WHEN 'passed' THEN 'verified' WHEN 'failed' THEN 'damaged' ELSE 'unverified' END AS status,
  verified."timestamp" AS verified_at, taken.object_key
FROM ${schema}.backup_audit_log taken
LEFT JOIN LATERAL (
  SELECT judged.status, judged."timestamp"
  FROM ${schema}.backup_audit_log judged
  WHERE judged.backup_type = 'verification' AND judged.backup_id = taken.backup_id
  ORDER BY judged."timestamp" DESC, judged.object_key DESC
  LIMIT 1
) verified ON true
WHERE taken.backup_type IN ('backup', 'cache snapshot', 'configuration snapshot') AND taken.backup_id IS NOT NULL;

CREATE FUNCTION ${schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of %.% are added, and neither changed nor removed', TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege',
      HINT = 'They are what the events in the bucket say: see docs/audit.md';
END
$$;
REVOKE ALL ON FUNCTION ${schema}.refuse_change() FROM PUBLIC;
${["migration", "load", "event", ...projections].map((table) => appendOnly(schema, table)).join("\n")}

REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM PUBLIC, ${writer}, ${reader};
GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${reader};
GRANT INSERT ON ${["load", "event", ...projections].map((table) => `${schema}.${table}`).join(", ")} TO ${writer};
-- What is loaded has to be known to whoever loads, and no more than that.
GRANT SELECT ON ${schema}.load TO ${writer};
GRANT SELECT (object_key, kind, format, load, projection) ON ${schema}.event TO ${writer};
${projections.map((table) => `GRANT SELECT (object_key) ON ${schema}.${table} TO ${writer};`).join("\n")}
`,
  },
];

/** Refuses changes to everybody, also to the owner, and also where a session poses as a replica's. */
function appendOnly(schema: string, table: string): string {
  return `CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${schema}.${table}
  FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_change();
ALTER TABLE ${schema}.${table} ENABLE ALWAYS TRIGGER append_only;`;
}
