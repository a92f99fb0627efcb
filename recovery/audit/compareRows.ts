import { type DatabaseSession } from "../database/session";
import { type Progress } from "../progress";
import { type BucketPrefix, type ObjectName } from "../storage/bucket";
import {
  type EventObject,
  isStrange,
  loadRecordOf,
  readEvents,
  type StrangeObject,
} from "./eventObjects";
import { eventRow } from "./insert";
import { auditTable, type Projection, projections } from "./migrations";
import { projected, type Row } from "./projection";

/** Loads, by their number. */
export type LoadRows = ReadonlyMap<
  number,
  { readonly epoch: string; readonly loadedAt: Date; readonly retentionDays: number }
>;

/** What tables are compared with. */
export interface Comparison {
  /** Events of all kinds and regions. */
  readonly all: BucketPrefix;
  readonly system: string;
  readonly loads: LoadRows;
}

/** What came of comparing rows with events. */
export interface ComparedRows {
  /** Events that are rows. */
  rows: number;
  /** What somebody changed, added or removed, as sentences. */
  readonly touched: string[];
  /** Keys of events that are no rows. */
  readonly missing: string[];
  readonly strange: StrangeObject[];
  /** Rows whose retention is over, and whose event is gone. */
  expired: number;
  readonly remarks: string[];
}

/** Keys after one and up to another; without an end, all that follow. */
interface Range {
  readonly after: string;
  readonly upTo: string | undefined;
}

/**
 * Compares rows with the events that they are made of, both in the order of their keys and a page at a
 * time: memory stays flat, however many there are.
 */
export async function compareRows(
  session: DatabaseSession,
  comparison: Comparison,
  progress: Progress,
): Promise<ComparedRows> {
  const { all } = comparison;
  const found: ComparedRows = {
    rows: 0,
    touched: [],
    missing: [],
    strange: [],
    expired: 0,
    remarks: [],
  };
  let after = "";
  for await (const page of all.pages()) {
    const upTo = all.location.prefix + (page.at(-1)?.name ?? "");
    await comparePage(session, comparison, page, { after, upTo }, found);
    after = upTo;
    progress.at("comparing", { rows: found.rows });
  }
  await comparePage(session, comparison, [], { after, upTo: undefined }, found);
  return found;
}

async function comparePage(
  session: DatabaseSession,
  { all, system, loads }: Comparison,
  page: readonly ObjectName[],
  range: Range,
  found: ComparedRows,
): Promise<void> {
  const names = page.filter(({ name }) => loadRecordOf(name) === undefined);
  const read = await readEvents(all, names, system);
  const there = await rowsIn(session, range);
  const objects = new Map<string, EventObject>();
  for (const object of read) {
    if (isStrange(object)) {
      found.strange.push(object);
    } else if (there.has(object.key)) {
      objects.set(object.key, object);
    } else {
      found.missing.push(object.key);
    }
  }
  const expected = [...objects.values()].map((object) => {
    const own = there.get(object.key);
    const load = loads.get(own?.load ?? 0);
    const row = eventRow(object, {
      load: own?.load ?? 0,
      loadedAt: load?.loadedAt ?? new Date(0),
      retentionDays: load?.retentionDays ?? 0,
    });
    // Whether it may be null is for the event of the load to say.
    return { ...row, projection: own?.isRaw === true ? undefined : row["projection"] };
  });
  found.rows += expected.length;
  const expired = new Set<string>();
  await compareTable(session, "event", expected, range, found, (key, row) => {
    const retainUntil = String(row["retain_until"]);
    if (!objects.has(key) && Date.parse(retainUntil) < Date.now()) {
      expired.add(key);
      return undefined;
    }
    return `event ${key} was added: there is no such event in the bucket`;
  });
  found.expired += expired.size;
  const rows = [...objects.values()].flatMap(({ key, event }) =>
    event === undefined ? [] : [projected(key, event)],
  );
  let unprojected = 0;
  for (const table of projections) {
    const own = rows.filter((row) => row.table === table).map(({ row }) => row);
    const isRaw = (key: string) => there.get(key)?.isRaw === true;
    unprojected += await compareTable(
      session,
      table,
      own,
      range,
      found,
      (key) => (expired.has(key) ? undefined : `${table} ${key} was added`),
      isRaw,
    );
  }
  if (unprojected > 0) {
    found.remarks.push(
      `${String(unprojected)} events were loaded by an older command, which did not know their kind: the next load adds their rows`,
    );
  }
}

