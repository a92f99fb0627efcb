import { auditSchema } from "../../contracts/databaseRoles";
import { DatabaseFailure, type DatabaseSession } from "../database/session";
import { RecoveryFailure } from "../failure";
import { type Tip } from "./epochs";
import { auditTable, migrations } from "./migrations";

/** Seconds that a run waits for another that works on the tables. */
const longestWait = 60;

/** PostgreSQL's codes. */
const lockNotAvailable = "55P03";
const undefinedTable = "42P01";
const undefinedSchema = "3F000";

/**
 * Has the tables to oneself until the session ends: loads are numbered, and one at a time.
 *
 * @throws RecoveryFailure `refused` when another run has them for too long.
 */
export async function claimTables(session: DatabaseSession): Promise<void> {
  try {
    await session.run(
      `SET lock_timeout = '${String(longestWait)}s';
       SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended('${auditSchema}', 0));
       SET lock_timeout = 0`,
    );
  } catch (error) {
    if (error instanceof DatabaseFailure && error.code === lockNotAvailable) {
      throw new RecoveryFailure(
        "refused",
        `another run has been working on the tables of ${auditSchema} for ${String(longestWait)} s; wait for its end`,
        { cause: error },
      );
    }
    throw error;
  }
}

/**
 * The last load that the tables hold; undefined where they are empty.
 *
 * @throws RecoveryFailure `refused` when there are no tables.
 */
export async function tipOf(session: DatabaseSession): Promise<Tip | undefined> {
  try {
    const [last] = await session.rows<{ epoch: string; number: string }>(
      `SELECT epoch, number::text AS number FROM ${auditTable("load")} ORDER BY load.number DESC LIMIT 1`,
    );
    return last === undefined ? undefined : { epoch: last.epoch, load: Number(last.number) };
  } catch (error) {
    if (
      error instanceof DatabaseFailure &&
      (error.code === undefinedTable || error.code === undefinedSchema)
    ) {
      throw new RecoveryFailure(
        "refused",
        `there are no tables in ${auditSchema}: make them by trading-dr audit migrate`,
        { cause: error },
      );
    }
    throw error;
  }
}

/**
 * Names of the migrations that tables were made by.
 *
 * @throws RecoveryFailure `refused` when a newer command made them.
 */
export async function madeBy(session: DatabaseSession): Promise<string[]> {
  const { there } = await session.row<{ there: boolean }>(
    `SELECT pg_catalog.to_regclass('${auditTable("migration")}') IS NOT NULL AS there`,
  );
  const made = there
    ? await session.rows<{ name: string }>(`SELECT name FROM ${auditTable("migration")} ORDER BY 1`)
    : [];
  const names = made.map(({ name }) => name);
  const newer = names.filter((name) => !migrations.some((known) => known.name === name));
  if (newer.length > 0) {
    throw new RecoveryFailure(
      "refused",
      `the tables were made by ${newer.join(", ")}, which this version of the command does not know: use a newer one`,
    );
  }
  return names;
}
