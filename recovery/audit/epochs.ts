import { type DatabaseIdentity, type EventOf } from "../../contracts/events";
import { type DatabaseSession } from "../database/session";

/** The last load that tables hold. */
export interface Tip {
  readonly epoch: string;
  readonly load: number;
}

/** The database, as it is now. */
export interface CurrentDatabase extends DatabaseIdentity {
  /** When its server was started. */
  readonly startedAt: string;
}

/** What is known about loads: by the bucket, whatever the database says. */
export interface KnownLoads {
  /** All epochs, in the order in which they were opened. */
  readonly epochs: readonly EventOf<"epoch">[];
  /** Highest number of a load that is recorded, by epoch. */
  readonly recorded: ReadonlyMap<string, number>;
  /** End of the last load of the latest epoch that has one. */
  readonly latestAt: string | undefined;
}

/**
 * What has become of the database since the tables were loaded last.
 *
 * - `same`: nothing.
 * - `other`: it is another one, and for all that is known it holds what was loaded.
 * - `restored`: it has forgotten loads, and it is another one or its server was started since.
 * - `removed`: it has forgotten loads, and neither is so: somebody removed them.
 */
export type Standing = "same" | "other" | "restored" | "removed";

/** Judges what has become of the database. It is never one that nothing was ever loaded into. */
export function standingOf(
  tip: Tip | undefined,
  current: CurrentDatabase,
  known: KnownLoads,
): Standing {
  const latest = latestLoaded(known);
  const isForgetful =
    latest !== undefined &&
    (tip === undefined ||
      tip.epoch < latest.id ||
      (tip.epoch === latest.id && tip.load < (known.recorded.get(latest.id) ?? 0)));
  if (isForgetful) {
    const isOther = !isSameDatabase(latest.database, current);
    const wasStarted = known.latestAt === undefined || current.startedAt > known.latestAt;
    return isOther || wasStarted ? "restored" : "removed";
  }
  const own = known.epochs.find(({ id }) => id === tip?.epoch);
  return own !== undefined && isSameDatabase(own.database, current) ? "same" : "other";
}

/** The latest epoch in which something was loaded, as the bucket knows it. */
export function latestLoaded({ epochs, recorded }: KnownLoads): EventOf<"epoch"> | undefined {
  return epochs.filter(({ id }) => recorded.has(id)).at(-1);
}

/**
 * An epoch that was opened for just this database and these tables, and in which nothing was loaded yet:
 * whoever opened it was ended.
 */
export function waitingEpoch(
  tip: Tip | undefined,
  current: DatabaseIdentity,
  { epochs, recorded }: KnownLoads,
): string | undefined {
  const last = epochs.at(-1);
  return last !== undefined &&
    !recorded.has(last.id) &&
    last.reason !== "rebuilt" &&
    last.continues?.epoch === tip?.epoch &&
    last.continues?.load === tip?.load &&
    isSameDatabase(last.database, current)
    ? last.id
    : undefined;
}

/** True for two looks at one database. */
export function isSameDatabase(one: DatabaseIdentity, other: DatabaseIdentity): boolean {
  return (
    one.systemIdentifier === other.systemIdentifier &&
    one.timeline === other.timeline &&
    one.databaseNumber === other.databaseNumber &&
    one.instance === other.instance
  );
}

/**
 * The loads that tables come from, as the history of their epochs says: of each epoch those up to the
 * one from which the next epoch went on. What was loaded later is of a database that was left behind.
 *
 * @returns Lowest and highest number, by epoch.
 */
export function lineageOf(
  tip: Tip | undefined,
  epochs: readonly EventOf<"epoch">[],
): Map<string, { readonly after: number; readonly last: number }> {
  const lineage = new Map<string, { after: number; last: number }>();
  let here = tip;
  while (here !== undefined && !lineage.has(here.epoch)) {
    const { epoch, load } = here;
    const before = epochs.find(({ id }) => id === epoch)?.continues;
    lineage.set(epoch, { after: before?.load ?? 0, last: load });
    here = before;
  }
  return lineage;
}

/** Asks a writer who it is. */
export async function currentDatabase(session: DatabaseSession): Promise<CurrentDatabase> {
  const { identifier, number, started, has_instance } = await session.row<{
    identifier: string;
    number: string;
    started: Date;
    has_instance: boolean;
  }>(
    `SELECT (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS identifier,
       (SELECT oid::text FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AS number,
       pg_catalog.pg_postmaster_start_time() AS started,
       pg_catalog.to_regproc('pg_catalog.aurora_db_instance_identifier') IS NOT NULL AS has_instance`,
  );
  const [instance] = has_instance
    ? await session.rows<{ name: string }>(
        "SELECT pg_catalog.aurora_db_instance_identifier()::text AS name",
      )
    : [];
  // What the last checkpoint says is late after a promotion. Where there are no files of a log, as in
  // Aurora, there may be no name of one.
  const [log] = await session
    .rows<{ timeline: string }>(
      "SELECT pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) AS timeline",
    )
    .catch(() => []);
  return {
    systemIdentifier: identifier,
    databaseNumber: number,
    ...(log === undefined ? {} : { timeline: log.timeline }),
    ...(instance === undefined ? {} : { instance: instance.name }),
    startedAt: started.toISOString(),
  };
}

/** True for a server that follows another, and so may lack what was loaded a moment ago. */
export async function isStandby(session: DatabaseSession): Promise<boolean> {
  const { standby } = await session.row<{ standby: boolean }>(
    "SELECT pg_catalog.pg_is_in_recovery() AS standby",
  );
  return standby;
}
