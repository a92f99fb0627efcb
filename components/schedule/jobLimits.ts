import { type JobKind } from "../../contracts/jobs";

/** What a job may use, and how long. */
export interface JobLimits {
  readonly cpu: { readonly request: string; readonly limit: string };
  readonly memory: { readonly request: string; readonly limit: string };
  /** Space for temporary files, the only ones that it may write. */
  readonly temporary: string;
  /** A run that takes longer, all its attempts together, is ended. */
  readonly deadlineSeconds: number;
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
  // A backup takes less than 30 minutes, says every plan; one that hangs would keep out the next.
  deadlineSeconds: 30 * minutes,
  retries: 2,
} as const;

const small = {
  cpu: { request: "100m", limit: "500m" },
  memory: { request: "128Mi", limit: "512Mi" },
  temporary: "256Mi",
} as const;

const restoring = {
  ...streaming,
  deadlineSeconds: 4 * hours,
  retries: 1,
} as const;

export const jobLimits: Readonly<Record<JobKind, JobLimits>> = {
  "backup-database": streaming,
  "snapshot-cache": streaming,
  "snapshot-configuration": { ...small, deadlineSeconds: 10 * minutes, retries: 2 },
  check: { ...small, deadlineSeconds: 10 * minutes, retries: 2 },
  verify: restoring,
  // A second attempt would hide what the first one found, and measure another time.
  "drill-recovery": { ...restoring, retries: 0, latestStartSeconds: 1 * hours },
  "drill-disaster": { ...restoring, retries: 0, latestStartSeconds: 1 * hours },
};
