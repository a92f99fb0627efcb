import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DatabaseServer } from "../support/databaseServer";

/** What is declared in place of an extension, and what has to be said otherwise without it. */
interface StandIn {
  readonly declares?: string;
  readonly changes?: readonly (readonly [from: string, to: string])[];
}

const standIns: Readonly<Record<string, StandIn>> = {
  hstore: {
    declares: "CREATE DOMAIN extensions.hstore AS text;",
    changes: [["COMMENT ON EXTENSION hstore IS 'Ours, for old orders';", ""]],
  },
  citext: { declares: "CREATE DOMAIN public.citext AS text;" },
  ltree: { declares: "CREATE DOMAIN extensions.ltree AS text;" },
  cube: { declares: "CREATE DOMAIN cube AS text;" },
  isn: { declares: "CREATE DOMAIN extensions.isbn13 AS text;" },
  seg: { declares: "CREATE DOMAIN extensions.seg AS text;" },
  lo: {
    declares: "CREATE DOMAIN extensions.lo AS oid;",
    changes: [
      ["EXECUTE FUNCTION extensions.lo_manage(content)", "EXECUTE FUNCTION market.stamp()"],
    ],
  },
  pg_trgm: { changes: [["gin (a_text extensions.gin_trgm_ops)", "gin (a_vector)"]] },
  bloom: { changes: [["USING bloom (n)", "USING brin (n)"]] },
  btree_gist: { changes: [["EXCLUDE USING gist (room WITH =, ", "EXCLUDE USING gist ("]] },
  moddatetime: { changes: [["moddatetime(changed)", "market.stamp()"]] },
  file_fdw: { declares: "CREATE FOREIGN DATA WRAPPER file_fdw;" },
  postgres_fdw: { declares: "CREATE FOREIGN DATA WRAPPER postgres_fdw;" },
};

/**
 * The data set, for a server that was built without some of what it has.
 *
 * @param without Extensions that are left out though the server has them.
 */
export function dataSetFor(server: DatabaseServer, without: readonly string[] = []): string {
  const extensions = server
    .asSuperuser("postgres", "SELECT name FROM pg_available_extensions")
    .split("\n");
  const changes: (readonly [string, string])[] = [];
  const adapted = readFileSync(join(__dirname, "dataSet.sql"), "utf8").replaceAll(
    /^CREATE EXTENSION "?([\w-]+)"?.*;$/gm,
    (statement, name: string) => {
      if (extensions.includes(name) && !without.includes(name)) {
        return statement;
      }
      changes.push(...(standIns[name]?.changes ?? []));
      return standIns[name]?.declares ?? "";
    },
  );
  if (!can(server, "CREATE COLLATION pg_temp.german (provider = icu, locale = 'de')")) {
    changes.push(["(provider = icu, locale = 'de-u-co-phonebk')", `FROM "C"`]);
  }
  if (!can(server, "SELECT '<a/>'::xml")) {
    changes.push(["an_xml xml", "an_xml text"]);
  }
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) {
      throw new Error(`the data set has no ${from}`);
    }
    return text.replaceAll(from, to);
  }, adapted);
}

function can(server: DatabaseServer, statement: string): boolean {
  try {
    server.asSuperuser("postgres", statement);
    return true;
  } catch {
    return false;
  }
}
