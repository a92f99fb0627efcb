import { randomBytes } from "node:crypto";
import {
  type Manifest,
  manifestFormat,
  manifestName,
  manifestText,
  type Segment,
} from "../contracts/manifest";
import { leftOutOf, sequencesOf } from "./database/inventory";
import { largeObjectsDeclared, largeObjectsOf } from "./database/largeObjects";
import { programVersion, quotedDatabase, runProgram } from "./database/programs";
import { propertiesOf } from "./database/properties";
import { readRows } from "./database/readRows";
import { type DatabaseAddress } from "./database/session";
import { settingsOf } from "./database/settings";
import { DatabaseSnapshot, lockTimeout } from "./database/snapshot";
import { messageOf, RecoveryFailure } from "./failure";
import { ContentWriter, WrittenObjects } from "./point/contentWriter";
import { piecesOfBytes, piecesOfRows } from "./point/pieces";
import { type Progress } from "./progress";
import { type BucketPrefix } from "./storage/bucket";
import { version } from "./version";

/** What a backup is of, and where it goes. */
export interface BackupRequest {
  readonly system: string;
  readonly account: string;
  readonly region: string;
  readonly store: string;
  readonly series: string;
  readonly tier: string;
  readonly retentionDays: number;
  readonly source: DatabaseAddress;
  /** Where the series' recovery points are. */
  readonly points: BucketPrefix;
  /** Sessions that read rows at once. */
  readonly readers: number;
}

/** Times that a backup is begun, when others want to alter tables just then. */
const attempts = 10;

/**
 * Takes a recovery point of a database: a snapshot of all that is in it, read by several sessions at once
 * and written as it is read. The manifest is written last; whatever ends this before leaves objects that
 * nobody takes for a recovery point.
 *
 * @throws RecoveryFailure `refused` for a database that cannot be read whole.
 */
export async function backupDatabase(
  request: BackupRequest,
  progress: Progress,
): Promise<Manifest> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptBackup(request, progress);
    } catch (error) {
      if (!(error instanceof StructureLocked) || attempt === attempts) {
        throw error;
      }
      progress.say("somebody waits to alter a table, and goes first: starting over");
    }
  }
}

/**
 * pg_dump, which comes after the snapshot, waited for its locks behind somebody who waits for ours: that
 * ends only when we let go.
 */
class StructureLocked extends RecoveryFailure {}

async function attemptBackup(request: BackupRequest, progress: Progress): Promise<Manifest> {
  const startedAt = new Date();
  const id = `${startedAt.toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}`;
  const tools = await toolVersions();
  const snapshot = await DatabaseSnapshot.take(request.source, request.readers);
  try {
    refuseOldTools(snapshot.state.serverVersion, tools.pgDump);
    if (Number.parseInt(tools.pgDump) > Number.parseInt(snapshot.state.serverVersion)) {
      progress.say("pg_dump is newer than the server: restore on a server of pg_dump's version", {
        pgDump: tools.pgDump,
        server: snapshot.state.serverVersion,
      });
    }
    progress.say("snapshot taken", { point: id, tables: snapshot.tables.length });
    const point = request.points.within(`${id}/`);
    const objects = new WrittenObjects(point);
    const program = async (run: AsyncIterable<Buffer>) => {
      const writer = new ContentWriter(objects);
      const segments = [];
      for await (const piece of piecesOfBytes(run)) {
        segments.push(await writer.add(piece));
      }
      await writer.close();
      return { segments };
    };
    const [structure, roles, declared, rows] = await Promise.all([
      program(runProgram("pg_dump", structureOptions(snapshot.name), request.source)).catch(
        async (error: unknown) => {
          throw (await snapshot.isInTheWay())
            ? new StructureLocked("database", messageOf(error), { cause: error })
            : error;
        },
      ),
      program(runProgram("pg_dumpall", rolesOptions(request.source), request.source)),
      program(largeObjectsDeclared(snapshot.catalog, snapshot.state.encoding)),
      writeRows(snapshot, objects, progress),
    ]);
    const { state } = snapshot;
    const written: Manifest = {
      format: manifestFormat,
      id,
      system: request.system,
      account: request.account,
      region: request.region,
      store: request.store,
      series: request.series,
      tier: request.tier,
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      retainUntil: daysAfter(state.snapshotAt, request.retentionDays).toISOString(),
      source: {
        database: request.source.database,
        serverVersion: state.serverVersion,
        systemIdentifier: state.systemIdentifier,
        isReader: state.isReader,
        snapshotAt: state.snapshotAt.toISOString(),
        ...(state.position === undefined ? {} : { position: state.position }),
        encoding: state.encoding,
        collation: state.collation,
        characterType: state.characterType,
        ...(state.locale === undefined ? {} : { locale: state.locale }),
      },
      tools,
      encryption: objects.encryption,
      objects: objects.complete(),
      roles,
      structure,
      tables: rows.tables,
      largeObjects: { ...rows.largeObjects, declared: declared.segments },
      sequences: await sequencesOf(snapshot.catalog),
      properties: await propertiesOf(snapshot.catalog),
      settings: await settingsOf(snapshot.catalog),
      leftOut: await leftOutOf(snapshot.catalog),
    };
    await point.put(manifestName, Buffer.from(manifestText(written)));
    progress.say("recovery point written", { point: id, bytes: objects.bytes });
    return written;
  } finally {
    await snapshot.close();
  }
}

