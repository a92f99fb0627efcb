import { databaseRoleName } from "./databaseRoles";

/**
 * The jobs that run on a schedule: what they are called and what they run. The stacks declare them by
 * this, and the `trading-dr` command is written against it.
 */

/** The kinds of job. A kind's words are the sub-command that it runs: see {@link jobCommand}. */
export const jobKinds = [
  "backup-database",
  "verify",
  "snapshot-cache",
  "snapshot-configuration",
  "check",
  "catalog-load",
  "drill-recovery",
  "drill-disaster",
] as const;

export type JobKind = (typeof jobKinds)[number];

/** Most characters of a CronJob's name: Kubernetes adds 11 to name its jobs. */
const longestJobName = 52;

/** Most characters of the name of a store or series that a job's name ends in. */
export const longestJobPart = longestJobName - "dr-snapshot-configuration-".length;

/** What a container of the kind runs: `trading-dr backup database`. */
export function jobCommand(kind: JobKind): readonly string[] {
  return ["trading-dr", ...kind.split("-")];
}

/**
 * Name of a CronJob. A namespace belongs to one system, so the name carries none.
 *
 * @param part The series or store, where a kind has a job for each.
 * @throws RangeError when Kubernetes would refuse the name.
 */
export function jobName(kind: JobKind, part?: string): string {
  const name = ["dr", kind, ...(part === undefined ? [] : [part])].join("-");
  if (name.length > longestJobName) {
    throw new RangeError(
      `CronJob name "${name}" is not allowed: at most ${String(longestJobName)} characters; shorten the name of the store or series`,
    );
  }
  return name;
}

/** Name of the service account that all jobs of a kind run under. */
export function serviceAccountName(kind: JobKind): string {
  return `dr-${kind}`;
}

/**
 * True for jobs that restore into a throw-away PostgreSQL beside them: they run in a namespace of
 * their own, out of the source's reach.
 */
export function restoresToScratch(kind: JobKind): boolean {
  return kind === "verify" || kind === "drill-recovery" || kind === "drill-disaster";
}

/** Namespace in which the jobs of a kind run. */
export function namespaceOf(kind: JobKind, systemNamespace: string): string {
  return restoresToScratch(kind) ? verificationNamespace(systemNamespace) : systemNamespace;
}

/** Most characters of a system's namespace, which this suffix makes longer; Kubernetes takes 63. */
export const longestNamespace = 63 - "-verify".length;

/** Namespace of the jobs that restore. */
export function verificationNamespace(systemNamespace: string): string {
  return `${systemNamespace}-verify`;
}

/** PostgreSQL user of backups. */
export function backupDatabaseUser(system: string): string {
  return databaseRoleName(system, "backup");
}

/** PostgreSQL user of what loads events into the tables of the audit. */
export function eventWriterUser(system: string): string {
  return databaseRoleName(system, "event-writer");
}

/**
 * Numbers of the user and group that jobs run as. The job's image makes them its own; files and
 * sockets that containers of a pod share belong to the group.
 */
export const jobUserId = 10_001;

/** Directory of the socket of the throw-away PostgreSQL, which listens on no address. */
export const scratchSocketDirectory = "/var/run/postgresql";

/** Directory of a job's secrets, a file for each. */
export const secretsDirectory = "/var/run/secrets/trading-dr";
