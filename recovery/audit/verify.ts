import { auditSchema } from "../../contracts/databaseRoles";
import { DatabaseFailure, type DatabaseSession } from "../database/session";
import { RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { type BucketPrefix } from "../storage/bucket";
import { describeSchema, fingerprintsOf, schemaDifferences } from "./description";
import {
  type CurrentDatabase,
  currentDatabase,
  isStandby,
  latestLoaded,
  lineageOf,
  type Standing,
  standingOf,
} from "./epochs";
import { readKnown, type StrangeObject } from "./eventObjects";
import { majorVersion } from "./migrate";
import { auditTable, migrations } from "./migrations";
import { compareRows, type LoadRows } from "./compareRows";
import { type Survey, surveyOf } from "./survey";
import { madeBy, tipOf } from "./tables";

/** What was found in the tables. */
export interface AuditVerification {
  /** Events that are rows, as they have to be. */
  readonly rows: number;
  /** What somebody changed, added or removed, as sentences. */
  readonly touched: readonly string[];
  /** Objects among events that are none. */
  readonly strange: readonly StrangeObject[];
  readonly standing: Standing;
  /** Events that a restore of the database has taken from the tables, and that a load brings back. */
  readonly toReload: number;
  /** Events that were not loaded yet. */
  readonly toLoad: number;
  /** Rows whose retention is over and whose event is not in the bucket any more. */
  readonly expired: number;
  /** What keeps something from being judged, as sentences. */
  readonly remarks: readonly string[];
}

/**
 * Compares the tables, and what enforces them, with the events in the bucket. It only reads, and sees the
 * tables as they were at one moment.
 *
 * @param all Events of all kinds and regions.
 * @throws RecoveryFailure `refused` on a standby, and where there are no tables, or older ones.
 */
export async function verifyAudit(
  session: DatabaseSession,
  all: BucketPrefix,
  system: string,
  progress: Progress,
): Promise<AuditVerification> {
  if (await isStandby(session)) {
    throw new RecoveryFailure(
      "refused",
      "the server is a standby, and may lack what was loaded a moment ago: ask the writer",
    );
  }
  // First, so that whatever it knows of was in the tables before they are looked at.
  const survey = await surveyOf(all);
  const current = await currentDatabase(session);
  await session.run("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  try {
    await refuseOlder(session);
    const schema = await verifySchema(session, all, survey.migrations);
    try {
      const rows = await verifyRows(session, { all, system, survey, current }, progress);
      return {
        ...rows,
        touched: [...schema.touched, ...rows.touched],
        remarks: [...schema.remarks, ...rows.remarks],
      };
    } catch (error) {
      // Tables that are not what they were may be such as cannot be asked any more.
      if (schema.touched.length === 0 || !(error instanceof DatabaseFailure)) {
        throw error;
      }
      const why = `rows cannot be compared any more: ${error.message}`;
      return { ...nothingCompared, touched: [...schema.touched, why] };
    }
  } finally {
    await session.run("ROLLBACK").catch(() => undefined);
  }
}

const nothingCompared = {
  rows: 0,
  strange: [],
  standing: "same",
  toReload: 0,
  toLoad: 0,
  expired: 0,
  remarks: [],
} as const;

interface RowsRequest {
  readonly all: BucketPrefix;
  readonly system: string;
  readonly survey: Survey;
  readonly current: CurrentDatabase;
}

async function verifyRows(
  session: DatabaseSession,
  { all, system, survey, current }: RowsRequest,
  progress: Progress,
): Promise<AuditVerification> {
  const tip = await tipOf(session);
  const standing = standingOf(tip, current, survey.known);
  const loads = await loadRows(session);
  const compared = await compareRows(session, { all, system, loads }, progress);
  const lineage = lineageOf(tip, survey.known.epochs);
  const missing = new Set(compared.missing);
  const records = await verifyRecords(session, { all, survey, loads, lineage, missing, standing });
  const isToLoad = (key: string) => !records.forgotten.has(key) && !records.gone.has(key);
  return {
    rows: compared.rows,
    touched: [...compared.touched, ...records.touched],
    strange: compared.strange,
    standing,
    toReload: records.forgotten.size,
    toLoad: compared.missing.filter(isToLoad).length,
    expired: compared.expired,
    remarks: [...compared.remarks, ...records.remarks],
  };
}

async function refuseOlder(session: DatabaseSession): Promise<void> {
  const made = await madeBy(session);
  const lacking = migrations.filter(({ name }) => !made.includes(name));
  if (lacking.length > 0) {
    throw new RecoveryFailure(
      "refused",
      `the tables lack ${lacking.map(({ name }) => name).join(", ")}: run trading-dr audit migrate`,
    );
  }
}

interface Judged {
  readonly touched: readonly string[];
  readonly remarks: readonly string[];
}

/** Compares the schema with what the migrations made on a server of this version, as the bucket knows it. */
async function verifySchema(
  session: DatabaseSession,
  all: BucketPrefix,
  names: readonly string[],
): Promise<Judged> {
  const version = await majorVersion(session);
  const known = migrations.map(({ name }) => name).join();
  for (const name of [...names].reverse()) {
    const made = (await readKnown(all, name, "migration"))?.made;
    if (made?.serverVersion === version && made.migrations.join() === known) {
      const found = fingerprintsOf(await describeSchema(session, auditSchema));
      const differences = schemaDifferences(made.objects, found);
      return { touched: differences.map((what) => `schema ${auditSchema}: ${what}`), remarks: [] };
    }
  }
  return {
    touched: [],
    remarks: [
      `whether triggers, views and privileges are what they have to be was not judged: no event says what version ${version} of PostgreSQL makes of them; trading-dr audit migrate leaves one`,
    ],
  };
}

async function loadRows(session: DatabaseSession): Promise<LoadRows> {
  const rows = await session.rows<{
    number: string;
    epoch: string;
    loaded_at: Date;
    retention_days: number;
  }>(`SELECT number::text, epoch, loaded_at, retention_days FROM ${auditTable("load")}`);
  return new Map(
    rows.map(({ number, epoch, loaded_at, retention_days }) => [
      Number(number),
      { epoch, loadedAt: loaded_at, retentionDays: retention_days },
    ]),
  );
}

interface Recorded extends Judged {
  /** Keys of events that rows were made of and that the database has forgotten. */
  readonly forgotten: ReadonlySet<string>;
  /** Keys of events whose rows were removed. */
  readonly gone: ReadonlySet<string>;
}

interface RecordsRequest {
  readonly all: BucketPrefix;
  readonly survey: Survey;
  readonly loads: LoadRows;
  readonly lineage: ReturnType<typeof lineageOf>;
  readonly missing: ReadonlySet<string>;
  readonly standing: Standing;
}

/** Compares rows with the events of the loads that made them: what vanished is missed by these. */
async function verifyRecords(
  session: DatabaseSession,
  { all, survey, loads, lineage, missing, standing }: RecordsRequest,
): Promise<Recorded> {
  const touched: string[] = [];
  const remarks: string[] = [];
  const forgotten = new Set<string>();
  const gone = new Set<string>();
  const told = new Set<number>();
  const latest = latestLoaded(survey.known)?.id;
  for (const { name, epoch, load } of survey.loads) {
    const part = lineage.get(epoch);
    const isOwn = part !== undefined && load > part.after && load <= part.last;
    const isForgotten = !isOwn && epoch === latest && (part === undefined || load > part.last);
    if (!isOwn && !isForgotten) {
      continue;
    }
    const record = await readKnown(all, name, "load");
    if (record === undefined) {
      touched.push(`${all.urlOf(name)} is no event of a load`);
      continue;
    }
    if (isForgotten) {
      const lost = record.keys.filter((key) => missing.has(key));
      if (standing === "removed") {
        touched.push(`load ${String(load)} of ${record.startedAt} was removed`);
      }
      for (const key of lost) {
        (standing === "removed" ? gone : forgotten).add(key);
      }
      touched.push(
        ...(standing === "removed" ? lost.map((key) => `event ${key} was removed`) : []),
      );
      continue;
    }
    told.add(load);
    const row = loads.get(load);
    if (
      row?.epoch !== epoch ||
      row.loadedAt.toISOString() !== record.startedAt ||
      row.retentionDays !== record.retentionDays
    ) {
      touched.push(`load ${String(load)} was ${row === undefined ? "removed" : "changed"}`);
    }
    const wrong = await session.rows<{ key: string; load: string | null }>(
      `SELECT given.key, own.load::text AS load
       FROM pg_catalog.unnest($1::text[]) AS given (key)
       LEFT JOIN ${auditTable("event")} own ON own.object_key = given.key
       WHERE own.load IS DISTINCT FROM $2
         OR (own.projection IS NULL) <> (given.key = ANY ($3::text[]))`,
      [record.keys, load, record.raw],
    );
    for (const { key, load: found } of wrong) {
      gone.add(key);
      touched.push(
        found === null
          ? `event ${key} was removed: load ${String(load)} had made it a row`
          : found === String(load)
            ? `event ${key}: its projection was changed`
            : `event ${key} was removed after load ${String(load)}, and added again by load ${found}`,
      );
    }
  }
  const untold = [...loads.keys()].filter((number) => !told.has(number));
  if (untold.length > 0) {
    remarks.push(
      `loads ${untold.join(", ")} are not told of in the bucket yet, or were added by somebody: the next load tells of them`,
    );
  }
  return { touched, remarks, forgotten, gone };
}
