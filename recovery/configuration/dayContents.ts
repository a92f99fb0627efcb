import {
  contentName,
  contentPrefix,
  type StoredContent,
} from "../../contracts/configurationManifest";
import { RecoveryFailure } from "../failure";
import { type BucketPrefix, type Stored } from "../storage/bucket";
import { sha256Of } from "./point";

/**
 * The contents that recovery points of one day share. Each is named by its checksum, so that the same
 * content is stored once; and by the day, since the bucket's lifecycle counts from when it was stored. On
 * another day it is stored anew: a manifest never names content that expires before it does.
 */
export class DayContents {
  /** How contents are stored; undefined where none was. */
  public stored: Stored | undefined;
  /** Contents that were stored, and not found, and their bytes. */
  public added = 0;
  public addedBytes = 0;

  private constructor(
    private readonly place: BucketPrefix,
    private readonly day: string,
    /** Bytes of those that are there, by their names. */
    private readonly there: Map<string, number>,
  ) {}

  /** Looks what is there already. */
  public static async open(points: BucketPrefix, day: string): Promise<DayContents> {
    const place = points.within(contentPrefix(day));
    const names = await place.names();
    return new DayContents(place, day, new Map(names.map(({ name, bytes }) => [name, bytes])));
  }

  /** Whether an encrypted content of a recovery point is of this day, and there. */
  public has({ day, sha256, bytes }: StoredContent): boolean {
    return day === this.day && this.there.get(contentName(sha256, true)) === bytes;
  }

  /**
   * Stores a content, if it is not there.
   *
   * @throws RecoveryFailure `damaged` when something else is there under its name.
   */
  public async store(content: Buffer, isEncrypted: boolean): Promise<StoredContent> {
    const sha256 = sha256Of(content);
    const name = contentName(sha256, isEncrypted);
    const found = this.there.get(name);
    if (found === undefined) {
      this.stored = await this.place.put(name, content);
      this.there.set(name, content.length);
      this.added += 1;
      this.addedBytes += content.length;
    } else if (found !== content.length) {
      throw new RecoveryFailure(
        "damaged",
        `${this.place.urlOf(name)} has ${String(found)} bytes, and has to have ${String(content.length)}: find out who changed it; its locked version is still there, and is the current one again when the newer one is deleted`,
      );
    }
    return { day: this.day, sha256, bytes: content.length };
  }
}
