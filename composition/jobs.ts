import { type RecordArea } from "../components/schedule/jobPolicies";
import { type StoreOf } from "../config/stores";
import { type System } from "../config/system";
import { type JobEnvironment } from "../contracts/jobEnvironment";
import { type Location } from "../contracts/variables";
import { type JobKind, jobKinds } from "../contracts/jobs";
import { physicalName, type Place, recordsPurpose } from "../contracts/names";
import { allEventsPrefix, eventPrefix, seriesPrefix } from "../contracts/objectKeys";
import { scheduleGaps } from "../contracts/schedules";
import { databaseOf } from "../config/generations";

/** Where the jobs of a kind run: docs/jobs.md says why. */
export const runsIn: Readonly<Record<JobKind, "active" | "standby" | "both">> = {
  "backup-database": "active",
  "snapshot-cache": "active",
  "snapshot-configuration": "both",
  verify: "both",
  check: "both",
  "catalog-load": "active",
  "drill-recovery": "active",
  "drill-disaster": "standby",
};

/** What every recurring copy has in common. */
interface Copy {
  /** What tells the job from others of its kind: the series' name, or the store's. */
  readonly part: string;
  readonly store: string;
  /** The series' name, where the store has several. */
  readonly series?: string;
  readonly schedule: string;
  /** Name of the tier. */
  readonly tier: string;
}

/** A recurring copy of a store, by a job of its own. */
export type Series = Copy &
  (
    | { readonly kind: "backup-database"; readonly database: StoreOf<"database"> }
    | { readonly kind: "snapshot-cache"; readonly cache: StoreOf<"cache"> }
    | { readonly kind: "snapshot-configuration" }
  );

/** A job that looks at copies that are there, or tells of them. */
export type Examination = { readonly part?: undefined; readonly schedule: string } & (
  | { readonly kind: "check" }
  | {
      readonly kind: "catalog-load" | "verify" | "drill-recovery" | "drill-disaster";
      readonly database: StoreOf<"database">;
    }
);

/** One scheduled job of a trading system. */
export type Job = Series | Examination;

/** The copies that jobs take. Other stores' copies are not built yet. */
export function seriesOf(system: System): Series[] {
  return Object.entries(system.stores).flatMap(([store, entry]): Series[] => {
    switch (entry.kind) {
      case "database":
        return Object.entries(entry.logicalBackups).map(([part, { schedule, tier }]) => ({
          kind: "backup-database",
          database: entry,
          part,
          store,
          series: part,
          schedule,
          tier,
        }));
      case "cache": {
        const { schedule, tier } = entry.snapshots;
        return [{ kind: "snapshot-cache", part: store, store, schedule, tier, cache: entry }];
      }
      case "configuration": {
        const { schedule, tier } = entry.backup;
        return [{ kind: "snapshot-configuration", part: store, store, schedule, tier }];
      }
      default:
        return [];
    }
  });
}

/** All jobs of a system, in the order of their kinds. */
export function jobsOf(system: System): Job[] {
  const { verify, missingBackupMonitor, catalogLoad, recoveryTest, disasterTest } =
    system.schedules;
  const database = databaseOf(system);
  const examinations: readonly Examination[] = [
    { kind: "check", schedule: missingBackupMonitor },
    ...(database === undefined
      ? []
      : ([
          { kind: "catalog-load", schedule: catalogLoad, database },
          { kind: "verify", schedule: verify, database },
          { kind: "drill-recovery", schedule: recoveryTest, database },
          { kind: "drill-disaster", schedule: disasterTest, database },
        ] as const)),
  ];
  const jobs = [...seriesOf(system), ...examinations];
  return jobKinds.flatMap((kind) => jobs.filter((job) => job.kind === kind));
}

/** The kinds that a system has jobs of. */
export function jobKindsOf(system: System): JobKind[] {
  return [...new Set(jobsOf(system).map(({ kind }) => kind))];
}

/** The recovery points of a series that a region took. */
export function areaOf(
  system: System,
  { store, series, tier }: Series,
  region: string,
): RecordArea {
  return {
    purpose: recordsPurpose(entryOf(system.tiers, tier).lockClass),
    prefix: seriesPrefix(tier, store, series, region),
  };
}

