import { type DatabaseAddress, DatabaseFailure, DatabaseSession } from "./database/session";

/** How long one query may take, as PostgreSQL writes it. */
const queryTimeout = "10min";

/**
 * Asks a restored database for rows that must not be there.
 *
 * @param queries By name.
 * @param searchPath As {@link openForQueries} takes it.
 * @returns What was found, as sentences, and what could not be asked: a query on a table that is gone
 * says so.
 */
export async function integrityProblems(
  restored: DatabaseAddress,
  queries: Readonly<Record<string, string>>,
  searchPath?: string,
): Promise<string[]> {
  const session = await openForQueries(restored, searchPath);
  try {
    const problems: string[] = [];
    for (const [name, query] of Object.entries(queries)) {
      try {
        const { rows } = await session.row<{ rows: string }>(
          `SELECT count(*)::text AS rows FROM (${query}) found`,
        );
        if (rows !== "0") {
          problems.push(`integrity query ${name} finds ${rows} rows, and must find none`);
        }
      } catch (error) {
        problems.push(`integrity query ${name}: ${statementProblem(error)}`);
      }
    }
    return problems;
  } finally {
    await session.close();
  }
}

/**
 * A session that changes nothing, in which tables need no schema.
 *
 * @param searchPath The schemas in which names are looked for, as PostgreSQL writes them. @default - the
 * server's
 */
export async function openForQueries(
  restored: DatabaseAddress,
  searchPath = "DEFAULT",
): Promise<DatabaseSession> {
  const session = await DatabaseSession.open(restored);
  await session.run(`
    SET default_transaction_read_only = on;
    SET statement_timeout = '${queryTimeout}';
    SET search_path TO ${searchPath === "" ? "''" : searchPath}`);
  return session;
}

/**
 * What is wrong with a statement.
 *
 * @throws The error itself, when it is not the statement that is wrong.
 */
export function statementProblem(error: unknown): string {
  if (error instanceof DatabaseFailure && error.isOfStatement) {
    return error.message;
  }
  throw error;
}
