import { type DatabaseIdentity, eventName, type EventOf } from "../../contracts/events";
import { type DatabaseSession } from "../database/session";
import { RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { begunNow } from "../record";
import { type BucketPrefix, type ObjectName } from "../storage/bucket";
import { currentDatabase, isStandby, standingOf, type Tip, waitingEpoch } from "./epochs";
import {
  type EventObject,
  isStrange,
  knownEvents,
  readEvents,
  type StrangeObject,
  timeIn,
} from "./eventObjects";
import { auditTable, projections } from "./migrations";
import { insertBatch, insertProjected } from "./insert";
import { type Survey, surveyOf } from "./survey";
import { claimTables, tipOf } from "./tables";

/** What is loaded, and whose events tell of it. */
export interface LoadRequest {
  readonly system: string;
  readonly account: string;
  readonly region: string;
  /** Events of all kinds and regions. */
  readonly all: BucketPrefix;
  /** Where events of what is done here go. */
  readonly own: BucketPrefix;
  readonly retentionDays: number;
}

/** What came of a load. */
export interface Loaded {
  /** Events that became rows now. */
  readonly events: number;
  /** Those of them whose kind or format is not known, by what they say they are. */
  readonly unknown: readonly string[];
  /** Objects that are no events. */
  readonly strange: readonly StrangeObject[];
  /** The epoch that was opened; absent where none was. */
  readonly opened?: EventOf<"epoch">;
}

/** Events that become rows in one transaction. */
const eventsAtOnce = 500;

/**
 * Loads what is in the bucket and not in the tables yet, the oldest first, each event once. A batch is
 * there whole or not at all, and the bucket is told of it afterwards: what a run that was killed did not
 * tell, the next one does.
 *
 * @throws RecoveryFailure `damaged` when rows were removed, `refused` when there are no tables or the server
 *   is a standby, `database` or `storage` when either does not answer: what was loaded so far stays.
 */
export async function loadEvents(
  session: DatabaseSession,
  request: LoadRequest,
  progress: Progress,
): Promise<Loaded> {
  if (await isStandby(session)) {
    throw new RecoveryFailure(
      "refused",
      "the server is a standby, and takes no rows: load where the writer is",
    );
  }
  await claimTables(session);
  const tip = await tipOf(session);
  const survey = await surveyOf(request.all, (keys) => notLoaded(session, keys));
  const { epoch, opened, names } = await epochFor(session, request, tip, survey);
  await recordLoads(session, request, tip, survey);
  await projectRaw(session, request, survey.unprojected);
  const loaded = await loadAll(session, request, epoch, tip?.load ?? 0, names, progress, {
    each: (record) => keep(request.own, record),
  });
  return { ...loaded, ...(opened === undefined ? {} : { opened }) };
}

/** Adds rows of events that were kept as they are by a command that did not know their kind yet. */
async function projectRaw(
  session: DatabaseSession,
  { all, system }: LoadRequest,
  names: readonly ObjectName[],
): Promise<void> {
  for (let first = 0; first < names.length; first += eventsAtOnce) {
    const read = await readEvents(all, names.slice(first, first + eventsAtOnce), system);
    await insertProjected(
      session,
      read.filter((object): object is EventObject => !isStrange(object)),
    );
  }
}

/** The epoch to load into, which is opened where it has to be, and what there is to load then. */
async function epochFor(
  session: DatabaseSession,
  request: LoadRequest,
  tip: Tip | undefined,
  { known, missing }: Survey,
): Promise<{ epoch: string; opened?: EventOf<"epoch">; names: readonly ObjectName[] }> {
  const current = await currentDatabase(session);
  const standing = standingOf(tip, current, known);
  if (standing === "removed") {
    throw new RecoveryFailure(
      "damaged",
      "loads that the bucket knows are gone from the tables, though the database is the same and its server was not started since: somebody removed them. Nothing was loaded; trading-dr audit verify says what is gone, and trading-dr catalog rebuild brings it back",
    );
  }
  if (standing === "same" && tip !== undefined) {
    return { epoch: tip.epoch, names: missing };
  }
  const waiting = waitingEpoch(tip, current, known);
  if (waiting !== undefined) {
    return { epoch: waiting, names: missing };
  }
  const reason =
    standing === "restored" ? "restored" : known.epochs.length === 0 ? "first" : "moved";
  const opened = await openEpoch(request, reason, tip, known.epochs.at(-1)?.id, current);
  return { epoch: opened.event.id, opened: opened.event, names: [...missing, opened.name] };
}

/** Says in the bucket that an epoch begins: before anything is loaded into it. */
export async function openEpoch(
  { system, account, region, own, all }: LoadRequest,
  reason: EventOf<"epoch">["reason"],
  continues: Tip | undefined,
  former: string | undefined,
  database: DatabaseIdentity,
): Promise<{ readonly event: EventOf<"epoch">; readonly name: ObjectName }> {
  const { systemIdentifier, timeline, databaseNumber, instance } = database;
  const event: EventOf<"epoch"> = {
    ...begunNow(new Date()),
    kind: "epoch",
    system,
    account,
    region,
    reason,
    ...(former === undefined ? {} : { former }),
    ...(continues === undefined ? {} : { continues }),
    database: {
      systemIdentifier,
      databaseNumber,
      ...(timeline === undefined ? {} : { timeline }),
      ...(instance === undefined ? {} : { instance }),
    },
  };
  const bytes = await keep(own, event);
  const key = own.location.prefix + eventName(event);
  return { event, name: { name: key.slice(all.location.prefix.length), bytes } };
}

async function keep(own: BucketPrefix, event: EventOf<"epoch" | "load">): Promise<number> {
  const body = Buffer.from(JSON.stringify(event));
  await own.put(eventName(event), body);
  return body.length;
}

/** What happens to the event of each load. */
interface Recording {
  readonly each: (record: EventOf<"load">) => Promise<unknown>;
  /** True where all is one transaction, which the caller ends. @default false */
  readonly inOneTransaction?: boolean;
}

/** Loads events, in batches that are numbered. */
export async function loadAll(
  session: DatabaseSession,
  request: LoadRequest,
  epoch: string,
  after: number,
  names: readonly ObjectName[],
  progress: Progress,
  { each, inOneTransaction = false }: Recording,
): Promise<Omit<Loaded, "opened">> {
  const { system, account, region, all, retentionDays } = request;
  const inOrder = [...names].sort(
    (one, other) => compare(timeIn(one.name), timeIn(other.name)) || compare(one.name, other.name),
  );
  const strange: StrangeObject[] = [];
  const unknown: string[] = [];
  let events = 0;
  let number = after;
  for (let first = 0; first < inOrder.length; first += eventsAtOnce) {
    const startedAt = new Date();
    const some = inOrder.slice(first, first + eventsAtOnce);
    const read = await readEvents(all, some, system);
    strange.push(...read.filter(isStrange));
    const batch = read.filter((object): object is EventObject => !isStrange(object));
    const load = { number: number + 1, epoch, startedAt, retentionDays };
    const { rows, refused } = await insertBatch(session, load, batch, inOneTransaction);
    strange.push(...refused);
    if (rows.length > 0) {
      number += 1;
      events += rows.length;
      const raw = rows.filter(({ event }) => event === undefined);
      unknown.push(...raw.map(({ kind, format }) => `${kind}, format ${format}`));
      await each({
        ...begunNow(startedAt),
        kind: "load",
        system,
        account,
        region,
        epoch,
        load: number,
        retentionDays,
        keys: rows.map(({ key }) => key),
        raw: raw.map(({ key }) => key),
      });
    }
    progress.at("loading", { events, left: inOrder.length - first - some.length });
  }
  return { events, unknown, strange };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Keys that the tables do not have, or have no more of than the event, though its kind is known. */
async function notLoaded(
  session: DatabaseSession,
  keys: readonly string[],
): Promise<{ readonly missing: string[]; readonly unprojected: string[] }> {
  const tables = projections.map(
    (table) => `EXISTS (SELECT FROM ${auditTable(table)} own WHERE own.object_key = given.key)`,
  );
  const found = await session.rows<{ key: string; is_there: boolean }>(
    `SELECT given.key, there.object_key IS NOT NULL AS is_there
     FROM pg_catalog.unnest($1::text[]) AS given (key)
     LEFT JOIN ${auditTable("event")} there ON there.object_key = given.key
     WHERE there.object_key IS NULL
       OR (there.kind || ' ' || there.format = ANY ($2::text[]) AND NOT (${tables.join(" OR ")}))`,
    [keys, knownEvents],
  );
  return {
    missing: found.filter(({ is_there }) => !is_there).map(({ key }) => key),
    unprojected: found.filter(({ is_there }) => is_there).map(({ key }) => key),
  };
}

/** Tells the bucket of loads that a run made and was ended before it told of them. */
async function recordLoads(
  session: DatabaseSession,
  { system, account, region, own }: LoadRequest,
  tip: Tip | undefined,
  { known }: Survey,
): Promise<void> {
  if (tip === undefined) {
    return;
  }
  const untold = await session.rows<{ number: string; loaded_at: Date; retention_days: number }>(
    `SELECT number::text, loaded_at, retention_days FROM ${auditTable("load")}
     WHERE epoch = $1 AND number > $2 ORDER BY load.number`,
    [tip.epoch, known.recorded.get(tip.epoch) ?? 0],
  );
  for (const { number, loaded_at, retention_days } of untold) {
    const rows = await session.rows<{ key: string; is_raw: boolean }>(
      `SELECT object_key AS key, projection IS NULL AS is_raw FROM ${auditTable("event")}
       WHERE load = $1 ORDER BY object_key`,
      [number],
    );
    await keep(own, {
      ...begunNow(loaded_at),
      kind: "load",
      system,
      account,
      region,
      epoch: tip.epoch,
      load: Number(number),
      retentionDays: retention_days,
      keys: rows.map(({ key }) => key),
      raw: rows.filter(({ is_raw }) => is_raw).map(({ key }) => key),
    });
  }
}
