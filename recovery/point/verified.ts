import { parseVerificationName } from "../../contracts/events";
import { type BucketPrefix } from "../storage/bucket";

/** What verifications said of a recovery point. */
export interface Verified {
  /** When it was last found whole; absent where it never was. */
  readonly passedAt?: string;
  readonly lastAt: string;
  readonly lastPassed: boolean;
}

/**
 * What was recorded, by the ids of recovery points.
 *
 * @param places Where verifications are recorded: each region has a place of its own.
 */
export async function verificationsOf(
  places: readonly BucketPrefix[],
): Promise<Map<string, Verified>> {
  const names = (await Promise.all(places.map((place) => place.names()))).flat();
  const events = names
    .flatMap(({ name }) => parseVerificationName(name) ?? [])
    .sort((one, other) => (one.finishedAt < other.finishedAt ? -1 : 1));
  const found = new Map<string, Verified>();
  for (const { point, finishedAt, passed } of events) {
    found.set(point, {
      ...found.get(point),
      ...(passed ? { passedAt: finishedAt } : {}),
      lastAt: finishedAt,
      lastPassed: passed,
    });
  }
  return found;
}
