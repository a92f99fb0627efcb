import assert from "node:assert/strict";
import fc from "fast-check";
import { unitsOf } from "../../../recovery/database/readRows";

const trade = {
  schema: "market",
  name: 'a "b"',
  columns: ["id", 'odd "one"'],
  blocks: 100,
  isHeap: true,
};

describe("the statements that read a table", () => {
  it("are one for a table of a few blocks, with its columns by name", () => {
    assert.deepEqual(unitsOf(trade, 3, "UTF8"), [
      {
        table: 3,
        weight: 100,
        statement: `COPY "market"."a ""b""" ("id", "odd ""one""") TO STDOUT (ENCODING 'UTF8')`,
      },
    ]);
  });

  it("name no columns where there are none", () => {
    const [unit] = unitsOf({ ...trade, columns: [] }, 0, "LATIN1");
    assert.equal(unit?.statement, `COPY "market"."a ""b""" TO STDOUT (ENCODING 'LATIN1')`);
  });

  it("leave out what an extension makes by itself", () => {
    const [unit, ...others] = unitsOf(
      { ...trade, blocks: 100_000, condition: "WHERE id > 10" },
      0,
      "UTF8",
    );
    assert.equal(
      unit?.statement,
      `COPY (SELECT "id", "odd ""one""" FROM ONLY "market"."a ""b""" WHERE id > 10) TO STDOUT (ENCODING 'UTF8')`,
    );
    assert.deepEqual(others, []);
  });

  it("are one for a large table whose rows have no blocks", () => {
    assert.equal(unitsOf({ ...trade, blocks: 100_000, isHeap: false }, 0, "UTF8").length, 1);
  });

  it("are several for a large table, the last one without an end", () => {
    assert.deepEqual(
      unitsOf({ ...trade, columns: ["id"], blocks: 16_385 }, 0, "UTF8").map(
        ({ statement }) => statement,
      ),
      [
        `COPY (SELECT "id" FROM ONLY "market"."a ""b""" WHERE ctid >= '(0,0)' AND ctid < '(8192,0)') TO STDOUT (ENCODING 'UTF8')`,
        `COPY (SELECT "id" FROM ONLY "market"."a ""b""" WHERE ctid >= '(8192,0)' AND ctid < '(16384,0)') TO STDOUT (ENCODING 'UTF8')`,
        `COPY (SELECT "id" FROM ONLY "market"."a ""b""" WHERE ctid >= '(16384,0)') TO STDOUT (ENCODING 'UTF8')`,
      ],
    );
  });

  it("read each block once, however many there are", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8193, max: 4_000_000 }), fc.nat(5_000_000), (blocks, block) => {
        const reading = unitsOf({ ...trade, blocks }, 0, "UTF8").filter(({ statement }) => {
          const [, from = ""] = /ctid >= '\((\d+),0\)'/.exec(statement) ?? [];
          const [, until] = /ctid < '\((\d+),0\)'/.exec(statement) ?? [];
          return block >= Number(from) && (until === undefined || block < Number(until));
        });
        assert.equal(reading.length, 1);
      }),
    );
  });
});
