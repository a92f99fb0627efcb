import { z } from "zod";
import { jobEnvironments, variableName } from "../../contracts/jobEnvironment";
import { restoresToScratch, verificationNamespace } from "../../contracts/jobs";
import { tradingRegionOf, type TradingRegion } from "../places";
import { type Finding, rule } from "../rule";
import { type Resource, type Stack } from "../stack";
import { cronJobType, namespaceIn } from "../workloads";
import { longestGap } from "./backups";
import { copyingKinds, jobsOfKind, kindOf, promisedJobs, told } from "./jobs";
import { pointsUrl } from "./told";

/** The longest that the monitor lets a series go without a good point; Infinity where it does not look. */
function longestUnnoticed(stack: Stack, store: string | undefined, series: string | undefined) {
  const ages = jobsOfKind(stack, "check").flatMap((check) => {
    const watched = jobEnvironments.check.shape.watched.safeParse(told(check, "watched"));
    return (watched.data ?? [])
      .filter((one) => one.store === store && one.series === series)
      .map(({ maximumAgeSeconds }) => maximumAgeSeconds);
  });
  return Math.min(Infinity, ...ages);
}

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

/** A backup that nobody restores is a hope. */
export const backupIsVerified = rule({
  id: "backup-is-verified",
  severity: "critical",
  scope: "stack",
  description:
    "The stack's monitor misses every copy in time, and its verification and drills restore every series of the database that the system's file has, whichever region took it, in the namespace for that.",
  serves: "recovery from every scenario that takes a backup",
  peers: [],
  types: [cronJobType],
  example: {
    good: "TRADING_DR_RECOVERY_POINTS of dr-verify names where dr-backup-database-daily writes, in both regions",
    bad: "dr-verify leaves out the series daily",
  },
  settings: z.strictObject({
    /** What the monitor allows beyond the longest gap of a schedule. */
    backupLateSeconds: z.int().positive(),
    restore,
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    return (
      region && {
        backupLateSeconds: region.system.alarms.backupLate.seconds,
        restore: restoreOf(region),
      }
    );
  },
  *check(job, { settings: { backupLateSeconds, restore }, stack }) {
    const kind = kindOf(job);
    if (kind !== undefined && restoresToScratch(kind)) {
      yield* restoreFindings(job, restore);
    }
    if (kind === undefined || !copyingKinds.includes(kind)) {
      return;
    }
    const age = longestUnnoticed(stack, told(job, "store"), told(job, "series"));
    const most = (longestGap(job) ?? 0) + backupLateSeconds;
    if (age > most) {
      yield {
        setting: "the age at which the check job misses its copies",
        ...(age === Infinity ? {} : { found: age }),
        required: `${String(most)} seconds at the most`,
        mend: "have the check job watch it, by the longest gap of its schedule and alarms.backupLate",
      };
    }
  },
});
