import { type BucketPrefix, type ObjectName } from "../storage/bucket";
import { type KnownLoads } from "./epochs";
import {
  isEpochName,
  isMigrationName,
  type LoadRecord,
  loadRecordOf,
  readKnown,
} from "./eventObjects";

/** What the bucket holds, beside the events themselves. */
export interface Survey {
  readonly known: KnownLoads;
  /** Events that are to become rows. */
  readonly missing: readonly ObjectName[];
  /** Events that are rows already, of which other tables could say more. */
  readonly unprojected: readonly ObjectName[];
  /** Events of loads, by their names. */
  readonly loads: readonly LoadRecord[];
  /** Names of events of tables that were made, the oldest first. */
  readonly migrations: readonly string[];
}

/** Of some keys, those that are not rows, and those that are rows of the events' table alone. */
type Asked = (
  keys: readonly string[],
) => Promise<{ readonly missing: readonly string[]; readonly unprojected: readonly string[] }>;

/**
 * Lists all events once. What is kept of it are names of what is missing, of loads and of epochs: not of
 * all events, which become a million in some years.
 *
 * @param all Events of all kinds and regions.
 * @param ask Asks the tables. @default - nobody is asked, and nothing is missing
 */
export async function surveyOf(all: BucketPrefix, ask?: Asked): Promise<Survey> {
  const { prefix } = all.location;
  const missing: ObjectName[] = [];
  const unprojected: ObjectName[] = [];
  const loads: LoadRecord[] = [];
  const epochNames: string[] = [];
  const migrations: string[] = [];
  for await (const page of all.pages()) {
    const events: ObjectName[] = [];
    for (const object of page) {
      const load = loadRecordOf(object.name);
      if (load === undefined) {
        events.push(object);
      } else {
        loads.push(load);
      }
    }
    epochNames.push(...events.map(({ name }) => name).filter(isEpochName));
    migrations.push(...events.map(({ name }) => name).filter(isMigrationName));
    const answer = await ask?.(events.map(({ name }) => prefix + name));
    const isIn = (keys: readonly string[] = []) => {
      const set = new Set(keys);
      return events.filter(({ name }) => set.has(prefix + name));
    };
    missing.push(...isIn(answer?.missing));
    unprojected.push(...isIn(answer?.unprojected));
  }
  const read = await Promise.all(epochNames.map((name) => readKnown(all, name, "epoch")));
  // One that is none is named when it is to become a row.
  const epochs = read.filter((epoch) => epoch !== undefined);
  epochs.sort((one, other) => (one.id < other.id ? -1 : 1));
  const recorded = new Map<string, number>();
  const newest = new Map<string, LoadRecord>();
  for (const record of loads) {
    if (record.load > (recorded.get(record.epoch) ?? 0)) {
      recorded.set(record.epoch, record.load);
      newest.set(record.epoch, record);
    }
  }
  const loaded = epochs.filter(({ id }) => recorded.has(id)).at(-1);
  const latest = loaded === undefined ? undefined : newest.get(loaded.id);
  const latestAt =
    latest === undefined ? undefined : (await readKnown(all, latest.name, "load"))?.finishedAt;
  return {
    known: { epochs, recorded, latestAt },
    missing,
    unprojected,
    loads,
    migrations: migrations.sort(byId),
  };
}

/** Ids sort by time, whichever region's they are. */
function byId(one: string, other: string): number {
  const id = (name: string) => name.slice(name.lastIndexOf("/"));
  return id(one) < id(other) ? -1 : 1;
}
