import { createHash } from "node:crypto";
import { type z } from "zod";
import {
  manifestFormat,
  manifestName,
  objectName,
  type Segment,
  type StoredObject,
  unsealed,
} from "../../contracts/manifest";
import { messageOf, RecoveryFailure } from "../failure";
import { type BucketPrefix } from "../storage/bucket";
import { decompressed } from "./compression";

/** What recovery points of every kind have in common: a sealed manifest, and content in pieces. */

/**
 * Reads the text of a manifest.
 *
 * @param schema What a manifest of the kind is.
 * @param damaged Makes the error that says what is wrong with it.
 */
export function parseManifest<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  damaged: (problem: string) => Error,
): z.output<Schema> {
  let written: ReturnType<typeof unsealed>;
  try {
    written = unsealed(text);
  } catch (error) {
    throw damaged(`is no JSON: ${messageOf(error)}`);
  }
  const { fields, isIntact } = written;
  const format =
    typeof fields === "object" && fields !== null && "format" in fields ? fields.format : undefined;
  if (format !== manifestFormat) {
    throw damaged(
      `has format ${String(format)}, and this version of trading-dr reads ${String(manifestFormat)}`,
    );
  }
  if (!isIntact) {
    throw damaged("is not what was written: its seal is of another text");
  }
  const parsed = schema.safeParse(fields);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );
    throw damaged(`is wrong: ${problems.join("; ")}`);
  }
  return parsed.data;
}

/** What of the objects no segment covers, or two do: every byte belongs to one piece of content. */
export function gapsOf(objects: readonly StoredObject[], segments: readonly Segment[]): string[] {
  const ordered = [...segments].sort(
    (one, other) => one.object - other.object || one.offset - other.offset,
  );
  const covered = objects.map(() => 0);
  const problems: string[] = [];
  for (const { object, offset, bytes } of ordered) {
    const until = covered[object - 1];
    if (until !== offset) {
      problems.push(
        `content of object ${String(object)} goes on at byte ${String(offset)}, and not at ${String(until)}`,
      );
    }
    covered[object - 1] = offset + bytes;
  }
  objects.forEach(({ bytes }, index) => {
    if (covered[index] !== bytes) {
      problems.push(
        `content of object ${String(index + 1)} ends at byte ${String(covered[index])} of ${String(bytes)}`,
      );
    }
  });
  return problems;
}

/**
 * Compares what lies under a recovery point's key with its manifest, by names and sizes.
 *
 * @param needed Names of the only objects that matter. @default - all, and no others may be there
 * @throws RecoveryFailure `damaged` naming every object that is missing, of another size, or too many.
 */
export async function checkObjects(
  bucket: BucketPrefix,
  objects: readonly StoredObject[],
  needed?: ReadonlySet<string>,
): Promise<void> {
  const matters = (name: string) => needed?.has(name) ?? name !== manifestName;
  const wanted = new Map(
    objects
      .map(({ bytes }, index) => [objectName(index + 1), bytes] as const)
      .filter(([name]) => matters(name)),
  );
  const problems: string[] = [];
  for (const { name, bytes } of await bucket.names()) {
    if (!matters(name)) {
      continue;
    }
    const expected = wanted.get(name);
    wanted.delete(name);
    if (expected === undefined) {
      problems.push(`${bucket.urlOf(name)} is not in the manifest`);
    } else if (expected !== bytes) {
      problems.push(
        `${bucket.urlOf(name)} has ${String(bytes)} bytes, and has to have ${String(expected)}`,
      );
    }
  }
  problems.push(...[...wanted.keys()].map((name) => `${bucket.urlOf(name)} is not there`));
  if (problems.length > 0) {
    throw new RecoveryFailure("damaged", problems.join("\n"));
  }
}

/**
 * The content of segments, each checked before any of it is given.
 *
 * @throws RecoveryFailure `damaged` for what is not as it was written.
 */
export async function* contentOf(
  bucket: BucketPrefix,
  segments: readonly Segment[],
): AsyncGenerator<Buffer> {
  for (const segment of segments) {
    yield await contentOfSegment(bucket, segment);
  }
}

async function contentOfSegment(bucket: BucketPrefix, segment: Segment): Promise<Buffer> {
  const name = objectName(segment.object);
  const where = `${bucket.urlOf(name)}, bytes ${String(segment.offset)} to ${String(segment.offset + segment.bytes - 1)},`;
  let bytes = await bucket.get(name, segment);
  if (sha256Of(bytes) !== segment.sha256) {
    // What was garbled on its way is whole when it comes again; what is damaged stays so.
    bytes = await bucket.get(name, segment);
  }
  const found = sha256Of(bytes);
  if (found !== segment.sha256) {
    throw new RecoveryFailure(
      "damaged",
      `${where} have SHA-256 ${found}, and have to have ${segment.sha256}`,
    );
  }
  const raw = await decompressed(bytes);
  if (raw.length !== segment.rawBytes) {
    throw new RecoveryFailure(
      "damaged",
      `${where} are ${String(raw.length)} bytes decompressed, and have to be ${String(segment.rawBytes)}`,
    );
  }
  return raw;
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
