import { escapeIdentifier } from "pg";
import { type Manifest } from "../contracts/manifest";
import { claimForRestore, isEmptyDatabase } from "./database/claims";
import { refuseLongNames } from "./database/names";
import { commentStatement } from "./database/properties";
import { type DatabaseAddress, DatabaseSession } from "./database/session";
import { RecoveryFailure } from "./failure";
import { giveItsOwn } from "./giveItsOwn";
import { type RecoveryPoint } from "./point/recoveryPoint";
import { type Progress } from "./progress";
import { type Hooks, whileQuiet } from "./hooks";
import { restoreInto } from "./restoreInto";

/** What an operator restores. */
export interface RestoreRequest {
  readonly point: RecoveryPoint;
  /** A database of the server, to make the new one from. It stays as it is. */
  readonly server: DatabaseAddress;
  /** Name that the restored database gets. */
  readonly into: string;
  /** Sessions that write at once. */
  readonly sessions: number;
  /** What is called before and after. @default - nothing */
  readonly hooks?: Hooks;
  /**
   * Takes a recovery point of a database that has data already, before it gives its name away.
   *
   * @default - a database that has data is refused
   */
  readonly replace?: (live: DatabaseAddress) => Promise<Manifest>;
}

/** What came of a restore. */
export interface Restored {
  readonly database: string;
  readonly point: string;
  /** Name under which a database that had the name before is kept; absent where there was none with data. */
  readonly kept?: string;
  /** True where an earlier run had done it all. */
  readonly wasThere: boolean;
}

/** Setting of a restored database that says where it is from: an end that was reached is known by it. */
const origin = "trading_dr.recovery_point";

/**
 * Restores a whole recovery point under the name of a database. The database appears under its name
 * when it is whole; until then it has another, which the next run drops. A database that had the name
 * is never dropped, unless it was empty: it is kept under another name.
 *
 * @throws RecoveryFailure `refused` when the name is that of a live database and nobody said to replace it.
 */
export async function restoreDatabase(
  request: RestoreRequest,
  progress: Progress,
): Promise<Restored> {
  const { point, server, into } = request;
  const { id } = point.manifest;
  const working = `${into}_restoring`;
  const kept = `${into}_before_${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
  refuseLongNames(`--into ${into}`, [working, kept]);
  const session = await DatabaseSession.open(server);
  try {
    const there = await databaseNamed(session, server, into);
    if (there?.origin === id) {
      if (request.replace !== undefined) {
        throw new RecoveryFailure(
          "refused",
          `${into} was restored from ${id} before, and may have been written to since: restore it into another name, and give that the right one when you have compared them`,
        );
      }
      return { database: into, point: id, wasThere: true };
    }
    const isLive = there?.isEmpty === false;
    if (isLive && request.replace === undefined) {
      throw new RecoveryFailure(
        "refused",
        `${into} is not empty: restore into another name, or replace it by naming it twice, with --into ${into} --replace ${into}`,
      );
    }
    await claimForRestore(session, server, working);
    await point.checkObjects();
    // Nobody is stopped for what would have been refused anyway.
    return await whileQuiet(
      request.hooks ?? {},
      async () => {
        await refuseSessions(session, into);
        if (isLive && request.replace !== undefined) {
          const safe = await request.replace({ ...server, database: into });
          progress.say("what is there now is safe", { point: safe.id });
        }
        await restoreInto(point, server, working, { writers: request.sessions }, progress);
        await giveAll(session, working, point.manifest, progress);
        await refuseSessions(session, into);
        const names = { working, into, kept: there === undefined ? undefined : kept };
        await appear(session, names, point.manifest.properties.comment);
        const isKept = there !== undefined && !(await dropIfEmpty(session, server, kept));
        return { database: into, point: id, ...(isKept ? { kept } : {}), wasThere: false };
      },
      progress,
    );
  } finally {
    await session.close();
  }
}

interface Found {
  /** True where nobody has made anything in it. */
  readonly isEmpty: boolean;
  /** Recovery point that it was restored from. */
  readonly origin: string | undefined;
}

async function databaseNamed(
  session: DatabaseSession,
  server: DatabaseAddress,
  name: string,
): Promise<Found | undefined> {
  const [found] = await session.rows<{ settings: string[] | null }>(
    `SELECT s.setconfig AS settings FROM pg_catalog.pg_database d
     LEFT JOIN pg_catalog.pg_db_role_setting s ON s.setdatabase = d.oid AND s.setrole = 0
     WHERE d.datname = $1`,
    [name],
  );
  if (found === undefined) {
    return undefined;
  }
  return {
    isEmpty: await isEmptyDatabase({ ...server, database: name }),
    origin: found.settings
      ?.find((setting) => setting.startsWith(`${origin}=`))
      ?.slice(origin.length + 1),
  };
}

/**
 * Drops a database in which nobody has made anything, not even while the other was restored.
 *
 * @returns False where it is kept.
 */
async function dropIfEmpty(
  session: DatabaseSession,
  server: DatabaseAddress,
  name: string,
): Promise<boolean> {
  const found = await databaseNamed(session, server, name);
  if (found?.isEmpty !== true) {
    return false;
  }
  // Not by force: whoever has connected since may be about to write.
  await session.run(`DROP DATABASE ${escapeIdentifier(name)}`);
  return true;
}

/** Who is connected may be writing, and what they write after the backup would be left behind. */
async function refuseSessions(session: DatabaseSession, database: string): Promise<void> {
  const { count, who } = await session.row<{ count: number; who: string | null }>(
    `SELECT count(*)::integer AS count,
       string_agg(DISTINCT coalesce(usename, '?') || ' (' || coalesce(nullif(application_name, ''), 'unnamed') || ')', ', ') AS who
     FROM pg_catalog.pg_stat_activity
     WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid() AND backend_type = 'client backend'`,
    [database],
  );
  if (count > 0) {
    throw new RecoveryFailure(
      "refused",
      `${String(count)} sessions are connected to ${database}: ${who ?? ""}; stop what they belong to, and run this again`,
    );
  }
}

/** PostgreSQL's code of a lacking privilege. */
const insufficientPrivilege = "42501";

/**
 * Gives a database its properties and settings, and says where it is from. What only a superuser may set,
 * as settings of extensions that are not loaded, is told and left out for others: it keeps no data back.
 */
async function giveAll(
  session: DatabaseSession,
  database: string,
  { id, properties, settings }: Manifest,
  progress: Progress,
): Promise<void> {
  await session.run("BEGIN");
  const own = { properties, settings: [...settings, { name: origin, value: id }] };
  await giveItsOwn(session, database, own, ({ setting, failure }) => {
    if (failure.code !== insufficientPrivilege) {
      throw failure;
    }
    progress.warn("a setting was left out, since only a superuser may make it", {
      setting: setting.name,
    });
  });
  await session.run("COMMIT");
}

/**
 * Gives the names in one step, and takes away the mark of one that is not whole: at no time has nobody the
 * name, and at no time somebody who is not whole.
 */
async function appear(
  session: DatabaseSession,
  { working, into, kept }: { working: string; into: string; kept: string | undefined },
  comment: string | undefined,
): Promise<void> {
  const rename = (from: string, to: string) =>
    `ALTER DATABASE ${escapeIdentifier(from)} RENAME TO ${escapeIdentifier(to)};`;
  await session.run(
    `BEGIN; ${commentStatement(working, comment)};
     ${kept === undefined ? "" : rename(into, kept)} ${rename(working, into)} COMMIT`,
  );
}
