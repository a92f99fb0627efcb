import { z } from "zod";
import { databaseOf } from "../../config/generations";
import { jobEnvironments, variableName, variableText } from "../../contracts/jobEnvironment";
import { restoresToScratch, verificationNamespace } from "../../contracts/jobs";
import { scheduleGaps } from "../../contracts/schedules";
import { tradingRegionOf, type TradingRegion } from "../places";
import { type Finding, rule } from "../rule";
import { type Resource } from "../stack";
import { cronJobType, namespaceIn } from "../workloads";
import { kindOf, promisedJobs, told } from "./jobs";
import { placeOf } from "./runs";
import { pointsUrl, verificationsUrl } from "./told";

const restore = z.strictObject({
  namespace: z.string(),
  /** Where every series of the database is, by the region that took it. */
  locations: z.array(z.string()),
});

/** All that restores have to know. Points of the other region are copied into the own region's buckets. */
function restoreOf({ system, own, other }: TradingRegion): z.output<typeof restore> {
  const copies = promisedJobs(system).flatMap(({ kind, copy }) =>
    kind === "backup-database" && copy !== undefined ? [copy] : [],
  );
  return {
    namespace: verificationNamespace(system.namespace),
    locations: copies.flatMap((copy) =>
      [own, other].map(({ region }) => pointsUrl(system, copy, region, own)),
    ),
  };
}

function* restoreFindings(
  job: Resource,
  { namespace, locations }: z.output<typeof restore>,
): Iterable<Finding> {
  const setting = variableName("recoveryPoints");
  const found = told(job, "recoveryPoints")?.split(" ") ?? [];
  for (const location of locations.filter((one) => !found.includes(one))) {
    yield {
      setting,
      found: `${String(found.length)} locations, and none of a series that the system's file has`,
      required: `with ${location}`,
      mend: "name every series, by each region that takes it",
    };
  }
  for (const location of found.filter((one) => !locations.includes(one))) {
    yield {
      setting,
      found: location,
      required: "of a series that the system's file has, in the own region's buckets",
      mend: "take it away",
    };
  }
  if (namespaceIn(job) !== namespace) {
    yield {
      setting: "metadata.namespace",
      found: namespaceIn(job),
      required: namespace,
      mend: "run it in the namespace for verification",
    };
  }
}

const series = z.strictObject({
  store: z.string(),
  /** Where the store has several. */
  series: z.string().optional(),
  /** Where a region's points of it are. */
  location: z.string(),
  /** Age of the newest good point at which one is missing. */
  maximumAgeSeconds: z.int().positive(),
  /** Bucket of the other region that has to have them too. */
  copiedTo: z.string(),
});

const proof = z.strictObject({
  /** Where each region's verifications are recorded. */
  locations: z.array(z.string()),
  /** Age of the newest that passed at which one is missing. */
  maximumAgeSeconds: z.int().positive(),
});

/**
 * All that the monitor has to miss. Where both regions take points it looks for those of each; where one
 * does, for no other's, which are of what was left behind by a failover.
 */
function watchedIn({ system, own, other }: TradingRegion): z.output<typeof series>[] {
  const { regions, schedules, alarms } = system;
  return promisedJobs(system).flatMap(({ kind, copy, schedule }) => {
    if (copy === undefined) {
      return [];
    }
    const takers = placeOf[kind] === "both" ? [own.region, other.region] : [regions.active];
    return takers.map((taker) => ({
      store: copy.store,
      series: copy.series,
      location: pointsUrl(system, copy, taker, own),
      maximumAgeSeconds:
        scheduleGaps(schedule, schedules.timeZone).longestSeconds + alarms.backupLate.seconds,
      copiedTo: bucketOf(pointsUrl(system, copy, taker, other)),
    }));
  });
}

/** `records` of `s3://records/prefix/`. */
function bucketOf(url: string): string {
  return url.split("/")[2] ?? "";
}

