import { z } from "zod";
import { objectName, unsealed } from "./manifest";

/**
 * What manifests of all kinds have in common: enough to tell whether a recovery point is there, how large
 * it is, and whether its objects are what was written. Whoever restores reads the manifest of its kind.
 */

/** What recovery points are of. */
export const pointKinds = ["database", "cache", "configuration"] as const;

export type PointKind = (typeof pointKinds)[number];

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime();

/** An object beside the manifest, which its place in the list names. */
const numbered = z.object({ bytes: count, sha256 });

/** Content that several recovery points of a series share: it is stored once, under its day. */
const shared = z.object({
  content: z.object({ day: z.string().regex(/^\d{8}$/), bytes: count, sha256 }),
});

const anyManifest = z.object({
  id: z.string(),
  system: z.string(),
  region: z.string(),
  startedAt: time,
  finishedAt: time,
  retainUntil: time,
  objects: z.array(z.union([shared, numbered])),
  /** Of a database. */
  tables: z.array(z.object({ rows: count })).optional(),
  /** Of a cache. */
  keyspaces: z.array(z.object({ keys: count })).optional(),
});

/** An object as its manifest promises it. */
export interface PromisedObject {
  /** Folder under the series' prefix that it is in: `20261129T155543Z-0badcafe/`. */
  readonly folder: string;
  /** Its name there. What is shared may have an ending beside, which says how it is read. */
  readonly name: string;
  readonly isShared: boolean;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** What a manifest of any kind says. */
export interface PointFacts {
  readonly id: string;
  readonly system: string;
  /** Region that took it. */
  readonly region: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly retainUntil: string;
  readonly objects: readonly PromisedObject[];
  /** Bytes of all objects. */
  readonly bytes: number;
  /** Rows of a database's tables, or keys of a cache; absent where neither is counted. */
  readonly rows?: number;
}

/** Whether a folder's name is that of a recovery point: `20261129T155543Z-0badcafe`. */
export function isPointId(name: string): boolean {
  return /^\d{8}T\d{6}Z-[0-9a-f]{8}$/.test(name);
}

/** When a recovery point was begun, by its id, in milliseconds since 1970. */
export function pointTime(id: string): number {
  const [year, month, day, hour, minute, second] = [
    id.slice(0, 4),
    id.slice(4, 6),
    id.slice(6, 8),
    id.slice(9, 11),
    id.slice(11, 13),
    id.slice(13, 15),
  ].map(Number) as [number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/**
 * Reads a manifest of any kind.
 *
 * @param id Recovery point that it has to be of.
 * @throws RangeError that says what is wrong with it, beginning with a verb.
 */
export function parseAnyManifest(text: string, id: string): PointFacts {
  let written: ReturnType<typeof unsealed>;
  try {
    written = unsealed(text);
  } catch (error) {
    throw new RangeError(`is no JSON: ${String(error)}`, { cause: error });
  }
  if (!written.isIntact) {
    throw new RangeError("is not what was written: its seal is of another text");
  }
  const parsed = anyManifest.safeParse(written.fields);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );
    throw new RangeError(`is wrong: ${problems.join("; ")}`);
  }
  const { objects, tables, keyspaces, ...facts } = parsed.data;
  if (facts.id !== id) {
    throw new RangeError(`is of recovery point ${facts.id}`);
  }
  const promised = objects.map((object, index) =>
    "content" in object
      ? {
          folder: `content/${object.content.day}/`,
          name: object.content.sha256,
          isShared: true,
          bytes: object.content.bytes,
          sha256: object.content.sha256,
        }
      : { ...object, folder: `${id}/`, name: objectName(index + 1), isShared: false },
  );
  const counted = tables?.map(({ rows }) => rows) ?? keyspaces?.map(({ keys }) => keys);
  return {
    ...facts,
    objects: promised,
    bytes: sumOf(promised.map(({ bytes }) => bytes)),
    ...(counted === undefined ? {} : { rows: sumOf(counted) }),
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
