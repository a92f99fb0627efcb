import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Piece,
  pieceBytes,
  piecesOfBytes,
  piecesOfRows,
} from "../../../recovery/point/pieces";

/** Chunks as they come from a stream. */
async function* streamOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) {
    yield await Promise.resolve(chunk);
  }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) {
    found.push(item);
  }
  return found;
}

/** Bytes in chunks of a size. */
function inChunks(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

const mebibyte = 1024 * 1024;

/** Rows of some lengths, each of another byte. */
function rowsOf(lengths: readonly number[]): Buffer {
  return Buffer.concat(
    lengths.flatMap((length, index) => [
      Buffer.alloc(length, 0x61 + (index % 26)),
      Buffer.from("\n"),
    ]),
  );
}

describe("pieces of rows", () => {
  // Lengths about the limits, in chunks that divide neither: few runs, since each is megabytes.
  const length = fc.oneof(
    fc.nat(100),
    fc.integer({ min: mebibyte, max: 3 * mebibyte }),
    fc.integer({ min: pieceBytes - 2, max: pieceBytes + 2 }),
    fc.integer({ min: 4 * pieceBytes - 2, max: 5 * pieceBytes }),
  );
  const lengths = fc.array(length, { maxLength: 6 });
  const chunkSize = fc.integer({ min: 1000, max: 2 * mebibyte });

  it("are what was written, each ends with a row unless it says that it does not, and none is long", async () => {
    await fc.assert(
      fc.asyncProperty(lengths, chunkSize, async (rows, size) => {
        const text = rowsOf(rows);
        const pieces = await all(piecesOfRows(streamOf(inChunks(text, size))));
        assert(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(text));
        for (const { bytes, continues } of pieces) {
          assert(bytes.length > 0);
          assert(continues || bytes.at(-1) === 0x0a);
          assert(bytes.length < 4 * pieceBytes + size);
          // What goes on is cut because it is long, and for nothing else.
          assert(!continues || bytes.length >= 4 * pieceBytes);
        }
        assert.notEqual(pieces.at(-1)?.continues, true);
      }),
      { numRuns: 25 },
    );
  });

  it("are few", async () => {
    const text = rowsOf(Array.from({ length: 20_000 }, () => 1000));
    const pieces = await all(piecesOfRows(streamOf(inChunks(text, 64 * 1024))));
    assert.equal(pieces.length, Math.ceil(text.length / pieceBytes));
  });

  it("of nothing are none", async () => {
    assert.deepEqual(await all<Piece>(piecesOfRows(streamOf([]))), []);
    assert.deepEqual(await all<Buffer>(piecesOfBytes(streamOf([]))), []);
  });
});

describe("pieces of bytes", () => {
  it("are what was written", async () => {
    const bytes = Buffer.alloc(3 * pieceBytes + 5, "no rows");
    const pieces = await all(piecesOfBytes(streamOf(inChunks(bytes, 3 * mebibyte))));
    assert(Buffer.concat(pieces).equals(bytes));
    assert.deepEqual(
      pieces.map(({ length }) => length >= pieceBytes),
      [true, true, false],
    );
  });
});
