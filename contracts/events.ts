import { z } from "zod";
import { epoch, load, migration } from "./auditEvents";
import { count, run, seconds, sha256, time } from "./eventParts";

/**
 * What happened to recovery points: every run of the command that takes, proves, restores or rehearses
 * leaves one event, an object that is never changed. The catalog and the audit are made of events.
 */

/** A database was backed up, or was not. */
const backup = z.strictObject({
  ...run,
  kind: z.literal("backup"),
  store: z.string(),
  /** `emergency` for what an operator ran, and before a database is replaced. */
  series: z.string(),
  tier: z.string(),
  database: z.string(),
  /** The recovery point; absent where none was written. */
  taken: z
    .strictObject({
      point: z.string(),
      /** `s3://bucket/prefix/` */
      url: z.string(),
      /** SHA-256 of the manifest's text, in hexadecimal digits. */
      manifestSha256: sha256,
      /** Time of the snapshot. */
      snapshotAt: time,
      retainUntil: time,
      tables: count,
      rows: count,
      /** Bytes in the bucket. */
      bytes: count,
    })
    .optional(),
});

/** What was found in a recovery point that was restored and compared. */
const judgement = z.strictObject({
  point: z.string(),
  /** Where the recovery point is: `s3://bucket/prefix/`. */
  url: z.string(),
  /** Time of its snapshot; absent where its manifest cannot be read. */
  snapshotAt: time.optional(),
  /** What was not as it has to be, as sentences. Empty when it passed. */
  problems: z.array(z.string()),
  tables: count,
  rows: count,
  /** How long restoring took, without comparing. */
  restoreSeconds: seconds,
  /** How long each baseline query took, by its name: the quickest of several times. */
  baselineSeconds: z.record(z.string(), seconds),
  /** The baseline queries that took much longer than the time before, as sentences. */
  slower: z.array(z.string()),
});

/** What was found in a recovery point. */
export type Judgement = z.output<typeof judgement>;

/** A recovery point was restored and compared, or could not be. */
const verification = z.strictObject({
  ...run,
  kind: z.literal("verification"),
  /** Absent where it could not be judged, which says nothing about the recovery point. */
  judged: judgement.optional(),
});

/** A recovery was rehearsed. */
const drill = z.strictObject({
  ...run,
  kind: z.literal("drill"),
  drill: z.enum(["recovery", "disaster", "cache"]),
  /** The recovery point that was restored; absent where it came to none. */
  judged: judgement.optional(),
  /** What was measured, beside what it has to be; absent where the restore did not succeed. */
  objectives: z
    .array(
      z.strictObject({
        dataClass: z.string(),
        kind: z.enum(["rpo", "rto"]),
        objectiveSeconds: seconds,
        measuredSeconds: seconds,
        met: z.boolean(),
        /** What somebody accepted in its place: `45m`, `none` for anything; absent where nobody has. */
        accepted: z.string().optional(),
      }),
    )
    .optional(),
  /** What was looked at in the region that would take over; absent where nothing was. */
  checks: z
    .array(
      z.strictObject({
        /** The same each time, so that drills can be compared: `database`. */
        name: z.string(),
        passed: z.boolean(),
        /** What was seen, as a sentence. */
        found: z.string(),
        /** What to do about it; absent where it passed. */
        mend: z.string().optional(),
      }),
    )
    .optional(),
});

/** A cache or a configuration was saved, or was not. */
const snapshot = z.strictObject({
  ...run,
  kind: z.literal("snapshot"),
  of: z.enum(["cache", "configuration"]),
  store: z.string(),
  /** `emergency` for what is taken before a store is replaced. */
  series: z.enum(["scheduled", "emergency"]),
  tier: z.string(),
  /** The recovery point; absent where none was written. */
  taken: z
    .strictObject({
      point: z.string(),
      /** `s3://bucket/prefix/` */
      url: z.string(),
      /** SHA-256 of the manifest's text, in hexadecimal digits; absent where an older command took it. */
      manifestSha256: sha256.optional(),
      retainUntil: time,
      /** Keys of a cache, objects of a configuration. */
      entries: count,
      /** Bytes in the bucket. */
      bytes: count,
    })
    .optional(),
});

/** An operator restored something, or tried to. */
const restoration = z.strictObject({
  ...run,
  kind: z.literal("restoration"),
  of: z.enum(["database", "cache", "configuration"]),
  /** What was asked for: `latest`, or an id. */
  choice: z.string(),
  /** Database, store or namespace that was to have it: `trading`. */
  into: z.string(),
  /** Tables that were asked for; absent for a whole database. */
  tables: z.array(z.string()).optional(),
  /** What was done; absent where nothing was. */
  restored: z
    .strictObject({
      point: z.string(),
      url: z.string(),
      /** Name that the database of before is kept under; absent where there was none. */
      kept: z.string().optional(),
    })
    .optional(),
});

