import { escapeIdentifier, escapeLiteral } from "pg";
import { RecoveryFailure } from "../failure";
import { type DatabaseAddress, DatabaseSession } from "./session";

/**
 * Databases that are made by a run and are not whole yet. Each is claimed by a lock of the session that
 * makes it, which is given back however the process ends, and marked by a comment, which stays: so what
 * another run works on is told from what it left behind, and both from what somebody else has made.
 */

/** Key of the lock on a name. Sessions have to be connected to the same database to see each other's. */
const lockKey = "pg_catalog.hashtextextended($1, 0)";

/** Comment on a database that is not whole. */
const unfinished = "Made by trading-dr, and not whole";

/**
 * Claims a name.
 *
 * @returns False where another session has it.
 */
export async function claim(session: DatabaseSession, name: string): Promise<boolean> {
  const { claimed } = await session.row<{ claimed: boolean }>(
    `SELECT pg_catalog.pg_try_advisory_lock(${lockKey}) AS claimed`,
    [name],
  );
  return claimed;
}

/** Gives a name back. */
export async function unclaim(session: DatabaseSession, name: string): Promise<void> {
  await session.run(`SELECT pg_catalog.pg_advisory_unlock(${lockKey})`, [name]);
}

/** Marks a database that has just been made. */
export async function markUnfinished(session: DatabaseSession, name: string): Promise<void> {
  await session.run(
    `COMMENT ON DATABASE ${escapeIdentifier(name)} IS ${escapeLiteral(unfinished)}`,
  );
}

/**
 * Claims the name of a database that is to be made, and drops what an earlier run left under it.
 *
 * @throws RecoveryFailure `refused` when another run works on it, or somebody else has made it.
 */
export async function claimForRestore(
  session: DatabaseSession,
  server: DatabaseAddress,
  name: string,
): Promise<void> {
  await claimUnused(session, server, name);
  await dropDatabase(session, server, name);
}

/**
 * Claims the name of a database that could be made, and changes nothing.
 *
 * @throws RecoveryFailure `refused` when another run works on it, or somebody else has made it.
 */
export async function claimUnused(
  session: DatabaseSession,
  server: DatabaseAddress,
  name: string,
): Promise<void> {
  if (!(await claim(session, name))) {
    throw new RecoveryFailure("refused", `another run is restoring into ${name}; wait for its end`);
  }
  const [there] = await session.rows<{ comment: string | null }>(
    `SELECT pg_catalog.shobj_description(oid, 'pg_database') AS comment
     FROM pg_catalog.pg_database WHERE datname = $1`,
    [name],
  );
  // One that was just made has nothing in it, and no mark yet.
  const isOurs = there?.comment === unfinished || there === undefined;
  if (!isOurs && !(await isEmptyDatabase({ ...server, database: name }))) {
    throw new RecoveryFailure(
      "refused",
      `there is a database ${name}, which is needed for the time of the restore and was not made by one: rename it`,
    );
  }
}

/** Lowest number of what was not made by initdb. */
const firstMade = 16_384;

/** True where nobody has made anything in a database. */
export async function isEmptyDatabase(database: DatabaseAddress): Promise<boolean> {
  const inside = await DatabaseSession.open(database);
  try {
    const made = ["class", "proc", "type", "namespace", "extension", "largeobject_metadata"].map(
      (catalog) =>
        `EXISTS (SELECT FROM pg_catalog.pg_${catalog} WHERE oid >= ${String(firstMade)})`,
    );
    const { used } = await inside.row<{ used: boolean }>(`SELECT ${made.join(" OR ")} AS used`);
    return !used;
  } finally {
    await inside.close();
  }
}

/**
 * Drops a database and ends whatever is connected to it. Its subscriptions, which were restored with it,
 * go first, and leave alone what the publisher keeps for those of the source.
 *
 * @param server Another database of the server.
 */
export async function dropDatabase(
  session: DatabaseSession,
  server: DatabaseAddress,
  name: string,
): Promise<void> {
  const subscriptions = await session.rows<{ name: string }>(
    `SELECT s.subname::text AS name FROM pg_catalog.pg_subscription s
     JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = $1`,
    [name],
  );
  if (subscriptions.length > 0) {
    const inside = await DatabaseSession.open({ ...server, database: name });
    try {
      for (const subscription of subscriptions) {
        const subject = `SUBSCRIPTION ${escapeIdentifier(subscription.name)}`;
        await inside.run(`ALTER ${subject} DISABLE`);
        await inside.run(`ALTER ${subject} SET (slot_name = NONE)`);
        await inside.run(`DROP ${subject}`);
      }
    } finally {
      await inside.close();
    }
  }
  await session.run(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
}
