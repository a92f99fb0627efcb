import { escapeLiteral } from "pg";
import { type DatabaseSession } from "./session";

/** Bytes of a large object that are one row. */
const pageBytes = 256 * 1024;

/** Numbers of all large objects. */
export async function largeObjectsOf(session: DatabaseSession): Promise<string[]> {
  const rows = await session.rows<{ number: string }>(
    "SELECT oid::text AS number FROM pg_catalog.pg_largeobject_metadata ORDER BY oid",
  );
  return rows.map(({ number }) => number);
}

/**
 * A statement that gives the contents of large objects as rows: number, page, bytes. An empty one has
 * one row too. It opens each, which lasts until the transaction, or a savepoint before it, is left.
 *
 * @param first Lowest number of them.
 * @param last Highest number of them.
 */
export function largeObjectRows(first: string, last: string): string {
  return `
    SELECT m.oid, page.number, pg_catalog.lo_get(m.oid, page.number * ${String(pageBytes)}, ${String(pageBytes)})
    FROM (
      SELECT oid, pg_catalog.lo_lseek64(pg_catalog.lo_open(oid, 262144), 0, 2) AS size
      FROM pg_catalog.pg_largeobject_metadata WHERE oid BETWEEN ${first} AND ${last}
    ) m
    CROSS JOIN LATERAL pg_catalog.generate_series(0, greatest(m.size - 1, 0) / ${String(pageBytes)}) page (number)`;
}

/** Where {@link largeObjectRows} came from: its columns, for a table that takes them up. */
export const largeObjectColumns = "number oid, page bigint, bytes bytea";

/** Writes rows of {@link largeObjectRows} into large objects that are there. */
export function writeLargeObjects(table: string): string {
  return `SELECT pg_catalog.lo_put(number, page * ${String(pageBytes)}, bytes) FROM ${table}`;
}

/**
 * What is said of each large object, as {@link declareLargeObjects} reads it.
 *
 * @param encoding The database's.
 */
export function largeObjectsDeclared(
  session: DatabaseSession,
  encoding: string,
): AsyncGenerator<Buffer> {
  return session.copyOut(`
  COPY (
    SELECT m.oid, pg_catalog.pg_get_userbyid(m.lomowner),
      pg_catalog.obj_description(m.oid, 'pg_largeobject'),
      CASE WHEN m.lomacl IS NOT NULL THEN coalesce((
        SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
          'role', r.rolname, 'privilege', entry.privilege_type, 'isGrantable', entry.is_grantable))
        FROM pg_catalog.aclexplode(m.lomacl) entry
        LEFT JOIN pg_catalog.pg_roles r ON r.oid = entry.grantee
        WHERE entry.grantee = 0 OR r.oid IS NOT NULL
      ), '[]') END,
      (
        SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
          'provider', l.provider, 'label', l.label))
        FROM pg_catalog.pg_seclabel l
        WHERE l.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND l.objoid = m.oid
      )
    FROM pg_catalog.pg_largeobject_metadata m ORDER BY m.oid
  ) TO STDOUT (ENCODING ${escapeLiteral(encoding)})`);
}

/** Large objects that are made in one transaction: each takes a lock. */
const madeAtOnce = 500;

/**
 * Makes large objects, without their contents.
 *
 * @param rows What {@link largeObjectsDeclared} gave.
 * @param encoding The source's.
 */
export async function declareLargeObjects(
  session: DatabaseSession,
  rows: AsyncIterable<Buffer>,
  encoding: string,
): Promise<void> {
  const declared = "pg_temp.large_object_declared";
  await session.run(
    `CREATE TEMPORARY TABLE ${declared} (number oid, owner text, comment text, grants jsonb, labels jsonb)`,
  );
  await session.copyIn(`COPY ${declared} FROM STDIN (ENCODING ${escapeLiteral(encoding)})`, rows);
  // By itself: among other statements it could not commit.
  await session.run(`
    DO $$
    DECLARE
      said record;
      entry jsonb;
      made integer := 0;
    BEGIN
      FOR said IN SELECT * FROM ${declared} LOOP
        PERFORM pg_catalog.lo_create(said.number);
        IF said.owner <> current_user THEN
          EXECUTE pg_catalog.format('ALTER LARGE OBJECT %s OWNER TO %I', said.number, said.owner);
        END IF;
        IF said.comment IS NOT NULL THEN
          EXECUTE pg_catalog.format('COMMENT ON LARGE OBJECT %s IS %L', said.number, said.comment);
        END IF;
        IF said.grants IS NOT NULL THEN
          EXECUTE pg_catalog.format('REVOKE ALL ON LARGE OBJECT %s FROM PUBLIC, %I', said.number, said.owner);
          FOR entry IN SELECT * FROM pg_catalog.jsonb_array_elements(said.grants) LOOP
            EXECUTE pg_catalog.format('GRANT %s ON LARGE OBJECT %s TO %s%s',
              entry ->> 'privilege', said.number,
              coalesce(pg_catalog.quote_ident(entry ->> 'role'), 'PUBLIC'),
              CASE WHEN (entry -> 'isGrantable')::boolean THEN ' WITH GRANT OPTION' ELSE '' END);
          END LOOP;
        END IF;
        FOR entry IN SELECT * FROM pg_catalog.jsonb_array_elements(coalesce(said.labels, '[]')) LOOP
          EXECUTE pg_catalog.format('SECURITY LABEL FOR %I ON LARGE OBJECT %s IS %L',
            entry ->> 'provider', said.number, entry ->> 'label');
        END LOOP;
        made := made + 1;
        IF made % ${String(madeAtOnce)} = 0 THEN
          COMMIT;
        END IF;
      END LOOP;
    END $$`);
}
