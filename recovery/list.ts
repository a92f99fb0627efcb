import { type PointKind } from "../contracts/anyManifest";
import {
  candidatesUnder,
  isDamage,
  isMeant,
  type KindOfManifest,
  type PointFilter,
  readManifest,
} from "./point/anyPoint";
import { type Candidate, otherSystem } from "./point/choice";
import { type Verified, verificationsOf } from "./point/verified";
import { type BucketPrefix, isWithheld } from "./storage/bucket";

/** One recovery point, in a list. */
export interface ListedPoint {
  readonly kind: PointKind;
  /** As the system's file names it. */
  readonly store: string;
  /** The database, the name that Sentinels know a cache by, or the namespace. */
  readonly subject: string;
  /** The same, of databases alone: programs that read the list know a database by it. */
  readonly database?: string;
  readonly id: string;
  /** Where it is: `s3://bucket/prefix/`. */
  readonly url: string;
  /** Time of the snapshot. Of configuration, which is read for some seconds, of its begin. */
  readonly snapshotAt: string;
  readonly ageSeconds: number;
  /** Bytes in the bucket. Configuration shares some of them with others of its day. */
  readonly bytes: number;
  readonly durationSeconds: number;
  readonly retainUntil: string;
  /** When it was last restored and found whole; absent where it was not. */
  readonly verifiedAt?: string;
  /** When it was last judged, whatever was found; absent where it was not. */
  readonly judgedAt?: string;
  /** True where the last verification failed. */
  readonly isDamaged: boolean;
}

/** What there is, the newest first. What could not be read is here whatever is asked for. */
export interface PointList {
  readonly points: readonly ListedPoint[];
  /** How many good ones were not asked for. */
  readonly others: number;
  /** What was begun and has no manifest: a backup that is running, or one that was ended. */
  readonly unfinished: readonly string[];
  /** What is wrong with manifests that are no good, as sentences. */
  readonly damaged: readonly string[];
  /** Why the bucket does not give some manifests, as sentences. */
  readonly unreadable: readonly string[];
  /** Manifests of other systems, and in folders that are no recovery point's, as sentences. */
  readonly foreign: readonly string[];
}

/** What is listed. */
export interface ListRequest {
  readonly system: string;
  /** Series, or what is above them. */
  readonly places: readonly BucketPrefix[];
  /** Where verifications are recorded. */
  readonly events: BucketPrefix;
  readonly filter: PointFilter;
  readonly now: Date;
}

/** Manifests that are read at once. */
const readAtOnce = 16;

/**
 * Lists recovery points of all kinds, by their manifests and by what verifications said of them.
 *
 * @throws RecoveryFailure `storage` when the bucket does not answer, or withholds every manifest.
 */
export async function listPoints(request: ListRequest): Promise<PointList> {
  const { system, places, events, filter, now } = request;
  const verified = await verificationsOf([events]);
  const { candidates, misplaced } = await candidatesUnder(places);
  const points: ListedPoint[] = [];
  const unfinished: string[] = [];
  const damaged: string[] = [];
  const withheld: Error[] = [];
  const foreign = misplaced.map(
    (url) => `${url} is in a folder that has not the name of a recovery point`,
  );
  let others = 0;
  for (let first = 0; first < candidates.length; first += readAtOnce) {
    const some = candidates.slice(first, first + readAtOnce);
    for (const { url, found } of await Promise.all(some.map(look))) {
      if (found === undefined) {
        unfinished.push(url);
      } else if (found instanceof Error) {
        if (isDamage(found)) {
          damaged.push(found.message);
        } else {
          withheld.push(found);
        }
      } else if (found.manifest.system !== system) {
        foreign.push(otherSystem(found.manifest, url, system));
      } else if (isMeant(found, filter)) {
        points.push(listed(found, url, now, verified.get(found.manifest.id)));
      } else {
        others += 1;
      }
    }
  }
  const [refusal] = withheld;
  if (refusal !== undefined && withheld.length + unfinished.length === candidates.length) {
    throw refusal;
  }
  const unreadable = withheld.map(({ message }) => message);
  return { points, others, unfinished, damaged, unreadable, foreign };
}

/** One that is no good, or that is not given, must not hide the others: they are what is restored instead. */
async function look(
  candidate: Candidate,
): Promise<{ readonly url: string; readonly found: KindOfManifest | Error | undefined }> {
  const found = await readManifest(candidate).catch((error: unknown) => {
    if (error instanceof Error && (isDamage(error) || isWithheld(error))) {
      return error;
    }
    throw error;
  });
  return { url: candidate.place.urlOf(`${candidate.id}/`), found };
}

function listed(
  found: KindOfManifest,
  url: string,
  now: Date,
  verified: Verified | undefined,
): ListedPoint {
  const { id, store, startedAt, finishedAt, retainUntil } = found.manifest;
  const secondsBetween = (from: string, to: string | Date) =>
    Math.round((new Date(to).getTime() - new Date(from).getTime()) / 1000);
  const { subject, snapshotAt, sizes } = particularsOf(found);
  return {
    kind: found.kind,
    store,
    subject,
    ...(found.kind === "database" ? { database: subject } : {}),
    id,
    url,
    snapshotAt,
    ageSeconds: secondsBetween(snapshotAt, now),
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    durationSeconds: secondsBetween(startedAt, finishedAt),
    retainUntil,
    ...(verified?.passedAt === undefined ? {} : { verifiedAt: verified.passedAt }),
    ...(verified === undefined ? {} : { judgedAt: verified.lastAt }),
    isDamaged: verified !== undefined && !verified.lastPassed,
  };
}

/** What manifests of each kind say in their own way. */
function particularsOf({ kind, manifest }: KindOfManifest): {
  readonly subject: string;
  readonly snapshotAt: string;
  readonly sizes: readonly number[];
} {
  switch (kind) {
    case "database": {
      const { source, objects } = manifest;
      const sizes = objects.map(({ bytes }) => bytes);
      return { subject: source.database, snapshotAt: source.snapshotAt, sizes };
    }
    case "cache": {
      const { source, objects } = manifest;
      const sizes = objects.map(({ bytes }) => bytes);
      return { subject: source.masterName, snapshotAt: source.snapshotAt, sizes };
    }
    case "configuration": {
      const { namespace, startedAt, objects } = manifest;
      const sizes = objects.map(({ content }) => content.bytes);
      return { subject: namespace, snapshotAt: startedAt, sizes };
    }
  }
}
