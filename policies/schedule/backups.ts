import { z } from "zod";
import { jobKinds } from "../../contracts/jobs";
import { scheduleGaps } from "../../contracts/schedules";
import { rule } from "../rule";
import { type Resource, stackType } from "../stack";
import { tradingRegionOf } from "../places";
import { textAt } from "../values";
import { gapsOf, jobsOfKind, type PromisedJob, promisedJobs, told } from "./jobs";

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
