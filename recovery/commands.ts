import { type S3Client } from "@aws-sdk/client-s3";
import { type CommandEnvironment } from "../contracts/jobEnvironment";
import { type BackupRequest } from "./backup";
import { databasesOf } from "./database/inventory";
import { DatabaseSnapshot } from "./database/snapshot";
import { messageOf, RecoveryFailure } from "./failure";
import { listPoints } from "./list";
import { findPoint, type PointFilter } from "./point/anyPoint";
import { choosePoint } from "./point/choice";
import { type RecoveryPoint } from "./point/recoveryPoint";
import { pointJson, pointText } from "./pointText";
import { type Progress } from "./progress";
import { recorded } from "./record";
import { recordedBackup } from "./recordedBackup";
import { restoreDatabase } from "./restore";
import { lookForTables, restoreTables } from "./restoreTables";
import { BucketPrefix, s3Client } from "./storage/bucket";
import {
  addressOf,
  environmentOf,
  operatorAddress,
  placesOf,
  journalOf,
  sessions,
  verificationOf,
  whose,
} from "./surroundings";
import { comparisonText, pointListText } from "./text";
import { verifyPoint } from "./verify";

/** `trading-dr backup database` */
export async function backupCommand(
  { dryRun }: { dryRun?: true },
  progress: Progress,
): Promise<string> {
  const told = environmentOf("backup-database");
  const source = addressOf({
    host: told.databaseHost,
    user: told.databaseUser,
    database: told.databaseName,
    login: "iam",
    region: told.region,
  });
  const client = s3Client(told.region);
  const points = new BucketPrefix(client, told.recoveryPoints);
  const request: BackupRequest = { ...told, source, points, readers: sessions };
  if (dryRun) {
    const snapshot = await DatabaseSnapshot.take(source, 1);
    await snapshot.close();
    return `Would read ${String(snapshot.tables.length)} tables of ${source.database} and write a recovery point to ${points.urlOf("")}.\n`;
  }
  const { id } = await recordedBackup(request, journalOf(client, told), progress);
  return `${id}\n`;
}

/** `trading-dr backup emergency` */
export async function emergencyCommand(
  { dryRun }: { dryRun?: true },
  progress: Progress,
): Promise<string> {
  const told = environmentOf("backup-emergency");
  const server = operatorAddress(told, "postgres");
  const client = s3Client(told.region);
  const points = new BucketPrefix(client, told.recoveryPoints);
  const journal = journalOf(client, told);
  const databases = await databasesOf(server);
  if (dryRun) {
    return `Would write recovery points of ${databases.join(", ")} to ${points.urlOf("")}.\n`;
  }
  let ids = "";
  const failures: string[] = [];
  for (const database of databases) {
    const source = { ...server, database };
    const request = { ...told, series: "emergency", source, points, readers: sessions };
    try {
      const { id } = await recordedBackup(request, journal, progress);
      ids += `${id} ${database}\n`;
    } catch (error) {
      // One that cannot be read must not keep the others from being saved.
      failures.push(`${database}: ${messageOf(error)}`);
    }
  }
  if (failures.length > 0) {
    throw new RecoveryFailure(
      "database",
      `not all databases were backed up.\nTaken:\n${ids}Not taken:\n${failures.join("\n")}`,
    );
  }
  return ids;
}

/** `trading-dr verify` */
export async function verifyCommand(
  { point }: { point: string },
  progress: Progress,
): Promise<string> {
  const told = environmentOf("verify");
  const client = s3Client(told.region);
  const request = verificationOf(client, told);
  const result = await recorded(
    { kind: "verification", ...whose(told) },
    journalOf(client, told),
    progress,
    (found) =>
      verifyPoint(
        { ...request, choice: point },
        (judged) => {
          found({ judged });
        },
        progress,
      ),
  );
  const slower = result.slower.map((sentence) => `${sentence}\n`).join("");
  return `${slower}${result.point} is whole: ${String(result.tables)} tables and ${String(result.rows)} rows are what they were, restored in ${result.restoreSeconds.toFixed(1)} s.\n`;
}

/** What `trading-dr restore` is asked for. */
export interface RestoreOptions {
  readonly point: string;
  readonly into: string;
  readonly replace?: string;
  readonly dryRun?: true;
  readonly damagedToo?: true;
}

/** What `trading-dr restore tables` is asked for. */
export interface TablesOptions {
  readonly point: string;
  readonly database: string;
  readonly schema: string;
  readonly tables: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
  readonly damagedToo?: true;
}

