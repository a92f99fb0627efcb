import { z } from "zod";
import { wholeDays } from "../../config/duration";
import { databaseOf, generationsIn } from "../../config/generations";
import { type SignalSettings } from "../../config/signalSettings";
import { type System } from "../../config/system";
import { cacheHost, type CachePart } from "../../contracts/cacheNames";
import { variableName, variableText } from "../../contracts/jobEnvironment";
import { backupDatabaseUser, eventWriterUser, type JobKind, jobKinds } from "../../contracts/jobs";
import {
  databasePurpose,
  physicalName,
  type Place,
  recordsPurpose,
  repositoryName,
} from "../../contracts/names";
import { allEventsPrefix, eventPrefix, seriesPrefix } from "../../contracts/objectKeys";
import { type Scenario } from "../../contracts/scenarios";
import { pushgatewayUrl, slackWebhookFile } from "../../contracts/signalTargets";
import { promisesOf } from "../../objectives/promises";
import { tradingRegionOf } from "../places";
import { rule } from "../rule";
import { cronJobType } from "../workloads";
import { type Copy, kindOf, type PromisedJob, promisedJobs, told } from "./jobs";

/** Where recovery points of a series are that a region took, in the bucket of a place. */
export function pointsUrl(
  { tiers }: Pick<System, "tiers">,
  { store, series, tier }: Copy,
  taker: string,
  place: Place,
): string {
  return urlOf(tiers[tier]?.lockClass, seriesPrefix(tier, store, series, taker), place);
}

/** An area of the bucket of a lock class, as variables spell it. */
function urlOf(lockClass = "", prefix: string, place: Place): string {
  const bucket = physicalName("bucket", recordsPurpose(lockClass), place);
  return variableText("check", "events", { bucket, prefix });
}

/** What a job is told of where it runs, and where it leaves its events. */
function placeTold(system: System, kind: JobKind, own: Place) {
  return { ...own, events: eventsUrl(system, kind, own.region, own) };
}

/** What a job is told of where its signals go. */
function signalsTold({ pushgateway, slackSecret }: SignalSettings = {}) {
  return {
    ...(pushgateway === undefined ? {} : { pushgateway: pushgatewayUrl(pushgateway) }),
    ...(slackSecret === undefined ? {} : { slackWebhookFile }),
  };
}

/** Where events of a kind's jobs in a region are, in the bucket of a place. */
function eventsUrl({ jobs, stores }: System, kind: JobKind, region: string, place: Place): string {
  const store = stores[jobs.events];
  const lockClass = store?.kind === "objects" ? store.lockClass : undefined;
  return urlOf(lockClass, eventPrefix(jobs.events, region, kind), place);
}

/** Where a region's verifications are recorded, in the bucket of a place. */
export function verificationsUrl(system: System, region: string, place: Place): string {
  return eventsUrl(system, "verify", region, place);
}

/** What a job that takes copies is told of them. */
function copyTold(system: System, copy: Copy, own: Place) {
  const retention = system.tiers[copy.tier]?.retention;
  return {
    tier: copy.tier,
    retentionDays: retention === undefined ? "" : String(wholeDays(retention)),
    recoveryPoints: pointsUrl(system, copy, own.region, own),
  };
}

/** What a job is told of what it works on. */
function sourceTold(
  system: System,
  { kind, copy }: PromisedJob,
  own: Place,
): Readonly<Record<string, string>> {
  const { databaseName = "" } = databaseOf(system) ?? {};
  switch (kind) {
    case "backup-database":
      return { databaseName, databaseUser: backupDatabaseUser(system.id) };
    case "catalog-load":
      return { databaseName, databaseUser: eventWriterUser(system.id), ...eventsTold(system, own) };
    case "verify":
      return { databaseName };
    case "drill-recovery":
      return { databaseName, objectives: promised(system, "corruption") };
    case "drill-disaster":
      return {
        databaseName,
        objectives: promised(system, "region"),
        regionDatabase: regionDatabaseTold(system, own),
        images: imagesTold(system, own),
      };
    case "snapshot-configuration":
      return {
        namespace: system.namespace,
        recoveryRecipients: variableText(
          kind,
          "recoveryRecipients",
          system.jobs.recoveryRecipients,
        ),
      };
    case "snapshot-cache":
      return cacheTold(system, copy?.store ?? "", own);
    case "check":
      return {};
  }
}

/** What a drill asks AWS of: the database that counts in the region, and the pair that counts. */
function regionDatabaseTold(system: System, own: Place): string {
  const { engine, rebuilds } = databaseOf(system) ?? {};
  const { generation = 1 } = generationsIn(system, own.region).at(-1) ?? {};
  const name = (service: "databaseCluster" | "databaseInstance") =>
    physicalName(service, databasePurpose(generation), own);
  // Each rebuild makes a new pair, whichever side it rebuilds.
  const pair = databasePurpose(1 + (rebuilds?.length ?? 0));
  return variableText(
    "drill-disaster",
    "regionDatabase",
    engine === "aurora-postgresql"
      ? {
          engine,
          cluster: name("databaseCluster"),
          globalCluster: physicalName("globalCluster", pair, own),
        }
      : { engine, instance: name("databaseInstance") },
  );
}

