import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { executableIn, pathOf } from "./goProgram";

/** Where Debian keeps the programs of each major version of PostgreSQL. */
const debianVersions = "/usr/lib/postgresql";

/** Path of a program: on PATH, or of the newest version that Debian has installed. */
export function findProgram(name: string): string | undefined {
  const versions = existsSync(debianVersions) ? readdirSync(debianVersions) : [];
  const newestFirst = versions.sort((left, right) => Number(right) - Number(left));
  const directories = newestFirst.map((version) => join(debianVersions, version, "bin"));
  return executableIn([...pathOf(process.env), ...directories], name);
}

/**
 * Path of a program that has to be there.
 *
 * @throws Error when it is not.
 */
export function programPath(name: string): string {
  const path = findProgram(name);
  if (path === undefined) {
    throw new Error(`there is no ${name}`);
  }
  return path;
}