/** The recovery point that an operator asks for. By `latest` it is one that is here whole, as far as is known. */
function pointToRestore(
  client: S3Client,
  told: CommandEnvironment<"restore">,
  { point, damagedToo = false }: { readonly point: string; readonly damagedToo?: boolean },
  progress: Progress,
): Promise<RecoveryPoint> {
  const { system, databaseName: database, verifications } = told;
  const events = placesOf(client, verifications);
  return choosePoint(placesOf(client, told.recoveryPoints), point, {
    system,
    database,
    sound: { events, damagedToo },
    arrival: { region: told.region },
    progress,
  });
}

/** `trading-dr restore tables` */
export async function restoreTablesCommand(
  options: TablesOptions,
  progress: Progress,
): Promise<string> {
  const told = environmentOf("restore");
  const client = s3Client(told.region);
  const live = operatorAddress(told, options.database);
  const { tables, schema, json } = options;
  if (options.dryRun) {
    const point = await pointToRestore(client, told, options, progress);
    await lookForTables({ point, live, tables, schema, sessions });
    return `Would restore ${tables.join(", ")} of ${point.url} into a new schema ${schema} of ${options.database} on ${told.databaseHost}, and compare them with the live ones.\n`;
  }
  const compared = await recorded(
    {
      kind: "restoration",
      of: "database",
      ...whose(told),
      choice: options.point,
      into: options.database,
      tables: [...tables],
    },
    journalOf(client, told),
    progress,
    async (found) => {
      const point = await pointToRestore(client, told, options, progress);
      const differences = await restoreTables({ point, live, tables, schema, sessions }, progress);
      found({ restored: { point: point.manifest.id, url: point.url } });
      return differences;
    },
  );
  return json ? `${JSON.stringify(compared, undefined, 2)}\n` : comparisonText(compared, schema);
}

/** `trading-dr restore database` */
export async function restoreCommand(options: RestoreOptions, progress: Progress): Promise<string> {
  const told = environmentOf("restore");
  const { into, replace } = options;
  if (replace !== undefined && replace !== into) {
    throw new RecoveryFailure(
      "usage",
      `--replace ${replace} is not --into ${into}: a database that is replaced has to be named twice`,
    );
  }
  const client = s3Client(told.region);
  if (options.dryRun) {
    const point = await pointToRestore(client, told, options, progress);
    await point.checkObjects();
    return `Would restore ${point.url} into ${into} on ${told.databaseHost}.\n`;
  }
  const server = operatorAddress(told, "postgres");
  const journal = journalOf(client, told);
  const emergency = new BucketPrefix(client, told.emergency);
  const saved = { ...told, series: "emergency", points: emergency, readers: sessions };
  const restored = await recorded(
    { kind: "restoration", of: "database", ...whose(told), choice: options.point, into },
    journal,
    progress,
    async (found) => {
      const point = await pointToRestore(client, told, options, progress);
      const done = await restoreDatabase(
        {
          point,
          server,
          into,
          sessions,
          hooks: told,
          ...(replace === undefined
            ? {}
            : { replace: (live) => recordedBackup({ ...saved, source: live }, journal, progress) }),
        },
        progress,
      );
      const kept = done.kept === undefined ? {} : { kept: done.kept };
      if (!done.wasThere) {
        found({ restored: { point: done.point, url: point.url, ...kept } });
      }
      return done;
    },
  );
  if (restored.wasThere) {
    return `${into} had been restored from ${restored.point} before; nothing was done.\n`;
  }
  const kept =
    restored.kept === undefined ? "" : ` What had the name before is kept as ${restored.kept}.`;
  return `${into} is restored from ${restored.point}.${kept}\n`;
}

/** What `trading-dr list` and `trading-dr show` are asked for. */
export interface LookOptions extends PointFilter {
  readonly json?: true;
}

/** `trading-dr list` */
export async function listCommand({ json, ...filter }: LookOptions): Promise<string> {
  const told = environmentOf("list");
  const client = s3Client(told.region);
  const list = await listPoints({
    system: told.system,
    places: placesOf(client, told.recoveryPoints),
    events: new BucketPrefix(client, told.events),
    filter,
    now: new Date(),
  });
  return json ? `${JSON.stringify(list, undefined, 2)}\n` : pointListText(list);
}

/** `trading-dr show` */
export async function showCommand(
  choice: string,
  { json, ...filter }: LookOptions,
  progress: Progress,
): Promise<string> {
  const told = environmentOf("list");
  const places = placesOf(s3Client(told.region), told.recoveryPoints);
  const point = await findPoint(places, choice, told.system, filter, progress);
  return json ? pointJson(point) : pointText(point);
}
