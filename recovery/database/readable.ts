import { RecoveryFailure } from "../failure";
import { type DatabaseSession } from "./session";

/** Most objects that a refusal names. */
const namedAtMost = 10;

/**
 * What the session's user cannot read whole, as orders to whoever may change it. A backup without it
 * would be a partial one that looks whole.
 */
async function unreadable(session: DatabaseSession): Promise<string[]> {
  const relations = await session.rows<{ relation: string; problem: string }>(`
    SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS relation,
      CASE
        WHEN NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE') THEN 'schema'
        WHEN c.relkind = 'S' AND NOT pg_catalog.has_sequence_privilege(c.oid, 'SELECT') THEN 'privilege'
        WHEN c.relkind <> 'S' AND NOT pg_catalog.has_table_privilege(c.oid, 'SELECT') THEN 'privilege'
        WHEN c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery() THEN 'unlogged'
        ELSE 'rows'
      END AS problem
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relpersistence <> 't'
      AND c.relkind IN ('r', 'p', 'S')
      AND (
        NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        OR (c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery())
        OR CASE WHEN c.relkind = 'S' THEN NOT pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
           ELSE NOT pg_catalog.has_table_privilege(c.oid, 'SELECT')
             -- A partitioned table's own is not asked: rows are read from its partitions.
             OR (c.relkind = 'r' AND pg_catalog.row_security_active(c.oid)) END
      )
    ORDER BY 1`);
  const { user } = await session.row<{ user: string }>(
    "SELECT pg_catalog.quote_ident(current_user) AS user",
  );
  const largeObjects = await session.rows<{ number: string; owner: string }>(`
      SELECT m.oid::text AS number, pg_catalog.pg_get_userbyid(m.lomowner) AS owner
      FROM pg_catalog.pg_largeobject_metadata m
      WHERE NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
        AND NOT pg_catalog.pg_has_role(m.lomowner, 'USAGE')
        AND NOT EXISTS (
          SELECT FROM pg_catalog.aclexplode(m.lomacl) entry
          WHERE entry.privilege_type = 'SELECT'
            AND (entry.grantee = 0 OR pg_catalog.pg_has_role(entry.grantee, 'USAGE'))
        )
      ORDER BY m.oid`);
  return [
    ...relations.map(({ relation, problem }) =>
      problem === "schema"
        ? `${relation} is in a schema that ${user} may not use: GRANT pg_read_all_data TO ${user}`
        : problem === "privilege"
          ? `${relation} may not be read by ${user}: GRANT pg_read_all_data TO ${user}`
          : problem === "unlogged"
            ? `${relation} is unlogged, and a reader has no rows of it: ALTER TABLE ${relation} SET LOGGED, or back up from the writer`
            : `${relation} has row-level security, which hides rows from ${user}: ALTER ROLE ${user} BYPASSRLS`,
    ),
    ...largeObjects.map(
      ({ number, owner }) =>
        `large object ${number} of ${owner} may not be read by ${user}: GRANT SELECT ON LARGE OBJECT ${number} TO ${user}`,
    ),
  ];
}

/** @throws RecoveryFailure `refused` naming what the session's user cannot read. */
export async function refuseUnreadable(session: DatabaseSession): Promise<void> {
  const found = await unreadable(session);
  if (found.length > 0) {
    const more =
      found.length > namedAtMost ? [`and ${String(found.length - namedAtMost)} more`] : [];
    throw new RecoveryFailure(
      "refused",
      ["this backup would not be whole:", ...found.slice(0, namedAtMost), ...more].join("\n  "),
    );
  }
}
