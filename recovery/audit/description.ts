import { createHash } from "node:crypto";
import { escapeLiteral } from "pg";
import { type DatabaseSession } from "../database/session";

/** Definitions of all that is in a schema, by what they are of. */
export type Description = ReadonlyMap<string, string>;

/**
 * Everything in a schema that decides what its rows are, who may do what, and whether that is enforced:
 * as the catalog has it, and not as a dump would word it.
 */
const definitions = `
SELECT 'schema' AS what, pg_catalog.pg_get_userbyid(n.nspowner)::text AS definition FROM own n
UNION ALL
SELECT 'relation ' || c.relname, pg_catalog.concat_ws(' ', 'kind', c.relkind, 'owner', pg_catalog.pg_get_userbyid(c.relowner),
  'persistence', c.relpersistence, 'security', c.relrowsecurity, c.relforcerowsecurity, 'options', c.reloptions::text,
  'parts', c.relhassubclass, c.relispartition,
  'privileges', (SELECT pg_catalog.string_agg(acl::text, ' ' ORDER BY acl::text COLLATE "C") FROM pg_catalog.unnest(c.relacl) acl))
FROM pg_catalog.pg_class c JOIN own n ON n.oid = c.relnamespace
WHERE c.relkind <> 'i'
UNION ALL
SELECT 'column ' || c.relname || '.' || a.attname, pg_catalog.concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod),
  'collation', (SELECT collname FROM pg_catalog.pg_collation WHERE oid = a.attcollation), 'required', a.attnotnull,
  'generated', a.attgenerated, a.attidentity, pg_catalog.pg_get_expr(d.adbin, d.adrelid),
  'privileges', (SELECT pg_catalog.string_agg(acl::text, ' ' ORDER BY acl::text COLLATE "C") FROM pg_catalog.unnest(a.attacl) acl))
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN own n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind <> 'i'
UNION ALL
SELECT 'constraint ' || c.relname || '.' || k.conname,
  pg_catalog.concat_ws(' ', pg_catalog.pg_get_constraintdef(k.oid), 'validated', k.convalidated,
    (SELECT pg_catalog.string_agg(t.tgfoid::pg_catalog.regproc::text || ' ' || t.tgenabled::text, ' ' ORDER BY t.tgfoid)
     FROM pg_catalog.pg_trigger t WHERE t.tgconstraint = k.oid))
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN own n ON n.oid = c.relnamespace
UNION ALL
SELECT 'index ' || i.relname, pg_catalog.concat_ws(' ', pg_catalog.pg_get_indexdef(i.oid), 'valid', x.indisvalid)
FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN own n ON n.oid = i.relnamespace
UNION ALL
SELECT 'trigger ' || c.relname || '.' || t.tgname, pg_catalog.concat_ws(' ', pg_catalog.pg_get_triggerdef(t.oid), 'enabled', t.tgenabled)
FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN own n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal
UNION ALL
SELECT 'rule ' || c.relname || '.' || r.rulename, pg_catalog.concat_ws(' ', pg_catalog.pg_get_ruledef(r.oid), 'enabled', r.ev_enabled)
FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN own n ON n.oid = c.relnamespace
UNION ALL
SELECT 'policy ' || c.relname || '.' || p.polname, pg_catalog.concat_ws(' ', p.polcmd, p.polpermissive,
  pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN own n ON n.oid = c.relnamespace
UNION ALL
SELECT 'function ' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')',
  pg_catalog.concat_ws(' ', 'kind', p.prokind, 'owner', pg_catalog.pg_get_userbyid(p.proowner), 'definer', p.prosecdef,
    'language', l.lanname, 'settings', p.proconfig::text, p.provolatile, p.prosrc, pg_catalog.pg_get_function_sqlbody(p.oid),
    'privileges', (SELECT pg_catalog.string_agg(acl::text, ' ' ORDER BY acl::text COLLATE "C") FROM pg_catalog.unnest(p.proacl) acl))
FROM pg_catalog.pg_proc p JOIN own n ON n.oid = p.pronamespace JOIN pg_catalog.pg_language l ON l.oid = p.prolang
UNION ALL
SELECT 'part ' || child.relname, parent.relname
FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class parent ON parent.oid = h.inhparent JOIN own n ON n.oid = parent.relnamespace
JOIN pg_catalog.pg_class child ON child.oid = h.inhrelid
UNION ALL
SELECT 'type ' || t.typname, t.typtype::text
FROM pg_catalog.pg_type t JOIN own n ON n.oid = t.typnamespace
WHERE t.typtype IN ('d', 'e', 'r')`;

/**
 * Describes a schema.
 *
 * @param name Its name.
 * @param as Name that it would have: a schema that is made for comparison has another.
 */
export async function describeSchema(
  session: DatabaseSession,
  name: string,
  as = name,
): Promise<Description> {
  const rows = await session.rows<{ what: string; definition: string }>(
    `WITH own AS (SELECT oid, nspowner FROM pg_catalog.pg_namespace WHERE nspname = ${escapeLiteral(name)})
     SELECT what, definition FROM (${definitions}) all_definitions ORDER BY what COLLATE "C"`,
  );
  return new Map(
    rows.map(({ what, definition }) => [what, definition.replaceAll(`${name}.`, `${as}.`)]),
  );
}

/** SHA-256 of each definition. */
export function fingerprintsOf(description: Description): Record<string, string> {
  return Object.fromEntries(
    [...description].map(([what, definition]) => [
      what,
      createHash("sha256").update(definition).digest("hex"),
    ]),
  );
}

/** What differs between what a schema should be and what it is, as sentences. */
export function schemaDifferences(
  expected: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
): string[] {
  const all = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  return all.flatMap((what) => {
    if (expected[what] === found[what]) {
      return [];
    }
    return found[what] === undefined
      ? [`${what} is gone`]
      : expected[what] === undefined
        ? [`${what} was added`]
        : [`${what} was changed`];
  });
}
