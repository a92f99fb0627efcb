import { createHash } from "node:crypto";
import {
  type Manifest,
  manifest as manifestSchema,
  manifestFormat,
  manifestName,
  objectName,
  type Segment,
} from "../../contracts/manifest";
import { messageOf, RecoveryFailure } from "../failure";
import { type BucketPrefix } from "../storage/bucket";
import { decompressed } from "./compression";

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
   * @throws RecoveryFailure `absent` when it has no manifest, `damaged` when the manifest is no good.
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
    const manifest = parseManifest(text, url);
    if (manifest.id !== id) {
      throw new RecoveryFailure("damaged", `${url} is of recovery point ${manifest.id}`);
    }
    return new RecoveryPoint(manifest, bucket);
  }

  /** For messages. */
  public get url(): string {
    return this.bucket.urlOf("");
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
    const raw = await decompressed(bytes, segment.encoding);
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

function parseManifest(text: string, url: string): Manifest {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch (error) {
    throw new RecoveryFailure("damaged", `${url} is no JSON: ${messageOf(error)}`);
  }
  const format =
    typeof written === "object" && written !== null && "format" in written
      ? written.format
      : undefined;
  if (format !== manifestFormat) {
    throw new RecoveryFailure(
      "damaged",
      `${url} has format ${String(format)}, and this version of trading-dr reads ${String(manifestFormat)}`,
    );
  }
  const parsed = manifestSchema.safeParse(written);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );
    throw new RecoveryFailure("damaged", `${url} is wrong: ${problems.join("; ")}`);
  }
  return parsed.data;
}
