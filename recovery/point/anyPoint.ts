import { isPointId, type PointKind, pointKinds } from "../../contracts/anyManifest";
import { type CacheManifest } from "../../contracts/cacheManifest";
import { type ConfigurationManifest, contentFolder } from "../../contracts/configurationManifest";
import { type Manifest, manifestName } from "../../contracts/manifest";
import { CachePoint } from "../cache/cachePoint";
import { ConfigurationPoint } from "../configuration/point";
import { messageOf, RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { type BucketPrefix } from "../storage/bucket";
import { type Candidate, refuseOtherSystem } from "./choice";
import { DamagedManifest, RecoveryPoint } from "./recoveryPoint";

/** Recovery points of every kind, for people who look at what there is. */

/** A manifest, by the kind of its recovery point. */
export type KindOfManifest =
  | { readonly kind: "database"; readonly manifest: Manifest }
  | { readonly kind: "cache"; readonly manifest: CacheManifest }
  | { readonly kind: "configuration"; readonly manifest: ConfigurationManifest };

/**
 * Reads the manifest of a recovery point of any kind, as strictly as who restores it.
 *
 * @returns Undefined when it has none: one that is being taken, or was ended, is no recovery point.
 * @throws RecoveryFailure `damaged` when it is no good, `storage` when the bucket does not give it.
 */
export async function readManifest({ place, id }: Candidate): Promise<KindOfManifest | undefined> {
  const name = `${id}/${manifestName}`;
  if (!(await place.has(name))) {
    return undefined;
  }
  const text = (await place.get(name)).toString();
  const kind = kindIn(text);
  switch (kind) {
    // What says nothing is a database's, or so damaged that any reader finds it.
    case undefined:
      return { kind: "database", manifest: RecoveryPoint.read(text, place, id).manifest };
    case "cache":
      return { kind, manifest: CachePoint.read(text, place, id).manifest };
    case "configuration":
      return { kind, manifest: ConfigurationPoint.read(text, place, id).manifest };
    default:
      throw new DamagedManifest(
        `${place.urlOf(name)} is of kind ${JSON.stringify(kind)}, and this version of trading-dr reads ${pointKinds.join(", ")}`,
        id,
        place.urlOf(`${id}/`),
      );
  }
}

function kindIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly kind?: unknown } | null)?.kind;
  } catch {
    return undefined;
  }
}

/** Which recovery points are meant. */
export interface PointFilter {
  /** @default - all kinds */
  readonly kinds?: readonly PointKind[];
  /** As the system's file names them. @default - all stores */
  readonly stores?: readonly string[];
}

/** Whether a recovery point is meant. */
export function isMeant(
  { kind, manifest }: KindOfManifest,
  { kinds, stores }: PointFilter,
): boolean {
  return (kinds?.includes(kind) ?? true) && (stores?.includes(manifest.store) ?? true);
}

/**
 * Folders between the prefix of all recovery points of a bucket and one of them: its tier, store, series and
 * region (contracts/objectKeys.ts).
 */
const mostLevels = 4;

/** What lies under some prefixes. */
export interface Under {
  /** Everything that was begun, the newest first. What has no manifest is among it. */
  readonly candidates: readonly Candidate[];
  /** Manifests in folders that have not the name of a recovery point. */
  readonly misplaced: readonly string[];
}

/** Finds recovery points in series, and in all series under a prefix above them. */
export async function candidatesUnder(
  places: readonly BucketPrefix[],
  levels = mostLevels,
): Promise<Under> {
  const found = await Promise.all(
    places.map(async (place): Promise<Under> => {
      const folders = await place.folders();
      const candidates = folders.filter(isPointId).map((id) => ({ id, place }));
      const misplaced: string[] = [];
      const deeper: BucketPrefix[] = [];
      for (const folder of folders) {
        if (isPointId(folder) || folder === contentFolder) {
          continue;
        }
        if (await place.has(`${folder}/${manifestName}`)) {
          misplaced.push(place.urlOf(`${folder}/${manifestName}`));
        } else if (levels > 0) {
          deeper.push(place.within(`${folder}/`));
        }
      }
      const below = await candidatesUnder(deeper, levels - 1);
      return {
        candidates: [...candidates, ...below.candidates],
        misplaced: [...misplaced, ...below.misplaced],
      };
    }),
  );
  return {
    candidates: found
      .flatMap(({ candidates }) => candidates)
      .sort((one, other) => (one.id < other.id ? 1 : -1)),
    misplaced: found.flatMap(({ misplaced }) => misplaced),
  };
}

/** A recovery point that was found. */
export interface FoundPoint {
  readonly found: KindOfManifest;
  /** `s3://bucket/prefix/` */
  readonly url: string;
}

/**
 * Finds one recovery point to look at.
 *
 * @param choice `latest`, or the id of one.
 * @throws RecoveryFailure `absent` when there is none, `refused` when it is another system's, `damaged` when
 * the one that is named has no good manifest.
 */
export async function findPoint(
  places: readonly BucketPrefix[],
  choice: string,
  system: string,
  filter: PointFilter,
  progress: Progress,
): Promise<FoundPoint> {
  const { candidates } = await candidatesUnder(places);
  for (const candidate of candidates.filter(({ id }) => choice === "latest" || id === choice)) {
    const url = candidate.place.urlOf(`${candidate.id}/`);
    const found = await readManifest(candidate).catch((error: unknown) => {
      if (choice !== "latest" || !isDamage(error)) {
        throw error;
      }
      progress.warn("a damaged recovery point is left out", { point: url, why: messageOf(error) });
      return undefined;
    });
    if (found === undefined || !isMeant(found, filter)) {
      continue;
    }
    refuseOtherSystem(found.manifest, url, system);
    return { found, url };
  }
  const where = places.map((place) => place.urlOf("")).join(", ");
  const which = `${ofWhich(filter)}in ${where}`;
  throw new RecoveryFailure(
    "absent",
    choice === "latest"
      ? `there is no recovery point ${which}`
      : `there is no recovery point ${choice} ${which}; what is there, \`trading-dr list\` shows`,
  );
}

/** Whether a failure says that something is not what was written. */
export function isDamage(error: unknown): error is RecoveryFailure {
  return error instanceof RecoveryFailure && error.reason === "damaged";
}

/** `of kind cache, of store sessions `; empty where all are meant. */
function ofWhich({ kinds, stores }: PointFilter): string {
  return [
    ...(kinds === undefined ? [] : [`of kind ${kinds.join(" or ")} `]),
    ...(stores === undefined ? [] : [`of store ${stores.join(" or ")} `]),
  ].join("");
}
