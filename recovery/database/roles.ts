import { type DatabaseSession } from "./session";

/**
 * The statements of a script, without its remarks. Not its lines: a comment or a setting of a role may
 * hold lines that look like statements, and any role may write its own.
 */
export function statementsOf(text: string): string[] {
  const parts = text.matchAll(
    /\s+|--[^\n]*|\\[^\n]*|((?:[^;'"]|'(?:[^']|'')*'|"(?:[^"]|"")*")+;)/g,
  );
  return [...parts].flatMap(([, statement]) => (statement === undefined ? [] : [statement]));
}

/**
 * Makes the roles that a server lacks, and what they are members of, so that what belongs to them can be
 * restored. Roles that are there stay as they are, and none gets a password.
 *
 * @param text What pg_dumpall wrote.
 */
export async function makeMissingRoles(session: DatabaseSession, text: string): Promise<void> {
  const there = new Set(
    (
      await session.rows<{ name: string }>(
        "SELECT pg_catalog.quote_ident(rolname) AS name FROM pg_catalog.pg_roles",
      )
    ).map(({ name }) => name),
  );
  const statements = statementsOf(text);
  const missing = new Set(
    statements.flatMap((statement) => {
      const name = /^CREATE ROLE (.+);$/s.exec(statement)?.[1];
      return name === undefined || there.has(name) ? [] : [name];
    }),
  );
  for (const statement of statements) {
    const role =
      /^(?:CREATE|ALTER|COMMENT ON) ROLE ("(?:[^"]|"")+"|[^\s;]+)/.exec(statement)?.[1] ??
      /^GRANT (?:"(?:[^"]|"")+"|\S+) TO ("(?:[^"]|"")+"|[^\s;]+)/.exec(statement)?.[1];
    if (role !== undefined && missing.has(role)) {
      await session.run(withoutPrivileges(statement));
    }
  }
}

/**
 * A statement as those may run it who are no superusers. To take away what a new role has not needs one,
 * and who granted a membership may be a role that only the source has.
 */
function withoutPrivileges(statement: string): string {
  return statement
    .replace(
      /^(ALTER ROLE (?:"(?:[^"]|"")+"|\S+) WITH)([A-Z ]+)/,
      (_, start: string, words: string) =>
        start + words.replaceAll(/ NO(?:SUPERUSER|REPLICATION|BYPASSRLS)\b/g, ""),
    )
    .replace(/ GRANTED BY ("(?:[^"]|"")+"|[^\s;]+);$/, ";");
}
