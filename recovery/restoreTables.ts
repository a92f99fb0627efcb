import { escapeIdentifier, escapeLiteral } from "pg";
import { type TableContent } from "../contracts/manifest";
import { claimForRestore, claimUnused, dropDatabase } from "./database/claims";
import { qualified } from "./database/inventory";
import { type DatabaseAddress, DatabaseSession } from "./database/session";
import { RecoveryFailure } from "./failure";
import { type RecoveryPoint } from "./point/recoveryPoint";
import { refuseLongNames } from "./database/names";
import { type Progress } from "./progress";
import { refuseOtherMajors, restoreInto } from "./restoreInto";

/** Tables that an operator wants to look at, beside the live ones. */
export interface TablesRequest {
  readonly point: RecoveryPoint;
  /** The live database. */
  readonly live: DatabaseAddress;
  /** Names with their schemas: `public.trades`. */
  readonly tables: readonly string[];
  /** Schema of the live database that is made for them. */
  readonly schema: string;
  /** Sessions that write at once. */
  readonly sessions: number;
}

/** How a table that was restored differs from the live one. */
export interface TableComparison {
  readonly table: string;
  readonly restoredRows: number;
  /** Undefined where there is no such table, or none with these columns. */
  readonly live?: {
    readonly rows: number;
    /** Rows that the recovery point has and the live table has not. */
    readonly missing: number;
    /** Rows that the live table has and the recovery point has not. */
    readonly added: number;
  };
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/**
 * Looks whether tables could be restored as they are asked for, and changes nothing.
 *
 * @throws RecoveryFailure as {@link restoreTables} does before it makes anything.
 */
export async function lookForTables(request: TablesRequest): Promise<void> {
  const { point, live } = request;
  const wanted = wantedTables(request);
  const session = await DatabaseSession.open(live);
  try {
    await refuseUnfit(session, request, wanted);
    await claimUnused(session, live, workingName(live));
    await refuseOtherMajors(session, point.manifest);
  } finally {
    await session.close();
  }
}

/**
 * Restores some tables of a recovery point into a schema of their own in the live database, and compares
 * them with the live ones. Nothing that is live is changed: merging is for whoever knows the data. All of
 * it appears at once, or not at all.
 *
 * @throws RecoveryFailure `refused` for tables that the recovery point has not, and for a schema that is there;
 * `damaged` when an object that they need is not as its manifest says.
 */
export async function restoreTables(
  request: TablesRequest,
  progress: Progress,
): Promise<TableComparison[]> {
  const { point, live, schema, sessions } = request;
  const wanted = wantedTables(request);
  const working = workingName(live);
  const session = await DatabaseSession.open(live);
  try {
    await refuseUnfit(session, request, wanted);
    await claimForRestore(session, live, working);
    await restoreInto(point, live, working, { writers: sessions, only: wanted }, progress);
    try {
      await session.run("BEGIN");
      await session.run(`CREATE SCHEMA ${escapeIdentifier(schema)}`);
      await session.run(
        `COMMENT ON SCHEMA ${escapeIdentifier(schema)} IS ${escapeLiteral(`Restored from recovery point ${point.manifest.id}`)}`,
      );
      await copyTables({ ...live, database: working }, session, wanted, schema);
      await session.run("COMMIT");
      const compared: TableComparison[] = [];
      for (const table of wanted) {
        // Each by statements of its own: whoever wants to alter a live table waits for one at most.
        compared.push(await compare(session, table, schema));
      }
      return compared;
    } finally {
      await dropAfter(live, working);
    }
  } finally {
    await session.close();
  }
}

/** Name of the database that tables are restored in first. */
function workingName({ database }: DatabaseAddress): string {
  return `${database}_tables_restoring`;
}

/** What can be known before anything is made. */
async function refuseUnfit(
  session: DatabaseSession,
  { point, live, schema }: TablesRequest,
  wanted: readonly TableContent[],
): Promise<void> {
  await refuseSchema(session, schema);
  refuseLongNames("--database", [workingName(live)]);
  const { structure } = point.manifest;
  await point.checkObjectsOf([structure, ...wanted].flatMap(({ segments }) => segments));
}

function wantedTables({ point, tables }: TablesRequest): TableContent[] {
  const there = new Map(
    point.manifest.tables.map((table) => [`${table.schema}.${table.name}`, table]),
  );
  const names = new Set<string>();
  return tables.map((name) => {
    const found = there.get(name);
    if (found === undefined) {
      throw new RecoveryFailure(
        "refused",
        `recovery point ${point.manifest.id} has no table ${name}; write it with its schema, as \`trading-dr show ${point.manifest.id}\` does, and partitions one by one`,
      );
    }
    if (names.has(found.name)) {
      throw new RecoveryFailure(
        "refused",
        `two tables are called ${found.name}, and one schema cannot take both: restore them one after the other`,
      );
    }
    names.add(found.name);
    return found;
  });
}

async function refuseSchema(session: DatabaseSession, schema: string): Promise<void> {
  const found = await session.rows("SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1", [
    schema,
  ]);
  if (found.length > 0) {
    throw new RecoveryFailure(
      "refused",
      `the database has a schema ${schema} already: choose another name, or drop it when it is not needed any more`,
    );
  }
}

async function copyTables(
  from: DatabaseAddress,
  into: DatabaseSession,
  tables: readonly TableContent[],
  schema: string,
): Promise<void> {
  const source = await DatabaseSession.open(from);
  try {
    for (const table of tables) {
      const target = qualified({ schema, name: table.name });
      const columns = await columnsOf(source, table);
      const declared = columns.map(({ name, type }) => `${escapeIdentifier(name)} ${type}`);
      await into.run(`CREATE TABLE ${target} (${declared.join(", ")})`);
      const names = columns.map(({ name }) => escapeIdentifier(name)).join(", ");
      const list = names === "" ? "" : ` (${names})`;
      await into.copyIn(
        `COPY ${target}${list} FROM STDIN`,
        source.copyOut(`COPY ${qualified(table)}${list} TO STDOUT`),
      );
    }
  } finally {
    await source.close();
  }
}

async function columnsOf(session: DatabaseSession, table: TableContent): Promise<Column[]> {
  return session.rows<{ name: string; type: string }>(
    `SELECT attname::text AS name, pg_catalog.format_type(atttypid, atttypmod) AS type
     FROM pg_catalog.pg_attribute
     WHERE attrelid = $1::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     ORDER BY attnum`,
    [qualified(table)],
  );
}

async function compare(
  session: DatabaseSession,
  table: TableContent,
  schema: string,
): Promise<TableComparison> {
  const name = `${table.schema}.${table.name}`;
  const restored = qualified({ schema, name: table.name });
  // Rows are compared as text: not every type can be compared itself.
  const rowsOf = (relation: string) =>
    `SELECT ROW(${table.columns.map(escapeIdentifier).join(", ")})::text FROM ${relation}`;
  const countOf = async (query: string) =>
    Number(
      (await session.row<{ rows: string }>(`SELECT count(*)::text AS rows FROM (${query}) counted`))
        .rows,
    );
  const restoredRows = await countOf(`SELECT FROM ${restored}`);
  const [there] = await session.rows(
    `SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND NOT EXISTS (
       SELECT FROM pg_catalog.unnest($3::text[]) wanted WHERE NOT EXISTS (
         SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = wanted AND NOT a.attisdropped))`,
    [table.schema, table.name, table.columns],
  );
  if (there === undefined) {
    return { table: name, restoredRows };
  }
  const live = rowsOf(qualified(table));
  return {
    table: name,
    restoredRows,
    live: {
      rows: await countOf(`SELECT FROM ${qualified(table)}`),
      missing: await countOf(`${rowsOf(restored)} EXCEPT ALL ${live}`),
      added: await countOf(`${live} EXCEPT ALL ${rowsOf(restored)}`),
    },
  };
}

/** By a session of its own: the other may be in a transaction, which drops no database. */
async function dropAfter(server: DatabaseAddress, name: string): Promise<void> {
  const session = await DatabaseSession.open(server);
  try {
    await dropDatabase(session, server, name);
  } finally {
    await session.close();
  }
}
