import { setTimeout as sleep } from "node:timers/promises";
import { RecoveryFailure } from "../failure";
import { qualified, type Table, tablesOf } from "./inventory";
import { refuseUnreadable } from "./readable";
import { type DatabaseAddress, DatabaseFailure, DatabaseSession } from "./session";
import { type TextState, textStateOf } from "./textState";

/** What a database is, at the time of a snapshot. */
export interface SnapshotState extends TextState {
  readonly serverVersion: string;
  readonly systemIdentifier: string;
  readonly isReader: boolean;
  readonly snapshotAt: Date;
  readonly position: string | undefined;
}

/** Times that it is tried to lock all tables, and the milliseconds between two. */
const attempts = 30;
const pause = 2_000;

/** Milliseconds to wait for a lock: short, so that whoever waits behind us to alter a table may go on. */
export const lockTimeout = 5_000;

/** PostgreSQL's codes of errors: no lock in time, and a deadlock. */
const lockedOut = ["55P03", "40P01"];

/** Oldest major version of a server that is read: facts of the catalog differ before. */
const oldestMajor = 15;

/**
 * One point in time of a database, which several sessions see. All tables are locked before it is
 * taken: none of them is altered or dropped until it is closed, and whoever wants to waits.
 */
export class DatabaseSnapshot {
  private constructor(
    private readonly holder: DatabaseSession,
    /** Sessions that see it, each in a transaction. */
    public readonly readers: readonly DatabaseSession[],
    /** Name by which other sessions, and pg_dump, take it. */
    public readonly name: string,
    public readonly state: SnapshotState,
    public readonly tables: readonly Table[],
  ) {}

  /**
   * Takes a snapshot.
   *
   * @param readers Sessions that read at once.
   * @throws RecoveryFailure `refused` for what cannot be read whole, `database` when tables stay locked.
   */
  public static async take(address: DatabaseAddress, readers: number): Promise<DatabaseSnapshot> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(address, readers);
      } catch (error) {
        const isLockedOut =
          error instanceof TablesChanged ||
          (error instanceof DatabaseFailure && lockedOut.includes(error.code ?? ""));
        if (!isLockedOut || attempt === attempts) {
          throw error;
        }
        await sleep(pause);
      }
    }
  }

  /** The session that holds the snapshot, for questions about the catalog. */
  public get catalog(): DatabaseSession {
    return this.holder;
  }

  /** Whether somebody waits for a lock that the snapshot holds. False where that cannot be asked any more. */
  public async isInTheWay(): Promise<boolean> {
    try {
      const { waits } = await this.holder.row<{ waits: boolean }>(
        `SELECT EXISTS (
           SELECT FROM pg_catalog.pg_locks
           WHERE NOT granted AND pg_catalog.pg_backend_pid() = ANY (pg_catalog.pg_blocking_pids(pid))
         ) AS waits`,
      );
      return waits;
    } catch {
      return false;
    }
  }

  /** Lets go of all. */
  public async close(): Promise<void> {
    await Promise.all([this.holder, ...this.readers].map((session) => session.close()));
  }

  private static async attempt(
    address: DatabaseAddress,
    readers: number,
  ): Promise<DatabaseSnapshot> {
    const sessions: DatabaseSession[] = [];
    const open = async () => {
      const session = await DatabaseSession.open(address);
      sessions.push(session);
      return session;
    };
    try {
      const holder = await open();
      await refuseOldServer(holder);
      await refuseUnreadable(holder);
      const wanted = await tablesOf(holder);
      const position = await positionOf(holder);
      // A transaction of this level sees what was there at its first query, which comes after the locks.
      await holder.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      await lock(holder, wanted);
      const { name } = await holder.row<{ name: string }>(
        "SELECT pg_catalog.pg_export_snapshot() AS name",
      );
      const tables = await tablesOf(holder);
      if (namesOf(tables) !== namesOf(wanted)) {
        throw new TablesChanged();
      }
      const reading: DatabaseSession[] = [];
      for (let number = 0; number < readers; number += 1) {
        const reader = await open();
        await reader.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        await reader.run(`SET TRANSACTION SNAPSHOT '${name}'`);
        // Taken now: later it would wait behind whoever waits for us.
        await lock(reader, tables);
        reading.push(reader);
      }
      return new DatabaseSnapshot(
        holder,
        reading,
        name,
        { ...(await stateOf(holder)), position },
        tables,
      );
    } catch (error) {
      await Promise.all(sessions.map((session) => session.close()));
      throw error;
    }
  }
}

/** Tables came or went between looking and locking. */
class TablesChanged extends Error {
  public constructor() {
    super("tables were made, renamed or dropped again and again while the backup began; try again");
  }
}

function namesOf(tables: readonly Table[]): string {
  return JSON.stringify(tables.map(({ schema, name }) => [schema, name]));
}

async function lock(session: DatabaseSession, tables: readonly Table[]): Promise<void> {
  await session.run(`SET lock_timeout = ${String(lockTimeout)}`);
  if (tables.length > 0) {
    await session.run(
      `LOCK TABLE ONLY ${tables.map(qualified).join(", ONLY ")} IN ACCESS SHARE MODE`,
    );
  }
  await session.run("SET lock_timeout = 0");
}

async function refuseOldServer(session: DatabaseSession): Promise<void> {
  const { version } = await session.row<{ version: string }>(
    "SELECT pg_catalog.current_setting('server_version_num') AS version",
  );
  if (Number(version) < oldestMajor * 10_000) {
    throw new RecoveryFailure(
      "refused",
      `the server is PostgreSQL ${String(Math.floor(Number(version) / 10_000))}; at least ${String(oldestMajor)} is needed`,
    );
  }
}

async function stateOf(session: DatabaseSession): Promise<Omit<SnapshotState, "position">> {
  const state = await session.row<{
    version: string;
    identifier: string;
    is_reader: boolean;
    at: Date;
  }>(`
    SELECT pg_catalog.current_setting('server_version') AS version,
      (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS identifier,
      pg_catalog.pg_is_in_recovery() AS is_reader,
      -- Of the transaction, which began before the snapshot: too early is safe, too late is not.
      pg_catalog.transaction_timestamp() AS at`);
  return {
    serverVersion: state.version.split(" ")[0] ?? state.version,
    systemIdentifier: state.identifier,
    isReader: state.is_reader,
    snapshotAt: state.at,
    ...(await textStateOf(session)),
  };
}

/**
 * The position in the log; undefined where a server keeps none, as Aurora's readers do. Asked before the
 * transaction: too early is safe, too late is not, and a failure ends nothing.
 */
async function positionOf(session: DatabaseSession): Promise<string | undefined> {
  try {
    const { position } = await session.row<{ position: string | null }>(
      `SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
         ELSE pg_catalog.pg_current_wal_lsn() END::text AS position`,
    );
    return position ?? undefined;
  } catch (error) {
    if (error instanceof DatabaseFailure && error.isOfStatement) {
      return undefined;
    }
    throw error;
  }
}
