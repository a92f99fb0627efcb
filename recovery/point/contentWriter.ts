import { createHash } from "node:crypto";
import { objectName, type Segment, type StoredObject } from "../../contracts/manifest";
import { type BucketPrefix, type Stored } from "../storage/bucket";
import { compressed } from "./compression";

/**
 * Bytes of an object, about. Small enough that a few of them fit into memory whole, so that each is
 * put in one request, with its checksum, and nothing is left over when it fails; large enough that a
 * terabyte is some ten thousand objects. No content is bounded by what S3 takes for one object.
 */
const objectBytes = 8 * 1024 * 1024;

/** The objects of a recovery point that is being written, by their numbers. */
export class WrittenObjects {
  private readonly objects: (StoredObject | undefined)[] = [];
  /** How an object was stored, and so all of them: the bucket's own setting decides. */
  private stored: Stored | undefined;

  public constructor(private readonly bucket: BucketPrefix) {}

  /** Takes the next number. */
  public take(): number {
    return this.objects.push(undefined);
  }

  /** Writes the object of a number. */
  public async write(number: number, body: Buffer): Promise<void> {
    this.stored = await this.bucket.put(objectName(number), body);
    this.objects[number - 1] = {
      bytes: body.length,
      sha256: createHash("sha256").update(body).digest("hex"),
    };
  }

  /** How they are encrypted, for the manifest. */
  public get encryption(): { algorithm?: string; key?: string } {
    const { algorithm, key } = this.stored ?? {};
    return {
      ...(algorithm === undefined ? {} : { algorithm }),
      ...(key === undefined ? {} : { key }),
    };
  }

  /** Bytes stored so far. */
  public get bytes(): number {
    return this.objects.reduce((sum, object) => sum + (object?.bytes ?? 0), 0);
  }

  /**
   * All of them, for the manifest.
   *
   * @throws Error when one was begun and not written.
   */
  public complete(): StoredObject[] {
    return this.objects.map((object, index) => {
      if (object === undefined) {
        throw new Error(`object ${String(index + 1)} was not written`);
      }
      return object;
    });
  }
}

/** Packs pieces of content into objects. One at a time may be added. */
export class ContentWriter {
  private number: number | undefined;
  private readonly pieces: Buffer[] = [];
  private filled = 0;
  /** The object before, which is written while the next is filled. */
  private writing: Promise<void> = Promise.resolve();

  /** @param bytes Bytes of an object, about. @default 8 MiB */
  public constructor(
    private readonly objects: WrittenObjects,
    private readonly bytes = objectBytes,
  ) {}

  /**
   * Compresses a piece and adds it.
   *
   * @param continues True where the next piece has to follow it, when it is read.
   */
  public async add(raw: Buffer, continues = false): Promise<Segment> {
    const bytes = await compressed(raw);
    this.number ??= this.objects.take();
    const segment: Segment = {
      object: this.number,
      offset: this.filled,
      bytes: bytes.length,
      rawBytes: raw.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      ...(continues ? { continues: true } : {}),
    };
    this.pieces.push(bytes);
    this.filled += bytes.length;
    if (this.filled >= this.bytes) {
      await this.flush();
    }
    return segment;
  }

  /** Writes what was added last, and waits until all is written. */
  public async close(): Promise<void> {
    await this.flush();
    await this.writing;
  }

  private async flush(): Promise<void> {
    const { number } = this;
    if (number === undefined) {
      return;
    }
    const body = Buffer.concat(this.pieces);
    this.number = undefined;
    this.pieces.length = 0;
    this.filled = 0;
    await this.writing;
    this.writing = this.objects.write(number, body);
    // Who waits for it next hears of its failure; until then it is no rejection that nobody handles.
    this.writing.catch(() => undefined);
  }
}
