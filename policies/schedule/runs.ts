import { z } from "zod";
import { type System } from "../../config/system";
import { type JobKind, jobKinds, restoresToScratch } from "../../contracts/jobs";
import { noRecipients } from "../../contracts/recoveryKey";
import { scheduleGaps } from "../../contracts/schedules";
import { type Finding, rule } from "../rule";
import { tradingRegionOf } from "../places";
import { type Resource } from "../stack";
import { isSet, isTrueAt, numberAt, type Path, textAt } from "../values";
import { cronJobType, jobType, podOf } from "../workloads";
import { copyingKinds, gapsOf, kindOf } from "./jobs";

/** Kubernetes looks for jobs to start every 10 seconds, and never starts one with less time than that. */
const tooShortSeconds = 10;

/** As many as Kubernetes keeps of successful runs by default; of failed ones it keeps one. */
const keptFailures = 3;

/** Where a run's specification has that of its pods. */
const podTemplate: Path = ["template", "spec"];

/** A setting that has to be a number in a range. */
function* outside(
  inputs: unknown,
  path: Path,
  { least = -Infinity, most = Infinity }: { readonly least?: number; readonly most?: number },
  { required, mend }: Pick<Finding, "required" | "mend">,
): Iterable<Finding> {
  const found = numberAt(inputs, ...path);
  if (found === undefined || found < least || found > most) {
    yield {
      setting: path.join("."),
      ...(found === undefined ? {} : { found }),
      required,
      mend,
    };
  }
}

/** What is wrong with when runs start, and with how many there are. */
function* scheduleFindings(
  { inputs }: Resource,
  gap: number | undefined,
  timeZone: string,
): Iterable<Finding> {
  const texts = { concurrencyPolicy: "Forbid", timeZone };
  for (const [key, required] of Object.entries(texts)) {
    const found = textAt(inputs, "spec", key);
    if (found !== required) {
      yield {
        setting: `spec.${key}`,
        ...(found === undefined ? {} : { found }),
        required,
        mend: "set it",
      };
    }
  }
  if (gap === undefined) {
    yield {
      setting: "spec.schedule",
      ...(isSet(inputs, "spec", "schedule") ? { found: "unreadable" } : {}),
      required: "five fields that fire sometimes",
      mend: 'write it like "0 2 * * *"',
    };
  } else {
    yield* outside(
      inputs,
      ["spec", "startingDeadlineSeconds"],
      { least: tooShortSeconds + 1, most: gap },
      {
        required: `more than ${String(tooShortSeconds)} seconds, and no more than the shortest gap of ${String(gap)}`,
        mend: "set it to the shortest gap: what was missed is then made up for until the next is due",
      },
    );
  }
  yield* outside(
    inputs,
    ["spec", "failedJobsHistoryLimit"],
    { least: keptFailures },
    {
      required: `${String(keptFailures)} at least`,
      mend: "keep failed runs, so that somebody can read why they failed",
    },
  );
}

/** What is wrong with one run. One that no schedule starts has no gap to end in. */
function* runFindings(
  job: Resource,
  gap: number | undefined,
  keptSeconds: number,
): Iterable<Finding> {
  const { inputs } = job;
  const run = podOf(job).slice(0, -podTemplate.length);
  const kind = kindOf(job);
  const most = kind !== undefined && copyingKinds.includes(kind) ? gap : undefined;
  yield* outside(
    inputs,
    [...run, "activeDeadlineSeconds"],
    { least: 1, ...(most === undefined ? {} : { most }) },
    {
      required:
        most === undefined
          ? "given, so that a run that hangs ends"
          : `no more than the shortest gap of ${String(most)} seconds, so that a copy that hangs keeps out no other`,
      mend: "set it to the longest that a run may take",
    },
  );
  yield* outside(
    inputs,
    [...run, "backoffLimit"],
    { least: 0 },
    { required: "given", mend: "say how often a run is tried again; Kubernetes tries six times" },
  );
  yield* outside(
    inputs,
    [...run, "ttlSecondsAfterFinished"],
    { least: keptSeconds },
    {
      required: `${String(keptSeconds)} seconds at least, until the monitor has told of what is missing`,
      mend: "set it to a week",
    },
  );
}