/** All that has to be proven: in each region a recovery point, as often as the system's file says. */
function provenIn({ system, own, other }: TradingRegion): z.output<typeof proof> | undefined {
  const { schedules, alarms } = system;
  return databaseOf(system) === undefined
    ? undefined
    : {
        locations: [own, other].map(({ region }) => verificationsUrl(system, region, own)),
        maximumAgeSeconds:
          scheduleGaps(schedules.verify, schedules.timeZone).longestSeconds +
          alarms.backupLate.seconds,
      };
}

function* proofFindings(job: Resource, due: z.output<typeof proof>): Iterable<Finding> {
  const { data } = jobEnvironments.check.shape.verified.safeParse(told(job, "verified"));
  const found = data?.locations.map((place) => variableText("check", "events", place)) ?? [];
  for (const location of due.locations.filter((one) => !found.includes(one))) {
    yield {
      setting: variableName("verified"),
      found: `${String(found.length)} places, and not this one`,
      required: `with ${location}`,
      mend: "have it look where each region records its verifications",
    };
  }
  const age = data?.maximumAgeSeconds ?? Infinity;
  if (found.length > 0 && age > due.maximumAgeSeconds) {
    yield {
      setting: `the age in ${variableName("verified")} at which a verification is missing`,
      found: age,
      required: `${String(due.maximumAgeSeconds)} seconds at the most`,
      mend: "take the longest gap of schedules.verify and alarms.backupLate",
    };
  }
}

function* monitorFindings(
  job: Resource,
  due: readonly z.output<typeof series>[],
): Iterable<Finding> {
  const { data: watched = [] } = jobEnvironments.check.shape.watched.safeParse(
    told(job, "watched"),
  );
  for (const { store, series, location, maximumAgeSeconds, copiedTo } of due) {
    const found = watched.filter(
      (one) =>
        one.store === store &&
        one.series === series &&
        one.locations.every((place) => variableText("check", "events", place) === location),
    );
    if (found.length > 0 && !found.some((one) => one.copiedTo?.bucket === copiedTo)) {
      yield {
        setting: `the bucket in ${variableName("watched")} that ${location} is compared with`,
        required: copiedTo,
        mend: "have it compared with the other region's bucket of the same lock class",
      };
    }
    const age = Math.min(Infinity, ...found.map((one) => one.maximumAgeSeconds));
    if (age > maximumAgeSeconds) {
      yield {
        setting: `the age in ${variableName("watched")} at which a point in ${location} is missing`,
        ...(age === Infinity ? {} : { found: age }),
        required: `${String(maximumAgeSeconds)} seconds at the most`,
        mend: "have it watched there alone, by the longest gap of its schedule and alarms.backupLate",
      };
    }
  }
}

/** A backup that nobody restores is a hope, and one that nobody misses is none. */
export const backupIsVerified = rule({
  id: "backup-is-verified",
  severity: "critical",
  scope: "resource",
  description:
    "The monitor misses every series of the system's file in time, its copies and its proof too, and verification and drills restore every one of the database, whichever region took it, in the namespace for that.",
  serves: "recovery from every scenario that takes a backup",
  peers: [],
  types: [cronJobType],
  example: {
    good: "TRADING_DR_RECOVERY_POINTS of dr-verify names the series daily of both regions",
    bad: "dr-verify leaves out the series daily",
  },
  settings: z.strictObject({ restore, watched: z.array(series), proof: proof.optional() }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    return (
      region && {
        restore: restoreOf(region),
        watched: watchedIn(region),
        proof: provenIn(region),
      }
    );
  },
  *check(job, { settings }) {
    const kind = kindOf(job);
    if (kind === "check") {
      yield* monitorFindings(job, settings.watched);
      if (settings.proof !== undefined) {
        yield* proofFindings(job, settings.proof);
      }
    } else if (kind !== undefined && restoresToScratch(kind)) {
      yield* restoreFindings(job, settings.restore);
    }
  },
});