/** What a drill looks for in the region's registry. */
function imagesTold({ stores, jobs }: System, own: Place): string {
  const images = Object.values(stores).find(({ kind }) => kind === "images");
  const { repositories, releaseTags } =
    images?.kind === "images" ? images : { repositories: [], releaseTags: "" };
  return variableText(
    "drill-disaster",
    "images",
    repositories.map((name) => {
      const repository = repositoryName(name, own);
      const digests = [jobs.image, jobs.scratchImage]
        .filter((image) => image.startsWith(`${repository}@`))
        .map((image) => image.slice(repository.length + 1));
      return { repository, digests, releaseTags };
    }),
  );
}

/** What a drill of a disaster is told that the database's data is promised. */
function promised(system: System, scenario: Scenario): string {
  const databases = Object.entries(system.stores).filter(([, { kind }]) => kind === "database");
  return variableText(
    "drill-recovery",
    "objectives",
    databases.flatMap(([store]) => promisesOf(system, store, scenario)),
  );
}

/** What a job is told of all events. */
function eventsTold({ jobs, stores }: System, own: Place) {
  const store = stores[jobs.events];
  return store?.kind === "objects"
    ? {
        allEvents: urlOf(store.lockClass, allEventsPrefix(jobs.events), own),
        retentionDays: String(wholeDays(store.retention)),
      }
    : {};
}

/** The cache's user for copies is called as the part of the cache that takes them. */
const cacheUser: CachePart = "backup";

/** What a job is told of a cache: its group in the own region, as the Sentinels there know it. */
function cacheTold({ stores, namespace }: System, store: string, { region }: Place) {
  const cache = stores[store];
  if (cache?.kind !== "cache") {
    throw new RangeError(`the store ${store} is no cache`);
  }
  const { masterName, sentinelPort } = cache;
  const hosts = Array.from({ length: cache.sentinels }, (_, ordinal) =>
    cacheHost("sentinel", ordinal, { store, namespace, region }),
  );
  const sentinels = hosts.map((host) => `${host}:${String(sentinelPort)}`);
  return {
    masterName,
    sentinels: variableText("snapshot-cache", "sentinels", sentinels),
    cacheUser,
  };
}

/** A recovery point in another bucket, or under another prefix, is locked and kept as if it were another's. */
export const jobWritesWhereDue = rule({
  id: "job-writes-where-due",
  severity: "critical",
  scope: "resource",
  description:
    "A job is told its own place and source, where its signals go, and to write to the bucket and prefix, in the tier and with the retention that the system's file has for it.",
  serves: "the retention of every store that jobs copy, and the audit trail of what jobs did",
  peers: [],
  types: [cronJobType],
  example: {
    good: "TRADING_DR_RECOVERY_POINTS: s3://hft-daily-records-…/recovery-points/daily/database/daily/us-east-1/",
    bad: "TRADING_DR_RECOVERY_POINTS: s3://hft-operational-records-…/recovery-points/frequent/… in dr-backup-database-daily",
  },
  settings: z.strictObject({
    jobs: z.array(
      z.strictObject({
        kind: z.enum(jobKinds),
        /** Of a copy: the store, and its series where it has several. */
        store: z.string().optional(),
        series: z.string().optional(),
        /** Values of its variables, by the names of their contract. */
        told: z.record(z.string(), z.string()),
      }),
    ),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    return (
      region && {
        jobs: promisedJobs(region.system).map((job) => ({
          kind: job.kind,
          store: job.copy?.store,
          series: job.copy?.series,
          told: {
            ...placeTold(region.system, job.kind, region.own),
            ...signalsTold(region.signals),
            ...(job.copy && copyTold(region.system, job.copy, region.own)),
            ...sourceTold(region.system, job, region.own),
          },
        })),
      }
    );
  },
  *check(job, { settings: { jobs } }) {
    const kind = kindOf(job);
    if (kind === undefined) {
      return;
    }
    const [store, series] = [told(job, "store"), told(job, "series")];
    const due = jobs.find(
      (one) => one.kind === kind && one.store === store && one.series === series,
    );
    if (due === undefined) {
      yield {
        setting: `${variableName("store")} and ${variableName("series")}`,
        ...(store === undefined ? {} : { found: `${store} ${series ?? ""}`.trim() }),
        required: "a store and a series of it that the system's file has copied",
        mend: "remove the job, or add what it copies to the system's file",
      };
      return;
    }
    for (const [key, required] of Object.entries(due.told)) {
      const found = told(job, key);
      if (found !== required) {
        yield {
          setting: variableName(key),
          ...(found === undefined ? {} : { found }),
          required,
          mend: "take it from the system's file, or the stack's",
        };
      }
    }
  },
});
