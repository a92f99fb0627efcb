import { type Judgement } from "../contracts/events";
import { type Manifest } from "../contracts/manifest";
import { lastGood, slowerThan, timesOf } from "./baseline";
import { compareWithManifest } from "./compare";
import { ownProblems } from "./compareOwn";
import { type DatabaseAddress } from "./database/session";
import { RecoveryFailure } from "./failure";
import { integrityProblems } from "./integrity";
import { choosePoint } from "./point/choice";
import { DamagedManifest, type RecoveryPoint } from "./point/recoveryPoint";
import { type Progress } from "./progress";
import { restoreInto } from "./restoreInto";
import { withScratchDatabase } from "./scratch";
import { type BucketPrefix } from "./storage/bucket";

/** What is verified, and where. */
export interface VerifyRequest {
  readonly system: string;
  readonly region: string;
  /** Name of the database at the source, for a choice that is no id. */
  readonly database: string;
  /** Where recovery points are, by series and by the region that took them. */
  readonly points: readonly BucketPrefix[];
  /** Where earlier verifications are recorded. */
  readonly events: BucketPrefix;
  /** `latest`, `oldest-unverified`, or the id of one. */
  readonly choice: string;
  /** A database of the server that is given for scratch databases. */
  readonly server: DatabaseAddress;
  /** Sessions that write and read at once. */
  readonly sessions: number;
  /** Queries that give the rows which must not be there, by name. */
  readonly integrityQueries: Readonly<Record<string, string>>;
  /** Queries whose time is compared with that of the verification before, by name. */
  readonly baselineQueries: Readonly<Record<string, string>>;
}

/**
 * Proves a recovery point: every byte is checked against the manifest, all of it is restored into a
 * scratch database, and what is there is compared with what was there.
 *
 * @param found Called with what was found, before it is thrown.
 * @throws RecoveryFailure `damaged` with what differs.
 */
export async function verifyPoint(
  request: VerifyRequest,
  found: (judged: Judgement) => void,
  progress: Progress,
): Promise<Judgement> {
  const findings = await judge(request, progress);
  const judged: Judgement = {
    ...findings,
    slower: slowerThan(await lastGood(request.events), findings.baselineSeconds),
  };
  found(judged);
  if (judged.problems.length > 0) {
    throw new RecoveryFailure(
      "damaged",
      [`${judged.url} is no good:`, ...judged.problems].join("\n  "),
    );
  }
  return judged;
}

type Findings = Pick<Judgement, "problems" | "restoreSeconds" | "baselineSeconds">;

/** Where a recovery point was not restored. */
const notRestored = { restoreSeconds: 0, baselineSeconds: {} } as const;

async function judge(
  request: VerifyRequest,
  progress: Progress,
): Promise<Omit<Judgement, "slower">> {
  let point: RecoveryPoint;
  try {
    point = await choosePoint(request.points, request.choice, {
      ...request,
      arrival: { region: request.region, hours: hoursOnItsWay },
      progress,
    });
  } catch (error) {
    if (error instanceof DamagedManifest) {
      // It is as damaged as one whose content is, and has to be known as such.
      const { id, url, message } = error;
      return { point: id, url, problems: [message], tables: 0, rows: 0, ...notRestored };
    }
    throw error;
  }
  progress.say("verifying", { point: point.url });
  const { manifest, url } = point;
  return {
    point: manifest.id,
    url,
    snapshotAt: manifest.source.snapshotAt,
    tables: manifest.tables.length,
    rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
    ...(await findingsOf(point, request, progress)),
  };
}

/** What a recovery point is like. That it could not be judged is an error, and no finding. */
async function findingsOf(
  point: RecoveryPoint,
  request: VerifyRequest,
  progress: Progress,
): Promise<Findings> {
  const { server, sessions } = request;
  const started = performance.now();
  try {
    await refuseOnItsWay(point, request.region);
    await point.checkObjects();
    return await withScratchDatabase(
      server,
      point.manifest.source.systemIdentifier,
      async (name) => {
        await restoreInto(point, server, name, { writers: sessions }, progress);
        const restoreSeconds = (performance.now() - started) / 1000;
        progress.say("restored, comparing");
        const restored = { ...server, database: name };
        const searchPath = searchPathOf(point.manifest);
        const differences = await compareWithManifest(restored, point.manifest, sessions);
        const forbidden = await integrityProblems(restored, request.integrityQueries, searchPath);
        const baseline = await timesOf(restored, request.baselineQueries, searchPath);
        const own = await ownProblems(server, name, point.manifest, progress);
        return {
          problems: [...differences, ...own, ...forbidden, ...baseline.problems],
          restoreSeconds,
          baselineSeconds: baseline.seconds,
        };
      },
    );
  } catch (error) {
    if (error instanceof RecoveryFailure && error.reason === "damaged") {
      return { problems: error.message.split("\n"), ...notRestored };
    }
    throw error;
  }
}

/** Hours that a copy from another region may take: S3 brings objects in any order, the manifest too. */
const hoursOnItsWay = 24;

/**
 * @throws RecoveryFailure `absent` when it was taken in another region, and not all of it has arrived yet:
 * it is not damaged, and must not be recorded as such.
 */
async function refuseOnItsWay(point: RecoveryPoint, region: string): Promise<void> {
  const { manifest, url } = point;
  const missing = await point.notArrived({ region, hours: hoursOnItsWay });
  if (missing > 0) {
    throw new RecoveryFailure(
      "absent",
      `${url} has not arrived whole from ${manifest.region} yet: ${String(missing)} objects are missing; try again in a quarter of an hour`,
    );
  }
}

/** Where the database looks for names without a schema, if it has a setting of its own. */
function searchPathOf({ settings }: Manifest): string | undefined {
  return settings.find(({ role, name }) => role === undefined && name === "search_path")?.value;
}
