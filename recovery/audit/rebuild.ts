import { auditSchema } from "../../contracts/databaseRoles";
import { eventName, type EventOf } from "../../contracts/events";
import { type DatabaseSession } from "../database/session";
import { type Progress } from "../progress";
import { currentDatabase } from "./epochs";
import { loadAll, type Loaded, type LoadRequest, openEpoch } from "./load";
import { applyMigrations, type Made, referenceOf } from "./migrate";
import { auditRolesOf } from "./migrations";
import { surveyOf } from "./survey";
import { claimTables } from "./tables";

/** What came of making the tables anew. */
export interface Rebuilt {
  readonly made: Made;
  readonly loaded: Loaded;
}

/**
 * Makes the tables anew from the bucket alone, in one transaction. What was in the schema is kept beside,
 * in another one, with all its rows and whatever was done to it: nothing is lost, and until the end readers
 * see what was.
 *
 * @param session Of an administrator who is a member of the schema's owner and may make schemas.
 */
export async function rebuild(
  session: DatabaseSession,
  request: LoadRequest,
  progress: Progress,
): Promise<Rebuilt> {
  const roles = auditRolesOf(request.system);
  await claimTables(session);
  const survey = await surveyOf(request.all, (keys) =>
    Promise.resolve({ missing: keys, unprojected: [] }),
  );
  const current = await currentDatabase(session);
  const former = survey.known.epochs.at(-1)?.id;
  const opened = await openEpoch(request, "rebuilt", undefined, former, current);
  const records: EventOf<"load">[] = [];
  await session.run("BEGIN");
  try {
    const kept = await putAside(session);
    await session.run(
      // As the access stack declares it: see components/access/auditSchema.ts.
      `CREATE SCHEMA ${auditSchema} AUTHORIZATION ${roles.owner};
       SET LOCAL ROLE ${roles.owner};
       GRANT USAGE ON SCHEMA ${auditSchema} TO ${roles.writer}, ${roles.reader};
       ALTER DEFAULT PRIVILEGES IN SCHEMA ${auditSchema} GRANT INSERT ON TABLES TO ${roles.writer};
       ALTER DEFAULT PRIVILEGES IN SCHEMA ${auditSchema} GRANT USAGE ON SEQUENCES TO ${roles.writer};
       ALTER DEFAULT PRIVILEGES IN SCHEMA ${auditSchema} GRANT SELECT ON TABLES TO ${roles.reader};
       RESET ROLE`,
    );
    await applyMigrations(session, auditSchema, roles, []);
    const made = await referenceOf(session, roles);
    await session.run(`SET LOCAL ROLE ${roles.owner}`);
    const names = [...survey.missing, opened.name];
    const loaded = await loadAll(session, request, opened.event.id, 0, names, progress, {
      each: (record) => Promise.resolve(records.push(record)),
      inOneTransaction: true,
    });
    await session.run("COMMIT");
    for (const record of records) {
      await request.own.put(eventName(record), Buffer.from(JSON.stringify(record)));
    }
    return {
      made: { ...made, ...(kept === undefined ? {} : { kept }) },
      loaded: { ...loaded, opened: opened.event },
    };
  } catch (error) {
    await session.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** Gives a schema that is there another name. */
async function putAside(session: DatabaseSession): Promise<string | undefined> {
  const { is_there } = await session.row<{ is_there: boolean }>(
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1) AS is_there",
    [auditSchema],
  );
  if (!is_there) {
    return undefined;
  }
  const kept = `${auditSchema}_before_${new Date()
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, "")
    .toLowerCase()}`;
  await session.run(`ALTER SCHEMA ${auditSchema} RENAME TO ${kept}`);
  return kept;
}
