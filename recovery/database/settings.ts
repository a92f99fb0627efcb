import { escapeIdentifier, escapeLiteral } from "pg";
import { type Manifest } from "../../contracts/manifest";
import { type DatabaseSession } from "./session";

type Setting = Manifest["settings"][number];

/** Settings that the database has of its own, or that a role has in it. */
export async function settingsOf(session: DatabaseSession): Promise<Setting[]> {
  const rows = await session.rows<{ role: string | null; setting: string }>(`
    SELECT r.rolname::text AS role, setting
    FROM pg_catalog.pg_db_role_setting s
    JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
    CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) setting
    WHERE d.datname = pg_catalog.current_database()
    ORDER BY 1 NULLS FIRST, 2`);
  return rows.map(({ role, setting }) => {
    const end = setting.indexOf("=");
    return {
      ...(role === null ? {} : { role }),
      name: setting.slice(0, end),
      value: setting.slice(end + 1),
    };
  });
}

/** Settings whose value is a list of names, each quoted by itself where it has to be. */
const listSettings = [
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "temp_tablespaces",
];

/** The statement that gives a database one of its settings. */
export function settingStatement(database: string, { role, name, value }: Setting): string {
  const subject =
    role === undefined
      ? `DATABASE ${escapeIdentifier(database)}`
      : `ROLE ${escapeIdentifier(role)} IN DATABASE ${escapeIdentifier(database)}`;
  const values = listSettings.includes(name.toLowerCase()) ? namesIn(value) : [value];
  // A setting of an extension has a point in its name.
  const named = name.split(".").map(escapeIdentifier).join(".");
  return `ALTER ${subject} SET ${named} TO ${values.map(escapeLiteral).join(", ")}`;
}

/** The names of a list, each to be written as text: an empty one, `""`, is no identifier of SQL's. */
function namesIn(list: string): string[] {
  const names = [...list.matchAll(/"((?:[^"]|"")*)"|[^\s,]+/g)].map(([whole, quoted]) =>
    quoted === undefined ? whole : quoted.replaceAll('""', '"'),
  );
  return names.length === 0 ? [""] : names;
}
