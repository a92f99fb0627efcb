import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type DatabaseServer } from "../support/databaseServer";
import { programPath } from "../support/postgresqlPrograms";

/**
 * Makes a database of a few MiB that cannot be packed much: tables with rows in several pieces of
 * content, keys, a sequence, a large object, and a table without rows.
 *
 * @param thousands Rows of the largest table, in thousands.
 */
export function fillDatabase(server: DatabaseServer, name: string, thousands: number): void {
  server.asSuperuser("postgres", `CREATE DATABASE ${name}`);
  server.asSuperuser(
    name,
    `CREATE TABLE accounts (id integer PRIMARY KEY, owner text NOT NULL, balance numeric NOT NULL);
     INSERT INTO accounts SELECT n, md5(n::text), n * 1.01 FROM generate_series(1, 2000) n;
     CREATE TABLE trades (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       account integer NOT NULL REFERENCES accounts,
       note text NOT NULL
     );
     INSERT INTO trades (account, note)
       SELECT n % 2000 + 1, md5(n::text) || md5((-n)::text)
       FROM generate_series(1, ${String(thousands * 1000)}) n;
     CREATE INDEX trades_by_note ON trades (note);
     CREATE TABLE empty (nothing text);
     SELECT lo_from_bytea(4711, decode(repeat(md5('large'), 10000), 'hex'));`,
  );
}

/** Databases of a server that the command made for itself: none may be left when it ends. */
export function workingDatabases(server: DatabaseServer): string[] {
  return linesOf(
    server,
    `SELECT datname FROM pg_database
     WHERE datname LIKE 'trading\\_dr\\_scratch\\_%' OR datname LIKE '%\\_restoring' ORDER BY 1`,
  );
}

/** Locks that the command holds on a server while it uses a scratch database. */
export function advisoryLocks(server: DatabaseServer): number {
  return Number(
    server.asSuperuser("postgres", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"),
  );
}

/** All databases of a server that are not PostgreSQL's own. */
export function databasesOf(server: DatabaseServer): string[] {
  return linesOf(
    server,
    "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1",
  );
}

/** Sessions of the command, and of the programs that it starts, on a server. */
export function sessionsOn(server: DatabaseServer): number {
  return Number(
    server.asSuperuser(
      "postgres",
      `SELECT count(*) FROM pg_stat_activity
       WHERE application_name IN ('trading-dr', 'pg_dump', 'pg_dumpall', 'pg_restore')`,
    ),
  );
}

/** All of a database as PostgreSQL's own program writes it, in an order that does not depend on where rows lie. */
export function contentsOf(server: DatabaseServer, database: string): string {
  const text = execFileSync(programPath("pg_dump"), ["--no-password", database], {
    encoding: "utf8",
    maxBuffer: 1024 ** 3,
    env: {
      PATH: process.env["PATH"],
      PGHOST: server.socketDirectory,
      PGPORT: String(server.port),
      PGUSER: "postgres",
    },
  });
  // Each dump has a word of its own, which keeps psql from running what data looks like.
  return text
    .split("\n")
    .filter((line) => !/^\\(un)?restrict /.test(line))
    .sort()
    .join("\n");
}

/** Waits until something has become so. */
export async function becomes(what: string, isSo: () => boolean, seconds = 20): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!isSo()) {
    assert.ok(performance.now() < end, `after ${String(seconds)} s it was not so that ${what}`);
    await sleep(50);
  }
}

function linesOf(server: DatabaseServer, statement: string): string[] {
  return server.asSuperuser("postgres", statement).split("\n").filter(Boolean);
}
