import { isPointId, type PointFacts, pointTime } from "../../contracts/anyManifest";
import { type Checked } from "../../contracts/events";
import { type BucketPrefix, type ObjectState } from "../storage/bucket";
import { size } from "../text";
import { compareNames, examineContent, type Placed } from "./examine";
import { type Findings } from "./findings";
import {
  clockToleranceSeconds,
  findGaps,
  gapFinding,
  historyOf,
  judgeAge,
  type Series,
  someOf,
  turnOf,
  windowDays,
} from "./history";
import { manifestOf, openPoint } from "./points";
import { compareCopy, findMissing, isSettled, replicationFinding, type Sides } from "./replicas";
import { fewestSizes, judgeSize } from "./size";

/** Points that are asked about, the newest first, until there is a good one. */
const mostTried = 500;

/** Bytes of manifests that are read of a series to know its sizes. That of a terabyte has 45 MB. */
const manifestBytes = 512 * 1024 * 1024;

/** What is asked about a series. */
export interface SeriesRequest {
  readonly system: string;
  readonly series: Series;
  readonly points: BucketPrefix;
  /** The same in the other region. */
  readonly copies?: { readonly region: string; readonly points: BucketPrefix } | undefined;
  /** How far the check before this one was. */
  readonly before: Checked["places"][number] | undefined;
  /** Bytes of objects that may be read. */
  readonly examinedBytes: number;
  readonly now: Date;
}

/** A recovery point whose manifest is intact. */
interface GoodPoint {
  readonly facts: PointFacts;
  readonly manifest: ObjectState;
}

/**
 * Looks at one series of recovery points: whether it goes on, whether what it has is what was written, and
 * whether the other region has the same.
 *
 * @returns False where the other region could not be looked at.
 */
export async function checkSeries(request: SeriesRequest, report: Findings): Promise<boolean> {
  const { series, points, before, now } = request;
  const ids = await report.look(`recovery points ${series.label}`, async () =>
    (await points.folders()).filter(isPointId),
  );
  const found =
    ids &&
    (await report.look(`the newest recovery point ${series.label}`, () =>
      findNewest(request, ids, report),
    ));
  if (ids === undefined || found === undefined) {
    // What was known of it stays so, for the next check.
    if (before !== undefined) {
      report.places.push(before);
    }
    return true;
  }
  const { newest, unfinished } = found;
  const emptySince = newest === undefined ? (before?.emptySince ?? now.toISOString()) : undefined;
  const age = judgeAge(
    series,
    { good: newest?.facts, unfinished, emptySince, before: before?.newest },
    now,
  );
  report.add(age.finding);
  report.notes.push(...(age.note === undefined ? [] : [age.note]));
  const place = {
    url: series.url,
    ...(newest === undefined ? {} : { newest: newest.facts.id }),
    // Once a series had points, that it has none is said for as long as it is so.
    ...(newest === undefined && before?.newest !== undefined ? { newest: before.newest } : {}),
    ...(emptySince === undefined ? {} : { emptySince }),
    examined: [] as string[],
  };
  report.places.push(place);
  if (newest === undefined) {
    return true;
  }
  await report.look(`gaps ${series.label}`, () => checkGaps(request, ids, newest, report));
  await report.look(`sizes ${series.label}`, () => checkSizes(request, ids, newest, report));
  const examined = await report.look(`objects ${series.label}`, () =>
    examine(request, ids, newest, report),
  );
  place.examined = (examined ?? []).map(({ facts }) => facts.id);
  return checkCopies(request, ids, examined ?? [], report);
}

/** The newest good recovery point. What is damaged is said on the way, and counts for nothing. */
async function findNewest(
  { series, points, system, now }: SeriesRequest,
  ids: readonly string[],
  report: Findings,
): Promise<{ readonly newest?: GoodPoint; readonly unfinished: readonly string[] }> {
  const unfinished: string[] = [];
  for (const id of [...ids].reverse().slice(0, mostTried)) {
    const opened = await openPoint(points, id, system);
    if (opened.kind === "unfinished") {
      unfinished.push(id);
    } else if (opened.kind === "damaged") {
      reportDamage(series, id, [opened.problem], report);
    } else if (opened.kind === "archived") {
      report.unseen.push(
        `recovery points ${series.label}: the manifest of ${id} in ${series.url} is in an archive class of storage; see the bucket's lifecycle, which is not to move so young a one`,
      );
    } else if (
      new Date(opened.facts.finishedAt).getTime() >
      now.getTime() + clockToleranceSeconds * 1_000
    ) {
      report.add({
        kind: "clock",
        where: points.urlOf(`${id}/`),
        message: `The recovery point ${id} ${series.label} says that it was finished at ${opened.facts.finishedAt}, and here it is ${now.toISOString()}: the clock of who took it is wrong, or ours. It does not count as the newest; set the clocks by time synchronisation, or until then this series cannot be seen to stop.`,
      });
    } else {
      return { newest: opened, unfinished };
    }
  }
  if (ids.length > mostTried) {
    report.unseen.push(
      `recovery points ${series.label}: none of the newest ${String(mostTried)} that were begun in ${series.url} is good, and the older ones were not looked at`,
    );
  }
  return { unfinished };
}

function reportDamage(
  { label, url }: Series,
  id: string,
  problems: readonly string[],
  report: Findings,
): void {
  report.add({
    kind: "damaged",
    where: `${url}${id}/`,
    since: new Date(pointTime(id)).toISOString(),
    message: `The recovery point ${id} ${label} is damaged: ${someOf(problems)}. Restore from another, or from its copy in the other region or the archive, and find out who changed it: locked versions are still there.`,
  });
}