/** Keys of events in a range that are rows, with the load that made them so. */
async function rowsIn(
  session: DatabaseSession,
  { after, upTo }: Range,
): Promise<Map<string, { readonly load: number; readonly isRaw: boolean }>> {
  const rows = await session.rows<{ key: string; load: string; is_raw: boolean }>(
    `SELECT object_key AS key, load::text, projection IS NULL AS is_raw FROM ${auditTable("event")}
     WHERE object_key > $1 AND ($2::text IS NULL OR object_key <= $2)`,
    [after, upTo ?? null],
  );
  return new Map(rows.map(({ key, load, is_raw }) => [key, { load: Number(load), isRaw: is_raw }]));
}

/**
 * Compares a range of a table's rows with what they have to be, in PostgreSQL, which alone knows when two
 * values are the same.
 *
 * @param added Says what is wrong with a row that nothing is known of; undefined where nothing is.
 * @param mayLack Whether a row may be missing. @default - none may
 * @returns How many that may be missing are.
 */
async function compareTable(
  session: DatabaseSession,
  table: Projection | "event",
  expected: readonly Row[],
  { after, upTo }: Range,
  found: ComparedRows,
  added: (key: string, row: Readonly<Record<string, unknown>>) => string | undefined,
  mayLack: (key: string) => boolean = () => false,
): Promise<number> {
  const different = await session.rows<{
    key: string;
    expected: Record<string, unknown> | null;
    found: Record<string, unknown> | null;
  }>(
    `WITH expected AS (
       SELECT * FROM pg_catalog.jsonb_populate_recordset(NULL::${auditTable(table)}, $1)
     ), own AS (
       SELECT * FROM ${auditTable(table)} WHERE object_key > $2 AND ($3::text IS NULL OR object_key <= $3)
     )
     SELECT coalesce(expected.object_key, own.object_key) AS key,
       CASE WHEN expected.object_key IS NOT NULL THEN pg_catalog.to_jsonb(expected) END AS expected,
       CASE WHEN own.object_key IS NOT NULL THEN pg_catalog.to_jsonb(own) END AS found
     FROM expected FULL JOIN own ON own.object_key = expected.object_key
     WHERE pg_catalog.to_jsonb(expected) IS DISTINCT FROM pg_catalog.to_jsonb(own)
     ORDER BY 1`,
    [JSON.stringify(expected.map(withEvent)), after, upTo ?? null],
  );
  let lacking = 0;
  for (const row of different) {
    if (row.found === null) {
      if (mayLack(row.key)) {
        lacking += 1;
      } else {
        found.touched.push(`${table} ${row.key} was removed`);
      }
    } else if (row.expected === null) {
      const sentence = added(row.key, row.found);
      found.touched.push(...(sentence === undefined ? [] : [sentence]));
    } else {
      found.touched.push(`${table} ${row.key} was changed: ${changesOf(row.expected, row.found)}`);
    }
  }
  return lacking;
}

/** What PostgreSQL makes of an event's text by itself. */
function withEvent(row: Row): object {
  return "body" in row ? { ...row, event: JSON.parse(String(row["body"])) as unknown } : row;
}

/** Most characters of a value in a sentence. */
const longestValue = 100;

function changesOf(
  expected: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
): string {
  const text = (value: unknown) => {
    const whole = JSON.stringify(value ?? null);
    return whole.length > longestValue ? `${whole.slice(0, longestValue)}…` : whole;
  };
  const columns = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return columns
    .filter((column) => JSON.stringify(expected[column]) !== JSON.stringify(found[column]))
    .map((column) => `${column} is ${text(found[column])}, and was ${text(expected[column])}`)
    .join(", ");
}
