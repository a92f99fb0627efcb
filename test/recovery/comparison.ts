import assert from "node:assert/strict";
import { type DatabaseServer } from "../support/databaseServer";

/** A database on a server. */
export interface Place {
  readonly server: DatabaseServer;
  readonly database: string;
}

/**
 * Holds one database to another, by PostgreSQL's own programs and by nothing of ours: the dump of each,
 * with its properties and grants, and the rows of each table.
 *
 * @param differences Lines of the dump that are known to differ.
 */
export function assertSame(
  restored: Place,
  source: Place,
  differences: { readonly lost: string[]; readonly added: string[] } = { lost: [], added: [] },
): void {
  const dump = dumpOf(source);
  const dumpAgain = dumpOf(restored);
  assert.deepEqual(
    { lost: without(dump, dumpAgain), added: without(dumpAgain, dump) },
    differences,
  );
  assertSameRows(restored, source);
}

/** Holds the rows of one database to those of another, whose server may be of another major version. */
export function assertSameRows(restored: Place, source: Place): void {
  const rows = rowsOf(source);
  const again = rowsOf(restored);
  assert.deepEqual([...again.keys()], [...rows.keys()]);
  for (const [table, content] of rows) {
    assert.equal(again.get(table), content, table);
  }
}

/** What pg_dump writes before each part, however many parts there are, and what is empty. */
const preamble =
  /^(|--|\\(un)?restrict .*|\\connect the_database|-- .*Type: DATABASE PROPERTIES;.*|SELECT pg_catalog\.set_config\('search_path', '', false\);|SET (check_function_bodies|client_encoding|client_min_messages|idle_in_transaction_session_timeout|lock_timeout|row_security|standard_conforming_strings|statement_timeout|transaction_timeout|xmloption) = .*)$/;

/** False where nobody says what the bytes of the text mean. */
function hasText({ server, database }: Place): boolean {
  return server.asSuperuser(database, "SHOW server_encoding") !== "SQL_ASCII";
}

/** The lines of a dump, sorted: rows come in another order after a restore. */
function dumpOf({ server, database }: Place): string[] {
  const isText = hasText({ server, database });
  return (
    server
      .dumpAsSuperuser(database, "--create", ...(isText ? ["--encoding=UTF8"] : []))
      // The names differ because they have to.
      .replaceAll(new RegExp(String.raw`\b${database}\b`, "g"), "the_database")
      .split("\n")
      .filter(
        (line) =>
          !preamble.test(line) &&
          // What a restore says of itself.
          !line.startsWith('ALTER DATABASE the_database SET "trading_dr.recovery_point" TO '),
      )
      .sort()
  );
}

/** The lines that the first has and the second has not, or not as often. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) {
    left.set(line, (left.get(line) ?? 0) + 1);
  }
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** The rows of each table and each materialised view that has been filled, sorted, as CSV. */
function rowsOf({ server, database }: Place): Map<string, string> {
  const encoding = hasText({ server, database }) ? "\\encoding UTF8\n" : "";
  const tables = server
    .asSuperuser(
      database,
      `${encoding}SELECT pg_catalog.json_build_array(pg_catalog.format('%I.%I', n.nspname, c.relname))
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'm') AND c.relispopulated AND n.nspname !~ '^pg_'
         AND n.nspname <> 'information_schema'
       ORDER BY c.relname, n.nspname COLLATE "C"`,
    )
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as [string])[0]);
  const mark = "-- next table --";
  const statements = tables.map(
    (table) =>
      `\\echo '${mark}'\nCOPY (SELECT * FROM ONLY ${table} AS t ORDER BY t::text COLLATE "C") TO STDOUT (FORMAT csv, HEADER);`,
  );
  const contents = server
    .asSuperuser(database, encoding + statements.join("\n"))
    .split(mark)
    .slice(1);
  assert.equal(contents.length, tables.length);
  return new Map(tables.map((table, position) => [table, contents[position] ?? ""]));
}
