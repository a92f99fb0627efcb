import { type Manifest } from "../contracts/manifest";
import { qualified, sequencesOf, type Table, tablesOf } from "./database/inventory";
import { largeObjectsOf } from "./database/largeObjects";
import { readRows } from "./database/readRows";
import { type DatabaseAddress, DatabaseSession } from "./database/session";

/**
 * Compares a database with the manifest of the recovery point that it was restored from: tables, the
 * count and the digest of each one's rows, large objects, and where sequences stand.
 *
 * @param sessions How many read at once.
 * @returns What differs, as sentences.
 */
export async function compareWithManifest(
  restored: DatabaseAddress,
  manifest: Manifest,
  sessions: number,
): Promise<string[]> {
  const opened: DatabaseSession[] = [];
  try {
    while (opened.length < sessions) {
      const session = await DatabaseSession.open(restored);
      opened.push(session);
      await session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    }
    const [first] = opened;
    if (first === undefined) {
      throw new RangeError("a comparison needs one session at least");
    }
    const tables = (await tablesOf(first)).map((table) => inOrderOf(manifest, table));
    const largeObjects = await largeObjectsOf(first);
    const sequences = await sequencesOf(first);
    const read = await readRows(
      opened,
      { tables, largeObjects, encoding: manifest.source.encoding },
      (_, rows) => readToEnd(rows),
    );
    return [
      ...tableProblems(tables, read.tables, manifest),
      ...(largeObjects.length === manifest.largeObjects.count &&
      read.largeObjects.digest === manifest.largeObjects.digest
        ? []
        : [
            `large objects: ${String(largeObjects.length)} with digest ${read.largeObjects.digest}, backed up were ${String(manifest.largeObjects.count)} with ${manifest.largeObjects.digest}`,
          ]),
      ...(JSON.stringify(sequences) === JSON.stringify(manifest.sequences)
        ? []
        : ["sequences do not stand where they stood"]),
    ];
  } finally {
    await Promise.all(opened.map((session) => session.close()));
  }
}

/**
 * A table whose columns are read in the order in which they were: a table that inherits some may get
 * them in another one when it is made anew.
 */
function inOrderOf({ tables }: Manifest, table: Table): Table {
  const backedUp = tables.find(
    ({ schema, name }) => schema === table.schema && name === table.name,
  );
  const sorted = (columns: readonly string[]) => JSON.stringify([...columns].sort());
  return backedUp !== undefined && sorted(backedUp.columns) === sorted(table.columns)
    ? { ...table, columns: backedUp.columns }
    : table;
}

function tableProblems(
  tables: readonly Table[],
  digests: readonly { readonly rows: number; readonly digest: string }[],
  manifest: Manifest,
): string[] {
  const found = new Map(tables.map((table, position) => [qualified(table), digests[position]]));
  const problems = manifest.tables.flatMap((table) => {
    const name = qualified(table);
    const there = found.get(name);
    found.delete(name);
    if (there === undefined) {
      return [`${name} is not there`];
    }
    return there.rows === table.rows && there.digest === table.digest
      ? []
      : [
          `${name} has ${String(there.rows)} rows with digest ${there.digest}, backed up were ${String(table.rows)} with ${table.digest}`,
        ];
  });
  return [...problems, ...[...found.keys()].map((name) => `${name} was not backed up`)];
}

/** Rows are summed up as they go by; nobody needs them. */
async function readToEnd(rows: AsyncIterable<Buffer>): Promise<void> {
  const iterator = rows[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}