/** What the monitor finds wrong. */
const findingKinds = [
  /** Nothing good is younger than the age at which a recovery point is missing. */
  "missing",
  /** Two neighbours in a series are too far from each other. */
  "gap",
  /** The newest is much smaller or larger than those before it. */
  "size",
  /** Nothing was verified lately. */
  "unverified",
  /** What is there is not what was written. */
  "damaged",
  /** The other region lacks a recovery point, or the archive does. */
  "replica-missing",
  /** The other region has something else, or holds it by a weaker lock. */
  "replica-different",
  /** Clocks differ, so that ages say nothing. */
  "clock",
] as const;

const finding = z.strictObject({
  kind: z.enum(findingKinds),
  /** Place that it is about: `s3://bucket/prefix/`. */
  where: z.string(),
  /** Since when, as far as that is known. */
  since: time.optional(),
  /** What, where, since when, and what to do, in one or two sentences. */
  message: z.string(),
});

export type Finding = z.output<typeof finding>;

/** The monitor looked at all recovery points that have to be there. */
const check = z.strictObject({
  ...run,
  kind: z.literal("check"),
  /** What it found; absent where it came to nothing. */
  checked: z
    .strictObject({
      /** What is wrong. Empty when all is well with what was looked at. */
      findings: z.array(finding),
      /** What could not be looked at, as sentences: of that, nothing is known. */
      unseen: z.array(z.string()),
      /** How far it was at each place, from which the next check goes on. */
      places: z.array(
        z.strictObject({
          /** `s3://bucket/prefix/` */
          url: z.string(),
          /** Newest good recovery point, or one that was verified. Absent where there is none. */
          newest: z.string().optional(),
          /** Since when there is none, as far as checks know. */
          emptySince: time.optional(),
          /** Recovery points whose objects were compared with their manifests. */
          examined: z.array(z.string()),
        }),
      ),
      requests: count,
      /** Bytes that were read and compared with their checksums. */
      bytesExamined: count,
    })
    .optional(),
});

/** Some signals of a run could not be sent. How the run itself went, its own event says. */
const signals = z.strictObject({
  ...run,
  kind: z.literal("signals"),
  /** Id of the run's event. */
  of: z.string(),
  /** What the run is one of: see {@link subjectOf}. */
  subject: z.array(z.string()).min(1),
  /** Those that could not be sent. */
  unsent: z.array(z.enum(["metrics", "slack"])).min(1),
});

/** An event, by its kind. */
export const event = z.discriminatedUnion("kind", [
  backup,
  verification,
  restoration,
  snapshot,
  drill,
  check,
  signals,
  epoch,
  load,
  migration,
]);

export type Event = z.output<typeof event>;
export type EventKind = Event["kind"];
/** What tells people of a run: numbers that are watched, and messages. */
export type Signal = EventOf<"signals">["unsent"][number];
/** An event of a run that people are told of: not of signals, and not of what the audit does with its tables. */
export type RunEvent = Exclude<Event, { kind: "signals" | "epoch" | "load" | "migration" }>;
/** An event of a kind. */
export type EventOf<Kind extends EventKind> = Extract<Event, { kind: Kind }>;

/** What a check of all recovery points came to. */
export type Checked = NonNullable<EventOf<"check">["checked"]>;

/** What tells a database from others. */
export type DatabaseIdentity = EventOf<"epoch">["database"];

/** What the name of a verification's event says, so that they can be listed without being read. */
export interface VerificationName {
  readonly point: string;
  /** In UTC, with milliseconds: `2026-11-29T15:55:43.120Z`. */
  readonly finishedAt: string;
  readonly passed: boolean;
}

/** A time as ids and names have it: `20261129T155543120Z`. */
export function compactTime(time: string): string {
  return time.replaceAll(/[-:.]/g, "");
}

/**
 * What a run is one of, its kind first: runs of one subject follow each other, and one that succeeds
 * makes up for those before that failed.
 */
export function subjectOf(happened: RunEvent): readonly [RunEvent["kind"], ...string[]] {
  switch (happened.kind) {
    case "backup":
      return ["backup", happened.store, happened.series, happened.database];
    case "verification":
      return ["verification"];
    case "restoration":
      return ["restoration", happened.of, happened.into];
    case "snapshot":
      return ["snapshot", happened.store];
    case "drill":
      return ["drill", happened.drill];
    case "check":
      return ["check"];
  }
}

