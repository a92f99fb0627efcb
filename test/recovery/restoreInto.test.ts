import assert from "node:assert/strict";
import fc from "fast-check";
import { type Segment } from "../../contracts/manifest";
import { runsOf } from "../../recovery/restoreInto";

describe("the segments that one session writes at once", () => {
  const segment = fc.boolean().map((continues): Segment => ({
    object: 1,
    offset: 0,
    bytes: 1,
    rawBytes: 1,
    sha256: "0".repeat(64),
    ...(continues ? { continues: true } : {}),
  }));

  it("are all of them in their order, and cut no row in two", () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 200 }), (segments) => {
        const runs = runsOf(segments);
        assert.deepEqual(runs.flat(), segments);
        for (const run of runs) {
          assert(run.length > 0);
        }
        for (const run of runs.slice(0, -1)) {
          assert.equal(run.at(-1)?.continues, undefined);
          assert(run.length >= 16);
          // It ends as soon as it may.
          assert(run.slice(15, -1).every(({ continues }) => continues === true));
        }
      }),
    );
  });

  it("are none of a table without rows", () => {
    assert.deepEqual(runsOf([]), []);
  });
});
