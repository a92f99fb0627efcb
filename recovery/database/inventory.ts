import { escapeIdentifier } from "pg";
import { type SequenceState } from "../../contracts/manifest";
import { type DatabaseAddress, DatabaseSession } from "./session";

/** A table whose rows are part of a recovery point. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** Which rows, where some are made by an extension. @default - all */
  readonly condition?: string;
  /** Blocks of 8 KiB that hold rows, by the server's last count. */
  readonly blocks: number;
  /** True where rows can be read by their block. */
  readonly isHeap: boolean;
}

/** A table as statements name it. */
export function qualified({ schema, name }: Pick<Table, "schema" | "name">): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
}

/**
 * Relations of users: nothing of PostgreSQL's own, nothing temporary. What belongs to an extension is
 * made by it, but for the rows that it declares to be the user's.
 */
const userRelations = `
  pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
  LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
  LEFT JOIN LATERAL (
    SELECT e.extcondition[position] AS condition
    FROM pg_catalog.generate_subscripts(e.extconfig, 1) position
    WHERE e.extconfig[position] = c.oid
  ) configuration ON true
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relpersistence <> 't'
    AND (e.oid IS NULL OR configuration.condition IS NOT NULL)`;

/** The tables that hold rows of their own, in the order of their names. */
export async function tablesOf(session: DatabaseSession): Promise<Table[]> {
  const rows = await session.rows<{
    schema: string;
    name: string;
    columns: string[];
    condition: string | null;
    blocks: string;
    is_heap: boolean;
  }>(`
    SELECT n.nspname::text AS schema, c.relname::text AS name,
      coalesce(configuration.condition, '') AS condition,
      (pg_catalog.pg_relation_size(c.oid) / 8192)::text AS blocks,
      c.relam = (SELECT oid FROM pg_catalog.pg_am WHERE amname = 'heap') AS is_heap,
      ARRAY(
        SELECT a.attname::text FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        ORDER BY a.attnum
      ) AS columns
    FROM ${userRelations} AND c.relkind = 'r'
    ORDER BY 1, 2`);
  return rows.map(({ schema, name, columns, condition, blocks, is_heap }) => ({
    schema,
    name,
    columns,
    ...(condition === null || condition === "" ? {} : { condition }),
    blocks: Number(blocks),
    isHeap: is_heap,
  }));
}

/** How many sequences are read by one statement. */
const sequencesAtOnce = 200;

/** Where each sequence stands. */
export async function sequencesOf(session: DatabaseSession): Promise<SequenceState[]> {
  const found = await session.rows<{ schema: string; name: string }>(
    `SELECT n.nspname::text AS schema, c.relname::text AS name
     FROM ${userRelations} AND c.relkind = 'S' ORDER BY 1, 2`,
  );
  const states: SequenceState[] = [];
  for (let first = 0; first < found.length; first += sequencesAtOnce) {
    const some = found.slice(first, first + sequencesAtOnce);
    const read = await session.rows<{ position: number; last: string; called: boolean }>(
      some
        .map(
          (sequence, index) =>
            `SELECT ${String(index)} AS position, last_value::text AS last, is_called AS called FROM ${qualified(sequence)}`,
        )
        .join(" UNION ALL "),
    );
    for (const { position, last, called } of read) {
      const { schema = "", name = "" } = some[position] ?? {};
      states.push({ schema, name, lastValue: last, isCalled: called });
    }
  }
  return states;
}

/** What is left out of a recovery point, as sentences. */
export async function leftOutOf(session: DatabaseSession): Promise<string[]> {
  const foreign = await session.rows<{ schema: string; name: string }>(
    `SELECT n.nspname::text AS schema, c.relname::text AS name
     FROM ${userRelations} AND c.relkind = 'f' ORDER BY 1, 2`,
  );
  // pg_dump leaves these out without a word to a user who may not see them.
  const isHidden = "NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)";
  const mappings = await session.rows<{ user: string; server: string }>(
    `SELECT usename::text AS user, srvname::text AS server FROM pg_catalog.pg_user_mappings
     WHERE umoptions IS NULL AND ${isHidden} ORDER BY 2, 1`,
  );
  const subscriptions = await session.rows<{ name: string }>(
    `SELECT s.subname::text AS name
     FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
     WHERE d.datname = pg_catalog.current_database() AND ${isHidden} ORDER BY 1`,
  );
  return [
    ...foreign.map((table) => `rows of the foreign table ${qualified(table)}: they are elsewhere`),
    ...mappings.map(
      ({ user, server }) =>
        `options of the mapping of ${escapeIdentifier(user)} for the server ${escapeIdentifier(server)}, if it has any: a superuser alone may read them`,
    ),
    ...subscriptions.map(
      ({ name }) =>
        `the subscription ${escapeIdentifier(name)}: a superuser alone may read where it is from`,
    ),
  ];
}

/** Names of a server's databases that may be connected to, but for templates and RDS's own. */
export async function databasesOf(server: DatabaseAddress): Promise<string[]> {
  const session = await DatabaseSession.open(server);
  try {
    const rows = await session.rows<{ name: string }>(
      `SELECT datname::text AS name FROM pg_catalog.pg_database
       WHERE datallowconn AND NOT datistemplate AND datname <> 'rdsadmin' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  } finally {
    await session.close();
  }
}
