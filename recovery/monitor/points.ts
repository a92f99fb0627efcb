import { type PointFacts, parseAnyManifest } from "../../contracts/anyManifest";
import { manifestName } from "../../contracts/manifest";
import { messageOf, RecoveryFailure } from "../failure";
import { type BucketPrefix, type ObjectState } from "../storage/bucket";

/** What was found where a recovery point was begun. */
export type Opened =
  /** It has no manifest: it is being written, or was never finished. */
  | { readonly kind: "unfinished" }
  /** It is finished, and its manifest cannot be read: it is in an archive class of storage. */
  | { readonly kind: "archived" }
  /** Its manifest is no good. */
  | { readonly kind: "damaged"; readonly problem: string }
  | { readonly kind: "good"; readonly facts: PointFacts; readonly manifest: ObjectState };

/** Name of a recovery point's manifest, under the series' prefix. */
export function manifestOf(id: string): string {
  return `${id}/${manifestName}`;
}

/**
 * Reads the manifest of a recovery point, of whatever kind.
 *
 * @param system System that it has to be of.
 * @throws RecoveryFailure `storage` when the bucket does not give it.
 */
export async function openPoint(points: BucketPrefix, id: string, system: string): Promise<Opened> {
  const name = manifestOf(id);
  const manifest = await points.stateOf(name);
  if (manifest === undefined) {
    return { kind: "unfinished" };
  }
  if (manifest.isArchived) {
    return { kind: "archived" };
  }
  const text = (await points.get(name)).toString();
  try {
    const facts = parseAnyManifest(text, id);
    return facts.system === system
      ? { kind: "good", facts, manifest }
      : { kind: "damaged", problem: `${points.urlOf(name)} is of the system ${facts.system}` };
  } catch (error) {
    return { kind: "damaged", problem: `${points.urlOf(name)} ${messageOf(error)}` };
  }
}

/** The message of a failure that says that something is damaged; anything else is thrown on. */
export function damageIn(error: unknown): string {
  if (error instanceof RecoveryFailure && error.reason === "damaged") {
    return error.message;
  }
  throw error;
}
