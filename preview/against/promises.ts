import { type Duration, parseDuration } from "../../config/duration";
import { isMapping } from "../../config/field";
import { schedule } from "../../config/schedule";
import { scheduleGaps } from "../../contracts/schedules";
import { durationText } from "../../objectives/bound";

/**
 * Which settings of a system file promise something, and when one promises less than another. Files
 * are looked at without a schema, because that of another commit may have been another.
 */

/** What a change may weaken, each for itself. */
export type Subject = "objectives" | "retention" | "acknowledgements" | "exceptions";

/** A setting's value, as far as it is compared. */
export interface Reading {
  readonly text: string;
  /** The promise is weaker where any of these is larger. */
  readonly weakness: readonly number[];
}

/** Reads a value, which the rest of its file may give a meaning; undefined for what is no such value. */
export type Read = (value: unknown, file: unknown) => Reading | undefined;

/** A setting that promises something. */
export interface PromisedSetting {
  /** Where it stands; `*` is any name. */
  readonly path: string;
  readonly subject: Subject;
  readonly read: Read;
  /** True for the name of an entry, which is compared by itself: only another name is a change. */
  readonly isName?: boolean;
}

/** Weaker the longer it is. */
const weakerLonger: Read = (value) => {
  const duration = durationOf(value);
  return duration && { text: duration.text, weakness: [duration.seconds] };
};

const weakerShorter: Read = (value) => {
  const duration = durationOf(value);
  return duration && { text: duration.text, weakness: [-duration.seconds] };
};

const weakerMore: Read = (value) =>
  typeof value === "number" ? { text: String(value), weakness: [value] } : undefined;

const weakerFewer: Read = (value) =>
  typeof value === "number" ? { text: String(value), weakness: [-value] } : undefined;

/** Weaker the later it stands in a list of words, of which some are as strong as each other. */
function weakerLater(...ranks: readonly (readonly string[])[]): Read {
  return (value) => {
    const rank = ranks.findIndex((words) => words.some((word) => word === value));
    return rank === -1 ? undefined : { text: String(value), weakness: [rank] };
  };
}

const weakerMode = weakerLater(["compliance"], ["governance"], ["none"]);

/** A schedule: weaker the longer it can be until it fires again. */
const weakerApart: Read = (value, file) => {
  const { data: fields } = schedule().safeParse(value);
  const timeZone = valueAt(file, ["schedules", "timeZone"]);
  if (fields === undefined) {
    return undefined;
  }
  try {
    const gaps = scheduleGaps(fields, typeof timeZone === "string" ? timeZone : undefined);
    const { longestSeconds } = gaps;
    return { text: `up to ${durationText(longestSeconds)} apart`, weakness: [longestSeconds] };
  } catch {
    // There is no such time zone.
    return undefined;
  }
};

/** The name of a lock class: weaker in a weaker mode, or for a shorter time. */
const weakerLock: Read = (name, file) => {
  const lockClass = valueAt(file, ["lockClasses", String(name)]);
  const mode = weakerMode(valueAt(lockClass, ["mode"]), file);
  const period = weakerShorter(valueAt(lockClass, ["period"]), file);
  if (mode?.text === "none") {
    return { text: `${String(name)} (none)`, weakness: [...mode.weakness, 0] };
  }
  return (
    mode &&
    period && {
      text: `${String(name)} (${mode.text}, ${period.text})`,
      weakness: [...mode.weakness, ...period.weakness],
    }
  );
};

/** The name of a tier, or of a store of objects: weaker when it keeps or locks less. */
function weakerKept(section: "tiers" | "stores"): Read {
  return (name, file) => {
    const kept = valueAt(file, [section, String(name)]);
    const retention = weakerShorter(valueAt(kept, ["retention"]), file);
    const lock = weakerLock(valueAt(kept, ["lockClass"]), file);
    return (
      retention &&
      lock && {
        text: `${String(name)} (${retention.text}, lock class ${lock.text})`,
        weakness: [...retention.weakness, ...lock.weakness],
      }
    );
  };
}

