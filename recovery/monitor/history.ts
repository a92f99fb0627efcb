import { type Finding } from "../../contracts/events";
import { pointTime } from "../../contracts/anyManifest";
import { durationText } from "../text";

/** A series of recovery points, as messages name it, and what it has to keep to. */
export interface Series {
  /** `daily of the store database` */
  readonly label: string;
  /** Where its recovery points are: `s3://bucket/prefix/`. */
  readonly url: string;
  readonly maximumAgeSeconds: number;
}

/** What is known of a series' newest points. */
export interface Newest {
  /** The newest good one, and when it was finished. */
  readonly good: { readonly id: string; readonly finishedAt: string } | undefined;
  /** What was begun later, or at all where there is no good one, and has no manifest. */
  readonly unfinished: readonly string[];
  /** Since when checks have found no recovery point, by the last one. */
  readonly emptySince?: string | undefined;
  /** The newest that the last check found. */
  readonly before?: string | undefined;
}

/**
 * Seconds after which what was begun and has no manifest will not get one any more: jobs that take
 * recovery points are ended after four hours.
 */
export const stuckAfterSeconds = 4 * 3_600;

/** Seconds by which clocks may differ: what is further ahead was written by a clock that is wrong. */
export const clockToleranceSeconds = 300;

const takeOne =
  "Read the last events and the log of the job that takes them, mend what they say, and start the job by hand";

/** Seconds from one moment to another, to the nearest. */
function secondsBetween(from: string | number, to: Date): number {
  return Math.round((to.getTime() - new Date(from).getTime()) / 1_000);
}

/** Those that will not be finished any more. */
export function stuckOf(unfinished: readonly string[], now: Date): string[] {
  return unfinished.filter((id) => secondsBetween(pointTime(id), now) > stuckAfterSeconds);
}

/** At most three, and how many more: a series that fails every five minutes must not fill the report. */
export function someOf(names: readonly string[]): string {
  const [more, shown] = [names.slice(3), names.slice(0, 3).join(", ")];
  return more.length === 0 ? shown : `${shown} and ${String(more.length)} more`;
}

/**
 * Whether a series' newest good point is young enough. Its age counts from when it was finished: one that
 * takes an hour must not be missed for an hour, each time, before the next is done.
 */
export function judgeAge(
  { label, url, maximumAgeSeconds }: Series,
  { good, unfinished, emptySince, before }: Newest,
  now: Date,
): { readonly finding?: Finding; readonly note?: string } {
  const allowed = durationText(maximumAgeSeconds);
  const stuck = stuckOf(unfinished, now);
  const begun =
    stuck.length === 0
      ? ""
      : ` Begun ${good === undefined ? "" : "since "}and never finished: ${someOf(stuck)}.`;
  if (good !== undefined) {
    const age = secondsBetween(good.finishedAt, now);
    return age > maximumAgeSeconds
      ? {
          finding: {
            kind: "missing",
            where: url,
            since: good.finishedAt,
            message: `No recovery point ${label} in ${url} is younger than ${allowed}: the newest good one, ${good.id}, was finished ${durationText(age)} ago, at ${good.finishedAt}.${begun} ${takeOne}.`,
          },
        }
      : begun === ""
        ? {}
        : { note: `${label} in ${url}:${begun}` };
  }
  if (before !== undefined) {
    return {
      finding: {
        kind: "missing",
        where: url,
        message: `No good recovery point ${label} is left in ${url}: the check before this one found ${before} there.${begun} Find out who removed it, or what damaged it; locked versions of its objects are still in the bucket. ${takeOne}.`,
      },
    };
  }
  const empty = emptySince === undefined ? 0 : secondsBetween(emptySince, now);
  return empty > maximumAgeSeconds
    ? {
        finding: {
          kind: "missing",
          where: url,
          ...(emptySince === undefined ? {} : { since: emptySince }),
          message: `There never was a good recovery point ${label} in ${url}, ${durationText(empty)} after the first check looked for one, at ${emptySince ?? ""}; one is due every ${allowed}.${begun} ${takeOne}.`,
        },
      }
    : {
        note: `There is no good recovery point ${label} in ${url} yet; it is missed from ${new Date(new Date(emptySince ?? now).getTime() + maximumAgeSeconds * 1_000).toISOString()} on.${begun}`,
      };
}