/** Gaps that ended since the last check, or in the last days where there was none. */
async function checkGaps(
  { series, points, before, now }: SeriesRequest,
  ids: readonly string[],
  { facts }: GoodPoint,
  report: Findings,
): Promise<void> {
  const since =
    before?.newest === undefined
      ? now.getTime() - windowDays * 86_400_000
      : pointTime(before.newest);
  const { gaps, stoppedAt } = await findGaps(
    ids,
    facts.id,
    since,
    series.maximumAgeSeconds,
    async (id) => (await points.stateOf(manifestOf(id))) !== undefined,
  );
  report.add(...gaps.map((gap) => gapFinding(series, gap)));
  if (stoppedAt !== undefined) {
    report.unseen.push(
      `gaps ${series.label}: there are too many recovery points in ${series.url} to look for gaps before ${stoppedAt}`,
    );
  }
}

/** Whether the newest is as large as those before it let expect, in bytes and in rows. */
async function checkSizes(
  { series, points, system }: SeriesRequest,
  ids: readonly string[],
  { facts: newest }: GoodPoint,
  report: Findings,
): Promise<void> {
  const sizes: {
    readonly at: number;
    readonly bytes: number;
    readonly rows: number | undefined;
  }[] = [];
  let read = 0;
  for (const id of historyOf(ids, newest.id)) {
    const { bytes = 0 } = (await points.stateOf(manifestOf(id))) ?? {};
    if (bytes > 0 && read + bytes <= manifestBytes) {
      read += bytes;
      const opened = await openPoint(points, id, system);
      if (opened.kind === "damaged") {
        reportDamage(series, id, [opened.problem], report);
      } else if (opened.kind === "good") {
        const { bytes: inAll, rows } = opened.facts;
        sizes.push({ at: pointTime(id), bytes: inAll, rows });
      }
    }
  }
  if (sizes.length < fewestSizes) {
    report.notes.push(
      `Of the size of recovery points ${series.label} nothing is said: ${String(sizes.length)} were read before ${newest.id}, and at least ${String(fewestSizes)} are needed.`,
    );
    return;
  }
  const at = pointTime(newest.id);
  for (const [what, value, history, shown] of [
    ["bytes", newest.bytes, sizes.map((one) => ({ at: one.at, value: one.bytes })), size],
    [
      "rows",
      newest.rows,
      sizes.flatMap((one) => (one.rows === undefined ? [] : [{ at: one.at, value: one.rows }])),
      (rows: number) => `${String(Math.round(rows))} rows or keys`,
    ],
  ] as const) {
    const judged = value === undefined ? undefined : judgeSize(history, { at, value });
    if (value !== undefined && judged?.kind === "unusual") {
      report.add({
        kind: "size",
        where: `${series.url}${newest.id}/`,
        since: newest.startedAt,
        message: `The recovery point ${newest.id} ${series.label} in ${series.url}, begun at ${newest.startedAt}, has ${shown(value)}; by the ${String(history.length)} before it ${shown(judged.expected)} were to be expected, give or take ${shown(judged.allowed)}. Find out what was added or removed at the source, in ${what} of each table by \`trading-dr show\`, before the recovery points of before expire.`,
      });
    }
  }
}

/** A recovery point of which all names and sizes were compared. */
interface Examined extends GoodPoint {
  readonly placed: readonly Placed[];
}

/** Compares the newest recovery point and an older one with their manifests. */
async function examine(
  request: SeriesRequest,
  ids: readonly string[],
  newest: GoodPoint,
  report: Findings,
): Promise<Examined[]> {
  const { series, points, examinedBytes, now } = request;
  const older = await olderOne(request, ids, newest);
  const chosen = older === undefined ? [newest] : [newest, older];
  const examined: Examined[] = [];
  for (const point of chosen) {
    const { problems, placed } = await compareNames(points, point.facts);
    const content = await examineContent(points, placed, examinedBytes / chosen.length, now);
    report.bytesExamined += content.bytes;
    problems.push(...content.problems);
    if (problems.length > 0) {
      reportDamage(series, point.facts.id, problems, report);
    }
    examined.push({ ...point, placed });
  }
  return examined;
}

/** An older good one, whose turn it is: or one of the next ones, where it was never finished. */
async function olderOne(
  { points, system, now }: SeriesRequest,
  ids: readonly string[],
  newest: GoodPoint,
): Promise<GoodPoint | undefined> {
  const older = ids.filter((id) => id < newest.facts.id);
  const first = turnOf(older.length, now);
  for (const id of [...older.slice(first), ...older.slice(0, first)].slice(0, 10)) {
    const opened = await openPoint(points, id, system);
    if (opened.kind === "good") {
      return opened;
    }
  }
  return undefined;
}

/** Whether the other region, and the archive as far as S3 says, have what they have to have. */
async function checkCopies(
  { series, points, copies, now }: SeriesRequest,
  ids: readonly string[],
  examined: readonly Examined[],
  report: Findings,
): Promise<boolean> {
  const settled = examined.filter(({ manifest }) => isSettled(manifest.writtenAt, now));
  report.add(
    ...settled.map(({ facts, manifest }) => replicationFinding(series, facts, manifest, now)),
  );
  if (copies === undefined) {
    return true;
  }
  const sides: Sides = {
    series,
    own: points,
    other: copies.points,
    otherRegion: copies.region,
    now,
  };
  const seen = await report.look(`copies ${series.label} in ${copies.region}`, async () => {
    const missing = await findMissing(sides, ids, report);
    for (const { facts, manifest, placed } of settled) {
      if (!missing.includes(facts.id)) {
        report.add(...(await compareCopy(sides, facts, manifest, placed)));
      }
    }
    return true;
  });
  return seen === true;
}
