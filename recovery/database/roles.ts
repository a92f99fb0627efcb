import { type DatabaseSession } from "./session";

/**
 * Makes the roles that a server lacks, and what they are members of, so that what belongs to them can be
 * restored. Roles that are there stay as they are, and none gets a password.
 *
 * @param statements What pg_dumpall wrote, a line for each statement.
 */
export async function makeMissingRoles(
  session: DatabaseSession,
  statements: string,
): Promise<void> {
  const there = new Set(
    (
      await session.rows<{ name: string }>(
        "SELECT pg_catalog.quote_ident(rolname) AS name FROM pg_catalog.pg_roles",
      )
    ).map(({ name }) => name),
  );
  const lines = statements.split("\n");
  const missing = new Set(
    lines.flatMap((line) => {
      const name = /^CREATE ROLE (.+);$/.exec(line)?.[1];
      return name === undefined || there.has(name) ? [] : [name];
    }),
  );
  for (const line of lines) {
    const role =
      /^(?:CREATE|ALTER) ROLE ("(?:[^"]|"")+"|[^\s;]+)/.exec(line)?.[1] ??
      /^GRANT .+ TO ("(?:[^"]|"")+"|[^\s;]+)/.exec(line)?.[1];
    if (role !== undefined && missing.has(role)) {
      // Who granted it may be a role that only the source has.
      await session.run(line.replace(/ GRANTED BY ("(?:[^"]|"")+"|[^\s;]+);$/, ";"));
    }
  }
}
