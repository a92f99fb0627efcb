import { type System } from "../../config/system";
import { variableName } from "../../contracts/jobEnvironment";
import { jobCommand, type JobKind, jobKinds, jobName } from "../../contracts/jobs";
import { everFires, type Gaps, scheduleGaps } from "../../contracts/schedules";
import { type Resource, type Stack } from "../stack";
import { listAt, type Path, textAt } from "../values";
import { containersOf, cronJobType, textsAt } from "../workloads";

/** The jobs of a system: what the system's file promises, and what the declared CronJobs run. */

/** Kinds that take recovery points. */
export const copyingKinds: readonly JobKind[] = [
  "backup-database",
  "snapshot-cache",
  "snapshot-configuration",
];

/** What a CronJob runs, told by its command; undefined for one that is no job of ours. */
export function kindOf(job: Resource): JobKind | undefined {
  return runningIn(job)?.kind;
}

/** The CronJobs of a stack that run some kinds. */
export function jobsOfKind(stack: Stack, ...kinds: readonly JobKind[]): readonly Resource[] {
  return stack.ofType(cronJobType).filter((job) => {
    const kind = kindOf(job);
    return kind !== undefined && kinds.includes(kind);
  });
}

function runningIn(
  job: Resource,
): { readonly kind: JobKind; readonly container: Path } | undefined {
  for (const container of containersOf(job)) {
    const command = textsAt(job.inputs, ...container, "command").join(" ");
    const kind = jobKinds.find((one) => jobCommand(one).join(" ") === command);
    if (kind !== undefined) {
      return { kind, container };
    }
  }
  return undefined;
}

/** What a job is told, by the name that its contract gives the variable. */
export function told(job: Resource, key: string): string | undefined {
  const container = runningIn(job)?.container;
  if (container === undefined) {
    return undefined;
  }
  const path = [...container, "env"];
  const index = listAt(job.inputs, ...path).findIndex(
    (_, each) => textAt(job.inputs, ...path, each, "name") === variableName(key),
  );
  return index === -1 ? undefined : textAt(job.inputs, ...path, index, "value");
}

/** The gaps of a schedule of five fields; undefined where Kubernetes would not fire it, or knows no such zone. */
export function gapsOf(schedule: string | undefined, timeZone?: string): Gaps | undefined {
  if (schedule?.trim().split(/\s+/).length !== 5 || !everFires(schedule)) {
    return undefined;
  }
  try {
    return scheduleGaps(schedule, timeZone);
  } catch (error) {
    if (error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

/** A copy that the system's file has jobs take. */
export interface Copy {
  readonly store: string;
  /** Where the store has several. */
  readonly series?: string;
  readonly tier: string;
}

/** A job that the system's file promises. */
export interface PromisedJob {
  readonly kind: JobKind;
  /** Name of the CronJob as the project gives it, for messages. */
  readonly name: string;
  readonly schedule: string;
  /** What it takes. Jobs that look at copies have none. */
  readonly copy?: Copy;
}

/** All jobs that a system's file promises. Stores of other kinds have no jobs. */
export function promisedJobs({ stores, schedules }: System): PromisedJob[] {
  const copies = Object.entries(stores).flatMap(([store, entry]): PromisedJob[] => {
    switch (entry.kind) {
      case "database":
        return Object.entries(entry.logicalBackups).map(([series, { schedule, tier }]) => ({
          kind: "backup-database",
          name: jobName("backup-database", series),
          schedule,
          copy: { store, series, tier },
        }));
      case "cache":
        return [copyOf("snapshot-cache", store, entry.snapshots)];
      case "configuration":
        return [copyOf("snapshot-configuration", store, entry.backup)];
      default:
        return [];
    }
  });
  const examinations: readonly (readonly [JobKind, string])[] = [
    ["check", schedules.missingBackupMonitor],
    ...(Object.values(stores).some(({ kind }) => kind === "database")
      ? ([
          ["catalog-load", schedules.catalogLoad],
          ["verify", schedules.verify],
          ["drill-recovery", schedules.recoveryTest],
          ["drill-disaster", schedules.disasterTest],
        ] as const)
      : []),
  ];
  return [
    ...copies,
    ...examinations.map(([kind, schedule]) => ({ kind, name: jobName(kind), schedule })),
  ];
}

function copyOf(
  kind: JobKind,
  store: string,
  { schedule, tier }: { readonly schedule: string; readonly tier: string },
): PromisedJob {
  return { kind, name: jobName(kind, store), schedule, copy: { store, tier } };
}
