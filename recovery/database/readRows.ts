import { escapeIdentifier } from "pg";
import { qualified, type Table } from "./inventory";
import { largeObjectRows } from "./largeObjects";
import { type RowDigest, rowDigests } from "./rowDigest";
import { type DatabaseSession } from "./session";

/** Blocks of 8 KiB that are read at once: 64 MiB, so that several sessions share a large table. */
const blocksAtOnce = 8_192;

/** Large objects that are read at once. */
const largeObjectsAtOnce = 1_000;

/** Rows that one session reads at once. */
export interface Unit {
  /** Position of the table; undefined for large objects. */
  readonly table: number | undefined;
  readonly statement: string;
  readonly weight: number;
}

/** The digests of what was read. */
export interface ReadRows {
  /** By the tables' positions. */
  readonly tables: readonly RowDigest[];
  readonly largeObjects: RowDigest;
}

/** What is to be read. */
export interface RowsToRead {
  readonly tables: readonly Table[];
  /** Numbers of large objects, in their order. */
  readonly largeObjects: readonly string[];
  /** The database's encoding. */
  readonly encoding: string;
}

/**
 * Reads all rows of a database by several sessions at once, each in a transaction, and sums them up.
 *
 * @param consume Takes a unit's rows, in the order in which they come, to their end.
 */
export async function readRows(
  sessions: readonly DatabaseSession[],
  { tables, largeObjects, encoding }: RowsToRead,
  consume: (unit: Unit, rows: AsyncIterable<Buffer>, session: number) => Promise<void>,
): Promise<ReadRows> {
  const units = [
    ...tables.flatMap((table, position) => unitsOf(table, position, encoding)),
    ...largeObjectUnits(largeObjects),
  ].sort((one, other) => other.weight - one.weight);
  const newDigest = await rowDigests();
  const found = { tables: tables.map(newDigest), largeObjects: newDigest() };
  await Promise.all(
    sessions.map(async (session, number) => {
      for (let unit = units.shift(); unit !== undefined; unit = units.shift()) {
        const digest = newDigest();
        // Large objects stay open until the savepoint is left.
        await session.run("SAVEPOINT unit");
        await consume(unit, digested(session.copyOut(unit.statement), digest), number);
        await session.run("ROLLBACK TO SAVEPOINT unit");
        const sum = unit.table === undefined ? found.largeObjects : found.tables[unit.table];
        sum?.merge(digest);
      }
    }),
  );
  return found;
}

async function* digested(rows: AsyncIterable<Buffer>, digest: RowDigest): AsyncGenerator<Buffer> {
  for await (const chunk of rows) {
    digest.add(chunk);
    yield chunk;
  }
}

/** The statements that read a table, each a part of it. */
export function unitsOf(table: Table, position: number, encoding: string): Unit[] {
  const columns = table.columns.map(escapeIdentifier).join(", ");
  const unit = (weight: number, from: string): Unit => ({
    table: position,
    weight,
    statement: `COPY ${from} TO STDOUT (ENCODING '${encoding}')`,
  });
  if (table.condition !== undefined) {
    return [
      unit(table.blocks, `(SELECT ${columns} FROM ONLY ${qualified(table)} ${table.condition})`),
    ];
  }
  if (!table.isHeap || table.blocks <= blocksAtOnce) {
    return [unit(table.blocks, `${qualified(table)}${columns === "" ? "" : ` (${columns})`}`)];
  }
  const parts = Math.ceil(table.blocks / blocksAtOnce);
  return Array.from({ length: parts }, (_, part) => {
    const from = `ctid >= '(${String(part * blocksAtOnce)},0)'`;
    // The last part has no end: rows of blocks that came since belong to it, if the snapshot sees them.
    const until =
      part === parts - 1 ? "" : ` AND ctid < '(${String((part + 1) * blocksAtOnce)},0)'`;
    return unit(
      blocksAtOnce,
      `(SELECT ${columns} FROM ONLY ${qualified(table)} WHERE ${from}${until})`,
    );
  });
}

function largeObjectUnits(numbers: readonly string[]): Unit[] {
  const units: Unit[] = [];
  for (let first = 0; first < numbers.length; first += largeObjectsAtOnce) {
    const some = numbers.slice(first, first + largeObjectsAtOnce);
    units.push({
      table: undefined,
      // Nobody knows their sizes without opening them: they come first.
      weight: Number.MAX_SAFE_INTEGER,
      statement: `COPY (${largeObjectRows(some[0] ?? "", some.at(-1) ?? "")}) TO STDOUT`,
    });
  }
  return units;
}
