import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { escapeIdentifier, escapeLiteral } from "pg";
import { type Manifest, type Segment, type TableContent } from "../contracts/manifest";
import { qualified } from "./database/inventory";
import {
  declareLargeObjects,
  largeObjectColumns,
  writeLargeObjects,
} from "./database/largeObjects";
import { dropDatabase, markUnfinished } from "./database/claims";
import { finishProgram, programVersion, quotedDatabase } from "./database/programs";
import { makeMissingRoles } from "./database/roles";
import { type DatabaseAddress, DatabaseSession } from "./database/session";
import { RecoveryFailure } from "./failure";
import { type RecoveryPoint } from "./point/recoveryPoint";
import { type Progress } from "./progress";
import { refusalOfRows } from "./refusedRows";

/** How a recovery point is restored. */
export interface RestoreOptions {
  /** Sessions that write rows, and build indexes, at once. */
  readonly writers: number;
  /**
   * The only tables whose rows are restored. Then indexes, constraints, sequences and large objects are
   * not, nor are owners and privileges, and no role is made.
   *
   * @default - everything is restored
   */
  readonly only?: readonly Pick<TableContent, "schema" | "name">[];
}

/**
 * Restores a recovery point into a database that this makes, and that nobody else uses. Each piece of
 * content is checked before any of it reaches the server. When it fails, the database is dropped.
 *
 * @param server A database of the server to make it from.
 * @param name Name of the new database.
 * @throws RecoveryFailure `damaged` for content that is not what was written, and for rows that do not fit their table.
 */
export async function restoreInto(
  point: RecoveryPoint,
  server: DatabaseAddress,
  name: string,
  options: RestoreOptions,
  progress: Progress,
): Promise<void> {
  const maker = await DatabaseSession.open(server);
  try {
    await refuseOtherMajors(maker, point.manifest);
    await makeDatabase(maker, name, point.manifest);
    try {
      await markUnfinished(maker, name);
      if (options.only === undefined) {
        await makeMissingRoles(maker, await textOf(point, point.manifest.roles.segments));
      }
      await fill(point, { ...server, database: name }, options, progress);
    } catch (error) {
      await dropDatabase(maker, server, name);
      throw error;
    }
  } finally {
    await maker.close();
  }
}

/** Since this one, pg_restore makes a setting of sessions that older servers do not know. */
const majorOfTransactionTimeout = 17;

/**
 * Refuses what pg_restore would fail at, after some time and in words of its own.
 *
 * @throws RecoveryFailure `refused` naming the major versions that do not go together.
 */
export async function refuseOtherMajors(
  session: DatabaseSession,
  { source, tools }: Pick<Manifest, "source" | "tools">,
): Promise<void> {
  const { version } = await session.row<{ version: string }>(
    "SELECT pg_catalog.current_setting('server_version') AS version",
  );
  const program = await programVersion("pg_restore");
  const [server, from, restores, dumped] = [
    version,
    source.serverVersion,
    program,
    tools.pgDump,
  ].map((text) => Number.parseInt(text)) as [number, number, number, number];
  const refuse = (problem: string) => new RecoveryFailure("refused", problem);
  if (server < from) {
    throw refuse(
      `the server is PostgreSQL ${version}, and the recovery point is of ${source.serverVersion}: restore it on a server of ${String(from)} or newer`,
    );
  }
  if (restores < dumped) {
    throw refuse(
      `pg_restore is ${program}, and the recovery point was written by pg_dump ${tools.pgDump}: install PostgreSQL's client programs of ${String(dumped)} or newer`,
    );
  }
  if (server < majorOfTransactionTimeout && restores >= majorOfTransactionTimeout) {
    throw refuse(
      `pg_restore is ${program}, and cannot restore on a server of ${version}: ` +
        (dumped > server
          ? `the recovery point was written by pg_dump ${tools.pgDump}, so restore it on a server of ${String(dumped)} or newer`
          : `install PostgreSQL's client programs of ${String(server)}`),
    );
  }
}

async function makeDatabase(
  session: DatabaseSession,
  name: string,
  { source }: Manifest,
): Promise<void> {
  const { encoding, collation, characterType, locale } = source;
  // On a server that has another one by itself, that it is the C library has to be said.
  const provider =
    locale === undefined
      ? "LOCALE_PROVIDER libc"
      : `LOCALE_PROVIDER ${locale.provider} ${locale.provider.toUpperCase()}_LOCALE ${escapeLiteral(locale.name)}` +
        (locale.rules === undefined ? "" : ` ICU_RULES ${escapeLiteral(locale.rules)}`);
  await session.run(
    `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE template0 ENCODING ${escapeLiteral(encoding)}
     LC_COLLATE ${escapeLiteral(collation)} LC_CTYPE ${escapeLiteral(characterType)} ${provider}`,
  );
}