/** A run that hangs, fails or is late harms one recovery point and no more, and can be looked into. */
export const jobRunIsBounded = rule({
  id: "job-run-is-bounded",
  severity: "high",
  scope: "resource",
  description:
    "A CronJob is one run at a time, in the system's time zone, and starts late rather than never; its runs, and any other job, end in time and stay to be looked into.",
  serves: "the recovery points of every store that jobs copy",
  peers: [
    "CRONJOB_MISSING_STARTINGDEADLINESECOND_KEY",
    "CronJob Deadline Not Configured",
    "add-ttl-jobs",
    "enforce-pod-duration",
  ],
  types: [cronJobType, jobType],
  example: {
    good: 'concurrencyPolicy: "Forbid", timeZone: "Etc/UTC", startingDeadlineSeconds: 900',
    bad: 'concurrencyPolicy: "Allow"',
  },
  settings: z.strictObject({
    /** IANA name of the zone that the system's schedules are in. */
    timeZone: z.string(),
    /** A failed run is still there when the monitor next reports what is missing. */
    keptSeconds: z.int().positive(),
  }),
  settingsFor: ({ configuration: { system } }) => {
    const { timeZone, missingBackupMonitor } = system.schedules;
    const { longestSeconds } = scheduleGaps(missingBackupMonitor, timeZone);
    return { timeZone, keptSeconds: longestSeconds };
  },
  *check(job, { settings: { timeZone, keptSeconds } }) {
    // As the controller counts, without daylight saving: a gap that shrinks once a year ends no run.
    const gap = gapsOf(textAt(job.inputs, "spec", "schedule"))?.shortestSeconds;
    if (job.type === cronJobType) {
      yield* scheduleFindings(job, gap, timeZone);
    }
    yield* runFindings(job, gap, keptSeconds);
  },
});

/** Where each kind has to run: in the region where the writer is, in the other, or in both. */
export const placeOf: Readonly<Record<JobKind, "active" | "standby" | "both">> = {
  // Taken in both regions they would be two copies of one thing, one of them late.
  "backup-database": "active",
  "snapshot-cache": "active",
  // Each cluster's configuration is its own.
  "snapshot-configuration": "both",
  // Each region proves for itself that its copies can be restored, and that none is missing.
  verify: "both",
  check: "both",
  // Rows are added where the writer is.
  "catalog-load": "active",
  // A restore is measured where operators would make one, a takeover where it would happen.
  "drill-recovery": "active",
  "drill-disaster": "standby",
};

/** The kinds that run in a stack's region now: their turn has come, and their images and keys are there. */
function runningKinds({ regions, jobs }: System, region: string): JobKind[] {
  const own = regions.active === region ? "active" : "standby";
  return jobKinds.filter(
    (kind) =>
      [own, "both"].includes(placeOf[kind]) &&
      jobs.image !== "pending" &&
      !(restoresToScratch(kind) && jobs.scratchImage === "pending") &&
      !(kind === "snapshot-configuration" && jobs.recoveryRecipients === noRecipients),
  );
}

/** No backup is switched off by hand and forgotten. */
export const jobRunsWhereDue = rule({
  id: "job-runs-where-due",
  severity: "critical",
  scope: "resource",
  description:
    "A CronJob is suspended only while its kind belongs to the other region, or has no image or no recovery key yet; then it is.",
  serves: "the recovery points of every store that jobs copy, and the drills",
  peers: [],
  types: [cronJobType],
  example: {
    good: "suspend: false, in the active region",
    bad: "suspend: true, in the active region",
  },
  settings: z.strictObject({
    /** Kinds of job that run in this region. */
    running: z.array(z.enum(jobKinds)),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    return region && { running: runningKinds(region.system, region.own.region) };
  },
  *check(job, { settings: { running } }) {
    const kind = kindOf(job);
    const runs = kind === undefined || running.includes(kind);
    const isSuspended = isTrueAt(job.inputs, "spec", "suspend");
    if (runs === isSuspended) {
      yield {
        setting: "spec.suspend",
        ...(isSet(job.inputs, "spec", "suspend") ? { found: isSuspended } : {}),
        required: runs
          ? "false, as it is due in this region"
          : "true, as it is due in the other region, or its image or recovery key is pending",
        mend: runs
          ? "resume it; whoever needs a pause takes an exception with an end"
          : "suspend it, or correct regions.active and jobs of the system's file",
      };
    }
  },
});
