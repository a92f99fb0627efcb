import { type Database } from "../components/database/database";
import { type SecretFiles } from "../components/schedule/podTemplate";
import { type ScheduledJobArgs } from "../components/schedule/scheduledJob";
import { wholeDays } from "../config/duration";
import { type StoreOf } from "../config/stores";
import { generationsIn } from "../config/generations";
import { type SignalSettings } from "../config/signalSettings";
import { type StackSettings } from "../config/stack";
import { type System } from "../config/system";
import {
  cacheCertificateSecret,
  cacheClientLabel,
  cacheHost,
  cacheName,
  type CachePlace,
} from "../contracts/cacheNames";
import { type JobEnvironment } from "../contracts/jobEnvironment";
import {
  backupDatabaseUser,
  eventWriterUser,
  type JobKind,
  scratchSocketDirectory,
  secretsDirectory,
} from "../contracts/jobs";
import { databasePurpose, physicalName, type Place } from "../contracts/names";
import { type Scenario } from "../contracts/scenarios";
import { pushgatewayUrl, slackSecretKey, slackWebhookFile } from "../contracts/signalTargets";
import { promisesOf } from "../objectives/promises";
import {
  allEventsOf,
  areaOf,
  databaseAreas,
  entryOf,
  eventsOf,
  eventStoreOf,
  type Job,
  locationOf,
  type Series,
  verifiedBy,
  watchedBy,
} from "./jobs";
import { imagesDue } from "./imagesDue";
import { type Landscape } from "./places";

type Environment<Kind extends JobKind> = ScheduledJobArgs<Kind>["environment"];

/** The environment of some kind of job. */
type AnyEnvironment = { readonly [Kind in JobKind]: Environment<Kind> }[JobKind];

/** What jobs are told about. */
export interface JobSurroundings {
  readonly system: System;
  readonly landscape: Pick<Landscape, "own" | "primary" | "standby">;
  /** The database's member in this region, where the system has a database. */
  readonly member: Pick<Database, "endpoint" | "readerEndpoint"> | undefined;
  /** Where the regions answer, if the stack says so. */
  readonly endpoints: StackSettings["endpoints"];
  /** Where signals go, if the stack says so. */
  readonly signals: SignalSettings | undefined;
}

/** What a job is told, in the words of its contract. */
export function environmentOf(job: Job, surroundings: JobSurroundings): AnyEnvironment {
  const { system, landscape, member } = surroundings;
  const { own, primary, standby } = landscape;
  const regions = [primary.region, standby.region];
  const everyJob = {
    ...own,
    events: locationOf(eventsOf(system, job.kind, own.region), own),
    ...signalTargets(surroundings.signals),
  };
  const restoring = (database: StoreOf<"database">) => ({
    recoveryPoints: databaseAreas(system, regions).map((area) => locationOf(area, own)),
    scratchSocketDirectory,
    databaseName: database.databaseName,
    integrityQueries: database.integrityQueries,
    baselineQueries: database.baselineQueries,
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
        sentinels: sentinelsOf(job.cache, cachePlace(job.store, system, own)),
        cacheUser: "backup",
        cachePasswordFile: `${secretsDirectory}/password`,
        cacheAuthorityFile: `${secretsDirectory}/ca.crt`,
      } satisfies Environment<"snapshot-cache">;
    case "snapshot-configuration":
      return {
        ...everyJob,
        ...writing(job, system, own),
        namespace: system.namespace,
        recoveryRecipients: system.jobs.recoveryRecipients,
      } satisfies Environment<"snapshot-configuration">;
    case "check": {
      const verified = verifiedBy(system, own, regions);
      return {
        ...everyJob,
        watched: watchedBy(system, own, [primary, standby]),
        ...(verified === undefined ? {} : { verified }),
      } satisfies Environment<"check">;
    }
    case "catalog-load":
      if (member === undefined) {
        throw new RangeError("there is no database that holds the audit");
      }
      return {
        ...everyJob,
        allEvents: locationOf(allEventsOf(system), own),
        retentionDays: wholeDays(eventStoreOf(system).retention),
        databaseHost: member.endpoint,
        databaseName: job.database.databaseName,
        databaseUser: eventWriterUser(system.id),
      } satisfies Environment<"catalog-load">;
    case "verify":
      return { ...everyJob, ...restoring(job.database) } satisfies Environment<"verify">;
    case "drill-recovery":
      return {
        ...everyJob,
        ...restoring(job.database),
        ...promisedIn("corruption", system, own, [primary, standby]),
      } satisfies Environment<"drill-recovery">;
    case "drill-disaster":
      return {
        ...everyJob,
        ...restoring(job.database),
        ...promisedIn("region", system, own, [primary, standby]),
        regionDatabase: regionDatabaseOf(job.database.engine, system, own),
        images: imagesDue(system, own),
        endpoint: endpointOf(surroundings),
      } satisfies Environment<"drill-disaster">;
  }
}

