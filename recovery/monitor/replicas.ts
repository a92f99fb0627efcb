import { isPointId, type PointFacts, pointTime } from "../../contracts/anyManifest";
import { type Finding } from "../../contracts/events";
import { type BucketPrefix, type ObjectState } from "../storage/bucket";
import { compareNames, type Placed } from "./examine";
import { type Findings } from "./findings";
import { type Series, someOf, turnOf, windowDays } from "./history";
import { manifestOf } from "./points";

/** Minutes that S3 promises to copy an object within, by its Replication Time Control. */
const replicationMinutes = 15;

/** Recovery points that only one side has, of which the manifest is looked for, at most. */
const mostLookedFor = 50;

/** Objects of a recovery point whose checksums and locks are compared on both sides, at most. */
const mostCompared = 20;

/** The same series in both regions. */
export interface Sides {
  readonly series: Series;
  /** In our own region. */
  readonly own: BucketPrefix;
  readonly other: BucketPrefix;
  readonly otherRegion: string;
  readonly now: Date;
}

/** Whether something was written so long ago that it has to be in the other region. */
export function isSettled(writtenAt: Date, now: Date): boolean {
  return now.getTime() - writtenAt.getTime() > replicationMinutes * 60_000;
}

const advice =
  "See the replication metrics and the bucket's events for why, and copy it by Batch Replication";

/**
 * Finds recovery points of the last days that only one region has. One that has no manifest there is not
 * there, whatever else of it is.
 *
 * @param ownIds All that were begun in our own region.
 * @returns Ids of those that it has told of.
 */
export async function findMissing(
  { series, own, other, otherRegion, now }: Sides,
  ownIds: readonly string[],
  report: Findings,
): Promise<string[]> {
  const said: string[] = [];
  const otherIds = (await other.folders()).filter(isPointId);
  const start = now.getTime() - windowDays * 86_400_000;
  const onlyIn = (some: readonly string[], others: readonly string[]) => {
    const known = new Set(others);
    return some.filter((id) => !known.has(id) && pointTime(id) >= start).reverse();
  };
  for (const [there, lacking, ids] of [
    [own, other, onlyIn(ownIds, otherIds)],
    [other, own, onlyIn(otherIds, ownIds)],
  ] as const) {
    const missing: string[] = [];
    for (const id of ids.slice(0, mostLookedFor)) {
      const manifest = await there.stateOf(manifestOf(id));
      if (manifest !== undefined && isSettled(manifest.writtenAt, now)) {
        missing.push(id);
      }
    }
    said.push(...missing);
    const oldest = missing.at(-1);
    if (oldest !== undefined) {
      report.add({
        kind: "replica-missing",
        where: lacking.urlOf(""),
        since: new Date(pointTime(oldest)).toISOString(),
        message: `Recovery points ${series.label} that are in ${there.urlOf("")} are not in ${lacking.urlOf("")}${lacking === other ? ` in ${otherRegion}` : ""}: ${someOf(missing)}. The first of them was begun at ${new Date(pointTime(oldest)).toISOString()}, and ${String(replicationMinutes)} minutes are allowed. ${advice}.`,
      });
    }
    if (ids.length > mostLookedFor) {
      report.notes.push(
        `${String(ids.length - mostLookedFor)} more that were begun in ${there.urlOf("")} and not in ${lacking.urlOf("")} were not looked at.`,
      );
    }
  }
  return said;
}

/**
 * Compares one recovery point with its copy in the other region: names and sizes of all objects, and of
 * the manifest and some objects what S3 says of checksum and lock. Nothing is read: the other region's own
 * check reads there.
 *
 * @param manifest What S3 says of the manifest in our own region.
 * @param placed Objects that are in our own region as they have to be.
 */
export async function compareCopy(
  { series, own, other, otherRegion, now }: Sides,
  facts: PointFacts,
  manifest: ObjectState,
  placed: readonly Placed[],
): Promise<Finding[]> {
  const finding = (kind: Finding["kind"], message: string): Finding => ({
    kind,
    where: other.urlOf(`${facts.id}/`),
    since: facts.finishedAt,
    message,
  });
  const name = manifestOf(facts.id);
  const copy = await other.stateOf(name);
  if (copy === undefined) {
    return [
      finding(
        "replica-missing",
        `The recovery point ${facts.id} ${series.label} was finished at ${facts.finishedAt}, and ${other.urlOf(name)} in ${otherRegion} is not there; ${String(replicationMinutes)} minutes are allowed. ${advice}.`,
      ),
    ];
  }
  const { problems } = await compareNames(other, facts);
  const compare = (object: string, here: ObjectState, there: ObjectState) => {
    // Locks go with the original to its copies, and not back.
    const [original, replica, side] =
      facts.region === otherRegion ? [there, here, own] : [here, there, other];
    problems.push(...differences(side.urlOf(object), original, replica));
  };
  compare(name, manifest, copy);
  const first = turnOf(placed.length, now);
  for (const one of [...placed.slice(first), ...placed.slice(0, first)].slice(0, mostCompared)) {
    const [here, there] = await Promise.all([own.stateOf(one.name), other.stateOf(one.name)]);
    if (here !== undefined && there !== undefined) {
      compare(one.name, here, there);
    }
  }
  return problems.length === 0
    ? []
    : [
        finding(
          "replica-different",
          `The recovery point ${facts.id} ${series.label} is not the same in ${otherRegion} and in ${own.urlOf("")}: ${someOf(problems)}. Restore from the one that \`trading-dr verify\` passes; find out who changed the other, locked versions are still there. Then have it copied again.`,
        ),
      ];
}

/** In what a copy is not what it is of, or is held by less. */
function differences(url: string, original: ObjectState, copy: ObjectState): string[] {
  const problems: string[] = [];
  if (original.bytes !== copy.bytes) {
    problems.push(
      `${url} has ${String(copy.bytes)} bytes, and the original ${String(original.bytes)}`,
    );
  } else if (
    original.sha256 !== undefined &&
    copy.sha256 !== undefined &&
    original.sha256 !== copy.sha256
  ) {
    problems.push(`${url} has SHA-256 ${copy.sha256}, and the original ${original.sha256}`);
  }
  const { lock } = original;
  if (lock !== undefined && copy.lock === undefined) {
    problems.push(`${url} is not locked, and the original is until ${lock.until.toISOString()}`);
  } else if (lock !== undefined && copy.lock !== undefined) {
    if (lock.mode === "COMPLIANCE" && copy.lock.mode !== lock.mode) {
      problems.push(`${url} is locked in ${copy.lock.mode} mode, and the original in ${lock.mode}`);
    }
    if (copy.lock.until < lock.until) {
      problems.push(
        `${url} is locked until ${copy.lock.until.toISOString()}, and the original until ${lock.until.toISOString()}`,
      );
    }
  }
  return problems;
}

/** What S3 itself says of its copying to all other places, the archive too; undefined where it is well. */
export function replicationFinding(
  { label, url }: Series,
  { id, finishedAt }: PointFacts,
  { replication, writtenAt }: ObjectState,
  now: Date,
): Finding | undefined {
  return replication === "FAILED" || (replication === "PENDING" && isSettled(writtenAt, now))
    ? {
        kind: "replica-missing",
        where: `${url}${id}/`,
        since: finishedAt,
        message: `S3 says ${replication} of the copying of the recovery point ${id} ${label}, which was finished at ${finishedAt}: another region or the archive lacks its manifest; ${String(replicationMinutes)} minutes are allowed. ${advice}.`,
      }
    : undefined;
}
