import { type Manifest } from "../contracts/manifest";
import { propertyStatements } from "./database/properties";
import { DatabaseFailure, type DatabaseSession } from "./database/session";
import { settingStatement } from "./database/settings";

/** A setting that the server refuses, and why. */
export interface RefusedSetting {
  readonly setting: Manifest["settings"][number];
  readonly failure: DatabaseFailure;
}

/**
 * Gives a database what was said of it as a whole, all but its comment, in the transaction that the session
 * is in. Settings of roles that the server lacks are left out.
 *
 * @param database Name of a database of the server.
 * @param leaveOut Called with a setting that the server refuses; throws where it must not be left out.
 */
export async function giveItsOwn(
  session: DatabaseSession,
  database: string,
  { properties, settings }: Pick<Manifest, "properties" | "settings">,
  leaveOut: (refused: RefusedSetting) => void,
): Promise<void> {
  const found = await session.rows<{ name: string }>(
    "SELECT rolname::text AS name FROM pg_catalog.pg_roles",
  );
  const roles = found.map(({ name }) => name);
  for (const statement of propertyStatements(database, properties, roles)) {
    await session.run(statement);
  }
  for (const setting of settings) {
    if (setting.role !== undefined && !roles.includes(setting.role)) {
      continue;
    }
    await session.run("SAVEPOINT setting");
    try {
      await session.run(settingStatement(database, setting));
    } catch (error) {
      if (!(error instanceof DatabaseFailure) || !error.isOfStatement) {
        throw error;
      }
      leaveOut({ setting, failure: error });
      await session.run("ROLLBACK TO SAVEPOINT setting");
    }
  }
}