/** What the name of an event's object says. */
export interface EventName {
  /** In UTC, with milliseconds: `2026-11-29T15:55:43.120Z`. */
  readonly finishedAt: string;
  readonly succeeded: boolean;
  /** See {@link subjectOf}. */
  readonly subject: readonly string[];
  /** True where it says that signals of such a run could not be sent. */
  readonly isOfSignals: boolean;
}

/** First part of the name of what says that signals could not be sent. */
const ofSignals = "signals";

/**
 * Name of an event's object, under the prefix of its region and of the job or operators that leave it.
 * Names sort by time, and say how runs went, so that nobody has to read thousands of objects for that:
 * `20261129T160000000Z-0badcafe.backup.database.daily.trading.failed.json`.
 */
export function eventName(happened: Event): string {
  switch (happened.kind) {
    case "verification":
      return happened.judged === undefined
        ? outcomeName(happened, subjectOf(happened))
        : verificationName({
            point: happened.judged.point,
            finishedAt: happened.finishedAt,
            passed: happened.judged.problems.length === 0,
          });
    case "signals":
      return outcomeName(happened, [ofSignals, ...happened.subject]);
    // What the audit looks for among all others is found by its folder.
    case "epoch":
      return `epochs/${happened.id}.json`;
    case "load":
      return loadName(happened);
    case "migration":
      return `migrations/${happened.id}.json`;
    default:
      return outcomeName(happened, subjectOf(happened));
  }
}

function outcomeName({ id, failure }: Event, subject: readonly string[]): string {
  const outcome = failure === undefined ? "succeeded" : "failed";
  return `${[id, ...subject.map(namePart), outcome].join(".")}.json`;
}

/** Name of the event of a load. */
export function loadName({ epoch, load }: Pick<EventOf<"load">, "epoch" | "load">): string {
  return `loads/${epoch}/${String(load).padStart(10, "0")}.json`;
}

/** Names of databases may hold anything: a part has no dot and no slash of its own. */
function namePart(text: string): string {
  return encodeURIComponent(text).replaceAll(".", "%2E");
}

/** What a name of {@link eventName} says; undefined for any other name. */
export function parseEventName(name: string): EventName | undefined {
  const judged = parseVerificationName(name);
  if (judged !== undefined) {
    const { finishedAt, passed } = judged;
    return { finishedAt, succeeded: passed, subject: ["verification"], isOfSignals: false };
  }
  const [, time, parts, outcome] =
    /^(\d{8}T\d{9}Z)-[0-9a-f]{8}\.((?:[^./]+\.)+)(succeeded|failed)\.json$/.exec(name) ?? [];
  if (time === undefined || parts === undefined) {
    return undefined;
  }
  let first: string | undefined;
  let others: string[];
  try {
    [first = "", ...others] = parts.slice(0, -1).split(".").map(decodeURIComponent);
  } catch {
    // Not of this function: it writes whole characters.
    return undefined;
  }
  const isOfSignals = first === ofSignals;
  return {
    finishedAt: expandedTime(time),
    succeeded: outcome === "succeeded",
    subject: isOfSignals ? others : [first, ...others],
    isOfSignals,
  };
}

/** A time of {@link compactTime} as it was. */
function expandedTime(compact: string): string {
  return compact.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\d)(\d{3}Z)$/, "$1-$2-$3:$4:$5.$6");
}

/**
 * When a run ended, by the name of its event's object, in a form that sorts by time; undefined for what is
 * of no run.
 */
export function eventTime(name: string): string | undefined {
  return /(?:^|\/)(\d{8}T\d{9}Z)-(?!\w+\.signals\.)[^/]+\.json$/.exec(name)?.[1];
}

/** Name of the event of a recovery point that was judged. */
export function verificationName({ point, finishedAt, passed }: VerificationName): string {
  return `${point}/${compactTime(finishedAt)}-${passed ? "passed" : "failed"}.json`;
}

/** What a name of {@link verificationName} says; undefined for any other name. */
export function parseVerificationName(name: string): VerificationName | undefined {
  const [, point, year, month, day, hour, minute, second, fraction, result] =
    /^(\d{8}T\d{6}Z-[0-9a-f]{8})\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-(passed|failed)\.json$/.exec(
      name,
    ) ?? [];
  return point === undefined
    ? undefined
    : {
        point,
        finishedAt: `${[year, month, day].join("-")}T${[hour, minute, second].join(":")}.${String(fraction)}Z`,
        passed: result === "passed",
      };
}