async function fill(
  point: RecoveryPoint,
  target: DatabaseAddress,
  { writers, only }: RestoreOptions,
  progress: Progress,
): Promise<void> {
  const manifest = only === undefined ? point.manifest : withOnly(point.manifest, only);
  const directory = mkdtempSync(join(tmpdir(), "trading-dr-structure-"));
  try {
    // pg_restore works in parallel only from a file. It holds no data, and so is small.
    const archive = join(directory, "structure.dump");
    await writeFile(archive, point.content(manifest.structure.segments));
    const restore = (section: string, ...more: string[]) =>
      finishProgram(
        "pg_restore",
        [
          `--section=${section}`,
          "--exit-on-error",
          "--no-password",
          `--dbname=${quotedDatabase(target)}`,
          // Whose they were is of no interest where rows are all that is wanted.
          ...(only === undefined ? [] : ["--no-owner", "--no-privileges"]),
          ...more,
          archive,
        ],
        target,
      );
    await restore("pre-data");
    if (only === undefined) {
      await makeLargeObjects(point, target);
    }
    progress.say("tables declared", { tables: manifest.tables.length });
    await writeRows(point, manifest, target, writers, progress);
    progress.say("rows restored");
    if (only !== undefined) {
      return;
    }
    // With several jobs it logs in again at the end, when a token may be too old.
    await restore("post-data", ...(target.login === "iam" ? [] : [`--jobs=${String(writers)}`]));
    progress.say("indexes and constraints made");
    const session = await DatabaseSession.open(target);
    try {
      await setSequences(session, manifest);
      // Without it the first queries are planned as if every table were empty.
      await session.run("ANALYZE");
    } finally {
      await session.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function makeLargeObjects(point: RecoveryPoint, target: DatabaseAddress): Promise<void> {
  const { largeObjects, source } = point.manifest;
  const session = await DatabaseSession.open(target);
  try {
    await declareLargeObjects(session, point.content(largeObjects.declared), source.encoding);
  } finally {
    await session.close();
  }
}

/** A manifest that has no rows but those of some tables. */
function withOnly(
  manifest: Manifest,
  only: readonly Pick<TableContent, "schema" | "name">[],
): Manifest {
  return {
    ...manifest,
    tables: manifest.tables.filter((table) =>
      only.some(({ schema, name }) => schema === table.schema && name === table.name),
    ),
    largeObjects: { ...manifest.largeObjects, segments: [] },
  };
}

/** Segments that are written by one COPY: 64 MiB, so that several sessions share a large table. */
const segmentsAtOnce = 16;

/** Rows that one session writes at once. */
interface Run {
  /** Undefined for large objects. */
  readonly table: TableContent | undefined;
  readonly segments: readonly Segment[];
}

async function writeRows(
  point: RecoveryPoint,
  manifest: Manifest,
  target: DatabaseAddress,
  writers: number,
  progress: Progress,
): Promise<void> {
  const runs = [
    ...manifest.tables.flatMap((table) =>
      runsOf(table.segments).map((segments): Run => ({ table, segments })),
    ),
    ...runsOf(manifest.largeObjects.segments).map((segments): Run => ({
      table: undefined,
      segments,
    })),
  ].sort((one, other) => weightOf(other) - weightOf(one));
  const rows = new Map<TableContent, number>();
  let bytes = 0;
  const sessions: DatabaseSession[] = [];
  try {
    while (sessions.length < writers) {
      sessions.push(await DatabaseSession.open(target));
    }
    await Promise.all(
      sessions.map(async (session) => {
        // Nobody needs it before it is whole; whole, it is made safe at the end.
        await session.run("SET synchronous_commit = off");
        for (let run = runs.shift(); run !== undefined; run = runs.shift()) {
          const written = await writeRun(point, session, run);
          if (run.table !== undefined) {
            rows.set(run.table, (rows.get(run.table) ?? 0) + written);
          }
          bytes += weightOf(run);
          progress.at("restoring", { bytes, left: runs.length });
        }
      }),
    );
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
  for (const table of manifest.tables) {
    const written = rows.get(table) ?? 0;
    if (written !== table.rows) {
      throw new RecoveryFailure(
        "damaged",
        `${qualified(table)} got ${String(written)} rows, and its manifest says ${String(table.rows)}`,
      );
    }
  }
}

async function writeRun(
  point: RecoveryPoint,
  session: DatabaseSession,
  { table, segments }: Run,
): Promise<number> {
  try {
    return await (table === undefined
      ? writeLargeObjectPages(point, session, segments)
      : session.copyIn(
          copyStatement(table, point.manifest.source.encoding),
          point.content(segments),
        ));
  } catch (error) {
    throw refusalOfRows(table, error) ?? error;
  }
}

function copyStatement(table: TableContent, encoding: string): string {
  const columns = table.columns.map(escapeIdentifier).join(", ");
  return `COPY ${qualified(table)}${columns === "" ? "" : ` (${columns})`} FROM STDIN (ENCODING ${escapeLiteral(encoding)})`;
}

async function writeLargeObjectPages(
  point: RecoveryPoint,
  session: DatabaseSession,
  segments: readonly Segment[],
): Promise<number> {
  const pages = "pg_temp.large_object_page";
  await session.run(
    `BEGIN; CREATE TEMPORARY TABLE ${pages} (${largeObjectColumns}) ON COMMIT DROP`,
  );
  const written = await session.copyIn(`COPY ${pages} FROM STDIN`, point.content(segments));
  await session.run(writeLargeObjects(pages));
  await session.run("COMMIT");
  return written;
}

/** Segments in groups that a COPY can take: no row is cut in two. */
export function runsOf(segments: readonly Segment[]): Segment[][] {
  const runs: Segment[][] = [];
  let run: Segment[] = [];
  for (const segment of segments) {
    run.push(segment);
    if (run.length >= segmentsAtOnce && segment.continues === undefined) {
      runs.push(run);
      run = [];
    }
  }
  return run.length === 0 ? runs : [...runs, run];
}

function weightOf({ segments }: Run): number {
  return segments.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
}

async function setSequences(session: DatabaseSession, { sequences }: Manifest): Promise<void> {
  for (const sequence of sequences) {
    await session.run("SELECT pg_catalog.setval($1::regclass, $2, $3)", [
      qualified(sequence),
      sequence.lastValue,
      sequence.isCalled,
    ]);
  }
}

async function textOf(point: RecoveryPoint, segments: readonly Segment[]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of point.content(segments)) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function writeFile(path: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    for await (const chunk of chunks) {
      await file.appendFile(chunk);
    }
  } finally {
    await file.close();
  }
}
