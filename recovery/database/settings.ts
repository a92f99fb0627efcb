import { escapeIdentifier, escapeLiteral } from "pg";
import { type Manifest } from "../../contracts/manifest";
import { type DatabaseSession } from "./session";

type Setting = Manifest["settings"][number];

/**
 * Settings that a database has of its own, or that a role has in it.
 *
 * @param database @default - the one that the session is connected to
 */
export async function settingsOf(session: DatabaseSession, database?: string): Promise<Setting[]> {
  const rows = await session.rows<{ role: string | null; setting: string }>(
    `SELECT r.rolname::text AS role, setting
    FROM pg_catalog.pg_db_role_setting s
    JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
    CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) setting
    WHERE d.datname = coalesce($1::pg_catalog.name, pg_catalog.current_database())
    ORDER BY 1 NULLS FIRST, 2`,
    [database ?? null],
  );
  return rows.map(({ role, setting }) => {
    const end = setting.indexOf("=");
    return {
      ...(role === null ? {} : { role }),
      name: setting.slice(0, end),
      value: setting.slice(end + 1),
    };
  });
}

/**
 * Settings whose value is a list of names, each quoted by itself where it has to be, and whether names
 * without quotes mean them in small letters.
 */
const listSettings: Readonly<Record<string, "folded" | "as written">> = {
  local_preload_libraries: "as written",
  search_path: "folded",
  session_preload_libraries: "as written",
  temp_tablespaces: "folded",
};

/** The statement that gives a database one of its settings. */
export function settingStatement(database: string, { role, name, value }: Setting): string {
  const subject =
    role === undefined
      ? `DATABASE ${escapeIdentifier(database)}`
      : `ROLE ${escapeIdentifier(role)} IN DATABASE ${escapeIdentifier(database)}`;
  const values = valuesOf({ name, value });
  // A setting of an extension has a point in its name.
  const named = name.split(".").map(escapeIdentifier).join(".");
  return `ALTER ${subject} SET ${named} TO ${values.map(escapeLiteral).join(", ")}`;
}

/** Whether two settings of the same name say the same: lists of names can be written in several ways. */
export function isSameSetting(one: Setting, other: Setting): boolean {
  return JSON.stringify(valuesOf(one)) === JSON.stringify(valuesOf(other));
}

/** What a setting is set to, each value to be written as text: an empty name, `""`, is no identifier of SQL's. */
function valuesOf({ name, value }: Setting): string[] {
  const names = listSettings[name.toLowerCase()];
  if (names === undefined) {
    return [value];
  }
  const values = [...value.matchAll(/"((?:[^"]|"")*)"|[^\s,]+/g)].map(([whole, quoted]) =>
    quoted !== undefined
      ? quoted.replaceAll('""', '"')
      : names === "folded"
        ? whole.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
        : whole,
  );
  return values.length === 0 ? [""] : values;
}
