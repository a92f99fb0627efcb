import { escapeIdentifier, escapeLiteral } from "pg";
import { type Manifest } from "../../contracts/manifest";
import { type DatabaseSession } from "./session";

type Properties = Manifest["properties"];

/**
 * What is said of a database as a whole. pg_dump writes it only with the statement that makes a
 * database under the name that it had, and ours gets another.
 *
 * @param database @default - the one that the session is connected to
 */
export async function propertiesOf(
  session: DatabaseSession,
  database?: string,
): Promise<Properties> {
  const isIt = "datname = coalesce($1::pg_catalog.name, pg_catalog.current_database())";
  const { owner, connection_limit, comment, has_grants } = await session.row<{
    owner: string;
    connection_limit: number;
    comment: string | null;
    has_grants: boolean;
  }>(
    `SELECT pg_catalog.pg_get_userbyid(datdba)::text AS owner, datconnlimit AS connection_limit,
      pg_catalog.shobj_description(oid, 'pg_database') AS comment, datacl IS NOT NULL AS has_grants
    FROM pg_catalog.pg_database WHERE ${isIt}`,
    [database ?? null],
  );
  const grants = await session.rows<{
    role: string | null;
    privilege: NonNullable<Properties["grants"]>[number]["privilege"];
    is_grantable: boolean;
  }>(
    `SELECT r.rolname::text AS role, entry.privilege_type AS privilege,
      pg_catalog.bool_or(entry.is_grantable) AS is_grantable
    FROM pg_catalog.pg_database d
    CROSS JOIN LATERAL pg_catalog.aclexplode(d.datacl) entry
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = entry.grantee
    WHERE ${isIt} AND (entry.grantee = 0 OR r.oid IS NOT NULL)
    GROUP BY 1, 2
    ORDER BY 1 NULLS FIRST, 2`,
    [database ?? null],
  );
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

/** The statement that gives a database its comment, or none. */
export function commentStatement(database: string, comment: string | undefined): string {
  return `COMMENT ON DATABASE ${escapeIdentifier(database)} IS ${comment === undefined ? "NULL" : escapeLiteral(comment)}`;
}

/**
 * The statements that give a new database its properties, all but its comment: that is the last, since until
 * then it says of a database that it is not whole.
 *
 * @param roles The roles that the server has: for others nothing is granted.
 */
export function propertyStatements(
  database: string,
  { owner, connectionLimit, grants }: Properties,
  roles: readonly string[],
): string[] {
  const name = escapeIdentifier(database);
  const isThere = (role: string | undefined) => role === undefined || roles.includes(role);
  const subject = (role: string | undefined) =>
    role === undefined ? "PUBLIC" : escapeIdentifier(role);
  return [
    ...(isThere(owner) ? [`ALTER DATABASE ${name} OWNER TO ${escapeIdentifier(owner)}`] : []),
    `ALTER DATABASE ${name} CONNECTION LIMIT ${String(connectionLimit)}`,
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
