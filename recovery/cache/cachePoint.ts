import { type CacheManifest, cacheManifest } from "../../contracts/cacheManifest";
import { manifestName } from "../../contracts/manifest";
import { RecoveryFailure } from "../failure";
import { candidatesIn } from "../point/choice";
import { checkObjects, contentOf, gapsOf, parseManifest } from "../point/content";
import { DamagedManifest } from "../point/recoveryPoint";
import { type BucketPrefix } from "../storage/bucket";
import { type FedSnapshot } from "./snapshotFeed";

/** A cache's recovery point that is there: it has a manifest. */
export class CachePoint implements FedSnapshot {
  private constructor(
    public readonly manifest: CacheManifest,
    private readonly bucket: BucketPrefix,
  ) {}

  /**
   * Opens a recovery point.
   *
   * @param points Where recovery points of the cache are.
   * @returns undefined when it has no manifest: one that is being taken, or was ended, is none.
   * @throws DamagedManifest when the manifest is no good.
   */
  public static async open(points: BucketPrefix, id: string): Promise<CachePoint | undefined> {
    const bucket = points.within(`${id}/`);
    if (!(await bucket.has(manifestName))) {
      return undefined;
    }
    return CachePoint.read((await bucket.get(manifestName)).toString(), points, id);
  }

  /**
   * A recovery point by the text of its manifest.
   *
   * @throws DamagedManifest when the manifest is no good.
   */
  public static read(text: string, points: BucketPrefix, id: string): CachePoint {
    const bucket = points.within(`${id}/`);
    const damaged = (problem: string) =>
      new DamagedManifest(`${bucket.urlOf(manifestName)} ${problem}`, id, bucket.urlOf(""));
    const manifest = parseManifest(text, cacheManifest, damaged);
    if (manifest.id !== id) {
      throw damaged(`is of recovery point ${manifest.id}`);
    }
    const { objects, segments, rawBytes } = manifest;
    const gaps = gapsOf(objects, segments);
    const sum = segments.reduce((bytes, segment) => bytes + segment.rawBytes, 0);
    if (sum !== rawBytes) {
      gaps.push(`its content is ${String(sum)} bytes of ${String(rawBytes)}`);
    }
    if (gaps.length > 0) {
      throw damaged(`is wrong: ${gaps.join("; ")}`);
    }
    return new CachePoint(manifest, bucket);
  }

  /** For messages. */
  public get url(): string {
    return this.bucket.urlOf("");
  }

  public get length(): number {
    return this.manifest.rawBytes;
  }

  /**
   * The snapshot, each piece of it checked before it is given.
   *
   * @throws RecoveryFailure `damaged` for what is not as it was written.
   */
  public content(): AsyncGenerator<Buffer> {
    return contentOf(this.bucket, this.manifest.segments);
  }

  /**
   * Compares what lies under the recovery point's key with its manifest, by names and sizes.
   *
   * @throws RecoveryFailure `damaged` naming every object that is missing, of another size, or too many.
   */
  public checkObjects(): Promise<void> {
    return checkObjects(this.bucket, this.manifest.objects);
  }
}

/**
 * Chooses a recovery point of a cache.
 *
 * @param choice `latest`, or the id of one.
 * @throws RecoveryFailure `absent` when there is none to choose, `refused` when it is another cache's.
 */
export async function chooseCachePoint(
  places: readonly BucketPrefix[],
  choice: string,
  { system, store }: { readonly system: string; readonly store: string },
): Promise<CachePoint> {
  const all = await candidatesIn(places);
  const wanted = choice === "latest" ? all : all.filter(({ id }) => id === choice);
  for (const { id, place } of wanted) {
    const point = await CachePoint.open(place, id);
    if (point === undefined) {
      continue;
    }
    const { manifest, url } = point;
    if (manifest.system !== system || manifest.store !== store) {
      throw new RecoveryFailure(
        "refused",
        `${url} is of store ${manifest.store} of ${manifest.system}, and TRADING_DR_STORE and TRADING_DR_SYSTEM are ${store} and ${system}`,
      );
    }
    return point;
  }
  const where = places.map((place) => place.urlOf("")).join(", ");
  throw new RecoveryFailure(
    "absent",
    choice === "latest"
      ? `there is no recovery point in ${where}`
      : `there is no recovery point ${choice} in ${where}: what was begun and not finished is none`,
  );
}
