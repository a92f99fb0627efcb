import assert from "node:assert/strict";
import fc from "fast-check";
import { type RowDigest, rowDigests } from "../../../recovery/database/rowDigest";

describe("the digest of rows", () => {
  let newDigest: () => RowDigest;

  before(async () => {
    newDigest = await rowDigests();
  });

  /** A row as COPY writes it: any bytes but the line's end. */
  const row = fc
    .uint8Array({ maxLength: 40 })
    .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a)));
  const rows = fc.array(row, { maxLength: 30 });

  const textOf = (lines: readonly Buffer[]) =>
    Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));

  function digestOf(...chunks: readonly Uint8Array[]) {
    const digest = newDigest();
    for (const chunk of chunks) {
      digest.add(chunk);
    }
    return { rows: digest.rows, bytes: digest.bytes, digest: digest.digest };
  }

  it("is the sum of XXH64, so that another program can make it", () => {
    // XXH64 of nothing and of `a`, with seed 0, by the algorithm's own test vectors.
    assert.deepEqual(digestOf(), { rows: 0, bytes: 0, digest: "0000000000000000" });
    assert.equal(digestOf(Buffer.from("\n")).digest, "ef46db3751d8e999");
    assert.equal(digestOf(Buffer.from("a\n")).digest, "d24ec4f1a98c6e5b");
    assert.equal(
      digestOf(Buffer.from("\na\n")).digest,
      ((0xef46db3751d8e999n + 0xd24ec4f1a98c6e5bn) % 2n ** 64n).toString(16).padStart(16, "0"),
    );
  });

  it("does not depend on the order of rows", () => {
    fc.assert(
      fc.property(
        rows.chain((lines) =>
          fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })),
        ),
        ([lines, shuffled]) => {
          assert.deepEqual(digestOf(textOf(shuffled)), digestOf(textOf(lines)));
        },
      ),
    );
  });

  it("does not depend on where chunks end", () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat(2000), { maxLength: 20 }), (lines, cuts) => {
        const text = textOf(lines);
        const ends = [...cuts.filter((cut) => cut <= text.length), text.length].sort(
          (one, other) => one - other,
        );
        const chunks = ends.map((end, index) => text.subarray(ends[index - 1] ?? 0, end));
        const { rows: count, ...rest } = digestOf(...chunks);
        assert.deepEqual({ rows: count, ...rest }, digestOf(text));
        assert.equal(count, lines.length);
      }),
    );
  });

  it("of parts that are merged is that of the whole", () => {
    fc.assert(
      fc.property(rows, rows, (some, others) => {
        const merged = newDigest();
        for (const part of [some, others]) {
          const digest = newDigest();
          digest.add(textOf(part));
          merged.merge(digest);
        }
        assert.deepEqual(
          { rows: merged.rows, bytes: merged.bytes, digest: merged.digest },
          digestOf(textOf([...some, ...others])),
        );
      }),
    );
  });

  it("sees a row that is lost, doubled or changed in one bit", () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.nat(),
        fc.nat(),
        (lines, which, bit) => {
          const position = which % lines.length;
          const { digest } = digestOf(textOf(lines));
          assert.notEqual(
            digestOf(textOf(lines.filter((_, index) => index !== position))).digest,
            digest,
          );
          const line = lines[position] ?? Buffer.alloc(0);
          assert.notEqual(digestOf(textOf([...lines, line])).digest, digest);
          if (line.length > 0) {
            const changed = Buffer.from(line);
            const at = (bit >> 3) % line.length;
            changed[at] = (changed[at] ?? 0) ^ (1 << (bit % 8));
            // A flip that makes a line's end is another count of rows, which is compared too.
            assert.notDeepEqual(
              digestOf(textOf(lines.map((kept, index) => (index === position ? changed : kept)))),
              {
                ...digestOf(textOf(lines)),
              },
            );
          }
        },
      ),
    );
  });
});
