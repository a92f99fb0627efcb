import {
  compactTime,
  event,
  parseEventName,
  type RunEvent,
  type Signal,
  subjectOf,
} from "../../contracts/events";
import { type BucketPrefix } from "../storage/bucket";

/** How the runs before went that were of the same subject. */
export interface History {
  /** Runs that failed since the last success. */
  readonly failures: number;
  /** End of the first of them; absent where there is none. */
  readonly failingSince: string | undefined;
  /** End of the last success; absent where there is none. */
  readonly lastSuccess: string | undefined;
  /** Signals of the run before that could not be sent. */
  readonly unsent: readonly Signal[];
}

/** Days that are looked back: the longest time between two runs is that of a monthly backup. */
const days = 40;

/** What the events of earlier runs say. Their names say nearly all, so that few are read. */
export async function historyOf(events: BucketPrefix, happened: RunEvent): Promise<History> {
  const since = new Date(new Date(happened.finishedAt).getTime() - days * 24 * 60 * 60 * 1000);
  // Names of verifications begin with their recovery point's time, which may be an old one's.
  const after = happened.kind === "verification" ? undefined : compactTime(since.toISOString());
  const subject = JSON.stringify(subjectOf(happened));
  const earlier = (await events.names(after))
    .flatMap(({ name }) => {
      const said = parseEventName(name);
      return said === undefined ? [] : [{ name, ...said }];
    })
    .filter((one) => JSON.stringify(one.subject) === subject)
    .filter(
      ({ name, finishedAt }) => !name.startsWith(happened.id) && finishedAt < happened.finishedAt,
    )
    .sort((one, other) => (one.finishedAt < other.finishedAt ? 1 : -1));
  const runs = earlier.filter(({ isOfSignals }) => !isOfSignals);
  const lastGood = runs.findIndex(({ succeeded }) => succeeded);
  const failed = lastGood === -1 ? runs : runs.slice(0, lastGood);
  const [newest] = earlier;
  return {
    failures: failed.length,
    failingSince: failed.at(-1)?.finishedAt,
    lastSuccess: runs[lastGood]?.finishedAt,
    // A run leaves word of its signals after its own event.
    unsent: newest?.isOfSignals === true ? await unsentIn(events, newest.name) : [],
  };
}

async function unsentIn(events: BucketPrefix, name: string): Promise<readonly Signal[]> {
  const { data } = event.safeParse(JSON.parse((await events.get(name)).toString()));
  return data?.kind === "signals" ? data.unsent : [];
}
