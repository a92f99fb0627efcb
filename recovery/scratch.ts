import { randomBytes } from "node:crypto";
import { claim, dropDatabase, unclaim } from "./database/claims";
import { type DatabaseAddress, DatabaseSession } from "./database/session";
import { RecoveryFailure } from "./failure";

/** What scratch databases are called, and nothing else is. */
const prefix = "trading_dr_scratch_";

/**
 * Lends a name for a scratch database, and drops what has the name in the end. What another run left
 * behind, because it was killed, is dropped first.
 *
 * @param server A database of the server that is given for scratch databases.
 * @param source Number of the cluster that the recovery point is of.
 * @throws RecoveryFailure `refused` when the server is that cluster, or a replica or a copy of it.
 */
export async function withScratchDatabase<Result>(
  server: DatabaseAddress,
  source: string,
  use: (name: string) => Promise<Result>,
): Promise<Result> {
  const session = await DatabaseSession.open(server);
  try {
    await refuseSource(session, server, source);
    await dropLeftovers(session, server);
    const name = prefix + randomBytes(8).toString("hex");
    await claim(session, name);
    try {
      return await use(name);
    } finally {
      await dropDatabase(session, server, name);
    }
  } finally {
    await session.close();
  }
}

async function refuseSource(
  session: DatabaseSession,
  { host }: DatabaseAddress,
  source: string,
): Promise<void> {
  const { identifier } = await session.row<{ identifier: string }>(
    "SELECT system_identifier::text AS identifier FROM pg_catalog.pg_control_system()",
  );
  if (identifier === source) {
    throw new RecoveryFailure(
      "refused",
      `the server at ${host} is the one that was backed up, or a replica or a copy of it (its system identifier is ${identifier}): give a server of its own for scratch databases`,
    );
  }
}

async function dropLeftovers(session: DatabaseSession, server: DatabaseAddress): Promise<void> {
  const leftovers = await session.rows<{ name: string }>(
    "SELECT datname::text AS name FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname::text, $1)",
    [prefix],
  );
  for (const { name } of leftovers) {
    if (await claim(session, name)) {
      await dropDatabase(session, server, name);
      await unclaim(session, name);
    }
  }
}
