import { createHash } from "node:crypto";
import {
  type Manifest,
  manifest as manifestSchema,
  manifestFormat,
  manifestName,
  objectName,
  type Segment,
  unsealed,
} from "../../contracts/manifest";
import { messageOf, RecoveryFailure } from "../failure";
import { type BucketPrefix } from "../storage/bucket";
import { decompressed } from "./compression";

/** A recovery point's manifest is no good, and so is the recovery point. */
export class DamagedManifest extends RecoveryFailure {
  public constructor(
    message: string,
    /** Id of the recovery point. */
    public readonly id: string,
    /** Where the recovery point is. */
    public readonly url: string,
  ) {
    super("damaged", message);
  }
}

/** A recovery point that is there: it has a manifest. */
export class RecoveryPoint {
  private constructor(
    public readonly manifest: Manifest,
    private readonly bucket: BucketPrefix,
  ) {}

  /**
   * Opens a recovery point of a series.
   *
   * @param points Where the series' recovery points are.
   * @throws RecoveryFailure `absent` when it has no manifest.
   * @throws DamagedManifest when the manifest is no good.
   */
  public static async open(points: BucketPrefix, id: string): Promise<RecoveryPoint> {
    const bucket = points.within(`${id}/`);
    const url = bucket.urlOf(manifestName);
    if (!(await bucket.has(manifestName))) {
      throw new RecoveryFailure(
        "absent",
        `there is no recovery point ${id}: ${url} is not there, so its backup did not end well`,
      );
    }
    const text = (await bucket.get(manifestName)).toString();
    const damaged = (problem: string) =>
      new DamagedManifest(`${url} ${problem}`, id, bucket.urlOf(""));
    const manifest = parseManifest(text, damaged);
    if (manifest.id !== id) {
      throw damaged(`is of recovery point ${manifest.id}`);
    }
    const gaps = gapsOf(manifest);
    if (gaps.length > 0) {
      throw damaged(`is wrong: ${gaps.join("; ")}`);
    }
    return new RecoveryPoint(manifest, bucket);
  }

  /** For messages. */
  public get url(): string {
    return this.bucket.urlOf("");
  }

  /** How many of its objects are not there. */
  public async missingObjects(): Promise<number> {
    const there = new Set((await this.bucket.names()).map(({ name }) => name));
    return this.manifest.objects.filter((_, index) => !there.has(objectName(index + 1))).length;
  }

  /**
   * Compares what lies under the recovery point's key with its manifest, by names and sizes.
   *
   * @throws RecoveryFailure `damaged` naming every object that is missing, of another size, or too many.
   */
  public async checkObjects(): Promise<void> {
    const wanted = new Map(
      this.manifest.objects.map(({ bytes }, index) => [objectName(index + 1), bytes]),
    );
    const problems: string[] = [];
    for (const { name, bytes } of await this.bucket.names()) {
      const expected = wanted.get(name);
      wanted.delete(name);
      if (name === manifestName) {
        continue;
      }
      if (expected === undefined) {
        problems.push(`${this.bucket.urlOf(name)} is not in the manifest`);
      } else if (expected !== bytes) {
        problems.push(
          `${this.bucket.urlOf(name)} has ${String(bytes)} bytes, and has to have ${String(expected)}`,
        );
      }
    }
    problems.push(...[...wanted.keys()].map((name) => `${this.bucket.urlOf(name)} is not there`));
    if (problems.length > 0) {
      throw new RecoveryFailure("damaged", problems.join("\n"));
    }
  }

  /**
   * The content of segments, each checked before any of it is given.
   *
   * @throws RecoveryFailure `damaged` for what is not as it was written.
   */
  public async *content(segments: readonly Segment[]): AsyncGenerator<Buffer> {
    for (const segment of segments) {
      yield await this.segment(segment);
    }
  }

  private async segment(segment: Segment): Promise<Buffer> {
    const name = objectName(segment.object);
    const where = `${this.bucket.urlOf(name)}, bytes ${String(segment.offset)} to ${String(segment.offset + segment.bytes - 1)},`;
    let bytes = await this.bucket.get(name, segment);
    if (sha256Of(bytes) !== segment.sha256) {
      // What was garbled on its way is whole when it comes again; what is damaged stays so.
      bytes = await this.bucket.get(name, segment);
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
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function parseManifest(text: string, damaged: (problem: string) => Error): Manifest {
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
  const parsed = manifestSchema.safeParse(fields);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );
    throw damaged(`is wrong: ${problems.join("; ")}`);
  }
  return parsed.data;
}

/** What of the objects no segment covers, or two do: every byte belongs to one piece of content. */
function gapsOf(manifest: Manifest): string[] {
  const { objects, roles, structure, tables, largeObjects } = manifest;
  const segments = [roles, structure, largeObjects, ...tables]
    .flatMap((content) => content.segments)
    .concat(largeObjects.declared)
    .sort((one, other) => one.object - other.object || one.offset - other.offset);
  const covered = objects.map(() => 0);
  const problems: string[] = [];
  for (const { object, offset, bytes } of segments) {
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
