import { createHash } from "node:crypto";
import { z } from "zod";

/**
 * The manifest of a database's recovery point. It is written last: without it there is no recovery
 * point, whatever objects lie under its key. Everything that it names lies beside it.
 */

/** Version of this layout. A reader refuses another one. */
export const manifestFormat = 1;

/** Name of the manifest under a recovery point's key. */
export const manifestName = "manifest.json";

/** How many there are. */
export const count = z.int().nonnegative();

/** SHA-256, in hexadecimal digits. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A sum over rows that does not depend on their order: see {@link contentOfTable}. */
const digest = z.string().regex(/^[0-9a-f]{16}$/);

/** A moment, as ISO 8601 writes it, in UTC. */
export const time = z.iso.datetime();

/** Sorts by the time of the start of whatever took the recovery point. */
export const pointId = z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/);

/** A piece of content, inside of an object. It is a frame of zstd, and checked by itself. */
export const segment = z.strictObject({
  /** Number of the object, from 1. */
  object: z.int().positive(),
  /** First byte in the object. */
  offset: count,
  /** Bytes in the object. */
  bytes: z.int().positive(),
  /** Bytes after decompression. */
  rawBytes: z.int().positive(),
  /** Checksum of the bytes in the object. */
  sha256,
  /** True where a row goes on in the next segment, which then has to follow in one piece. */
  continues: z.literal(true).optional(),
});

export type Segment = z.output<typeof segment>;

/** What one program wrote, in order. */
const content = z.strictObject({ segments: z.array(segment) });

/** The rows of a table, in any order, as `COPY ... TO STDOUT` writes them as text. */
const contentOfTable = z.strictObject({
  schema: z.string(),
  name: z.string(),
  /** Columns that are stored: those that PostgreSQL generates are made anew. */
  columns: z.array(z.string()),
  /** Rows that belong to an extension are made by it; the condition names those that do not. */
  condition: z.string().optional(),
  rows: count,
  /** Sum of the rows' XXH64, seed 0, modulo 2^64, without the line's end, in hexadecimal digits. */
  digest,
  /** Bytes of the rows as text. */
  rawBytes: count,
  segments: z.array(segment),
});

export type TableContent = z.output<typeof contentOfTable>;

const sequence = z.strictObject({
  schema: z.string(),
  name: z.string(),
  /** A whole number beyond what JSON's readers hold exactly. */
  lastValue: z.string().regex(/^-?\d+$/),
  isCalled: z.boolean(),
});

export type SequenceState = z.output<typeof sequence>;

/** How S3 encrypts what was written. */
export const encryption = z.strictObject({
  /** As S3 says it: `aws:kms`; absent where it does not encrypt. */
  algorithm: z.string().optional(),
  key: z.string().optional(),
});

/** An object of a recovery point. */
export const storedObject = z.strictObject({ bytes: z.int().positive(), sha256 });

export type StoredObject = z.output<typeof storedObject>;

export const manifest = z.strictObject({
  format: z.literal(manifestFormat),
  id: pointId,
  system: z.string(),
  account: z.string(),
  /** Region that took it. */
  region: z.string(),
  store: z.string(),
  series: z.string(),
  tier: z.string(),
  startedAt: time,
  finishedAt: time,
  /** When the tier lets go of it. The bucket's lock may keep it longer. */
  retainUntil: time,
  source: z.strictObject({
    database: z.string(),
    /** `15.12` */
    serverVersion: z.string(),
    /** Number of the cluster that initdb chose; replicas have their primary's. */
    systemIdentifier: z.string(),
    isReader: z.boolean(),
    /** Time of the snapshot, by the server's clock. */
    snapshotAt: time,
    /** Position in the server's log at that time, as far as the server says one. */
    position: z.string().optional(),
    encoding: z.string(),
    collation: z.string(),
    characterType: z.string(),
    /** What text is sorted by; absent where the two above say it. */
    locale: z
      .strictObject({
        provider: z.enum(["icu", "builtin"]),
        name: z.string(),
        /** Rules beyond the locale's own. */
        rules: z.string().optional(),
      })
      .optional(),
  }),
  /** Versions of the programs that wrote it. */
  tools: z.strictObject({ tradingDr: z.string(), pgDump: z.string() }),
  encryption,
  /** The objects, by their numbers from 1. */
  objects: z.array(storedObject),
  /** Statements that make the server's roles, without passwords. */
  roles: content,
  /** An archive of pg_dump: all that is declared, without any data. */
  structure: content,
  largeObjects: z.strictObject({
    count,
    digest,
    /** What is said of them: rows of number, owner, comment, grants and labels as JSON, in one piece. */
    declared: z.array(segment),
    /** Their contents: rows of number, page and bytes. */
    segments: z.array(segment),
  }),
  tables: z.array(contentOfTable),
  sequences: z.array(sequence),
  /** What is said of the database as a whole. */
  properties: z.strictObject({
    owner: z.string(),
    /** Sessions at once; -1 is any number. */
    connectionLimit: z.int(),
    comment: z.string().optional(),
    /** Who may do what with it; absent where nobody ever said. */
    grants: z
      .array(
        z.strictObject({
          /** Absent for everybody. */
          role: z.string().optional(),
          privilege: z.enum(["CREATE", "CONNECT", "TEMPORARY"]),
          isGrantable: z.boolean(),
        }),
      )
      .optional(),
  }),
  /** Settings that the database has of its own, or that a role has in it. */
  settings: z.array(
    z.strictObject({ role: z.string().optional(), name: z.string(), value: z.string() }),
  ),
  /** What is not in the recovery point, and why: rows of foreign tables are elsewhere. */
  leftOut: z.array(z.string()),
});

export type Manifest = z.output<typeof manifest>;

/** Key of an object of a recovery point, under the point's own prefix. */
export function objectName(number: number): string {
  return `content/${String(number).padStart(6, "0")}`;
}

/** A manifest as it is written, sealed. */
export function manifestText(written: Manifest): string {
  return sealed(manifest.parse(written));
}

/**
 * The text of a manifest of any kind. Its last field is the SHA-256 of the text without it: what checks
 * everything else is checked by that.
 */
export function sealed(fields: object): string {
  return JSON.stringify({ ...fields, seal: sealOf(fields) });
}

/**
 * The fields of a manifest, and whether they are as they were written.
 *
 * @throws SyntaxError when the text is no JSON.
 */
export function unsealed(text: string): { readonly fields: unknown; readonly isIntact: boolean } {
  const written: unknown = JSON.parse(text);
  if (typeof written !== "object" || written === null || !("seal" in written)) {
    return { fields: written, isIntact: false };
  }
  const { seal, ...fields } = written;
  return { fields, isIntact: seal === sealOf(fields) };
}

function sealOf(fields: object): string {
  return textChecksum(JSON.stringify(fields));
}

/** SHA-256 of a text, in hexadecimal digits: of a manifest's, as events say it. */
export function textChecksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