/**
 * All that is declared, and nothing of the data. Roles and rows are read by us, and so are large objects:
 * since 17, pg_dump takes what is said of them for data.
 */
function structureOptions(snapshot: string): string[] {
  return [
    "--format=custom",
    "--compress=0",
    "--section=pre-data",
    "--section=post-data",
    "--no-blobs",
    `--snapshot=${snapshot}`,
    `--lock-wait-timeout=${String(lockTimeout)}`,
    "--no-password",
  ];
}

function rolesOptions(source: DatabaseAddress): string[] {
  const database = `--database=${quotedDatabase(source)}`;
  return ["--roles-only", "--no-role-passwords", database, "--no-password"];
}

interface Rows {
  readonly tables: Manifest["tables"];
  readonly largeObjects: Omit<Manifest["largeObjects"], "declared">;
}

async function writeRows(
  snapshot: DatabaseSnapshot,
  objects: WrittenObjects,
  progress: Progress,
): Promise<Rows> {
  const { tables, readers, state } = snapshot;
  const numbers = await largeObjectsOf(snapshot.catalog);
  const writers = readers.map(() => new ContentWriter(objects));
  const segments = { tables: tables.map((): Segment[] => []), largeObjects: [] as Segment[] };
  let bytes = 0;
  const digests = await readRows(
    readers,
    { tables, largeObjects: numbers, encoding: state.encoding },
    async ({ table }, rows, session) => {
      const written: Segment[] = [];
      for await (const piece of piecesOfRows(rows)) {
        const segment = await writers[session]?.add(piece.bytes, piece.continues);
        written.push(...(segment === undefined ? [] : [segment]));
        bytes += piece.bytes.length;
        progress.at("reading", { bytes, stored: objects.bytes });
      }
      // All at once: another session may read another part of the table, and no row of ours may be cut by its.
      (table === undefined ? segments.largeObjects : segments.tables[table])?.push(...written);
    },
  );
  await Promise.all(writers.map((writer) => writer.close()));
  return {
    tables: tables.map(({ schema, name, columns, condition }, position) => {
      const digest = digests.tables[position];
      if (digest === undefined) {
        throw new Error(`${name} was not read`);
      }
      return {
        schema,
        name,
        columns: [...columns],
        ...(condition === undefined ? {} : { condition }),
        rows: digest.rows,
        digest: digest.digest,
        rawBytes: digest.bytes,
        segments: segments.tables[position] ?? [],
      };
    }),
    largeObjects: {
      count: numbers.length,
      digest: digests.largeObjects.digest,
      segments: segments.largeObjects,
    },
  };
}

async function toolVersions(): Promise<Manifest["tools"]> {
  return { tradingDr: version, pgDump: await programVersion("pg_dump") };
}

function refuseOldTools(server: string, pgDump: string): void {
  if (Number.parseInt(pgDump) < Number.parseInt(server)) {
    throw new RecoveryFailure(
      "refused",
      `pg_dump is ${pgDump} and the server ${server}: install PostgreSQL's client programs of ${String(Number.parseInt(server))} or newer`,
    );
  }
}

function daysAfter(time: Date, days: number): Date {
  return new Date(time.getTime() + days * 24 * 60 * 60 * 1000);
}
