import { event, eventTime, type Judgement } from "../contracts/events";
import { type DatabaseAddress, type DatabaseSession } from "./database/session";
import { openForQueries, statementProblem } from "./integrity";
import { type BucketPrefix } from "./storage/bucket";

/** Times that each query is asked: the first fills the server's memory, and the quickest counts. */
const rounds = 3;

/** A restored database has to be this fast, as a part of how fast the one before was. */
const required = 0.9;

/** Seconds that are told apart: quicker queries differ by more than that for no reason. */
const leastSeconds = 0.05;

/** How long queries took. */
export interface BaselineTimes {
  /** In seconds, by the queries' names. */
  readonly seconds: Record<string, number>;
  /** What could not be asked, as sentences. */
  readonly problems: string[];
}

/** Asks each query several times. */
export async function timesOf(
  restored: DatabaseAddress,
  queries: Readonly<Record<string, string>>,
  searchPath?: string,
): Promise<BaselineTimes> {
  const session = await openForQueries(restored, searchPath);
  try {
    const seconds: Record<string, number> = {};
    const problems: string[] = [];
    for (const [name, query] of Object.entries(queries)) {
      try {
        seconds[name] = await quickest(session, query);
      } catch (error) {
        problems.push(`baseline query ${name}: ${statementProblem(error)}`);
      }
    }
    return { seconds, problems };
  } finally {
    await session.close();
  }
}

async function quickest(session: DatabaseSession, query: string): Promise<number> {
  let seconds = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    // The rows stay on the server: their way to us is not what is measured.
    await session.run(`SELECT count(*) FROM (${query}) answered`);
    seconds = Math.min(seconds, (performance.now() - started) / 1000);
  }
  return seconds;
}

/** Events that are read at most, to find one of a recovery point that was good. */
const mostRead = 20;

/**
 * What was found the last time that a recovery point was good, by the events of earlier runs. What
 * another version wrote in a way that is not known here is passed over.
 */
export async function lastGood(events: BucketPrefix): Promise<Judgement | undefined> {
  const newestFirst = (await events.names())
    .map(({ name }) => ({ name, time: eventTime(name) ?? "" }))
    .filter(({ time }) => time !== "")
    .sort((one, other) => (one.time < other.time ? 1 : -1));
  for (const { name } of newestFirst.slice(0, mostRead)) {
    const { data } = event.safeParse(JSON.parse((await events.get(name)).toString()));
    const judged = data !== undefined && "judged" in data ? data.judged : undefined;
    if (judged?.problems.length === 0) {
      return judged;
    }
  }
  return undefined;
}

/** Which queries took much longer than before, as sentences. */
export function slowerThan(
  before: Judgement | undefined,
  now: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(now).flatMap(([name, seconds]) => {
    const earlier = before?.baselineSeconds[name];
    return earlier === undefined ||
      seconds - earlier < leastSeconds ||
      earlier / seconds >= required
      ? []
      : [
          `baseline query ${name} took ${seconds.toFixed(2)} s, and ${earlier.toFixed(2)} s after the restore of ${before?.point ?? ""}: it has to be ${String(required * 100)} % as fast`,
        ];
  });
}
