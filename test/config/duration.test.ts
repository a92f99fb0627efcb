import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDuration, wholeDays } from "../../config/duration";

const secondsPerDay = 86_400;

/** The days from a date to the same date some years later. */
function calendarDays(year: number, month: number, day: number, years: number): number {
  return (Date.UTC(year + years, month, day) - Date.UTC(year, month, day)) / 1_000 / secondsPerDay;
}

describe("parseDuration", () => {
  const sound: readonly (readonly [string, number])[] = [
    ["0s", 0],
    ["30s", 30],
    ["15m", 900],
    ["4h", 14_400],
    ["1d", 86_400],
    ["90d", 7_776_000],
    ["1y", 366 * 86_400],
    ["3y", 1_096 * 86_400],
    ["4y", 1_461 * 86_400],
    ["7y", 2_557 * 86_400],
    ["10y", 3_653 * 86_400],
  ];
  for (const [text, seconds] of sound) {
    it(`reads ${text} as ${String(seconds)} seconds`, () => {
      assert.deepEqual(parseDuration(text), { text, seconds });
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ["a number without a unit", "15"],
    ["a unit without a number", "m"],
    ["a longer unit", "15min"],
    ["a space before the unit", "90 d"],
    ["space around it", " 90d "],
    ["a line break after it", "90d\n"],
    ["a fraction", "1.5h"],
    ["a sign", "-1d"],
    ["an upper-case unit", "15M"],
    ["two units", "1h30m"],
    ["weeks, which nobody defined", "2w"],
    ["ten digits", "1000000000s"],
    ["nothing", ""],
  ];
  for (const [what, text] of refused) {
    it(`refuses ${what}`, () => {
      assert.equal(parseDuration(text), undefined);
    });
  }

  it("never lets N years end before N calendar years do, whenever they start", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1901, max: 2200 }),
        fc.integer({ min: 0, max: 11 }),
        fc.integer({ min: 1, max: 31 }),
        (years, year, month, day) => {
          const seconds = parseDuration(`${String(years)}y`)?.seconds ?? 0;
          assert.ok(seconds >= calendarDays(year, month, day, years) * secondsPerDay);
        },
      ),
    );
  });

  it("keeps N years no longer than the longest N calendar years last", () => {
    for (let years = 1; years <= 50; years += 1) {
      // 2003 to 2006 hold every position in the cycle of leap years.
      const longest = Math.max(
        ...[2003, 2004, 2005, 2006].map((year) => calendarDays(year, 0, 1, years)),
      );
      assert.equal(parseDuration(`${String(years)}y`)?.seconds, longest * secondsPerDay);
    }
  });
});

describe("wholeDays", () => {
  const rounded: readonly (readonly [string, number])[] = [
    ["0s", 0],
    ["1s", 1],
    ["24h", 1],
    ["25h", 2],
    ["90d", 90],
    ["7y", 2_557],
  ];
  for (const [text, days] of rounded) {
    it(`rounds ${text} up to ${String(days)} in whole days`, () => {
      const duration = parseDuration(text);
      assert.ok(duration);
      assert.equal(wholeDays(duration), days);
    });
  }
});