/** The database that counts in a region, by the names that AWS knows it and its pair by. */
function regionDatabaseOf(
  engine: StoreOf<"database">["engine"],
  system: System,
  own: Place,
): JobEnvironment<"drill-disaster">["regionDatabase"] {
  const current = generationsIn(system, own.region).at(-1);
  if (current === undefined) {
    throw new RangeError(`there is no database in ${own.region}`);
  }
  const { generation, laterGenerations } = current;
  const purpose = databasePurpose(generation);
  return engine === "aurora-postgresql"
    ? {
        engine,
        cluster: physicalName("databaseCluster", purpose, own),
        globalCluster: physicalName(
          "globalCluster",
          databasePurpose(laterGenerations.at(-1) ?? generation),
          own,
        ),
      }
    : { engine, instance: physicalName("databaseInstance", purpose, own) };
}

/** Where the region answers, if its stack says so. */
function endpointOf({
  system: { failover },
  landscape: { own, primary },
  endpoints,
}: JobSurroundings): JobEnvironment<"drill-disaster">["endpoint"] {
  const host = own.region === primary.region ? endpoints?.primary : endpoints?.standby;
  return host === undefined
    ? "none"
    : { url: `https://${host}${failover.healthPath}`, name: failover.recordName };
}

/** What a drill of a disaster is held to. */
function promisedIn(
  scenario: Scenario,
  system: System,
  own: Place,
  places: readonly [Place, Place],
): Pick<JobEnvironment<"drill-recovery">, "objectives" | "maximumAgeSeconds"> {
  const databases = Object.keys(system.stores).filter(
    (store) => system.stores[store]?.kind === "database",
  );
  const ages = watchedBy(system, own, places)
    .filter(({ store }) => databases.includes(store))
    .map(({ maximumAgeSeconds }) => maximumAgeSeconds);
  return {
    objectives: databases.flatMap((store) => promisesOf(system, store, scenario)),
    // Of several series, the most frequent has the newest recovery point.
    maximumAgeSeconds: Math.min(...ages),
  };
}

function writing(series: Series, system: System, own: Place) {
  return {
    store: series.store,
    tier: series.tier,
    retentionDays: wholeDays(entryOf(system.tiers, series.tier).retention),
    recoveryPoints: locationOf(areaOf(system, series, own.region), own),
  };
}

/** Where a job sends signals, as its contract says it. */
function signalTargets({ pushgateway, slackSecret }: SignalSettings = {}) {
  return {
    ...(pushgateway === undefined ? {} : { pushgateway: pushgatewayUrl(pushgateway) }),
    ...(slackSecret === undefined ? {} : { slackWebhookFile }),
  };
}

/** The Secret of Slack's webhook. A job that does not find it runs all the same, and says so. */
export function signalSecrets({ slackSecret }: SignalSettings = {}): readonly SecretFiles[] {
  return slackSecret === undefined
    ? []
    : [{ secretName: slackSecret, keys: [slackSecretKey], optional: true }];
}

/**
 * What lets the job of a cache's snapshots in: the password of its own user, the certificate to
 * recognise servers by, and the label that network policies ask for.
 */
export function cacheAccess(
  store: string,
  system: System,
  own: Place,
): Pick<ScheduledJobArgs, "secrets" | "podLabels"> {
  const place = cachePlace(store, system, own);
  return {
    secrets: [
      { secretName: cacheName("backup", place), keys: ["password"] },
      { secretName: cacheCertificateSecret("server", place), keys: ["ca.crt"] },
    ],
    podLabels: { [cacheClientLabel]: store },
  };
}

function cachePlace(store: string, { namespace }: System, { region }: Place): CachePlace {
  return { store, namespace, region };
}

/** The region's Sentinels, by the host names that they keep wherever they are scheduled. */
function sentinelsOf({ sentinels, sentinelPort }: StoreOf<"cache">, place: CachePlace): string[] {
  return Array.from(
    { length: sentinels },
    (_, ordinal) => `${cacheHost("sentinel", ordinal, place)}:${String(sentinelPort)}`,
  );
}
