import { z } from "zod";

/**
 * What happened to recovery points: every run of the command that takes, proves, restores or rehearses
 * leaves one event, an object that is never changed. The catalog and the audit are made of events.
 */

const seconds = z.number().nonnegative();
const count = z.int().nonnegative();
const time = z.iso.datetime();

/** What every event says. */
const run = {
  format: z.literal(1),
  /** Sorts by the time of the run's end. */
  id: z.string().regex(/^\d{8}T\d{9}Z-[0-9a-f]{8}$/),
  system: z.string(),
  account: z.string(),
  /** Region in which it ran. */
  region: z.string(),
  /** Who ran it: a job's pod, or the operator's name on the machine that it ran on. */
  actor: z.string(),
  /** Version of the command. */
  version: z.string(),
  startedAt: time,
  finishedAt: time,
  /** Absent where it succeeded. */
  failure: z
    .strictObject({
      /** As in docs/recovery.md, "When it fails": `database`, `damaged`. */
      reason: z.string(),
      message: z.string(),
    })
    .optional(),
};

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
      manifestSha256: z.string().regex(/^[0-9a-f]{64}$/),
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

/** An operator restored a database or tables of it, or tried to. */
const restoration = z.strictObject({
  ...run,
  kind: z.literal("restoration"),
  /** What was asked for: `latest`, or an id. */
  choice: z.string(),
  /** Database that was to have the rows: `trading`. */
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

/** An event, by its kind. */
export const event = z.discriminatedUnion("kind", [backup, verification, restoration, drill]);

export type Event = z.output<typeof event>;
export type EventKind = Event["kind"];
/** An event of a kind. */
export type EventOf<Kind extends EventKind> = Extract<Event, { kind: Kind }>;

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

/** When an event ended, by the name of its object, in a form that sorts by time; undefined for what is none. */
export function eventTime(name: string): string | undefined {
  return /(?:^|\/)(\d{8}T\d{9}Z)-\w+\.json$/.exec(name)?.[1];
}

/** Name of an event's object, under the prefix of its region and of the job or operators that leave it. */
export function eventName(happened: Event): string {
  return happened.kind === "verification" && happened.judged !== undefined
    ? verificationName({
        point: happened.judged.point,
        finishedAt: happened.finishedAt,
        passed: happened.judged.problems.length === 0,
      })
    : `${happened.id}.json`;
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
