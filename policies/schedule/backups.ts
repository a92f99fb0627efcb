import { z } from "zod";
import { jobEnvironments } from "../../contracts/jobEnvironment";
import { jobKinds } from "../../contracts/jobs";
import { scheduleGaps } from "../../contracts/schedules";
import { rule } from "../rule";
import { type Resource, type Stack, stackType } from "../stack";
import { tradingRegionOf } from "../places";
import { textAt } from "../values";
import { cronJobType } from "../workloads";
import {
  copyingKinds,
  gapsOf,
  jobsOfKind,
  kindOf,
  type PromisedJob,
  promisedJobs,
  told,
} from "./jobs";

const promise = z.strictObject({
  kind: z.enum(jobKinds),
  /** Name of the CronJob, for messages. */
  name: z.string(),
  /** Longest time between two runs. */
  longestGapSeconds: z.int().positive(),
  /** Of a copy: the store, and its series where it has several. */
  store: z.string().optional(),
  series: z.string().optional(),
});

function promiseOf({ kind, name, schedule, copy }: PromisedJob, timeZone: string) {
  return {
    kind,
    name,
    longestGapSeconds: scheduleGaps(schedule, timeZone).longestSeconds,
    store: copy?.store,
    series: copy?.series,
  };
}

/** The longest time between two runs of a CronJob, as it fires in its time zone. */
function longestGap({ inputs }: Resource): number | undefined {
  return gapsOf(textAt(inputs, "spec", "schedule"), textAt(inputs, "spec", "timeZone"))
    ?.longestSeconds;
}

/** Every recovery point that the system's file promises is taken, and as often. */
export const jobKeepsSchedule = rule({
  id: "job-keeps-schedule",
  severity: "critical",
  scope: "stack",
  description:
    "For every copy, verification, check and drill in the system's file there is a CronJob, no two of whose runs are further apart than the file's schedule says.",
  serves: "the recovery point objectives of every store that jobs copy",
  peers: ["velero/validate-cron-schedule"],
  types: [stackType],
  example: {
    good: 'schedule: "*/15 * * * *", as the system\'s file says',
    bad: 'schedule: "*/20 * * * *", where the system\'s file says */15',
  },
  settings: z.strictObject({ jobs: z.array(promise) }),
  settingsFor: (environment) => {
    const system = tradingRegionOf(environment)?.system;
    return system === undefined
      ? undefined
      : { jobs: promisedJobs(system).map((job) => promiseOf(job, system.schedules.timeZone)) };
  },
  *check(_, { settings: { jobs }, stack }) {
    for (const { kind, name, longestGapSeconds, store, series } of jobs) {
      const declared = jobsOfKind(stack, kind).filter(
        (job) => told(job, "store") === store && told(job, "series") === series,
      );
      const [job] = declared;
      if (job === undefined) {
        yield {
          setting: `CronJob ${name}`,
          required: `declared, with ${String(longestGapSeconds)} seconds between two runs at the most`,
          mend: "declare it again, or take what it copies out of the system's file",
        };
        continue;
      }
      const gap = longestGap(job);
      if (gap === undefined || gap > longestGapSeconds) {
        yield {
          setting: `the longest gap of CronJob ${name}`,
          ...(gap === undefined ? {} : { found: gap }),
          required: `${String(longestGapSeconds)} seconds at the most`,
          mend: "take the schedule from the system's file",
        };
      }
    }
  },
});

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

/** A backup that nobody restores is a hope. */
export const backupIsVerified = rule({
  id: "backup-is-verified",
  severity: "critical",
  scope: "stack",
  description:
    "The stack's monitor misses every copy in time, and its verification restores every backup of a database.",
  serves: "recovery from every scenario that takes a backup",
  peers: [],
  types: [cronJobType],
  example: {
    good: "TRADING_DR_RECOVERY_POINTS of dr-verify names where dr-backup-database-daily writes",
    bad: "dr-verify leaves out the series daily",
  },
  settings: z.strictObject({
    /** What the monitor allows beyond the longest gap of a schedule. */
    backupLateSeconds: z.int().positive(),
  }),
  settingsFor: ({ configuration: { system } }) => ({
    backupLateSeconds: system.alarms.backupLate.seconds,
  }),
  *check(job, { settings: { backupLateSeconds }, stack }) {
    const kind = kindOf(job);
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
    const points = told(job, "recoveryPoints");
    const isRestored = jobsOfKind(stack, "verify").some((verify) =>
      told(verify, "recoveryPoints")
        ?.split(" ")
        .includes(points ?? ""),
    );
    if (kind === "backup-database" && !isRestored) {
      yield {
        setting: "a verify job that restores it",
        required: "declared",
        mend: "name where it writes in the recovery points of the verify job",
      };
    }
  },
});