/** Where copies are described that are taken on a schedule and kept in a tier. */
const copies = [
  "stores.*.snapshots",
  "stores.*.snapshots.*",
  "stores.*.logicalBackups.*",
  "stores.*.backup",
  "stores.*.configurationBackup",
];

/** Every setting that promises something by its value. Scenarios are more than their values. */
export const promisedSettings: readonly PromisedSetting[] = [
  ...promised("objectives", weakerLonger, [
    "dataClasses.*.rto",
    "dataClasses.*.rpo",
    "failover.operatorDecision",
    "failover.recordTtl",
    "failover.checkInterval",
    "stores.*.replicationLagLimit",
    "stores.*.detection",
    "stores.*.lostWriteBound",
  ]),
  ...promised("objectives", weakerMore, ["failover.checkFailures"]),
  ...promised("objectives", weakerLater(["block"], ["alarm"]), ["stores.*.rpoEnforcement"]),
  // A cache's, and that of time series.
  ...promised("objectives", weakerLater(["replication", "streaming"], ["snapshots", "exports"]), [
    "stores.*.standby",
  ]),
  ...promised(
    "objectives",
    weakerApart,
    [...copies, "stores.*.export"].map((path) => `${path}.schedule`),
  ),
  ...promised("retention", weakerShorter, [
    "oldVersionRetention",
    "accessLogRetention",
    "lockClasses.*.period",
    "tiers.*.retention",
    "dataClasses.*.retention",
    "stores.*.retention",
    "stores.*.classes.*.retention",
    "stores.*.pointInTimeRecovery",
    "stores.*.logRetention",
  ]),
  ...promised("retention", weakerFewer, ["stores.*.keptVersions"]),
  ...promised("retention", weakerMode, ["lockClasses.*.mode"]),
  ...[
    ...promised("retention", weakerLock, ["tiers.*.lockClass", "stores.*.lockClass"]),
    ...promised(
      "retention",
      weakerKept("tiers"),
      copies.map((path) => `${path}.tier`),
    ),
    ...promised("retention", weakerKept("stores"), ["stores.*.export.store"]),
  ].map((setting) => ({ ...setting, isName: true })),
];

/** Every entry that promises something by being there. */
export const promisedEntries: readonly Pick<PromisedSetting, "path" | "subject">[] = [
  { path: "dataClasses.*", subject: "objectives" },
  { path: "stores.*", subject: "objectives" },
  { path: "stores.*.snapshots.*", subject: "objectives" },
  { path: "stores.*.logicalBackups.*", subject: "objectives" },
  { path: "lockClasses.*", subject: "retention" },
  { path: "tiers.*", subject: "retention" },
];

function promised(subject: Subject, read: Read, paths: readonly string[]): PromisedSetting[] {
  return paths.map((path) => ({ path, subject, read }));
}

/** A duration, where a value is one. */
export function durationOf(value: unknown): Duration | undefined {
  return typeof value === "string" ? parseDuration(value) : undefined;
}

/** A value inside of a file's contents; undefined where there is none. */
export function valueAt(data: unknown, place: readonly string[]): unknown {
  return place.reduce<unknown>(
    // Its own keys alone: an entry may be called `constructor`.
    (value, key) => (isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    data,
  );
}

/** The names of a section's entries. */
export function namesAt(data: unknown, place: readonly string[]): string[] {
  const section = valueAt(data, place);
  return isMapping(section) ? Object.keys(section) : [];
}

/** A list of texts; undefined for anything else. */
export function textsAt(data: unknown, place: readonly string[]): readonly string[] | undefined {
  const list = valueAt(data, place);
  const isText = (entry: unknown): entry is string => typeof entry === "string";
  return Array.isArray(list) && list.every(isText) ? list : undefined;
}

/** Every place in a file that a path with `*` describes, whether there is something or not. */
export function placesOf(path: string, data: unknown): string[][] {
  const from = (place: string[], [key, ...rest]: readonly string[]): string[][] =>
    key === undefined
      ? [place]
      : (key === "*" ? namesAt(data, place) : [key]).flatMap((name) =>
          from([...place, name], rest),
        );
  return from([], path.split("."));
}
