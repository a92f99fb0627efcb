import { parseVerificationName } from "../../contracts/events";
import { messageOf, RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { type BucketPrefix } from "../storage/bucket";
import { DamagedManifest, RecoveryPoint } from "./recoveryPoint";
import { verificationsOf } from "./verified";

/** Where something is that may be a recovery point. */
export interface Candidate {
  readonly id: string;
  /** The series that it is in. */
  readonly place: BucketPrefix;
}

/** Everything that was begun in some series, the newest first. What has no manifest is among it. */
export async function candidatesIn(places: readonly BucketPrefix[]): Promise<Candidate[]> {
  const found = await Promise.all(
    places.map(async (place) => (await place.folders()).map((id) => ({ id, place }))),
  );
  return found.flat().sort((one, other) => (one.id < other.id ? 1 : -1));
}

/** The recovery point, if it is one: a backup that is being written, or was ended, is none. */
export async function openIfWhole({ id, place }: Candidate): Promise<RecoveryPoint | undefined> {
  try {
    return await RecoveryPoint.open(place, id);
  } catch (error) {
    if (error instanceof RecoveryFailure && error.reason === "absent") {
      return undefined;
    }
    throw error;
  }
}

/** @throws RecoveryFailure `refused` when a recovery point is another system's. */
export function refuseOtherSystem(
  manifest: { readonly system: string },
  url: string,
  system: string,
): void {
  if (manifest.system !== system) {
    throw new RecoveryFailure("refused", otherSystem(manifest, url, system));
  }
}

/** What is said of a recovery point of another system. */
export function otherSystem(
  manifest: { readonly system: string },
  url: string,
  system: string,
): string {
  return `${url} is of ${manifest.system}, and TRADING_DR_SYSTEM is ${system}`;
}

/** Of what a recovery point has to be. */
export interface Wanted {
  readonly system: string;
  /** Its name at the source. One that is chosen by its id may be of another. @default - any */
  readonly database?: string;
  /** Where verifications are recorded. @default - `oldest-unverified` is no choice */
  readonly events?: BucketPrefix;
  /**
   * Keeps off what a verification found damaged.
   *
   * @default - damaged ones are chosen too
   */
  readonly sound?: {
    /** Where verifications are recorded. */
    readonly events: readonly BucketPrefix[];
    /** Whether one that is named by its id is chosen all the same. */
    readonly damagedToo: boolean;
  };
  /**
   * Has `latest` pass over what another region took and has not arrived whole: S3 copies objects in any
   * order, the manifest too, and those of a region that is lost never come.
   *
   * @default - it is chosen too
   */
  readonly arrival?: {
    /** Region that is read. */
    readonly region: string;
    /** Age from which on it is chosen all the same, to be found damaged. @default - none */
    readonly hours?: number;
  };
  /** Told of what is passed over. @default - nobody is */
  readonly progress?: Progress;
}

/**
 * Chooses a recovery point.
 *
 * @param choice `latest`, `oldest-unverified`, or the id of one.
 * @throws RecoveryFailure `absent` when there is none to choose, `refused` when it is another system's, or
 * was found damaged.
 */
export async function choosePoint(
  places: readonly BucketPrefix[],
  choice: string,
  { system, database, events, sound, arrival, progress }: Wanted,
): Promise<RecoveryPoint> {
  const all = await candidatesIn(places);
  const wanted =
    choice === "latest"
      ? all
      : choice === "oldest-unverified" && events !== undefined
        ? await unverified(all, events)
        : all.filter(({ id }) => id === choice);
  const judged = sound === undefined ? undefined : await verificationsOf(sound.events);
  const skipped: string[] = [];
  for (const candidate of wanted) {
    const url = candidate.place.urlOf(`${candidate.id}/`);
    const skip = (why: string) => {
      skipped.push(url);
      progress?.say("a recovery point is left out", { point: url, why });
    };
    const found = await openIfWhole(candidate).catch((error: unknown) => {
      if (sound === undefined || choice !== "latest" || !(error instanceof DamagedManifest)) {
        throw error;
      }
      skip(messageOf(error));
      return undefined;
    });
    if (found === undefined) {
      continue;
    }
    const { manifest } = found;
    refuseOtherSystem(manifest, url, system);
    // An emergency backup takes all databases of a server into one place.
    const isWanted = choice === manifest.id || database === undefined;
    if (!isWanted && manifest.source.database !== database) {
      continue;
    }
    const missing = choice === "latest" && arrival ? await found.notArrived(arrival) : 0;
    if (missing > 0) {
      skip(`${String(missing)} of its objects have not arrived from ${manifest.region}`);
      continue;
    }
    const last = judged?.get(manifest.id);
    if (last?.lastPassed !== false || (sound?.damagedToo === true && choice === manifest.id)) {
      if (skipped.length > 0) {
        progress?.say("chosen instead", { point: url });
      }
      return found;
    }
    if (choice === manifest.id) {
      throw new RecoveryFailure(
        "refused",
        `${url} failed its verification of ${last.lastAt}: restore another one, or this one all the same with --damaged-too`,
      );
    }
    skip(`it failed its verification of ${last.lastAt}`);
  }
  const where = places.map((place) => place.urlOf("")).join(", ");
  throw new RecoveryFailure(
    "absent",
    choice === "oldest-unverified"
      ? `every recovery point in ${where} has been verified, or there is none`
      : choice === "latest"
        ? `there is no recovery point ${database === undefined ? "" : `of ${database} `}in ${where}${skipped.length === 0 ? "" : ` but what is left out: ${skipped.join(", ")}`}`
        : `there is no recovery point ${choice} in ${where}; what is there, \`trading-dr list\` shows`,
  );
}

async function unverified(all: readonly Candidate[], events: BucketPrefix): Promise<Candidate[]> {
  // One that failed has been judged too: chosen again and again, it would keep out all others.
  const judged = new Set(
    (await events.names()).map(({ name }) => parseVerificationName(name)?.point),
  );
  return all.filter(({ id }) => !judged.has(id)).reverse();
}
