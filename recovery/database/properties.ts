import { escapeIdentifier, escapeLiteral } from "pg";
import { type Manifest } from "../../contracts/manifest";
import { type DatabaseSession } from "./session";

type Properties = Manifest["properties"];

/**
 * What is said of the database as a whole. pg_dump writes it only with the statement that makes a
 * database under the name that it had, and ours gets another.
 */
export async function propertiesOf(session: DatabaseSession): Promise<Properties> {
  const { owner, connection_limit, comment, has_grants } = await session.row<{
    owner: string;
    connection_limit: number;
    comment: string | null;
    has_grants: boolean;
  }>(`
    SELECT pg_catalog.pg_get_userbyid(datdba)::text AS owner, datconnlimit AS connection_limit,
      pg_catalog.shobj_description(oid, 'pg_database') AS comment, datacl IS NOT NULL AS has_grants
    FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`);
  const grants = await session.rows<{
    role: string | null;
    privilege: NonNullable<Properties["grants"]>[number]["privilege"];
    is_grantable: boolean;
  }>(`
    SELECT r.rolname::text AS role, entry.privilege_type AS privilege,
      pg_catalog.bool_or(entry.is_grantable) AS is_grantable
    FROM pg_catalog.pg_database d
    CROSS JOIN LATERAL pg_catalog.aclexplode(d.datacl) entry
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = entry.grantee
    WHERE d.datname = pg_catalog.current_database() AND (entry.grantee = 0 OR r.oid IS NOT NULL)
    GROUP BY 1, 2
    ORDER BY 1 NULLS FIRST, 2`);
  return {
    owner,
    connectionLimit: connection_limit,
    ...(comment === null ? {} : { comment }),
    ...(has_grants
      ? {
          grants: grants.map(({ role, privilege, is_grantable }) => ({
            ...(role === null ? {} : { role }),
            privilege,
            isGrantable: is_grantable,
          })),
        }
      : {}),
  };
}

/**
 * The statements that give a new database its properties.
 *
 * @param roles The roles that the server has: for others nothing is granted.
 */
export function propertyStatements(
  database: string,
  { owner, connectionLimit, comment, grants }: Properties,
  roles: readonly string[],
): string[] {
  const name = escapeIdentifier(database);
  const isThere = (role: string | undefined) => role === undefined || roles.includes(role);
  const subject = (role: string | undefined) =>
    role === undefined ? "PUBLIC" : escapeIdentifier(role);
  return [
    ...(isThere(owner) ? [`ALTER DATABASE ${name} OWNER TO ${escapeIdentifier(owner)}`] : []),
    `ALTER DATABASE ${name} CONNECTION LIMIT ${String(connectionLimit)}`,
    ...(comment === undefined ? [] : [`COMMENT ON DATABASE ${name} IS ${escapeLiteral(comment)}`]),
    ...(grants === undefined
      ? []
      : [
          // A new database lets everybody in, and its owner do everything.
          `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
          ...(isThere(owner)
            ? [`REVOKE ALL ON DATABASE ${name} FROM ${escapeIdentifier(owner)}`]
            : []),
          ...grants
            .filter(({ role }) => isThere(role))
            .map(
              ({ role, privilege, isGrantable }) =>
                `GRANT ${privilege} ON DATABASE ${name} TO ${subject(role)}${isGrantable ? " WITH GRANT OPTION" : ""}`,
            ),
        ]),
  ];
}
