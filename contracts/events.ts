import { z } from "zod";

/**
 * What happened to recovery points: every run of the command that takes, proves, restores or rehearses
 * leaves one event, an object that is never changed. The catalog and the audit are made of events.
 */

const seconds = z.number().nonnegative();
const count = z.int().nonnegative();
const time = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

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

/** A recovery point was restored and compared, or could not be. */
const verification = z.strictObject({
  ...run,
  kind: z.literal("verification"),
  /** What was found; absent where it could not be judged, which says nothing about the recovery point. */
  judged: z
    .strictObject({
      point: z.string(),
      /** Where the recovery point is: `s3://bucket/prefix/`. */
      url: z.string(),
      /** What was not as it has to be, as sentences. Empty when it passed. */
      problems: z.array(z.string()),
      tables: count,
      rows: count,
      /** How long restoring took, without comparing. */
      restoreSeconds: seconds,
      /** How long each baseline query took, by its name: the quickest of several times. */
      baselineSeconds: z.record(z.string(), seconds),
      /** The baseline queries that took much longer than in the verification before, as sentences. */
      slower: z.array(z.string()),
    })
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

/** What tells one database from another that was restored from it, or that took its place. */
const databaseIdentity = z.strictObject({
  /** Given by initdb; a copy of the files has the same. */
  systemIdentifier: z.string(),
  /** Eight hexadecimal digits; another one from each promotion on. Absent where it is not shown. */
  timeline: z.string().optional(),
  /** Number of the database on its server: one that is restored beside another has its own. */
  databaseNumber: z.string(),
  /** Aurora's name of the writer's instance; absent elsewhere. */
  instance: z.string().optional(),
});

/**
 * The tables of the audit are in another database from here on: the first one, one that was restored
 * or promoted, or tables that were made anew.
 */
const epoch = z.strictObject({
  ...run,
  kind: z.literal("epoch"),
  reason: z.enum(["first", "restored", "moved", "rebuilt"]),
  /** Id of the epoch that was the latest; absent in the first. */
  former: z.string().optional(),
  /** The last load that the tables hold, and its epoch; absent where they are empty. */
  continues: z.strictObject({ epoch: z.string(), load: count }).optional(),
  database: databaseIdentity,
});

/** Events have become rows. It is itself no row: it is what rows that vanish are missed by. */
const load = z.strictObject({
  ...run,
  kind: z.literal("load"),
  /** Id of the epoch. */
  epoch: z.string(),
  /** Number of the load: one more than that of the load before. */
  load: z.int().positive(),
  /** Days that its rows are kept for. */
  retentionDays: count,
  /** Keys of the events' objects. */
  keys: z.array(z.string()),
  /** Those of them that the command did not know the kind or the format of. */
  raw: z.array(z.string()),
});

/** Tables were made, or made anew. */
const migration = z.strictObject({
  ...run,
  kind: z.literal("migration"),
  database: z.string(),
  /** What they are made by; absent where it failed. */
  made: z
    .strictObject({
      migrations: z.array(z.string()),
      /** Major version of the server: each words definitions in its own way. */
      serverVersion: z.string(),
      /** SHA-256 of each object's definition, by its name. */
      objects: z.record(z.string(), sha256),
      /** Schema that the former tables are kept in; absent where there were none. */
      kept: z.string().optional(),
    })
    .optional(),
});

/** An event, by its kind. */
export const event = z.discriminatedUnion("kind", [
  backup,
  verification,
  restoration,
  epoch,
  load,
  migration,
]);

export type Event = z.output<typeof event>;
export type EventKind = Event["kind"];
/** An event of a kind. */
export type EventOf<Kind extends EventKind> = Extract<Event, { kind: Kind }>;

/** What tells a database from others. */
export type DatabaseIdentity = EventOf<"epoch">["database"];

/** What was found in a recovery point. */
export type Judgement = NonNullable<EventOf<"verification">["judged"]>;

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

/** Name of an event's object, under the prefix of its region and of the job or operators that leave it. */
export function eventName(happened: Event): string {
  switch (happened.kind) {
    case "verification":
      return happened.judged === undefined
        ? `${happened.id}.json`
        : verificationName({
            point: happened.judged.point,
            finishedAt: happened.finishedAt,
            passed: happened.judged.problems.length === 0,
          });
    // What is looked for among all others is found by its name.
    case "epoch":
      return `epochs/${happened.id}.json`;
    case "load":
      return loadName(happened);
    case "migration":
      return `migrations/${happened.id}.json`;
    case "backup":
    case "restoration":
      return `${happened.id}.json`;
  }
}

/** Name of the event of a load. */
export function loadName({ epoch, load }: Pick<EventOf<"load">, "epoch" | "load">): string {
  return `loads/${epoch}/${String(load).padStart(10, "0")}.json`;
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
