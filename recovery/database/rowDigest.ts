import xxhash, { type XXHash, type XXHashAPI } from "xxhash-wasm";

const lineEnd = 0x0a;

/** Makes digests. Its hash function is loaded once. */
export async function rowDigests(): Promise<() => RowDigest> {
  const hash = await xxhash();
  return () => new RowDigest(hash);
}

/**
 * Counts rows and sums up their hashes, so that the order in which they come makes no difference: a
 * table that was restored gives its rows in another order. It finds what was lost, added or changed by
 * accident; whether somebody changed a recovery point on purpose is for checksums and locks.
 */
export class RowDigest {
  public rows = 0;
  public bytes = 0;
  private sum = 0n;
  /** Hash of a row's first part, while its end has not come. */
  private begun: XXHash<bigint> | undefined;

  public constructor(private readonly hash: XXHashAPI) {}

  /** Takes rows as COPY writes them, a line for each. A chunk may begin and end inside of a row. */
  public add(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(lineEnd, start);
      if (end === -1) {
        break;
      }
      const part = chunk.subarray(start, end);
      if (this.begun === undefined) {
        this.sum += this.hash.h64Raw(part);
      } else {
        this.sum += this.begun.update(part).digest();
        this.begun = undefined;
      }
      this.rows += 1;
      start = end + 1;
    }
    // Kept to 64 bits once for a chunk: a longer number for each row would cost more than the hash.
    this.sum = BigInt.asUintN(64, this.sum);
    if (start < chunk.length) {
      this.begun = (this.begun ?? this.hash.create64()).update(chunk.subarray(start));
    }
  }

  /** Adds the rows of another part of the same table. */
  public merge(other: RowDigest): void {
    this.rows += other.rows;
    this.bytes += other.bytes;
    this.sum = BigInt.asUintN(64, this.sum + other.sum);
  }

  /** The sum, in 16 hexadecimal digits. */
  public get digest(): string {
    return this.sum.toString(16).padStart(16, "0");
  }
}
