import assert from "node:assert/strict";
import fc from "fast-check";
import { judgeSize, type Measured } from "../../../recovery/monitor/size";
import { seededRandom } from "../seededRandom";

const day = 86_400_000;
/** Sizes, one a day, the last of them yesterday. */
const daily = (values: readonly number[]): Measured[] =>
  values.map((value, index) => ({ at: (index - values.length) * day, value }));
const today = (value: number): Measured => ({ at: 0, value });
const kindOf = (values: readonly number[], newest: number) =>
  judgeSize(daily(values), today(newest)).kind;
const amount = fc.integer({ min: 1_000, max: 1_000_000_000 });

describe("the size of a recovery point", () => {
  it("says nothing by fewer than ten, whatever it is", () => {
    assert.deepEqual(judgeSize(daily(Array<number>(9).fill(100)), today(1)), { kind: "unknown" });
    assert.equal(kindOf(Array<number>(10).fill(100), 1), "unusual");
  });

  it("works out by hand: ten of 100 and 102 in turn", () => {
    // Slopes between alike ones are 0, and so is their median. The median is 101, each is 1 from it:
    // sigma is 1.4826, and (3 + 30 / 4) times that 15.57, more than 5 % of 101.
    const judged = judgeSize(daily([100, 102, 102, 100, 100, 102, 102, 100, 100, 102]), today(120));
    assert(judged.kind !== "unknown");
    assert.equal(judged.kind, "unusual");
    assert.ok(Math.abs(judged.expected - 101) < 1);
    assert.ok(judged.allowed > 15 && judged.allowed < 17);
  });

  it("allows 5 % and no more where all before were alike", () => {
    const alike = Array<number>(20).fill(1_000);
    assert.deepEqual(
      [950, 949, 1_050, 1_051].map((size) => kindOf(alike, size)),
      ["usual", "unusual", "usual", "unusual"],
    );
  });

  it("is not moved by one that was tiny, as a mean and a sigma are", () => {
    const sizes = Array.from({ length: 20 }, (_, index) => 1_000 + (index % 3));
    assert.equal(kindOf([...sizes.slice(0, 10), 1, ...sizes.slice(11)], 1), "unusual");
    // Mean 950, sigma 223: within 3 sigma all from 281 on would be usual.
    assert.equal(kindOf([...sizes.slice(0, 10), 1, ...sizes.slice(11)], 300), "unusual");
  });

  it("takes for usual what three before were, as on weekends", () => {
    const weeks = [0, 1, 2].flatMap(() => [100, 100, 100, 100, 100, 20, 20]);
    assert.equal(kindOf(weeks, 20), "usual");
    assert.equal(kindOf(weeks, 5), "unusual");
  });

  it("finds one that is half of those before, however large these are and however they grow", () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 5 }), (first, percent) => {
        const sizes = Array.from(
          { length: 20 },
          (_, index) => first * (1 + (index * percent) / 100),
        );
        assert.equal(kindOf(sizes, first / 2), "unusual");
      }),
    );
  });

  it("never finds growth itself, up or down", () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: -40, max: 1_000 }), (first, perMille) => {
        const size = (index: number) => first * (1 + (index * perMille) / 1_000);
        assert.equal(
          kindOf(
            Array.from({ length: 20 }, (_, index) => size(index)),
            size(20),
          ),
          "usual",
        );
      }),
    );
  });

  it("judges alike in whatever unit", () => {
    const sizes = fc.array(fc.integer({ min: 100, max: 10_000 }), { minLength: 10, maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 20_000 }), (values, newest) => {
        assert.equal(
          kindOf(
            values.map((value) => value * 1024),
            newest * 1024,
          ),
          kindOf(values, newest),
        );
      }),
    );
  });

  for (const count of [10, 15, 30]) {
    it(`takes about 3 in 1,000 for unusual of what is normally distributed, by ${String(count)}`, () => {
      const generator = seededRandom(7);
      const random = () => generator.below(1_000_000_000) / 1_000_000_000;
      const normal = () =>
        1_000_000 +
        100_000 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      let unusual = 0;
      for (let trial = 0; trial < 3_000; trial += 1) {
        const sizes = Array.from({ length: count }, normal);
        unusual += kindOf(sizes, normal()) === "unusual" ? 1 : 0;
      }
      assert.ok(unusual <= 30, `${String(unusual)} of 3,000`);
    });
  }
});
