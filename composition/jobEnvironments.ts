import { type Database } from "../components/database/database";
import { type ScheduledJobArgs } from "../components/schedule/scheduledJob";
import { wholeDays } from "../config/duration";
import { type StoreOf } from "../config/stores";
import { type System } from "../config/system";
import {
  backupDatabaseUser,
  type JobKind,
  scratchSocketDirectory,
  secretsDirectory,
} from "../contracts/jobs";
import { type Place } from "../contracts/names";
import {
  areaOf,
  databaseAreas,
  entryOf,
  eventsOf,
  type Job,
  locationOf,
  type Series,
  watchedBy,
} from "./jobs";
import { type Landscape } from "./places";

type Environment<Kind extends JobKind> = ScheduledJobArgs<Kind>["environment"];

/** The environment of some kind of job. */
type AnyEnvironment = { readonly [Kind in JobKind]: Environment<Kind> }[JobKind];

/** What jobs are told about. */
export interface JobSurroundings {
  readonly system: System;
  readonly landscape: Pick<Landscape, "own" | "primary" | "standby">;
  /** The database's member in this region, where the system has a database. */
  readonly member: Pick<Database, "readerEndpoint"> | undefined;
}

/** What a job is told, in the words of its contract. */
export function environmentOf(job: Job, surroundings: JobSurroundings): AnyEnvironment {
  const { system, landscape, member } = surroundings;
  const { own, primary, standby } = landscape;
  const regions = [primary.region, standby.region];
  const everyJob = { ...own, events: locationOf(eventsOf(system, job.kind, own.region), own) };
  const restoring = () => ({
    recoveryPoints: databaseAreas(system, regions).map((area) => locationOf(area, own)),
    scratchSocketDirectory,
  });
  switch (job.kind) {
    case "backup-database":
      if (member === undefined) {
        throw new RangeError("there is no database to back up");
      }
      return {
        ...everyJob,
        ...writing(job, system, own),
        series: job.part,
        databaseHost: member.readerEndpoint,
        databaseName: job.database.databaseName,
        databaseUser: backupDatabaseUser(system.id),
      } satisfies Environment<"backup-database">;
    case "snapshot-cache":
      return {
        ...everyJob,
        ...writing(job, system, own),
        masterName: job.cache.masterName,
        sentinels: sentinelsOf(job.store, job.cache, system.namespace, own),
        cacheUser: "backup",
        cachePasswordFile: `${secretsDirectory}/password`,
      } satisfies Environment<"snapshot-cache">;
    case "snapshot-configuration":
      return {
        ...everyJob,
        ...writing(job, system, own),
        namespace: system.namespace,
      } satisfies Environment<"snapshot-configuration">;
    case "check":
      return {
        ...everyJob,
        watched: watchedBy(system, own, regions),
      } satisfies Environment<"check">;
    case "verify":
    case "drill-recovery":
      return {
        ...everyJob,
        ...restoring(),
        databaseName: job.database.databaseName,
      } satisfies Environment<"verify">;
    case "drill-disaster":
      return {
        ...everyJob,
        ...restoring(),
        databaseName: job.database.databaseName,
        databaseEngine: job.database.engine,
      } satisfies Environment<"drill-disaster">;
  }
}

function writing(series: Series, system: System, own: Place) {
  return {
    store: series.store,
    tier: series.tier,
    retentionDays: wholeDays(entryOf(system.tiers, series.tier).retention),
    recoveryPoints: locationOf(areaOf(system, series, own.region), own),
  };
}

/** Kubernetes Secret with the password of the cache's user for backups. */
export function cacheSecretName(store: string, { region }: Place): string {
  return `${store}-backup-${region}`;
}

/** The region's Sentinels, by the host names that they keep wherever they are scheduled. */
function sentinelsOf(
  store: string,
  { sentinels, sentinelPort }: StoreOf<"cache">,
  namespace: string,
  { region }: Place,
): string[] {
  const service = `${store}-sentinel-${region}`;
  return Array.from(
    { length: sentinels },
    (_, ordinal) =>
      `${service}-${String(ordinal)}.${service}.${namespace}.svc.cluster.local:${String(sentinelPort)}`,
  );
}
