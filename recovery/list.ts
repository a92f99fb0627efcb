import { type Manifest } from "../contracts/manifest";
import { candidatesIn, openIfWhole } from "./point/choice";
import { DamagedManifest } from "./point/recoveryPoint";
import { type Verified, verificationsOf } from "./point/verified";
import { type BucketPrefix } from "./storage/bucket";

/** One recovery point, in a list. */
export interface ListedPoint {
  readonly id: string;
  /** Where it is: `s3://bucket/prefix/`. */
  readonly url: string;
  readonly database: string;
  /** Time of the snapshot. */
  readonly snapshotAt: string;
  readonly ageSeconds: number;
  /** Bytes in the bucket. */
  readonly bytes: number;
  readonly durationSeconds: number;
  readonly retainUntil: string;
  /** When it was last restored and found whole; absent where it was not. */
  readonly verifiedAt?: string;
  /** True where the last verification failed. */
  readonly isDamaged: boolean;
}

/** What there is, the newest first. */
export interface PointList {
  readonly points: readonly ListedPoint[];
  /** What was begun and has no manifest: a backup that is running, or one that was ended. */
  readonly unfinished: readonly string[];
  /** What is wrong with manifests that cannot be read, as sentences. */
  readonly damaged: readonly string[];
}

/** Manifests that are read at once. */
const readAtOnce = 16;

/** Lists recovery points, by their manifests and by what verifications said of them. */
export async function listPoints(
  places: readonly BucketPrefix[],
  events: BucketPrefix,
  now: Date,
): Promise<PointList> {
  const verified = await verificationsOf([events]);
  const all = await candidatesIn(places);
  const points: ListedPoint[] = [];
  const unfinished: string[] = [];
  const damaged: string[] = [];
  for (let first = 0; first < all.length; first += readAtOnce) {
    const opened = await Promise.all(
      all.slice(first, first + readAtOnce).map(async (candidate) => ({
        url: candidate.place.urlOf(`${candidate.id}/`),
        point: await openIfWhole(candidate).catch(damageOf),
      })),
    );
    for (const { url, point } of opened) {
      if (point === undefined) {
        unfinished.push(url);
      } else if (point instanceof DamagedManifest) {
        damaged.push(point.message);
      } else {
        points.push(listed(point.manifest, url, now, verified.get(point.manifest.id)));
      }
    }
  }
  return { points, unfinished, damaged };
}

/** One that is damaged must not hide the others: they are what is restored instead. */
function damageOf(error: unknown): DamagedManifest {
  if (error instanceof DamagedManifest) {
    return error;
  }
  throw error;
}

function listed(
  manifest: Manifest,
  url: string,
  now: Date,
  verified: Verified | undefined,
): ListedPoint {
  const { id, source, startedAt, finishedAt, retainUntil, objects } = manifest;
  const secondsBetween = (from: string, to: string | Date) =>
    Math.round((new Date(to).getTime() - new Date(from).getTime()) / 1000);
  return {
    id,
    url,
    database: source.database,
    snapshotAt: source.snapshotAt,
    ageSeconds: secondsBetween(source.snapshotAt, now),
    bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
    durationSeconds: secondsBetween(startedAt, finishedAt),
    retainUntil,
    ...(verified?.passedAt === undefined ? {} : { verifiedAt: verified.passedAt }),
    isDamaged: verified !== undefined && !verified.lastPassed,
  };
}
