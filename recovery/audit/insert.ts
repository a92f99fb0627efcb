import { DatabaseFailure, type DatabaseSession } from "../database/session";
import { RecoveryFailure } from "../failure";
import { type EventObject, type StrangeObject } from "./eventObjects";
import { auditTable, projections } from "./migrations";
import { projected, projectionOf, type Row } from "./projection";

/** A load, as its row says it. */
export interface LoadRow {
  readonly number: number;
  readonly epoch: string;
  readonly startedAt: Date;
  readonly retentionDays: number;
}

export interface Inserted {
  readonly rows: readonly EventObject[];
  /** What PostgreSQL cannot hold. */
  readonly refused: readonly StrangeObject[];
}

/** Inserts a batch whole, without what PostgreSQL cannot hold: such as a zero in a text. */
export async function insertBatch(
  session: DatabaseSession,
  load: LoadRow,
  batch: readonly EventObject[],
  inOneTransaction: boolean,
): Promise<Inserted> {
  const whole = (act: () => Promise<void>) => atomically(session, inOneTransaction, act);
  if (await whole(() => insertRows(session, load, batch))) {
    return { rows: batch, refused: [] };
  }
  const rows: EventObject[] = [];
  const refused: StrangeObject[] = [];
  for (const object of batch) {
    if (await whole(() => session.run("SELECT $1::text::jsonb", [object.body]))) {
      rows.push(object);
    } else {
      refused.push({ key: object.key, problem: "holds what PostgreSQL cannot hold as jsonb" });
    }
  }
  if (!(await whole(() => insertRows(session, load, rows)))) {
    throw new RecoveryFailure("database", "the database refuses events, and does not say which");
  }
  return { rows, refused };
}

/**
 * Does something in a transaction of its own, or within one.
 *
 * @returns False where the data are at fault; then it is as if nothing had been done.
 */
async function atomically(
  session: DatabaseSession,
  inOneTransaction: boolean,
  act: () => Promise<void>,
): Promise<boolean> {
  await session.run(inOneTransaction ? "SAVEPOINT batch" : "BEGIN");
  try {
    await act();
  } catch (error) {
    // Classes 22 and 54 are of values, and of their sizes.
    if (!(error instanceof DatabaseFailure) || !/^(?:22|54)/.test(error.code ?? "")) {
      throw error;
    }
    await session.run(inOneTransaction ? "ROLLBACK TO SAVEPOINT batch" : "ROLLBACK");
    return false;
  }
  await session.run(inOneTransaction ? "RELEASE SAVEPOINT batch" : "COMMIT");
  return true;
}

async function insertRows(
  session: DatabaseSession,
  { number, epoch, startedAt, retentionDays }: LoadRow,
  objects: readonly EventObject[],
): Promise<void> {
  if (objects.length === 0) {
    return;
  }
  await session.run(
    `INSERT INTO ${auditTable("load")} (number, epoch, loaded_at, retention_days) VALUES ($1, $2, $3, $4)`,
    [number, epoch, startedAt, retentionDays],
  );
  const rows = objects.map((object) =>
    eventRow(object, { load: number, loadedAt: startedAt, retentionDays }),
  );
  const columns = Object.keys(rows[0] ?? {}).join(", ");
  await session.run(
    `INSERT INTO ${auditTable("event")} (${columns})
     SELECT ${columns} FROM pg_catalog.jsonb_populate_recordset(NULL::${auditTable("event")}, $1)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
  await insertProjected(session, objects);
}

/** Adds the rows of events that are there. */
export async function insertProjected(
  session: DatabaseSession,
  objects: readonly EventObject[],
): Promise<void> {
  const rows = objects.flatMap(({ key, event }) =>
    event === undefined ? [] : [projected(key, event)],
  );
  for (const table of projections) {
    const own = rows.filter((row) => row.table === table).map(({ row }) => row);
    if (own.length > 0) {
      await session.run(
        `INSERT INTO ${auditTable(table)}
         SELECT * FROM pg_catalog.jsonb_populate_recordset(NULL::${auditTable(table)}, $1)
         ON CONFLICT DO NOTHING`,
        [JSON.stringify(own)],
      );
    }
  }
}

/** The row of an event itself. */
export function eventRow(
  { key, sha256, kind, format, event, body }: EventObject,
  {
    load,
    loadedAt,
    retentionDays,
  }: { readonly load: number; readonly loadedAt: Date; readonly retentionDays: number },
): Row {
  const retainUntil = new Date(event?.finishedAt ?? loadedAt);
  retainUntil.setUTCDate(retainUntil.getUTCDate() + retentionDays);
  return {
    object_key: key,
    sha256,
    kind,
    format,
    projection: event === undefined ? undefined : projectionOf[event.kind],
    load,
    retain_until: retainUntil.toISOString(),
    body,
  };
}