/** The events of a kind's jobs in a region. */
export function eventsOf(system: System, kind: JobKind, region: string): RecordArea {
  return eventsUnder(system, eventPrefix(system.jobs.events, region, kind));
}

/** The events of all kinds and regions. */
export function allEventsOf(system: System): RecordArea {
  return eventsUnder(system, allEventsPrefix(system.jobs.events));
}

function eventsUnder(system: System, prefix: string): RecordArea {
  return { purpose: recordsPurpose(eventStoreOf(system).lockClass), prefix };
}

/** The store that takes events. */
export function eventStoreOf(system: System): StoreOf<"objects"> {
  const { events } = system.jobs;
  const store = entryOf(system.stores, events);
  if (store.kind !== "objects") {
    throw new RangeError(`jobs.events names ${events}, which holds no objects`);
  }
  return store;
}

/** An entry of a section of the system file. That it is there, validation has made sure. */
export function entryOf<Entry>(section: Readonly<Record<string, Entry>>, name: string): Entry {
  const entry = section[name];
  if (entry === undefined) {
    throw new RangeError(`there is no entry ${name}`);
  }
  return entry;
}

/** The same as a place in a bucket of one region. */
export function locationOf({ purpose, prefix }: RecordArea, place: Place): Location {
  return { bucket: physicalName("bucket", purpose, place), prefix };
}

/** Areas that hold recovery points of the database, whichever region took them. */
export function databaseAreas(system: System, regions: readonly string[]): RecordArea[] {
  return areasOf(
    system,
    seriesOf(system).filter(({ kind }) => kind === "backup-database"),
    regions,
  );
}

/** Areas of several series. */
export function areasOf(
  system: System,
  series: readonly Series[],
  regions: readonly string[],
): RecordArea[] {
  return regions.flatMap((region) => series.map((one) => areaOf(system, one, region)));
}

/**
 * What the monitor looks for: of every series a good point that is not older than the longest gap of
 * its schedule and the delay that the system allows. The gap is that of local time: in the night that
 * ends daylight saving time a daily copy is 25 hours old when the next is due, and none is missing.
 * Where both regions take points, each has to. Where the active one does, the other's do not count:
 * after a failover they are of a database that was left behind, and jobs of a region that has come
 * back go on taking them until its stack is told.
 * A monitor that was satisfied by those would not say that the new writer has no backup yet.
 */
export function watchedBy(
  system: System,
  place: Place,
  [primary, standby]: readonly [Place, Place],
): JobEnvironment<"check">["watched"] {
  const regions = [primary.region, standby.region];
  const other = place.region === primary.region ? standby : primary;
  return seriesOf(system).flatMap((one) => {
    const takers = runsIn[one.kind] === "both" ? regions : [system.regions.active];
    return takers.map((taker) => ({
      store: one.store,
      ...(one.series === undefined ? {} : { series: one.series }),
      maximumAgeSeconds: lateAfterSeconds(one.schedule, system),
      locations: [locationOf(areaOf(system, one, taker), place)],
      copiedTo: {
        region: other.region,
        bucket: locationOf(areaOf(system, one, taker), other).bucket,
      },
    }));
  });
}

/** Events of verifications in several regions; none where there is nothing to verify. */
export function verificationAreas(system: System, regions: readonly string[]): RecordArea[] {
  return databaseOf(system) === undefined
    ? []
    : regions.map((region) => eventsOf(system, "verify", region));
}

/**
 * What the monitor looks for of verifications: in each region one that passed and is not older than the
 * longest gap of their schedule and the delay that the system allows.
 */
export function verifiedBy(
  system: System,
  place: Place,
  regions: readonly string[],
): JobEnvironment<"check">["verified"] {
  const areas = verificationAreas(system, regions);
  return areas.length === 0
    ? undefined
    : {
        maximumAgeSeconds: lateAfterSeconds(system.schedules.verify, system),
        locations: areas.map((area) => locationOf(area, place)),
      };
}

/** Age at which something that is done on a schedule is missing. */
function lateAfterSeconds(schedule: string, { schedules, alarms }: System): number {
  return scheduleGaps(schedule, schedules.timeZone).longestSeconds + alarms.backupLate.seconds;
}