/** Two neighbours in a series that are too far from each other. */
export interface Gap {
  /** Id of the last one before it. */
  readonly earlier: string;
  /** Id of the first one after it. */
  readonly later: string;
}

/** Gaps, and how far back they were looked for. */
export interface Gaps {
  readonly gaps: readonly Gap[];
  /** Id before which nobody looked, because there is too much; absent where all was looked at. */
  readonly stoppedAt?: string;
}

/**
 * Finds where good neighbours in a series are further from each other than they may be. It asks about as
 * few of them as will do: from each good one it goes as far back as is allowed at once, since what lies
 * between can only make the gaps smaller.
 *
 * @param ids All that were begun, the oldest first.
 * @param newest The good one to go back from.
 * @param since Gaps that end later are found, in milliseconds since 1970.
 * @param isGood Whether one has a manifest.
 * @param mostAsked How many are asked about at most.
 */
export async function findGaps(
  ids: readonly string[],
  newest: string,
  since: number,
  longestSeconds: number,
  isGood: (id: string) => Promise<boolean>,
  mostAsked = 2_000,
): Promise<Gaps> {
  const gaps: Gap[] = [];
  const older = ids.filter((id) => id < newest);
  const bad = new Set<string>();
  let later = newest;
  let asked = 0;
  while (pointTime(later) > since) {
    const reach = pointTime(later) - longestSeconds * 1_000;
    const before = older.filter((id) => id < later && !bad.has(id));
    const near = before.filter((id) => pointTime(id) >= reach);
    const far = before.filter((id) => pointTime(id) < reach).reverse();
    let earlier: string | undefined;
    for (const id of [...near, ...far]) {
      if (asked === mostAsked) {
        return { gaps, stoppedAt: later };
      }
      asked += 1;
      if (await isGood(id)) {
        earlier = id;
        break;
      }
      bad.add(id);
    }
    if (earlier === undefined) {
      break;
    }
    if (pointTime(earlier) < reach) {
      gaps.push({ earlier, later });
    }
    later = earlier;
  }
  return { gaps };
}

/** What there is to say about a gap. */
export function gapFinding(
  { label, url, maximumAgeSeconds }: Series,
  { earlier, later }: Gap,
): Finding {
  const seconds = Math.round((pointTime(later) - pointTime(earlier)) / 1_000);
  const since = new Date(pointTime(earlier)).toISOString();
  return {
    kind: "gap",
    where: url,
    since,
    message: `No recovery point ${label} in ${url} was begun for ${durationText(seconds)}, between ${earlier} and ${later}, and ${durationText(maximumAgeSeconds)} are allowed. What was lost then cannot be taken any more; find out from the events and the job's log why it was not taken. This is said once.`,
  };
}

/** Days that are looked back on. */
export const windowDays = 7;

/** Recovery points of before that a size is compared with, at least as long as there are so many. */
const fewest = 15;

/** Recovery points of before that are read, at most. */
const most = 30;

/**
 * Which recovery points the size of one is compared with: those of the seven days before it, or the 15
 * before it where these are more; of many, 30 evenly spread. The newest first.
 */
export function historyOf(ids: readonly string[], newest: string): string[] {
  const older = ids.filter((id) => id < newest).reverse();
  const start = pointTime(newest) - windowDays * 86_400_000;
  const recent = older.filter((id) => pointTime(id) >= start);
  const chosen = recent.length >= fewest ? recent : older.slice(0, fewest);
  const count = Math.min(chosen.length, most);
  return Array.from(
    { length: count },
    (_, index) => chosen[Math.floor((index * chosen.length) / count)] ?? "",
  );
}

/** The golden ratio's fraction: its multiples are spread more evenly than those of any other number. */
const golden = (Math.sqrt(5) - 1) / 2;

/**
 * Whose turn it is, of some things in order. From minute to minute it jumps, so that checks at whatever
 * interval visit all parts of a list that itself moves on.
 */
export function turnOf(count: number, now: Date): number {
  const turns = Math.floor(now.getTime() / 60_000) * golden;
  return Math.floor((turns - Math.floor(turns)) * count);
}
