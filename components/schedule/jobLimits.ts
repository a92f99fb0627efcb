import { type JobKind } from "../../contracts/jobs";

/** What a job may use, and how long. */
export interface JobLimits {
  readonly cpu: { readonly request: string; readonly limit: string };
  readonly memory: { readonly request: string; readonly limit: string };
  /** Space for temporary files, the only ones that it may write. */
  readonly temporary: string;
  /** A run that takes longer, all its attempts together, is ended. */
  readonly deadlineSeconds: number;
  /**
   * True for copies: a run is ended when the next is due, if that is sooner. What hangs then keeps out
   * one recovery point and no more.
   */
  readonly makesWay: boolean;
  /** Attempts after the first. */
  readonly retries: number;
  /**
   * A run that could not start on time may start this much later. Absent: until the next is due.
   * Rehearsals are not made up for in the middle of a trading day.
   */
  readonly latestStartSeconds?: number;
}

const minutes = 60;
const hours = 3_600;

/** Jobs that stream: what they move is not kept in memory, nor on disk. */
const streaming = {
  cpu: { request: "500m", limit: "2" },
  memory: { request: "256Mi", limit: "1Gi" },
  temporary: "1Gi",
} as const;

const small = {
  cpu: { request: "100m", limit: "500m" },
  memory: { request: "128Mi", limit: "512Mi" },
  temporary: "256Mi",
} as const;

/**
 * A copy may take as long as a restore. The 30 minutes of market-scanning-engine.md are how long a
 * backup should take: one of a larger database that takes an hour is late, and worth having.
 */
const copying = { deadlineSeconds: 4 * hours, makesWay: true, retries: 2 } as const;

const restoring = {
  ...streaming,
  deadlineSeconds: 4 * hours,
  makesWay: false,
  retries: 1,
} as const;

export const jobLimits: Readonly<Record<JobKind, JobLimits>> = {
  "backup-database": { ...streaming, ...copying },
  "snapshot-cache": { ...streaming, ...copying },
  "snapshot-configuration": { ...small, ...copying },
  check: {
    ...small,
    // The manifest of a terabyte, 45 MB, is 400 MB once it is read.
    memory: streaming.memory,
    deadlineSeconds: 10 * minutes,
    makesWay: false,
    retries: 2,
  },
  // What it has loaded stays; the next run goes on.
  "catalog-load": { ...small, deadlineSeconds: 1 * hours, makesWay: false, retries: 2 },
  verify: restoring,
  // A second attempt would hide what the first one found, and measure another time.
  "drill-recovery": { ...restoring, retries: 0, latestStartSeconds: 1 * hours },
  "drill-disaster": { ...restoring, retries: 0, latestStartSeconds: 1 * hours },
};

/**
 * What a server takes for data beside the data itself, when it has just loaded them: nothing is
 * fragmented yet, and no fork copies anything.
 */
const loadedShare = 1.25;

/** The limits of a job that loads data into a server of its own, in its own container. */
export function withLoadedData(limits: JobLimits, mebibytes: number): JobLimits {
  const more = (memory: string) =>
    `${String(mebibytesOf(memory) + Math.ceil(loadedShare * mebibytes))}Mi`;
  const { request, limit } = limits.memory;
  return { ...limits, memory: { request: more(request), limit: more(limit) } };
}

function mebibytesOf(quantity: string): number {
  return Number.parseInt(quantity) * (quantity.endsWith("Gi") ? 1_024 : 1);
}
