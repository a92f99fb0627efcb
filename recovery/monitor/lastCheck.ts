import { type Checked, compactTime, event } from "../../contracts/events";
import { type BucketPrefix } from "../storage/bucket";

/**
 * Minutes that a job's attempts take, all together, and some: what an attempt found, the next one finds
 * too, so that the second does not end well only because the first has told of everything.
 */
const attemptMinutes = 15;

/** Days that are looked back, one after the other, for the last check. */
const spans = [1, 10, 100, 5_000];

/** Events that are read, at most, until one says how far its check was. */
const mostRead = 20;

/**
 * How far the check before this one was, by place.
 *
 * @param events Where checks of this region are recorded.
 */
export async function lastCheck(
  events: BucketPrefix,
  now: Date,
): Promise<ReadonlyMap<string, Checked["places"][number]>> {
  const before = now.getTime() - attemptMinutes * 60_000;
  for (const days of spans) {
    const start = compactTime(new Date(now.getTime() - days * 86_400_000).toISOString());
    const end = compactTime(new Date(before).toISOString());
    const names = (await events.names(start)).map(({ name }) => name).filter((name) => name < end);
    for (const name of names.reverse().slice(0, mostRead)) {
      const checked = checkedIn((await events.get(name)).toString());
      if (checked !== undefined) {
        return new Map(checked.places.map((place) => [place.url, place]));
      }
    }
  }
  return new Map();
}

/** What an event says of a check; undefined for one of another kind or version. */
function checkedIn(text: string): Checked | undefined {
  try {
    const read = event.parse(JSON.parse(text));
    return read.kind === "check" ? read.checked : undefined;
  } catch {
    return undefined;
  }
}
