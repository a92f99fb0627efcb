import { z } from "zod";
import { count, run, sha256 } from "./eventParts";

/** What the audit leaves events of: docs/audit.md says what they are for. */

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
export const epoch = z.strictObject({
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
export const load = z.strictObject({
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
export const migration = z.strictObject({
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
