import {
  type Manifest,
  manifest as manifestSchema,
  manifestName,
  objectName,
  type Segment,
} from "../../contracts/manifest";
import { RecoveryFailure } from "../failure";
import { type BucketPrefix } from "../storage/bucket";
import { checkObjects, contentOf, gapsOf, parseManifest } from "./content";

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
    return RecoveryPoint.read((await bucket.get(manifestName)).toString(), points, id);
  }

  /**
   * A recovery point by the text of its manifest.
   *
   * @throws DamagedManifest when the manifest is no good.
   */
  public static read(text: string, points: BucketPrefix, id: string): RecoveryPoint {
    const bucket = points.within(`${id}/`);
    const damaged = (problem: string) =>
      new DamagedManifest(`${bucket.urlOf(manifestName)} ${problem}`, id, bucket.urlOf(""));
    const manifest = parseManifest(text, manifestSchema, damaged);
    if (manifest.id !== id) {
      throw damaged(`is of recovery point ${manifest.id}`);
    }
    const { objects, roles, structure, tables, largeObjects } = manifest;
    const contents = [roles, structure, largeObjects, ...tables];
    const gaps = gapsOf(
      objects,
      contents.flatMap(({ segments }) => segments).concat(largeObjects.declared),
    );
    if (gaps.length > 0) {
      throw damaged(`is wrong: ${gaps.join("; ")}`);
    }
    return new RecoveryPoint(manifest, bucket);
  }

  /** For messages. */
  public get url(): string {
    return this.bucket.urlOf("");
  }

  /**
   * How many of its objects have not arrived, where another region took it.
   *
   * @param region Region that is read.
   * @param hours Age from which on what is missing is not on its way any more, but lost: the answer is 0 then.
   */
  public async notArrived({
    region,
    hours = Infinity,
  }: {
    readonly region: string;
    readonly hours?: number;
  }): Promise<number> {
    const { manifest } = this;
    const age = Date.now() - new Date(manifest.finishedAt).getTime();
    if (manifest.region === region || age > hours * 60 * 60 * 1000) {
      return 0;
    }
    const there = new Set((await this.bucket.names()).map(({ name }) => name));
    return manifest.objects.filter((_, index) => !there.has(objectName(index + 1))).length;
  }

  /**
   * Compares what lies under the recovery point's key with its manifest, by names and sizes.
   *
   * @throws RecoveryFailure `damaged` naming every object that is missing, of another size, or too many.
   */
  public checkObjects(): Promise<void> {
    return checkObjects(this.bucket, this.manifest.objects);
  }

  /**
   * Compares the objects that some segments lie in with the manifest, by names and sizes. What becomes of
   * the others does not matter.
   *
   * @throws RecoveryFailure `damaged` naming each of them that is missing, or of another size.
   */
  public checkObjectsOf(segments: readonly Segment[]): Promise<void> {
    const needed = new Set(segments.map(({ object }) => objectName(object)));
    return checkObjects(this.bucket, this.manifest.objects, needed);
  }

  /**
   * The content of segments, each checked before any of it is given.
   *
   * @throws RecoveryFailure `damaged` for what is not as it was written.
   */
  public content(segments: readonly Segment[]): AsyncGenerator<Buffer> {
    return contentOf(this.bucket, segments);
  }
}
